//! What the format reads as a value, the redactor has seen: no secret, and no half of one, reaches the text of a document.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

use crate::format::{Written, write};
use crate::matching::request_key::normalise;
use crate::matching::user_rules::Rules;
use crate::model::exchange::{Request, Response, ResponseBody};
use crate::model::interaction::Interaction;
use crate::model::strategies::interactions::cut;
use crate::model::wire::eventstream::{self, Message};
use crate::redact::{RedactOptions, Redactor};

/// A password that looks like nothing, for places that are secret whatever stands there; it is also what a variable
/// holds, where it is to be found wherever it turns up.
const SECRET: &str = "Wq8zLk3vN0pR7xYd";

fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    pairs
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap()))
        .collect()
}

fn request(url: &str, kind: &str, body: impl Into<Bytes>) -> Request {
    let headers = headers(&[("content-type", kind)]);
    Request { method: Method::POST, url: url.to_owned(), headers, body: body.into() }
}

fn response(kind: &str, body: impl Into<Bytes>, chunks: Vec<usize>) -> Response {
    Response {
        status: StatusCode::OK,
        version: Version::HTTP_11,
        url: None,
        headers: headers(&[("content-type", kind)]),
        body: ResponseBody { bytes: body.into(), chunks, ..ResponseBody::default() },
    }
}

/// The document of a call, and its blobs, as they would go to disk. Refusing to write one is no way out: what can be
/// redacted is recorded.
fn document(env: &[(&str, &str)], request: Request, response: Response) -> (Interaction, String) {
    let env = env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let redactor = Redactor::new(env, RedactOptions::default());
    let redacted = redactor
        .redact(Interaction::bare(request, response))
        .unwrap_or_else(|leak| panic!("a secret was left in {}", leak.place));
    let key = normalise(&redacted.interaction().request, &Rules::default()).key;
    let Written { text, blobs, .. } = write(&redacted, &key, None);
    assert_eq!(redactor.scan_text(&text), None, "{text}");
    let aside = blobs.iter().map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned());
    let text = [text].into_iter().chain(aside).collect();
    (redacted.interaction().clone(), text)
}

/// The document of a request with this body.
fn sent(kind: &str, body: &str) -> String {
    document(&[], request("https://h.example/", kind, body.to_owned()), response("", "", vec![])).1
}

/// The document of an answer with this body.
fn answered(kind: &str, body: &str) -> String {
    document(&[], request("https://h.example/", "", ""), response(kind, body.to_owned(), vec![])).1
}

/// The call and the document of an answer that repeats a key that is known from a variable.
fn repeated(kind: &str, body: Vec<u8>, chunks: Vec<usize>) -> (Interaction, String) {
    let asked = request("https://h.example/", "", "");
    document(&[("MY_API_KEY", SECRET)], asked, response(kind, body, chunks))
}

/// Whether a text has a piece of the secret that is no chance any more.
fn tells(text: &str) -> bool {
    SECRET.as_bytes().windows(5).any(|piece| text.contains(std::str::from_utf8(piece).unwrap()))
}

const CHAT: fn(&str) -> Value = |text| json!({"choices": [{"index": 0, "delta": {"content": text}}]});

#[test]
fn a_key_cut_over_two_events_goes_however_the_stream_begins() {
    for line in ["\n", "\r\n", "\r"] {
        for start in [
            "",
            "\u{feff}",
            "foo: bar|",
            "foo|",
            ": hello|",
            "\u{feff}: hello||",
            "|",
            "retry: 3||",
            "id|x: y||",
        ] {
            for kind in [
                "text/event-stream",
                "text/event-stream; charset=utf-8",
                "application/json",
                "text/plain",
                "",
            ] {
                for cut in [1, 8, SECRET.len() - 1] {
                    let (first, second) = SECRET.split_at(cut);
                    let data = [CHAT(&format!("It is {first}")), CHAT(&format!("{second}, yes."))];
                    let body = format!("{start}data: {}||event: x|data:{}||data: [DONE]||", data[0], data[1]);
                    let body = body.replace('|', line);
                    let length = body.len();
                    let (_, text) = repeated(kind, body.into_bytes(), vec![length]);
                    assert!(!tells(&text), "{start:?} {line:?} {kind} {cut}\n{text}");
                }
            }
        }
    }
}

