//! Finding documents in a file, whole or cut.

use super::*;
use crate::format;
use proptest::prelude::*;

fn document(name: &str, take: u64, body: &str) -> String {
    let key = format!("{name:0>64}");
    let take = if take > 1 { format!("take: {take}\n") } else { String::new() };
    format!("--- # POST {name}\nkey: {key}\n{take}response:\n  text: |\n    {body}\n...\n")
}

fn cassette(documents: &[String]) -> String {
    format::first_line() + &documents.concat()
}

fn key(name: &str) -> Key {
    Key::parse(format!("{name:0>64}").as_bytes()).unwrap()
}

fn texts(bytes: &[u8]) -> (Vec<String>, bool) {
    let (tape, torn) = Tape::new(Path::new("x.yaml"), bytes.to_vec(), Rules::default()).unwrap();
    let texts = (0..tape.len()).map(|slot| String::from_utf8(tape.text(slot).to_vec()).unwrap()).collect();
    (texts, torn)
}

fn complaint(text: &str) -> String {
    Tape::new(Path::new("x.yaml"), text.as_bytes().to_vec(), Rules::default())
        .unwrap_err()
        .message()
        .to_owned()
}

/// A file whose document says `*x`, which is no YAML that anybody may write here, under a checksum that fits.
fn with_an_alias() -> String {
    let request = "request:\n  method: POST\n  url: https://a.example/\n  text: *x\n";
    let head = format!("key: {:0>64}\nrecorded_at: \"2026-11-21T05:13:13Z\"\n", "a");
    let document = format!("--- # POST a\n{head}{request}response:\n  status: 200\n...\n");
    format::first_line() + &checksum::with_checksum(&document)
}

#[test]
fn a_document_whose_checksum_fits_is_believed_by_a_run_and_by_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.yaml");
    let loaded = |text: &str| {
        std::fs::write(&path, text).unwrap();
        Recordings::load(&path, Rules::default()).unwrap().unwrap().0.get(0)
    };
    let text = with_an_alias();
    assert_eq!(loaded(&text).unwrap().interaction.request.body, "*x");
    let (doubting, _) = Tape::new(&path, text.clone().into_bytes(), Rules::default()).unwrap();
    assert!(doubting.get(0).unwrap_err().message().contains("alias"));
    // Whoever touches it is read with care, and so is what a checkout gave other line ends.
    for touched in [text.replace("200", "201"), text.replace('\n', "\r\n"), text.replace("lines, ", "lines,")]
    {
        assert!(loaded(&touched).unwrap_err().message().contains("alias"), "{touched}");
    }
}

#[test]
fn a_request_that_was_asked_before_is_known_by_all_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.yaml");
    std::fs::write(&path, with_an_alias()).unwrap();
    let tape = Recordings::load(&path, Rules::default()).unwrap().unwrap().0;
    let request = tape.get(0).unwrap().interaction.request.clone();
    assert!(tape.asked_before(&request).is_none(), "nobody has asked it yet");
    let normal = Normal { key: key("a"), ..normalise(&request, &Rules::default()) };
    assert!(tape.very_same(&request, normal).is_ok());
    assert!(tape.asked_before(&request).is_some());
    let mut other = request.clone();
    other.headers.insert("accept", http::HeaderValue::from_static("text/plain"));
    assert!(tape.asked_before(&other).is_none());
    let other = Request { body: "*y".into(), ..request };
    assert!(tape.asked_before(&other).is_none());
}

#[test]
fn a_document_is_found_with_its_key() {
    let text = cassette(&[document("a", 1, "one"), document("b", 3, "two")]);
    let found = scan(text.as_bytes()).unwrap();
    let keys: Vec<_> = found.documents.iter().map(|document| document.key).collect();
    assert_eq!(keys, [key("a"), key("b")]);
    assert_eq!(found.torn, None);
}

