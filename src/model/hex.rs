//! Bytes as hexadecimal digits.

/// Two small digits a byte. Each use of an interaction has its key written, so this is no place for a formatter.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|digit| DIGITS[usize::from(digit)]).collect()
}

/// The bytes that digits of either case spell, two a byte.
#[cfg(feature = "cli")]
pub(crate) fn decode(digits: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    let byte = |pair: &[u8; 2]| u8::try_from(number(pair)?).ok();
    if rest.is_empty() { pairs.iter().map(byte).collect() } else { None }
}

/// The number that digits of either case spell: at least one and at most eight of them, and no sign, which
/// `from_str_radix` would take.
pub(crate) fn number(digits: &[u8]) -> Option<u32> {
    if !(1..=8).contains(&digits.len()) {
        return None;
    }
    digits.iter().try_fold(0, |number, &digit| Some(number << 4 | char::from(digit).to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_has_two_small_digits() {
        let all: Vec<u8> = (0..=255).collect();
        let wanted: String = all.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex(&all), wanted);
    }

    #[test]
    fn a_number_is_made_of_digits_alone() {
        assert_eq!(number(b"00fF"), Some(255));
        assert_eq!(number(b"ffffffff"), Some(u32::MAX));
        for text in ["", "+1", "-1", " 1", "0x1", "g", "123456789"] {
            assert_eq!(number(text.as_bytes()), None, "{text:?}");
        }
    }
}
