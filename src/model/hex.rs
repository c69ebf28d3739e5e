//! Bytes as hexadecimal digits.

/// Two small digits a byte. Each use of an interaction has its key written, so this is no place for a formatter.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|digit| DIGITS[usize::from(digit)]).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_byte_has_two_small_digits() {
        let all: Vec<u8> = (0..=255).collect();
        let wanted: String = all.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(super::hex(&all), wanted);
    }
}
