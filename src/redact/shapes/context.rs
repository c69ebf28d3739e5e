//! Secrets that are told by what stands around them.

use std::ops::Range;

use super::begins_word;
use crate::model::base64;
use crate::redact::looks;
use crate::redact::runs::{Of, Runs, start_of};
use crate::redact::secret_names;
use crate::redact::stand_ins::{is_mixed, is_random, is_stand_in, is_word};

fn run(text: &[u8], at: usize, has: impl Fn(u8) -> bool) -> Range<usize> {
    let rest = text.get(at..).unwrap_or_default();
    at..at + rest.iter().take_while(|&&byte| has(byte)).count()
}

/// A JSON Web Token: three or more parts of base64, the first an object.
pub(super) fn jwt(text: &[u8], at: usize, runs: &mut Runs) -> Option<Range<usize>> {
    if !begins_word(text, at) {
        return None;
    }
    let end = runs.end(text, Of::Dotted, at);
    if runs.is_found(Of::Dotted, at) {
        return None;
    }
    let mut parts = text[at..end].split(|&byte| byte == b'.');
    let (head, claims, signature) = (parts.next()?, parts.next()?, parts.next()?);
    let signed = signature.len() >= 16 && is_random(start_of(signature), false);
    if head.len() < 10 || claims.len() < 10 || !(signed || claims.starts_with(b"eyJ")) {
        return None;
    }
    runs.found(Of::Dotted, at);
    let dots = text[at..end].iter().rev().take_while(|&&byte| byte == b'.').count();
    Some(at..end - dots)
}

/// The token behind `Bearer`, also in prose.
pub(super) fn bearer(text: &[u8], at: usize, _: &mut Runs) -> Option<Range<usize>> {
    let token = run(text, at + "bearer ".len(), |byte| {
        is_word(byte) || matches!(byte, b'.' | b'~' | b'+' | b'/' | b'=')
    });
    let value = &text[token.clone()];
    let fits = value.len() >= 16 && is_mixed(value) && is_random(value, false) && !is_stand_in(value);
    (fits && begins_word(text, at)).then_some(token)
}

/// User and password behind `Basic`.
pub(super) fn basic(text: &[u8], at: usize, _: &mut Runs) -> Option<Range<usize>> {
    let token = run(text, at + "basic ".len(), |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
    });
    if token.len() < 8 || !begins_word(text, at) {
        return None;
    }
    let pair = String::from_utf8(base64::decode_start(&text[token.clone()])).ok()?;
    let (user, password) = pair.split_once(':')?;
    // `Basic dXNlcjpwYXNz`, as manuals have it, is `user:pass`.
    let shows = !password.is_empty()
        && (user == password || user == "user" && looks::is_stand_in_password(password.as_bytes()));
    (!shows && !pair.contains(char::is_control)).then_some(token)
}

/// The password of `https://user:password@host`, or the token of `https://token@host`.
pub(super) fn userinfo(text: &[u8], at: usize, _: &mut Runs) -> Option<Range<usize>> {
    let from = at + "://".len();
    let whole = run(text, from, |byte| {
        byte.is_ascii_alphanumeric()
            || matches!(
                byte,
                b'-' | b'.' | b'_' | b'~' | b'%' | b'!' | b'&' | b'*' | b'+' | b'=' | b':' | b'$'
            )
    });
    if text.get(whole.end) != Some(&b'@') {
        return None;
    }
    let password = match text[whole.clone()].iter().position(|&byte| byte == b':') {
        Some(colon) => from + colon + 1..whole.end,
        None => whole,
    };
    let value = &text[password.clone()];
    let fits = if password.start == from {
        is_random(value, false)
    } else {
        // `guest:guest`, as manuals of databases have it.
        let user = &text[from..password.start - 1];
        user != value && user != b"anonymous" && !looks::is_stand_in_password(value)
    };
    (fits && !value.is_empty()).then_some(password)
}

/// The forty characters behind `aws_secret_access_key =`.
pub(super) fn aws_secret(text: &[u8], at: usize, runs: &mut Runs) -> Option<Range<usize>> {
    const MOST_BETWEEN: usize = 8;
    let name_end = runs.end(text, Of::Word, at);
    let near = &text[..text.len().min(name_end + MOST_BETWEEN + 1)];
    let between =
        run(near, name_end, |byte| matches!(byte, b' ' | b'=' | b':' | b'"' | b'\'' | b'\\' | b'\t'));
    let near = &text[..text.len().min(between.end + 45)];
    let value = run(near, between.end, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'));
    let fits = between.len() <= MOST_BETWEEN
        && text[between].iter().any(|byte| matches!(byte, b'=' | b':'))
        && (38..=44).contains(&value.len())
        && is_random(&text[value.clone()], false)
        // As the manuals of AWS have it.
        && !text[value.clone()].ends_with(b"EXAMPLEKEY");
    fits.then_some(value)
}

/// The value of a secret parameter of a URL or of a connection string, as in `?sig=…` or `;Password=…`.
pub(super) fn parameter(text: &[u8], at: usize, runs: &mut Runs) -> Option<Range<usize>> {
    let before = text[..at].iter().rev().take(40).take_while(|&&byte| is_word(byte)).count();
    let start = at - before;
    let equals = at + memchr::memchr(b'=', &text[at..])?;
    let name = std::str::from_utf8(&text[start..equals]).ok()?;
    if !secret_names::is_secret_parameter(name) {
        return None;
    }
    // Elsewhere it is a setting, which is told by its name alone.
    let in_url = start > 0 && matches!(text[start - 1], b'?' | b'&' | b';');
    let value = equals + 1..runs.end(text, Of::Value, equals + 1);
    if !in_url || runs.is_found(Of::Value, value.start) {
        return None;
    }
    let secret = start_of(&text[value.clone()]);
    let telling = match secret_names::is_weak_parameter(name) {
        true => secret.len() >= 16 && is_random(secret, false),
        false => secret.len() >= 6,
    };
    let telling = telling && !is_stand_in(secret);
    telling.then(|| {
        runs.found(Of::Value, value.start);
        value
    })
}
