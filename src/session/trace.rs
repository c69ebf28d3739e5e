//! What happens, as `tracing` events, where the feature is on: the key, the provider, the model, tokens and times. Never a
//! body, an address with a query, or anything else that could be secret.

use std::time::Duration;

use crate::matching::request_key::Key;
use crate::providers::Usage;
use crate::store::tape::Parsed;

/// Under which name programs filter for these events.
#[cfg(feature = "tracing")]
const TARGET: &str = "llm_cassette";

/// What is known of a request that nothing is recorded of.
pub(crate) struct Exchange<'a> {
    pub(crate) key: &'a Key,
    pub(crate) provider: Option<&'a str>,
    pub(crate) model: Option<&'a str>,
    pub(crate) took: Duration,
}

/// A recording was played, `took` after it was asked for.
pub(crate) fn hit(parsed: &Parsed, took: Duration) {
    emit("hit", parsed, took);
}

/// A call was recorded, `took` after it was sent.
pub(crate) fn recorded(parsed: &Parsed, took: Duration) {
    emit("recorded", parsed, took);
}

/// A request had no recording.
pub(crate) fn miss(asked: &Exchange<'_>) {
    #[cfg(feature = "tracing")]
    tracing::event!(
        target: TARGET,
        tracing::Level::WARN,
        key = %asked.key.short(),
        provider = asked.provider,
        model = asked.model,
        duration_ms = milliseconds(asked.took),
        "miss"
    );
    let _ = (asked.key, asked.provider, asked.model, asked.took);
}

/// A call was not recorded. The reason has been through the redactor.
pub(crate) fn skipped(asked: &Exchange<'_>, reason: &str) {
    #[cfg(feature = "tracing")]
    tracing::event!(
        target: TARGET,
        tracing::Level::WARN,
        key = %asked.key.short(),
        provider = asked.provider,
        model = asked.model,
        duration_ms = milliseconds(asked.took),
        reason,
        "skipped"
    );
    let _ = (asked.key, asked.provider, asked.model, asked.took, reason);
}

fn emit(what: &'static str, parsed: &Parsed, took: Duration) {
    let interaction = &parsed.interaction;
    let usage = Usage::of(&interaction.usage);
    #[cfg(feature = "tracing")]
    tracing::event!(
        target: TARGET,
        tracing::Level::DEBUG,
        key = %parsed.normal().key.short(),
        provider = interaction.provider.as_deref(),
        model = interaction.model.as_deref(),
        input_tokens = usage.input_tokens,
        output_tokens = usage.output_tokens,
        duration_ms = milliseconds(took),
        "{what}"
    );
    let _ = (what, usage, took);
}

#[cfg(feature = "tracing")]
fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
