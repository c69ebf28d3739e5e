//! What OpenAI offers beside conversations: embeddings, images, transcriptions, moderation. Others answer alike.

use super::chat_conversation::{image, user};
use crate::model::json::Json;
use crate::providers::conversation::content::{Parts, kind, string, text};
use crate::providers::conversation::{Answer, Message, Part, Role, media};
use crate::providers::protocol::{Readers, Turn};

pub(super) const READS: Readers = Readers {
    said: &[(Turn::Now, "query", user), (Turn::Now, "inputs", user), (Turn::Beside, "images", images_asked)],
    answers,
    beside,
    sound,
    summary,
    ..Readers::BLANK
};

fn images_asked(value: &Json, parts: Parts) -> Option<Vec<Message>> {
    let parts = value.as_array()?.iter().flat_map(|one| image(one, parts)).collect();
    Some(vec![Message { role: Role::User, parts }])
}

/// Answers that are a list of results, or one text.
fn answers(whole: &Json, parts: Parts) -> Option<Vec<Answer>> {
    let list = |name: &str| whole.get(name).and_then(Json::as_array);
    let said = list("data")
        .and_then(|data| vectors(data.iter().map(|one| one.get("embedding"))).or_else(|| images(data)))
        .or_else(|| list("results").and_then(moderation))
        .or_else(|| list("images").and_then(|images| images.iter().map(picture).collect()))
        .or_else(|| text_alone(whole, parts))?;
    Some(vec![Answer::plain(said)])
}

/// How many vectors there are, all of one length, written as numbers or as base64 of 32-bit floats.
pub(in crate::providers::registry) fn vectors<'a>(
    list: impl Iterator<Item = Option<&'a Json>>,
) -> Option<Vec<Part>> {
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
fn text_alone(whole: &Json, parts: Parts) -> Option<Vec<Part>> {
    match whole {
        Json::String(said) => Some(text(said)),
        _ if whole.get("id").is_none() => {
            Some(parts(whole.get("text").filter(|text| text.as_str().is_some())?))
        }
        _ => None,
    }
}

fn beside(event: &Json, _: Parts) -> Vec<(usize, Part)> {
    let is_image = kind(event).starts_with("image_") && kind(event).ends_with(".completed");
    let data = event.get("b64_json").and_then(Json::as_str).filter(|_| is_image);
    data.map(|data| (0, media::inline("image", data))).into_iter().collect()
}

fn sound(event: &Json) -> Option<(usize, &str)> {
    let is_sound = event.get("type").and_then(Json::as_str) == Some("speech.audio.delta");
    Some((0, event.get("audio").filter(|_| is_sound)?.as_str()?))
}

/// Of transcriptions, and of the messages of assistants and the calls that they wait for.
fn summary(event: &Json, parts: Parts) -> Option<Vec<Answer>> {
    let field = |field: &str| event.get(field).and_then(Json::as_str);
    if kind(event) == "transcript.text.done" {
        return Some(vec![Answer::plain(parts(event.get("text")?))]);
    }
    if field("object") == Some("thread.run") && field("status") == Some("requires_action") {
        let calls = event.at(&["required_action", "submit_tool_outputs", "tool_calls"])?;
        return Some(vec![Answer::plain(parts(calls))]);
    }
    if field("object") != Some("thread.message") || field("status") == Some("in_progress") {
        return None;
    }
    let reason = event.at(&["incomplete_details", "reason"]);
    Some(vec![Answer { parts: parts(event.get("content")?), finish_reason: string(reason) }])
}
