//! What makes two requests the same request: their normal forms have the same SHA-256.

mod body;
mod prompt;
mod url;

use std::fmt;

use http::header::CONTENT_TYPE;
use sha2::{Digest, Sha256};

use crate::matching::user_rules::Rules;
use crate::model::exchange::Request;
use crate::model::hex::hex;
use crate::model::wire::bodies::media_type;
use crate::providers::FIELDS;

/// Headers that change what any server answers, beside those that providers have of their own. Of the content type only
/// the media type counts: a multipart boundary and a character set are how, not what.
const MEANINGFUL: [&str; 2] = ["if-none-match", "range"];

/// The SHA-256 of a normal form.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Key(pub(crate) [u8; 32]);

impl Key {
    /// Reads 64 hexadecimal digits.
    pub(crate) fn parse(text: &[u8]) -> Option<Key> {
        if text.len() != 64 {
            return None;
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
            let digit = |b: u8| (b as char).to_digit(16).filter(|_| !b.is_ascii_uppercase());
            *byte = u8::try_from(digit(pair[0])? * 16 + digit(pair[1])?).ok()?;
        }
        Some(Key(bytes))
    }

    /// The first digits, enough to tell interactions of one cassette apart.
    pub(crate) fn short(&self) -> String {
        hex(&self.0[..4])
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.short())
    }
}

/// A request as it is compared.
#[derive(Debug, Clone)]
pub(crate) struct Normal {
    pub(crate) key: Key,
    /// The form that was hashed: a line for method and URL, a line a header, an empty line, the body.
    pub(crate) form: Vec<u8>,
    /// The ids of providers in the order of their first appearance. The form has their numbers instead.
    pub(crate) ids: Vec<String>,
}

/// The normal form of a request that has been through the redactor.
pub(crate) fn normalise(request: &Request, rules: &Rules) -> Normal {
    let mut form = Vec::with_capacity(request.body.len() + 200);
    form.extend_from_slice(request.method.as_str().as_bytes());
    form.push(b' ');
    let address = url::canonical(&request.url, rules.ignore_host);
    form.extend_from_slice(rules.replace(&address).unwrap_or(address).as_bytes());
    form.push(b'\n');
    let media = request.headers.get(CONTENT_TYPE).map(|value| media_type(value.as_bytes()));
    if let Some(media) = &media {
        form.extend_from_slice(b"content-type: ");
        form.extend_from_slice(media.as_bytes());
        form.push(b'\n');
    }
    let own = rules.headers.iter().map(String::as_str);
    for name in FIELDS.meaningful_headers.iter().copied().chain(MEANINGFUL).chain(own) {
        header(request, name, &mut form);
    }
    form.push(b'\n');
    let ids = body::canonical(request, rules, &mut form);
    Normal { key: Key(Sha256::digest(&form).into()), form, ids }
}

/// All values of a header, lists taken apart and sorted: the order of beta flags means nothing.
fn header(request: &Request, name: &str, form: &mut Vec<u8>) {
    // Most requests have few of many headers that count; to compare names costs less than to look each of them up.
    let Some(header) = request.headers.keys().find(|header| header.as_str() == name) else { return };
    let mut values: Vec<&[u8]> = request
        .headers
        .get_all(header)
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
        .map(<[u8]>::trim_ascii)
        .filter(|value| !value.is_empty())
        .collect();
    if values.is_empty() {
        return;
    }
    values.sort_unstable();
    form.extend_from_slice(header.as_str().as_bytes());
    form.extend_from_slice(b": ");
    form.extend_from_slice(&values.join(&b","[..]));
    form.push(b'\n');
}

#[cfg(test)]
mod tests;
