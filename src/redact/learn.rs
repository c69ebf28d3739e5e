//! Reads the secrets off the places where requests and answers carry them.

use std::ops::Range;

use http::HeaderMap;

use super::finder::Finder;
use super::named::Named;
use super::secret_fields::Side;
use super::secret_names::Says;
use super::stand_ins::{is_mixed, is_random};
use super::{assignments, body, forms, frames, headers, looks, secret_fields, secret_names, url, windows};
use crate::model::base64;
use crate::model::exchange::{Request, Response};
use crate::model::wire::{self, percent};

/// Shorter lines of a value are like those of any text.
const LINE: usize = 24;

/// The secrets that a request carries.
pub(super) fn of_request(finder: &Finder, request: &Request) -> Vec<Vec<u8>> {
    let mut found = url::secrets(&request.url, &finder.names);
    of_headers(finder, &request.headers, |name| finder.names.is_secret_header(name), &mut found);
    of_forms(finder, &request.headers, &request.body, &mut found);
    let named = body::named_in_request(finder, request, &request.body);
    named.iter().for_each(|named| of_named(named, &mut found));
    found.iter().flat_map(|value| with_lines(value)).collect()
}

/// The secrets that an answer hands out: cookies, sessions, tokens, and what a model says in pieces.
pub(super) fn of_response(finder: &Finder, response: &Response) -> Vec<Vec<u8>> {
    let mut found = response.url.as_deref().map(|url| url::secrets(url, &finder.names)).unwrap_or_default();
    let (headers, body) = (&response.headers, &response.body.bytes);
    of_headers(finder, headers, |name| finder.names.is_handed_out(name), &mut found);
    of_forms(finder, headers, body, &mut found);
    let events = if frames::texts(body).is_some() { frames::readings(headers, body) } else { Vec::new() };
    for events in &events {
        let named = frames::named(finder, headers, body, events);
        named.iter().for_each(|(_, named)| of_named(named, &mut found));
    }
    if events.is_empty() {
        let windows = windows::windows(headers, body).into_iter().map(|window| window.seen);
        let mut seen: Vec<Range<usize>> = windows.collect();
        if seen.is_empty() {
            seen.push(0..body.len());
        }
        for seen in seen {
            let named = body::named_in_response(finder, headers, &body[seen]);
            named.iter().for_each(|(_, named)| of_named(named, &mut found));
        }
    }
    found.iter().flat_map(|value| with_lines(value)).collect()
}

/// The secrets that an environment variable has.
pub(super) fn of_variable(finder: &Finder, name: &str, value: &str) -> Vec<Vec<u8>> {
    let value = value.trim();
    let bare = ['"', '\''].iter().find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote));
    let value = bare.unwrap_or(value).as_bytes();
    // Whatever its name, an address may hold a password.
    let password = assignments::password(value).map(|range| &value[range]);
    let password = password.filter(|_| memchr::memmem::find(value, b"://").is_some());
    let mut found = password.map_or_else(Vec::new, |it| vec![it.to_vec(), percent::decode(it)]);
    let says = secret_names::variable(name);
    found.extend(match says {
        Says::Nothing => return found,
        Says::Address => Vec::new(),
        Says::Surely if looks::is_locator(value) || looks::is_reference(value) => Vec::new(),
        Says::Surely => {
            value.split(|&byte| byte == b',').map(<[u8]>::to_vec).chain([value.to_vec()]).collect()
        }
        Says::Perhaps | Says::Likely | Says::Pass | Says::Code => {
            Vec::from_iter(looks::is_telling(Says::Likely, value).then(|| value.to_vec()))
        }
    });
    found.extend(assignments::password(value).map(|range| value[range].to_vec()));
    let named = secret_fields::named(value, &finder.names, Side::TEXT);
    named.iter().for_each(|named| of_named(named, &mut found));
    found.iter().flat_map(|value| with_lines(value)).collect()
}

fn of_named(named: &Named, found: &mut Vec<Vec<u8>>) {
    if named.is_telling {
        found.push(named.value.clone());
        return;
    }
    let mut said = Vec::new();
    credentials(&String::from_utf8_lossy(&named.value), &mut said);
    said.retain(|value| looks::is_telling(Says::Surely, value) && value.len() < named.value.len());
    found.append(&mut said);
}

