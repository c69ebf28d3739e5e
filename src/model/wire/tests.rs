use super::eventstream::{Message, Value};
use super::{Framing, Guess, Splitter, eventstream, framing, guess, ndjson, sse};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use proptest::prelude::*;

fn typed(content_type: &'static str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    if !content_type.is_empty() {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    headers
}

fn message(kind: &str, payload: &'static [u8]) -> Message {
    let headers = vec![(":event-type".to_owned(), Value::String(kind.to_owned()))];
    Message { headers, payload: Bytes::from_static(payload) }
}

#[test]
fn the_framing_is_known_by_type_or_else_by_how_the_body_starts() {
    use Framing::{EventStream, Ndjson, Sse};
    let frame = eventstream::encode(&message("chunk", b"{}")).unwrap();
    let rows: &[(&str, &[u8], Option<Framing>)] = &[
        ("text/event-stream; charset=utf-8", b"data: 1\n\n", Some(Sse)),
        ("Text/Event-Stream", b"", Some(Sse)),
        ("text/event-stream", b"{\"error\": {}}", None),
        ("application/json", b"data: {}\n\n", Some(Sse)),
        ("text/plain", b"\xEF\xBB\xBFevent: ping\ndata: 1\n\n", Some(Sse)),
        ("", b"\n\nretry: 3\n\n", Some(Sse)),
        ("", b": keep-alive\n\n", Some(Sse)),
        ("image/png", b"data: no\n\n", None),
        ("text/plain", b"database", None),
        ("application/x-ndjson", b"{}", Some(Ndjson)),
        ("application/jsonl", b"", Some(Ndjson)),
        ("application/json", b"{\"done\":false}\n{\"done\":true}\n", Some(Ndjson)),
        ("application/json", b"{\"done\":true}\n", None),
        ("application/octet-stream", b"{\"custom_id\":1}\n{\"custom_id\":2}\n", None),
        ("application/json", b"{\n  \"a\": 1\n}\n", None),
        ("application/json", b"[{\"a\":1},\r\n{\"a\":2}]", None),
        ("application/vnd.amazon.eventstream", b"", Some(EventStream)),
        ("", &frame, Some(EventStream)),
        ("", b"\0\0\0\x10\0\0\0\0abcd", None),
    ];
    for (content_type, body, expected) in rows {
        assert_eq!(framing(&typed(content_type), body), *expected, "{content_type} {body:?}");
        // Cut anywhere, what was guessed early holds later; only JSON may turn out to be one document.
        for length in 0..body.len() {
            match (guess(&typed(content_type), &body[..length]), expected) {
                (Guess::Is(Ndjson), _) => assert_eq!(body.trim_ascii_start()[0], b'{'),
                (Guess::Is(early), _) => {
                    assert_eq!(Some(early), *expected, "{content_type} {body:?} {length}")
                }
                (Guess::Plain, _) => assert_eq!(*expected, None),
                (Guess::Wait, _) => {}
            }
        }
    }
}

#[test]
fn server_sent_events_are_read_whatever_their_line_ends() {
    for end in ["\n", "\r\n", "\r"] {
        let body = ": hello|event: message|data: one|data:two|id: 7||||data|||data: last".replace('|', end);
        let events = sse::split(body.as_bytes());
        let read: Vec<_> =
            events.iter().map(|event| (event.event.as_deref(), event.data.as_deref())).collect();
        let expected = [
            (Some("message"), Some("one\ntwo")),
            (None, None),
            (None, None),
            (None, Some("")),
            (None, None),
            (None, Some("last")),
        ];
        assert_eq!(read, expected, "{end:?}");
        assert_eq!(events[0].raw.len(), body.find("7").unwrap() + 1 + 2 * end.len());
    }
}

#[test]
fn bytes_that_are_not_utf_8_survive_in_the_raw_event() {
    let body = b"data: \xFF\xFE\n\n";
    let events = sse::split(body);
    assert_eq!(events[0].raw, body);
    assert_eq!(events[0].data.as_deref(), Some("\u{FFFD}\u{FFFD}"));
}

#[test]
fn an_event_is_given_out_with_the_chunk_that_completes_it() {
    let mut splitter = Splitter::new(Framing::Sse);
    assert!(splitter.push(b"data: 1\r").is_empty());
    assert!(splitter.push(b"\n\r").is_empty());
    assert_eq!(splitter.push(b"\ndata: 2\n\ndata"), [&b"data: 1\r\n\r\n"[..], b"data: 2\n\n"]);
    assert_eq!(splitter.finish(), [&b"data"[..]]);

    let mut splitter = Splitter::new(Framing::Ndjson);
    assert_eq!(splitter.push(b"{}\n{"), [&b"{}\n"[..]]);
    assert_eq!(splitter.push(b"}\n"), [&b"{}\n"[..]]);
    assert!(splitter.finish().is_empty());

    let frame = eventstream::encode(&message("chunk", b"{}")).unwrap();
    let mut splitter = Splitter::new(Framing::EventStream);
    assert!(splitter.push(&frame[..frame.len() - 1]).is_empty());
    assert_eq!(splitter.push(&frame[frame.len() - 1..]), [Bytes::from(frame)]);
    assert!(splitter.push(b"this is no frame").is_empty());
    assert_eq!(splitter.finish(), [&b"this is no frame"[..]]);
}

