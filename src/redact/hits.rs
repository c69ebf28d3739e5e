//! From secrets that were found to what is to be cut out of bytes.

use std::ops::Range;

use memchr::memmem;
use sha2::{Digest as _, Sha256};

use super::encodings::Layer;
use crate::model::splice::Splice;

/// What stands where a secret stood.
pub(crate) const MARK: &str = "[REDACTED]";

/// What marks begin with, tagged or not.
pub(super) const MARK_START: &[u8] = b"[REDACTED";

/// What ends the mark, behind which a tag tells values apart: `[REDACTED:3f]`.
const MARK_END: &str = "]";

/// Bytes that have to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) range: Range<usize>,
    /// The rest of a secret whose mark stands earlier, in the piece of a stream where the secret began.
    pub(super) continues: bool,
    /// A pattern of the user found it, and nothing else says that it is a credential. Such values are told apart.
    pub(super) is_users: bool,
}

impl Hit {
    pub(super) fn whole(range: Range<usize>) -> Hit {
        Hit { range, continues: false, is_users: false }
    }

    pub(super) fn of_user(range: Range<usize>) -> Hit {
        Hit { is_users: true, ..Hit::whole(range) }
    }
}

/// Joins hits that overlap or touch, and leaves out those that would change nothing.
pub(super) fn plan(text: &[u8], mut hits: Vec<Hit>, mark: &str) -> Vec<Splice> {
    hits.retain(|hit| !hit.range.is_empty() && !is_marked(text, &hit.range, mark));
    hits.sort_by_key(|hit| hit.range.start);
    let mut joined: Vec<Hit> = Vec::with_capacity(hits.len());
    for hit in hits {
        match joined.last_mut() {
            Some(last)
                if hit.range.start < last.range.end
                    || (hit.range.start == last.range.end && hit.is_users == last.is_users) =>
            {
                last.range.end = last.range.end.max(hit.range.end);
                last.continues &= hit.continues;
                last.is_users &= hit.is_users;
            }
            _ => joined.push(hit),
        }
    }
    let with = |hit: &Hit| {
        if hit.continues {
            return Vec::new();
        }
        let mark = match hit.is_users {
            true => tagged(mark, tag(&text[hit.range.clone()])),
            false => mark.to_owned(),
        };
        let quote = quotes_of_number(text, &hit.range).unwrap_or_default();
        [quote, mark.as_bytes(), quote].concat()
    };
    joined.into_iter().map(|hit| Splice { with: with(&hit), range: hit.range }).collect()
}

/// Two digits that two values hardly have in common. No more, so that they do not tell what the value was: of all that somebody
/// may guess, one in 256 has them.
fn tag(value: &[u8]) -> u8 {
    let said = Layer::unescape(value).text;
    Sha256::digest([b"llm-cassette tells values apart\0", &said[..]].concat())[0]
}

/// A mark with a tag. In the name of a host, marks have no brackets.
fn tagged(mark: &str, tag: u8) -> String {
    match mark.strip_suffix(MARK_END) {
        Some(start) => format!("{start}:{tag:02x}{MARK_END}"),
        None => format!("{mark}-{tag:02x}"),
    }
}

/// So far a number is looked back at for the name of its list.
const LONGEST_LIST: usize = 512;

/// The quotes that JSON needs around what takes the place of a number: those of the name that the number stands under.
fn quotes_of_number<'a>(text: &'a [u8], range: &Range<usize>) -> Option<&'a [u8]> {
    let is_number = text[range.clone()].iter().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(byte));
    let behind = text[range.end..].trim_ascii_start().first();
    if !is_number || !matches!(behind, None | Some(b',' | b'}' | b']' | b'\\')) {
        return None;
    }
    let mut before = text[..range.start].trim_ascii_end();
    if matches!(before.last(), Some(b',' | b'[')) {
        let is_item =
            |byte: &&u8| byte.is_ascii_digit() || byte.is_ascii_whitespace() || b"+-.,eE".contains(byte);
        let items = before.iter().rev().take(LONGEST_LIST).take_while(is_item).count();
        before = before[..before.len() - items].strip_suffix(b"[")?.trim_ascii_end();
    }
    let name = before.strip_suffix(b":")?.trim_ascii_end();
    let (quote, name) = name.split_last()?;
    let slashes = name.iter().rev().take_while(|&&byte| byte == b'\\').count();
    matches!(quote, b'"' | b'\'').then(|| &text[name.len() - slashes..name.len() + 1])
}

/// Whether the range lies within a mark that is there already.
fn is_marked(text: &[u8], range: &Range<usize>, mark: &str) -> bool {
    let longest = tagged(mark, 0).len();
    if range.len() > longest {
        return false;
    }
    let first = range.end.saturating_sub(longest);
    (first..=range.start).any(|at| at + mark_at(&text[at..], mark) >= range.end)
}

/// Whether there is nothing in a text but a mark.
pub(super) fn is_mark(text: &[u8]) -> bool {
    mark_at(text, MARK) == text.len()
}

/// How many marks stand in a text, tagged or not.
pub(super) fn marks_in(text: &[u8]) -> usize {
    memmem::find_iter(text, MARK_START).filter(|at| mark_at(&text[*at..], MARK) > 0).count()
}

/// The length of the mark that a text begins with, tagged or not.
fn mark_at(text: &[u8], mark: &str) -> usize {
    let start = mark.strip_suffix(MARK_END).unwrap_or(mark);
    let Some(rest) = text.strip_prefix(start.as_bytes()) else { return 0 };
    let is_tag = |digits: &[u8]| digits.iter().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
    match rest {
        [b':', first, second, b']', ..] if start != mark && is_tag(&[*first, *second]) => start.len() + 4,
        [b'-', first, second, ..] if start == mark && is_tag(&[*first, *second]) => start.len() + 3,
        _ if text.starts_with(mark.as_bytes()) => mark.len(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::splice;

    fn planned(text: &str, hits: Vec<Hit>, mark: &str) -> String {
        let splices = plan(text.as_bytes(), hits, mark);
        String::from_utf8(splice::apply(text.as_bytes(), &splices)).unwrap()
    }

    #[test]
    fn values_that_only_a_pattern_of_the_user_found_are_told_apart_and_credentials_are_not() {
        let text = "ab and cd";
        let users = |range| vec![Hit::of_user(range)];
        let (first, second) = (planned(text, users(0..2), MARK), planned(text, users(7..9), MARK));
        assert!(first.starts_with("[REDACTED:") && second.ends_with(']'), "{first} {second}");
        assert_ne!(first[..13], second[7..]);
        let both = vec![Hit::of_user(0..2), Hit::whole(1..2)];
        assert_eq!(planned(text, both, MARK), "[REDACTED] and cd");
        assert!(planned(text, users(0..2), "redacted").starts_with("redacted-"));
    }

    #[test]
    fn what_lies_within_a_mark_stays() {
        for (text, mark) in
            [("a [REDACTED] b", MARK), ("a [REDACTED:3f] b", MARK), ("a.redacted-3f.b", "redacted")]
        {
            let end = text.len() - 2;
            for range in [2..end, 3..5, end - 2..end - 1] {
                assert_eq!(planned(text, vec![Hit::whole(range)], mark), text);
            }
            assert_ne!(planned(text, vec![Hit::whole(1..end)], mark), text);
        }
        assert_eq!(planned("[REDACTED:zz]", vec![Hit::whole(11..13)], MARK), "[REDACTED:z[REDACTED]");
    }
}
