//! A small table of list prices, for a first look. Who wants a sum to rely on gives a file.

use std::collections::HashMap;

use super::{Dollars, Price, Prices, Rates};

/// When these prices were last looked over.
#[cfg(any(test, feature = "cli"))]
const AS_OF: &str = "2025-11";

/// Dollars for a million tokens: provider, model, input, cached input, output.
const TABLE: [(&str, &str, &str, &str, &str); 24] = [
    ("openai", "gpt-5", "1.25", "0.125", "10"),
    ("openai", "gpt-5-mini", "0.25", "0.025", "2"),
    ("openai", "gpt-5-nano", "0.05", "0.005", "0.4"),
    ("openai", "gpt-4.1", "2", "0.5", "8"),
    ("openai", "gpt-4.1-mini", "0.4", "0.1", "1.6"),
    ("openai", "gpt-4.1-nano", "0.1", "0.025", "0.4"),
    ("openai", "gpt-4o", "2.5", "1.25", "10"),
    ("openai", "gpt-4o-mini", "0.15", "0.075", "0.6"),
    ("openai", "o3", "2", "0.5", "8"),
    ("openai", "o4-mini", "1.1", "0.275", "4.4"),
    ("openai", "o3-mini", "1.1", "0.55", "4.4"),
    ("openai", "text-embedding-3-small", "0.02", "", "0"),
    ("openai", "text-embedding-3-large", "0.13", "", "0"),
    ("anthropic", "claude-opus-4-5", "5", "0.5", "25"),
    ("anthropic", "claude-opus-4-1", "15", "1.5", "75"),
    ("anthropic", "claude-opus-4", "15", "1.5", "75"),
    ("anthropic", "claude-sonnet-4-5", "3", "0.3", "15"),
    ("anthropic", "claude-sonnet-4", "3", "0.3", "15"),
    ("anthropic", "claude-haiku-4-5", "1", "0.1", "5"),
    ("anthropic", "claude-3-7-sonnet", "3", "0.3", "15"),
    ("anthropic", "claude-3-5-sonnet", "3", "0.3", "15"),
    ("anthropic", "claude-3-5-haiku", "0.8", "0.08", "4"),
    ("gemini", "gemini-2.0-flash", "0.1", "0.025", "0.4"),
    ("mistral", "mistral-large", "2", "", "6"),
];

pub(super) fn prices() -> Prices {
    let mut models = HashMap::new();
    for (provider, model, input, cached, output) in TABLE {
        let input = a_token(input);
        let mut base =
            Rates { input, output: a_token(output), cache_read: a_token(cached), ..Rates::default() };
        if provider == "anthropic" {
            // Writing to the cache costs a quarter more than reading anew, and twice as much to keep it for an hour.
            base.cache_creation = input.map(|price| price.share(5, 4));
            base.cache_creation_1h = input.map(|price| price.times(2));
        }
        models.insert(model.to_owned(), Price { provider: provider.to_owned(), base, tiers: Vec::new() });
    }
    Prices {
        models,
        #[cfg(any(test, feature = "cli"))]
        source: format!("built-in list prices of {AS_OF}"),
    }
}

/// The price of one token from that of a million.
fn a_token(million: &str) -> Option<Dollars> {
    Dollars::parse(&format!("{million}e-6"))
}
