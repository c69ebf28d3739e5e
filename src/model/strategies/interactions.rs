//! For tests: interactions of every kind.

use std::str::FromStr;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version};
use proptest::prelude::*;
use proptest::sample::select;

use super::{any_body, any_text};
use crate::model::chunk_times::ChunkTimes;
use crate::model::exchange::{Cut, Request, Response, ResponseBody};
use crate::model::interaction::Interaction;
use crate::model::labels::Labels;
use crate::model::wire;

pub(crate) fn any_headers() -> impl Strategy<Value = HeaderMap> {
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

/// The same headers, with this content type and no other.
pub(crate) fn with_type(mut headers: HeaderMap, kind: &str) -> HeaderMap {
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
    let arrived = prop::option::of(prop::collection::vec(0..90_000_u64, 1..30));
    (head, any_body(), (cuts, arrived), any_cut()).prop_map(
        |((status, version, url, headers), (kind, bytes), (cuts, arrived), cut_off)| {
            let headers = with_type(headers, kind);
            let chunks = match wire::framing(&headers, &bytes) {
                // The recorder notes the chunks of every stream that it knows.
                Some(_) if cuts.is_empty() && !bytes.is_empty() => vec![bytes.len()],
                _ => cut(bytes.len(), &cuts),
            };
            // Whatever the order, it becomes one that a stream can have.
            let times = arrived.and_then(|arrived| {
                ChunkTimes::of(&arrived.iter().copied().cycle().take(chunks.len()).collect::<Vec<_>>())
            });
            Response {
                status: StatusCode::from_u16(status).expect("three digits"),
                version,
                url,
                headers,
                body: ResponseBody { bytes: Bytes::from(bytes), chunks, times, cut: cut_off, aside: None },
            }
        },
    )
}

fn any_cut() -> impl Strategy<Value = Cut> {
    select(vec![Cut::Whole, Cut::ClientAborted, Cut::EndedEarly, Cut::Broke])
}

/// Chunks of these lengths, again and again, for so many bytes.
pub(crate) fn cut(mut length: usize, sizes: &[usize]) -> Vec<usize> {
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

pub(crate) fn any_interaction() -> impl Strategy<Value = Interaction> {
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
