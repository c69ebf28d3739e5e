//! What happens, as `tracing` events, where the feature is on: the key, the provider, the model, tokens and times. Never a
//! body, an address with a query, or anything else that could be secret.

use std::time::Duration;

use crate::provider::Usage;
use crate::request_key::Key;
use crate::tape::Parsed;

/// Under which name programs filter for these events.
#[cfg(feature = "tracing")]
const TARGET: &str = "llm_cassette";

/// A recording was played.
pub(crate) fn hit(parsed: &Parsed) {
    told("hit", parsed, None);
}

/// A call was recorded, `total` after it was sent.
pub(crate) fn recorded(parsed: &Parsed, total: Duration) {
    told("recorded", parsed, Some(total));
}

/// A request had no recording.
pub(crate) fn miss(key: &Key, provider: Option<&str>) {
    #[cfg(feature = "tracing")]
    tracing::event!(target: TARGET, tracing::Level::WARN, key = %key.short(), provider, "miss");
    let _ = (key, provider);
}

/// A call was not recorded. The reason has been through the redactor.
pub(crate) fn skipped(key: &Key, reason: &str) {
    #[cfg(feature = "tracing")]
    tracing::event!(target: TARGET, tracing::Level::WARN, key = %key.short(), reason, "skipped");
    let _ = (key, reason);
}

fn told(what: &'static str, parsed: &Parsed, total: Option<Duration>) {
    let interaction = &parsed.interaction;
    let usage = Usage::of(&interaction.usage);
    #[cfg(feature = "tracing")]
    tracing::event!(
        target: TARGET,
        tracing::Level::DEBUG,
        key = %parsed.normal.key.short(),
        provider = interaction.provider.as_deref(),
        model = interaction.model.as_deref(),
        input_tokens = usage.input_tokens,
        output_tokens = usage.output_tokens,
        duration_ms = total.map(|total| u64::try_from(total.as_millis()).unwrap_or(u64::MAX)),
        "{what}"
    );
    let _ = (what, usage, total);
}
