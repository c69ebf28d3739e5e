//! Where an id may begin and end in a text: at the edge of a run of letters and digits, whatever escapes stand before it.

use std::ops::Range;

/// The runs of letters and digits of a text. Of one behind a backslash or a percent sign, what follows the escape is one
/// as well: `\nabc` may say a line break and `abc`, and `%2Fabc` a slash and `abc`.
pub(super) fn words(text: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    let mut rest: Option<Range<usize>> = None;
    std::iter::from_fn(move || {
        if let Some(rest) = rest.take() {
            return Some(rest);
        }
        let start = at + text[at..].iter().position(u8::is_ascii_alphanumeric)?;
        let length = text[start..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        at = start + length;
        let behind = start + escape(&text[..start], &text[start..at]);
        rest = (behind > start && behind < at).then_some(behind..at);
        Some(start..at)
    })
}

/// How much of a run belongs to an escape that begins before it.
fn escape(before: &[u8], run: &[u8]) -> usize {
    let is_hex =
        |range: Range<usize>| run.get(range).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
    match (before.last(), run.first()) {
        (Some(b'\\'), Some(b'u')) if is_hex(1..5) => 5,
        (Some(b'\\'), Some(b'n' | b'r' | b't' | b'b' | b'f')) => 1,
        (Some(b'%'), _) if is_hex(0..2) => 2,
        _ => 0,
    }
}

/// Whether a text has the edge of a word at a place.
fn is_edge(text: &[u8], at: usize) -> bool {
    let is_in = |at: Option<usize>| at.and_then(|at| text.get(at)).is_some_and(u8::is_ascii_alphanumeric);
    if !is_in(at.checked_sub(1)) || !is_in(Some(at)) {
        return true;
    }
    [1, 2, 5].into_iter().any(|length| {
        let Some(start) = at.checked_sub(length) else { return false };
        escape(&text[..start], &text[start..]) == length
    })
}

/// Whether what stands in a range of a text is no part of longer words.
pub(super) fn stands_alone(text: &[u8], range: &Range<usize>) -> bool {
    is_edge(text, range.start) && is_edge(text, range.end)
}

/// The word of an id by which it is found: the one that is least likely to stand elsewhere.
pub(super) fn telling(id: &[u8]) -> Option<Range<usize>> {
    words(id).max_by_key(|word| (id[word.clone()].iter().any(u8::is_ascii_digit), word.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<&str> {
        words(text.as_bytes()).map(|word| &text[word]).collect()
    }

    #[test]
    fn words_are_runs_of_letters_and_digits_and_what_is_left_of_them_behind_an_escape() {
        assert_eq!(said(r#"{"id":"call_aB1"}"#), ["id", "call", "aB1"]);
        assert_eq!(said(r"see\ncall_1"), ["see", "ncall", "call", "1"]);
        assert_eq!(said(r"see\u00e9call_1"), ["see", "u00e9call", "call", "1"]);
        assert_eq!(said("a%2Fb1"), ["a", "2Fb1", "b1"]);
        assert_eq!(said("%20"), ["20"]);
        assert_eq!(said(""), [""; 0]);
    }

    #[test]
    fn an_id_stands_alone_unless_letters_or_digits_go_on_beside_it() {
        for (text, id, alone) in [
            ("/v1/run_7/x", "run_7", true),
            ("run_71", "run_7", false),
            ("orun_7", "run_7", false),
            ("my-run_7-out", "run_7", true),
            (r"a\nrun_7", "run_7", true),
            (r"a\u00e9run_7", "run_7", true),
            ("a%2frun_7%2fb", "run_7", true),
            ("naïverun_7", "run_7", false),
        ] {
            let start = text.find(id).unwrap();
            assert_eq!(stands_alone(text.as_bytes(), &(start..start + id.len())), alone, "{text}");
        }
    }

    #[test]
    fn an_id_is_found_by_its_longest_word_with_a_digit() {
        let of = |id: &'static str| telling(id.as_bytes()).map(|word| &id[word]);
        assert_eq!(of("chatcmpl-1a"), Some("1a"));
        assert_eq!(of("resp_68af00c0ffee"), Some("68af00c0ffee"));
        assert_eq!(of("AbCdEf"), Some("AbCdEf"));
        assert_eq!(of("--"), None);
    }
}