#[test]
fn a_key_cut_over_the_lines_of_a_stream_goes_whatever_its_first_line_is() {
    for start in ["", "\u{feff}", "\n", "null\n", "# hello\n", "[1]\n", "\"x\"\n", "{\"a\":1}{\"b\":2}\n"] {
        for kind in ["application/x-ndjson", "application/json", "text/plain"] {
            let (first, second) = SECRET.split_at(7);
            let body = format!(
                "{start}{}\n{}\n{}\n",
                json!({"response": first}),
                json!({"response": second}),
                json!({"done": true})
            );
            let length = body.len();
            let answer = response(kind, body, vec![length]);
            // Under another type, the first line decides whether these are lines of JSON at all.
            if kind == "application/x-ndjson" || start.trim().is_empty() || start.starts_with('{') {
                let (_, text) =
                    document(&[("MY_API_KEY", SECRET)], request("https://h.example/", "", ""), answer);
                assert!(!tells(&text), "{start:?} {kind}\n{text}");
            }
        }
    }
}

#[test]
fn what_a_secret_field_of_a_form_holds_goes_however_the_form_is_written() {
    let disposition = |parameters: &str| format!("Content-Disposition: form-data; {parameters}");
    let heads = [
        disposition("name=\"api_key\""),
        disposition("filename=\"a.txt\"; name=\"api_key\""),
        disposition("filename=\"name=b\"; name=\"api_key\""),
        disposition("name=api_key"),
        disposition("name=api_key ; x=y"),
        disposition("NAME=\"api_key\""),
        disposition("name=\"API_KEY\""),
        disposition("name=\"Api-Key\""),
        disposition("name = \"api_key\""),
        disposition("name=\"api\\_key\""),
        disposition("name=\"api%5Fkey\""),
        disposition("name*=UTF-8''api%5Fkey"),
        disposition("name*0=\"api_\"; name*1=\"key\""),
        disposition("name=\"a\"; name=\"api_key\""),
        "content-disposition:form-data;name=\"api_key\"".to_owned(),
        "CONTENT-DISPOSITION: form-data; name=\"api_key\"".to_owned(),
        "Content-Disposition: form-data;|\tname=\"api_key\"".to_owned(),
        "Content-Type: text/plain; name=\"x\"|Content-Disposition: form-data; name=\"api_key\"".to_owned(),
        "Content-Disposition: form-data; name=\"api_key\"|Content-Type: text/plain".to_owned(),
    ];
    let usual = "multipart/form-data; boundary=b0";
    let rough = [("\r\n", "", "", "--b0--|"), ("\n", "x\n", "\t ", "--b0-- |behind")];
    for head in &heads {
        rough.iter().for_each(|way| no_secret_in_a_form(usual, head, *way));
    }
    for line in ["\r\n", "\n", "\r"] {
        for start in ["", "A form.\r\n", "\r\n"] {
            for end in ["--b0--|", "--b0--", "--b0-- |behind", ""] {
                no_secret_in_a_form(usual, &heads[1], (line, start, " ", end));
            }
        }
    }
    for kind in [
        "multipart/form-data; charset=x; BOUNDARY=\"b0\"",
        "multipart/form-data; boundary=\"b0 \"",
        "Multipart/Mixed; boundary = b0",
    ] {
        rough.iter().for_each(|way| no_secret_in_a_form(kind, &heads[3], *way));
    }
}

