//! The formats that are known, and which one a file has.

use super::exchange::{Exchanges, Imported, Refusal};
use super::formats::{
    aimock, azure, betamax, cassetter, ddapm, go_vcr, har, httpmock, httprr, nock, ruby_vcr, rvcr, vcrpy,
    wiremock,
};
use super::settle::settle;
use super::source::Source;
use super::wanted::Wanted;
use crate::store::cassette_files::begins_as_cassette;

/// A format of another tool.
struct Format {
    /// As the metadata of what is imported says it, and the documentation.
    name: &'static str,
    recognises: fn(&Source<'_>) -> bool,
    read: fn(&Source<'_>) -> Exchanges,
}

/// The first one that recognises a file reads it. Those that say who wrote them come before those that look the same.
const FORMATS: &[Format] = &[
    Format { name: httprr::NAME, recognises: httprr::recognises, read: httprr::read },
    Format { name: har::NAME, recognises: har::recognises, read: har::read },
    Format { name: azure::NAME, recognises: azure::recognises, read: azure::read },
    Format { name: nock::NAME, recognises: nock::recognises, read: nock::read },
    Format { name: betamax::NAME, recognises: betamax::recognises, read: betamax::read },
    Format { name: rvcr::NAME, recognises: rvcr::recognises, read: rvcr::read },
    Format { name: ruby_vcr::NAME, recognises: ruby_vcr::recognises, read: ruby_vcr::read },
    Format { name: go_vcr::NAME, recognises: go_vcr::recognises, read: go_vcr::read },
    Format { name: cassetter::NAME, recognises: cassetter::recognises, read: cassetter::read },
    Format { name: vcrpy::NAME, recognises: vcrpy::recognises, read: vcrpy::read },
    Format { name: httpmock::NAME, recognises: httpmock::recognises, read: httpmock::read },
    Format { name: wiremock::NAME, recognises: wiremock::recognises, read: wiremock::read },
    Format { name: aimock::NAME, recognises: aimock::recognises, read: aimock::read },
    Format { name: ddapm::NAME, recognises: ddapm::recognises, read: ddapm::read },
];

/// What a file has.
#[derive(Debug)]
pub(in crate::cli) struct Found {
    pub(in crate::cli) format: &'static str,
    /// In the order of the file.
    pub(in crate::cli) exchanges: Vec<Result<Imported, Refusal>>,
}

/// Reads a file of a format that is known.
///
/// # Errors
/// Why nothing of the file can be read.
pub(in crate::cli) fn read(bytes: &[u8], wanted: &Wanted) -> Result<Found, String> {
    if begins_as_cassette(bytes) {
        return Err("it is a cassette of llm-cassette already".to_owned());
    }
    let source = Source::of(bytes);
    let Some(format) = FORMATS.iter().find(|format| (format.recognises)(&source)) else {
        return Err(source
            .unreadable
            .unwrap_or_else(|| "it is not a recording of a known format".to_owned()));
    };
    let exchanges = (format.read)(&source);
    let exchanges = exchanges.into_iter().map(|raw| raw.and_then(|raw| settle(raw, format.name, wanted)));
    Ok(Found { format: format.name, exchanges: exchanges.collect() })
}

/// Whether a file may be a recording that can be imported, for folders in which other files stand too.
pub(in crate::cli) fn recognises(bytes: &[u8]) -> bool {
    if begins_as_cassette(bytes) {
        return false;
    }
    let source = Source::of(bytes);
    FORMATS.iter().any(|format| (format.recognises)(&source))
}
