//! What is renamed, and what is left alone.

use http::{HeaderMap, HeaderValue, Method, StatusCode, Version, header};
use proptest::prelude::*;

use super::*;
use crate::model::exchange::ResponseBody;

fn ids(pairs: &[(&str, &str)]) -> OldIds {
    let mut ids = OldIds::default();
    for (new, old) in pairs {
        ids.learn(&Pair { new: (*new).to_owned(), old: (*old).to_owned(), is_named: true });
    }
    ids
}

fn renamed(ids: &OldIds, text: &str) -> String {
    ids.text(text).unwrap_or_else(|| text.to_owned())
}

fn answer(content_type: &'static str, body: impl Into<Bytes>) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    let body = ResponseBody { bytes: body.into(), ..ResponseBody::default() };
    Response { status: StatusCode::OK, version: Version::HTTP_11, url: None, headers, body }
}

fn named(old: &str, new: &str) -> Vec<(String, String)> {
    let (old, new) = (answer("application/json", old.to_owned()), answer("application/json", new.to_owned()));
    pairs(&old, &new).into_iter().map(|pair| (pair.new, pair.old)).collect()
}

#[test]
fn an_id_gets_its_old_name_wherever_it_stands_alone() {
    let ids = ids(&[("job_2bB9", "job_1aA8"), ("q/2+z9==", "q/1+z8==")]);
    for (text, wanted) in [
        ("/v1/jobs/job_2bB9/steps", "/v1/jobs/job_1aA8/steps"),
        (r#"{"a":"see\njob_2bB9, then"}"#, r#"{"a":"see\njob_1aA8, then"}"#),
        (r#"{"a":"{\"id\":\"job_2bB9\"}"}"#, r#"{"a":"{\"id\":\"job_1aA8\"}"}"#),
        ("job_2bB9-results.jsonl", "job_1aA8-results.jsonl"),
        ("job_2bB99 is another, and so is xjob_2bB9", "job_2bB99 is another, and so is xjob_2bB9"),
        ("?after=q%2F2%2Bz9%3D%3D&x=1", "?after=q%2F1%2Bz8%3D%3D&x=1"),
        (r#"{"a":"q\/2+z9=="}"#, r#"{"a":"q\/1+z8=="}"#),
        ("job_2bB9 job_2bB9", "job_1aA8 job_1aA8"),
        ("", ""),
    ] {
        assert_eq!(renamed(&ids, text), wanted);
    }
}

#[test]
fn ids_that_swapped_their_things_swap_back() {
    let ids = ids(&[("run_002", "run_001"), ("run_001", "run_002")]);
    assert_eq!(renamed(&ids, "run_001 before run_002"), "run_002 before run_001");
}

#[test]
fn of_two_ids_of_which_one_begins_with_the_other_the_longer_is_meant() {
    let ids = ids(&[("file-2bB9", "file-1aA8"), ("file-2bB9-part-77", "file-1aA8-part-66")]);
    assert_eq!(renamed(&ids, "file-2bB9-part-77 of file-2bB9"), "file-1aA8-part-66 of file-1aA8");
}

#[test]
fn an_id_that_stands_for_another_already_learns_no_second_name() {
    let mut ids = ids(&[("job_2bB9", "job_1aA8")]);
    for (new, old) in [("job_2bB9", "job_7gG7"), ("job_3cC3", "job_1aA8")] {
        ids.learn(&Pair { new: new.to_owned(), old: old.to_owned(), is_named: true });
    }
    assert_eq!(ids.iter().collect::<Vec<_>>(), [("job_2bB9", "job_1aA8")]);
}

#[test]
fn a_request_is_renamed_in_its_url_its_headers_and_its_body() {
    let ids = ids(&[("job_2bB9", "job_1aA8")]);
    let mut headers = HeaderMap::new();
    headers.insert("x-session", HeaderValue::from_static("job_2bB9"));
    let request = Request {
        method: Method::POST,
        url: "https://h.example/job_2bB9".to_owned(),
        headers,
        body: Bytes::from_static(b"of=job_2bB9"),
    };
    let renamed = ids.request(&request).unwrap();
    assert_eq!(renamed.url, "https://h.example/job_1aA8");
    assert_eq!(renamed.headers["x-session"], "job_1aA8");
    assert_eq!(&renamed.body[..], b"of=job_1aA8");
    assert_eq!(ids.request(&renamed), None, "there is nothing left to rename");
}

#[test]
fn chunks_are_cut_where_they_were_though_old_ids_are_longer() {
    let ids = ids(&[("j_2b9", "job_1aA8-long")]);
    let mut answer = answer("text/event-stream", "data: {\"id\":\"j_2b9\"}\n\ndata: {}\n\n");
    answer.body.chunks = vec![22, 10];
    let renamed = ids.response(&answer).unwrap();
    assert_eq!(&renamed.body.bytes[..], b"data: {\"id\":\"job_1aA8-long\"}\n\ndata: {}\n\n");
    assert_eq!(renamed.body.chunks, [30, 10]);
}

#[test]
fn binary_frames_are_written_anew_with_their_checksums() {
    let ids = ids(&[("tooluse_2bB9", "tooluse_1aA8")]);
    let frame = |payload: String| {
        let headers = vec![(":event-type".to_owned(), eventstream::Value::String("chunk".to_owned()))];
        eventstream::encode(&eventstream::Message { headers, payload: Bytes::from(payload) }).unwrap()
    };
    let event = |id: &str| format!(r#"{{"toolUseId":"{id}"}}"#);
    let wrapped = |id: &str| format!(r#"{{"bytes":"{}"}}"#, base64::encode(event(id)));
    for payload in [&event as &dyn Fn(&str) -> String, &wrapped] {
        let body = |id: &str| [frame(payload(id)), frame("{}".to_owned())].concat();
        let renamed =
            ids.response(&answer("application/vnd.amazon.eventstream", body("tooluse_2bB9"))).unwrap();
        assert_eq!(renamed.body.bytes, body("tooluse_1aA8"));
    }
}

#[test]
fn an_id_in_pieces_of_a_streamed_text_is_torn() {
    let ids = ids(&[("job_2bB9", "job_1aA8")]);
    let chat = |texts: &[&str]| {
        let event = |text: &&str| {
            format!("data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{text}\"}}}}]}}\n\n")
        };
        answer("text/event-stream", texts.iter().map(event).collect::<String>())
    };
    assert_eq!(ids.torn(&chat(&["see job_2", "bB9."])), ["job_2bB9"]);
    assert_eq!(ids.torn(&chat(&["see ", "job_2bB9", "."])), [""; 0]);
}

#[test]
fn ids_are_paired_by_the_place_where_they_stand() {
    let pair = |new: &str, old: &str| (new.to_owned(), old.to_owned());
    for (old, new, wanted) in [
        (r#"{"id":"resp_1aA8","n":1}"#, r#"{"n":2,"id":"resp_2bB9"}"#, vec![pair("resp_2bB9", "resp_1aA8")]),
        (r#"{"job_id":391117}"#, r#"{"job_id":482131}"#, vec![pair("482131", "391117")]),
        (
            r#"{"url":"https://h.example/f/file-Ab1Cd2/content"}"#,
            r#"{"url":"https://h.example/f/file-Ef3Gh4/content"}"#,
            vec![pair("file-Ef3Gh4", "file-Ab1Cd2")],
        ),
        (
            r#"{"text":"{\"job\": \"job_8x7aa1\", \"n\": 1}"}"#,
            r#"{"text":"{\"job\": \"job_1x2bb3\", \"n\": 1}"}"#,
            vec![pair("job_1x2bb3", "job_8x7aa1")],
        ),
        (r#"{"model":"gpt-4o-A1b2C3"}"#, r#"{"model":"gpt-4o-D4e5F6"}"#, vec![]),
        (r#"{"id":"gpt-4.1","object":"model"}"#, r#"{"id":"gpt-5.1","object":"model"}"#, vec![]),
        (r#"{"created_at":1764460001}"#, r#"{"created_at":1764460002}"#, vec![]),
        (r#"{"text":"Paris is nice"}"#, r#"{"text":"Rome is nice"}"#, vec![]),
    ] {
        assert_eq!(named(old, new), wanted, "{new}");
    }
}

#[test]
fn what_two_answers_have_each_for_itself_are_ids_and_times() {
    let old =
        answer("application/json", r#"{"id":"A1","created":1764460001,"text":"x","total_duration":0.5}"#);
    let new =
        answer("application/json", r#"{"id":"B2","created":1764460002,"text":"y","total_duration":0.7}"#);
    let mut differing: Vec<Differing> = differing(&old, &new).into_iter().collect();
    differing.sort();
    assert_eq!(differing, [Differing::Id("B2".to_owned()), Differing::Other("1764460002".to_owned())]);
}

proptest! {
    #[test]
    fn renaming_there_and_back_gives_the_same_text(
        texts in prop::collection::vec("[ -~]{0,12}", 1..6),
        new in "[a-z]{2,5}_[0-9a-zA-Z]{4,9}[0-9]",
        old in "[a-z]{2,5}_[0-9a-zA-Z]{4,9}[0-9]",
    ) {
        let text = texts.join(&format!("/{new}/"));
        prop_assume!(new != old && !text.contains(&old));
        let there = renamed(&ids(&[(&new, &old)]), &text);
        let is_left = there.contains(&format!("/{}/", new));
        prop_assert!(!is_left);
        prop_assert_eq!(renamed(&ids(&[(&old, &new)]), &there), text);
    }
}
