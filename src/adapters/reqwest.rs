//! What the doors for `reqwest` share: the middleware of `reqwest-middleware`, and the services of `tower`. No rules of their
//! own, only translation. reqwest 0.12 and 0.13 have the same shape and different types, so one macro writes both.

use crate::model::error::Error as OurError;

/// Why a client of the cassette has no response.
pub enum Failure<Live, Body> {
    /// The cassette refused the request.
    Refused(OurError),
    /// The body of the request could not be read, so that nobody knows what was asked.
    Unread(Body),
    /// The live call failed.
    Live(Live),
}

macro_rules! adapter {
    ($feature:literal, $module:ident, $reqwest:ident, $middleware:ident) => {
        #[cfg(feature = $feature)]
        pub(super) mod $module {
            use std::error::Error as StdError;

            use bytes::Bytes;
            use http_body_util::BodyExt as _;
            use $middleware::{Error, Middleware, Next, Result};
            use $reqwest::{Body, Request, Response, ResponseBuilderExt as _, Url};

            use super::Failure;
            use crate::adapters::body::{RecordingBody, playing};
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
                    request: Request,
                    extensions: &mut http::Extensions,
                    next: Next<'_>,
                ) -> Result<Response> {
                    let send = |request| next.run(request, extensions);
                    let answer = answer(self, request, send, |error| error).await;
                    answer.map_err(|failure| match failure {
                        Failure::Refused(error) => shallow::make(error, Error::middleware),
                        Failure::Unread(error) => Error::from(error),
                        Failure::Live(error) => error,
                    })
                }
            }

            /// The response to a request: recorded, or by `send` and recorded on its way.
            pub(in crate::adapters) async fn answer<F, E>(
                cassette: &Cassette,
                mut request: Request,
                send: impl FnOnce(Request) -> F,
                cause: fn(&E) -> &(dyn StdError + 'static),
            ) -> std::result::Result<Response, Failure<E, $reqwest::Error>>
            where
                F: Future<Output = std::result::Result<Response, E>>,
            {
                let session = cassette.session();
                if session.passes_through(&view(&request)) {
                    return send(request).await.map_err(Failure::Live);
                }
                let body = collect(&mut request).await.map_err(Failure::Unread)?;
                let asked = exchange::Request {
                    method: request.method().clone(),
                    url: request.url().as_str().to_owned(),
                    headers: request.headers().clone(),
                    body,
                };
                match session.begin(asked).await {
                    Step::Play(parsed) => Ok(played(request.url(), &parsed.interaction)),
                    Step::Forward => send(request).await.map_err(Failure::Live),
                    Step::Refuse(error) => {
                        told::remember(&error);
                        Err(Failure::Refused(error))
                    }
                    Step::Record(pending) => match send(request).await {
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
                            pending.failed(cause(&error));
                            Err(Failure::Live(error))
                        }
                    },
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
            async fn collect(request: &mut Request) -> std::result::Result<Bytes, $reqwest::Error> {
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
                let url = response.url().clone();
                let response = http::Response::<Body>::from(response);
                from(url, response.map(|body| Body::wrap(RecordingBody::new(body, recorder))))
            }

            fn played(asked: &Url, recorded: &Interaction) -> Response {
                let url = recorded
                    .response
                    .url
                    .as_deref()
                    .and_then(|url| Url::parse(url).ok())
                    .unwrap_or_else(|| asked.clone());
                from(url, playing(recorded).map(Body::wrap))
            }

            /// A response from a URL. `http::Response` has no place for that, and the conversions leave it behind.
            fn from(url: Url, mut response: http::Response<Body>) -> Response {
                let mut carrier = http::Response::builder().url(url);
                if let Some(extensions) = carrier.extensions_mut() {
                    response.extensions_mut().extend(std::mem::take(extensions));
                }
                Response::from(response)
            }
        }
    };
}

adapter!("reqwest-0-13", reqwest013, reqwest, reqwest_middleware);
adapter!("reqwest-0-12", reqwest012, reqwest012, reqwest_middleware04);
