//! Frames, written by hand as AWS describes them, and how they stand in a cassette.

use ::base64::Engine as _;
use ::base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::format::blobs::Blobs;
use crate::format::body::{self, Context};
use crate::format::yaml;
use crate::model::json::Json;
use crate::model::strategies::any_json;
use crate::model::wire::Framing;
use crate::model::wire::eventstream::decode;

/// The frame of `{"a":1}` as an event `chunk`, byte for byte.
const GOLDEN: &[u8] = b"\x00\x00\x00\x62\x00\x00\x00\x4b\x67\xde\x63\x5c\
    \x0b:event-type\x07\x00\x05chunk\
    \x0d:content-type\x07\x00\x10application/json\
    \x0d:message-type\x07\x00\x05event\
    {\"a\":1}\x91\x50\xa9\x22";

fn crc32(bytes: &[u8]) -> [u8; 4] {
    let crc = bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 * (crc & 1)))
    });
    (!crc).to_be_bytes()
}

/// A frame with headers of text.
fn framed(headers: &[(&str, &str)], payload: &[u8]) -> Vec<u8> {
    let mut head = Vec::new();
    for (name, value) in headers {
        head.push(u8::try_from(name.len()).unwrap());
        head.extend(name.as_bytes());
        head.push(7);
        head.extend(u16::try_from(value.len()).unwrap().to_be_bytes());
        head.extend(value.as_bytes());
    }
    let length = |length: usize| u32::try_from(length).unwrap().to_be_bytes();
    let mut frame = [length(head.len() + payload.len() + 16), length(head.len())].concat();
    frame.extend(crc32(&frame));
    frame.extend(head);
    frame.extend(payload);
    frame.extend(crc32(&frame));
    frame
}

fn event(name: &str, payload: &str) -> Vec<u8> {
    let usual = [(":event-type", name), (":content-type", "application/json"), (":message-type", "event")];
    framed(&usual, payload.as_bytes())
}

