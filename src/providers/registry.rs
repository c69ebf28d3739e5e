//! All protocols. Each is a folder of this registry, declared here and nowhere else, so that a new one takes a folder and
//! a row. A folder imports the types of a protocol, and neither this list nor what reads it.

pub(super) mod anthropic;
pub(super) mod bedrock;
pub(super) mod cohere;
pub(super) mod gemini;
pub(super) mod ollama;
pub(super) mod openai;

use super::family::Family;

/// Of those that know an answer, the first counts.
pub(crate) const FAMILIES: [Family; 6] =
    [openai::FAMILY, anthropic::FAMILY, gemini::FAMILY, bedrock::FAMILY, ollama::FAMILY, cohere::FAMILY];
