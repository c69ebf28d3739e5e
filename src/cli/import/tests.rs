//! What holds for any file: nothing that stands in it makes the readers panic, hang, or take memory out of proportion.

use proptest::prelude::*;
use proptest::sample::Index;

use super::registry::{read, recognises};
use super::wanted::Wanted;
use crate::model::json::{self, Json};

/// A small file of each format.
const SEEDS: [(&str, &str); 16] = [
    (
        "vcrpy",
        "interactions:\n- request:\n    body: '{\"a\": 1}'\n    headers: &id001 {Content-Type: [application/json]}\n    method: POST\n    uri: \
         https://a.test/v1\n  response:\n    body:\n      string: !!binary |\n        H4sIAAAAAAACA6tWyk/KSk0uUbJSysksLlHSUUpJLElUsopWSq/KLChITVFAo5ViawEwfAVBNAAAAA==\n    \
         headers: {Content-Encoding: [gzip], Date: ['Tue, 23 Sep 2025 20:23:04 GMT']}\n    status: {code: 200, message: OK}\nversion: 1\n",
    ),
    (
        "vcrpy",
        r#"{"interactions":[{"request":{"body":{"state":["x",0]},"headers":{},"method":"GET","uri":"https://a.test/"},"response":{"content":"é","headers":{"content-type":["image/png"]},"http_version":"HTTP/2","status_code":200}}]}"#,
    ),
    (
        "VCR",
        "---\nhttp_interactions:\n- request:\n    method: get\n    uri: https://a.test/\n    body: {encoding: US-ASCII, string: ''}\n    headers: &1 {}\n  \
         response:\n    status: {code: 200, message: OK}\n    headers: *1\n    body:\n      encoding: ISO-8859-1\n      string: !binary |-\n        /wAB\n  \
         recorded_at: Mon, 10 Feb 2025 10:15:54 GMT\nrecorded_with: VCR 6.1.0\n",
    ),
    (
        "VCR",
        "--- \n- !ruby/struct:VCR::HTTPInteraction \n  request: !ruby/struct:VCR::Request \n    method: :get\n    uri: https://a.test/\n  response: \n    \
         status: \n      code: 200\n    headers: \n      a: \n      - b\n    body: c\n",
    ),
    (
        "betamax",
        r#"{"http_interactions":[{"request":{"method":"GET","uri":"https://a.test/","body":"","headers":{}},"response":{"body":{"encoding":null,"base64_string":"/wAB"},"headers":{},"status":{"code":200,"message":"OK"},"url":"https://a.test/"},"recorded_at":"2013-09-28T01:25:38"}],"recorded_with":"betamax/0.9.0"}"#,
    ),
    (
        "rvcr",
        r#"{"http_interactions":[{"request":{"method":"get","uri":"https://a.test/","body":{"encoding":null,"string":""},"headers":{}},"response":{"body":{"encoding":"base64","string":"/wABAg"},"http_version":"1.1","headers":{"a":["b"]},"status":{"code":200,"message":"OK"}},"recorded_at":"Thu, 01 Aug 2024 10:11:12 +0000"}],"recorded_with":"rVCR 0.2.1"}"#,
    ),
    (
        "go-vcr",
        "---\nversion: 2\ninteractions:\n    - id: 0\n      request:\n        body: !!binary /wAB\n        headers:\n            A:\n                - b\n        \
         url: https://a.test/\n        method: PUT\n      response:\n        proto: HTTP/2.0\n        body: |+\n            data: 1\n\n        headers: \
         {Content-Type: [text/event-stream]}\n        status: 200 OK\n        code: 200\n        duration: 1ms\n",
    ),
    (
        "httprr",
        "httprr trace v1\n39 77\nGET https://a.test/ HTTP/1.1\r\nHost: a\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nA: b\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n\
         .....",
    ),
    (
        "HAR",
        r#"{"log":{"entries":[{"startedDateTime":"2025-07-24T07:54:11.066+02:00","request":{"method":"POST","url":"https://a.test/","headers":[{"name":"a","value":"b"}],"postData":{"text":"x","encoding":"base64"}},"response":{"status":200,"httpVersion":"h2","headers":[{"name":"content-encoding","value":"br"}],"content":{"size":3,"encoding":"base64","text":"[\"/wAB\"]","_chunks":[1,2],"_chunkTimes":[3,4]}}}]}}"#,
    ),
    (
        "nock",
        r#"[{"scope":"https://a.test:443","method":"POST","path":"/a","body":{"b":1},"status":200,"response":["1f8b","00"],"rawHeaders":["Content-Encoding","gzip"],"reqheaders":{"content-length":"3"},"responseIsBinary":true}]"#,
    ),
    (
        "httpmock",
        "when:\n  path: /v1/messages\n  method: POST\n  query_param: [{name: a, value: b}]\n  header: [{name: content-type, value: application/json}]\n  body: \
         '{\"model\":\"m\",\"messages\":[]}'\nthen:\n  status: 200\n  header: [{name: content-type, value: audio/mpeg}]\n  body: //PExAAB\n---\nwhen:\n  path: /b\nthen: \
         {body_base64: AA==}\n",
    ),
    (
        "cassetter",
        "version: 1\ninteractions:\n- request: {method: POST, uri: 'https://a.test/', headers: {}, body: {type: json, content: {a: 1.50}}}\n  response: {status: 200, \
         headers: {}, body: {type: binary, content: 'ff00'}}\n  recorded_at: '2026-02-20T10:30:01Z'\nws_interactions: [{uri: 'wss://a.test/'}]\n",
    ),
    (
        "WireMock",
        r#"{"mappings":[{"request":{"method":"POST","url":"/a","headers":{"A":{"equalTo":"b"}},"bodyPatterns":[{"equalToJson":{"a":1}}]},"response":{"status":200,"jsonBody":{"b":2},"headers":{"C":"d"}}}]}"#,
    ),
    (
        "dd-apm-test-agent",
        r#"{"request":{"method":"POST","url":"https://a.test/","headers":{"A":"b"},"body":"c"},"response":{"status":{"code":200,"message":"OK"},"headers":{"Content-Type":"application/vnd.amazon.eventstream"},"body":"d"}}"#,
    ),
    (
        "Azure test-proxy",
        r#"{"Entries":[{"RequestUri":"https://a.test/","RequestMethod":"POST","RequestHeaders":{"Content-Type":"application/json"},"RequestBody":{"a":1},"StatusCode":200,"ResponseHeaders":{"Content-Type":"text/plain"},"ResponseBody":["a\n","b"]}],"Variables":{}}"#,
    ),
    ("aimock", r#"{"fixtures":[{"match":{"userMessage":"hi"},"response":{"content":"hello"}}]}"#),
];

fn wanted() -> Wanted {
    Wanted { base: Some("https://b.test".to_owned()), model: Some("m".to_owned()), ..Wanted::default() }
}

/// Reads it, and says of which format it is taken to be.
fn examine(bytes: &[u8]) -> Option<&'static str> {
    let found = read(bytes, &wanted());
    assert_eq!(found.is_ok(), recognises(bytes));
    let found = found.ok()?;
    for imported in found.exchanges.iter().flatten() {
        let size: usize = imported.recorded.chunks.iter().map(bytes::Bytes::len).sum();
        assert!(size <= (16 << 20) + bytes.len() * 200, "{size} bytes come of {}", bytes.len());
        assert!(imported.recorded.chunks.iter().all(|chunk| !chunk.is_empty()));
    }
    Some(found.format)
}