/// Sends the secret in a form, in the part with this head; how lines end, what stands before the first boundary, behind
/// each of them, and where the last one belongs.
fn no_secret_in_a_form(kind: &str, head: &str, (line, start, blanks, end): (&str, &str, &str, &str)) {
    let other = "Content-Disposition: form-data; name=\"x\"||purpose";
    let body = format!("--b0{blanks}|{other}|--b0{blanks}|{head}||{SECRET}|{end}");
    let body = start.to_owned() + &body.replace('|', line);
    let call = request("https://h.example/", kind, body.clone());
    let (clean, text) = document(&[], call, response("", "", vec![]));
    assert!(!tells(&text), "{kind} {body:?}\n{text}");
    // Nothing else went; what nothing ends may be a part of the value.
    if !end.is_empty() {
        assert_eq!(
            String::from_utf8_lossy(&clean.request.body),
            body.replace(SECRET, "[REDACTED]"),
            "{kind}"
        );
    }
}

#[test]
fn a_secret_field_is_found_in_a_form_within_a_form_and_where_nobody_said_that_it_is_one() {
    let inner = format!("--in\r\nContent-Disposition: form-data; name=\"api_key\"\r\n\r\n{SECRET}\r\n--in--");
    let nested = format!("--out\r\nContent-Type: multipart/mixed; boundary=in\r\n\r\n{inner}\r\n--out--\r\n");
    let coded = format!(
        "--out\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\napi_key={SECRET}\r\n--out--\r\n"
    );
    for (kind, body) in [
        ("multipart/form-data; boundary=out", &nested),
        ("multipart/form-data; boundary=out", &coded),
        ("multipart/form-data", &inner),
        ("multipart/form-data; boundary=other", &inner),
        ("", &inner),
        ("text/plain", &inner),
    ] {
        for text in [sent(kind, body), answered(kind, body)] {
            assert!(!tells(&text), "{kind} {body}\n{text}");
        }
    }
}

#[test]
fn a_secret_parameter_goes_from_forms_and_urls_however_its_name_is_spelt() {
    let kind = "application/x-www-form-urlencoded";
    for name in [
        "api_key",
        "API_KEY",
        "Api-Key",
        "api+key",
        "api%5fkey",
        "%61pi_key",
        "client.secret",
        "token[]",
        "token%5B0%5D",
        "x%2dapi%2Dkey",
        " api_key",
        "%20api_key",
    ] {
        for pair in [
            format!("{name}={SECRET}"),
            format!("{name}=%57q8zLk3vN0pR7xYd&x"),
            format!("{name}=a+{SECRET}"),
            format!("b;{name}={SECRET};c=d"),
            format!("{name}=a;b={SECRET}"),
        ] {
            for (body, kind) in [
                (pair.clone(), kind.to_owned()),
                (format!("a=1&{pair}&b=2"), kind.to_ascii_uppercase()),
                (format!("&&{pair}&"), format!("{kind} ; charset=utf-8")),
            ] {
                for text in [sent(&kind, &body), answered(&kind, &body)] {
                    assert!(!tells(&text), "{kind} {body}\n{text}");
                }
                let body = body.replace(' ', "%20");
                for url in [
                    format!("https://h.example/p?{body}"),
                    format!("https://h.example/p?{body}#f"),
                    format!("https://h.example/#{body}"),
                    format!("//h.example?{body}"),
                ] {
                    let (_, text) = document(&[], request(&url, "", ""), response("", "", vec![]));
                    assert!(!tells(&text), "{url}\n{text}");
                }
            }
        }
    }
    for url in [
        "https://me:PLANT@h.example/",
        "//me:PLANT@h.example/p",
        "HTTPS://PLANT@h.example:8443?x",
        "https://a@b:PLANT@h.example",
    ] {
        let url = url.replace("PLANT", SECRET);
        let (_, text) = document(&[], request(&url, "", ""), response("", "", vec![]));
        assert!(!tells(&text), "{url}\n{text}");
    }
}

#[test]
fn a_key_goes_from_a_stream_of_plain_words_and_numbers() {
    for pieces in [
        &["Wq8zLk3", "vN0pR7xYd"][..],
        &["It is Wq", "8", "zLk3vN0pR7xYd", "."],
        &["Wq8z", "Lk3v", "N0pR", "7xYd"],
    ] {
        let event = |piece: &&str| format!("event: output\ndata: {piece}\n\n");
        let body: String = pieces.iter().map(event).collect();
        let length = body.len();
        let (_, text) = repeated("text/event-stream", body.into_bytes(), vec![length]);
        assert!(!tells(&text), "{pieces:?}\n{text}");
    }
}

