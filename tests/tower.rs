//! With the feature `tower`, a cassette is a layer for services that send requests of `reqwest`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "in a test, to fail is to say so")]

#[path = "stand_in/mod.rs"]
mod stand_in;
#[path = "suite/support.rs"]
#[allow(dead_code, reason = "the suite uses the rest")]
mod support;

use std::error::Error as StdError;
use std::fmt;
use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use llm_cassette::{Cassette, Error, ErrorKind, Mode};
use reqwest::{Client, Method, Request, Response};
use stand_in::{Gate, Script, StandIn};
use support::*;
use tower_layer::Layer as _;
use tower_service::Service;

type BoxError = Box<dyn StdError + Send + Sync>;

fn post(url: &str, body: String) -> Request {
    let url = format!("{url}/v1/chat/completions").parse().unwrap();
    let mut request = Request::new(Method::POST, url);
    request.headers_mut().insert("content-type", "application/json".parse().unwrap());
    *request.body_mut() = Some(body.into());
    request
}

/// As stacks of `tower` call a service: ready first, then once.
async fn send<S: Service<R>, R>(service: &mut S, request: R) -> Result<S::Response, S::Error> {
    poll_fn(|cx| service.poll_ready(cx)).await?;
    service.call(request).await
}

async fn chunks(mut response: Response) -> Vec<Vec<u8>> {
    let mut chunks = Vec::new();
    while let Some(chunk) = response.chunk().await.unwrap() {
        chunks.push(chunk.to_vec());
    }
    chunks
}

/// Counts what gets as far as the network.
#[derive(Clone, Default)]
struct Counting {
    calls: Arc<AtomicUsize>,
    client: Client,
}

impl Service<Request> for Counting {
    type Response = Response;
    type Error = reqwest::Error;
    type Future = <Client as Service<Request>>::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), reqwest::Error>> {
        self.client.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.client.call(request)
    }
}

#[tokio::test]
async fn a_service_below_a_cassette_is_called_in_record_and_left_alone_in_replay() {
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    let inner = Counting::default();
    let cassette = folder.open(Mode::Record);
    let mut service = cassette.layer(inner.clone());
    let recorded = send(&mut service, post(&provider.url(), chat("Count to 5", false))).await.unwrap();
    let (url, headers) = (recorded.url().clone(), recorded.headers().clone());
    let body = chunks(recorded).await.concat();
    assert_eq!(cassette.finish().unwrap().recorded, 1);
    assert_eq!(inner.calls.load(Ordering::Relaxed), 1);

    let base = provider.url();
    provider.stop().await;
    let cassette = folder.open(Mode::Replay);
    let mut service = cassette.service(inner.clone());
    let played = send(&mut service, post(&base, chat("Count to 5", false))).await.unwrap();
    assert_eq!((played.url(), &played.headers()["content-type"]), (&url, &headers["content-type"]));
    assert_eq!(chunks(played).await.concat(), body);
    assert_eq!(inner.calls.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_stream_reaches_the_caller_of_a_service_while_the_provider_still_sends() {
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    let gate = Gate::closed();
    provider.on(Script::answer().hold(&gate));
    let cassette = folder.open(Mode::Record);
    gate.release(1);
    let request = post(&provider.url(), chat("Count to 5", true));
    let mut response = send(&mut cassette.service(Client::new()), request).await.unwrap();
    let mut recorded = Vec::new();
    while let Some(chunk) = response.chunk().await.unwrap() {
        recorded.push(chunk.to_vec());
        gate.release(1);
    }
    cassette.finish().unwrap();
    let base = provider.url();
    provider.stop().await;

    let cassette = folder.open(Mode::Replay);
    let request = post(&base, chat("Count to 5", true));
    let played = send(&mut cassette.service(Client::new()), request).await.unwrap();
    assert_eq!(chunks(played).await, recorded);
}

#[tokio::test]
async fn a_service_fails_with_our_error_in_a_box_and_with_that_of_the_live_call_untouched() {
    let folder = Folder::new();
    let cassette = folder.builder(Mode::Replay).tolerate_misses(true).open().unwrap();
    let request = post("http://127.0.0.1:9", chat("Hello", false));
    let refused = send(&mut cassette.service(Client::new()), request).await.unwrap_err();
    assert_eq!(refused.downcast_ref::<Error>().unwrap().kind(), ErrorKind::MissingFile);

    let provider = StandIn::start().await;
    let base = provider.url();
    provider.stop().await;
    let cassette = folder.open(Mode::Record);
    let request = post(&base, chat("Hello", false));
    let failed = send(&mut cassette.service(Client::new()), request).await.unwrap_err();
    assert!(failed.downcast_ref::<reqwest::Error>().unwrap().is_connect());
    assert_eq!(cassette.finish().unwrap().skipped.len(), 1);
}

/// A request that is made anew for each attempt, and an error, as those of `async-openai` are.
#[derive(Clone)]
struct Factory(String, &'static str);

#[derive(Debug)]
enum SdkError {
    Reqwest(reqwest::Error),
    Boxed(BoxError),
    Invalid,
}

impl fmt::Display for SdkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SdkError::Reqwest(error) => write!(f, "http error: {error}"),
            SdkError::Boxed(error) => error.fmt(f),
            SdkError::Invalid => f.write_str("invalid args"),
        }
    }
}

