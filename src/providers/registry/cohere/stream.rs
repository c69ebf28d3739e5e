//! Cohere's second protocol.

use crate::model::json::Json;
use crate::providers::assembly::{Assembly, Claim, Extent, Field, PartKind, number, path, text_of};

pub(crate) fn claim(assembly: &mut Assembly, event: &Json, claims: &mut Vec<Claim>) {
    let kind = text_of(event, "type");
    let index = number(event, "index");
    let pieces: &[(&[&str], PartKind)] = match kind {
        "content-delta" => &[
            (&["delta", "message", "content", "text"], PartKind::Text),
            (&["delta", "message", "content", "thinking"], PartKind::Reasoning),
        ],
        "tool-plan-delta" => &[(&["delta", "message", "tool_plan"], PartKind::Reasoning)],
        "tool-call-delta" | "tool-call-start" => {
            &[(&["delta", "message", "tool_calls", "function", "arguments"], PartKind::ToolCall)]
        }
        _ => return,
    };
    if kind == "tool-call-start" {
        let part = assembly.part(0, PartKind::ToolCall, &index);
        let call = ["delta", "message", "tool_calls"];
        let id = [call.as_slice(), &["id"]].concat();
        let name = [call.as_slice(), &["function", "name"]].concat();
        assembly.text(event, &path(&id), (part, Field::Id, Extent::Whole), claims);
        assembly.text(event, &path(&name), (part, Field::Name, Extent::Whole), claims);
    }
    for (steps, kind) in pieces {
        if event.at(steps).and_then(Json::as_str).is_some_and(|text| !text.is_empty()) {
            let part = assembly.part(0, *kind, &index);
            assembly.text(event, &path(steps), (part, Field::Content, Extent::Piece), claims);
        }
    }
}