#[test]
fn a_frame_is_refused_when_a_single_bit_is_wrong() {
    let mut body = eventstream::encode(&message("chunk", br#"{"bytes":"e30="}"#)).unwrap();
    assert_eq!(eventstream::decode(&body).unwrap()[0].text(":event-type"), Some("chunk"));
    for bit in 0..body.len() * 8 {
        body[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(eventstream::decode(&body), None, "bit {bit}");
        body[bit / 8] ^= 1 << (bit % 8);
    }
    body.pop();
    assert_eq!(eventstream::decode(&body), None);
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<bool>().prop_map(Value::Bool),
        any::<i8>().prop_map(Value::Byte),
        any::<i16>().prop_map(Value::Short),
        any::<i32>().prop_map(Value::Int),
        any::<i64>().prop_map(Value::Long),
        any::<Vec<u8>>().prop_map(|bytes| Value::Bytes(bytes.into())),
        ".{0,20}".prop_map(Value::String),
        any::<i64>().prop_map(Value::Timestamp),
        any::<[u8; 16]>().prop_map(Value::Uuid),
    ]
}

fn messages() -> impl Strategy<Value = Vec<Message>> {
    let headers = proptest::collection::vec((":?[a-zé-]{0,12}", value()), 0..4);
    let message = (headers, any::<Vec<u8>>())
        .prop_map(|(headers, payload)| Message { headers, payload: payload.into() });
    proptest::collection::vec(message, 0..4)
}

proptest! {
    #[test]
    fn frames_decode_to_what_was_encoded(messages in messages()) {
        let body: Vec<u8> = messages.iter().flat_map(|message| eventstream::encode(message).unwrap()).collect();
        prop_assert_eq!(eventstream::decode(&body), Some(messages));
    }

    #[test]
    fn a_stream_splits_the_same_in_whatever_chunks_it_arrives(
        body in proptest::collection::vec(prop_oneof![Just(b'\n'), Just(b'\r'), Just(b':'), Just(b'd'), any::<u8>()], 0..60),
        size in 1_usize..9,
    ) {
        let pieces = |framing| {
            let mut splitter = Splitter::new(framing);
            let mut pieces: Vec<Bytes> = body.chunks(size).flat_map(|chunk| splitter.push(chunk)).collect();
            pieces.extend(splitter.finish());
            pieces
        };
        prop_assert_eq!(pieces(Framing::Sse), sse::split(&body).iter().map(|event| event.raw).collect::<Vec<_>>());
        prop_assert_eq!(pieces(Framing::Ndjson), ndjson::split(&body));
        prop_assert_eq!(pieces(Framing::EventStream).concat(), &body[..]);
        prop_assert_eq!(sse::split(&body).iter().map(|event| event.raw).collect::<Vec<_>>().concat(), &body[..]);
    }

    #[test]
    fn damaged_frames_are_read_as_far_as_they_are_frames(
        messages in messages(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3),
        lost in any::<prop::sample::Index>(),
    ) {
        let mut body: Vec<u8> = messages.iter().flat_map(|message| eventstream::encode(message).unwrap()).collect();
        for (at, byte) in damage {
            if !body.is_empty() {
                let at = at.index(body.len());
                body[at] = byte;
            }
        }
        body.truncate(lost.index(body.len() + 1));
        let frames = eventstream::frames(&body);
        let mut end = 0;
        for frame in &frames {
            prop_assert_eq!(frame.range.start, end);
            end = frame.range.end;
            for header in eventstream::headers(frame.headers).flatten() {
                prop_assert!(header.value.end <= frame.headers.len());
            }
        }
        if let Some(payload) = eventstream::torn_payload(&body[end..]) {
            prop_assert!(end + payload.end <= body.len());
        }
        if let Some((decoded, torn)) = eventstream::decode_torn(&body) {
            prop_assert_eq!((decoded.len(), torn), (frames.len(), &body[end..]));
        }
    }

    #[test]
    fn the_fields_of_any_event_stand_where_they_are_said_to(
        pieces in prop::collection::vec(prop::sample::select(vec!["data", ":", " ", "\n", "\r", "\u{feff}", "x", "event", "é"]), 0..20),
    ) {
        let body = pieces.concat().into_bytes();
        let data: Vec<Option<String>> = sse::split(&body).into_iter().map(|event| event.data).collect();
        let read: Vec<Option<String>> = sse::ranges(&body)
            .map(|range| {
                let values = sse::fields(&body[range.clone()])
                    .filter(|field| field.name == b"data")
                    .map(|field| String::from_utf8_lossy(&body[range.start + field.value.start..range.start + field.value.end]).into_owned());
                let values: Vec<String> = values.collect();
                (!values.is_empty()).then(|| values.join("\n"))
            })
            .collect();
        prop_assert_eq!(&data, &read);
        // Whoever looks for data alone finds it where there is some, unless it stands behind a mark in the midst.
        if sse::has_data(&body) {
            prop_assert!(data.iter().any(Option::is_some));
        }
    }
}
