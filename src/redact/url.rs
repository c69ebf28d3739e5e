//! URLs without their secrets.

use std::ops::Range;

use super::finder::{Finder, Look};
use super::forms;
use super::hits::{self, MARK};
use super::runs::start_of;
use super::secret_names::Names;
use super::stand_ins::{is_random, is_word};
use crate::model::address::Address;
use crate::model::splice;
use crate::model::wire::{self, percent};

/// Brackets in a host name would make the URL unreadable.
const HOST_MARK: &str = "redacted";

/// Longer names of parameters say nothing.
const LONGEST_NAME: usize = 128;

/// So much of a value is looked at where its name leaves doubts.
const LONGEST_VALUE: usize = 512;

/// The URL without user, password and secret parameters, and without whatever else is a secret in it.
pub(super) fn clean(finder: &Finder, url: &str, look: Look<'_>) -> String {
    let may_have_key = key_in_path(Address::of(url).path).is_some();
    if !may_have_key && !url.contains(['?', '#', '@']) && !finder.finds(url.as_bytes(), look) {
        return url.to_owned();
    }
    let address = Address::of(url);
    let host = [address.lead, address.authority].concat();
    let mut rest = match key_in_path(address.path) {
        Some(key) => [&address.path[..key.start], MARK, &address.path[key.end..]].concat(),
        None => address.path.to_owned(),
    };
    for (sign, parameters) in [('?', address.query), ('#', address.fragment)] {
        let Some(parameters) = parameters else { continue };
        let kept: Vec<&str> = parameters.split('&').filter(|pair| !is_secret(pair, &finder.names)).collect();
        if !kept.is_empty() {
            rest.push(sign);
            rest.push_str(&kept.join("&"));
        }
    }
    let clean = without(finder, &host, look, HOST_MARK) + &without(finder, &rest, look, MARK);
    // Host and path together may say that the path is the credential.
    without(finder, &clean, look, MARK)
}

/// A text without what is secret in it.
pub(super) fn without(finder: &Finder, text: &str, look: Look<'_>, mark: &str) -> String {
    let found = finder.hits(text.as_bytes(), look);
    if found.is_empty() {
        return text.to_owned();
    }
    let splices = hits::plan(text.as_bytes(), found, mark);
    String::from_utf8_lossy(&splice::apply(text.as_bytes(), &splices)).into_owned()
}

/// A text without what is secret in it, and without the secret parameters of URLs in it.
pub(super) fn with_clean_urls(finder: &Finder, text: &str, look: Look<'_>) -> String {
    let parameters = parameters(text, &finder.names).into_iter().map(hits::Hit::whole).collect();
    let splices = hits::plan(text.as_bytes(), parameters, MARK);
    let text = String::from_utf8_lossy(&splice::apply(text.as_bytes(), &splices)).into_owned();
    without(finder, &text, look, MARK)
}

/// The values of the secret parameters of all URLs in a text.
pub(super) fn parameters(text: &str, names: &Names) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let ends = |byte: u8| byte.is_ascii_whitespace() || b"&#\"'<>`".contains(&byte);
    let text_bytes = text.as_bytes();
    // Where the parameter ends that a sign stands in; many signs may stand in one.
    let mut end = 0;
    let is_sign = |byte: &u8| matches!(byte, b'?' | b'&' | b'#' | b';');
    for (at, sign) in text_bytes.iter().enumerate().filter(|(_, byte)| is_sign(byte)) {
        let start = at + 1;
        if start > end {
            let rest = &text_bytes[start..];
            end = start + rest.iter().position(|&byte| ends(byte)).unwrap_or(rest.len());
        }
        let near = &text_bytes[start..end.min(start + LONGEST_NAME)];
        let Some(equals) = memchr::memchr(b'=', near) else { continue };
        let value = start + equals + 1;
        let said = &text_bytes[value..end.min(value + LONGEST_VALUE)];
        if !forms::is_secret(&wire::forms::decode(&near[..equals]), said, names) {
            continue;
        }
        // Some servers take `;` for `&`.
        let next = memchr::memchr(b';', &text_bytes[value..end]).filter(|_| *sign == b';');
        found.push(value..next.map_or(end, |next| value + next));
    }
    found.retain(|range| &text[range.clone()] != MARK);
    found
}

/// What a URL says in its secret places.
pub(super) fn secrets(url: &str, names: &Names) -> Vec<Vec<u8>> {
    let address = Address::of(url);
    let mut found = Vec::new();
    if let Some(user) = address.user {
        let password = user.split_once(':').map_or(user, |(_, password)| password);
        found.push(percent::decode(password.as_bytes()));
    }
    found.extend(key_in_path(address.path).map(|key| address.path.as_bytes()[key].to_vec()));
    for text in [address.query, address.fragment].into_iter().flatten().map(str::as_bytes) {
        for value in forms::values(text, names).into_iter().map(|range| &text[range]) {
            found.push(percent::decode(value));
            if value.contains(&b'+') {
                found.push(wire::forms::decode(value));
            }
        }
    }
    found
}

/// A key that stands in a path where others have the name of what is asked for: directly behind the version, as in
/// `/v3/9f8e…/tools`. Behind a name (`/v1/files/9f8e…`) such a text is an id.
fn key_in_path(path: &str) -> Option<Range<usize>> {
    let mut at = 0;
    let mut is_behind_version = false;
    for segment in path.split('/') {
        let is_key = segment.len() >= 32
            && segment.bytes().all(is_word)
            && is_random(start_of(segment.as_bytes()), true);
        if is_behind_version && is_key {
            return Some(at..at + segment.len());
        }
        let version = segment.strip_prefix('v').filter(|version| !version.is_empty());
        is_behind_version = version.is_some_and(|version| version.bytes().all(|byte| byte.is_ascii_digit()));
        at += segment.len() + 1;
    }
    None
}

fn is_secret(pair: &str, names: &Names) -> bool {
    !forms::values(pair.as_bytes(), names).is_empty()
}
