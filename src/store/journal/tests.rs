//! A journal on a real disk, through what a crash leaves of it.

use super::*;
use crate::format::blobs::Blobs;
use crate::format::checksum::with_checksum;
use crate::matching::request_key::{Key, normalise};
use crate::matching::user_rules::Rules;
use crate::model::exchange::Request;
use crate::store::tape::Tape;

/// A cassette in a folder of its own.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Home {
        Home(tempfile::tempdir().unwrap())
    }

    fn cassette(&self) -> PathBuf {
        self.0.path().join("test.yaml")
    }

    fn begin(&self, began_at: &str) -> Journal {
        let run = Run { began_at: began_at.to_owned(), ..Run::default() };
        Journal::begin(&self.cassette(), &run).unwrap()
    }

    fn left(&self) -> Vec<Left> {
        let found = beside(&self.cassette(), &Rules::default()).unwrap();
        found
            .into_iter()
            .filter_map(|found| if let Found::Left(left) = found { Some(*left) } else { None })
            .collect()
    }

    fn folders(&self) -> usize {
        folders_of(&self.cassette()).unwrap().len()
    }
}

fn key(request: &str) -> Key {
    let url = format!("https://example.com/{request}");
    let (headers, body) = (http::HeaderMap::new(), bytes::Bytes::new());
    normalise(&Request { method: http::Method::GET, url, headers, body }, &Rules::default()).key
}

fn document(request: &str, answer: &str) -> Document {
    let text = with_checksum(&format!(
        "--- # GET {request}\nkey: {}\nrecorded_at: \"2026-11-21T05:13:13Z\"\nusage_count: 1\nrequest:\n  method: GET\n  \
         url: https://example.com/{request}\nresponse:\n  status: 200\n  text: \"{answer}\"\n...\n",
        key(request)
    ));
    let file = first_line() + &text;
    let (tape, _) = Tape::new(Path::new("x.yaml"), file.into_bytes(), Rules::default()).unwrap();
    let (key, parsed) = (tape.recorded_key(0), tape.get(0).unwrap());
    Document { text, key, parsed, at: None, blobs: Blobs::default(), replays: 0, altered: false, known: 0 }
}

fn call(order: u64) -> Call {
    Call { order, altered: false }
}

/// The answers to a request, in the order in which they would be used.
fn answers(left: &Left, request: &str) -> Vec<String> {
    let takes = left.answers_to(&key(request));
    takes
        .iter()
        .map(|(_, parsed)| String::from_utf8_lossy(&parsed.interaction.response.body.bytes).into_owned())
        .collect()
}

#[test]
fn a_run_that_lives_keeps_its_journal_to_itself() {
    let home = Home::new();
    let mut journal = home.begin("1");
    journal.append(call(0), &document("a", "1"), &[]).unwrap();
    assert!(matches!(&beside(&home.cassette(), &Rules::default()).unwrap()[..], [Found::Running(_)]));
    drop(journal);
    assert_eq!(answers(&home.left()[0], "a"), ["1"]);
}

#[test]
fn what_a_crash_tore_off_is_left_out_and_what_stands_before_it_is_not() {
    let home = Home::new();
    let mut journal = home.begin("1");
    let folder = journal.folder().to_owned();
    journal.append(call(0), &document("a", "1"), &[]).unwrap();
    let whole = fs::read(folder.join(ANSWERS)).unwrap();
    journal.append(call(1), &document("b", "1"), &[]).unwrap();
    drop(journal);
    let both = fs::read(folder.join(ANSWERS)).unwrap();
    // A closing line without its end is a closing line.
    for end in whole.len()..both.len() - 1 {
        fs::write(folder.join(ANSWERS), &both[..end]).unwrap();
        let left = home.left();
        assert_eq!((answers(&left[0], "a").len(), answers(&left[0], "b").len()), (1, 0), "{end} bytes");
    }
}

