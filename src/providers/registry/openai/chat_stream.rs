//! Chat completions of OpenAI, which most other providers speak too.

use crate::model::json::Json;
use crate::providers::assembly::{Assembly, Claim, Extent, Field, PartKind, Step, path};

/// Where chat streams carry text, and which kind of text it is.
const TEXTS: [(&str, PartKind); 4] = [
    ("content", PartKind::Text),
    ("reasoning_content", PartKind::Reasoning),
    ("reasoning", PartKind::Reasoning),
    ("refusal", PartKind::Refusal),
];

pub(crate) fn claim(assembly: &mut Assembly, event: &Json, claims: &mut Vec<Claim>) {
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
        list(assembly, event, at, number, claims);
        tool_calls(assembly, delta, number, &path(&["tool_calls"]), claims);
    }
}

/// Mistral's reasoning models send their content as a list of texts and thoughts.
fn list(assembly: &mut Assembly, event: &Json, at: usize, choice: usize, claims: &mut Vec<Claim>) {
    let at = at.to_string();
    let steps = ["choices", &at, "delta", "content"];
    let count = |steps: &[&str]| event.at(steps).and_then(Json::as_array).map_or(0, <[_]>::len);
    for index in 0..count(&steps) {
        let index = index.to_string();
        let here = [steps.as_slice(), &[index.as_str()]].concat();
        let text = [here.as_slice(), &["text"]].concat();
        if event.at(&text).is_some() {
            // They go on with plain texts, and it is one text to the reader.
            let part = assembly.part(choice, PartKind::Text, "content");
            assembly.text(event, &path(&text), (part, Field::Content, Extent::Piece), claims);
        }
        let thoughts = [here.as_slice(), &["thinking"]].concat();
        for thought in 0..count(&thoughts) {
            let thought = thought.to_string();
            let text = [thoughts.as_slice(), &[thought.as_str(), "text"]].concat();
            let part = assembly.part(choice, PartKind::Reasoning, "list");
            assembly.text(event, &path(&text), (part, Field::Content, Extent::Piece), claims);
        }
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
