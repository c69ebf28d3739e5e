//! URLs that mean the same, written the same.

use crate::model::address::Address;
use crate::model::wire::{forms, percent};

/// Scheme and host in small letters, no default port, no fragment, percent-encoding canonical, query sorted by name.
/// Parameters of one name keep their order, which servers can see.
pub(crate) fn canonical(url: &str, ignore_host: bool) -> String {
    let address = Address::of(url);
    let mut out = String::with_capacity(url.len());
    if !address.lead.is_empty() && !ignore_host {
        out.push_str(&host(&address));
    }
    out.push_str(&normal(if address.path.is_empty() { "/" } else { address.path }, false));
    let query = address.query.unwrap_or_default();
    let mut pairs: Vec<(String, Option<String>)> = forms::pairs(query.as_bytes())
        .filter(|pair| !pair.range().is_empty())
        .map(|pair| (normal(&query[pair.name], true), pair.value.map(|value| normal(&query[value], true))))
        .collect();
    pairs.sort_by(|a, b| a.0.cmp(&b.0));
    for (index, (name, value)) in pairs.iter().enumerate() {
        out.push(if index == 0 { '?' } else { '&' });
        out.push_str(name);
        if let Some(value) = value {
            out.push('=');
            out.push_str(value);
        }
    }
    out
}

fn host(address: &Address<'_>) -> String {
    let lead = address.lead.to_ascii_lowercase();
    let mut authority = address.authority.to_ascii_lowercase();
    let default = match lead.as_str() {
        "https://" => ":443",
        "http://" => ":80",
        _ => ":",
    };
    if let Some(bare) = authority.strip_suffix(default) {
        authority.truncate(bare.len());
    }
    lead + &authority
}

/// What needs no encoding is decoded, what stays encoded has capital digits (RFC 3986, 6.2.2), and what should have been
/// encoded is. In a query, `+` is a space.
fn normal(text: &str, in_query: bool) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < bytes.len() {
        let (byte, encoded, length) = match (percent::byte(&bytes[at..]), bytes[at]) {
            (Some(byte), _) => (byte, true, 3),
            (None, b'+') if in_query => (b' ', true, 1),
            (None, byte) => (byte, false, 1),
        };
        at += length;
        let unreserved = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        let may_stand = byte.is_ascii_graphic() && !encoded && !b"\"<>\\^`{|}".contains(&byte);
        if unreserved || may_stand {
            out.push(byte as char);
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
