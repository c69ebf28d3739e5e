//! The door for `tower`: a cassette is a layer, and what it makes of a service that sends requests of `reqwest` is one again.

use std::error::Error as StdError;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

use tower_layer::Layer;
use tower_service::Service;

use crate::adapters::reqwest::Failure;
use crate::api::cassette::Cassette;

/// What `tower` calls `BoxError`: an error of anybody's.
type BoxError = Box<dyn StdError + Send + Sync>;

/// How to see the error behind one of a service. `BoxError` is not an error itself, so there is no one trait for all.
type Cause<E> = fn(&E) -> &(dyn StdError + 'static);

/// A `tower` service that records and replays what goes through it. [`Cassette::service`] and the layer make it.
///
/// It has the errors of `tower`: what the inner service fails with is passed on in its box, and a refused request is an
/// [`Error`](crate::Error) in one.
///
/// ```
/// use llm_cassette::{Cassette, CassetteService};
///
/// /// Sends what it is given through a cassette.
/// struct Agent {
///     http: CassetteService<reqwest::Client>,
/// }
///
/// # fn example() -> Result<(), llm_cassette::Error> {
/// let agent = Agent { http: Cassette::open("agents/weather")?.service(reqwest::Client::new()) };
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct CassetteService<S> {
    cassette: Cassette,
    inner: S,
}

/// A [`CassetteService`] for what becomes a request only when it is sent. [`CassetteService::built_by`] makes it.
///
/// ```
/// use llm_cassette::{BuiltBy, Cassette};
///
/// async fn build(url: reqwest::Url) -> Result<reqwest::Request, reqwest::Error> {
///     Ok(reqwest::Request::new(reqwest::Method::GET, url))
/// }
///
/// # fn example() -> Result<(), llm_cassette::Error> {
/// let service = Cassette::open("weather")?.service(reqwest::Client::new());
/// let built: BuiltBy<reqwest::Client, _> = service.built_by(build);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct BuiltBy<S, F> {
    service: CassetteService<S>,
    build: F,
}

/// A request of one of the versions of `reqwest` that this crate was built for.
pub trait HttpRequest: Sized + Send + 'static {
    /// The response of the same version.
    type Response: Send + 'static;
    /// The error of the same version.
    type Error: StdError + Send + Sync + 'static;

    #[doc(hidden)]
    fn answered<F, E>(
        self,
        cassette: Cassette,
        send: impl FnOnce(Self) -> F + Send,
        cause: Cause<E>,
    ) -> impl Future<Output = Result<Self::Response, Failure<E, Self::Error>>> + Send
    where
        F: Future<Output = Result<Self::Response, E>> + Send,
        E: Send;
}

macro_rules! request {
    ($feature:literal, $module:ident, $reqwest:ident) => {
        #[cfg(feature = $feature)]
        impl HttpRequest for $reqwest::Request {
            type Response = $reqwest::Response;
            type Error = $reqwest::Error;

            async fn answered<F, E>(
                self,
                cassette: Cassette,
                send: impl FnOnce(Self) -> F + Send,
                cause: Cause<E>,
            ) -> Result<Self::Response, Failure<E, Self::Error>>
            where
                F: Future<Output = Result<Self::Response, E>> + Send,
                E: Send,
            {
                crate::adapters::reqwest::$module::answer(&cassette, self, send, cause).await
            }
        }
    };
}

request!("reqwest-0-13", reqwest013, reqwest);
request!("reqwest-0-12", reqwest012, reqwest012);

impl Cassette {
    /// The service that records and replays what goes through `inner`: any service that takes requests of `reqwest` and
    /// gives its responses, as `reqwest::Client` itself is. The feature `tower` has it.
    ///
    /// ```
    /// # fn example() -> Result<(), llm_cassette::Error> {
    /// let cassette = llm_cassette::Cassette::open("weather")?;
    /// let service = cassette.service(reqwest::Client::new());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// A cassette is a `Layer` as well, for a stack with a `ServiceBuilder`: put it last, below retries and time-outs.
    pub fn service<S>(&self, inner: S) -> CassetteService<S> {
        CassetteService { cassette: self.clone(), inner }
    }
}