#[test]
fn a_key_goes_from_a_stream_in_which_only_some_events_say_what_is_usual() {
    let gemini = |text: &str, more: Value| {
        let mut event = json!({"candidates": [{"content": {"parts": [{"text": text}]}}]});
        event["candidates"][0].as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        event
    };
    let thought = |text: &str, thought: Value| match thought {
        Value::Null => json!({"candidates": [{"content": {"parts": [{"text": text}]}}]}),
        thought => json!({"candidates": [{"content": {"parts": [{"text": text, "thought": thought}]}}]}),
    };
    let (first, second) = SECRET.split_at(7);
    for events in [
        [json!({"choices": [{"delta": {"content": first}}]}), CHAT(second)],
        [gemini(first, json!({})), gemini(second, json!({"finishReason": "STOP", "index": 0}))],
        [gemini(first, json!({"index": 0})), gemini(second, json!({}))],
        [thought(first, json!(false)), thought(second, Value::Null)],
    ] {
        let body: String = events.iter().map(|event| format!("data: {event}\n\n")).collect();
        let length = body.len();
        let (_, text) = repeated("text/event-stream", body.into_bytes(), vec![length]);
        assert!(!tells(&text), "{events:?}\n{text}");
    }
}

#[test]
fn a_password_that_a_service_hands_out_in_pieces_or_wrapped_goes_wherever_it_is_repeated() {
    let piece = |text: &str| json!({"log": {"line": text}});
    let again = piece(&format!(" I used {SECRET} for it."));
    let pieces = [piece("{\"pass"), piece("word\": \"Wq8z"), piece("Lk3vN0pR7xYd\"}"), again.clone()];
    let whole = [json!({"password": SECRET}), again];
    for (wire, events) in [
        (Wire::Sse { line: "\n", start: "", pretty: false }, &pieces[..]),
        (Wire::Lines { line: "\n", start: "" }, &pieces),
        (Wire::Frames { wrapped: false }, &pieces),
        (Wire::Frames { wrapped: true }, &pieces),
        (Wire::Frames { wrapped: true }, &whole),
    ] {
        let Stream { kind, body } = on_the_wire(wire, events);
        let length = body.len();
        let asked = request("https://h.example/", "", "");
        let (clean, text) = document(&[], asked, response(kind, body, vec![length]));
        assert!(!tells(&text), "{wire:?}\n{text}");
        assert!(!tells(&carried(&clean.response.body.bytes)), "{wire:?}\n{text}");
    }
}

#[test]
fn a_password_that_a_model_gives_a_tool_reaches_the_program_as_it_was() {
    let call = |arguments: &str| json!({"choices": [{"index": 0, "delta": {"tool_calls": [{"index": 0, "function": {"arguments": arguments}}]}}]});
    let events =
        [call("{\"pass"), call("word\": \"Wq8z"), call("Lk3vN0pR7xYd\"}"), CHAT("API_KEY=Wq8zLk3vN0pR7xYd")];
    for wire in [
        Wire::Sse { line: "\n", start: "", pretty: false },
        Wire::Lines { line: "\n", start: "" },
        Wire::Frames { wrapped: false },
        Wire::Frames { wrapped: true },
    ] {
        let Stream { kind, body } = on_the_wire(wire, &events);
        let length = body.len();
        let asked = request("https://h.example/", "", "");
        let (clean, _) = document(&[], asked, response(kind, body.clone(), vec![length]));
        assert_eq!(clean.response.body.bytes, body, "{wire:?}");
    }
}

#[test]
fn half_a_key_at_which_an_answer_ends_goes() {
    let event = |text: &str| format!("data: {}\n\n", CHAT(text));
    let torn = event("").replace("\"\"}", &format!("\"It is {}", &SECRET[..12]));
    let torn = &torn[..torn.find(&SECRET[..12]).unwrap() + 12];
    for (kind, body) in [
        ("text/event-stream", event("It is ") + &event(&SECRET[..5]) + &event(&SECRET[5..12])),
        ("text/event-stream", event("It is ") + torn),
        ("text/plain", format!("It is {}", &SECRET[..12])),
    ] {
        let length = body.len();
        let (_, text) = repeated(kind, body.into_bytes(), vec![length]);
        assert!(!tells(&text), "{kind}\n{text}");
    }
}

