//! OpenAI's assistants: pieces of messages and of calls, and then each message and the calls again.

use crate::model::json::Json;
use crate::providers::assembly::{Assembly, Claim, Extent, Field, PartKind, follow, path, text_of};

/// Which field of a content has what is said, by its type.
const CONTENTS: [(&str, &[&str], PartKind); 2] =
    [("text", &["text", "value"], PartKind::Text), ("refusal", &["refusal"], PartKind::Refusal)];

pub(crate) fn claim(assembly: &mut Assembly, event: &Json, claims: &mut Vec<Claim>) {
    match text_of(event, "object") {
        "thread.message.delta" => contents(assembly, event, &["delta", "content"], Extent::Piece, claims),
        "thread.message" => contents(assembly, event, &["content"], Extent::Whole, claims),
        "thread.run.step.delta" => {
            calls(assembly, event, &["delta", "step_details", "tool_calls"], Extent::Piece, claims);
        }
        "thread.run.step" => calls(assembly, event, &["step_details", "tool_calls"], Extent::Whole, claims),
        "thread.run" => {
            let list = ["required_action", "submit_tool_outputs", "tool_calls"];
            calls(assembly, event, &list, Extent::Whole, claims);
        }
        _ => {}
    }
}

/// How many items a list has, if it is one.
fn count(event: &Json, list: &[&str]) -> usize {
    event.at(list).and_then(Json::as_array).unwrap_or_default().len()
}

/// What a provider calls an item of a list: the id of what the event tells of, and the number of the item there.
fn name(event: &Json, item: Option<&Json>, at: usize) -> String {
    let number = item.and_then(|item| item.get("index")).and_then(Json::as_u64).unwrap_or(at as u64);
    format!("{} {number}", text_of(event, "id"))
}

fn contents(assembly: &mut Assembly, event: &Json, list: &[&str], extent: Extent, claims: &mut Vec<Claim>) {
    for at in 0..count(event, list) {
        let place = at.to_string();
        let here = [list, &[place.as_str()]].concat();
        let item = follow(event, &path(&here));
        let kind = item.map_or("", |item| text_of(item, "type"));
        let Some((_, field, kind)) = CONTENTS.iter().find(|(called, ..)| *called == kind) else { continue };
        let text = path(&[here.as_slice(), field].concat());
        // What says nothing yet begins no part.
        if follow(event, &text).and_then(Json::as_str).is_some_and(|text| !text.is_empty()) {
            let part = assembly.part(0, *kind, &name(event, item, at));
            assembly.text(event, &text, (part, Field::Content, extent), claims);
        }
    }
}

/// The calls of functions. Those of the provider's own tools are nobody's to answer, and stay as they came.
fn calls(assembly: &mut Assembly, event: &Json, list: &[&str], extent: Extent, claims: &mut Vec<Claim>) {
    for at in 0..count(event, list) {
        let place = at.to_string();
        let here = [list, &[place.as_str()]].concat();
        let item = follow(event, &path(&here));
        if item.is_none_or(|item| item.get("function").is_none()) {
            continue;
        }
        let id = item.map_or("", |item| text_of(item, "id"));
        // The run lists the calls of its steps again, by their ids alone.
        let known = assembly.parts().iter().position(|part| !id.is_empty() && part.id == id);
        let part = known.unwrap_or_else(|| assembly.part(0, PartKind::ToolCall, &name(event, item, at)));
        let places: [(&[&str], Field, Extent); 3] = [
            (&["id"], Field::Id, Extent::Whole),
            (&["function", "name"], Field::Name, Extent::Whole),
            (&["function", "arguments"], Field::Content, extent),
        ];
        for (keys, field, extent) in places {
            let place = path(&[here.as_slice(), keys].concat());
            assembly.text(event, &place, (part, field, extent), claims);
        }
    }
}
