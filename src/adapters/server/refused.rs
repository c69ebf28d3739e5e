//! Errors of ours as answers: no SDK tries again, and each finds the words where its provider puts them.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use http_body_util::Full;

use crate::model::error::{Error, ErrorKind};
use crate::model::exchange::Request;
use crate::model::wire::asked::asked_of;
use crate::providers::refusals::refusal;

/// Whether SDKs are to send a request again.
const RETRY: HeaderName = HeaderName::from_static("x-should-retry");

/// Our error, for a header: what programs go by.
const ERROR: HeaderName = HeaderName::from_static("x-llm-cassette-error");

/// The answer to a request that has none.
pub(super) fn refused(asked: &Request, error: &Error) -> Response<Full<Bytes>> {
    // SDKs send again what ends with 408, 409, 429 and from 500 on.
    let status = match error.kind() {
        ErrorKind::MissingKey => StatusCode::UNAUTHORIZED,
        ErrorKind::OverBudget => StatusCode::PAYMENT_REQUIRED,
        _ => StatusCode::NOT_FOUND,
    };
    told(
        &asked.url,
        &asked.headers,
        asked_of(asked).as_deref(),
        status,
        code(error.kind()),
        &error.to_string(),
    )
}

/// The answer to a request that could not be read, or is none of ours.
pub(super) fn turned_away(status: StatusCode, why: &str) -> Response<Full<Bytes>> {
    told("", &HeaderMap::new(), None, status, "bad_request", &format!("llm-cassette: {why}"))
}

fn told(
    url: &str,
    headers: &HeaderMap,
    body: Option<&crate::model::json::Json>,
    status: StatusCode,
    code: &'static str,
    message: &str,
) -> Response<Full<Bytes>> {
    let refusal = refusal(url, headers, body, (status.as_u16(), code, message));
    let mut response = Response::new(Full::from(refusal.body.compact()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(RETRY, HeaderValue::from_static("false"));
    headers.insert(ERROR, HeaderValue::from_static(code));
    if let Some((name, value)) = refusal.header {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}

fn code(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::NoMatch => "no_match",
        ErrorKind::MissingFile => "missing_file",
        ErrorKind::UsedUp => "used_up",
        ErrorKind::Expired => "expired",
        ErrorKind::OverBudget => "over_budget",
        ErrorKind::MissingKey => "missing_key",
        ErrorKind::Malformed | ErrorKind::NewerVersion | ErrorKind::Io => "unreadable",
        _ => "refused",
    }
}
