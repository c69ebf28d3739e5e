//! What Anthropic's messages say of money.

use crate::model::json::Json;
use crate::providers::charges::Charges;
use crate::providers::usage::number;

pub(super) fn counted(raw: &Json, charges: &mut Charges) {
    let text = |name: &str| raw.get(name).and_then(Json::as_str);
    if let Some(searches) = number(raw, &["server_tool_use", "web_search_requests"]) {
        charges.searched = charges.searched.max(searches);
    }
    // Hours of a container have a price that depends on what else a month has seen.
    charges.unpriced |=
        number(raw, &["server_tool_use", "code_execution_requests"]).is_some_and(|count| count > 0);
    if let Some(tier) = text("service_tier") {
        charges.tier(tier);
    }
    // What is answered faster, or in a country of one's choice, costs a multiple that tables have no field for.
    charges.unpriced |= text("speed").is_some_and(|speed| speed != "standard");
    charges.unpriced |=
        text("inference_geo").is_some_and(|place| !matches!(place, "global" | "not_available" | ""));
    // What summed up the conversation, or another model that was asked for advice, is in none of the totals.
    let steps = raw.get("iterations").and_then(Json::as_array).unwrap_or_default();
    charges.unpriced |= steps
        .iter()
        .any(|step| step.get("type").and_then(Json::as_str).is_some_and(|kind| kind != "message"));
}

/// What a batch will come to, only its results say.
pub(super) fn charged(event: &Json, charges: &mut Charges) {
    charges.is_batch |= event.get("type").and_then(Json::as_str) == Some("message_batch");
}