#[test]
fn a_crash_between_the_cassette_and_the_end_of_its_journal_leaves_nothing_to_go_on_from() {
    let home = Home::new();
    let mut journal = home.begin("1");
    journal.append(call(0), &document("a", "1"), &[]).unwrap();
    journal.committing(b"# llm-cassette 1\n# new\n");
    drop(journal);
    fs::write(home.cassette(), "# llm-cassette 1\n# old\n").unwrap();
    assert_eq!(home.left().len(), 1, "the cassette was not replaced yet");
    fs::write(home.cassette(), "# llm-cassette 1\n# new\n").unwrap();
    assert_eq!((home.left().len(), home.folders()), (0, 0));
}

#[test]
fn more_of_an_answer_takes_the_place_of_less() {
    let home = Home::new();
    let mut journal = home.begin("1");
    for answer in ["1", "1 and more"] {
        journal.append(call(0), &document("a", answer), &[]).unwrap();
    }
    drop(journal);
    assert_eq!(answers(&home.left()[0], "a"), ["1 and more"]);
}

#[test]
fn an_answer_is_claimed_once_and_a_journal_without_answers_goes() {
    let home = Home::new();
    let mut journal = home.begin("1");
    journal.append(call(0), &document("a", "1"), &[]).unwrap();
    drop(journal);
    let (one, other) = (home.left().remove(0), home.left().remove(0));
    let (slot, _) = one.answers_to(&key("a"))[0];
    let mut kept = 0;
    assert!(one.claim(slot, || kept += 1).unwrap());
    assert!(!other.claim(slot, || kept += 1).unwrap());
    assert_eq!((kept, one.unclaimed().unwrap()), (1, 0));
    assert_eq!((home.left().len(), home.folders()), (0, 0));
    assert!(!other.claim(slot, || kept += 1).unwrap(), "it has gone");
}

#[test]
fn a_crash_between_a_copy_and_its_claim_leaves_one_answer_to_go_on_from() {
    let home = Home::new();
    for began_at in ["1", "2"] {
        let mut journal = home.begin(began_at);
        journal.append(call(0), &document("a", "1"), &[]).unwrap();
        drop(journal);
    }
    let left = home.left();
    assert_eq!(left.iter().map(|left| left.answers_to(&key("a")).len()).sum::<usize>(), 1);
    assert_eq!(left[0].run.began_at, "2", "the newest comes first");
}

#[test]
fn what_is_linked_to_from_the_side_folder_is_neither_read_nor_removed() {
    let home = Home::new();
    let mut journal = home.begin("1");
    journal.append(call(0), &document("a", "1"), &[]).unwrap();
    let folder = journal.folder().to_owned();
    drop(journal);
    let elsewhere = home.0.path().join("elsewhere");
    fs::rename(&folder, &elsewhere).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(&elsewhere, &folder).unwrap();
    assert_eq!((home.left().len(), home.folders()), (0, 0));
    assert!(elsewhere.join(ANSWERS).exists());
}

#[cfg(unix)]
#[test]
fn what_is_linked_to_from_a_journal_is_left_as_it_is() {
    let home = Home::new();
    let mut journal = home.begin("1");
    journal.append(call(0), &document("a", "1"), &[]).unwrap();
    let folder = journal.folder().to_owned();
    drop(journal);
    let elsewhere = home.0.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    fs::write(elsewhere.join("mine"), "mine").unwrap();
    std::os::unix::fs::symlink(&elsewhere, folder.join(blobs::FOLDER)).unwrap();
    std::os::unix::fs::symlink(elsewhere.join("mine"), folder.join(CLAIMED)).unwrap();
    // What is read is read, but nothing is written or removed there.
    let found = beside(&home.cassette(), &Rules::default()).unwrap();
    let [Found::Left(left)] = &found[..] else { panic!("{found:?}") };
    assert!(left.claim(0, || panic!("nothing is claimed through a link")).is_err());
    assert!(left.remove().unwrap());
    assert_eq!(home.folders(), 0);
    assert_eq!(fs::read_to_string(elsewhere.join("mine")).unwrap(), "mine");
}
