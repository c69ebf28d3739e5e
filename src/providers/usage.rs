//! How many tokens an answer took, in the names and the meaning of OpenTelemetry.

use crate::model::json::Json;

/// The tokens that an answer took, as the provider reported them, in the names of OpenTelemetry; a count is `None` where
/// nothing was said of it, and where it is 0 and not the one of all that was read or written: cassettes leave such out.
///
/// ```
/// # use llm_cassette::{Interaction, Usage};
/// fn cached_share(interaction: &Interaction) -> Option<f64> {
///     let Usage { input_tokens, cache_read_input_tokens, .. } = interaction.usage();
///     Some(cache_read_input_tokens.unwrap_or(0) as f64 / input_tokens? as f64)
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Usage {
    /// All tokens read, cached ones included, however the provider counts.
    pub input_tokens: Option<u64>,
    /// All tokens written, reasoning included.
    pub output_tokens: Option<u64>,
    /// Tokens that the provider had in its prompt cache.
    pub cache_read_input_tokens: Option<u64>,
    /// All tokens written to the provider's cache, however long they stay there.
    pub cache_creation_input_tokens: Option<u64>,
    /// Those of them that stay for five minutes; Anthropic has two prices.
    pub cache_creation_5m_input_tokens: Option<u64>,
    /// Those of them that stay for an hour.
    pub cache_creation_1h_input_tokens: Option<u64>,
    /// Tokens of reasoning among those written.
    pub reasoning_output_tokens: Option<u64>,
    /// Tokens of sound among those read.
    pub audio_input_tokens: Option<u64>,
    /// Tokens of sound among those written.
    pub audio_output_tokens: Option<u64>,
}

impl Usage {
    /// The counts of a cassette.
    pub(crate) fn of(fields: &[(String, u64)]) -> Usage {
        let count = |name: &str| fields.iter().find(|(other, _)| other == name).map(|(_, count)| *count);
        Usage {
            input_tokens: count("input_tokens"),
            output_tokens: count("output_tokens"),
            cache_read_input_tokens: count("cache_read_input_tokens"),
            cache_creation_input_tokens: count("cache_creation_input_tokens"),
            cache_creation_5m_input_tokens: count("cache_creation_5m_input_tokens"),
            cache_creation_1h_input_tokens: count("cache_creation_1h_input_tokens"),
            reasoning_output_tokens: count("reasoning_output_tokens"),
            audio_input_tokens: count("audio_input_tokens"),
            audio_output_tokens: count("audio_output_tokens"),
        }
    }

    /// Both together; a count is `None` where neither says anything.
    pub(crate) fn plus(&self, other: &Usage) -> Usage {
        let add = |a: Option<u64>, b: Option<u64>| match (a, b) {
            (None, None) => None,
            (a, b) => Some(sum(a.unwrap_or(0), b.unwrap_or(0))),
        };
        Usage {
            input_tokens: add(self.input_tokens, other.input_tokens),
            output_tokens: add(self.output_tokens, other.output_tokens),
            cache_read_input_tokens: add(self.cache_read_input_tokens, other.cache_read_input_tokens),
            cache_creation_input_tokens: add(
                self.cache_creation_input_tokens,
                other.cache_creation_input_tokens,
            ),
            cache_creation_5m_input_tokens: add(
                self.cache_creation_5m_input_tokens,
                other.cache_creation_5m_input_tokens,
            ),
            cache_creation_1h_input_tokens: add(
                self.cache_creation_1h_input_tokens,
                other.cache_creation_1h_input_tokens,
            ),
            reasoning_output_tokens: add(self.reasoning_output_tokens, other.reasoning_output_tokens),
            audio_input_tokens: add(self.audio_input_tokens, other.audio_input_tokens),
            audio_output_tokens: add(self.audio_output_tokens, other.audio_output_tokens),
        }
    }

    /// What a cassette says: all that was reported but counts of 0, which say nothing beside what was read and written.
    pub(crate) fn written(&self) -> Vec<(&'static str, u64)> {
        let mut fields = self.fields();
        fields.retain(|(name, count)| is_written(name, *count));
        fields
    }

    /// What was reported, in the order in which a cassette shows it.
    pub(crate) fn fields(&self) -> Vec<(&'static str, u64)> {
        [
            ("input_tokens", self.input_tokens),
            ("output_tokens", self.output_tokens),
            ("cache_read_input_tokens", self.cache_read_input_tokens),
            ("cache_creation_input_tokens", self.cache_creation_input_tokens),
            ("cache_creation_5m_input_tokens", self.cache_creation_5m_input_tokens),
            ("cache_creation_1h_input_tokens", self.cache_creation_1h_input_tokens),
            ("reasoning_output_tokens", self.reasoning_output_tokens),
            ("audio_input_tokens", self.audio_input_tokens),
            ("audio_output_tokens", self.audio_output_tokens),
        ]
        .into_iter()
        .filter_map(|(name, count)| Some((name, count?)))
        // Most answers have no sound and none of them both kinds of cache; a line that always says 0 tells nothing.
        .filter(|(name, count)| {
            *count > 0 || !(name.starts_with("audio") || name.contains("_5m_") || name.contains("_1h_"))
        })
        .collect()
    }
}

/// Whether a cassette has a count.
pub(crate) fn is_written(name: &str, count: u64) -> bool {
    count > 0 || matches!(name, "input_tokens" | "output_tokens")
}

pub(super) fn number(raw: &Json, path: &[&str]) -> Option<u64> {
    let value = raw.at(path)?;
    // Cohere writes its counts as `6.0` at times.
    value.as_u64().or_else(|| match value {
        Json::Number(text) => text.strip_suffix(".0")?.parse().ok(),
        _ => None,
    })
}

/// Two counts from the outside together, which need not fit.
pub(super) fn sum(a: u64, b: u64) -> u64 {
    a.saturating_add(b)
}
