//! Sums of money, exact.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign};

/// US dollars, to the quadrillionth: prices of tokens have up to twelve decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Hash)]
pub(crate) struct Dollars(u128);

/// Decimals that are kept.
const DECIMALS: i32 = 15;
const ONE: u128 = 1_000_000_000_000_000;

impl Dollars {
    pub(crate) const ZERO: Dollars = Dollars(0);

    /// Reads a decimal number such as `0.0000025` or `2.5e-06`. `None` for what is negative, no number, above a million
    /// dollars, or so small that it cannot be kept.
    pub(crate) fn parse(text: &str) -> Option<Dollars> {
        Dollars::read(text, false)
    }

    /// Reads an amount that a provider states, and that may have come of a calculation: what is too small to be kept is
    /// rounded up.
    pub(crate) fn stated(text: &str) -> Option<Dollars> {
        Dollars::read(text, true)
    }

    fn read(text: &str, rounds: bool) -> Option<Dollars> {
        let (digits, exponent) = match text.split_once(['e', 'E']) {
            Some((digits, exponent)) => (digits, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let figures: String = [whole, fraction].concat();
        if figures.is_empty() || figures.len() > 24 || !figures.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let mut value: u128 = figures.parse().ok()?;
        let mut shift = exponent.checked_sub(i32::try_from(fraction.len()).ok()?)?.checked_add(DECIMALS)?;
        if value == 0 {
            return Some(Dollars(0));
        }
        while shift < 0 {
            // Zeros at the end, as in `2.50e-06`, may go; other digits may not.
            if !rounds && !value.is_multiple_of(10) {
                return None;
            }
            (value, shift) = (value.div_ceil(10), shift + 1);
        }
        let value = value.checked_mul(10u128.checked_pow(u32::try_from(shift).ok()?)?)?;
        (value <= ONE * 1_000_000).then_some(Dollars(value))
    }

    pub(crate) fn times(self, count: u64) -> Dollars {
        Dollars(self.0.saturating_mul(u128::from(count)))
    }

    /// The difference; nothing when there is less than is taken away.
    pub(crate) fn less(self, other: Dollars) -> Dollars {
        Dollars(self.0.saturating_sub(other.0))
    }

    /// Whether this is more than an amount and so many hundredths of a percent of it.
    #[cfg(feature = "cli")]
    pub(crate) fn is_more_than(self, amount: Dollars, hundredths_of_percent: u32) -> bool {
        let whole = 10_000_u128;
        self.0.saturating_mul(whole) > amount.0.saturating_mul(whole + u128::from(hundredths_of_percent))
    }

    /// The nearest number that a program can calculate with.
    #[expect(clippy::cast_precision_loss, reason = "that is what it is for")]
    pub(crate) fn as_f64(self) -> f64 {
        self.0 as f64 / ONE as f64
    }

    /// Billionths of a dollar, rounded down, for what cannot draw exact numbers.
    #[cfg(feature = "cli")]
    pub(crate) fn billionths(self) -> u64 {
        u64::try_from(self.0 / (ONE / 1_000_000_000)).unwrap_or(u64::MAX)
    }

    #[cfg(feature = "cli")]
    pub(crate) fn of_billionths(count: u64) -> Dollars {
        Dollars(u128::from(count) * (ONE / 1_000_000_000))
    }

    /// The exact decimal number, without a sign for the currency and without zeros at its end.
    pub(crate) fn exact(self) -> String {
        let (whole, rest) = (self.0 / ONE, self.0 % ONE);
        let fraction = format!("{rest:015}");
        match fraction.trim_end_matches('0') {
            "" => whole.to_string(),
            fraction => format!("{whole}.{fraction}"),
        }
    }
}

impl Add for Dollars {
    type Output = Dollars;

    fn add(self, other: Dollars) -> Dollars {
        Dollars(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Dollars {
    fn add_assign(&mut self, other: Dollars) {
        *self = *self + other;
    }
}

impl Sum for Dollars {
    fn sum<I: Iterator<Item = Dollars>>(amounts: I) -> Dollars {
        amounts.fold(Dollars::default(), |sum, amount| sum + amount)
    }
}

/// For people: cents from a dollar on, two figures that count below.
impl fmt::Display for Dollars {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut decimals = 2;
        if self.0 > 0 {
            let mut unit = ONE / 100;
            while decimals < 15 && self.0 < unit * 10 {
                (unit, decimals) = (unit / 10, decimals + 1);
            }
        }
        let unit = 10u128.pow(15 - decimals);
        // Half a unit up.
        let rounded = (self.0 + unit / 2) / unit;
        let scale = 10u128.pow(decimals);
        let width = usize::try_from(decimals).unwrap_or(2);
        write!(f, "${}.{:0width$}", rounded / scale, rounded % scale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_read_exactly_however_they_are_written() {
        for (text, exact) in [
            ("2.5e-06", "0.0000025"),
            ("0.0000025", "0.0000025"),
            ("1.5E-7", "0.00000015"),
            ("0", "0"),
            ("0.0", "0"),
            ("3", "3"),
            ("1e-15", "0.000000000000001"),
            ("2.50e-06", "0.0000025"),
            ("1e2", "100"),
            ("7.5000e-08", "0.000000075"),
        ] {
            assert_eq!(Dollars::parse(text).map(Dollars::exact).as_deref(), Some(exact), "{text}");
        }
        for text in ["", "-1", "x", "1e", "1e-16", "1.2.3", "NaN", "1e99", "1e-999999999999", ".", "1_000"] {
            assert_eq!(Dollars::parse(text), None, "{text}");
        }
    }

    #[test]
    fn people_see_cents_or_the_first_two_figures() {
        for (text, shown) in [
            ("0", "$0.00"),
            ("12.345", "$12.35"),
            ("1", "$1.00"),
            ("0.5", "$0.50"),
            ("0.0214", "$0.021"),
            ("0.00213", "$0.0021"),
            ("0.000000049", "$0.000000049"),
            ("0.000000000000001", "$0.000000000000001"),
            ("0.0996", "$0.100"),
        ] {
            assert_eq!(Dollars::parse(text).unwrap().to_string(), shown, "{text}");
        }
    }
}
