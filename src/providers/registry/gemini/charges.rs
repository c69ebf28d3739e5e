//! What Gemini's answers say of money.

use crate::model::exchange::Request;
use crate::model::json::Json;
use crate::providers::charges::Charges;
use crate::providers::usage::number;

/// The tier is named in the body, and what is asked for in batches by the path.
pub(super) fn orders(request: &Request, body: Option<&Json>, charges: &mut Charges) {
    charges.unpriced |=
        request.url.contains(":batchGenerateContent") || request.url.contains(":asyncBatchEmbedContent");
    let named = body.and_then(|body| body.get("serviceTier").or_else(|| body.get("service_tier"))?.as_str());
    charges.asked_tier(named);
}

pub(super) fn charged(event: &Json, charges: &mut Charges) {
    for candidate in event.get("candidates").and_then(Json::as_array).unwrap_or_default() {
        if let Some(grounding) = candidate.get("groundingMetadata") {
            grounded(grounding, charges);
        }
        let parts = candidate.at(&["content", "parts"]).and_then(Json::as_array).unwrap_or_default();
        let drawn = parts.iter().filter(|part| is_picture(part)).count();
        charges.pictures += drawn as u64;
    }
}

/// A query counts once, however often it is told; an empty one does not. Where only maps answered, it was they who were
/// asked. So counts litellm 1.110.2 (2026-11-30).
fn grounded(grounding: &Json, charges: &mut Charges) {
    let list = |name: &str| grounding.get(name).and_then(Json::as_array).unwrap_or_default();
    let of = |kind: &str| list("groundingChunks").iter().any(|chunk| chunk.get(kind).is_some());
    let queries = list("webSearchQueries").iter().filter_map(Json::as_str).filter(|query| !query.is_empty());
    let on_maps = of("maps") || grounding.get("googleMapsWidgetContextToken").is_some();
    if on_maps {
        charges.maps = charges.maps.max(1);
    }
    if on_maps && !of("web") {
        charges.maps = charges.maps.max(queries.count() as u64);
    } else {
        charges.queries.extend(queries.map(str::to_owned));
    }
    // Pictures that were looked up, and stores of Vertex, have fees of their own.
    charges.unpriced |= !list("imageSearchQueries").is_empty() || !list("retrievalQueries").is_empty();
}

fn is_picture(part: &Json) -> bool {
    let data = part.get("inlineData").or_else(|| part.get("inline_data"));
    let kind = data.and_then(|data| data.get("mimeType").or_else(|| data.get("mime_type"))?.as_str());
    kind.is_some_and(|kind| kind.starts_with("image/"))
}

/// Gemini tells its counts apart by what they are of.
pub(super) fn counted(raw: &Json, charges: &mut Charges) {
    let said = |list: &str, kind| of(raw, list, kind);
    charges.image_input = charges.image_input.or(said("promptTokensDetails", "image"));
    charges.video_input = charges.video_input.or(said("promptTokensDetails", "video"));
    charges.image_output = charges.image_output.or(said("candidatesTokensDetails", "image"));
    charges.audio_cached = charges.audio_cached.or(said("cacheTokensDetails", "audio"));
    charges.image_cached = charges.image_cached.or(said("cacheTokensDetails", "image"));
    charges.unpriced |= said("candidatesTokensDetails", "video").is_some();
    let tier = raw.get("trafficType").or_else(|| raw.get("serviceTier")).and_then(Json::as_str);
    if let Some(tier) = tier {
        charges.tier(tier.strip_prefix("TRAFFIC_TYPE_UNSPECIFIED").unwrap_or(tier));
    }
}

/// How many tokens in a list are of a kind.
pub(super) fn of(raw: &Json, list: &str, wanted: &str) -> Option<u64> {
    let kind = |one: &Json| one.get("modality")?.as_str().map(str::to_ascii_lowercase);
    let found = raw.get(list)?.as_array()?.iter().find(|one| kind(one).as_deref() == Some(wanted))?;
    number(found, &["tokenCount"])
}
