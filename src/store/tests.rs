//! Whatever was recorded is what a cassette gives back, through the text of a whole file.

use proptest::prelude::*;

use super::tape::Tape;
use super::{cassette_files, storage};
use crate::format::tests::redacted;
use crate::format::{Written, first_line, write};
use crate::matching::request_key::{Key, normalise};
use crate::matching::user_rules::Rules;
use crate::model::exchange::Request;
use crate::model::interaction::Interaction;
use crate::model::strategies::interactions::any_interaction;
use crate::redact::Redacted;

fn assert_same(got: &Interaction, meant: &Interaction, text: &str) {
    let rest = |it: &Interaction| {
        (
            it.recorded_at.clone(),
            it.usage_count,
            it.take,
            it.provider.clone(),
            it.model.clone(),
            it.usage.clone(),
            it.labels.clone(),
        )
    };
    let request = |it: &Request| (it.method.clone(), it.url.clone(), it.headers.clone(), it.body.clone());
    assert_eq!(rest(got), rest(meant), "{text}");
    assert_eq!(request(&got.request), request(&meant.request), "{text}");
    assert_eq!(got.response, meant.response, "{text}");
}

proptest! {
    #[test]
    fn what_is_written_reads_back_as_it_was(interactions in prop::collection::vec(any_interaction(), 1..4)) {
        let interactions: Vec<Redacted> = interactions.into_iter().map(redacted).collect();
        let keys: Vec<Key> =
            interactions.iter().map(|it| normalise(&it.interaction().request, &Rules::default()).key).collect();
        let written: Vec<Written> = interactions.iter().zip(&keys).map(|(it, key)| write(it, key, None)).collect();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("test.yaml");
        for Written { text, blobs, .. } in &written {
            prop_assert!(!storage::append(&path, text, blobs).unwrap().torn);
        }
        let documents: Vec<String> = written.into_iter().map(|written| written.text).collect();
        let text = first_line() + &documents.concat();
        let bytes = cassette_files::load(&path).unwrap().unwrap();
        prop_assert_eq!(&String::from_utf8_lossy(&bytes), &text);

        let (tape, torn) = Tape::new(&path, bytes, Rules::default()).unwrap();
        prop_assert!(!torn);
        prop_assert_eq!(tape.len(), documents.len(), "{}", text);
        for (slot, (meant, key)) in interactions.iter().zip(&keys).enumerate() {
            prop_assert_eq!(tape.text(slot), documents[slot].as_bytes());
            let parsed = tape.get(slot).unwrap_or_else(|error| panic!("{error}\n{text}"));
            prop_assert_eq!(parsed.normal().key, *key);
            assert_same(&parsed.interaction, meant.interaction(), &documents[slot]);
        }
    }
}