#[test]
fn a_file_cut_at_any_byte_keeps_the_documents_before_the_cut() {
    let documents = [document("a", 1, "one"), document("b", 1, "two"), document("c", 1, "three")];
    let text = cassette(&documents);
    let mut ends = vec![format::first_line().len()];
    ends.extend(documents.iter().scan(ends[0], |end, document| {
        *end += document.len();
        Some(*end)
    }));
    for cut in 0..=text.len() {
        let (found, torn) = texts(&text.as_bytes()[..cut]);
        // The last line break of a document may be missing; nothing else.
        let finished = ends[1..].iter().filter(|end| cut + 1 >= **end).count();
        let kept: Vec<&str> = found.iter().map(|text| text.trim_end()).collect();
        let wanted: Vec<&str> = documents[..finished].iter().map(|text| text.trim_end()).collect();
        assert_eq!(kept, wanted, "cut at {cut}");
        let whole = cut < ends[0] || ends.iter().any(|end| cut == *end || cut + 1 == *end);
        assert_eq!(torn, !whole, "cut at {cut}");
    }
}

#[test]
fn what_looks_like_an_end_or_a_beginning_within_a_text_is_neither() {
    let text =
        cassette(&[document("a", 1, "...\n    ---\n    --- # POST b\n    ..."), document("b", 1, "x")]);
    assert_eq!(texts(text.as_bytes()).0.len(), 2);
}

#[test]
fn comments_are_allowed_wherever_they_disturb_no_document() {
    let text = format!(
        "{}# about the file\n\n{}# about the second\n\n{}\n# the end",
        format::first_line(),
        document("a", 1, "one"),
        document("b", 1, "two")
    );
    let (tape, torn) = Tape::new(Path::new("x.yaml"), text.into_bytes(), Rules::default()).unwrap();
    assert!(!torn);
    assert_eq!(tape.preamble(), b"# llm-cassette 1\n# about the file\n\n");
    assert_eq!(tape.comments(0), b"# about the second\n\n");
    assert_eq!(tape.comments(1), b"\n# the end");
    assert_eq!(tape.line(1), 12);
}

#[test]
fn windows_line_ends_change_nothing() {
    let text = cassette(&[document("a", 1, "one"), document("b", 2, "two")]).replace('\n', "\r\n");
    let found = scan(text.as_bytes()).unwrap();
    let keys: Vec<_> = found.documents.iter().map(|document| document.key).collect();
    assert_eq!(keys, [key("a"), key("b")]);
    assert_eq!(found.documents[1].whole.end, text.len());
}

#[test]
fn a_file_that_is_no_cassette_is_refused_with_the_line() {
    let good = document("a", 1, "one");
    let first = format::first_line();
    for (text, message) in [
        ("hello".to_owned(), "x.yaml:1: the first line is not `# llm-cassette 1`"),
        ("# llm-cassette one\n".to_owned(), "x.yaml:1: the first line is not `# llm-cassette 1`"),
        (
            "# llm-cassette 7\n".to_owned(),
            "x.yaml:1: the file is in format 7, and this version of llm-cassette reads format 1",
        ),
        (format!("{first}key: 1\n{good}"), "x.yaml:2: there is text before the first `---`"),
        (format!("{first}{good}more: 1\n{good}"), "x.yaml:8: there is text after the closing `...`"),
        (
            format!("{first}---\nrequest: {{}}\n...\n"),
            "x.yaml:2: this document has no line `key:` with 64 hexadecimal digits",
        ),
    ] {
        assert_eq!(complaint(&text), message);
    }
}

proptest! {
    #[test]
    fn any_number_of_documents_is_found_whatever_they_say(
        bodies in prop::collection::vec("[-. a-z#:]{0,12}(\n    [-. a-z#:]{0,12}){0,3}", 0..6),
        windows in any::<bool>(),
    ) {
        let documents: Vec<String> = bodies.iter().map(|body| document("a", 1, body)).collect();
        let mut text = cassette(&documents);
        if windows {
            text = text.replace('\n', "\r\n");
        }
        let (found, torn) = texts(text.as_bytes());
        prop_assert!(!torn);
        prop_assert_eq!(found.len(), documents.len());
        for (found, document) in found.iter().zip(&documents) {
            prop_assert_eq!(&found.replace("\r\n", "\n"), document);
        }
    }

    #[test]
    fn no_bytes_make_the_scan_panic(bytes in prop::collection::vec(prop::sample::select(b"-.# \n\rk:0a".to_vec()), 0..80)) {
        let mut file = format::first_line().into_bytes();
        file.extend(bytes);
        let _ = scan(&file);
    }
}
