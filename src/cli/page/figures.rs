//! Numbers: what calls add up to, and how numbers are written.

use super::Call;
use crate::model::text::{grouped, plural};
use crate::providers::Usage;
use crate::providers::price::Totals;

/// What calls add up to.
pub(super) fn totals<'a>(calls: impl IntoIterator<Item = &'a Call>) -> Totals {
    let mut totals = Totals::default();
    for call in calls {
        totals.add(&Usage::of(&call.parsed.interaction.usage), call.payment);
    }
    totals
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

/// How much of a whole a part is: `40%`; `None` where there is nothing.
pub(super) fn percent(part: u64, whole: u64) -> Option<String> {
    if part == 0 || whole == 0 {
        return None;
    }
    let hundredths = (u128::from(part) * 100 + u128::from(whole) / 2) / u128::from(whole);
    Some(if hundredths == 0 { "< 1%".to_owned() } else { format!("{hundredths}%") })
}

/// A time in milliseconds as people say it: to three digits.
pub(super) fn duration(milliseconds: u64) -> String {
    match milliseconds {
        0..1_000 => format!("{milliseconds} ms"),
        1_000..9_995 => format!("{}.{:02} s", (milliseconds + 5) / 1_000, (milliseconds + 5) % 1_000 / 10),
        9_995..99_950 => format!("{}.{} s", (milliseconds + 50) / 1_000, (milliseconds + 50) % 1_000 / 100),
        _ => format!("{} s", grouped((milliseconds + 500) / 1_000)),
    }
}

/// The day of a time in seconds since 1970.
pub(super) fn day(seconds: i64) -> Option<String> {
    let time = jiff::Timestamp::from_second(seconds).ok()?;
    Some(time.to_string().chars().take(10).collect())
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
        let times = [0, 999, 1_000, 1_239, 9_994, 9_995, 99_949, 99_950, 1_000_000].map(duration);
        assert_eq!(
            times,
            ["0 ms", "999 ms", "1.00 s", "1.24 s", "9.99 s", "10.0 s", "99.9 s", "100 s", "1,000 s"]
        );
        assert_eq!([1, 999, 1_001, 2_500_000].map(size), ["1 byte", "999 bytes", "2 KB", "3 MB"]);
    }
}
