//! Each verb on a real file that others may have changed.

use std::fs;

use super::*;
use crate::format::checksum::with_checksum;

/// A cassette in a folder of its own.
struct Home(tempfile::TempDir);

impl Home {
    fn with(text: &str) -> Home {
        let home = Home(tempfile::tempdir().unwrap());
        fs::write(home.path(), text).unwrap();
        home
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("test.yaml")
    }

    fn writer(&self) -> CassetteWriter {
        CassetteWriter::new(&self.path(), Rules::default())
    }

    fn text(&self) -> String {
        fs::read_to_string(self.path()).unwrap()
    }
}

/// A document about a request, with an answer.
fn text(request: &str, answer: &str) -> String {
    let url = format!("https://example.com/{request}");
    let key = crate::matching::request_key::normalise(
        &crate::model::exchange::Request {
            method: http::Method::GET,
            url: url.clone(),
            headers: http::HeaderMap::new(),
            body: bytes::Bytes::new(),
        },
        &Rules::default(),
    )
    .key;
    with_checksum(&format!(
        "--- # GET {request}\nkey: {key}\nrecorded_at: \"2026-11-21T05:13:13Z\"\nusage_count: 1\nrequest:\n  method: GET\n  \
         url: {url}\nresponse:\n  status: 200\n  text: \"{answer}\"\n...\n"
    ))
}

fn document(request: &str, answer: &str) -> Document {
    let text = text(request, answer);
    let file = first_line() + &text;
    let (tape, _) = Tape::new(Path::new("x.yaml"), file.into_bytes(), Rules::default()).unwrap();
    let (key, parsed) = (tape.recorded_key(0), tape.get(0).unwrap());
    Document { text, key, parsed, at: None, blobs: Blobs::default(), replays: 0, altered: false, known: 0 }
}

fn file(documents: &[&str]) -> String {
    first_line() + &documents.concat()
}

fn appended(document: &Document, stays: bool) -> Appended<'_> {
    Appended { document, stays }
}

#[test]
fn a_document_takes_the_place_of_the_one_with_the_old_text() {
    let (a, b) = (text("a", "1"), text("b", "1"));
    let home = Home::with(&file(&[&a, "# mine\n", &b]));
    let new = document("a", "2");
    home.writer().replace(&a, &new).unwrap();
    assert_eq!(home.text(), file(&[&new.text, "# mine\n", &b]));
    home.writer().replace(&a, &document("a", "3")).unwrap();
    assert_eq!(home.text(), file(&[&new.text, "# mine\n", &b]), "the old text is no longer there");
}

#[test]
fn a_recording_that_says_the_same_gets_a_new_heading_and_another_one_a_new_text() {
    let (a, b) = (text("a", "1"), text("b", "1"));
    let home = Home::with(&file(&[&a, &b]));
    let heading =
        || Heading { labels: Labels::default(), recorded_at: Some("2027-01-01T00:00:00Z".to_owned()) };
    let new = document("a", "2");
    let renewed = home.writer().rerecord(a.as_bytes(), &new, |_| Some(heading())).unwrap();
    let Rerecorded::Renewed(renewed) = renewed else { panic!("{renewed:?}") };
    assert!(
        renewed.contains("recorded_at: \"2027-01-01T00:00:00Z\"") && renewed.contains("text: \"1\""),
        "{renewed}"
    );
    assert_eq!(home.text(), file(&[&renewed, &b]));
    let replaced = home.writer().rerecord(renewed.as_bytes(), &new, |_| None).unwrap();
    assert!(matches!(replaced, Rerecorded::Replaced(text) if text == new.text));
    assert_eq!(home.text(), file(&[&new.text, &b]));
}

#[test]
fn a_recording_whose_old_one_has_gone_is_told_whether_others_replaced_it() {
    let home = Home::with(&file(&[&text("b", "1")]));
    let old = text("a", "1");
    let gone = home.writer().rerecord(old.as_bytes(), &document("a", "2"), |_| None).unwrap();
    assert!(matches!(gone, Rerecorded::Gone), "{gone:?}");
    let by_others = home.writer().rerecord(old.as_bytes(), &document("b", "2"), |_| None).unwrap();
    assert!(matches!(by_others, Rerecorded::ByOthers), "{by_others:?}");
    assert_eq!(home.text(), file(&[&text("b", "1")]));
}

#[test]
fn documents_change_places_among_themselves_and_those_that_have_gone_are_told() {
    let (a, b, c) = (document("a", "1"), document("b", "1"), document("c", "1"));
    let (other, gone) = (text("x", "1"), document("gone", "1"));
    let home = Home::with(&file(&[&c.text, "# mine\n", &other, &b.text, &a.text]));
    let order = [appended(&a, false), appended(&gone, false), appended(&b, true), appended(&c, false)];
    let texts = home.writer().reorder(&order, &[], None).unwrap();
    assert_eq!(texts, [Some(a.text.clone()), None, Some(b.text.clone()), Some(c.text.clone())]);
    assert_eq!(home.text(), file(&[&a.text, "# mine\n", &other, &b.text, &c.text]));
}

#[cfg(unix)]
#[test]
fn documents_that_were_added_in_their_order_are_left_where_they_are() {
    use std::os::unix::fs::MetadataExt as _;

    let home = Home::with(&file(&[&text("x", "1")]));
    let begun = Start::of(&home.path()).unwrap()(home.text().as_bytes());
    let (mut a, mut b) = (document("a", "1"), document("b", "1"));
    for document in [&mut a, &mut b] {
        home.writer().append(document).unwrap();
    }
    let inode = || std::fs::metadata(home.path()).unwrap().ino();
    let before = inode();
    let texts =
        home.writer().reorder(&[appended(&a, false), appended(&b, false)], &[], begun.as_ref()).unwrap();
    assert_eq!(texts, [Some(a.text.clone()), Some(b.text.clone())]);
    assert_eq!(inode(), before, "another file in its place would have been written whole");
    home.writer().reorder(&[appended(&b, false), appended(&a, false)], &[], begun.as_ref()).unwrap();
    assert_eq!(home.text(), file(&[&text("x", "1"), &b.text, &a.text]));
}

