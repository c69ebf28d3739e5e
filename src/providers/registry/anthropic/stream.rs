//! Anthropic's messages: blocks, each begun by an event of its own; and the older completions.

use crate::model::json::Json;
use crate::providers::assembly::{Assembly, Claim, Extent, Field, PartKind, number, path, text_of};

/// What the kinds of a delta carry, and under which field.
const DELTAS: [(&str, &str, PartKind); 3] = [
    ("text_delta", "text", PartKind::Text),
    ("thinking_delta", "thinking", PartKind::Reasoning),
    ("input_json_delta", "partial_json", PartKind::ToolCall),
];

pub(crate) fn claim(assembly: &mut Assembly, event: &Json, claims: &mut Vec<Claim>) {
    let index = || number(event, "index");
    match text_of(event, "type") {
        "content_block_start" => {
            let Some(block) = event.get("content_block") else { return };
            let kind = text_of(block, "type");
            if kind.ends_with("tool_use") {
                let part = assembly.part(0, PartKind::ToolCall, &index());
                for (name, field) in [("id", Field::Id), ("name", Field::Name)] {
                    assembly.text(
                        event,
                        &path(&["content_block", name]),
                        (part, field, Extent::Whole),
                        claims,
                    );
                }
            }
            for (name, part) in [("text", PartKind::Text), ("thinking", PartKind::Reasoning)] {
                if kind == name && !text_of(block, name).is_empty() {
                    let part = assembly.part(0, part, &index());
                    let place = path(&["content_block", name]);
                    assembly.text(event, &place, (part, Field::Content, Extent::Piece), claims);
                }
            }
        }
        "content_block_delta" => {
            let kind = event.get("delta").map(|delta| text_of(delta, "type")).unwrap_or_default();
            let Some((_, field, part)) = DELTAS.iter().find(|(name, ..)| *name == kind) else { return };
            let part = assembly.part(0, *part, &index());
            assembly.text(event, &path(&["delta", field]), (part, Field::Content, Extent::Piece), claims);
        }
        "completion" => {
            let part = assembly.part(0, PartKind::Text, "completion");
            assembly.text(event, &path(&["completion"]), (part, Field::Content, Extent::Piece), claims);
        }
        _ => {}
    }
}
