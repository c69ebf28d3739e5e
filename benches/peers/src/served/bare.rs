//! A bare hyper server that knows the answers: what any server in front of recordings is measured by.

use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;

use crate::Outcome;
use crate::workload::{Size, answer, number};

pub const ARGUMENT: &str = "bare-server";

/// Between the first chunk of a stream and the others.
const PAUSE: Duration = Duration::from_millis(2);

/// Serves until the process is ended; prints where.
pub fn main() -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        println!("listening on http://{}", listener.local_addr()?);
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            tokio::spawn(async move {
                let http = auto::Builder::new(TokioExecutor::new());
                let _ = http.serve_connection(TokioIo::new(stream), service_fn(answered)).await;
            });
        }
    })
}

type Reply = UnsyncBoxBody<Bytes, Infallible>;

async fn answered(request: Request<Incoming>) -> Result<Response<Reply>, hyper::Error> {
    let streams = request.uri().path().ends_with("/stream");
    let asked = request.into_body().collect().await?.to_bytes();
    let number = number(&asked);
    if streams {
        let mut chunk = 0;
        let chunks = futures_util::stream::unfold((), move |()| {
            chunk += 1;
            let at = chunk;
            async move {
                if at > 1 {
                    tokio::time::sleep(PAUSE).await;
                }
                let text = match at {
                    1..=3 => format!(
                        "data: {{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{at}\"}},\"finish_reason\":null}}]}}\n\n"
                    ),
                    4 => "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n".to_owned(),
                    _ => return None,
                };
                Some((Ok::<_, Infallible>(Frame::data(Bytes::from(text))), ()))
            }
        });
        let mut response = Response::new(StreamBody::new(chunks).boxed_unsync());
        response.headers_mut().insert("content-type", http::HeaderValue::from_static("text/event-stream"));
        return Ok(response);
    }
    let size = if asked.len() > 1_000 { Size::EightKilobytes } else { Size::Small };
    let mut response = Response::new(Full::from(answer(number, size)).boxed_unsync());
    response.headers_mut().insert("content-type", http::HeaderValue::from_static("application/json"));
    Ok(response)
}
