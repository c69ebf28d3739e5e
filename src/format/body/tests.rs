//! What holds for how bodies are stored.

use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::model::json::Layout;
use crate::model::strategies::{LAYOUTS, any_body, any_json};

fn any_context() -> impl Strategy<Value = Context<'static>> {
    let framing = select(vec![None, Some(Framing::Sse), Some(Framing::Ndjson), Some(Framing::EventStream)]);
    (framing, select(vec![None, Some("b0")])).prop_map(|(framing, boundary)| Context {
        framing,
        boundary,
        base: None,
    })
}

proptest! {
    #[test]
    fn any_bytes_come_back_whatever_they_were_taken_for((_, bytes) in any_body(), context in any_context()) {
        let mut blobs = Blobs::default();
        let owner = Json::Object(write(&bytes, context, &mut blobs));
        prop_assert_eq!(read(&owner, &blobs, &|| None).unwrap().0, bytes, "{:?}", owner);
    }

    #[test]
    fn a_body_that_goes_on_from_any_other_comes_back(
        ours in any_json(),
        theirs in any_json(),
        common in prop::collection::vec(any_json(), 0..2),
        of in select(vec![Of::Requests, Of::Responses]),
    ) {
        let long = Json::from("Words that are worth sharing. ".repeat(60));
        let body = |own: Json| {
            let list = Json::Array(common.iter().cloned().chain([long.clone(), own.clone()]).collect());
            let inner = Json::Object(vec![("list".to_owned(), list.clone()), ("$same".to_owned(), own.clone())]);
            Json::Object(vec![("list".to_owned(), list), ("inner".to_owned(), inner), ("$same".to_owned(), long.clone())])
        };
        let (ours, theirs) = (body(ours), body(theirs));
        let bytes = ours.compact().into_bytes();
        let mut blobs = Blobs::default();
        let context = Context { base: Some((&theirs, of)), ..Context::default() };
        let owner = Json::Object(write(&bytes, context, &mut blobs));
        prop_assert_eq!(read(&owner, &blobs, &|| Some(&theirs)).unwrap().0, bytes, "{:?}", owner);
    }

    #[test]
    fn json_in_a_known_layout_is_stored_as_a_tree(tree in any_json(), name in select(LAYOUTS.to_vec())) {
        let bytes = Layout::from_name(name).unwrap().write(&tree);
        let fields = write(bytes.as_bytes(), Context::default(), &mut Blobs::default());
        // Numbers that no reader of YAML takes for one stay text.
        if crate::format::yaml::NumberStyle::of(&tree).is_some() {
            prop_assert_eq!(&fields.last().unwrap().0, "json", "{}", bytes);
        }
    }

    #[test]
    fn chunks_that_are_stored_or_go_without_saying_add_up((kind, bytes) in any_body(), context in any_context()) {
        let mut blobs = Blobs::default();
        let owner = Json::Object(write(&bytes, context, &mut blobs));
        let (_, encoding) = read(&owner, &blobs, &|| None).unwrap();
        let usual = usual_chunks(encoding, &bytes);
        prop_assert_eq!(usual.iter().sum::<usize>(), bytes.len(), "{} {:?}", kind, usual);
        prop_assert_eq!(chunks_to_store(encoding, &bytes, &usual), None);
    }
}

