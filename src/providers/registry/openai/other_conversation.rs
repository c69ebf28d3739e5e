//! What OpenAI offers beside conversations: embeddings, images, transcriptions, moderation. Others answer alike.

use crate::model::json::Json;
use crate::providers::conversation::content::{parts, string, text};
use crate::providers::conversation::{Answer, Part, media};

/// Answers that are a list of results, or one text.
pub(crate) fn answers(whole: &Json) -> Option<Vec<Answer>> {
    let list = |name: &str| whole.get(name).and_then(Json::as_array);
    let parts = list("data")
        .and_then(|data| vectors(data.iter().map(|one| one.get("embedding"))).or_else(|| images(data)))
        .or_else(|| list("results").and_then(moderation))
        .or_else(|| list("images").and_then(|images| images.iter().map(picture).collect()))
        .or_else(|| text_alone(whole))?;
    Some(vec![Answer { parts, finish_reason: None }])
}

/// How many vectors there are, all of one length, written as numbers or as base64 of 32-bit floats.
pub(crate) fn vectors<'a>(list: impl Iterator<Item = Option<&'a Json>>) -> Option<Vec<Part>> {
    let lengths = list
        .map(|vector| match vector? {
            Json::Array(numbers) if numbers.iter().all(|one| matches!(one, Json::Number(_))) => {
                Some(numbers.len())
            }
            Json::String(base64) => Some(media::decode(base64)?.len() / 4),
            _ => None,
        })
        .collect::<Option<Vec<usize>>>()?;
    let dimensions = *lengths.first()?;
    lengths
        .iter()
        .all(|length| *length == dimensions)
        .then(|| vec![Part::Vectors { count: lengths.len(), dimensions }])
}

fn images(data: &[Json]) -> Option<Vec<Part>> {
    let each: Option<Vec<Vec<Part>>> = data
        .iter()
        .map(|one| {
            let image = match (one.get("b64_json"), one.get("url")) {
                (Some(Json::String(data)), _) => media::inline("image", data),
                (_, Some(Json::String(address))) => media::elsewhere("image", address),
                _ => return None,
            };
            let revised = string(one.get("revised_prompt")).map(Part::Text);
            Some(revised.into_iter().chain([image]).collect())
        })
        .collect();
    each.filter(|each| !each.is_empty()).map(|each| each.concat())
}

fn picture(value: &Json) -> Option<Part> {
    value.as_str().map(|data| media::inline("image", data))
}

/// What was flagged in each input, by the names of the provider.
fn moderation(results: &[Json]) -> Option<Vec<Part>> {
    let verdict = |result: &Json| {
        let categories = result.get("categories")?.as_object()?;
        let raised = categories.iter().filter(|(_, raised)| *raised == Json::Bool(true));
        let names: Vec<&str> = raised.map(|(name, _)| name.as_str()).collect();
        Some(Part::Text(if names.is_empty() {
            "not flagged".to_owned()
        } else {
            format!("flagged: {}", names.join(", "))
        }))
    };
    results.iter().map(verdict).collect::<Option<Vec<_>>>().filter(|all| !all.is_empty())
}

/// A transcription. Words and their times are the same text again.
fn text_alone(whole: &Json) -> Option<Vec<Part>> {
    match whole {
        Json::String(said) => Some(text(said)),
        _ if whole.get("id").is_none() => {
            Some(parts(whole.get("text").filter(|text| text.as_str().is_some())?))
        }
        _ => None,
    }
}
