//! Bytes as base64, and base64 wherever it stands in other text.

use std::ops::Range;

use base64::engine::general_purpose::STANDARD;
use base64::{DecodeError, Engine as _};

/// The usual spelling, padded.
pub(crate) fn encode(bytes: impl AsRef<[u8]>) -> String {
    STANDARD.encode(bytes)
}

/// The bytes of the usual spelling; an error for any other.
pub(crate) fn decode(text: impl AsRef<[u8]>) -> Result<Vec<u8>, DecodeError> {
    STANDARD.decode(text)
}

/// The values of the characters of base64, in both alphabets; `NONE` for any other byte.
const SEXTETS: [u8; 256] = {
    let mut table = [NONE; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            letter @ b'A'..=b'Z' => letter - b'A',
            letter @ b'a'..=b'z' => letter - b'a' + 26,
            digit @ b'0'..=b'9' => digit - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => NONE,
        };
        byte += 1;
    }
    table
};

const NONE: u8 = u8::MAX;

fn sextet(byte: u8) -> Option<u8> {
    let value = SEXTETS[usize::from(byte)];
    (value != NONE).then_some(value)
}

/// Whether a byte is a character of base64 in either alphabet.
pub(crate) fn is_character(byte: u8) -> bool {
    sextet(byte).is_some()
}

/// Decodes up to the first byte that is no character of base64, whichever alphabet and padding. A last character that
/// makes no byte is left out.
pub(crate) fn decode_start(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3 + 3);
    let (mut bits, mut held) = (0u32, 0);
    for value in text.iter().map_while(|&byte| sextet(byte)) {
        bits = bits << 6 | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
        }
    }
    out
}

/// The characters behind a range of the decoded bytes.
pub(crate) fn characters_of(range: &Range<usize>) -> Range<usize> {
    range.start * 8 / 6..(range.end * 8).div_ceil(6)
}

/// The run of base64 characters around `at`.
pub(crate) fn run_around(text: &[u8], at: usize) -> Range<usize> {
    let before = text[..at].iter().rev().take_while(|&&byte| is_character(byte)).count();
    let behind = text[at..].iter().take_while(|&&byte| is_character(byte)).count();
    at - before..at + behind
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use proptest::prelude::*;

    #[test]
    fn base64_is_read_in_both_alphabets_up_to_what_is_none() {
        assert_eq!(decode_start(b"c2st-_8="), b"sk-\xfb\xff");
        assert_eq!(decode_start(b"c2st+/8\"c2st"), b"sk-\xfb\xff");
    }

    proptest! {
        #[test]
        fn whatever_was_encoded_is_decoded_in_each_way(bytes in any::<Vec<u8>>()) {
            prop_assert_eq!(decode(encode(&bytes)), Ok(bytes.clone()));
            prop_assert_eq!(decode_start(encode(&bytes).as_bytes()), &bytes[..]);
            prop_assert_eq!(decode_start(URL_SAFE_NO_PAD.encode(&bytes).as_bytes()), &bytes[..]);
        }
    }
}
