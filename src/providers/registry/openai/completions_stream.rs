//! The older completions of OpenAI, whose choices have text and no delta.

use crate::model::json::Json;
use crate::providers::assembly::{Assembly, Claim, Extent, Field, PartKind, path};

pub(crate) fn claim(assembly: &mut Assembly, event: &Json, claims: &mut Vec<Claim>) {
    for (at, choice) in event.get("choices").and_then(Json::as_array).unwrap_or_default().iter().enumerate() {
        if choice.get("delta").is_some()
            || choice.get("text").and_then(Json::as_str).is_none_or(str::is_empty)
        {
            continue;
        }
        let number = choice.get("index").and_then(Json::as_u64).and_then(|n| usize::try_from(n).ok());
        let part = assembly.part(number.unwrap_or(at), PartKind::Text, "text");
        let place = path(&["choices", &at.to_string(), "text"]);
        assembly.text(event, &place, (part, Field::Content, Extent::Piece), claims);
    }
}
