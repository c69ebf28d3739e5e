//! What OpenAI's protocols say of money, and what gateways that speak them add.

use crate::model::dollars::Dollars;
use crate::model::exchange::Request;
use crate::model::json::Json;
use crate::providers::charges::Charges;
use crate::providers::usage::number;

/// A request of chat completions, or of responses.
pub(super) fn orders(request: &Request, body: Option<&Json>, charges: &mut Charges) {
    let Some(body) = body else { return };
    let text = |path: &[&str]| body.at(path).and_then(Json::as_str);
    charges.asked_tier(text(&["service_tier"]));
    // Models that always search, and those that are told to.
    let asked = text(&["model"]).unwrap_or_default();
    let searches = ["-search-preview", "-search-api"].iter().any(|mark| asked.contains(mark));
    if (searches || body.get("web_search_options").is_some()) && request.url.contains("/chat/completions") {
        charges.searched = charges.searched.max(1);
    }
    charges.search_size(text(&["web_search_options", "search_context_size"]));
    for tool in body.get("tools").and_then(Json::as_array).unwrap_or_default() {
        charges.search_size(tool.get("search_context_size").and_then(Json::as_str));
    }
}

/// An event, or a whole answer.
pub(super) fn charged(event: &Json, charges: &mut Charges) {
    for tier in [&["service_tier"][..], &["response", "service_tier"]] {
        if let Some(tier) = event.at(tier).and_then(Json::as_str) {
            charges.tier(tier);
        }
    }
    for choice in event.get("choices").and_then(Json::as_array).unwrap_or_default() {
        let said = choice.get("message").or_else(|| choice.get("delta"));
        let list = |name: &str| said.and_then(|said| said.get(name)?.as_array()).unwrap_or_default();
        let cites = |one: &Json| one.get("type").and_then(Json::as_str) == Some("url_citation");
        if list("annotations").iter().any(cites) {
            charges.searched = charges.searched.max(1);
        }
        charges.pictures += list("images").len() as u64;
    }
    pictures(event, charges);
    if event.get("object").and_then(Json::as_str) == Some("batch") {
        charges.tier("batch");
        charges.is_batch = true;
    }
    for place in [&["output"][..], &["response", "output"]] {
        for item in event.at(place).and_then(Json::as_array).unwrap_or_default() {
            used(item, charges);
        }
    }
    if let Some(item) = event.get("item") {
        used(item, charges);
    }
    // Responses say again what they were asked for, to those who fetch them, too.
    for place in [&["tools"][..], &["response", "tools"]] {
        for tool in event.at(place).and_then(Json::as_array).unwrap_or_default() {
            charges.search_size(tool.get("search_context_size").and_then(Json::as_str));
        }
    }
}

/// Pictures in answers of the images API, or in events of one.
fn pictures(event: &Json, charges: &mut Charges) {
    let drawn = |one: &&Json| one.get("b64_json").is_some() || one.get("url").is_some();
    let data = event.get("data").and_then(Json::as_array).unwrap_or_default();
    let finished = event
        .get("type")
        .and_then(Json::as_str)
        .is_some_and(|kind| matches!(kind, "image_generation.completed" | "image_edit.completed"));
    charges.pictures += data.iter().filter(drawn).count() as u64 + u64::from(finished);
}

/// An item of an answer, which may be the call of a tool that costs.
fn used(item: &Json, charges: &mut Charges) {
    let text = |path: &[&str]| item.at(path).and_then(Json::as_str);
    match text(&["type"]).unwrap_or_default() {
        // Opening a page that was found, and looking for something in it, are part of the search.
        "web_search_call" if matches!(text(&["action", "type"]), None | Some("search")) => {
            // Streams tell of a call more than once, and for the first time before it is known what it does.
            let done = text(&["status"]).is_none_or(|status| status == "completed");
            if done {
                let id =
                    text(&["id"]).map_or_else(|| format!("#{}", charges.search_calls.len()), str::to_owned);
                charges.search_calls.insert(id);
            }
        }
        "file_search_call" | "code_interpreter_call" | "image_generation_call" | "x_search_call" => {
            charges.unpriced = true;
        }
        "shell_call" => charges.unpriced |= item.at(&["environment", "container_id"]).is_some(),
        _ => {}
    }
}

/// The counts of an answer, by whichever of its names.
pub(super) fn counted(raw: &Json, charges: &mut Charges) {
    let details = |side: &str, kind: &str| {
        let lists = match side {
            "input" => ["prompt_tokens_details", "input_tokens_details", "input_token_details"],
            _ => ["completion_tokens_details", "output_tokens_details", "output_token_details"],
        };
        lists.iter().find_map(|list| number(raw, &[*list, kind]))
    };
    let cached = |kind: &str| {
        ["prompt_tokens_details", "input_tokens_details", "input_token_details"]
            .iter()
            .find_map(|list| number(raw, &[*list, "cached_tokens_details", kind]))
    };
    charges.image_input = charges.image_input.or(details("input", "image_tokens"));
    charges.image_output = charges.image_output.or(details("output", "image_tokens"));
    charges.video_input = charges.video_input.or(details("input", "video_tokens"));
    charges.audio_cached = charges.audio_cached.or(cached("audio_tokens"));
    charges.image_cached = charges.image_cached.or(cached("image_tokens"));
    let some = |path: &[&str]| number(raw, path).is_some_and(|count| count > 0);
    // Sources that xAI looked at, searches that Alibaba's models made, connectors of Mistral's: fees that no table has.
    charges.unpriced |= some(&["num_sources_used"])
        || some(&["plugins", "search", "count"])
        || raw.get("connectors").is_some_and(|used| used.as_object().is_some_and(|used| !used.is_empty()))
        || server_tools(raw);
    charges.stated = charges.stated.or_else(|| stated(raw));
}

/// Whether xAI's servers used a tool; each has its own fee.
fn server_tools(raw: &Json) -> bool {
    let used = raw.get("server_side_tool_usage_details").and_then(Json::as_object).unwrap_or_default();
    used.iter().any(|(_, count)| count.as_u64().is_some_and(|count| count > 0))
}

/// What an answer says that it came to: OpenRouter's `cost` in its credits, which are dollars, and beside it what the
/// provider charges who is asked with a key of one's own; Perplexity's `cost` with its parts; xAI's ticks, of which ten
/// billion are a dollar (litellm 1.110.2, 2026-11-30); DeepInfra's `estimated_cost`.
fn stated(raw: &Json) -> Option<Dollars> {
    let ticks = raw.get("cost_in_usd_ticks").and_then(Json::as_u64);
    if let Some(ticks) = ticks {
        return Dollars::stated(&format!("{ticks}e-10"));
    }
    let amount = |path: &[&str]| match raw.at(path)? {
        Json::Number(text) => Dollars::stated(text),
        _ => None,
    };
    if let Some(total) = amount(&["cost", "total_cost"]) {
        return Some(total);
    }
    let cost = amount(&["cost"]).or_else(|| amount(&["estimated_cost"]))?;
    match raw.get("is_byok") {
        Some(Json::Bool(true)) => Some(cost + amount(&["cost_details", "upstream_inference_cost"])?),
        _ => Some(cost),
    }
}