#[test]
fn every_format_is_told_from_the_others() {
    for (format, text) in SEEDS {
        assert_eq!(examine(text.as_bytes()), Some(format), "{text}");
    }
}

/// A change of bytes: where, how many go, and what comes.
type Edit = (Index, u8, Vec<u8>);

fn edited(seed: &[u8], edits: &[Edit]) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for (at, gone, come) in edits {
        let at = at.index(bytes.len() + 1);
        let end = (at + usize::from(*gone)).min(bytes.len());
        bytes.splice(at..end, come.iter().copied());
    }
    bytes
}

/// What may stand anywhere in a file, whoever wrote it.
fn anything() -> impl Strategy<Value = Json> {
    prop_oneof![
        Just(Json::Null),
        Just(Json::Bool(true)),
        Just(Json::Number("-1e400".to_owned())),
        Just(Json::Number("18446744073709551616".to_owned())),
        "[a-z:/?%\\\\ \u{0}\u{7f}é\n]{0,12}".prop_map(Json::from),
        Just(Json::Array(vec![Json::Null, Json::Array(Vec::new())])),
        Just(Json::Object(vec![("a".to_owned(), Json::from("b")), (String::new(), Json::Null)])),
    ]
}

/// The tree with another value in the place of one of its own.
fn replaced(tree: &mut Json, place: &mut usize, value: &Json) {
    if *place == 0 {
        *tree = value.clone();
    }
    *place = place.wrapping_sub(1);
    match tree {
        Json::Array(items) => items.iter_mut().for_each(|item| replaced(item, place, value)),
        Json::Object(fields) => fields.iter_mut().for_each(|(_, field)| replaced(field, place, value)),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn a_file_with_other_bytes_in_it_is_read_or_refused(
        seed in 0..SEEDS.len(),
        edits in prop::collection::vec((any::<Index>(), 0..12_u8, prop::collection::vec(any::<u8>(), 0..6)), 1..6),
    ) {
        examine(&edited(SEEDS[seed].1.as_bytes(), &edits));
    }

    #[test]
    fn a_file_with_other_values_in_it_is_read_or_refused(
        seed in 0..SEEDS.len(),
        changes in prop::collection::vec((0..40_usize, anything()), 1..4),
    ) {
        if let Ok(mut tree) = json::parse(SEEDS[seed].1.as_bytes()) {
            for (mut place, value) in changes {
                replaced(&mut tree, &mut place, &value);
            }
            examine(tree.compact().as_bytes());
        }
    }
}
