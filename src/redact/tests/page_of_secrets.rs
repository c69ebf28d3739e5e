//! The page of secrets lists every name that counts here, and no other.

use std::collections::BTreeSet;

use crate::providers;
use crate::redact::headers::{REQUEST_HEADERS, RESPONSE_HEADERS};
use crate::redact::secret_names::{FIELD_ENDS, FIELDS, HEADER_PARTS, PARAMETERS, plain};

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
    for (names, from, to) in [
        (HEADER_PARTS, "**Headers** with one of", "Words that only hold"),
        (FIELDS, "**Fields** of JSON and forms", "with a name that ends"),
        (FIELD_ENDS, "with a name that ends", "or with the name of"),
        (PARAMETERS, "**Parameters** of URLs and fields", "A JSON field"),
    ] {
        let on_the_page: BTreeSet<String> = listed(from, to).into_iter().map(plain).collect();
        assert_eq!(on_the_page, names.iter().map(|name| (*name).to_owned()).collect(), "behind {from:?}");
    }
}