/// A value, and each line of one of several: whoever repeats it indents it, or ends its lines in another way.
fn with_lines(value: &[u8]) -> Vec<Vec<u8>> {
    let mut found = vec![value.to_vec()];
    if value.trim_ascii().contains(&b'\n') {
        let lines = value.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii);
        found.extend(lines.filter(|line| line.len() >= LINE && is_random(line, true)).map(<[u8]>::to_vec));
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
            found.extend(value.split(';').next().into_iter().flat_map(cookie));
        } else if name.contains("cookie") {
            found.extend(value.split(';').flat_map(cookie));
        } else if is_secret(name) {
            credentials(&value, found);
        }
    }
}

fn of_forms(finder: &Finder, headers: &HeaderMap, body: &[u8], found: &mut Vec<Vec<u8>>) {
    for range in forms::secrets(headers, body, &finder.names) {
        let value = &body[range];
        found.extend([value.to_vec(), percent::decode(value), wire::forms::decode(value)]);
    }
}

/// What a cookie says, as it is and decoded, and the parts that some servers make it of; nothing if it is a word, as in
/// `theme=dark`.
fn cookie(pair: &str) -> Vec<Vec<u8>> {
    let Some((_, value)) = pair.split_once('=') else {
        return Vec::new();
    };
    let value = value.trim().trim_matches('"').as_bytes();
    let mut found = vec![value.to_vec(), percent::decode(value)];
    found.extend(value.split(|&byte| byte == b'|').map(<[u8]>::to_vec));
    found.retain(|value| is_mixed(value) || is_random(value, false));
    found
}

/// What is secret in the value of a header such as `authorization`.
fn credentials(value: &str, found: &mut Vec<Vec<u8>>) {
    let value = value.trim();
    let is_scheme = |scheme: &str| {
        !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let Some((scheme, rest)) = value.split_once(' ').filter(|(scheme, _)| is_scheme(scheme)) else {
        found.push(value.as_bytes().to_vec());
        return;
    };
    let rest = rest.trim();
    // Whoever puts `Bearer` before a key that has it already sends it twice.
    if is_usual(scheme) && rest.split_once(' ').is_some_and(|(next, _)| is_usual(next)) {
        return credentials(rest, found);
    }
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
                // Some take the key for the user, and no password.
                found.extend((colon + 1 == pair.len()).then(|| pair[..colon].to_vec()));
            }
            found.push(pair);
            found.push(rest.as_bytes().to_vec());
        }
        // `Token token="…", nonce="…"`.
        _ if rest.contains("=\"") => {
            let values = rest.split("=\"").skip(1).filter_map(|part| part.split('"').next());
            found.extend(values.map(|value| value.as_bytes().to_vec()));
        }
        // `GoogleLogin auth=…`, `Hmac id=…,sig=…`.
        _ if rest.split(',').all(is_named) => {
            let values = rest.split(',').filter_map(|part| part.split_once('='));
            found.extend(values.map(|(_, value)| value.trim().as_bytes().to_vec()));
            found.push(rest.as_bytes().to_vec());
        }
        // Behind any other word: `Bearer`, `OAuth`, `SSWS`, `Bot`. Of a password with a blank this is a part.
        _ => {
            if !rest.contains(char::is_whitespace) {
                found.push(rest.trim_start_matches("token=").as_bytes().to_vec());
            }
            if !is_usual(scheme) {
                found.push(value.as_bytes().to_vec());
            }
        }
    }
}

/// Whether a part of a header is `name=value`, and no base64 with its padding.
fn is_named(part: &str) -> bool {
    part.split_once('=').is_some_and(|(name, value)| {
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        name.trim().bytes().all(is_part) && !value.trim().trim_matches('=').is_empty()
    })
}

/// Whether a word before a credential is known to be no part of it.
fn is_usual(scheme: &str) -> bool {
    [
        "bearer", "token", "apikey", "api-key", "key", "bot", "oauth", "ssws", "digest", "splunk", "discogs",
        "genie",
    ]
    .contains(&scheme.to_ascii_lowercase().as_str())
}
