//! rvcr and reqwest-vcr, which write the form of VCR for Ruby in JSON through `vcr-cassette`. What is not UTF-8 is base64 there,
//! which they do not read again themselves; of a header that comes twice they keep the last.

use super::ruby_vcr;
use crate::cli::import::exchange::{Exchanges, Loss};
use crate::cli::import::source::Source;

pub(in crate::cli::import) const NAME: &str = "rvcr";

pub(in crate::cli::import) fn recognises(source: &Source<'_>) -> bool {
    let recorder = ruby_vcr::recorder(source).to_ascii_lowercase();
    ruby_vcr::recognises(source)
        && ["rvcr", "reqwest-vcr", "vcr-cassette"].iter().any(|name| recorder.contains(name))
}

pub(in crate::cli::import) fn read(source: &Source<'_>) -> Exchanges {
    let mut exchanges = ruby_vcr::read(source);
    for raw in exchanges.iter_mut().flatten().filter(|raw| !raw.response_headers.is_empty()) {
        raw.losses.insert(Loss::OneValue);
    }
    exchanges
}
