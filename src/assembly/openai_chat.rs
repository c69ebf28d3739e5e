//! Chat completions of OpenAI, which most other providers speak too.

use super::{Assembly, Claim, Extent, Field, PartKind, Step};
use crate::json::Json;

/// Where chat streams carry text, and which kind of text it is.
const TEXTS: [(&str, PartKind); 4] = [
    ("content", PartKind::Text),
    ("reasoning_content", PartKind::Reasoning),
    ("reasoning", PartKind::Reasoning),
    ("refusal", PartKind::Refusal),
];

pub(super) fn claim(assembly: &mut Assembly, event: &Json, claims: &mut Vec<Claim>) {
    for (at, choice) in event.get("choices").and_then(Json::as_array).unwrap_or_default().iter().enumerate() {
        let Some(delta) = choice.get("delta") else { continue };
        let number = choice.get("index").and_then(Json::as_u64).and_then(|n| usize::try_from(n).ok());
        let number = number.unwrap_or(at);
        let path = |steps: &[&str]| -> Vec<Step> {
            let start = [Step::Key("choices".into()), Step::Index(at), Step::Key("delta".into())];
            start.into_iter().chain(steps.iter().map(|step| Step::Key((*step).to_owned()))).collect()
        };
        for (name, kind) in TEXTS {
            if let Some(text) = delta.get(name).and_then(Json::as_str).filter(|text| !text.is_empty()) {
                let part = assembly.part(number, kind, name);
                let claim = Claim { path: path(&[name]), part, field: Field::Content, extent: Extent::Piece };
                assembly.take(claim, text, claims);
            }
        }
        tool_calls(assembly, delta, number, &path(&["tool_calls"]), claims);
    }
}

fn tool_calls(assembly: &mut Assembly, delta: &Json, choice: usize, path: &[Step], claims: &mut Vec<Claim>) {
    for (at, call) in delta.get("tool_calls").and_then(Json::as_array).unwrap_or_default().iter().enumerate()
    {
        let index = call.get("index").and_then(Json::as_u64).unwrap_or(at as u64);
        let part = assembly.part(choice, PartKind::ToolCall, &index.to_string());
        let places: [(&[&str], Field, Extent); 3] = [
            (&["id"], Field::Id, Extent::Whole),
            (&["function", "name"], Field::Name, Extent::Whole),
            (&["function", "arguments"], Field::Content, Extent::Piece),
        ];
        for (keys, field, extent) in places {
            let Some(text) = call.at(keys).and_then(Json::as_str).filter(|text| !text.is_empty()) else {
                continue;
            };
            let steps = keys.iter().map(|key| Step::Key((*key).to_owned()));
            let path = path.iter().cloned().chain([Step::Index(at)]).chain(steps).collect();
            assembly.take(Claim { path, part, field, extent }, text, claims);
        }
    }
}
