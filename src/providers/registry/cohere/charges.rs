//! What Cohere's answers say of money.

use crate::model::json::Json;
use crate::providers::charges::Charges;
use crate::providers::usage::number;

/// `billed_units` are what is paid for.
pub(super) fn counted(raw: &Json, charges: &mut Charges) {
    let count = |name: &str| number(raw, &["billed_units", name]);
    let (input, output) = (count("input_tokens"), count("output_tokens"));
    if input.or(output).is_some() {
        charges.billed = Some((input.unwrap_or(0), output.unwrap_or(0)));
    }
    charges.ranked = charges.ranked.or(count("search_units"));
    charges.unpriced |=
        ["images", "classifications"].iter().any(|name| count(name).is_some_and(|count| count > 0));
}
