//! OpenAI's responses: deltas, and then each part, item and the whole response again.

use crate::model::json::Json;
use crate::providers::assembly::{Assembly, Claim, Extent, Field, PartKind, Step, follow, path, text_of};

/// The events that carry text in pieces, or say it again, and which part it belongs to.
const TEXTS: [(&str, &str, PartKind); 10] = [
    ("response.output_text.delta", "delta", PartKind::Text),
    ("response.output_text.done", "text", PartKind::Text),
    ("response.refusal.delta", "delta", PartKind::Refusal),
    ("response.refusal.done", "refusal", PartKind::Refusal),
    ("response.reasoning_summary_text.delta", "delta", PartKind::Reasoning),
    ("response.reasoning_summary_text.done", "text", PartKind::Reasoning),
    ("response.reasoning_text.delta", "delta", PartKind::Reasoning),
    ("response.reasoning_text.done", "text", PartKind::Reasoning),
    ("response.function_call_arguments.delta", "delta", PartKind::ToolCall),
    ("response.function_call_arguments.done", "arguments", PartKind::ToolCall),
];

/// What the contents of an item are called, and which field of them has the text.
const CONTENTS: [(&str, &str, PartKind); 4] = [
    ("output_text", "text", PartKind::Text),
    ("refusal", "refusal", PartKind::Refusal),
    ("summary_text", "text", PartKind::Reasoning),
    ("reasoning_text", "text", PartKind::Reasoning),
];

pub(crate) fn claim(assembly: &mut Assembly, event: &Json, claims: &mut Vec<Claim>) {
    let kind = text_of(event, "type");
    if let Some((_, field, part)) = TEXTS.iter().find(|(name, ..)| *name == kind) {
        let inner = event.get("content_index").or_else(|| event.get("summary_index")).and_then(Json::as_u64);
        let part = assembly.part(0, *part, &name(event.get("output_index"), inner));
        let extent = if *field == "delta" { Extent::Piece } else { Extent::Whole };
        assembly.text(event, &path(&[field]), (part, Field::Content, extent), claims);
        return;
    }
    match kind {
        "response.output_item.added" | "response.output_item.done" => {
            item(assembly, event, &path(&["item"]), event.get("output_index"), claims);
        }
        "response.content_part.done" | "response.reasoning_summary_part.done" => {
            let inner =
                event.get("content_index").or_else(|| event.get("summary_index")).and_then(Json::as_u64);
            content(assembly, event, &path(&["part"]), &name(event.get("output_index"), inner), claims);
        }
        "response.completed" | "response.incomplete" => {
            let items = event.at(&["response", "output"]).and_then(Json::as_array).unwrap_or_default().len();
            for index in 0..items {
                let number = Json::from(index as u64);
                let place = path(&["response", "output", &index.to_string()]);
                item(assembly, event, &place, Some(&number), claims);
            }
        }
        _ => {}
    }
}

/// What tells the parts of a response apart: the number of the item, and that of the content in it.
fn name(item: Option<&Json>, content: Option<u64>) -> String {
    format!("{} {}", item.and_then(Json::as_u64).unwrap_or(0), content.unwrap_or(0))
}

fn item(assembly: &mut Assembly, event: &Json, at: &[Step], number: Option<&Json>, claims: &mut Vec<Claim>) {
    let Some(value) = follow(event, at) else { return };
    let inside = |step: &str| -> Vec<Step> { at.iter().cloned().chain(path(&[step])).collect() };
    if text_of(value, "type") == "function_call" {
        let part = assembly.part(0, PartKind::ToolCall, &name(number, None));
        for (key, field) in [("call_id", Field::Id), ("name", Field::Name), ("arguments", Field::Content)] {
            // When the item is added, its arguments are still to come.
            assembly.text(event, &inside(key), (part, field, Extent::Whole), claims);
        }
        return;
    }
    for list in ["content", "summary"] {
        for index in 0..value.get(list).and_then(Json::as_array).unwrap_or_default().len() {
            let place: Vec<Step> = inside(list).into_iter().chain([Step::Index(index)]).collect();
            content(assembly, event, &place, &name(number, Some(index as u64)), claims);
        }
    }
}

fn content(assembly: &mut Assembly, event: &Json, at: &[Step], name: &str, claims: &mut Vec<Claim>) {
    let Some(value) = follow(event, at) else { return };
    let kind = text_of(value, "type");
    let Some((_, field, part)) = CONTENTS.iter().find(|(called, ..)| *called == kind) else { return };
    if text_of(value, field).is_empty() {
        return;
    }
    let part = assembly.part(0, *part, name);
    let place: Vec<Step> = at.iter().cloned().chain(path(&[field])).collect();
    assembly.text(event, &place, (part, Field::Content, Extent::Whole), claims);
}
