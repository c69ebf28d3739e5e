//! The marks in a request that say up to where it is to be cached.

use super::Call;
use crate::model::json::Json;
use crate::providers::{self, FIELDS};

/// How far a prompt can be cached: up to its last breakpoint, where a provider has breakpoints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    Nowhere,
    /// So many tools.
    Tools(usize),
    /// So many blocks of the system prompt.
    System(usize),
    /// So many messages, and of the last of them so many blocks.
    Messages(usize, usize),
    Everything,
}

/// Whether this provider caches only what is marked.
pub(super) fn asks_by_breakpoints(call: &Call<'_>, body: &Json) -> bool {
    providers::caches_only_marked(call.provider, &call.request.url, body)
}

/// What a message says, a block each.
pub(super) fn blocks(message: &Json) -> &[Json] {
    message.get("content").and_then(Json::as_array).unwrap_or_default()
}

fn has_mark(value: &Json) -> bool {
    FIELDS.cache_marks.iter().any(|name| value.get(name).is_some_and(|mark| !mark.is_null()))
}

/// Some breakpoints are blocks of their own.
fn is_mark(value: &Json) -> bool {
    FIELDS.cache_blocks.iter().any(|name| value.get(name).is_some())
}

fn marked(value: &Json) -> bool {
    has_mark(value) || is_mark(value) || blocks(value).iter().any(marked)
}

/// Up to the last breakpoint of a request.
pub(super) fn reach(body: &Json, tools: &[Json], system: &[Json], messages: &[Json]) -> Reach {
    // A mark on the request itself stands for one on its last block.
    if has_mark(body) {
        return Reach::Everything;
    }
    let last = |items: &[Json]| {
        let at = items.iter().rposition(marked)?;
        Some(without_marks(&items[..=at]).len())
    };
    if let Some(at) = messages.iter().rposition(marked) {
        let all = blocks(&messages[at]);
        return Reach::Messages(at + 1, last(all).unwrap_or(all.len()));
    }
    last(system).map(Reach::System).or_else(|| last(tools).map(Reach::Tools)).unwrap_or(Reach::Nowhere)
}

/// Breakpoints move from turn to turn, and are no part of the prompt.
pub(super) fn without_marks(items: &[Json]) -> Vec<Json> {
    items.iter().filter(|item| !is_mark(item)).map(without_mark).collect()
}

pub(super) fn without_mark(value: &Json) -> Json {
    let Json::Object(fields) = value else { return value.clone() };
    let kept = fields.iter().filter(|(name, _)| !FIELDS.cache_marks.contains(&name.as_str()));
    let kept = kept.map(|(name, value)| match value {
        Json::Array(items) if name == "content" => (name.clone(), Json::Array(without_marks(items))),
        value => (name.clone(), value.clone()),
    });
    Json::Object(kept.collect())
}
