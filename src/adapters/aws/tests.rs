use std::error::Error as _;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http_body::{Body, Frame};
use http_body_util::BodyExt as _;
use tokio::sync::mpsc;

use super::Live;
use super::connector::Connector;
use crate::api::cassette::Cassette;
use crate::model::error::{Error, ErrorKind};
use crate::model::mode::Mode;

const EVENTS: [&str; 3] = ["data: one\n\n", "data: two\n\n", "data: [DONE]\n\n"];

/// A body whose chunks are sent while it is read.
struct Fed(mpsc::UnboundedReceiver<Bytes>);

impl Body for Fed {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        self.0.poll_recv(cx).map(|chunk| chunk.map(|chunk| Ok(Frame::data(chunk))))
    }
}

/// Answers each call with what stands ready, and keeps the bodies of requests.
#[derive(Debug, Clone, Default)]
struct Provider {
    answers: Arc<Mutex<Vec<Result<HttpResponse, ConnectorError>>>>,
    asked: Arc<Mutex<Vec<Bytes>>>,
}

impl HttpConnector for Provider {
    fn call(&self, mut request: HttpRequest) -> HttpConnectorFuture {
        let provider = self.clone();
        HttpConnectorFuture::new(async move {
            let body = request.take_body().collect().await.unwrap().to_bytes();
            provider.asked.lock().unwrap().push(body);
            provider.answers.lock().unwrap().remove(0)
        })
    }
}

impl Provider {
    fn of(answers: Vec<Result<HttpResponse, ConnectorError>>) -> Provider {
        Provider { answers: Arc::new(Mutex::new(answers)), ..Provider::default() }
    }

    fn below(&self, cassette: &Cassette) -> Connector {
        let provider = self.clone();
        Connector::new(cassette.clone(), Arc::new(move || Some(SharedHttpConnector::new(provider.clone()))))
    }
}

fn response(media_type: &'static str, body: SdkBody) -> HttpResponse {
    let mut response = HttpResponse::new(StatusCode::try_from(200).unwrap(), body);
    response.headers_mut().insert("content-type", media_type);
    response
}

fn request(body: SdkBody) -> HttpRequest {
    let request = http::Request::post("https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse");
    request.header("content-type", "application/json").body(body).unwrap().try_into().unwrap()
}

fn cassette(folder: &Path, mode: Mode) -> Cassette {
    Cassette::builder(folder.join("aws.yaml")).mode(mode).tolerate_misses(true).open().unwrap()
}

async fn next(body: &mut SdkBody) -> Option<Bytes> {
    body.frame().await.map(|frame| frame.unwrap().into_data().unwrap())
}

#[tokio::test]
async fn a_stream_reaches_the_aws_sdk_as_it_comes_and_is_played_in_the_same_chunks() {
    let folder = tempfile::tempdir().unwrap();
    let recording = cassette(folder.path(), Mode::Record);
    let (feed, fed) = mpsc::unbounded_channel();
    let stream = response("text/event-stream", SdkBody::from_body_1_x(Fed(fed)));
    let provider = Provider::of(vec![Ok(stream)]);
    let mut live = provider.below(&recording).call(request("{}".into())).await.unwrap();
    for event in EVENTS {
        // Nothing more is sent before this one has arrived.
        feed.send(Bytes::from(event)).unwrap();
        assert_eq!(next(live.body_mut()).await.unwrap(), event);
    }
    drop(feed);
    assert_eq!(next(live.body_mut()).await, None);
    assert_eq!(next(live.body_mut()).await, None, "the SDK asks behind the end");
    assert_eq!(recording.finish().unwrap().recorded, 1);

    let replay = cassette(folder.path(), Mode::Replay);
    let nobody = Provider::default();
    let mut played = nobody.below(&replay).call(request("{}".into())).await.unwrap();
    assert_eq!(played.headers().get("content-type"), Some("text/event-stream"));
    for event in EVENTS {
        assert_eq!(next(played.body_mut()).await.unwrap(), event);
    }
    assert_eq!(next(played.body_mut()).await, None);
    assert_eq!(replay.finish().unwrap().played, 1);
}

#[tokio::test]
async fn a_miss_is_found_in_the_error_of_the_aws_sdk_which_does_not_try_it_again() {
    let folder = tempfile::tempdir().unwrap();
    let replay = cassette(folder.path(), Mode::Replay);
    let error = Provider::default().below(&replay).call(request("{}".into())).await.unwrap_err();
    assert!(error.is_user(), "{error:?}");
    assert_eq!(Error::find_in(&error).unwrap().kind(), ErrorKind::MissingFile);
    assert!(error.source().unwrap().downcast_ref::<Error>().is_some());
}

#[tokio::test]
async fn a_call_of_the_aws_sdk_that_fails_does_so_with_its_own_error() {
    let folder = tempfile::tempdir().unwrap();
    let recording = cassette(folder.path(), Mode::Record);
    let provider = Provider::of(vec![Err(ConnectorError::timeout("too slow".into()))]);
    let error = provider.below(&recording).call(request("{}".into())).await.unwrap_err();
    assert!(error.is_timeout() && Error::find_in(&error).is_none());
    assert_eq!(recording.finish().unwrap().skipped.len(), 1);
}

#[tokio::test]
async fn a_body_that_can_be_read_once_only_still_reaches_aws() {
    let folder = tempfile::tempdir().unwrap();
    let recording = cassette(folder.path(), Mode::Record);
    let (feed, fed) = mpsc::unbounded_channel();
    feed.send(Bytes::from("{\"a\":")).unwrap();
    feed.send(Bytes::from("1}")).unwrap();
    drop(feed);
    let provider = Provider::of(vec![Ok(response("application/json", "{}".into()))]);
    provider.below(&recording).call(request(SdkBody::from_body_1_x(Fed(fed)))).await.unwrap();
    assert_eq!(*provider.asked.lock().unwrap(), ["{\"a\":1}"]);
}

#[tokio::test]
async fn a_call_that_streams_both_ways_is_refused_rather_than_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let recording = cassette(folder.path(), Mode::Record);
    let (_open, fed) = mpsc::unbounded_channel();
    let mut request = request(SdkBody::from_body_1_x(Fed(fed)));
    request.headers_mut().insert("content-type", "application/vnd.amazon.eventstream");
    let error = Provider::default().below(&recording).call(request).await.unwrap_err();
    let found = Error::find_in(&error).unwrap();
    assert_eq!(found.kind(), ErrorKind::Unrecordable);
    assert!(found.hint().unwrap().contains("pass_through"), "{found}");
}

#[tokio::test]
async fn where_the_aws_sdk_has_no_client_a_replay_works_and_a_live_call_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    // This crate turns none of the SDK's clients on.
    assert!(Live::Usual(Arc::default()).client().is_none());
    let recording = cassette(folder.path(), Mode::Record);
    let error = Connector::new(recording, Arc::new(|| None)).call(request("{}".into())).await.unwrap_err();
    let found = Error::find_in(&error).unwrap();
    assert_eq!(found.kind(), ErrorKind::BadSetting);
    assert!(found.hint().unwrap().contains("cassette.aws().over(client)"), "{found}");
}
