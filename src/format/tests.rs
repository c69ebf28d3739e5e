//! Whatever was recorded is what a cassette gives back, through the text of a whole file.

use std::str::FromStr;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version};
use proptest::prelude::*;
use proptest::sample::select;

use super::fields::Mapping;
use super::*;
use crate::format::blob_source::Nowhere;
use crate::matching::request_key::normalise;
use crate::matching::rules::Rules;
use crate::model::exchange::{Request, Response, ResponseBody};
use crate::model::json::Json;
use crate::model::labels::Labels;
use crate::model::strategies::{any_body, any_text};
use crate::model::wire;
use crate::redact::{RedactOptions, Redactor};
use crate::store::tape::Tape;
use crate::store::{cassette_files, storage};

mod secrets;

fn redacted(interaction: Interaction) -> Redacted {
    // One each: what looks like a secret in one must not be searched for in the next.
    let redactor = Redactor::new(std::iter::empty(), RedactOptions::default()).expect("no names, no error");
    redactor.redact(interaction).unwrap_or_else(|leak| panic!("a secret in {}", leak.place))
}

fn any_headers() -> impl Strategy<Value = HeaderMap> {
    let name = prop_oneof![
        select(vec!["etag", "location", "content-language", "x-b", "x-a"]).prop_map(str::to_owned),
        "[a-z][a-z0-9-]{0,12}"
    ];
    let value = prop_oneof![
        "[ -~]{0,20}".prop_map(String::into_bytes),
        any_text().prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 0..12),
        // No part of a time of recording, which could not be written if a header such as `x-token` made a secret of it.
        select(vec!["1", "null", "true", "{base64: eA==}", "[a]", "1999-12-31"])
            .prop_map(|text| text.as_bytes().to_vec()),
    ];
    prop::collection::vec((name, value), 0..6).prop_map(|pairs| {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            // Line breaks and other control characters cannot be in a header.
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_bytes(&value)) {
                headers.append(name, value);
            }
        }
        headers
    })
}

fn with_type(mut headers: HeaderMap, kind: &str) -> HeaderMap {
    headers.remove(CONTENT_TYPE);
    if let Some(value) = HeaderValue::from_str(kind).ok().filter(|value| !value.is_empty()) {
        headers.insert(CONTENT_TYPE, value);
    }
    headers
}

fn any_url() -> impl Strategy<Value = String> {
    "https://[a-z]{1,8}\\.example(:[1-9][0-9]{1,3})?/[a-z0-9/._~-]{0,20}(\\?[a-z]{1,3}=[a-z0-9%+]{0,5}(&[a-z]){0,2})?"
}

fn any_request() -> impl Strategy<Value = Request> {
    let method = prop_oneof![
        select(vec!["POST", "GET", "HEAD", "DELETE"]).prop_map(str::to_owned),
        "[A-Z!#$%&'*+.^_`|~-]{1,8}"
    ];
    (method, any_url(), any_headers(), any_body()).prop_map(|(method, url, headers, (kind, body))| Request {
        method: Method::from_str(&method).expect("a token"),
        url,
        headers: with_type(headers, kind),
        body: Bytes::from(body),
    })
}

fn any_response() -> impl Strategy<Value = Response> {
    let versions =
        vec![Version::HTTP_09, Version::HTTP_10, Version::HTTP_11, Version::HTTP_2, Version::HTTP_3];
    let head = (100..=599_u16, select(versions), prop::option::of(any_url()), any_headers());
    let cuts = prop_oneof![Just(Vec::new()), prop::collection::vec(1..40_usize, 1..5)];
    (head, any_body(), cuts, any::<bool>()).prop_map(
        |((status, version, url, headers), (kind, bytes), cuts, client_aborted)| {
            let headers = with_type(headers, kind);
            let chunks = match wire::framing(&headers, &bytes) {
                // The recorder notes the chunks of every stream that it knows.
                Some(_) if cuts.is_empty() && !bytes.is_empty() => vec![bytes.len()],
                _ => cut(bytes.len(), &cuts),
            };
            Response {
                status: StatusCode::from_u16(status).expect("three digits"),
                version,
                url,
                headers,
                body: ResponseBody { bytes: Bytes::from(bytes), chunks, client_aborted },
            }
        },
    )
}

