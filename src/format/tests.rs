//! What holds for any document.

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, Version};
use proptest::prelude::*;

use super::mapping::Mapping;
use super::*;
use crate::format::blob_source::Nowhere;
use crate::matching::request_key::normalise;
use crate::matching::user_rules::Rules;
use crate::model::chunk_times::ChunkTimes;
use crate::model::exchange::{Cut, Request, Response, ResponseBody};
use crate::model::json::Json;
use crate::model::labels::Labels;
use crate::model::strategies::any_text;
use crate::model::strategies::interactions::{any_headers, with_type};
use crate::redact::{RedactOptions, Redactor};

mod secrets;

pub(crate) fn redacted(interaction: Interaction) -> Redacted {
    // One each: what looks like a secret in one must not be searched for in the next.
    let redactor = Redactor::new(std::iter::empty(), RedactOptions::default());
    redactor.redact(interaction).unwrap_or_else(|leak| panic!("a secret in {}", leak.place))
}

proptest! {
    #[test]
    fn headers_keep_their_values_repeated_ones_and_those_that_are_not_utf_8(headers in any_headers()) {
        let tree = Json::Object(headers::write(&headers).into_iter().collect());
        let tree = yaml::read(&yaml::write(&tree)).unwrap();
        let owner = if tree.is_null() { Json::Object(Vec::new()) } else { tree };
        let read = headers::read(&Mapping::new(&owner, &[]).unwrap()).unwrap();
        for name in headers.keys() {
            let values = |map: &HeaderMap| map.get_all(name).iter().cloned().collect::<Vec<_>>();
            prop_assert_eq!(values(&read), values(&headers));
        }
        prop_assert_eq!(read.len(), headers.len());
    }

    #[test]
    fn whatever_stands_in_a_document_it_is_read_or_refused(text in any_text(), at in any::<prop::sample::Index>()) {
        // Reading must neither panic nor hang, whatever a slip of the pen made of a document.
        let document = "key: x\nrecorded_at: \"2026-11-21T02:10:44Z\"\nrequest: {method: GET, url: https://a.example/}\n\
                        response:\n  status: 200\n  headers: {content-type: text/event-stream}\n  chunks: [9, 9]\n  sse:\n    - \"data: 1\"\n    - \"data: 2\"\n";
        let at = at.index(document.len());
        let _ = read(&format!("{}{text}{}", &document[..at], &document[at..]), &Nowhere, None);
    }
}

#[test]
fn a_document_reads_well() {
    let request = Request {
        method: Method::POST,
        url: "https://api.openai.com/v1/chat/completions".to_owned(),
        headers: with_type(HeaderMap::new(), "application/json"),
        body: Bytes::from_static(
            br#"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Name three rivers.\nOne a line.\n"}],"stream":true}"#,
        ),
    };
    let response = Response {
        status: StatusCode::OK,
        version: Version::HTTP_2,
        url: None,
        headers: with_type(HeaderMap::new(), "text/event-stream"),
        body: ResponseBody {
            bytes: Bytes::from_static(b"data: {\"n\":1}\n\ndata: [DONE]\n\n"),
            chunks: vec![15, 14],
            times: ChunkTimes::of(&[312, 321]),
            cut: Cut::Whole,
            aside: None,
        },
    };
    let interaction = Interaction {
        recorded_at: "2026-11-21T02:10:44Z".to_owned(),
        usage_count: 1,
        take: 2,
        provider: Some("openai".to_owned()),
        model: Some("gpt-4o-mini-2024-07-18".to_owned()),
        usage: vec![("input_tokens".to_owned(), 31), ("output_tokens".to_owned(), 12)],
        labels: Labels::default(),
        request,
        response,
    };
    let key = normalise(&interaction.request, &Rules::default()).key;
    insta::assert_snapshot!(write(&redacted(interaction), &key, None).text, @r#"
    --- # POST api.openai.com/v1/chat/completions · gpt-4o-mini-2024-07-18 · e32be5b7…
    key: e32be5b7f08bd46852f1fd4168ec2a4dcdc564b9c8f02a01321d9129347ac1ce
    take: 2
    recorded_at: "2026-11-21T02:10:44Z"
    usage_count: 1
    provider: openai
    model: gpt-4o-mini-2024-07-18
    usage: {input_tokens: 31, output_tokens: 12}
    request:
      method: POST
      url: https://api.openai.com/v1/chat/completions
      headers: {content-type: application/json}
      json:
        model: gpt-4o-mini
        messages:
          - role: user
            content: |
              Name three rivers.
              One a line.
        stream: true
    response:
      status: 200
      version: HTTP/2.0
      headers: {content-type: text/event-stream}
      times: 312 ms + 9
      sse: ['data: {"n":1}', "data: [DONE]"]
    ...
    "#);
}

#[test]
fn what_is_listed_without_end_is_refused_and_ends_nothing() {
    let document = |head: &str, headers: &str| {
        format!(
            "key: {0}\nrecorded_at: \"2026-11-21T02:10:44Z\"\n{head}request: {{method: GET, url: https://a.example/}}\n\
             response:\n  status: 200\n{headers}",
            "0".repeat(64)
        )
    };
    let list = |count: usize| (0..count).map(|n| format!("    h-{n}: \"1\"\n")).collect::<String>();
    let entries = |count: usize| (0..count).map(|n| format!("  t{n}: a\n")).collect::<String>();
    let tags = |count: usize| (0..count).map(|n| format!("t{n}")).collect::<Vec<_>>().join(", ");
    let said = |text: &str| read(text, &Nowhere, None).map(|_| ()).map_err(|malformed| malformed.message);
    let headers = |count| document("", &format!("  headers:\n{}", list(count)));
    assert_eq!(said(&headers(2000)), Ok(()));
    assert!(said(&headers(40_000)).unwrap_err().contains("more headers than any message over HTTP has"));
    assert!(
        said(&document(&format!("tags: [{}]\n", tags(1001)), "")).unwrap_err().contains("more than 1000")
    );
    assert!(
        said(&document(&format!("metadata:\n{}", entries(1001)), "")).unwrap_err().contains("more than 1000")
    );
    assert_eq!(said(&document(&format!("tags: [{}]\n", tags(1000)), "")), Ok(()));
}

#[test]
fn a_message_quotes_a_file_on_one_line_and_not_at_any_length() {
    let said = Malformed::new(1, format!("unknown layout \u{1b}[2J\nerror: {}", "x".repeat(5000))).message;
    assert!(said.starts_with("unknown layout \\u{1b}[2J\\nerror: xxx"), "{said}");
    assert!(said.chars().count() < 700);
}
