//! `verify` finds what is wrong, all of it, and says where.

use std::path::Path;

use crate::run::{printed, run};

const HERE: &str = env!("CARGO_MANIFEST_DIR");

/// What is said of the committed cassette after an edit, and the exit code.
fn verified(edit: impl Fn(&str) -> String) -> (String, i32) {
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(Path::new(HERE).join("cassettes/agent/streams_a_count.yaml")).unwrap();
    std::fs::write(folder.path().join("a.yaml"), edit(&text)).unwrap();
    let ran = run(folder.path(), &["verify"]);
    (ran.stdout, ran.code)
}

#[test]
fn the_committed_cassettes_are_as_they_should_be() {
    assert_eq!(printed(Path::new(HERE), &["verify", "cassettes"]), "2 cassettes, 0 problems\n");
}

#[test]
fn a_secret_is_found_and_not_shown() {
    let key = format!("sk-proj-{}", "a1B2c3D4".repeat(5));
    let (said, code) = verified(|text| text.replace("recorded_at:", &format!("# {key}\nrecorded_at:")));
    assert_eq!(code, 1);
    assert!(said.starts_with("a.yaml:4: here stands what looks like a secret"), "{said}");
    assert!(!said.contains(&key));
}

#[test]
fn a_request_that_was_edited_has_another_key() {
    let (said, code) = verified(|text| text.replace("role: user", "role: system"));
    assert_eq!(code, 1);
    assert!(said.starts_with("a.yaml:3: the key is not that of the request"), "{said}");
}

#[test]
fn each_document_that_cannot_be_read_is_told_and_a_take_that_comes_twice() {
    let (said, code) = verified(|text| {
        let (first, document) = text.split_once('\n').unwrap();
        let broken = document.replace("usage_count: 1", "usage_count: one");
        format!("{first}\n{broken}{document}{document}{broken}")
    });
    assert_eq!(code, 1);
    assert_eq!(said.matches("`usage_count` is not a whole number").count(), 2, "{said}");
    assert_eq!(said.matches("take 1 of this request stands in line").count(), 1, "{said}");
    assert!(said.ends_with("1 cassettes, 3 problems\n"), "{said}");
}

#[test]
fn a_torn_end_and_a_lonely_blob_are_told() {
    let (said, code) = verified(|text| text.trim_end().trim_end_matches("...").to_owned());
    assert_eq!(code, 1);
    assert!(said.contains("the last document was never finished"), "{said}");
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.yaml"), "# llm-cassette 1\n").unwrap();
    std::fs::create_dir(folder.path().join("blobs")).unwrap();
    std::fs::write(folder.path().join("blobs").join("0".repeat(64)), "x").unwrap();
    let ran = run(folder.path(), &["verify"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("no cassette refers to this blob"), "{}", ran.stdout);
}
