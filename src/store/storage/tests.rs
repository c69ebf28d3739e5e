//! Files on a real disk: what survives a cut, a crowd, and a disk that refuses.

mod blobs;

use std::fs;
use std::path::PathBuf;

use super::*;
use crate::model::error::ErrorKind;
use crate::store::cassette_files::SIDE_FOLDER;
use proptest::prelude::*;

fn append(path: &Path, document: &str) -> Result<bool, Error> {
    super::append(path, document, &Blobs::default()).map(|added| added.torn)
}

fn replace(path: &Path, change: impl FnOnce(Vec<u8>) -> Result<Option<Vec<u8>>, Error>) -> Result<(), Error> {
    super::replace(path, &Blobs::default(), change)
}

fn document(name: &str) -> String {
    format!("--- # POST {name}\nkey: {name:0>64}\nresponse:\n  text: |\n    {name}\n...\n")
}

fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.yaml");
    (folder, path)
}

fn torn_off(path: &Path) -> Option<Vec<u8>> {
    fs::read(path.with_file_name(SIDE_FOLDER).join("test.yaml.torn")).ok()
}

#[test]
fn a_document_is_added_behind_the_others() {
    let (_folder, path) = folder();
    assert!(!append(&path, &document("a")).unwrap());
    assert!(!append(&path, &document("b")).unwrap());
    assert_eq!(fs::read_to_string(&path).unwrap(), first_line() + &document("a") + &document("b"));
}

#[test]
fn what_stays_open_between_two_appends_is_what_stands_under_its_name() {
    let (_folder, path) = folder();
    let (mut one, mut other) = (Appending::default(), Appending::default());
    let add = |appending: &mut Appending, name: &str| {
        appending.append(&path, &document(name), &Blobs::default()).unwrap()
    };
    let holds = |names: &[&str]| {
        let documents: String = names.iter().map(|name| document(name)).collect();
        assert_eq!(fs::read_to_string(&path).unwrap(), first_line() + &documents);
    };
    add(&mut one, "a");
    add(&mut other, "b");
    add(&mut one, "c");
    add(&mut other, "d");
    holds(&["a", "b", "c", "d"]);
    replace(&path, |_| Ok(Some((first_line() + &document("e")).into_bytes()))).unwrap();
    add(&mut one, "f");
    holds(&["e", "f"]);
    fs::remove_file(&path).unwrap();
    add(&mut one, "a");
    add(&mut one, "b");
    holds(&["a", "b"]);
    let whole = fs::read(&path).unwrap();
    fs::write(&path, [&whole, &b"--- # POST c\nkey:"[..]].concat()).unwrap();
    assert!(add(&mut one, "d").torn, "a torn end is cut off");
    holds(&["a", "b", "d"]);
    let lock = path.with_file_name(SIDE_FOLDER).join("test.yaml.lock");
    fs::remove_file(&lock).unwrap();
    add(&mut one, "e");
    assert!(lock.exists(), "a lock that nobody else can find keeps nobody out");
    holds(&["a", "b", "d", "e"]);
}

#[test]
fn a_crowd_that_keeps_its_files_open_loses_nothing() {
    let (_folder, path) = folder();
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let path = &path;
            scope.spawn(move || {
                let mut appending = Appending::default();
                for number in 0..50 {
                    let document = document(&format!("{writer}{number:02}"));
                    appending.append(path, &document, &Blobs::default()).unwrap();
                }
            });
        }
    });
    assert_eq!(tape::scan(&fs::read(&path).unwrap()).unwrap().documents.len(), 200);
}

#[test]
fn no_bytes_remove_a_file_and_what_was_never_finished_is_kept_beside_it() {
    let (_folder, path) = folder();
    append(&path, &document("a")).unwrap();
    let whole = fs::read(&path).unwrap();
    let torn = b"--- # POST b\nkey:";
    fs::write(&path, [&whole, &torn[..]].concat()).unwrap();
    replace(&path, |_| Ok(Some(Vec::new()))).unwrap();
    assert!(!path.exists());
    assert_eq!(torn_off(&path).unwrap(), torn);
    append(&path, &document("c")).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), first_line() + &document("c"));
}

#[cfg(unix)]
#[test]
fn a_link_to_a_cassette_stays_one_when_nothing_is_left() {
    let (folder, path) = folder();
    append(&path, &document("a")).unwrap();
    let link = folder.path().join("link.yaml");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    replace(&link, |_| Ok(Some(Vec::new()))).unwrap();
    assert!(link.is_symlink());
    append(&link, &document("b")).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), first_line() + &document("b"));
}

