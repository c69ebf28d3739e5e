//! Calls that take a user and a password without a name for either: `auth=('ana', '…')`, `.basic_auth("ana", Some("…"))`,
//! `new NetworkCredential("ana", "…")`, `new PDO($dsn, 'ana', '…')`.

use std::ops::Range;

use aho_corasick::AhoCorasick;
use memchr::memmem;

use super::lines::NEAR;
use super::{behind_wrapper, quoted, skip_space};
use crate::redact::looks::Written;
use crate::redact::named::{Named, keep};
use crate::redact::secret_names::Says;
use crate::redact::sought::AnyOf;

/// How a call begins, and which of its arguments is the secret.
const CALLS: &[(&[u8], usize)] = &[
    (b"auth=(", 1),
    (b"auth = (", 1),
    (b"auth=[", 1),
    (b"auth: [", 1),
    (b"'auth' => [", 1),
    (b"BasicAuth(", 1),
    (b"DigestAuth(", 1),
    (b"basic_auth(", 1),
    (b"basicAuth(", 1),
    (b"NetworkCredential(", 1),
    (b"PasswordAuthentication(", 1),
    (b"PasswordCredentials(", 1),
    (b"Credentials.basic(", 1),
    (b".login(", 1),
    (b"getConnection(", 2),
    (b"new PDO(", 2),
    (b"mysqli(", 2),
    (b"mysqli_connect(", 2),
    (b"ConvertTo-SecureString ", 0),
    (b"ConvertTo-SecureString -String ", 0),
];

static ANY: AnyOf = AnyOf::new(|| AhoCorasick::new(CALLS.iter().map(|(call, _)| call)).ok());

pub(super) fn named(text: &[u8], found: &mut Vec<Named>) {
    if !ANY.may_be_in(text) {
        return;
    }
    for &(call, argument) in CALLS {
        let mut next = 0;
        while let Some(at) = memmem::find(&text[next..], call).map(|at| next + at + call.len()) {
            next = at;
            if let Some(range) = nth(text, at, argument) {
                next = next.max(range.end);
                keep(text, Says::Surely, range, Written::Quoted, found);
            }
        }
    }
}

/// The text in quotes that is the argument of that number, counted from 0, of a call whose arguments begin at `at`.
fn nth(text: &[u8], at: usize, number: usize) -> Option<Range<usize>> {
    let near = &text[..text.len().min(at + NEAR)];
    let mut at = at;
    for _ in 0..number {
        at = behind_argument(near, at)?;
    }
    let at = behind_wrapper(near, skip_space(near, at));
    let (range, end) = quoted(near, at, 0)?;
    (end > range.end).then_some(range)
}

/// Where the next argument begins: behind the comma that ends the one at `at`.
fn behind_argument(text: &[u8], at: usize) -> Option<usize> {
    let mut at = skip_space(text, at);
    if let Some((_, end)) = quoted(text, at, 0) {
        at = end;
    }
    let stop = at + memchr::memchr3(b',', b')', b'\n', text.get(at..)?)?;
    (text[stop] == b',').then_some(stop + 1)
}