/// Chunks of these lengths, again and again, for so many bytes.
fn cut(mut length: usize, sizes: &[usize]) -> Vec<usize> {
    let mut chunks = Vec::new();
    for size in sizes.iter().cycle() {
        if length == 0 {
            break;
        }
        chunks.push(length.min(*size));
        length -= length.min(*size);
    }
    chunks
}

fn any_labels() -> impl Strategy<Value = Labels> {
    let tags = prop::collection::btree_set("[a-zé0-9_./-]{1,8}", 0..3);
    let metadata = prop::collection::btree_map("[a-zé0-9_./-]{1,8}", any_text(), 0..3);
    (tags, metadata, any::<bool>()).prop_map(|(tags, metadata, pinned)| Labels {
        tags: tags.into_iter().collect(),
        metadata: metadata.into_iter().collect(),
        pinned,
    })
}

fn any_interaction() -> impl Strategy<Value = Interaction> {
    let counts = (1..1000_u64, 1..5_u64, prop::collection::btree_map("[a-z_]{1,20}", any::<u64>(), 0..3));
    let from = (prop::option::of(any_text()), prop::option::of(any_text()));
    (any_request(), any_response(), from, counts, any_labels()).prop_map(
        |(request, response, (provider, model), (usage_count, take, usage), labels)| Interaction {
            recorded_at: "2026-11-21T02:10:44Z".to_owned(),
            usage_count,
            take,
            provider,
            model,
            usage: usage.into_iter().collect(),
            labels,
            request,
            response,
        },
    )
}

fn assert_same(got: &Interaction, meant: &Interaction, text: &str) {
    let rest = |it: &Interaction| {
        (
            it.recorded_at.clone(),
            it.usage_count,
            it.take,
            it.provider.clone(),
            it.model.clone(),
            it.usage.clone(),
            it.labels.clone(),
        )
    };
    let request = |it: &Request| (it.method.clone(), it.url.clone(), it.headers.clone(), it.body.clone());
    assert_eq!(rest(got), rest(meant), "{text}");
    assert_eq!(request(&got.request), request(&meant.request), "{text}");
    assert_eq!(got.response, meant.response, "{text}");
}

proptest! {
    #[test]
    fn what_is_written_reads_back_as_it_was(interactions in prop::collection::vec(any_interaction(), 1..4)) {
        let interactions: Vec<Redacted> = interactions.into_iter().map(redacted).collect();
        let keys: Vec<Key> =
            interactions.iter().map(|it| normalise(&it.interaction().request, &Rules::default()).key).collect();
        let written: Vec<Written> = interactions.iter().zip(&keys).map(|(it, key)| write(it, key, None)).collect();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("test.yaml");
        for Written { text, blobs } in &written {
            prop_assert!(!storage::append(&path, text, blobs).unwrap());
        }
        let documents: Vec<String> = written.into_iter().map(|written| written.text).collect();
        let text = first_line() + &documents.concat();
        let bytes = cassette_files::load(&path).unwrap().unwrap();
        prop_assert_eq!(&String::from_utf8_lossy(&bytes), &text);

        let (tape, torn) = Tape::new(&path, bytes, Rules::default()).unwrap();
        prop_assert!(!torn);
        prop_assert_eq!(tape.len(), documents.len(), "{}", text);
        for (slot, (meant, key)) in interactions.iter().zip(&keys).enumerate() {
            prop_assert_eq!(tape.text(slot), documents[slot].as_bytes());
            let parsed = tape.get(slot).unwrap_or_else(|error| panic!("{error}\n{text}"));
            prop_assert_eq!(parsed.normal.key, *key);
            assert_same(&parsed.interaction, meant.interaction(), &documents[slot]);
        }
    }

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
            client_aborted: false,
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
      sse: ['data: {"n":1}', "data: [DONE]"]
    ...
    "#);
}
