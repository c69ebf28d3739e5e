//! Numbers: what calls add up to, and how numbers are written.

use super::Call;
use crate::providers::price::{Dollars, Prices};

/// Tokens as providers reported them, added up.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tokens {
    /// Cached ones included.
    pub(super) input: u64,
    /// Reasoning included.
    pub(super) output: u64,
    pub(super) cached: u64,
    pub(super) reasoning: u64,
}

impl Tokens {
    pub(super) fn of<'a>(calls: impl IntoIterator<Item = &'a Call>) -> Tokens {
        let mut tokens = Tokens::default();
        for (name, count) in calls.into_iter().flat_map(|call| &call.parsed.interaction.usage) {
            let place = match name.as_str() {
                "input_tokens" => &mut tokens.input,
                "output_tokens" => &mut tokens.output,
                "cache_read_input_tokens" => &mut tokens.cached,
                "reasoning_output_tokens" => &mut tokens.reasoning,
                _ => continue,
            };
            *place = place.saturating_add(*count);
        }
        tokens
    }

    pub(super) fn total(&self) -> u64 {
        self.input.saturating_add(self.output)
    }
}

/// What recording calls cost.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spent {
    pub(super) known: Dollars,
    /// Calls with a price in the table.
    priced: usize,
    /// Calls that used tokens whose price is not known.
    unknown: usize,
}

impl Spent {
    pub(super) fn of<'a>(calls: impl IntoIterator<Item = &'a Call>, prices: &Prices) -> Spent {
        let mut spent = Spent::default();
        for call in calls {
            match prices.of(&call.parsed.interaction) {
                Some(cost) => {
                    spent.known += cost;
                    spent.priced += 1;
                }
                None if Tokens::of([call]).total() > 0 => spent.unknown += 1,
                None => {}
            }
        }
        spent
    }

    /// `$0.0021`, `$0.0021 +?` where some are not known, `unknown` where none is; nothing where nothing is to be paid.
    pub(super) fn told(&self) -> String {
        in_part((self.priced > 0).then(|| self.known.to_string()), self.unknown > 0)
    }

    /// The calls whose price is not known, if there are any.
    pub(super) fn unpriced(&self) -> Option<String> {
        (self.unknown > 0).then(|| format!("{} of unknown price", counted(self.unknown, "interaction")))
    }
}

/// A sum of what is known, where there may be more that is not.
pub(super) fn in_part(known: Option<String>, unknown: bool) -> String {
    match (known, unknown) {
        (Some(known), true) => format!("{known} +?"),
        (None, true) => "unknown".to_owned(),
        (known, false) => known.unwrap_or_default(),
    }
}

/// A number with its thousands apart.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number for a narrow place: to four digits where it is large.
pub(super) fn rounded(number: u64) -> String {
    let (unit, name) = match number {
        0..10_000_000 => return grouped(number),
        10_000_000..1_000_000_000 => (1_000_000, "M"),
        _ => (1_000_000_000, "G"),
    };
    format!("{}.{} {name}", grouped(number / unit), number % unit * 10 / unit)
}

/// A number and what it counts.
pub(crate) fn counted(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", grouped(number as u64))
}

/// A length in bytes as people say it.
pub(super) fn size(bytes: usize) -> String {
    match bytes {
        0..1_000 => counted(bytes, "byte"),
        1_000..1_000_000 => format!("{} KB", grouped((bytes as u64).div_ceil(1_000))),
        _ => format!("{} MB", grouped((bytes as u64).div_ceil(1_000_000))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_people() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([9_999_999, 13_993_000, 2_050_000_000].map(rounded), ["9,999,999", "13.9 M", "2.0 G"]);
        assert_eq!([0, 1, 2].map(|n| counted(n, "cassette")), ["0 cassettes", "1 cassette", "2 cassettes"]);
        assert_eq!([1, 999, 1_001, 2_500_000].map(size), ["1 byte", "999 bytes", "2 KB", "3 MB"]);
    }
}