#[test]
fn a_secret_parameter_goes_from_a_header_with_links() {
    for name in ["auth", "passphrase", "token", "api_key"] {
        let mut answer = response("", "", vec![]);
        let link =
            format!("</next?{name}={SECRET}&n=2>; rel=\"next\", </last?n=9&{name}={SECRET}>; rel=last");
        answer.headers.extend(headers(&[("link", &link)]));
        let (clean, text) = document(&[], request("https://h.example/", "", ""), answer);
        assert!(!tells(&text), "{name}\n{text}");
        assert_eq!(clean.response.headers["link"], link.replace(SECRET, "[REDACTED]"));
    }
}

/// A protocol by the JSON of its events, of which one says a piece of a text.
const PROTOCOLS: [fn(usize, &str) -> Value; 9] = [
    |_, text| CHAT(text),
    |at, text| json!({"choices": [if at.is_multiple_of(2) { json!({"index": 0, "delta": {"content": text}}) } else { json!({"delta": {"content": text}, "index": 0}) }]}),
    |_, text| json!({"choices": [{"index": 0, "delta": {"tool_calls": [{"index": 0, "function": {"arguments": text}}]}}]}),
    |_, text| json!({"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": text}}),
    |at, text| match at {
        0 => {
            json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": text}})
        }
        _ => {
            json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}})
        }
    },
    |at, text| json!({"type": "response.output_text.delta", "item_id": at.to_string(), "output_index": 0, "delta": text}),
    |_, text| json!({"candidates": [{"content": {"parts": [{"text": text}], "role": "model"}}]}),
    |_, text| json!({"message": {"role": "assistant", "content": text}, "done": false}),
    |_, text| json!({"response": text, "done": false}),
];

/// A stream on the wire.
#[derive(Debug, Clone)]
struct Stream {
    kind: &'static str,
    body: Vec<u8>,
}

#[derive(Debug, Clone, Copy)]
enum Wire {
    Sse { line: &'static str, start: &'static str, pretty: bool },
    Lines { line: &'static str, start: &'static str },
    Array,
    Frames { wrapped: bool },
}

fn any_wire() -> impl Strategy<Value = Wire> {
    let line = || select(vec!["\n", "\r\n"]);
    let begins = vec!["", "\u{feff}", "foo: bar\n", ": hi\n\n", "\n", "data: other\n\n", "id: 1\nevent: x\n"];
    prop_oneof![
        4 => (select(vec!["\n", "\r\n", "\r"]), select(begins), prop::bool::weighted(0.2))
            .prop_map(|(line, start, pretty)| Wire::Sse { line, start, pretty }),
        2 => (line(), select(vec!["", "\n", "hello\n", "\u{feff}"])).prop_map(|(line, start)| Wire::Lines { line, start }),
        1 => Just(Wire::Array),
        2 => any::<bool>().prop_map(|wrapped| Wire::Frames { wrapped }),
    ]
}

