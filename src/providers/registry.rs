//! All protocols. Each is a folder beside this file, declared here and nowhere else, so that a new one takes a folder and
//! a row. A folder imports the types of a protocol, and neither this list nor what reads it.

#[path = "anthropic/facts.rs"]
pub(super) mod anthropic;
#[path = "bedrock/facts.rs"]
pub(super) mod bedrock;
#[path = "cohere/facts.rs"]
pub(super) mod cohere;
#[path = "gemini/facts.rs"]
pub(super) mod gemini;
#[path = "ollama/facts.rs"]
pub(super) mod ollama;
#[path = "openai/facts.rs"]
pub(super) mod openai;

use super::family::Family;

/// Of those that know an answer, the first counts.
pub(crate) const FAMILIES: [Family; 6] =
    [openai::FAMILY, anthropic::FAMILY, gemini::FAMILY, bedrock::FAMILY, ollama::FAMILY, cohere::FAMILY];
