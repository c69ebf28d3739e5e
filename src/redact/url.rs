//! URLs without their secrets.

use std::ops::Range;

use super::finder::{Finder, Look};
use super::layers::Layer;
use super::names::Names;
use super::splice::{self, MARK};

/// Brackets in a host name would make the URL unreadable.
const HOST_MARK: &str = "redacted";

/// The URL without user, password and secret parameters, and without whatever else is a secret in it.
pub(super) fn clean(finder: &Finder, url: &str, look: Look<'_>) -> String {
    if !url.contains(['?', '#', '@']) && !finder.finds(url.as_bytes(), look) {
        return url.to_owned();
    }
    let (rest, fragment) = split(url, '#');
    let (base, query) = split(rest, '?');
    let (host, path) = base.split_at(host_end(base));
    let user = user(host);
    let host = [&host[..user.start], &host[user.end..]].concat();
    let mut rest = path.to_owned();
    for (sign, parameters) in [('?', query), ('#', fragment)] {
        let Some(parameters) = parameters else { continue };
        let kept: Vec<&str> = parameters.split('&').filter(|pair| !is_secret(pair, &finder.names)).collect();
        if !kept.is_empty() {
            rest.push(sign);
            rest.push_str(&kept.join("&"));
        }
    }
    without(finder, &host, look, HOST_MARK) + &without(finder, &rest, look, MARK)
}

/// A text without what is secret in it.
pub(super) fn without(finder: &Finder, text: &str, look: Look<'_>, mark: &str) -> String {
    let found = finder.find(text.as_bytes(), look);
    if found.is_empty() {
        return text.to_owned();
    }
    let splices = splice::plan(text.as_bytes(), found.into_iter().map(splice::Hit::whole).collect(), mark);
    String::from_utf8_lossy(&splice::apply(text.as_bytes(), &splices)).into_owned()
}

/// The values of the secret parameters of all URLs in a text.
pub(super) fn parameters(text: &str, names: &Names) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices(['?', '&', '#']) {
        let rest = &text[at + 1..];
        let length = rest.find(|c: char| c.is_whitespace() || "&#\"'<>`".contains(c)).unwrap_or(rest.len());
        if let Some((name, value)) = rest[..length].split_once('=')
            && is_secret(&rest[..length], names)
            && value != MARK
        {
            let start = at + 1 + name.len() + 1;
            found.push(start..start + value.len());
        }
    }
    found
}

/// What a URL says in its secret places.
pub(super) fn secrets(url: &str, names: &Names) -> Vec<Vec<u8>> {
    let (rest, fragment) = split(url, '#');
    let (base, query) = split(rest, '?');
    let mut found = Vec::new();
    let user = &base[user(&base[..host_end(base)])];
    if let Some(user) = user.strip_suffix('@') {
        let password = user.split_once(':').map_or(user, |(_, password)| password);
        found.push(Layer::unpercent(password.as_bytes()).text);
    }
    for pair in [query, fragment].into_iter().flatten().flat_map(|text| text.split('&')) {
        if let Some((_, value)) = pair.split_once('=').filter(|_| is_secret(pair, names)) {
            found.push(Layer::unpercent(value.as_bytes()).text);
            if value.contains('+') {
                found.push(Layer::unpercent(value.replace('+', " ").as_bytes()).text);
            }
        }
    }
    found
}

fn is_secret(pair: &str, names: &Names) -> bool {
    let Some((name, _)) = pair.split_once('=') else { return false };
    if name.contains('%') {
        return names.is_secret_parameter(&String::from_utf8_lossy(&Layer::unpercent(name.as_bytes()).text));
    }
    names.is_secret_parameter(name)
}

fn split(text: &str, at: char) -> (&str, Option<&str>) {
    text.split_once(at).map_or((text, None), |(before, behind)| (before, Some(behind)))
}

/// Where scheme, user and host of a URL end. A URL without a scheme has only a path.
fn host_end(base: &str) -> usize {
    let Some(scheme) = base.find("://") else { return 0 };
    let start = scheme + "://".len();
    base[start..].find('/').map_or(base.len(), |length| start + length)
}

/// User and password with the `@` behind them.
fn user(host: &str) -> Range<usize> {
    let start = host.find("://").map_or(0, |scheme| scheme + "://".len());
    host.rfind('@').filter(|&at| at >= start).map_or(start..start, |at| start..at + 1)
}
