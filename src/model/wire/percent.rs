//! Percent-encoding (RFC 3986, 2.1), as URLs, forms and headers have it.

use crate::model::hex;

/// The byte that a text begins with in percent-encoding, such as `/` for `%2F…`.
pub(crate) fn byte(text: &[u8]) -> Option<u8> {
    let digits = text.strip_prefix(b"%")?.first_chunk::<2>()?;
    u8::try_from(hex::number(digits)?).ok()
}

/// What a text says. A percent sign that encodes nothing stands for itself.
pub(crate) fn decode(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(&first) = rest.first() {
        let (said, length) = byte(rest).map_or((first, 1), |said| (said, 3));
        out.push(said);
        rest = &rest[length..];
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_two_hexadecimal_digits_behind_a_percent_sign_encode_a_byte() {
        for (text, said) in [
            ("a%2Fb", "a/b"),
            ("%2f%41", "/A"),
            ("100%", "100%"),
            ("%+1%1", "%+1%1"),
            ("%zz%%41", "%zz%A"),
            ("%é", "%é"),
        ] {
            assert_eq!(decode(text.as_bytes()), said.as_bytes(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_was_encoded_byte_by_byte_is_decoded(bytes in any::<Vec<u8>>()) {
            let encoded: String = bytes.iter().map(|byte| format!("%{byte:02X}")).collect();
            prop_assert_eq!(decode(encoded.as_bytes()), bytes);
        }
    }
}
