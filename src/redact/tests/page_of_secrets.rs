//! The page of secrets lists every name that counts here, and no other.

use std::collections::BTreeSet;

use crate::providers;
use crate::redact::headers::{REQUEST_HEADERS, RESPONSE_HEADERS};
use crate::redact::secret_names::table::{
    ADDRESSES, ALWAYS, ANNOUNCED_CODES, COUNTED, KEYS, NAMES_OF_OWNERS, PASSES, SHORT, TOKENS, WITH_LOOKS,
};

const PAGE: &str = include_str!("../../../docs/secrets.md");

/// What stands between backticks behind a text of the page and before another one.
fn listed(from: &str, to: &str) -> BTreeSet<&'static str> {
    let (_, part) = PAGE.split_once(from).unwrap();
    let (part, _) = part.split_once(to).unwrap();
    let names = part.split('`').skip(1).step_by(2);
    names.filter(|name| !name.starts_with('.') && !name.contains(char::is_uppercase)).collect()
}

#[test]
fn the_page_of_secrets_lists_the_headers_that_are_stored() {
    let all = |own: &[&'static str], theirs: &[&'static str]| -> BTreeSet<&str> {
        own.iter().chain(theirs).copied().collect()
    };
    let choosing: Vec<&str> = providers::CHOOSING_HEADERS.iter().map(|header| header.name).collect();
    let mut of_requests = all(REQUEST_HEADERS, &providers::FIELDS.request_headers);
    of_requests.extend(choosing);
    assert_eq!(listed("\nOf requests: ", "\nOf responses: "), of_requests);
    assert_eq!(
        listed("\nOf responses: ", "\n## Limits"),
        all(RESPONSE_HEADERS, &providers::FIELDS.response_headers)
    );
}

#[test]
fn the_page_of_secrets_lists_the_names_of_secrets() {
    let (keys, others) = (KEYS[0].0, KEYS[1].0);
    for (names, from, to) in [
        (ALWAYS, "names that end in ", ", a *secret*"),
        (TOKENS, "**Tokens**: `token` behind ", ", or behind one of the owners below"),
        (COUNTED, "a count or a\nplace in a list, and does not count:", "**Keys**"),
        (keys, "**Keys**: `key` behind ", ", or behind one of the owners"),
        (others, "it is a key of\nsomething else:", "**Owners**"),
        (NAMES_OF_OWNERS, "**Owners**: ", "**Passwords"),
        (PASSES, "`pass` behind ", "**Codes**"),
        (ANNOUNCED_CODES, "`code` behind ", "; `code_verifier`"),
        (SHORT, "are enough** under ", "**What looks"),
        (WITH_LOOKS, "counts under ", ", a bare"),
        (ADDRESSES, "*url* behind", "## Headers"),
    ] {
        assert_eq!(listed(from, to), names.iter().copied().collect(), "behind {from:?}");
    }
}
