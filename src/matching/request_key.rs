//! What makes two requests the same request: their normal forms have the same SHA-256.

mod body;
mod headers;
mod number;
mod place;
mod prompt;
mod url;
mod writer;

use std::fmt;

use sha2::{Digest, Sha256};

use crate::matching::user_rules::Rules;
use crate::model::exchange::Request;
use crate::model::hex::hex;

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
    let ids_of_headers = headers::canonical(request, rules, &mut form);
    form.push(b'\n');
    // Those of the body come first: the form has their places in this list.
    let mut ids = body::canonical(request, rules, &mut form);
    ids.extend(ids_of_headers);
    Normal { key: Key(Sha256::digest(&form).into()), form, ids }
}

#[cfg(test)]
mod tests;