#[test]
fn an_array_that_is_streamed_item_by_item_is_a_tree() {
    for (bytes, wanted) in [
        (
            "[{\n  \"a\": 1\n}\n,\r\n{\n  \"a\": {\n    \"b\": \"]\"\n  }\n}\n]",
            r#"{"layout":"pretty","between":"\n,\r\n","end":"\n","json":[{"a":1},{"a":{"b":"]"}}]}"#,
        ),
        (
            "[{\"a\":1},\n{\"a\":2}\n]\n",
            r#"{"after":"\n","between":",\n","end":"\n","json":[{"a":1},{"a":2}]}"#,
        ),
        ("[{\n  \"a\": 1\n}\n]", r#"{"layout":"pretty","between":",","end":"\n","json":[{"a":1}]}"#),
        // Not in every gap alike.
        ("[{\"a\":1},\n{\"a\":2},{\"a\":3}]", r#"{"text":"[{\"a\":1},\n{\"a\":2},{\"a\":3}]"}"#),
    ] {
        assert_eq!(stored(bytes.as_bytes(), Context::default()), wanted);
    }
    let hostile = crate::model::json::parse(br#"{"between":"{}","json":[{"a":1}]}"#).unwrap();
    assert!(read(&hostile, &Blobs::default(), &|| None).is_err());
}

fn write(bytes: &[u8], context: Context<'_>, blobs: &mut Blobs) -> Fields {
    super::write(&Bytes::copy_from_slice(bytes), context, blobs)
}

/// The fields of a body as compact JSON.
fn stored(bytes: &[u8], context: Context<'_>) -> String {
    Json::Object(write(bytes, context, &mut Blobs::default())).compact()
}

#[test]
fn a_body_is_stored_in_the_most_readable_way_that_loses_nothing() {
    let plain = Context::default();
    let sse = Context { framing: Some(Framing::Sse), ..Context::default() };
    let form = Context { boundary: Some("b0"), ..Context::default() };
    for (bytes, context, wanted) in [
        (&b""[..], plain, r#"{}"#),
        (b"{\"a\":1}", plain, r#"{"json":{"a":1}}"#),
        (
            b"{\n  \"a\": 1e-05\n}\n",
            plain,
            r#"{"layout":"pretty bare-mantissa","after":"\n","json":{"a":1e-05}}"#,
        ),
        (b"{\"a\":1,\"a\":2}", plain, r#"{"text":"{\"a\":1,\"a\":2}"}"#),
        (b"{\"a\": 1,\"b\":2}", plain, r#"{"text":"{\"a\": 1,\"b\":2}"}"#),
        (b"\"\\ud800\"", plain, r#"{"text":"\"\\ud800\""}"#),
        (b"hello\r\n", plain, r#"{"text":"hello\r\n"}"#),
        (b"\xff\xfe", plain, r#"{"base64":"//4="}"#),
        (b"data: 1\n\ndata: 2\n\n", sse, r#"{"sse":["data: 1","data: 2"]}"#),
        (
            b"data: 1\r\n\r\ndata: 2",
            sse,
            r#"{"line_end":"crlf","unterminated":true,"sse":["data: 1","data: 2"]}"#,
        ),
        (
            b"data: {\"type\":\"a\"}\nevent: a\n\ndata: [DONE]\n\n",
            sse,
            r#"{"data_first":true,"sse":["event: a\ndata: {\"type\":\"a\"}","data: [DONE]"]}"#,
        ),
        // Some in one order and some in the other.
        (
            b"data: 1\nevent: a\n\nevent: a\ndata: 1\n\n",
            sse,
            r#"{"sse":["data: 1\nevent: a","event: a\ndata: 1"]}"#,
        ),
        (b"{\"a\":1e3,\"b\":1e+3}", plain, r#"{"layout":"exponents-x1b1","json":{"a":1e3,"b":1e+3}}"#),
        (b"data: \xff\n\n", sse, r#"{"base64":"ZGF0YTog/woK"}"#),
        (
            b"--b0\r\na: 1\r\n\r\nx\r\n--b0--\r\n",
            form,
            r#"{"multipart":{"boundary":"b0","parts":[{"headers":["a: 1"],"text":"x"}]}}"#,
        ),
        (b"--b0\r\na: 1\r\n\r\nx\r\n--b0--", form, r#"{"text":"--b0\r\na: 1\r\n\r\nx\r\n--b0--"}"#),
    ] {
        assert_eq!(stored(bytes, context), wanted);
    }
}

/// The bytes of a body as a person wrote it, with nothing to go on from.
fn read_text(text: &str, blobs: &Blobs) -> Result<Vec<u8>, String> {
    read(&crate::format::yaml::read(text).unwrap(), blobs, &|| None).map(|(bytes, _)| bytes.to_vec())
}

#[test]
fn no_body_can_ask_for_more_than_its_size_allows() {
    let deep =
        |leaves: usize| format!("{}{}{}", "[".repeat(90), vec!["1"; leaves].join(", "), "]".repeat(90));
    let mut blobs = Blobs::default();
    let name = blobs.add("x".repeat(1_000_000));
    let blob = format!("{{$blob: {name}, kind: 1000000 characters}}");
    for text in [
        format!("layout: pretty-63\njson: {}\n", deep(5000)),
        format!("layout: pretty-mixed-{}\njson: {}\n", "s".repeat(20_000), deep(100)),
        format!(
            "multipart:\n  boundary: {}\n  parts:\n{}",
            "b".repeat(50_000),
            "    - {text: a}\n".repeat(2000)
        ),
        format!("json: [{}]\n", vec![blob.as_str(); 500].join(", ")),
        format!("sse:\n  shared:\n    - [{}]\n  events: []\n", vec![blob.as_str(); 500].join(", ")),
    ] {
        let message = read_text(&text, &blobs).map(|bytes| bytes.len()).unwrap_err();
        assert!(message.contains("this body unfolds to more than"), "{message}: {:?}", text.get(..80));
    }
}

#[test]
fn a_picture_that_a_conversation_has_several_times_is_stored_once_and_read_each_time() {
    let picture = crate::model::base64::encode(
        (0..200_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 9) as u8).collect::<Vec<_>>(),
    );
    let body = format!("[{}]", vec![format!("\"{picture}\""); 6].join(","));
    let mut blobs = Blobs::default();
    let owner = Json::Object(write(body.as_bytes(), Context::default(), &mut blobs));
    assert_eq!(blobs.iter().count(), 1);
    assert_eq!(read(&owner, &blobs, &|| None).unwrap().0, body.as_bytes());
}
