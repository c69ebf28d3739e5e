//! The shapes of keys that others maintain.

use crate::redact::prefilter::{self, Hint};
use crate::redact::shapes::maintained;

/// Every key of these shapes in a text.
fn keys(text: &str) -> Vec<&str> {
    let mut keys = Vec::new();
    prefilter::find(text.as_bytes(), |at, hint, shift| {
        if let (Hint::Maintained(shape), None) = (hint, shift) {
            keys.extend(shape.check(text.as_bytes(), at).map(|range| &text[range]));
        }
    });
    keys
}

#[test]
fn a_key_of_each_shape_is_found_in_prose_and_in_quotes_and_one_that_goes_on_is_not() {
    for shape in maintained::all() {
        let key = shape.made_up();
        for text in [format!("it is {key} here"), format!("{{\"a\":\"{key}\"}}"), format!("\\n{key}\\n")] {
            let keys = keys(&text);
            assert!(keys.contains(&&*key), "{key} in {text}: {keys:?}");
        }
    }
}

#[test]
fn a_digest_that_has_a_prefix_in_it_by_chance_is_no_key() {
    let digest = "a718eb4ed03708123889014b1d9976e2aa5929da1236b65ab0bcc27308460b44";
    for text in [digest.to_owned(), format!("key: {digest}\n"), format!("sha256-{digest}")] {
        assert_eq!(keys(&text), [""; 0]);
    }
}

#[test]
fn names_and_words_behind_a_prefix_are_no_keys() {
    for text in [
        "lip_this_is_a_function_of_mine persona_production_settings_of_the_second_release",
        "key-value-stores pat_of_butter vcp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "sbp_0000000000000000000000000000000000000000 dapi glsa_ ntn_",
    ] {
        assert_eq!(keys(text), [""; 0]);
    }
}