#[test]
fn the_uses_of_a_document_are_counted_however_often_it_is_written() {
    let mut a = document("a", "1");
    let home = Home::with(&file(&[&a.text]));
    for replays in [0, 1, 3] {
        a.replays = replays;
        let texts = home.writer().reorder(&[appended(&a, false)], &[], None).unwrap();
        a.text = texts.into_iter().next().flatten().unwrap();
        assert!(home.text().contains(&format!("\nusage_count: {}\n", 1 + replays)), "{}", home.text());
    }
}

#[test]
fn a_merge_has_the_parts_in_their_order_with_variables_before_them() {
    let (a, b) = (text("a", "1"), text("b", "1"));
    // Somebody's editor has left out the last line break.
    let home = Home::with(file(&[&a, "# of b\n", &b]).trim_end());
    let new = document("c", "1");
    let plan = |_: &Tape, _: &Slots| Revision {
        parts: vec![Part::Old(1, None), Part::New(&new, None), Part::Comments(0), Part::Old(0, None)],
        variables: vec![("seed".to_owned(), "7".to_owned())],
    };
    home.writer().merge(&Blobs::default(), Destination::InPlace, plan, |_| ()).unwrap();
    let first = first_line() + "# variable seed: \"7\"\n";
    assert_eq!(home.text(), first + &b + &new.text + "# of b\n" + &a);
}

#[test]
fn nobody_is_asked_what_may_go_while_a_file_fits() {
    let (a, b) = (text("a", "1"), text("b", "1"));
    let home = Home::with(&file(&[&a, &b]));
    let all = file(&[&a, &b]).len();
    let evicted = home.writer().evict(all, |_| unreachable!()).unwrap();
    assert_eq!((evicted.interactions, evicted.size), (0, all));
    let evicted = home.writer().evict(all - 1, |slots| Ok(vec![vec![slots[1].0]])).unwrap();
    assert_eq!((evicted.interactions, evicted.size), (1, file(&[&a]).len()));
    assert_eq!(home.text(), file(&[&a]));
}

#[test]
fn the_first_value_of_a_variable_counts() {
    let home = Home::with(&file(&[&text("a", "1")]));
    assert_eq!(home.writer().set_variable("seed", "7".to_owned()).unwrap(), "7");
    assert_eq!(home.writer().set_variable("seed", "8".to_owned()).unwrap(), "7");
    assert_eq!(home.text(), first_line() + "# variable seed: \"7\"\n" + &text("a", "1"));
}

#[test]
fn a_first_line_that_was_cut_short_is_whole_again_before_anything_follows_it() {
    let cut = || Home::with("# llm-cass");
    let home = cut();
    home.writer().set_variable("seed", "7".to_owned()).unwrap();
    assert_eq!(home.text(), first_line() + "# variable seed: \"7\"\n");
    let (home, new) = (cut(), document("a", "1"));
    let plan = |_: &Tape, _: &Slots| Revision { parts: vec![Part::New(&new, None)], ..Revision::default() };
    home.writer().merge(&Blobs::default(), Destination::InPlace, plan, |_| ()).unwrap();
    assert_eq!(home.text(), file(&[&new.text]));
}

#[test]
fn a_file_is_written_anew_only_as_long_as_nobody_else_changed_it() {
    let home = Home::with("# llm-cassette 1\n");
    let new = file(&[&text("a", "1")]).into_bytes();
    assert!(!home.writer().rewrite(b"# llm-cassette 1\n# old\n", new.clone(), &Blobs::default()).unwrap());
    assert_eq!(home.text(), "# llm-cassette 1\n");
    assert!(home.writer().rewrite(b"# llm-cassette 1\n", new.clone(), &Blobs::default()).unwrap());
    assert_eq!(home.text().into_bytes(), new);
}

#[cfg(feature = "cli")]
#[test]
fn what_waits_keeps_its_blobs_and_the_cassette_gets_them_when_it_is_accepted() {
    let (mut new, old) = (document("a", "2"), text("a", "1"));
    let home = Home::with(&file(&[&old]));
    let name = new.blobs.add("a picture");
    new.text = with_checksum(&new.text.replace("text: \"2\"", &format!("$blob: {name}")));
    let plan = |_: &Tape, _: &Slots| Revision { parts: vec![Part::New(&new, None)], ..Revision::default() };
    home.writer().merge(&new.blobs, Destination::Beside, plan, |_| ()).unwrap();
    let blob = home.0.path().join("blobs").join(name.as_str());
    assert!(home.text() == file(&[&old]) && !blob.exists());
    let waits = Pending::of(&home.path()).unwrap().unwrap();
    assert_eq!(waits.blobs.get(&name).map(|blob| &**blob), Some(b"a picture".as_slice()));
    let mut blobs = Blobs::default();
    waits.blobs.into_values().for_each(|blob| drop(blobs.add(blob)));
    assert!(home.writer().settle(file(&[&old]).as_bytes(), waits.bytes, None, &blobs).unwrap());
    assert_eq!(fs::read(blob).unwrap(), b"a picture");
    assert_eq!(home.text(), file(&[&new.text]));
    assert!(Pending::of(&home.path()).unwrap().is_none());
}
