//! Text that is no prose: base64 in its four spellings, and whatever else is made of the same characters.

use base64::Engine as _;
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};

/// A spelling of base64. Bytes have one text in each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    Standard,
    Unpadded,
    Url,
    UnpaddedUrl,
}

impl Coding {
    const ALL: [Coding; 4] = [Coding::Standard, Coding::Unpadded, Coding::Url, Coding::UnpaddedUrl];

    /// The spelling of a text and the bytes behind it. `None` unless encoding those again gives this very text.
    pub(super) fn of(text: &str) -> Option<(Coding, Vec<u8>)> {
        let is_url = text.contains(['-', '_']);
        let coding = match (is_url, text.len().is_multiple_of(4)) {
            (false, true) => Coding::Standard,
            (false, false) => Coding::Unpadded,
            (true, true) => Coding::Url,
            (true, false) => Coding::UnpaddedUrl,
        };
        // Digits alone are a number in another notation, whose bytes in base64 would mean nothing.
        let is_hexadecimal = text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let bytes = if is_hexadecimal { None } else { coding.engine().decode(text).ok() }?;
        (coding.encode(&bytes) == text).then_some((coding, bytes))
    }

    pub(super) fn encode(self, bytes: &[u8]) -> String {
        self.engine().encode(bytes)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Coding::Standard => "base64",
            Coding::Unpadded => "unpadded base64",
            Coding::Url => "base64url",
            Coding::UnpaddedUrl => "unpadded base64url",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Coding> {
        Coding::ALL.into_iter().find(|coding| coding.name() == name)
    }

    fn engine(self) -> GeneralPurpose {
        match self {
            Coding::Standard => STANDARD,
            Coding::Unpadded => STANDARD_NO_PAD,
            Coding::Url => URL_SAFE,
            Coding::UnpaddedUrl => URL_SAFE_NO_PAD,
        }
    }
}

/// Whether a long text is for machines: without a space or a line break, of the characters of base64, and of many
/// different ones, digits among them. A filling such as `xxxx…` is none, nor is a listing, prose or code.
pub(super) fn is_opaque(text: &str) -> bool {
    let mut seen = [false; 128];
    for byte in text.bytes() {
        if !(byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_' | b'=' | b'.')) {
            return false;
        }
        seen[usize::from(byte)] = true;
    }
    let has = |kind: fn(&u8) -> bool| (0..128_u8).any(|byte| seen[usize::from(byte)] && kind(&byte));
    let different = seen.iter().filter(|seen| **seen).count();
    different >= 16 && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_base64_is_told_and_gives_the_same_text_again() {
        let bytes: Vec<u8> = (0..=255).cycle().take(1000).collect();
        for coding in Coding::ALL {
            let text = coding.encode(&bytes);
            assert_eq!(Coding::of(&text), Some((coding, bytes.clone())), "{}", coding.name());
            assert_eq!(Coding::from_name(coding.name()), Some(coding));
        }
    }

    #[test]
    fn what_would_not_come_back_the_same_is_no_base64() {
        // Bits behind the last byte that are not zero, padding too much, both alphabets, hexadecimal digits.
        for text in ["QUJDRB==", "QUJDRE", "QUJD=", "QUJD====", "+_==", "deadbeef", "QU JD"] {
            let told = Coding::of(text);
            assert!(told.is_none_or(|(coding, bytes)| coding.encode(&bytes) == text), "{text}");
        }
        assert_eq!(Coding::of("QUJDRB=="), None);
        assert_eq!(Coding::of("deadbeef"), None);
    }
}
