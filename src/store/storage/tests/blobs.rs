//! Blobs on a real disk: there before their document, gone after it, and nobody else's files touched.

use std::fs::{self, File};
use std::path::Path;

use crate::format::blobs::{BlobName, Blobs, FOLDER};
use crate::model::error::ErrorKind;
use crate::store::blob_files::{folder_of, read};
use crate::store::storage::survey::{Survey, survey};
use crate::store::storage::{Durably, Lock, append, replace};

fn document(name: &str, blobs: &[&BlobName]) -> String {
    let marks: String =
        blobs.iter().map(|blob| format!("    - {{$blob: {blob}, kind: 64 numbers}}\n")).collect();
    format!("--- # POST {name}\nkey: {name:0>64}\nresponse:\n  json:\n{marks}...\n")
}

/// Adds a document that refers to a blob of this text.
fn add(path: &Path, name: &str, text: &str) -> BlobName {
    let mut blobs = Blobs::default();
    let blob = blobs.add(text.to_owned());
    append(path, &document(name, &[&blob]), &blobs).unwrap();
    blob
}

fn there(home: &Path) -> Vec<String> {
    let entries = fs::read_dir(home.join(FOLDER)).into_iter().flatten();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Saves a cassette without its documents.
fn empty(path: &Path) {
    replace(path, &Blobs::default(), |_| Ok(Some(crate::format::first_line().into_bytes()))).unwrap();
}

#[test]
fn a_blob_is_written_with_its_document_and_removed_with_the_last_one() {
    let home = tempfile::tempdir().unwrap();
    let (a, b) = (home.path().join("a.yaml"), home.path().join("b.yml"));
    let shared = add(&a, "1", "shared");
    let own = add(&a, "2", "own");
    assert_eq!(add(&b, "1", "shared"), shared);
    assert_eq!(read(&folder_of(&a), &shared).unwrap(), "shared");
    assert_eq!(there(home.path()).len(), 2);
    empty(&a);
    assert_eq!(there(home.path()), [shared.as_str()], "{own} is in no cassette any longer");
    empty(&b);
    assert!(!home.path().join(FOLDER).exists(), "no empty folder is left");
}

#[test]
fn a_blob_that_is_there_is_not_written_again_and_a_damaged_one_is_mended() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("a.yaml");
    let blob = home.path().join(FOLDER).join(add(&path, "1", "text").as_str());
    let written = |path: &Path| fs::metadata(path).unwrap().modified().unwrap();
    let long_ago = std::time::SystemTime::UNIX_EPOCH;
    File::options().write(true).open(&blob).unwrap().set_modified(long_ago).unwrap();
    add(&path, "2", "text");
    assert_eq!(written(&blob), long_ago);
    fs::write(&blob, "tex").unwrap();
    add(&path, "3", "text");
    assert_eq!(fs::read_to_string(&blob).unwrap(), "text");
}

#[test]
fn what_a_crash_left_before_its_document_was_written_goes_when_the_next_cassette_is_saved() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("a.yaml");
    let kept = add(&path, "1", "kept");
    let mut blobs = Blobs::default();
    let orphan = blobs.add("orphan".to_owned());
    let lock = Lock::take(&path).unwrap();
    let text = document("2", &[&orphan]);
    let placed = lock.place(&path, &blobs, text.as_bytes(), Durably::Written).unwrap().unwrap();
    // As if the process ended here.
    placed.keep();
    drop(lock);
    let left = home.path().join(FOLDER).join(orphan.as_str());
    assert_eq!(survey(home.path()).unwrap(), Survey { orphaned: vec![left], unusable: Vec::new() });
    replace(&home.path().join("b.yaml"), &Blobs::default(), |_| Ok(None)).unwrap();
    assert_eq!(there(home.path()), [kept.as_str()]);
}

#[test]
fn a_blob_cannot_be_swept_before_its_document_is_written() {
    let home = tempfile::tempdir().unwrap();
    let (a, b) = (home.path().join("a.yaml"), home.path().join("b.yaml"));
    add(&b, "1", "of the other");
    let mut blobs = Blobs::default();
    let blob = blobs.add("new".to_owned());
    let text = document("1", &[&blob]);
    let lock = Lock::take(&a).unwrap();
    let placed = lock.place(&a, &blobs, text.as_bytes(), Durably::Written).unwrap().unwrap();
    std::thread::scope(|scope| {
        let sweeper = scope.spawn(|| empty(&b));
        // Once the other cassette is empty, nothing but the lock keeps the sweeper from sweeping.
        while fs::read(&b).unwrap().len() > crate::format::first_line().len() {
            std::thread::yield_now();
        }
        (0..1000).for_each(|_| std::thread::yield_now());
        assert!(home.path().join(FOLDER).join(blob.as_str()).exists());
        fs::write(&a, crate::format::first_line() + &text).unwrap();
        placed.keep();
        sweeper.join().unwrap();
    });
    assert_eq!(there(home.path()), [blob.as_str()]);
}

