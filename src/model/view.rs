//! What a user's predicate gets to see of a call.

use http::{HeaderMap, Method, StatusCode};
use serde::de::DeserializeOwned;

use crate::model::address::Address;
use crate::model::error::{Error, ErrorKind};
use crate::model::json;

/// A request, as the predicates of [`Builder::pass_through`](crate::Builder::pass_through),
/// [`Builder::record_if`](crate::Builder::record_if) and [`Builder::ttl_by`](crate::Builder::ttl_by) see it: as the client
/// made it, secrets included. Of an [`Interaction`](crate::Interaction) it is what a cassette would hold, without secrets.
///
/// ```
/// use llm_cassette::{Cassette, RequestView};
///
/// fn is_telemetry(request: &RequestView<'_>) -> bool {
///     request.method() == "POST" && request.host() == "telemetry.example.com"
/// }
///
/// let cassette = Cassette::builder("agents/weather").pass_through(is_telemetry).open()?;
/// # Ok::<(), llm_cassette::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct RequestView<'a> {
    pub(crate) method: &'a Method,
    pub(crate) url: &'a str,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: Option<&'a [u8]>,
}

impl<'a> RequestView<'a> {
    /// The HTTP method.
    ///
    /// ```
    /// # use llm_cassette::Policy;
    /// let policy = Policy::new(|request, _| request.method() == "POST");
    /// ```
    #[must_use]
    pub fn method(&self) -> &'a Method {
        self.method
    }

    /// The whole URL, query included.
    ///
    /// ```
    /// # use llm_cassette::Policy;
    /// let policy = Policy::new(|request, _| request.url().ends_with("/chat/completions"));
    /// ```
    #[must_use]
    pub fn url(&self) -> &'a str {
        self.url
    }

    /// The host in the URL, without user, password and port; empty if there is none.
    ///
    /// ```
    /// # use llm_cassette::Policy;
    /// let policy = Policy::new(|request, _| request.host() == "api.openai.com");
    /// ```
    #[must_use]
    pub fn host(&self) -> &'a str {
        Address::of(self.url).host()
    }

    /// The request headers, the credential among them.
    ///
    /// ```
    /// # use llm_cassette::Policy;
    /// let policy = Policy::new(|request, _| !request.headers().contains_key("x-debug"));
    /// ```
    #[must_use]
    pub fn headers(&self) -> &'a HeaderMap {
        self.headers
    }

    /// The body, where it is in memory. [`pass_through`](crate::Builder::pass_through) is asked before a streamed body is
    /// collected, and gets `None` of one; the others get every body.
    ///
    /// ```
    /// # use llm_cassette::Policy;
    /// let policy = Policy::new(|request, _| request.body().is_some_and(|body| body.len() < 10_000));
    /// ```
    #[must_use]
    pub fn body(&self) -> Option<&'a [u8]> {
        self.body
    }

    /// The body as a type that `serde` can read from JSON, such as `serde_json::Value` or a struct of your own, whatever the
    /// content type says.
    ///
    /// ```
    /// # use llm_cassette::Policy;
    /// use serde_json::Value;
    ///
    /// let policy = Policy::new(|request, _| {
    ///     request.json::<Value>().is_ok_and(|body| body["model"] == "gpt-4o-mini")
    /// });
    /// ```
    ///
    /// # Errors
    /// When the body is not JSON, or has another shape. The error says where, and not what stands there, which may be secret.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        match self.body {
            Some(body) => typed("request", body),
            None => Err(not_json("the body of the request is a stream that nobody has read yet")),
        }
    }
}

/// A response that has ended, as a [`Policy`](crate::Policy) sees it: as the client got it, secrets included. Of an
/// [`Interaction`](crate::Interaction) it is what a cassette would hold, without secrets.
///
/// ```
/// use llm_cassette::{Policy, RequestView, ResponseView};
///
/// fn answered_at_length(_: &RequestView<'_>, response: &ResponseView<'_>) -> bool {
///     response.status() == 200 && response.body().len() > 1_000
/// }
///
/// let policy = Policy::from(answered_at_length);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct ResponseView<'a> {
    pub(crate) status: StatusCode,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a [u8],
}

impl<'a> ResponseView<'a> {
    /// The status.
    ///
    /// ```
    /// # use llm_cassette::Policy;
    /// let policy = Policy::new(|_, response| response.status().is_success());
    /// ```
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The response headers, those that a cassette does not keep among them.
    ///
    /// ```
    /// # use llm_cassette::Policy;
    /// let policy = Policy::new(|_, response| !response.headers().contains_key("x-cache"));
    /// ```
    #[must_use]
    pub fn headers(&self) -> &'a HeaderMap {
        self.headers
    }

    /// Everything that arrived: of a stream, all of its chunks in one.
    ///
    /// ```
    /// # use llm_cassette::Policy;
    /// let policy = Policy::new(|_, response| !response.body().is_empty());
    /// ```
    #[must_use]
    pub fn body(&self) -> &'a [u8] {
        self.body
    }

    /// The body as a type that `serde` can read from JSON, such as `serde_json::Value` or a struct of your own. A stream is
    /// not JSON; what it says is in [`Interaction::text`](crate::Interaction::text).
    ///
    /// ```
    /// # use llm_cassette::Policy;
    /// use serde_json::Value;
    ///
    /// let policy = Policy::new(|_, response| {
    ///     response.json::<Value>().is_ok_and(|body| body["choices"][0]["finish_reason"] == "stop")
    /// });
    /// ```
    ///
    /// # Errors
    /// When the body is not JSON, or has another shape. The error says where, and not what stands there, which may be secret.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        typed("response", self.body)
    }
}

fn typed<T: DeserializeOwned>(of: &str, body: &[u8]) -> Result<T, Error> {
    let json = json::parse(body).map_err(|error| match body {
        [] => not_json(format!("the body of the {of} is empty")),
        _ => not_json(format!("the body of the {of} is not JSON, from byte {} on", error.at)),
    })?;
    json.typed().map_err(|mismatch| {
        not_json(format!("the JSON of the {of} has another shape than is asked for: {mismatch}"))
    })
}

fn not_json(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::NotJson, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_is_that_of_the_url() {
        for (url, host) in [
            ("https://api.openai.com/v1", "api.openai.com"),
            ("http://u:p@127.0.0.1:8080?x", "127.0.0.1"),
            ("http://[::1]:80/", "[::1]"),
            ("http://[::1]/", "[::1]"),
            ("nonsense", ""),
        ] {
            let view = RequestView { method: &Method::GET, url, headers: &HeaderMap::new(), body: None };
            assert_eq!(view.host(), host, "{url}");
        }
    }
}
