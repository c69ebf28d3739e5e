//! Ollama's own protocol. Its tool calls come whole.

use crate::model::json::Json;
use crate::providers::assembly::{Assembly, Claim, Extent, Field, PartKind, path};

const TEXTS: [(&[&str], PartKind); 4] = [
    (&["message", "content"], PartKind::Text),
    (&["message", "thinking"], PartKind::Reasoning),
    (&["response"], PartKind::Text),
    (&["thinking"], PartKind::Reasoning),
];

pub(crate) fn claim(assembly: &mut Assembly, event: &Json, claims: &mut Vec<Claim>) {
    // Cohere has messages in its events too, and no `done`.
    if event.get("done").is_none() || event.get("model").is_none() {
        return;
    }
    for (steps, kind) in TEXTS {
        if event.at(steps).and_then(Json::as_str).is_some_and(|text| !text.is_empty()) {
            let part = assembly.part(0, kind, "");
            assembly.text(event, &path(steps), (part, Field::Content, Extent::Piece), claims);
        }
    }
    let calls = event.at(&["message", "tool_calls"]).and_then(Json::as_array).unwrap_or_default();
    for at in 0..calls.len() {
        let at = at.to_string();
        let way = |steps: &[&str]| path(&[&["message", "tool_calls", at.as_str()], steps].concat());
        let ways = [way(&["id"]), way(&["function", "name"]), way(&["function", "arguments"])];
        assembly.call(event, 0, ways, claims);
    }
}