impl<S> Layer<S> for Cassette {
    type Service = CassetteService<S>;

    fn layer(&self, inner: S) -> CassetteService<S> {
        self.service(inner)
    }
}

impl<S> CassetteService<S> {
    /// The service for clients that hand on something from which each attempt builds its request, as `async-openai` does.
    /// It fails with the error of `build`, which takes in those of the inner service and, in a box, those of the cassette.
    ///
    /// ```
    /// # use llm_cassette::Cassette;
    /// # #[derive(Clone)]
    /// # struct HttpRequestFactory; // `async_openai::middleware::HttpRequestFactory`
    /// # impl HttpRequestFactory {
    /// #     async fn build(&self) -> reqwest::Result<reqwest::Request> { unreachable!() }
    /// # }
    /// # fn example(cassette: &Cassette) {
    /// let service = cassette
    ///     .service(reqwest::Client::new())
    ///     .built_by(|request: HttpRequestFactory| async move { request.build().await });
    /// // async_openai::Client::with_config(config).with_http_service(service)
    /// # }
    /// ```
    pub fn built_by<R, F, Fut, Q, E>(self, build: F) -> BuiltBy<S, F>
    where
        F: Fn(R) -> Fut,
        Fut: Future<Output = Result<Q, E>>,
        Q: HttpRequest,
    {
        BuiltBy { service: self, build }
    }
}

impl<S: Clone> CassetteService<S> {
    /// The inner service that was made ready, to be called later; a copy that was not takes its place.
    fn take_ready(&mut self) -> S {
        let copy = self.inner.clone();
        mem::replace(&mut self.inner, copy)
    }
}

impl<S, Q> Service<Q> for CassetteService<S>
where
    Q: HttpRequest,
    S: Service<Q, Response = Q::Response, Error: Into<BoxError>, Future: Send> + Clone + Send + 'static,
{
    type Response = Q::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Q::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, request: Q) -> Self::Future {
        let (cassette, mut inner) = (self.cassette.clone(), self.take_ready());
        Box::pin(async move {
            let send = |request| {
                let sent = inner.call(request);
                async { sent.await.map_err(Into::into) }
            };
            let answer = request.answered(cassette, send, |error: &BoxError| error.as_ref()).await;
            answer.map_err(|failure| match failure {
                Failure::Refused(error) => error.into(),
                Failure::Unread(error) => error.into(),
                Failure::Live(error) => error,
            })
        })
    }
}

impl<S, F, R, Fut, Q, E> Service<R> for BuiltBy<S, F>
where
    F: Fn(R) -> Fut + Clone + Send + 'static,
    R: Send + 'static,
    Fut: Future<Output = Result<Q, E>> + Send,
    Q: HttpRequest,
    S: Service<Q, Response = Q::Response, Error: Into<E>, Future: Send> + Clone + Send + 'static,
    E: StdError + From<BoxError> + Send + 'static,
{
    type Response = Q::Response;
    type Error = E;
    type Future = Pin<Box<dyn Future<Output = Result<Q::Response, E>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), E>> {
        self.service.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, material: R) -> Self::Future {
        let (cassette, mut inner) = (self.service.cassette.clone(), self.service.take_ready());
        let build = self.build.clone();
        Box::pin(async move {
            let request = build(material).await?;
            let send = |request| {
                let sent = inner.call(request);
                async { sent.await.map_err(Into::into) }
            };
            let answer = request.answered(cassette, send, |error: &E| error).await;
            answer.map_err(|failure| match failure {
                Failure::Refused(error) => BoxError::from(error).into(),
                Failure::Unread(error) => BoxError::from(error).into(),
                Failure::Live(error) => error,
            })
        })
    }
}
