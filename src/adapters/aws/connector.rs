//! One call of the AWS SDK on its way through a cassette: only translation, as in the other doors.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version};
use http_body_util::BodyExt as _;

use crate::adapters::body::{RecordingBody, playing};
use crate::adapters::told;
use crate::api::cassette::Cassette;
use crate::model::error::{Error, ErrorKind};
use crate::model::exchange::{Head, Request};
use crate::model::interaction::Interaction;
use crate::model::view::RequestView;
use crate::session::{Recorder, Step};

type BoxError = Box<dyn StdError + Send + Sync>;

/// Makes the connector for live calls, where the SDK has one.
pub(super) type Reach = Arc<dyn Fn() -> Option<SharedHttpConnector> + Send + Sync>;

/// What the media type of an event stream begins with, whichever way it goes.
const EVENT_STREAM: &str = "application/vnd.amazon.eventstream";

/// What sends the requests of one client, or does not.
#[derive(Clone)]
pub(super) struct Connector {
    cassette: Cassette,
    reach: Reach,
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connector").field("cassette", &self.cassette).finish_non_exhaustive()
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let connector = self.clone();
        HttpConnectorFuture::new(async move { connector.answer(request).await })
    }
}

impl Connector {
    pub(super) fn new(cassette: Cassette, reach: Reach) -> Connector {
        Connector { cassette, reach }
    }

    async fn answer(&self, mut request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let session = self.cassette.session();
        let (method, headers) = head(&request).map_err(ConnectorError::user)?;
        let url = request.uri().to_owned();
        let view =
            RequestView { method: &method, url: &url, headers: &headers, body: request.body().bytes() };
        if session.passes_through(&view) {
            return self.send(request).await;
        }
        if streams_both_ways(&request) {
            return Err(refused(unrecordable(&method, &url)));
        }
        let body = collect(&mut request).await.map_err(ConnectorError::io)?;
        match session.begin(Request { method, url: url.clone(), headers, body }).await {
            Step::Play(parsed) => played(&parsed.interaction),
            Step::Forward => self.send(request).await,
            Step::Refuse(error) => Err(refused(error)),
            Step::Record(pending) => match self.send(request).await {
                Ok(response) => {
                    let head = Head {
                        status: StatusCode::from(response.status()),
                        // The SDK does not tell in which version the answer came.
                        version: Version::HTTP_11,
                        url,
                        headers: header_map(response.headers().iter())
                            .map_err(|error| ConnectorError::other(error, None))?,
                    };
                    Ok(watched(response, pending.answered(head)))
                }
                Err(error) => {
                    pending.failed(&error);
                    Err(error)
                }
            },
        }
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        match (self.reach)() {
            Some(connector) => connector.call(request).await,
            None => Err(refused(no_client())),
        }
    }
}

/// Our error as one of the SDK's that is not tried again.
fn refused(error: Error) -> ConnectorError {
    told::remember(&error);
    ConnectorError::user(error.into())
}

fn no_client() -> Error {
    let message = "the AWS SDK was built without an HTTP client, and this call has to go out";
    Error::new(ErrorKind::BadSetting, message).with_hint(
        "turn on `default-https-client` of the SDK's crate, or say which client: `cassette.aws().over(client)`",
    )
}

fn unrecordable(method: &Method, url: &str) -> Error {
    let url = url.split('?').next().unwrap_or_default();
    let message =
        format!("{method} {url} streams both ways at once: there is no whole request to find its answer by");
    Error::new(ErrorKind::Unrecordable, message)
        .with_hint("let it go out in every mode: `.pass_through(|request| …)`")
}

/// Whether the request is still being made while the answer comes, so that its end cannot be waited for.
fn streams_both_ways(request: &HttpRequest) -> bool {
    let media_type = request.headers().get("content-type").unwrap_or_default();
    request.body().bytes().is_none() && media_type.starts_with(EVENT_STREAM)
}

fn head(request: &HttpRequest) -> Result<(Method, HeaderMap), BoxError> {
    Ok((request.method().parse()?, header_map(request.headers().iter())?))
}

fn header_map<'a>(headers: impl Iterator<Item = (&'a str, &'a str)>) -> Result<HeaderMap, BoxError> {
    headers.map(|(name, value)| Ok((name.parse::<HeaderName>()?, HeaderValue::from_str(value)?))).collect()
}

/// The whole body of a request. One that can be read once only is put back as it was read, checksums at its end included.
async fn collect(request: &mut HttpRequest) -> Result<Bytes, BoxError> {
    if let Some(bytes) = request.body().bytes() {
        return Ok(Bytes::copy_from_slice(bytes));
    }
    let collected = request.take_body().collect().await?;
    let trailers = collected.trailers().cloned();
    let bytes = collected.to_bytes();
    let body = http_body_util::Full::new(bytes.clone());
    *request.body_mut() = match trailers {
        None => SdkBody::from(bytes.clone()),
        Some(trailers) => SdkBody::from_body_1_x(body.with_trailers(async move { Some(Ok(trailers)) })),
    };
    Ok(bytes)
}

/// A live body's error as one that has a type, for as long as it passes the recorder.
#[derive(Debug)]
struct Transfer(BoxError);

impl fmt::Display for Transfer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl StdError for Transfer {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source()
    }
}

/// The live response, its body watched as it passes.
fn watched(mut response: HttpResponse, recorder: Recorder) -> HttpResponse {
    let live = response.take_body().map_err(Transfer);
    let recorded = RecordingBody::new(live, recorder).map_err(|error| error.0);
    *response.body_mut() = SdkBody::from_body_1_x(recorded);
    response
}

fn played(interaction: &Interaction) -> Result<HttpResponse, ConnectorError> {
    let response = playing(interaction).map(SdkBody::from_body_1_x);
    HttpResponse::try_from(response).map_err(|error| ConnectorError::other(error.into(), None))
}
