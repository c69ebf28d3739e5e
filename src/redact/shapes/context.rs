//! Secrets that are told by what stands around them.

use std::ops::Range;

use super::begins_word;
use crate::model::base64;
use crate::redact::secret_names;
use crate::redact::stand_ins::{is_mixed, is_random, is_stand_in, is_word};

fn run(text: &[u8], at: usize, has: impl Fn(u8) -> bool) -> Range<usize> {
    let rest = text.get(at..).unwrap_or_default();
    at..at + rest.iter().take_while(|&&byte| has(byte)).count()
}

/// A JSON Web Token: three or more parts of base64, the first an object.
pub(super) fn jwt(text: &[u8], at: usize) -> Option<Range<usize>> {
    let whole = run(text, at, |byte| is_word(byte) || byte == b'.');
    let mut parts = text[whole.clone()].split(|&byte| byte == b'.');
    let (head, claims, signature) = (parts.next()?, parts.next()?, parts.next()?);
    let signed = signature.len() >= 16 && is_random(signature, false);
    let fits = head.len() >= 10 && claims.len() >= 10 && (signed || claims.starts_with(b"eyJ"));
    let dots = text[whole.clone()].iter().rev().take_while(|&&byte| byte == b'.').count();
    (fits && begins_word(text, at)).then(|| at..whole.end - dots)
}

/// A private key between its two lines; without the second one, all that may belong to it.
pub(super) fn pem(text: &[u8], at: usize) -> Option<Range<usize>> {
    let title = run(text, at + "-----BEGIN ".len(), |byte| byte.is_ascii_uppercase() || byte == b' ');
    let name = &text[title.clone()];
    if !(name.ends_with(b"PRIVATE KEY") || name.ends_with(b"PRIVATE KEY BLOCK")) {
        return None;
    }
    // The letters of escaped line breaks are base64 characters as well; old keys have a head of `Name: value` lines.
    let body = run(text, title.end + "-----".len(), |byte| {
        byte.is_ascii_alphanumeric() || b"+/=\\%:,- \r\n".contains(&byte)
    });
    let closing = text[body.clone()].windows(9).position(|window| window == b"-----END ");
    let end = match closing {
        Some(closing) => {
            let name = run(text, body.start + closing + "-----END ".len(), |byte| {
                byte.is_ascii_uppercase() || byte == b' '
            });
            run(text, name.end, |byte| byte == b'-').end
        }
        None => body.end,
    };
    let key = &text[body.start..closing.map_or(body.end, |closing| body.start + closing)];
    (key.len() >= 40 && is_random(key, false)).then_some(at..end)
}

/// The token behind `Bearer`, also in prose.
pub(super) fn bearer(text: &[u8], at: usize) -> Option<Range<usize>> {
    let token = run(text, at + "bearer ".len(), |byte| {
        is_word(byte) || matches!(byte, b'.' | b'~' | b'+' | b'/' | b'=')
    });
    let value = &text[token.clone()];
    let fits = value.len() >= 16 && is_mixed(value) && is_random(value, false) && !is_stand_in(value);
    (fits && begins_word(text, at)).then_some(token)
}

/// User and password behind `Basic`.
pub(super) fn basic(text: &[u8], at: usize) -> Option<Range<usize>> {
    let token = run(text, at + "basic ".len(), |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
    });
    if token.len() < 8 || !begins_word(text, at) {
        return None;
    }
    let pair = String::from_utf8(base64::decode_start(&text[token.clone()])).ok()?;
    (pair.contains(':') && !pair.contains(char::is_control)).then_some(token)
}

/// The password of `https://user:password@host`, or the token of `https://token@host`.
pub(super) fn userinfo(text: &[u8], at: usize) -> Option<Range<usize>> {
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
        !secret_names::is_stand_in_password(value)
    };
    (fits && !value.is_empty()).then_some(password)
}

/// The forty characters behind `aws_secret_access_key =`.
pub(super) fn aws_secret(text: &[u8], at: usize) -> Option<Range<usize>> {
    let name = run(text, at, is_word);
    let between =
        run(text, name.end, |byte| matches!(byte, b' ' | b'=' | b':' | b'"' | b'\'' | b'\\' | b'\t'));
    let value = run(text, between.end, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'));
    let fits = between.len() <= 8
        && text[between].iter().any(|byte| matches!(byte, b'=' | b':'))
        && (38..=44).contains(&value.len())
        && is_random(&text[value.clone()], false);
    fits.then_some(value)
}

/// The value of a secret parameter, as in `?sig=…`, `;Password=…` or `api_key=…`.
pub(super) fn parameter(text: &[u8], at: usize) -> Option<Range<usize>> {
    let before = text[..at].iter().rev().take(40).take_while(|&&byte| is_word(byte)).count();
    let start = at - before;
    let equals = at + text[at..].iter().position(|&byte| byte == b'=')?;
    let name = std::str::from_utf8(&text[start..equals]).ok()?;
    if !secret_names::is_secret_parameter(name) {
        return None;
    }
    let value =
        run(text, equals + 1, |byte| byte.is_ascii_graphic() && !b"&\"'<>\\#,;()[]{}|`$".contains(&byte));
    let secret = &text[value.clone()];
    if is_stand_in(secret) {
        return None;
    }
    let in_url = start > 0 && matches!(text[start - 1], b'?' | b'&' | b';');
    let telling = if in_url && !secret_names::is_weak_parameter(name) {
        secret.len() >= 6
    } else {
        secret.len() >= 16 && is_random(secret, false) && (in_url || !secret_names::is_weak_parameter(name))
    };
    telling.then_some(value)
}
