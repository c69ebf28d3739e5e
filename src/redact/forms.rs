//! Secret fields of forms, which have their names from the media type of the body alone.

use std::ops::Range;

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue};

use super::assignments;
use super::looks::{self, Written};
use super::secret_names::{self, Names, Says};
use crate::model::wire::bodies::{boundary, media_type};
use crate::model::wire::multipart::{self, Multipart};
use crate::model::wire::{self, forms, percent};

/// Forms within forms are searched to this depth.
const MAX_DEPTH: usize = 3;

/// The secret values of a body that is a form.
pub(super) fn secrets(headers: &HeaderMap, body: &[u8], names: &Names) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let kind = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    within(kind, body, 0..body.len(), names, &mut found, 0);
    found
}

fn within(
    kind: &[u8],
    body: &[u8],
    place: Range<usize>,
    names: &Names,
    found: &mut Vec<Range<usize>>,
    depth: usize,
) {
    let text = &body[place.clone()];
    if media_type(kind) == "application/x-www-form-urlencoded" {
        let values = values(text, names).into_iter();
        found.extend(values.map(|range| place.start + range.start..place.start + range.end));
        return;
    }
    let Some(multipart) = parts(kind, text) else {
        return;
    };
    for part in multipart.parts {
        let content = place.start + part.content.start..place.start + part.content.end;
        if part.names(text).iter().any(|name| says_secret(name, &body[content.clone()], names)) {
            found.push(content);
        } else if depth < MAX_DEPTH {
            let kind = part.header(text, "content-type").unwrap_or_default();
            within(kind.as_bytes(), body, content, names, found, depth + 1);
        }
    }
}

/// The parts of a text, by the boundary that it was sent with or else by the one that its first line shows.
fn parts(kind: &[u8], text: &[u8]) -> Option<Multipart> {
    let declared = boundary(kind).map(|boundary| multipart::read(text, &boundary));
    let shown = || multipart::boundary_in(text).map(|boundary| multipart::read(text, &boundary));
    declared.filter(|multipart| !multipart.parts.is_empty()).or_else(shown)
}

/// Whether the name of a field of a form says that its value is a secret. Escapes in it count as what they say and as
/// what they are: servers differ.
fn says_secret(name: &str, value: &[u8], names: &Names) -> bool {
    let unescaped = name.replace('\\', "");
    let decoded = percent::decode(unescaped.as_bytes());
    is_secret(name.trim().as_bytes(), value, names) || is_secret(&decoded, value, names)
}

/// Whether a name that was decoded says that its value is a secret.
pub(super) fn is_secret(name: &[u8], value: &[u8], names: &Names) -> bool {
    let name = String::from_utf8_lossy(name);
    let name = of_list(&name);
    // `settings[api_key]`, as some servers have fields of fields.
    let inner = name.split(['[', ']']).filter(|inner| inner.len() < name.len());
    // A name may be of many names, and the value long: it is looked at once for each thing that they may say.
    let mut seen = Vec::new();
    let mut counts = |says: Says| {
        if says == Says::Nothing || seen.contains(&says) {
            return false;
        }
        seen.push(says);
        let value = || wire::forms::decode(value);
        match says {
            Says::Nothing => false,
            // A key of a store of files is a path.
            Says::Surely => !secret_names::is_weak_parameter(name) || !looks::is_locator(&value()),
            Says::Address => assignments::password(&value()).is_some(),
            Says::Perhaps | Says::Likely | Says::Pass | Says::Code => {
                looks::is_secret(says, &value(), Written::Sent)
            }
        }
    };
    counts(names.parameter(name.trim())) || inner.into_iter().any(|inner| counts(names.field(inner)))
}

/// `token` of `token[]` and `token[0]`, which is how one of several values is called.
fn of_list(name: &str) -> &str {
    let list = name.trim().strip_suffix(']').and_then(|name| name.rsplit_once('['));
    list.filter(|(_, index)| index.bytes().all(|byte| byte.is_ascii_digit())).map_or(name, |(list, _)| list)
}

/// The secret values of `name=value&name=value`. Some servers take `;` for `&`, so what is secret to either goes.
pub(super) fn values(text: &[u8], names: &Names) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for pair in forms::pairs(text) {
        let Some(value) = pair.value.clone() else {
            continue;
        };
        let name = forms::decode(&text[pair.name.clone()]);
        if is_secret(&name, &text[value.clone()], names) {
            found.push(value);
            continue;
        }
        let mut start = pair.name.start;
        for piece in text[pair.range()].split(|&byte| byte == b';') {
            let end = start + piece.len();
            if let Some(equals) = memchr::memchr(b'=', piece)
                && is_secret(&forms::decode(&piece[..equals]), &piece[equals + 1..], names)
            {
                found.push(start + equals + 1..end);
            }
            start = end + 1;
        }
    }
    found
}
