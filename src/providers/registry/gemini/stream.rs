//! Gemini: each event is an answer of its own, with the next parts. Its function calls come whole.

use crate::model::json::Json;
use crate::providers::assembly::{Assembly, Claim, Extent, Field, PartKind, path};

pub(crate) fn claim(assembly: &mut Assembly, event: &Json, claims: &mut Vec<Claim>) {
    let list = |value: &Json, field: &str| value.get(field).and_then(Json::as_array).map_or(0, <[_]>::len);
    for at in 0..list(event, "candidates") {
        let Some(candidate) = event.at(&["candidates", &at.to_string()]) else { continue };
        let choice = candidate.get("index").and_then(Json::as_u64).and_then(|n| usize::try_from(n).ok());
        let Some(content) = candidate.get("content") else { continue };
        for index in 0..list(content, "parts") {
            let steps = ["candidates", &at.to_string(), "content", "parts", &index.to_string(), "text"];
            let call = |field| path(&[&steps[..5], &["functionCall", field]].concat());
            if event.at(&steps[..5]).is_some_and(|part| part.get("functionCall").is_some()) {
                assembly.call(event, choice.unwrap_or(at), ["id", "name", "args"].map(call), claims);
            }
            if event.at(&steps).and_then(Json::as_str).is_none_or(str::is_empty) {
                continue;
            }
            let thought =
                event.at(&steps[..5]).and_then(|part| part.get("thought")) == Some(&Json::Bool(true));
            let kind = if thought { PartKind::Reasoning } else { PartKind::Text };
            let part = assembly.part(choice.unwrap_or(at), kind, "");
            assembly.text(event, &path(&steps), (part, Field::Content, Extent::Piece), claims);
        }
    }
}
