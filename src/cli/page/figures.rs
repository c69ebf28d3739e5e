//! Numbers: what calls add up to, and how numbers are written.

use super::Call;
use crate::providers::price::{Prices, Totals};

/// What calls add up to.
pub(super) fn totals<'a>(calls: impl IntoIterator<Item = &'a Call>, prices: &Prices) -> Totals {
    Totals::of(calls.into_iter().map(|call| &call.parsed.interaction), prices)
}

/// The calls whose price is not known, if there are any.
pub(super) fn unpriced(totals: &Totals) -> Option<String> {
    (totals.unpriced > 0)
        .then(|| format!("{} of unknown price", counted(totals.unpriced as usize, "interaction")))
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
