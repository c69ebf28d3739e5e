//! Numbers: what calls add up to, and how numbers are written.

use super::Call;
use crate::model::text::{grouped, plural};
use crate::providers::price::{Prices, Totals};

/// What calls add up to.
pub(super) fn totals<'a>(calls: impl IntoIterator<Item = &'a Call>, prices: &Prices) -> Totals {
    Totals::of(calls.into_iter().map(|call| &call.parsed.interaction), prices)
}

/// The calls whose price is not known, if there are any.
pub(super) fn unpriced(totals: &Totals) -> Option<String> {
    (totals.unpriced > 0).then(|| format!("{} of unknown price", plural(totals.unpriced, "interaction")))
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

/// A length in bytes as people say it.
pub(super) fn size(bytes: usize) -> String {
    match bytes {
        0..1_000 => plural(bytes, "byte"),
        1_000..1_000_000 => format!("{} KB", grouped((bytes as u64).div_ceil(1_000))),
        _ => format!("{} MB", grouped((bytes as u64).div_ceil(1_000_000))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_people() {
        assert_eq!([9_999_999, 13_993_000, 2_050_000_000].map(rounded), ["9,999,999", "13.9 M", "2.0 G"]);
        assert_eq!([1, 999, 1_001, 2_500_000].map(size), ["1 byte", "999 bytes", "2 KB", "3 MB"]);
    }
}