#[test]
fn a_file_cut_at_any_byte_takes_a_document_again_and_what_was_cut_off_is_kept() {
    let whole = first_line() + &document("a") + &document("b");
    let starts = [first_line().len(), first_line().len() + document("a").len(), whole.len()];
    for cut in 0..=whole.len() {
        let (_folder, path) = folder();
        fs::write(&path, &whole[..cut]).unwrap();
        let torn = append(&path, &document("c")).unwrap();
        let bytes = fs::read(&path).unwrap();
        let scan = tape::scan(&bytes).unwrap();
        assert_eq!(scan.torn, None, "cut at {cut}");
        // A document lacking its last line break only is finished.
        let finished = starts[1..].iter().filter(|end| cut + 1 >= **end).count();
        let kept = starts[finished];
        let wanted = whole[..kept].to_owned() + &document("c");
        assert_eq!(String::from_utf8(bytes).unwrap(), wanted, "cut at {cut}");
        let in_first_line = finished == 0 && (1..kept).contains(&cut);
        assert_eq!(torn, cut > kept || in_first_line, "cut at {cut}");
        let beside = torn_off(&path).unwrap_or_default();
        let from = if cut < kept { 0 } else { kept };
        let wanted = if torn { &whole[from..cut] } else { "" };
        assert_eq!(String::from_utf8(beside).unwrap(), wanted, "cut at {cut}");
    }
}

#[test]
fn what_two_crashes_tore_off_is_kept_both_times() {
    let (_folder, path) = folder();
    for name in ["a", "b"] {
        append(&path, &document(name)).unwrap();
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(format!("--- # torn behind {name}\n").as_bytes()).unwrap();
    }
    append(&path, &document("c")).unwrap();
    let beside = String::from_utf8(torn_off(&path).unwrap()).unwrap();
    assert_eq!(beside, "--- # torn behind a\n--- # torn behind b\n");
}

#[test]
fn replacing_a_torn_file_keeps_what_was_torn_off() {
    let (_folder, path) = folder();
    fs::write(&path, first_line() + &document("a") + "--- # half").unwrap();
    replace(&path, |_| Ok(Some(first_line().into_bytes()))).unwrap();
    assert_eq!(torn_off(&path).unwrap(), b"--- # half");
}

#[test]
fn a_comment_at_the_end_is_no_crash() {
    for end in ["# seen by Ann\n", "# seen by Ann", "\n\n", "  \n# x\n\n"] {
        let (_folder, path) = folder();
        fs::write(&path, first_line() + &document("a") + end).unwrap();
        assert!(!append(&path, &document("b")).unwrap(), "{end:?}");
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with(&(first_line() + &document("a") + end)), "{text}");
        assert!(text.ends_with(&("\n".to_owned() + &document("b"))), "{text}");
    }
    // The first line may be followed by comments alone, too.
    let (_folder, path) = folder();
    fs::write(&path, first_line() + "# about the file").unwrap();
    assert!(!append(&path, &document("a")).unwrap());
    assert_eq!(fs::read_to_string(&path).unwrap(), first_line() + "# about the file\n" + &document("a"));
}

#[test]
fn a_file_of_windows_line_ends_is_added_to() {
    let (_folder, path) = folder();
    fs::write(&path, (first_line() + &document("a")).replace('\n', "\r\n")).unwrap();
    assert!(!append(&path, &document("b")).unwrap());
    let scan = tape::scan(&fs::read(&path).unwrap()).unwrap();
    assert_eq!((scan.documents.len(), scan.torn), (2, None));
}

#[test]
fn what_is_no_cassette_is_not_written_to() {
    let (_folder, path) = folder();
    fs::write(&path, "a: 1\n").unwrap();
    assert_eq!(append(&path, &document("a")).unwrap_err().kind(), ErrorKind::Malformed);
    assert_eq!(fs::read_to_string(&path).unwrap(), "a: 1\n");
}

#[test]
fn one_writer_keeps_all_others_out_until_it_is_done() {
    let (_folder, path) = folder();
    append(&path, &document("a")).unwrap();
    let lock = File::open(path.with_file_name(SIDE_FOLDER).join("test.yaml.lock")).unwrap();
    replace(&path, |bytes| {
        // Another handle, as another process would have it.
        assert!(matches!(lock.try_lock(), Err(fs::TryLockError::WouldBlock)));
        Ok(Some(bytes))
    })
    .unwrap();
    lock.try_lock().unwrap();
    // And the other way round: the lock is held here, and the append has to wait for it.
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| append(&path, &document("c")).unwrap());
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        for byte in document("b").as_bytes() {
            file.write_all(&[*byte]).unwrap();
            std::thread::yield_now();
        }
        lock.unlock().unwrap();
        assert!(!writer.join().unwrap(), "the document that was being written was taken for a torn one");
    });
    let wanted = first_line() + &document("a") + &document("b") + &document("c");
    assert_eq!(fs::read_to_string(&path).unwrap(), wanted);
}

