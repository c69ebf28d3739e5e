//! Bedrock's Converse. What kind of event it is stands outside of the JSON, so that the fields have to tell.

use super::{Assembly, Claim, Extent, Field, PartKind, number, path};
use crate::json::Json;

const DELTAS: [(&[&str], PartKind); 3] = [
    (&["delta", "text"], PartKind::Text),
    (&["delta", "reasoningContent", "text"], PartKind::Reasoning),
    (&["delta", "toolUse", "input"], PartKind::ToolCall),
];

pub(super) fn claim(assembly: &mut Assembly, event: &Json, claims: &mut Vec<Claim>) {
    if event.get("contentBlockIndex").is_none() {
        return;
    }
    let index = number(event, "contentBlockIndex");
    if event.at(&["start", "toolUse"]).is_some() {
        let part = assembly.part(0, PartKind::ToolCall, &index);
        for (name, field) in [("toolUseId", Field::Id), ("name", Field::Name)] {
            assembly.text(event, &path(&["start", "toolUse", name]), (part, field, Extent::Whole), claims);
        }
    }
    for (steps, kind) in DELTAS {
        if event.at(steps).and_then(Json::as_str).is_some_and(|text| !text.is_empty()) {
            let part = assembly.part(0, kind, &index);
            assembly.text(event, &path(steps), (part, Field::Content, Extent::Piece), claims);
        }
    }
}
