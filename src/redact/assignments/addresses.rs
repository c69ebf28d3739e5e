//! Passwords in addresses, those too that hold signs which ought to be encoded there.

use std::ops::Range;

use crate::redact::looks;
use crate::redact::sought::{Sought, sought};

/// The password of `scheme://user:password@host`, or of `user:password@tcp(host)` as drivers of databases have it.
pub(in crate::redact) fn password(value: &[u8]) -> Option<Range<usize>> {
    if value.starts_with(ORACLE) {
        return of_oracle(value);
    }
    let from = memchr::memmem::find(value, b"://").map_or(0, |at| at + 3);
    let end = value[from..].iter().position(u8::is_ascii_whitespace).map_or(value.len(), |end| from + end);
    let at = from + last_host(&value[from..end])?;
    let colon = value[from..at].iter().position(|&byte| byte == b':');
    let range = match colon {
        Some(colon) => from + colon + 1..at,
        // `https://key@host`, as error trackers have it.
        None if from > 0 => from..at,
        None => return None,
    };
    let secret = &value[range.clone()];
    let is_port = colon.is_some() && {
        let digits = secret.iter().take_while(|byte| byte.is_ascii_digit()).count();
        digits > 0 && matches!(secret.get(digits), Some(b'/' | b'?' | b'#'))
    };
    let lone = colon.is_none() && !(secret.len() >= 16 && looks::is_telling(super::Says::Likely, secret));
    let shows = looks::is_stand_in_password(secret)
        || looks::is_reference(secret)
        || value[from..].first() == Some(&b'[');
    // `guest:guest`, as manuals of databases have it.
    let is_user = colon.is_some_and(|colon| {
        let user = &value[from..from + colon];
        user == secret || user == b"anonymous"
    });
    (!secret.is_empty() && !is_port && !lone && !shows && !is_user).then_some(range)
}

/// How addresses begin that have a slash between user and password.
const ORACLE: &[u8] = b"jdbc:oracle:";

/// `jdbc:oracle:thin:user/password@host`
fn of_oracle(value: &[u8]) -> Option<Range<usize>> {
    let at = last_host(value).or_else(|| memchr::memrchr(b'@', value))?;
    let slash = value[..at].iter().position(|&byte| byte == b'/')?;
    let secret = &value[slash + 1..at];
    (!secret.is_empty() && !secret.starts_with(b"/") && !looks::is_stand_in_password(secret))
        .then_some(slash + 1..at)
}

/// Where the last `@` stands that a host follows.
fn last_host(text: &[u8]) -> Option<usize> {
    let at = memchr::memrchr(b'@', text)?;
    let host = text[at + 1..]
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || b".-_[]:(".contains(byte))
        .count();
    (host > 0).then_some(at)
}

/// User and password of an address without a scheme take no more.
const LONGEST_USER: usize = 200;

static TCP: [Sought; 1] = sought![b"@tcp("];

/// The passwords of `user:password@tcp(host)`.
fn without_scheme(text: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut next = 0;
    while let Some(at) = TCP[0].find(&text[next..]).map(|at| next + at) {
        let near = &text[next.max(at.saturating_sub(LONGEST_USER))..at];
        let is_part = |byte: &&u8| !byte.is_ascii_whitespace() && !b"\"'`<>=".contains(byte);
        let start = at - near.iter().rev().take_while(is_part).count();
        // With the bracket and a letter of the host, which have to follow.
        next = (at + b"@tcp(x".len()).min(text.len());
        found.extend(password(&text[start..next]).map(|range| start + range.start..start + range.end));
    }
    found
}

static STARTS: [Sought; 2] = sought![b"://", ORACLE];

/// The passwords of all addresses in a text.
pub(super) fn all(text: &[u8]) -> Vec<Range<usize>> {
    let mut found = without_scheme(text);
    for start in &STARTS {
        let mut next = 0;
        while let Some(at) = start.find(&text[next..]).map(|at| next + at) {
            let from = at + start.len();
            let is_part = |byte: &&u8| !byte.is_ascii_whitespace() && !b"\"'`<>".contains(byte);
            next = from + text[from..].iter().take_while(is_part).count();
            found.extend(password(&text[at..next]).map(|range| at + range.start..at + range.end));
        }
    }
    found
}
