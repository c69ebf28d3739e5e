//! What a setting has to hold up to, wherever it was made: in code or in a file.

use http::StatusCode;
use regex::Regex;

use crate::matching::user_rules::Pointer;
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
            "give a host without scheme and path: `llm.example.com`",
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