/// An event of a model's own protocol.
fn wrapped(inner: &str, padding: &str) -> Vec<u8> {
    event("chunk", &format!(r#"{{"bytes":"{}","p":"{padding}"}}"#, STANDARD.encode(inner)))
}

fn converse() -> Vec<u8> {
    [
        event("messageStart", r#"{"p":"abcd","role":"assistant"}"#),
        event("contentBlockDelta", r#"{"contentBlockIndex":0,"delta":{"text":"Oslo"},"p":"abcdefghijkl"}"#),
        event("contentBlockDelta", r#"{"contentBlockIndex":0,"delta":{"text":" is"},"p":"ab"}"#),
        event("contentBlockDelta", r#"{"contentBlockIndex":0,"delta":{"text":" cold."},"p":"abcdef"}"#),
        event("contentBlockStop", r#"{"contentBlockIndex":0,"p":"abc"}"#),
        event("messageStop", r#"{"p":"abcdefg","stopReason":"end_turn"}"#),
        event("metadata", r#"{"metrics":{"latencyMs":9},"p":"ab","usage":{"inputTokens":9,"outputTokens":3,"totalTokens":12}}"#),
    ]
    .concat()
}

fn invoke() -> Vec<u8> {
    [
        wrapped(
            r#"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#,
            "abc",
        ),
        wrapped(
            r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Oslo is"}}"#,
            "a",
        ),
        wrapped(
            r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" cold."}}"#,
            "abcd",
        ),
        wrapped(r#"{"type":"message_stop","amazon-bedrock-invocationMetrics":{"inputTokenCount":9}}"#, "ab"),
    ]
    .concat()
}

/// The form of a body, which has to give the body back.
fn shown(bytes: &[u8]) -> String {
    let context = Context { framing: Some(Framing::EventStream), ..Context::default() };
    let mut blobs = Blobs::default();
    let text = yaml::write(&Json::Object(body::write(&Bytes::copy_from_slice(bytes), context, &mut blobs)));
    let owner = yaml::read(&text).unwrap();
    assert_eq!(body::read(&owner, &blobs, &|| None).unwrap().0, bytes, "{text}");
    text
}

/// The body of a form, after an edit of it.
fn read(text: &str) -> Result<Vec<u8>, String> {
    body::read(&yaml::read(text).unwrap(), &Blobs::default(), &|| None).map(|(bytes, _)| bytes.to_vec())
}

#[test]
fn a_frame_written_by_hand_is_understood_to_the_byte() {
    assert_eq!(event("chunk", r#"{"a":1}"#), GOLDEN);
    insta::assert_snapshot!(shown(GOLDEN), @r#"
    eventstream:
      events:
        - {$event: chunk, a: 1}
    "#);
}

#[test]
fn converse_shows_its_message_and_counts_its_padding() {
    insta::assert_snapshot!(shown(&converse()), @r#"
    eventstream:
      message:
        - {text: Oslo is cold.}
      templates:
        delta: {$event: contentBlockDelta, contentBlockIndex: 0, delta: {text: {$piece: 1}}, $pad: true}
      events:
        - {$event: messageStart, role: assistant, $pad: 4}
        - [delta, [4, 3, 6], [12, 2, 6]]
        - {$event: contentBlockStop, contentBlockIndex: 0, $pad: 3}
        - {$event: messageStop, stopReason: end_turn, $pad: 7}
        - {$event: metadata, metrics: {latencyMs: 9}, usage: {inputTokens: 9, outputTokens: 3, totalTokens: 12}, $pad: 2}
    "#);
}

#[test]
fn a_native_answer_is_decoded() {
    insta::assert_snapshot!(shown(&invoke()), @r#"
    eventstream:
      message:
        - {text: Oslo is cold.}
      templates:
        delta: {$event: chunk, $bytes: true, type: content_block_delta, index: 0,
          delta: {type: text_delta, text: {$piece: 1}}, $pad: true}
      events:
        - {$event: chunk, $bytes: true, type: content_block_start, index: 0, content_block: {type: text, text: ""}, $pad: 3}
        - [delta, [7, 6], [1, 4]]
        - {$event: chunk, $bytes: true, type: message_stop, amazon-bedrock-invocationMetrics: {inputTokenCount: 9}, $pad: 2}
    "#);
}

#[test]
fn an_agent_shows_its_words() {
    let words = event("chunk", &format!(r#"{{"bytes":"{}"}}"#, STANDARD.encode("It is: cold.\nStay {in}")));
    insta::assert_snapshot!(shown(&words), @r#"
    eventstream:
      events:
        - $event: chunk
          $bytes: |-
            It is: cold.
            Stay {in}
    "#);
}

#[test]
fn a_frame_with_other_headers_or_another_payload_stands_among_the_events_with_all_it_has() {
    let exception = [
        (":exception-type", "throttlingException"),
        (":content-type", "application/json"),
        (":message-type", "exception"),
    ];
    let body = [
        event("messageStart", r#"{"p":"abcd","role":"assistant"}"#),
        event("messageStart", r#"{"p":"zzz", "role":"assistant"}"#),
        event("odd", "no JSON"),
        framed(&exception, br#"{"message":"Slow down"}"#),
        framed(&[], b"\xff"),
    ];
    insta::assert_snapshot!(shown(&body.concat()), @r#"
    eventstream:
      layout: spaced-commas
      common: {role: assistant}
      events:
        - {$event: messageStart, $pad: 4}
        - {$event: messageStart, p: zzz, $common: true}
        - {headers: {":event-type": odd, ":content-type": application/json, ":message-type": event}, text: no JSON}
        - {headers: {":exception-type": throttlingException, ":content-type": application/json, ":message-type": exception}, text: '{"message":"Slow down"}'}
        - {headers: {}, base64: /w==}
    "#);
}

#[test]
fn what_would_not_be_the_same_bytes_again_is_not_decoded() {
    for (payload, wanted) in [
        // Bits behind the last byte, no padding, the other alphabet: the decoder of a client may take them.
        (r#"{"bytes":"eyJhIjoxfR=="}"#, r#"{$event: chunk, bytes: eyJhIjoxfR==}"#),
        (r#"{"bytes":"e30"}"#, r#"{$event: chunk, bytes: e30}"#),
        // Padding of another make, in another place, or beside spaces.
        (r#"{"a":1,"p":"abd"}"#, r#"{$event: chunk, a: 1, p: abd}"#),
        (r#"{"p":"abc","a":1}"#, r#"{$event: chunk, p: abc, a: 1}"#),
        (r#"{"a":1,"p":""}"#, r#"{$event: chunk, a: 1, p: ""}"#),
        (r#"{"a":1   }"#, r#"text: '{"a":1   }'"#),
    ] {
        let text = shown(&event("chunk", payload));
        assert!(text.contains(wanted), "{payload}: {text}");
    }
}

#[test]
fn a_frame_with_a_wrong_checksum_is_no_frame_and_comes_back_as_it_was() {
    for at in [8, converse().len() - 1] {
        let mut body = converse();
        body[at] ^= 1;
        let text = shown(&body);
        assert!(!text.starts_with("eventstream"), "{text}");
    }
}

#[test]
fn a_stream_that_was_cut_off_shows_what_came_before() {
    let body = converse();
    let text = shown(&body[..220 + 5]);
    insta::assert_snapshot!(text, @r#"
    torn: |
      AAAAqQAAAFftGubZCzpldmVudC10eXBlBwARY29udGVudEJsb2NrRGVsdGENOmNvbnRlbnQtdHlwZQcAEGFwcGxpY2F0aW9uL2pz
      b24NOm1lc3NhZ2UtdHlwZQcABWV2
    eventstream:
      events:
        - {$event: messageStart, role: assistant, $pad: 4}
    "#);
    assert_eq!(read(&text.replacen("AAAA", "????", 1)).unwrap_err(), "`torn` is not base64");
}

#[test]
fn an_edit_of_the_message_is_a_valid_stream_with_new_checksums() {
    for body in [converse(), invoke()] {
        let text = shown(&body);
        let edited = read(&text.replacen(" is cold.", " is not as cold as it was.", 1)).unwrap();
        assert!(edited.len() > body.len());
        let frames = decode(&edited).unwrap();
        assert_eq!(frames.len(), decode(&body).unwrap().len());
        assert!(shown(&edited).contains("text: Oslo is not as cold as it was."), "{}", shown(&edited));
    }
}

#[test]
fn what_does_not_fit_together_is_refused_with_the_reason() {
    for (from, to, wanted) in [
        ("[12, 2, 6]", "[12, none, 6]", "event 3: its row does not end with a number of spaces"),
        ("[12, 2, 6]", "[12, 2]", "event 2: its columns are not of one length"),
        ("[12, 2, 6]", "[63, 2, 6]", "event 2: `pad` can be at most 62, as the padding of Bedrock is"),
        ("$event: messageStart, ", "", "event 1: it has no `$event`"),
        ("$event: messageStart, ", "$before: messageStart, ", "event 1: it has no `$event`"),
        ("$event: messageStart, role", "headers: {}, role", "event 1: unknown field `role`"),
        ("role: assistant", "$bytes: assistant", "event 1: `$bytes` has to be true beside JSON"),
    ] {
        let text = shown(&converse());
        assert!(text.contains(from), "{text}");
        assert_eq!(
            read(&text.replacen(from, to, 1)).unwrap_err(),
            format!("`eventstream`: {wanted}"),
            "{to}"
        );
    }
}

/// Payloads as Bedrock has them, and such as it never would.
fn payload() -> impl Strategy<Value = Vec<u8>> {
    let padding = || {
        (0..70_usize, any::<bool>()).prop_map(|(length, odd)| {
            let text: String = ('a'..='z').chain('A'..='Z').chain('0'..='9').take(length).collect();
            if odd { text.to_uppercase() } else { text }
        })
    };
    let native = (any_json(), padding()).prop_map(|(inner, padding)| {
        let inner = Json::Object(vec![("type".to_owned(), inner)]).compact();
        format!(r#"{{"bytes":"{}","p":"{padding}"}}"#, STANDARD.encode(inner)).into_bytes()
    });
    let delta = ("[a-zß日 ]{0,9}", padding()).prop_map(|(text, padding)| {
        format!(r#"{{"contentBlockIndex":0,"delta":{{"text":"{text}"}},"p":"{padding}"}}"#).into_bytes()
    });
    let words =
        any::<String>().prop_map(|text| format!(r#"{{"bytes":"{}"}}"#, STANDARD.encode(text)).into_bytes());
    let spaced =
        "\\{\"p\": ?\"abc?\",\"(a|q|bytes)\":(1|\"e30=\"|\\{\\}) {0,2}\\}".prop_map(String::into_bytes);
    let json = any_json().prop_map(|tree| tree.compact().into_bytes());
    let bytes = prop::collection::vec(any::<u8>(), 0..30);
    prop_oneof![3 => native, 3 => delta, 1 => words, 2 => spaced, 2 => json, 1 => bytes]
}

fn frame() -> impl Strategy<Value = Vec<u8>> {
    let names = select(vec!["chunk", "contentBlockDelta", "", "a\nb", "{", "chunk\nbytes: "]);
    let header = (select(vec![":event-type", ":message-type", "x"]), "[a-z{\n]{0,5}");
    prop_oneof![
        5 => (names, payload()).prop_map(|(name, payload)| {
            let usual = [(":event-type", name), (":content-type", "application/json"), (":message-type", "event")];
            framed(&usual, &payload)
        }),
        1 => (prop::collection::vec(header, 0..4), payload()).prop_map(|(headers, payload)| {
            let headers: Vec<(&str, &str)> = headers.iter().map(|(name, text)| (*name, text.as_str())).collect();
            framed(&headers, &payload)
        }),
    ]
}

proptest! {
    #[test]
    fn any_frames_come_back_byte_for_byte_whole_cut_or_damaged(
        frames in prop::collection::vec(frame(), 0..8),
        cut in prop::option::weighted(0.2, any::<Index>()),
        flip in prop::option::weighted(0.2, (any::<Index>(), 0..8_u8)),
    ) {
        let mut bytes = frames.concat();
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len() + 1));
        }
        if let Some((at, bit)) = flip && !bytes.is_empty() {
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
        }
        shown(&bytes);
    }

    #[test]
    fn whole_frames_are_never_base64(frames in prop::collection::vec(frame(), 1..5)) {
        let text = shown(&frames.concat());
        let repeats = decode(&frames.concat()).unwrap().iter().any(|message| {
            let names: std::collections::HashSet<_> = message.headers.iter().map(|(name, _)| name).collect();
            names.len() < message.headers.len()
        });
        prop_assert!(repeats || text.starts_with("eventstream:"), "{}", text);
    }

    #[test]
    fn damage_to_the_text_is_no_panic(
        frames in prop::collection::vec(frame(), 1..6),
        at in any::<Index>(),
        with in "[\\[\\]{}:0-9a-z$ ,-]{0,3}",
    ) {
        let mut chars: Vec<char> = shown(&frames.concat()).chars().collect();
        let place = at.index(chars.len());
        chars.splice(place..(place + 1).min(chars.len()), with.chars());
        if let Ok(owner) = yaml::read(&chars.into_iter().collect::<String>()) {
            let _ = body::read(&owner, &Blobs::default(), &|| None);
        }
    }
}

#[test]
fn frames_with_their_headers_in_another_order_read_as_any_others() {
    let frame = |name: &str, payload: &str| {
        let headers =
            [(":message-type", "event"), (":event-type", name), (":content-type", "application/json")];
        framed(&headers, payload.as_bytes())
    };
    let bytes = [
        frame("contentBlockDelta", r#"{"contentBlockIndex":0,"delta":{"text":"Oslo"},"p":"abcdefghijkl"}"#),
        frame("contentBlockDelta", r#"{"contentBlockIndex":0,"delta":{"text":" is"},"p":"ab"}"#),
        frame("messageStop", r#"{"p":"abcdefg","stopReason":"end_turn"}"#),
    ]
    .concat();
    let mut blobs = Blobs::default();
    let context = Context { framing: Some(Framing::EventStream), ..Context::default() };
    let owner = Json::Object(body::write(&Bytes::copy_from_slice(&bytes), context, &mut blobs));
    assert_eq!(
        owner.get("header_order").and_then(Json::as_str),
        Some(":message-type :event-type :content-type")
    );
    assert_eq!(owner.at(&["eventstream", "message", "0", "text"]).and_then(Json::as_str), Some("Oslo is"));
    assert_eq!(body::read(&owner, &blobs, &|| None).unwrap().0, bytes);
    // In two orders, each says its own.
    let mixed = [bytes, event("messageStop", r#"{"p":"a"}"#)].concat();
    let owner = Json::Object(body::write(&Bytes::copy_from_slice(&mixed), context, &mut blobs));
    assert_eq!(owner.get("header_order"), None);
    assert_eq!(body::read(&owner, &blobs, &|| None).unwrap().0, mixed);
}