#[test]
fn a_document_that_could_not_be_written_leaves_no_blob() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("a.yaml");
    fs::write(&path, "no cassette\n").unwrap();
    let mut blobs = Blobs::default();
    let blob = blobs.add("text".to_owned());
    let error = append(&path, &document("1", &[&blob]), &blobs).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Malformed);
    assert!(!home.path().join(FOLDER).exists());
}

#[test]
fn a_replaced_cassette_brings_the_blobs_that_it_refers_to_and_no_other() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("a.yaml");
    let mut blobs = Blobs::default();
    let (wanted, _) =
        (blobs.add("wanted".to_owned()), blobs.add("of an answer that was no change".to_owned()));
    let text = crate::format::first_line() + &document("1", &[&wanted]);
    replace(&path, &blobs, |_| Ok(Some(text.into_bytes()))).unwrap();
    assert_eq!(there(home.path()), [wanted.as_str()]);
}

#[test]
fn only_files_that_are_named_as_blobs_are_ever_removed() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("a.yaml");
    let gone = add(&path, "1", "text");
    let others =
        ["README.md".to_owned(), "ab".repeat(31), "AB".repeat(32), format!("{}.txt", "ab".repeat(32))];
    for name in &others {
        fs::write(home.path().join(FOLDER).join(name), "mine").unwrap();
    }
    empty(&path);
    let mut wanted = others.to_vec();
    wanted.sort();
    assert_eq!(there(home.path()), wanted, "{gone} is gone");
}

#[test]
fn a_cassette_by_any_name_keeps_its_blobs() {
    let home = tempfile::tempdir().unwrap();
    let kept = add(&home.path().join("a.yaml"), "1", "text");
    fs::rename(home.path().join("a.yaml"), home.path().join("a.yaml.orig")).unwrap();
    empty(&home.path().join("b.yaml"));
    assert_eq!(there(home.path()), [kept.as_str()]);
}

#[cfg(unix)]
#[test]
fn the_blobs_of_a_linked_cassette_are_where_the_file_is() {
    let (home, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (link, real) = (home.path().join("a.yaml"), other.path().join("real.yaml"));
    let first = add(&real, "1", "first");
    std::os::unix::fs::symlink(&real, &link).unwrap();
    let second = add(&link, "2", "second");
    assert!(there(home.path()).is_empty());
    for name in [first, second] {
        read(&folder_of(&link), &name).unwrap();
        read(&folder_of(&real), &name).unwrap();
    }
}

#[test]
fn a_survey_names_what_is_there_for_nothing_and_what_is_missed_where() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("a.yaml");
    let good = add(&path, "1", "good");
    let damaged = add(&path, "2", "damaged");
    let missing = add(&path, "3", "missing");
    // What only looks like a reference is none.
    let mention =
        format!("--- # POST 4\nkey: {:0>64}\nresponse:\n  text: \"$blob: {:0>64}\"\n...\n", "4", "7");
    append(&path, &mention, &Blobs::default()).unwrap();
    let folder = home.path().join(FOLDER);
    fs::write(folder.join(damaged.as_str()), "other").unwrap();
    fs::remove_file(folder.join(missing.as_str())).unwrap();
    fs::write(folder.join("cd".repeat(32)), "").unwrap();
    let found = survey(home.path()).unwrap();
    assert_eq!(found.orphaned, [folder.join("cd".repeat(32))]);
    let text = fs::read_to_string(&path).unwrap();
    let line = |name: &BlobName| text.lines().position(|line| line.contains(name.as_str())).unwrap() + 1;
    let places: Vec<(usize, bool)> = found
        .unusable
        .iter()
        .map(|reference| (reference.line, reference.why.message.ends_with("is missing")))
        .collect();
    assert_eq!(places, [(line(&damaged), false), (line(&missing), true)], "{good}");
    assert!(found.unusable.iter().all(|reference| reference.cassette == path));
    assert_eq!(survey(&home.path().join("nowhere")).unwrap_err().kind(), ErrorKind::Io);
}
