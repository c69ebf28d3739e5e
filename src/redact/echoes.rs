//! Providers that refuse a key repeat parts of it: `sk-pr****wxyz`, `sk-pr...wxyz`, "the key ending in wxyz". In what tells of
//! an error, such parts go too.

use std::ops::Range;

use memchr::memmem;

use super::values::Known;
use crate::model::exchange::Response;

/// Fewer letters of a key give nothing away, and turn up in any text.
const FEWEST: usize = 3;

/// So much of the start of a key is not there by chance.
const LONG: usize = 8;

/// Longer words are no keys of which something was left out, and one may be all of a text.
const LONGEST: usize = 512;

/// How far behind the word that announces it a part of a key stands.
const NEAR: usize = 24;

/// Longer answers are no errors.
const MAX_IN_200: usize = 1 << 16;

/// Whether an answer is one in which a provider may repeat parts of the key.
pub(super) fn may_be_in(response: &Response) -> bool {
    let body = &response.body.bytes;
    let is_error = response.status.is_client_error() || response.status.is_server_error();
    is_error || (body.len() <= MAX_IN_200 && tells_of_an_error(body))
}

/// Whether there is a field `error` that says something.
fn tells_of_an_error(body: &[u8]) -> bool {
    memmem::find_iter(body, b"\"error\"").any(|at| {
        let rest = body[at + 7..].trim_ascii_start();
        let value = rest.strip_prefix(b":").map(<[u8]>::trim_ascii_start);
        value.is_some_and(|value| matches!(value.first(), Some(b'{' | b'"')))
    })
}

/// Every part of a key in the text of an error.
pub(super) fn find(text: &[u8], known: Option<&Known>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        if !in_token(text, at) {
            at += 1;
            continue;
        }
        let start = at;
        while at < text.len() && in_token(text, at) {
            at += 1;
        }
        let range = trimmed(text, start..at);
        let (word, rest) = text[range.clone()].split_at(range.len().min(LONGEST));
        if (rest.is_empty() && is_masked(word, known)) || has_stars(word) || is_part(text, &range, known) {
            found.push(range);
        }
    }
    found
}

/// What a key, masked or not, is written with. The ellipsis is three bytes of UTF-8, the dot of masks too.
fn in_token(text: &[u8], at: usize) -> bool {
    let byte = text[at];
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'*' | b'.' | b'#') || byte >= 0x80
}

/// Without the full stop of the sentence.
fn trimmed(text: &[u8], range: Range<usize>) -> Range<usize> {
    let word = &text[range.clone()];
    let kept = word.trim_ascii_end();
    let dots = kept.iter().rev().take_while(|byte| **byte == b'.').count();
    let dots = if dots == 1 { 1 } else { 0 };
    range.start..range.start + kept.len() - dots
}

/// Stars tell a masked key by themselves.
fn has_stars(word: &[u8]) -> bool {
    memmem::find(word, b"***").is_some() && word.iter().any(u8::is_ascii_alphanumeric)
}

/// Whether a word is a key of which only the ends can be read: what ellipses, dots and crosses leave out is told by the ends of a
/// key that is known.
fn is_masked(word: &[u8], known: Option<&Known>) -> bool {
    let Some(known) = known else { return false };
    masks(word).into_iter().any(|mask| {
        let (start, end) = (&word[..mask.start], &word[mask.end..]);
        start.len() + end.len() >= FEWEST && known.any_between(start, end)
    })
}

/// The runs in a word that may stand for what was left out.
fn masks(word: &[u8]) -> Vec<Range<usize>> {
    let mut masks = Vec::new();
    for mark in [b"*".as_slice(), b".", b"x", b"X", b"#", "…".as_bytes(), "•".as_bytes()] {
        let least = if mark.len() > 1 { 1 } else { 2 };
        let mut at = 0;
        while let Some(from) = memmem::find(&word[at..], mark).map(|found| at + found) {
            let mut to = from;
            let mut count = 0;
            while word[to..].starts_with(mark) {
                to += mark.len();
                count += 1;
            }
            if count >= least {
                masks.push(from..to);
            }
            at = to;
        }
    }
    masks
}

/// Whether a word is the start of a known key, or the end that a sentence announces.
fn is_part(text: &[u8], range: &Range<usize>, known: Option<&Known>) -> bool {
    let word = &text[range.clone()];
    let Some(known) = known.filter(|_| word.len() >= FEWEST) else { return false };
    let before = &text[range.start.saturating_sub(NEAR)..range.start];
    let before = before.to_ascii_lowercase();
    let announced = |words: &[&str]| words.iter().any(|one| memmem::find(&before, one.as_bytes()).is_some());
    ((word.len() >= LONG || announced(&["start", "begin", "prefix"])) && known.any_between(word, b""))
        || (announced(&["end", "last", "suffix"]) && known.any_between(b"", word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_key_are_found_in_whatever_way_an_error_shows_them() {
        let mut known = Known::new();
        known.learn(b"sk-proj-Q7wERTY12345asdfGHJK67890zxcvBNM");
        for (text, wanted) in [
            (
                "Incorrect API key provided: sk-proj-***************vBNM. You can",
                "sk-proj-***************vBNM",
            ),
            ("key sk-other***1234 is wrong", "sk-other***1234"),
            ("key `sk-pro...vBNM` was refused", "sk-pro...vBNM"),
            ("key sk-proj-Q7…cvBNM.", "sk-proj-Q7…cvBNM"),
            ("key sk-XXXXXXXXXXXXcvBNM is", "sk-XXXXXXXXXXXXcvBNM"),
            ("the key ending in vBNM is", "vBNM"),
            ("your key (last four: 'vBNM')", "vBNM"),
            ("a key that starts with sk-pr was", "sk-pr"),
            ("got sk-proj-Q7wERTY123", "sk-proj-Q7wERTY123"),
        ] {
            let found: Vec<&str> =
                find(text.as_bytes(), Some(&known)).into_iter().map(|range| &text[range]).collect();
            assert_eq!(found, [wanted], "{text}");
        }
        for text in [
            "Wait... the model gpt-4o-mini ended early. See https://example.com/a...b.",
            "vBNM is a word, and sk-pr too",
            "the request ends in an error *** here",
            "0x0 and xx",
        ] {
            assert!(find(text.as_bytes(), Some(&known)).is_empty(), "{text}");
        }
    }

    #[test]
    fn an_answer_that_tells_of_no_error_is_left_alone() {
        for (body, wanted) in [
            (r#"{"error":{"message":"no"}}"#, true),
            (r#"{"error" : "no"}"#, true),
            (r#"{"error":null,"output":[]}"#, false),
            (r#"{"content":"an \"error\": \"no\""}"#, false),
        ] {
            assert_eq!(tells_of_an_error(body.as_bytes()), wanted, "{body}");
        }
    }
}
