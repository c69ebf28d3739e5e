//! `name=value&name=value`: the query of a URL, and the body of a form.

use std::ops::Range;

use super::percent;

/// A name and what it is given; where they stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pair {
    pub(crate) name: Range<usize>,
    /// `None` where no equals sign follows the name.
    pub(crate) value: Option<Range<usize>>,
}

impl Pair {
    /// The whole pair.
    pub(crate) fn range(&self) -> Range<usize> {
        self.name.start..self.value.as_ref().unwrap_or(&self.name).end
    }
}

/// All pairs of a text. What stands between two `&` is one, and may be empty.
pub(crate) fn pairs(text: &[u8]) -> impl Iterator<Item = Pair> {
    let mut start = 0;
    text.split(|&byte| byte == b'&').map(move |pair| {
        let range = start..start + pair.len();
        start = range.end + 1;
        match memchr::memchr(b'=', pair) {
            Some(at) => {
                Pair { name: range.start..range.start + at, value: Some(range.start + at + 1..range.end) }
            }
            None => Pair { name: range, value: None },
        }
    })
}

/// What a name or a value says: `+` is a space, and `%2B` is a plus.
pub(crate) fn decode(text: &[u8]) -> Vec<u8> {
    let spaced: Vec<u8> = text.iter().map(|&byte| if byte == b'+' { b' ' } else { byte }).collect();
    percent::decode(&spaced)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn pairs_are_read_with_their_places() {
        let text = b"a=1&&b&c+d=%2B+=2";
        let read: Vec<(&[u8], Option<&[u8]>)> = pairs(text)
            .map(|pair| (&text[pair.name.clone()], pair.value.map(|value| &text[value])))
            .collect();
        assert_eq!(
            read,
            [(&b"a"[..], Some(&b"1"[..])), (b"", None), (b"b", None), (b"c+d", Some(b"%2B+=2"))]
        );
        assert_eq!(decode(b"c+d"), b"c d");
        assert_eq!(decode(b"%2B+=2"), b"+ =2");
    }

    proptest! {
        #[test]
        fn the_pairs_of_any_text_are_the_text(text in "[a=&%+2é]{0,20}") {
            let ranges: Vec<&str> = pairs(text.as_bytes()).map(|pair| &text[pair.range()]).collect();
            prop_assert_eq!(ranges.join("&"), text);
        }

        #[test]
        fn what_a_form_was_given_is_what_it_says(pairs_in in prop::collection::vec(any::<(Vec<u8>, Vec<u8>)>(), 1..4)) {
            let encode = |bytes: &[u8]| -> String {
                bytes.iter().map(|byte| match byte {
                    b' ' => "+".to_owned(),
                    byte if byte.is_ascii_alphanumeric() => char::from(*byte).to_string(),
                    byte => format!("%{byte:02x}"),
                }).collect()
            };
            let text: Vec<String> =
                pairs_in.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
            let text = text.join("&").into_bytes();
            let read: Vec<(Vec<u8>, Vec<u8>)> = pairs(&text)
                .map(|pair| (decode(&text[pair.name]), decode(&text[pair.value.unwrap()])))
                .collect();
            prop_assert_eq!(read, pairs_in);
        }
    }
}
