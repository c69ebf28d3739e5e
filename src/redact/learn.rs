//! Reads the secrets off the places where requests and answers carry them.

use http::HeaderMap;

use super::finder::Finder;
use super::{forms, frames, headers, streams, url};
use crate::model::base64;
use crate::model::exchange::{Request, Response};
use crate::model::wire::{self, percent};

/// The secrets that a request carries.
pub(super) fn of_request(finder: &Finder, request: &Request) -> Vec<Vec<u8>> {
    let mut found = url::secrets(&request.url, &finder.names);
    of_headers(finder, &request.headers, |name| finder.names.is_secret_header(name), &mut found);
    of_body(finder, &request.headers, &request.body, &mut found);
    found
}

/// The secrets that an answer hands out: cookies, sessions, tokens, and what a model says in pieces.
pub(super) fn of_response(finder: &Finder, response: &Response) -> Vec<Vec<u8>> {
    let mut found = response.url.as_deref().map(|url| url::secrets(url, &finder.names)).unwrap_or_default();
    let (headers, body) = (&response.headers, &response.body.bytes);
    of_headers(finder, headers, |name| finder.names.is_handed_out(name), &mut found);
    of_body(finder, headers, body, &mut found);
    frames::texts(body).into_iter().flatten().for_each(|text| of_fields(finder, &text, &mut found));
    for events in frames::readings(headers, body) {
        streams::said(&events).iter().for_each(|text| of_fields(finder, text, &mut found));
    }
    found
}

fn of_headers(
    finder: &Finder,
    headers: &HeaderMap,
    is_secret: impl Fn(&str) -> bool,
    found: &mut Vec<Vec<u8>>,
) {
    for (name, value) in headers {
        let (name, value) = (name.as_str(), String::from_utf8_lossy(value.as_bytes()));
        if headers::is_url_header(name) {
            found.extend(url::secrets(&value, &finder.names));
        } else if name == "set-cookie" {
            found.extend(value.split(';').next().and_then(cookie));
        } else if name.contains("cookie") {
            found.extend(value.split(';').filter_map(cookie));
        } else if is_secret(name) {
            credentials(&value, found);
        }
    }
}

fn of_body(finder: &Finder, headers: &HeaderMap, body: &[u8], found: &mut Vec<Vec<u8>>) {
    for range in forms::secrets(headers, body, &finder.names) {
        let value = &body[range];
        found.extend([value.to_vec(), percent::decode(value), wire::forms::decode(value)]);
    }
    of_fields(finder, body, found);
}

fn of_fields(finder: &Finder, text: &[u8], found: &mut Vec<Vec<u8>>) {
    let mut said = Vec::new();
    for field in finder.fields(text) {
        credentials(&String::from_utf8_lossy(&field.value(text)), &mut said);
    }
    // A model may put a sentence there, which must not be replaced wherever it is said again.
    said.retain(|value| !value.iter().any(u8::is_ascii_whitespace));
    found.append(&mut said);
}

fn cookie(pair: &str) -> Option<Vec<u8>> {
    let (_, value) = pair.split_once('=')?;
    Some(value.trim().trim_matches('"').as_bytes().to_vec())
}

/// What is secret in the value of a header such as `authorization`.
fn credentials(value: &str, found: &mut Vec<Vec<u8>>) {
    let value = value.trim();
    let (scheme, rest) = match value.split_once(' ') {
        Some((scheme, rest)) if scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') => {
            (scheme, rest.trim())
        }
        _ => ("", value),
    };
    match scheme.to_ascii_lowercase().as_str() {
        "aws4-hmac-sha256" => {
            for part in rest.split(',') {
                match part.trim().split_once('=') {
                    Some(("Credential", scope)) => {
                        found.extend(scope.split('/').next().map(|id| id.as_bytes().to_vec()))
                    }
                    Some(("Signature", signature)) => found.push(signature.as_bytes().to_vec()),
                    _ => {}
                }
            }
        }
        "basic" => {
            let pair = base64::decode_start(rest.as_bytes());
            if let Some(colon) = pair.iter().position(|&byte| byte == b':') {
                found.push(pair[colon + 1..].to_vec());
            }
            found.push(pair);
            found.push(rest.as_bytes().to_vec());
        }
        "bearer" | "token" | "apikey" | "api-key" | "key" | "bot" => found.push(rest.as_bytes().to_vec()),
        // No scheme that we know: a password may well hold a space.
        _ => found.push(value.as_bytes().to_vec()),
    }
}
