//! How one id may be spelt in a request or an answer.

use crate::model::wire::percent;

/// The spellings of an id, in the same order for every id: as it is, in percent-encoding, in that of a path, and in JSON
/// that escapes slashes. Of a plain id they are all the same.
pub(super) fn spellings(id: &str) -> [String; 5] {
    let (upper, lower) = (encoded(id, true), encoded(id, false));
    [id.to_owned(), upper, lower, id.replace('/', "%2F"), id.replace('/', "\\/")]
}

/// An id in percent-encoding, with hexadecimal digits in upper or lower case.
fn encoded(id: &str, upper: bool) -> String {
    let mut out = String::with_capacity(id.len());
    for byte in id.bytes() {
        match byte {
            _ if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => out.push(byte.into()),
            _ if upper => out.push_str(&format!("%{byte:02X}")),
            _ => out.push_str(&format!("%{byte:02x}")),
        }
    }
    debug_assert_eq!(percent::decode(out.as_bytes()), id.as_bytes());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_with_a_slash_is_spelt_in_many_ways() {
        assert_eq!(spellings("a/b+c"), ["a/b+c", "a%2Fb%2Bc", "a%2fb%2bc", "a%2Fb+c", "a\\/b+c"]);
    }

    #[test]
    fn a_plain_id_has_one() {
        assert_eq!(spellings("call_aB-1"), ["call_aB-1"; 5]);
    }
}