fn on_the_wire(wire: Wire, events: &[Value]) -> Stream {
    match wire {
        Wire::Sse { line, start, pretty } => {
            let data = |event: &Value| {
                let text =
                    if pretty { serde_json::to_string_pretty(event).unwrap() } else { event.to_string() };
                text.lines().map(|text| format!("data: {text}{line}")).collect::<String>() + line
            };
            let body = start.replace('\n', line) + &events.iter().map(data).collect::<String>();
            Stream { kind: "text/event-stream", body: body.into_bytes() }
        }
        Wire::Lines { line, start } => {
            let body = events.iter().map(|event| format!("{event}{line}")).collect::<String>();
            Stream { kind: "application/x-ndjson", body: [start, &body].concat().into_bytes() }
        }
        Wire::Array => Stream { kind: "application/json", body: serde_json::to_vec(events).unwrap() },
        Wire::Frames { wrapped } => {
            let frame = |event: &Value| {
                let payload = match wrapped {
                    true => json!({"bytes": STANDARD.encode(event.to_string()), "p": "abcde"}).to_string(),
                    false => event.to_string(),
                };
                let text =
                    |name: &str, value: &str| (name.to_owned(), eventstream::Value::String(value.to_owned()));
                let headers = vec![
                    text(":event-type", "chunk"),
                    text(":content-type", "application/json"),
                    text(":message-type", "event"),
                ];
                eventstream::encode(&Message { headers, payload: payload.into() }).unwrap()
            };
            Stream {
                kind: "application/vnd.amazon.eventstream",
                body: events.iter().flat_map(frame).collect(),
            }
        }
    }
}

/// Pieces of a text, cut at these places.
fn pieces(text: &str, cuts: &[Index]) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut places: Vec<usize> =
        cuts.iter().map(|cut| cut.index(chars.len())).chain([0, chars.len()]).collect();
    places.sort_unstable();
    places
        .windows(2)
        .map(|pair| chars[pair[0]..pair[1]].iter().collect())
        .filter(|piece: &String| !piece.is_empty())
        .collect()
}

/// Everything that the frames of a body carry, undone of base64.
fn carried(body: &[u8]) -> String {
    let payload = |frame: &eventstream::Frame<'_>| {
        let outer = String::from_utf8_lossy(frame.payload).into_owned();
        let bytes = serde_json::from_slice::<Value>(frame.payload).ok();
        let inner =
            bytes.and_then(|value| STANDARD.decode(value["bytes"].as_str()?).ok()).unwrap_or_default();
        outer + &String::from_utf8_lossy(&inner)
    };
    eventstream::frames(body).iter().map(payload).collect()
}

proptest! {
    #[test]
    fn whatever_a_stream_says_in_pieces_holds_no_secret_once_it_is_written(
        wire in any_wire(),
        protocol in select(PROTOCOLS.to_vec()),
        (before, behind) in ("[ a-z.\"\\\\]{0,6}", "[ ,.][ a-z]{0,6}"),
        cuts in prop::collection::vec(any::<Index>(), 1..6),
        others in any::<bool>(),
        chunks in prop::collection::vec(1..60_usize, 1..4),
    ) {
        let mut events = Vec::new();
        for (at, piece) in pieces(&format!("{before}{SECRET}{behind}"), &cuts).iter().enumerate() {
            events.push(protocol(at, piece));
            if others {
                events.push(json!({"type": "ping"}));
                events.push(json!({"choices": [{"index": 1, "delta": {"content": "other"}}], "n": 1}));
            }
        }
        let Stream { kind, body } = on_the_wire(wire, &events);
        let (clean, text) = repeated(kind, body.clone(), cut(body.len(), &chunks));
        prop_assert!(!tells(&text), "{}\n{}", String::from_utf8_lossy(&body), text);
        prop_assert!(!tells(&carried(&clean.response.body.bytes)), "{}", text);
        prop_assert!(text.contains("[REDACTED]") || carried(&clean.response.body.bytes).contains("[REDACTED]"), "{}", text);
    }

    #[test]
    fn a_stream_that_broke_off_behind_a_secret_holds_none_of_it(
        wire in any_wire(),
        protocol in select(PROTOCOLS.to_vec()),
        cut in 1..SECRET.len(),
        lost in any::<Index>(),
    ) {
        let (first, second) = SECRET.split_at(cut);
        let Stream { kind, mut body } = on_the_wire(wire, &[protocol(0, first), protocol(1, &format!("{second}, and so on and on"))]);
        let whole = on_the_wire(wire, &[protocol(0, first)]).body.len();
        // Somewhere behind the secret, within what is said behind it.
        let end = body.windows(5).rposition(|window| window == b", and").map_or(body.len() - 1, |at| at + 1);
        body.truncate(end + lost.index(body.len() - end));
        prop_assume!(body.len() > whole);
        let length = body.len();
        let (clean, text) = repeated(kind, body.clone(), vec![length]);
        prop_assert!(!tells(&text), "{}\n{}", String::from_utf8_lossy(&body), text);
        prop_assert!(!tells(&String::from_utf8_lossy(&clean.response.body.bytes)), "{}", text);
    }

    #[test]
    fn no_value_of_a_secret_field_of_a_form_is_written(
        names in prop::collection::vec(select(vec!["x", "api_key", "API-Key", "file", "password", "my client secret", "access_token"]), 1..5),
        style in 0..4_usize,
        line in select(vec!["\r\n", "\n"]),
        preamble in select(vec!["", "hello\r\n", "\r\n"]),
        values in prop::collection::vec("[a-z=;&\" -]{0,8}", 5),
    ) {
        let mut body = preamble.to_owned();
        let mut coded = Vec::new();
        for (name, value) in names.iter().zip(&values) {
            let is_secret = !matches!(*name, "x" | "file");
            let value = if is_secret { format!("{value}{SECRET}") } else { value.clone() };
            let parameters = match style {
                0 => format!("name=\"{name}\""),
                1 => format!("filename=\"a; name=b\"; name=\"{name}\""),
                2 => format!("NAME={name}"),
                _ => format!("name*=UTF-8''{}", name.replace(' ', "%20")),
            };
            body.push_str(&format!("--b0{line}content-disposition: form-data; {parameters}{line}{line}{value}{line}"));
            let value = value.replace('&', "%26").replace('=', "%3d").replace(' ', "+");
            coded.push(format!("{}={value}", name.replace(' ', "+")));
        }
        body.push_str("--b0--");
        for (kind, body) in [("multipart/form-data; boundary=b0", body), ("application/x-www-form-urlencoded", coded.join("&"))] {
            let text = sent(kind, &body);
            prop_assert!(!tells(&text), "{}\n{}", body, text);
        }
    }
}

