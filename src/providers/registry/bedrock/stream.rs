//! Bedrock's Converse, and the protocols that only models on Bedrock have. What kind of event it is stands outside of the
//! JSON, so that the fields have to tell.

use crate::model::json::Json;
use crate::providers::assembly::{Assembly, Claim, Extent, Field, PartKind, number, path};

const DELTAS: [(&[&str], PartKind); 3] = [
    (&["delta", "text"], PartKind::Text),
    (&["delta", "reasoningContent", "text"], PartKind::Reasoning),
    (&["delta", "toolUse", "input"], PartKind::ToolCall),
];

/// The text in an event of a model's own, and a field by which such events are known.
const NATIVE: [(&[&str], &str); 5] = [
    // Titan, Llama, Mistral, Cohere's Command, Claude before its messages.
    (&["outputText"], "completionReason"),
    (&["generation"], "generation_token_count"),
    (&["outputs", "0", "text"], "outputs"),
    (&["text"], "is_finished"),
    (&["completion"], "stop"),
];

pub(crate) fn claim(assembly: &mut Assembly, event: &Json, claims: &mut Vec<Claim>) {
    converse(assembly, event, &[], claims);
    // Nova's own events are those of Converse, each in a field that says its kind.
    for kind in ["contentBlockStart", "contentBlockDelta"] {
        if event.get(kind).is_some() {
            converse(assembly, event, &[kind], claims);
        }
    }
    for (steps, mark) in NATIVE {
        if event.get(mark).is_some() && event.get("type").is_none() {
            piece(assembly, event, steps, (PartKind::Text, "native"), claims);
        }
    }
}

fn converse(assembly: &mut Assembly, event: &Json, within: &[&str], claims: &mut Vec<Claim>) {
    let Some(inner) = event.at(within).filter(|inner| inner.get("contentBlockIndex").is_some()) else {
        return;
    };
    let index = number(inner, "contentBlockIndex");
    let steps = |steps: &[&str]| path(&[within, steps].concat());
    if inner.at(&["start", "toolUse"]).is_some() {
        let part = assembly.part(0, PartKind::ToolCall, &index);
        for (name, field) in [("toolUseId", Field::Id), ("name", Field::Name)] {
            let place = steps(&["start", "toolUse", name]);
            assembly.text(event, &place, (part, field, Extent::Whole), claims);
        }
    }
    for (delta, kind) in DELTAS {
        piece(assembly, event, &[within, delta].concat(), (kind, &index), claims);
    }
}

/// Claims a piece, and begins its part only if there is one.
fn piece(
    assembly: &mut Assembly,
    event: &Json,
    steps: &[&str],
    (kind, name): (PartKind, &str),
    claims: &mut Vec<Claim>,
) {
    if event.at(steps).and_then(Json::as_str).is_some_and(|text| !text.is_empty()) {
        let part = assembly.part(0, kind, name);
        assembly.text(event, &path(steps), (part, Field::Content, Extent::Piece), claims);
    }
}
