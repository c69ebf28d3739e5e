//! What a setting has to hold up to, wherever it was made: in code or in a file.

use http::StatusCode;
use regex::Regex;

use crate::matching::user_rules::Pointer;
use crate::model::address::Address;
use crate::model::error::{Error, ErrorKind};
use crate::model::labels;
use crate::providers;

pub(super) fn pointer(text: &str) -> Result<Pointer, Error> {
    Pointer::parse(text).ok_or_else(|| {
        wrong(
            format!("{text:?} is not a JSON pointer"),
            "write a pointer that starts with `/`, as in `/metadata/run_id`",
        )
    })
}

pub(super) fn pattern(text: &str) -> Result<Regex, Error> {
    Regex::new(text).map_err(|error| not_a_pattern(text, &error))
}

pub(super) fn secret_pattern(text: &str) -> Result<regex::bytes::Regex, Error> {
    regex::bytes::Regex::new(text).map_err(|error| not_a_pattern(text, &error))
}

/// The name of a header, in small letters. The example is for who gave another thing.
pub(super) fn header(name: &str, example: &str) -> Result<String, Error> {
    match http::HeaderName::try_from(name) {
        Ok(name) => Ok(name.as_str().to_owned()),
        Err(_) => Err(wrong(
            format!("{name:?} is not the name of a header"),
            &format!("write a name such as `{example}`"),
        )),
    }
}

pub(super) fn gateway(host: &str, provider: &str) -> Result<(), Error> {
    if !providers::is_host(host) {
        return Err(wrong(
            format!("{host:?} is not a host"),
            "give a host without scheme and path: `llm.example.com`, `127.0.0.1:8000`",
        ));
    }
    if !providers::is_provider(provider) {
        return Err(wrong(
            format!("{provider:?} cannot be the name of a provider"),
            "use OpenTelemetry's names, such as `openai`, `anthropic`, `gcp.gemini`, `aws.bedrock`",
        ));
    }
    Ok(())
}

/// All paths that name nobody else.
pub(crate) const REST: &str = "*";

/// What a path of the server begins with: a provider, a host, or [`REST`].
pub(crate) fn upstream(name: &str) -> Result<String, Error> {
    let is_word = |name: &str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    match name == REST || is_word(name) || names_host(name) {
        true => Ok(name.to_owned()),
        false => Err(wrong(
            format!("{name:?} is neither a provider nor a host"),
            "name a provider such as `openai`, a host such as `api.example.com`, or `*` for all other paths",
        )),
    }
}

/// Whether a segment of a path can be the host of a server: a name with a dot in it and a word at its end, or anything with a
/// port.
pub(crate) fn names_host(text: &str) -> bool {
    let (name, port) = match text.rsplit_once(':') {
        Some((name, port)) => (name, Some(port)),
        None => (text, None),
    };
    let fits = |label: &str| {
        let bytes = label.as_bytes();
        !label.is_empty() && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte))
    };
    let last = name.rsplit('.').next().unwrap_or_default();
    name.split('.').all(fits)
        && match port {
            Some(port) => port.parse::<u16>().is_ok(),
            None => {
                name.contains('.') && last.len() > 1 && last.bytes().all(|byte| byte.is_ascii_alphabetic())
            }
        }
}

/// The URL of a server, with a path or without.
pub(crate) fn server(url: &str) -> Result<String, Error> {
    let address = Address::of(url);
    let odd = |c: char| c == '\\' || c.is_whitespace() || c.is_control();
    let is_web = matches!(address.lead, "https://" | "http://");
    let plain = address.user.is_none() && address.query.is_none() && address.fragment.is_none();
    match is_web && plain && !address.authority.is_empty() && !url.contains(odd) {
        true => Ok(url.trim_end_matches('/').to_owned()),
        false => Err(wrong(
            format!("`{url}` is not the URL of a server"),
            "write one such as https://gateway.example.com/v1 or http://127.0.0.1:8080",
        )),
    }
}

pub(super) fn status(status: u16) -> Result<StatusCode, Error> {
    StatusCode::from_u16(status).ok().filter(|status| (200..600).contains(&status.as_u16())).ok_or_else(
        || {
            wrong(
                format!("{status} is not the status of an answer"),
                "name one from 200 to 599, such as 401 or 429",
            )
        },
    )
}

pub(super) fn tag(tag: &str) -> Result<&str, Error> {
    match labels::is_name(tag) {
        true => Ok(tag),
        false => Err(wrong(format!("{tag:?} cannot be a tag"), &format!("use {}", labels::NAME))),
    }
}

pub(super) fn metadata_name(name: &str) -> Result<(), Error> {
    match labels::is_name(name) {
        true => Ok(()),
        false => {
            Err(wrong(format!("{name:?} cannot be a name in the metadata"), &format!("use {}", labels::NAME)))
        }
    }
}

pub(super) fn wrong(message: String, hint: &str) -> Error {
    Error::new(ErrorKind::BadSetting, message).with_hint(hint)
}

fn not_a_pattern(text: &str, error: &regex::Error) -> Error {
    wrong(format!("{text:?} is not a regular expression: {error}"), "fix the pattern")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_has_a_dot_and_a_word_at_its_end_or_a_port() {
        for host in ["api.openai.com", "localhost:8080", "127.0.0.1:80", "a-b.example"] {
            assert!(names_host(host), "{host}");
        }
        for other in ["v1", "openai", "v1.0", "a..b", ".com", "x.y%2f", "a b.com", "x:y", "", "x.1"] {
            assert!(!names_host(other), "{other}");
        }
    }
}
