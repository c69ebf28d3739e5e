//! Numbers that mean the same, written the same: `1`, `1.0` and `1e0`, and a number of 32 bits however it is written out.

use std::borrow::Cow;

/// A number that is not longer than this stands without an exponent, as people write it.
const LONGEST: i64 = 21;
/// So many zeros may stand between the point and the first other digit.
const MOST_ZEROS: i64 = 6;

/// A number taken apart: `0.DIGITS` times ten to the power of `point`.
struct Decimal<'a> {
    negative: bool,
    /// Without zeros at either end; empty for zero.
    digits: Cow<'a, str>,
    point: i64,
}

/// The one way to write the value of a number of JSON.
pub(super) fn canonical(text: &str) -> Cow<'_, str> {
    // Most numbers are short and whole, and are written in this way already.
    let plain = |byte: u8| byte.is_ascii_digit();
    if text.len() <= 15 && text.bytes().all(plain) {
        return Cow::Borrowed(text);
    }
    let Some(decimal) = Decimal::of(text) else { return Cow::Owned(text.to_ascii_lowercase()) };
    let decimal = match written_out(text, &decimal) {
        Some(short) => short,
        None => decimal,
    };
    Cow::Owned(decimal.write())
}

impl<'a> Decimal<'a> {
    /// `None` where the exponent is beyond all numbers.
    fn of(text: &'a str) -> Option<Decimal<'a>> {
        let (negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = rest.split_once(['e', 'E']).unwrap_or((rest, "0"));
        let exponent: i64 = exponent.parse().ok()?;
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = match fraction {
            "" => Cow::Borrowed(whole),
            fraction => Cow::Owned([whole, fraction].concat()),
        };
        let leading = all.len() - all.trim_start_matches('0').len();
        let point = i64::try_from(whole.len()).ok()?.checked_sub(i64::try_from(leading).ok()?)?;
        let digits = match all {
            Cow::Borrowed(all) => Cow::Borrowed(all.trim_matches('0')),
            Cow::Owned(all) => Cow::Owned(all.trim_matches('0').to_owned()),
        };
        Some(Decimal { negative, digits, point: point.checked_add(exponent)? })
    }

    fn is_whole(&self) -> bool {
        i64::try_from(self.digits.len()).is_ok_and(|length| length <= self.point)
    }

    fn write(&self) -> String {
        let Decimal { negative, digits, point } = self;
        if digits.is_empty() {
            return "0".to_owned();
        }
        let mut out = String::with_capacity(digits.len() + 8);
        if *negative {
            out.push('-');
        }
        let zeros = |count: i64| "0".repeat(usize::try_from(count).unwrap_or(0));
        match usize::try_from(*point).ok().and_then(|point| digits.split_at_checked(point)) {
            _ if *point > LONGEST || *point < -MOST_ZEROS => {
                let (first, rest) = digits.split_at(1);
                out.push_str(first);
                if !rest.is_empty() {
                    out.push('.');
                    out.push_str(rest);
                }
                out.push_str(&format!("e{}", point.saturating_sub(1)));
            }
            Some((_, "")) | None if self.is_whole() => {
                out.push_str(digits);
                out.push_str(&zeros(*point - i64::try_from(digits.len()).unwrap_or(*point)));
            }
            Some((whole, fraction)) if !whole.is_empty() => {
                out.push_str(whole);
                out.push('.');
                out.push_str(fraction);
            }
            _ => {
                out.push_str("0.");
                out.push_str(&zeros(-*point));
                out.push_str(digits);
            }
        }
        out
    }
}

/// The short form of a number of 32 bits that a program wrote out as one of 64: 0.7 is 0.699999988079071 then, or longer,
/// as the program rounds. Whole numbers are left alone: nobody keeps a count or an id in 32 bits with a point in them.
fn written_out(text: &str, decimal: &Decimal<'_>) -> Option<Decimal<'static>> {
    // Six digits and fewer are enough to tell numbers of 32 bits apart.
    if decimal.digits.len() <= 6 || decimal.is_whole() {
        return None;
    }
    let (narrow, wide) = (text.parse::<f32>().ok()?, text.parse::<f64>().ok()?);
    let exact = f64::from(narrow);
    // By far most are not, and this tells so at little cost.
    if !narrow.is_normal() || (wide - exact).abs() > exact.abs() * 1e-14 {
        return None;
    }
    // A program writes all digits that there are, the shortest that are the same number of 64 bits, or rounds to 15 or 16. A
    // digit five at the end goes up for some and down for others.
    let is_rounded = |length: u8| {
        let unit = i32::try_from(decimal.point).map_or(0.0, |point| 10_f64.powi(point - i32::from(length)));
        decimal.digits.len() <= usize::from(length)
            && (wide - exact).abs() <= 0.5 * unit + exact.abs() * f64::EPSILON
    };
    if wide != exact && !is_rounded(15) && !is_rounded(16) {
        return None;
    }
    let short = format!("{narrow:e}");
    let Decimal { negative, digits, point } = Decimal::of(&short)?;
    Some(Decimal { negative, digits: Cow::Owned(digits.into_owned()), point })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spellings_of_a_number_are_one() {
        for (wanted, spellings) in [
            ("1", &["1", "1.0", "1e0", "10E-1", "0.1e+1", "1.000"][..]),
            ("0", &["0", "-0", "0.0", "0e5", "-0.000e-7"]),
            ("-1.5", &["-1.5", "-15e-1", "-0.0150E2"]),
            ("0.00001", &["0.00001", "1e-5", "1E-05"]),
            ("100000000000000000000", &["100000000000000000000", "1e20", "1.0e+20"]),
            ("12479678939117453000", &["12479678939117453000"]),
            ("1e300", &["1e300", "1E+300", "10.0e299"]),
            ("1.5e-9", &["1.5e-9", "0.0000000015"]),
            ("1e99999999999999999999", &["1e99999999999999999999", "1E99999999999999999999"]),
        ] {
            for spelling in spellings {
                assert_eq!(canonical(spelling), wanted, "{spelling}");
            }
        }
    }

    #[test]
    fn a_number_of_32_bits_is_one_however_it_is_written_out() {
        for (short, written) in [
            (
                "0.7",
                &["0.699999988079071", "0.69999998807907104", "0.6999999880790710", "6.99999988079071e-1"][..],
            ),
            ("0.7", &["0.699999988079071044921875"]),
            ("0.1", &["0.10000000149011612", "0.100000001490116"]),
            ("-0.3", &["-0.30000001192092896"]),
            ("1234567.1", &["1234567.125", "1234567.1"]),
            ("100.1", &["100.0999984741211"]),
        ] {
            for written in written {
                assert_eq!(canonical(written), short, "{written}");
            }
        }
    }

    #[test]
    fn numbers_of_64_bits_keep_all_their_digits() {
        for number in [
            "0.7000000001",
            "0.69999998807908",
            "0.6999999",
            "1099511627776",
            "1764460000.123",
            "3.141592653589793",
        ] {
            assert_eq!(canonical(number), number);
        }
    }

    proptest! {
        #[test]
        fn every_number_of_32_bits_is_that_of_its_64(number in any::<f32>().prop_filter("finite", |n| n.is_finite())) {
            prop_assume!(number.fract() != 0.0 && number.is_normal());
            let wanted = canonical(&format!("{number}")).into_owned();
            for written in [format!("{}", f64::from(number)), format!("{:.16e}", f64::from(number)), format!("{:.14e}", f64::from(number))] {
                prop_assert_eq!(&*canonical(&written), &*wanted, "{}", written);
            }
        }

        #[test]
        fn what_is_written_has_the_value_that_was_read(number in any::<f64>().prop_filter("finite", |n| n.is_finite())) {
            let text = format!("{number:?}");
            let read: f64 = canonical(&text).parse().unwrap();
            #[expect(clippy::cast_possible_truncation, reason = "it may be one of 32 bits")]
            let narrow = |number: f64| number as f32;
            prop_assert!(read == number || narrow(read) == narrow(number), "{text}");
            prop_assert_eq!(canonical(&canonical(&text)).into_owned(), canonical(&text).into_owned());
        }
    }
}
