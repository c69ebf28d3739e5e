//! The adapters for `reqwest-middleware`: no rules of their own, only translation. reqwest 0.12 and 0.13 have the same
//! shape and different types, so one macro writes both.

use http::Response as HttpResponse;

use crate::adapters::body::PlayingBody;
use crate::model::interaction::Interaction;
use crate::session::stands_open;

macro_rules! adapter {
    ($feature:literal, $module:ident, $reqwest:ident, $middleware:ident) => {
        #[cfg(feature = $feature)]
        mod $module {
            use bytes::Bytes;
            use http_body_util::BodyExt as _;
            use $middleware::{Error, Middleware, Next, Result};
            use $reqwest::{Body, Request, Response, ResponseBuilderExt as _, Url};

            use crate::adapters::body::RecordingBody;
            use crate::adapters::{shallow, told};
            use crate::api::cassette::Cassette;
            use crate::model::exchange::{self, Head};
            use crate::model::interaction::Interaction;
            use crate::model::view::RequestView;
            use crate::session::{Recorder, Step};

            #[async_trait::async_trait]
            impl Middleware for Cassette {
                async fn handle(
                    &self,
                    mut request: Request,
                    extensions: &mut http::Extensions,
                    next: Next<'_>,
                ) -> Result<Response> {
                    if self.session().passes_through(&view(&request)) {
                        return next.run(request, extensions).await;
                    }
                    let body = collect(&mut request).await?;
                    let asked = exchange::Request {
                        method: request.method().clone(),
                        url: request.url().as_str().to_owned(),
                        headers: request.headers().clone(),
                        body,
                    };
                    match self.session().begin(asked).await {
                        Step::Play(parsed) => played(request.url(), &parsed.interaction),
                        Step::Forward => next.run(request, extensions).await,
                        Step::Refuse(error) => {
                            told::remember(&error);
                            Err(shallow::make(error, Error::middleware))
                        }
                        Step::Record(pending) => match next.run(request, extensions).await {
                            Ok(response) => {
                                let head = Head {
                                    status: response.status(),
                                    version: response.version(),
                                    url: response.url().as_str().to_owned(),
                                    headers: response.headers().clone(),
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
            }

            fn view(request: &Request) -> RequestView<'_> {
                RequestView {
                    method: request.method(),
                    url: request.url().as_str(),
                    headers: request.headers(),
                    body: request.body().and_then(Body::as_bytes),
                }
            }

            /// The whole body of a request. One that is streamed, or multipart, can be read once only, so what was read
            /// is put in its place.
            async fn collect(request: &mut Request) -> Result<Bytes> {
                let Some(body) = request.body_mut().take() else { return Ok(Bytes::new()) };
                let bytes = match body.as_bytes() {
                    Some(bytes) => Bytes::copy_from_slice(bytes),
                    None => body.collect().await?.to_bytes(),
                };
                *request.body_mut() = Some(Body::from(bytes.clone()));
                Ok(bytes)
            }

            /// The live response, its body watched as it passes.
            fn watched(response: Response, recorder: Recorder) -> Response {
                // The conversion to `http::Response` leaves the URL behind.
                let url = response.url().clone();
                let (mut parts, body) = http::Response::<Body>::from(response).into_parts();
                let mut out = http::Response::builder().url(url);
                if let Some(extensions) = out.extensions_mut() {
                    parts.extensions.extend(std::mem::take(extensions));
                }
                Response::from(http::Response::from_parts(
                    parts,
                    Body::wrap(RecordingBody::new(body, recorder)),
                ))
            }

            fn played(asked: &Url, recorded: &Interaction) -> Result<Response> {
                let url = recorded
                    .response
                    .url
                    .as_deref()
                    .and_then(|url| Url::parse(url).ok())
                    .unwrap_or_else(|| asked.clone());
                let (parts, body) = super::playing(recorded).into_parts();
                let mut out =
                    http::Response::builder().url(url).body(Body::wrap(body)).map_err(Error::middleware)?;
                *out.status_mut() = parts.status;
                *out.version_mut() = parts.version;
                *out.headers_mut() = parts.headers;
                Ok(Response::from(out))
            }
        }
    };
}

adapter!("reqwest-0-13", reqwest013, reqwest, reqwest_middleware);
adapter!("reqwest-0-12", reqwest012, reqwest012, reqwest_middleware04);

/// A recorded response in the types that all adapters share.
fn playing(interaction: &Interaction) -> HttpResponse<PlayingBody> {
    let recorded = &interaction.response;
    let body = PlayingBody::new(&recorded.body, stands_open(interaction));
    let mut response = HttpResponse::new(body);
    *response.status_mut() = recorded.status;
    *response.version_mut() = recorded.version;
    *response.headers_mut() = recorded.headers.clone();
    response
}
