//! Wherever a body is cut, the bytes are the same.

use std::task::Waker;

use http::{HeaderMap, HeaderValue, StatusCode, Version, header};
use proptest::prelude::*;

use super::*;
use crate::model::error::{Error, ErrorKind};
use crate::model::exchange::Cut;
use crate::model::strategies::interactions::any_interaction;

fn response(kind: &'static str, body: &str, chunks: &[usize]) -> Response {
    Response {
        status: StatusCode::OK,
        version: Version::HTTP_11,
        url: None,
        headers: HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(kind))]),
        body: ResponseBody {
            bytes: body.to_owned().into(),
            chunks: chunks.to_vec(),
            ..ResponseBody::default()
        },
    }
}

/// Everything that a body gives without a wait, and the error that ends it.
fn frames(mut body: CutBody) -> (Vec<Bytes>, Option<Error>) {
    let mut cx = Context::from_waker(Waker::noop());
    let mut frames = Vec::new();
    loop {
        match Pin::new(&mut body).poll_frame(&mut cx) {
            Poll::Ready(Some(Ok(frame))) => frames.extend(frame.into_data().ok()),
            Poll::Ready(Some(Err(error))) => return (frames, Some(error)),
            Poll::Ready(None) | Poll::Pending => return (frames, None),
        }
    }
}

fn pieces(response: &Response, cutting: Cutting) -> Vec<String> {
    let (frames, _) = frames(CutBody::new(response, cutting, false));
    frames.iter().map(|frame| String::from_utf8_lossy(frame).into_owned()).collect()
}

fn any_cutting() -> impl Strategy<Value = Cutting> {
    prop_oneof![
        Just(Cutting::Recorded),
        Just(Cutting::Byte),
        Just(Cutting::Event),
        any::<u64>().prop_map(Cutting::Random)
    ]
}

#[test]
fn a_stream_is_cut_where_it_was_or_behind_each_byte_or_event() {
    let sse = response("text/event-stream", "data: a\n\ndata: b\n\n", &[4, 10, 4]);
    assert_eq!(pieces(&sse, Cutting::Recorded), ["data", ": a\n\ndata:", " b\n\n"]);
    assert_eq!(pieces(&sse, Cutting::Event), ["data: a\n\n", "data: b\n\n"]);
    assert_eq!(pieces(&sse, Cutting::Byte).len(), 18);
    let lines = response("application/x-ndjson", "{}\n{\"a\":1}\n{", &[12]);
    assert_eq!(pieces(&lines, Cutting::Event), ["{}\n", "{\"a\":1}\n", "{"]);
}

#[test]
fn a_plain_body_has_no_events_and_keeps_its_length() {
    let json = response("application/json", "{\"a\": [1, 2]}", &[]);
    assert_eq!(pieces(&json, Cutting::Event), ["{\"a\": [1, 2]}"]);
    let mut body = CutBody::new(&json, Cutting::Byte, false);
    let mut cx = Context::from_waker(Waker::noop());
    for left in (0..13).rev() {
        assert!(!body.is_end_stream());
        assert!(Pin::new(&mut body).poll_frame(&mut cx).is_ready());
        assert_eq!(body.size_hint().exact(), Some(left));
    }
    assert!(body.is_end_stream());
}

/// Somebody who found a seed that breaks a client wants the same cuts tomorrow.
#[test]
fn a_seed_cuts_the_same_body_in_the_same_places_everywhere() {
    let sse = response("text/event-stream", &"data: 0123456789\n\n".repeat(40), &[720]);
    let lengths = |seed| pieces(&sse, Cutting::Random(seed)).iter().map(String::len).collect::<Vec<_>>();
    assert_eq!(lengths(7), lengths(7));
    assert_ne!(lengths(7), lengths(8));
    assert_eq!(lengths(7), [29, 12, 2, 255, 10, 5, 1, 1, 72, 121, 6, 8, 1, 32, 30, 1, 3, 2, 118, 11]);
}

#[test]
fn a_client_that_had_hung_up_is_told_behind_the_last_piece() {
    let mut sse = response("text/event-stream", "data: a\n\ndata", &[13]);
    sse.body.cut = Cut::ClientAborted;
    let (frames, error) = frames(CutBody::new(&sse, Cutting::Byte, false));
    assert_eq!((frames.len(), error.map(|error| error.kind())), (13, Some(ErrorKind::ClientAborted)));
}

#[test]
fn the_four_ways_to_cut_have_names_and_others_are_refused() {
    assert_eq!("recorded".parse(), Ok(Cutting::Recorded));
    assert_eq!("byte".parse(), Ok(Cutting::Byte));
    assert_eq!("event".parse(), Ok(Cutting::Event));
    assert_eq!("random:18446744073709551615".parse(), Ok(Cutting::Random(u64::MAX)));
    for text in ["", "bytes", "random", "random:", "random:-1", "random:x", "Byte"] {
        let error = text.parse::<Cutting>().expect_err(text);
        assert!(error.contains("`random:SEED`") && error.ends_with(&format!("not {text:?}")), "{error}");
    }
}

proptest! {
    #[test]
    fn cuts_never_change_the_bytes(interaction in any_interaction(), cutting in any_cutting()) {
        let response = &interaction.response;
        let (whole, error) = frames(CutBody::new(response, Cutting::Recorded, false));
        let (cut, same) = frames(CutBody::new(response, cutting, false));
        prop_assert_eq!(cut.concat(), response.body.bytes.to_vec());
        prop_assert_eq!(whole.concat(), response.body.bytes.to_vec());
        prop_assert_eq!(error.map(|error| error.kind()), same.map(|error| error.kind()));
        let expected = CutBody::new(response, Cutting::Recorded, false).size_hint().exact();
        prop_assert_eq!(CutBody::new(response, cutting, false).size_hint().exact(), expected);
    }
}
