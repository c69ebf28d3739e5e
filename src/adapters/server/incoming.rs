//! The body of a request, as far as it may be long.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::StatusCode;
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};
use tokio::time::timeout;

/// How long a client may send nothing.
const SILENCE: Duration = Duration::from_secs(60);

/// What is read of a body that is too long, so that its client comes to read why; some send all before they do.
const DRAINED: u64 = 4 << 30;

/// What is wrong with a body.
#[derive(Debug)]
pub(super) struct Wrong {
    pub(super) status: StatusCode,
    pub(super) message: String,
}

/// All of a body.
pub(super) async fn collect(mut body: Incoming, longest: u64) -> Result<Bytes, Wrong> {
    let announced = body.size_hint().lower();
    if announced > longest {
        return Err(drained(body, announced, longest).await);
    }
    let mut first: Option<Bytes> = None;
    let mut rest = BytesMut::new();
    let mut length: u64 = 0;
    while let Some(chunk) = next(&mut body).await? {
        length += chunk.len() as u64;
        if length > longest {
            return Err(drained(body, length, longest).await);
        }
        // Most bodies are one chunk, which need not be copied.
        match &first {
            None => first = Some(chunk),
            Some(_) => rest.extend_from_slice(&chunk),
        }
    }
    match first {
        None => Ok(Bytes::new()),
        Some(first) if rest.is_empty() => Ok(first),
        Some(first) => {
            let mut all = BytesMut::with_capacity(first.len() + rest.len());
            all.extend_from_slice(&first);
            all.extend_from_slice(&rest);
            Ok(all.freeze())
        }
    }
}

/// The next piece; `None` at the end.
async fn next(body: &mut Incoming) -> Result<Option<Bytes>, Wrong> {
    loop {
        let frame = match timeout(SILENCE, body.frame()).await {
            Err(_) => {
                let message =
                    format!("the client sent nothing for {} s in the middle of a request", SILENCE.as_secs());
                return Err(Wrong { status: StatusCode::REQUEST_TIMEOUT, message });
            }
            Ok(None) => return Ok(None),
            Ok(Some(Err(error))) => {
                let message = format!("the request broke off: {error}");
                return Err(Wrong { status: StatusCode::BAD_REQUEST, message });
            }
            Ok(Some(Ok(frame))) => frame,
        };
        // Trailers say nothing of the body.
        if let Ok(chunk) = frame.into_data() {
            return Ok(Some(chunk));
        }
    }
}

/// Reads on without keeping anything.
async fn drained(mut body: Incoming, known: u64, longest: u64) -> Wrong {
    let mut read = 0;
    while read < DRAINED {
        match next(&mut body).await {
            Ok(Some(chunk)) => read += chunk.len() as u64,
            Ok(None) | Err(_) => break,
        }
    }
    let message = format!(
        "the request has {known} bytes or more, and this server takes {longest}; start it with \
         `--max-request-size {known}` to record it"
    );
    Wrong { status: StatusCode::PAYLOAD_TOO_LARGE, message }
}