proptest! {
    #[test]
    fn damage_to_a_stream_or_a_form_is_no_reason_to_panic(
        wire in any_wire(),
        protocol in select(PROTOCOLS.to_vec()),
        damage in prop::collection::vec((any::<Index>(), any::<u8>()), 0..4),
        lost in any::<Index>(),
        kind in select(vec![
            "", "text/event-stream", "application/x-ndjson", "application/json", "application/vnd.amazon.eventstream",
            "multipart/form-data; boundary=b0", "application/x-www-form-urlencoded",
        ]),
        in_form in any::<bool>(),
    ) {
        let Stream { mut body, .. } = on_the_wire(wire, &[protocol(0, "Wq8zL"), protocol(1, "k3vN0pR7xYd"), json!({"api_key": "x"})]);
        if in_form {
            let part = b"--b0\r\nContent-Disposition: form-data; name=\"api_key\"\r\n\r\n";
            body = [&part[..], &body, b"\r\n--b0--\r\n"].concat();
        }
        for (at, byte) in damage {
            let at = at.index(body.len());
            body[at] = byte;
        }
        body.truncate(1 + lost.index(body.len()));
        // What damage makes up may be refused. What is not refused replays.
        let redactor = Redactor::new([("MY_API_KEY".to_owned(), SECRET.to_owned())], RedactOptions::default());
        let length = body.len();
        let call = Interaction::bare(request("https://h.example/", kind, body.clone()), response(kind, body, vec![length]));
        if let Ok(redacted) = redactor.redact(call) {
            let key = normalise(&redacted.interaction().request, &Rules::default()).key;
            let Written { text, blobs, .. } = write(&redacted, &key, None);
            let inner = text.split_once('\n').and_then(|(_, rest)| rest.strip_suffix("...\n")).unwrap();
            let (read, _) = crate::format::read(inner, &blobs, None).unwrap_or_else(|error| panic!("{error:?}\n{text}"));
            let meant = redacted.interaction();
            prop_assert_eq!(&read.request.body, &meant.request.body, "{}", text);
            prop_assert_eq!(&read.response.body, &meant.response.body, "{}", text);
        }
    }
}