#[test]
fn writers_in_many_threads_lose_nothing() {
    let (_folder, path) = folder();
    let barrier = std::sync::Barrier::new(8);
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (path, barrier) = (&path, &barrier);
            scope.spawn(move || {
                barrier.wait();
                for n in 0..10 {
                    append(path, &document(&format!("{thread}{n}"))).unwrap();
                }
            });
        }
    });
    assert_eq!(tape::scan(&fs::read(&path).unwrap()).unwrap().documents.len(), 80);
}

#[test]
fn replacing_meets_no_append_half_way() {
    let (_folder, path) = folder();
    append(&path, &document("a")).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| (0..40).for_each(|n| assert!(!append(&path, &document(&n.to_string())).unwrap())));
        scope.spawn(|| {
            for _ in 0..40 {
                // Each time a comment more, so that every one of them replaces the file.
                replace(&path, |bytes| Ok(Some([bytes, b"# seen\n".to_vec()].concat()))).unwrap();
            }
        });
    });
    let bytes = fs::read(&path).unwrap();
    assert_eq!(tape::scan(&bytes).unwrap().documents.len(), 41);
    assert_eq!(String::from_utf8(bytes).unwrap().matches("# seen\n").count(), 40);
}

#[test]
fn replacing_leaves_no_draft_behind() {
    let (folder, path) = folder();
    append(&path, &document("a")).unwrap();
    replace(&path, |_| Ok(Some(first_line().into_bytes()))).unwrap();
    let names = |path: &Path| {
        let mut names: Vec<String> = fs::read_dir(path)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    assert_eq!(names(folder.path()), [SIDE_FOLDER, "test.yaml"]);
    assert_eq!(names(&folder.path().join(SIDE_FOLDER)), [".gitignore", "test.yaml.lock"]);
}

#[test]
fn a_change_that_fails_or_is_none_leaves_the_file_alone() {
    let (_folder, path) = folder();
    append(&path, &document("a")).unwrap();
    let before = fs::read(&path).unwrap();
    replace(&path, |_| Ok(None)).unwrap();
    replace(&path, |_| Err(Error::new(ErrorKind::Malformed, "no"))).unwrap_err();
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn an_error_names_the_file() {
    let (folder, path) = folder();
    // A file where the folder for locks should be.
    fs::write(folder.path().join(SIDE_FOLDER), "").unwrap();
    for error in [append(&path, &document("a")).unwrap_err(), replace(&path, |_| Ok(None)).unwrap_err()] {
        assert_eq!(error.kind(), ErrorKind::Io);
        assert!(error.message().contains(&path.display().to_string()), "{error}");
    }
    assert!(!path.exists());
}

#[cfg(unix)]
#[test]
fn a_linked_cassette_stays_a_link() {
    let (folder, path) = folder();
    let real = folder.path().join("elsewhere.yaml");
    append(&real, &document("a")).unwrap();
    std::os::unix::fs::symlink(&real, &path).unwrap();
    append(&path, &document("b")).unwrap();
    replace(&path, |bytes| Ok(Some([bytes, b"# seen\n".to_vec()].concat()))).unwrap();
    assert!(fs::symlink_metadata(&path).unwrap().is_symlink());
    let wanted = first_line() + &document("a") + &document("b") + "# seen\n";
    assert_eq!(fs::read_to_string(&real).unwrap(), wanted);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn however_often_a_writer_is_cut_short_what_was_finished_stays(
        cuts in prop::collection::vec((1..5usize, any::<prop::sample::Index>()), 1..6),
    ) {
        let (_folder, path) = folder();
        let mut finished: Vec<String> = Vec::new();
        for (round, (count, at)) in cuts.into_iter().enumerate() {
            for n in 0..count {
                let text = document(&format!("{round}{n}"));
                append(&path, &text).unwrap();
                finished.push(text);
            }
            // The last write is cut short: at least its line `...` is not whole.
            let bytes = fs::read(&path).unwrap();
            let last = finished.pop().unwrap();
            let cut = bytes.len() - last.len() + at.index(last.len() - 2);
            OpenOptions::new().write(true).open(&path).unwrap().set_len(cut as u64).unwrap();
        }
        append(&path, &document("end")).unwrap();
        finished.push(document("end"));
        prop_assert_eq!(fs::read_to_string(&path).unwrap(), first_line() + &finished.concat());
    }
}
