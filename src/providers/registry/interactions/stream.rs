//! Steps, each begun by an event of its own and then sent piece by piece; before them there were contents, sent alike.

use crate::model::json::Json;
use crate::providers::assembly::{Assembly, Claim, Extent, Field, PartKind, number, path, text_of};

/// What the kinds of a delta carry, and where.
const DELTAS: [(&str, &[&str], PartKind); 4] = [
    ("text", &["text"], PartKind::Text),
    ("thought_summary", &["content", "text"], PartKind::Reasoning),
    ("thought_summary", &["text"], PartKind::Reasoning),
    ("arguments_delta", &["arguments"], PartKind::ToolCall),
];

pub(super) fn claim(assembly: &mut Assembly, event: &Json, claims: &mut Vec<Claim>) {
    match text_of(event, "event_type") {
        "step.start" => begin(assembly, event, "step", claims),
        "content.start" => begin(assembly, event, "content", claims),
        "step.delta" | "content.delta" => delta(assembly, event, claims),
        _ => {}
    }
}

/// What a step has when it begins: of a call its id and its name, of others perhaps their first words.
fn begin(assembly: &mut Assembly, event: &Json, field: &str, claims: &mut Vec<Claim>) {
    let Some(step) = event.get(field) else { return };
    let lists = match text_of(step, "type") {
        "function_call" => return call(assembly, event, field, claims),
        "text" => return piece(assembly, event, &[field, "text"], PartKind::Text, claims),
        "model_output" => ("content", PartKind::Text),
        "thought" => ("summary", PartKind::Reasoning),
        _ => return,
    };
    let (list, kind) = lists;
    for at in 0..step.get(list).and_then(Json::as_array).map_or(0, <[_]>::len) {
        piece(assembly, event, &[field, list, &at.to_string(), "text"], kind, claims);
    }
}

fn delta(assembly: &mut Assembly, event: &Json, claims: &mut Vec<Claim>) {
    let kind = event.get("delta").map(|delta| text_of(delta, "type")).unwrap_or_default();
    if kind == "function_call" {
        return call(assembly, event, "delta", claims);
    }
    for (_, steps, part) in DELTAS.iter().filter(|(name, ..)| *name == kind) {
        piece(assembly, event, &[&["delta"], *steps].concat(), *part, claims);
    }
}

/// A call whose arguments are there already, or begin to come.
fn call(assembly: &mut Assembly, event: &Json, field: &str, claims: &mut Vec<Claim>) {
    let arguments = event.at(&[field, "arguments"]).and_then(Json::as_object);
    let way = |name| path(&[field, name]);
    if arguments.is_some_and(|arguments| !arguments.is_empty()) || field == "delta" {
        return assembly.call(event, 0, ["id", "name", "arguments"].map(way), claims);
    }
    let part = assembly.part(0, PartKind::ToolCall, &number(event, "index"));
    for (name, field) in [("id", Field::Id), ("name", Field::Name)] {
        assembly.text(event, &way(name), (part, field, Extent::Whole), claims);
    }
}

/// Claims a piece, and begins its part only if there is one.
fn piece(assembly: &mut Assembly, event: &Json, steps: &[&str], kind: PartKind, claims: &mut Vec<Claim>) {
    if event.at(steps).and_then(Json::as_str).is_some_and(|text| !text.is_empty()) {
        let part = assembly.part(0, kind, &number(event, "index"));
        assembly.text(event, &path(steps), (part, Field::Content, Extent::Piece), claims);
    }
}