impl StdError for SdkError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            SdkError::Reqwest(error) => Some(error),
            SdkError::Boxed(error) => error.source(),
            SdkError::Invalid => None,
        }
    }
}

impl From<reqwest::Error> for SdkError {
    fn from(error: reqwest::Error) -> SdkError {
        SdkError::Reqwest(error)
    }
}

impl From<BoxError> for SdkError {
    fn from(error: BoxError) -> SdkError {
        SdkError::Boxed(error)
    }
}

async fn build(factory: Factory) -> Result<Request, SdkError> {
    match factory {
        Factory(_, "") => Err(SdkError::Invalid),
        Factory(url, text) => Ok(post(&url, chat(text, false))),
    }
}

async fn asked(cassette: &Cassette, url: &str, text: &'static str) -> Result<Vec<u8>, SdkError> {
    let mut service = cassette.service(Client::new()).built_by(build);
    let response = send(&mut service, Factory(url.to_owned(), text)).await?;
    Ok(response.bytes().await?.to_vec())
}

#[tokio::test]
async fn a_service_of_an_sdk_records_and_replays_what_its_factories_build() {
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    let base = provider.url();
    let cassette = folder.open(Mode::Record);
    let recorded = asked(&cassette, &base, "Count to 5").await.unwrap();
    cassette.finish().unwrap();
    provider.stop().await;

    let cassette = folder.open(Mode::Replay);
    assert_eq!(asked(&cassette, &base, "Count to 5").await.unwrap(), recorded);
    cassette.finish().unwrap();
}

#[tokio::test]
async fn a_service_of_an_sdk_fails_with_the_errors_that_the_sdk_knows() {
    let folder = Folder::new();
    let cassette = folder.builder(Mode::Replay).tolerate_misses(true).open().unwrap();
    let refused = asked(&cassette, "http://127.0.0.1:9", "Hello").await.unwrap_err();
    assert!(matches!(refused, SdkError::Boxed(_)));
    assert_eq!(Error::find_in(&refused).unwrap().kind(), ErrorKind::MissingFile);

    let provider = StandIn::start().await;
    let base = provider.url();
    provider.stop().await;
    let cassette = folder.open(Mode::Record);
    assert!(matches!(asked(&cassette, &base, "").await, Err(SdkError::Invalid)));
    let failed = asked(&cassette, &base, "Hello").await.unwrap_err();
    assert!(matches!(failed, SdkError::Reqwest(error) if error.is_connect()));
}

#[cfg(feature = "reqwest-0-12")]
#[tokio::test]
async fn a_service_that_takes_requests_of_reqwest_0_12_goes_through_the_same_layer() {
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    let base = provider.url();
    let ask = async |mode| {
        let cassette = folder.open(mode);
        let url = format!("{base}/v1/chat/completions").parse().unwrap();
        let mut request = reqwest012::Request::new(Method::POST, url);
        *request.body_mut() = Some(chat("Count to 5", true).into());
        let response = send(&mut cassette.service(reqwest012::Client::new()), request).await.unwrap();
        let body = response.bytes().await.unwrap();
        cassette.finish().unwrap();
        body
    };
    let recorded = ask(Mode::Record).await;
    provider.stop().await;
    assert_eq!(ask(Mode::Replay).await, recorded);
}
