//! betamax, in JSON: the form of VCR for Ruby. Text is decoded, and its encoding stands beside it.

use super::ruby_vcr;
use crate::cli::import::exchange::Exchanges;
use crate::cli::import::source::Source;

pub(in crate::cli::import) const NAME: &str = "betamax";

pub(in crate::cli::import) fn recognises(source: &Source<'_>) -> bool {
    ruby_vcr::recognises(source) && ruby_vcr::recorder(source).to_ascii_lowercase().starts_with("betamax")
}

pub(in crate::cli::import) fn read(source: &Source<'_>) -> Exchanges {
    ruby_vcr::read(source)
}
