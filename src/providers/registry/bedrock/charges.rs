//! What Bedrock's answers say of money.

use crate::model::exchange::Request;
use crate::model::json::Json;
use crate::providers::charges::Charges;

/// Guardrails are charged for by the text, and faster answers by other prices.
pub(super) fn orders(request: &Request, body: Option<&Json>, charges: &mut Charges) {
    let header = |name: &str| request.headers.get(name).and_then(|value| value.to_str().ok());
    let field = |path: &[&str]| body.and_then(|body| body.at(path)?.as_str());
    let guarded = header("x-amzn-bedrock-guardrailidentifier").is_some()
        || body.is_some_and(|body| {
            ["guardrailConfig", "amazon-bedrock-guardrailConfig"].iter().any(|name| body.get(name).is_some())
        });
    let latency =
        header("x-amzn-bedrock-performanceconfig-latency").or(field(&["performanceConfig", "latency"]));
    charges.unpriced |= guarded || latency.is_some_and(|latency| latency != "standard");
    charges.asked_tier(header("x-amzn-bedrock-service-tier").or(field(&["serviceTier", "type"])));
}

pub(super) fn charged(event: &Json, charges: &mut Charges) {
    for place in [&["serviceTier", "type"][..], &["metadata", "serviceTier", "type"]] {
        if let Some(tier) = event.at(place).and_then(Json::as_str) {
            charges.tier(tier);
        }
    }
    charges.unpriced |=
        event.get("amazon-bedrock-guardrailAction").is_some() || event.at(&["trace", "guardrail"]).is_some();
}
