//! Tokens that begin with no word of their own: what tells them is how long the parts are that a sign parts them into.

use std::ops::Range;

use super::begins_word;
use crate::redact::stand_ins::{is_random, is_word};

/// The longest of them.
const LONGEST: usize = 40;

/// Every token of these shapes in a text. A look at each sign, no further than a token may reach.
pub(in crate::redact) fn find(text: &[u8], mut found: impl FnMut(Range<usize>)) {
    for sign in memchr::memchr2_iter(b'.', b'_', text) {
        let token = match text[sign] {
            b'.' => discord(text, sign),
            _ => ngrok(text, sign),
        };
        token.into_iter().for_each(&mut found);
    }
}

/// `MTA…x.GjRf9R.nUMu…`, the token of a bot of Discord: an id in base64, a time, and a signature.
fn discord(text: &[u8], dot: usize) -> Option<Range<usize>> {
    let id = before(text, dot, is_word);
    let time = behind(text, dot + 1, is_word);
    if !(5..=7).contains(&time.len()) || text.get(time.end) != Some(&b'.') {
        return None;
    }
    let signature = behind(text, time.end + 1, is_word);
    let fits = (23..=28).contains(&id.len())
        && matches!(text[id.start], b'M' | b'N' | b'O')
        && (27..LONGEST).contains(&signature.len());
    // No word: `GjRf9R`.
    let is_odd = text[time.clone()].iter().skip(1).any(u8::is_ascii_uppercase)
        && text[time].iter().any(u8::is_ascii_lowercase);
    let is_token = || {
        [&id, &signature].into_iter().all(|part| is_drawn(&text[part.clone()])) && begins_word(text, id.start)
    };
    let fits = fits && is_odd;
    (fits && is_token()).then_some(id.start..signature.end)
}

/// `2DYm…_4B94…`, a token or a key of ngrok: an id that counts the seconds, and 21 letters and digits.
fn ngrok(text: &[u8], sign: usize) -> Option<Range<usize>> {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric();
    let (id, secret) = (before(text, sign, is_letter), behind(text, sign + 1, is_letter));
    let fits = id.len() == 27 && matches!(text[id.start], b'1'..=b'4') && secret.len() == 21;
    let is_token = || {
        [&id, &secret].into_iter().all(|part| is_drawn(&text[part.clone()]))
            && !text.get(secret.end).copied().is_some_and(is_word)
            && begins_word(text, id.start)
    };
    (fits && is_token()).then_some(id.start..secret.end)
}

/// Letters of both kinds and digits, drawn at random.
fn is_drawn(part: &[u8]) -> bool {
    is_random(part, false)
        && part.iter().any(u8::is_ascii_uppercase)
        && part.iter().any(u8::is_ascii_lowercase)
        && part.iter().any(u8::is_ascii_digit)
}

/// What stands before a sign, without an escape such as `\n` or `%0A` that may be before it.
fn before(text: &[u8], end: usize, has: impl Fn(u8) -> bool) -> Range<usize> {
    let start = end - text[..end].iter().rev().take(LONGEST).take_while(|&&byte| has(byte)).count();
    let escape = match (start.checked_sub(1).map(|at| text[at]), text[start]) {
        (Some(b'\\'), b'u') => 5,
        (Some(b'\\'), _) => 1,
        (Some(b'%'), _) => 2,
        _ => 0,
    };
    (start + escape).min(end)..end
}

fn behind(text: &[u8], start: usize, has: impl Fn(u8) -> bool) -> Range<usize> {
    let rest = text.get(start..).unwrap_or_default();
    start..start + rest.iter().take(LONGEST).take_while(|&&byte| has(byte)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<&str> {
        let mut found = Vec::new();
        find(text.as_bytes(), |range| found.push(&text[range]));
        found
    }

    #[test]
    fn tokens_without_a_prefix_are_told_by_their_parts() {
        for token in [
            "MTxf0NVaVdBDnoFPukTZYINSfL.GjRf9R.nUMuW2oKZhzCla_Pv9vNugidiH4IGyRD-uEP01",
            "NzE4MjQ5MDIzNDU2Nzg5MDEy.YK3dEw.aB3dE5fG7hJ9kL1mN3pQ5rS7tU9",
            "2DYmJRFoaFZkNdPuGXeAYHC2X37_4B94IV7mCVYAF8tyeS0rR",
        ] {
            for text in [
                format!("it is {token}."),
                format!("\"{token}\""),
                format!("a\\n{token}\\nb"),
                format!("%0A{token}%0A"),
            ] {
                assert_eq!(tokens(&text), [token], "{text}");
            }
        }
        for text in [
            "ModuleOfMineWithALongName1.method.anotherMethodWithALongName2",
            "a.b.c 1.2.3 example.com _under_score_ 123456789012345678901234567_123456789012345678901",
            "xMTxf0NVaVdBDnoFPukTZYINSfLabc.GjRf9R.nUMuW2oKZhzCla_Pv9vNugidiH4IGyRD-uEP01",
        ] {
            assert_eq!(tokens(text), [""; 0], "{text}");
        }
    }
}
