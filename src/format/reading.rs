//! From the tree of a document to its interaction, field by field.

use std::str::FromStr;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, Version, header};

use super::mapping::{At, Mapping, not_whole};
use super::{headers, labels};
use crate::format::blob_source::BlobSource;
use crate::format::body;
use crate::format::turns::Turn;
use crate::matching::request_key::Key;
use crate::model::chunk_times::ChunkTimes;
use crate::model::exchange::{Cut, Request, Response, ResponseBody};
use crate::model::interaction::Interaction;
use crate::model::json::Json;
use crate::model::text::{grouped, plural};
use crate::model::wire;
use crate::providers::is_written;

/// The fields of a document.
pub(super) const DOCUMENT: [&str; 12] = [
    "key",
    "take",
    "recorded_at",
    "usage_count",
    "tags",
    "metadata",
    "pinned",
    "provider",
    "model",
    "usage",
    "request",
    "response",
];

/// The fields of a request beside its body.
pub(super) const REQUEST: [&str; 4] = ["method", "url", "headers", "extends"];

/// The fields of a response beside its body.
pub(super) const RESPONSE: [&str; 9] = [
    "status",
    "version",
    "url",
    "headers",
    "client_aborted",
    "ended_early",
    "transfer_broke",
    "chunks",
    "times",
];

pub(super) fn parse(
    tree: &Json,
    blobs_at: &dyn BlobSource,
    base: Option<&Turn<'_>>,
) -> At<(Interaction, Key)> {
    let top = Mapping::new(tree, &[])?;
    top.only(&DOCUMENT)?;
    let key = Key::parse(top.text("key")?.as_bytes())
        .ok_or_else(|| top.wrong("key", "`key` has to be 64 lower-case hexadecimal digits"))?;
    let recorded_at = top.text("recorded_at")?;
    if jiff::Timestamp::from_str(recorded_at).is_err() {
        return Err(top.wrong("recorded_at", "`recorded_at` has to be a time such as 2026-11-21T02:10:44Z"));
    }
    let usage = match top.optional("usage") {
        None => Vec::new(),
        Some(usage) => {
            let usage = Mapping::new(usage, &["usage"])?;
            let count = |(name, count): (&str, &Json)| {
                let count = count.as_u64();
                Ok((name.to_owned(), count.ok_or_else(|| usage.wrong(name, &not_whole(name)))?))
            };
            let counts = usage.entries().map(count).collect::<At<Vec<_>>>()?;
            counts.into_iter().filter(|(name, count)| is_written(name, *count)).collect()
        }
    };
    let interaction = Interaction {
        recorded_at: recorded_at.to_owned(),
        usage_count: top.number_or("usage_count", 1)?,
        take: top.number_or("take", 1)?,
        provider: top.optional_text("provider")?.map(str::to_owned),
        model: top.optional_text("model")?.map(str::to_owned),
        usage,
        labels: labels::read(&top)?,
        request: parse_request(top.required("request")?, blobs_at, base)?,
        response: parse_response(top.required("response")?, blobs_at, base)?,
    };
    Ok((interaction, key))
}

fn parse_request(tree: &Json, blobs_at: &dyn BlobSource, base: Option<&Turn<'_>>) -> At<Request> {
    let fields = Mapping::new(tree, &["request"])?;
    fields.only_with_body(&REQUEST)?;
    let method = Method::from_str(fields.text("method")?)
        .map_err(|_| fields.wrong("method", "`method` is not an HTTP method"))?;
    let (bytes, _) = body::read(tree, blobs_at, &|| base.and_then(Turn::request))
        .map_err(|message| fields.in_body(message))?;
    Ok(Request { method, url: fields.text("url")?.to_owned(), headers: headers::read(&fields)?, body: bytes })
}

fn parse_response(tree: &Json, blobs_at: &dyn BlobSource, base: Option<&Turn<'_>>) -> At<Response> {
    let fields = Mapping::new(tree, &["response"])?;
    fields.only_with_body(&RESPONSE)?;
    let status = u16::try_from(fields.number("status")?)
        .ok()
        .and_then(|status| StatusCode::from_u16(status).ok())
        .ok_or_else(|| fields.wrong("status", "`status` is not an HTTP status"))?;
    let version = match fields.optional_text("version")? {
        None => Version::HTTP_11,
        Some(text) => {
            [Version::HTTP_09, Version::HTTP_10, Version::HTTP_11, Version::HTTP_2, Version::HTTP_3]
                .into_iter()
                .find(|version| format!("{version:?}") == text)
                .ok_or_else(|| {
                    fields.wrong("version", "`version` has to be HTTP/1.0, HTTP/1.1, HTTP/2.0 or HTTP/3.0")
                })?
        }
    };
    let headers = headers::read(&fields)?;
    let cut = parse_cut(&fields)?;
    let aside = if is_only_played(&fields, &headers, cut) { body::aside(tree, blobs_at) } else { None };
    let aside = aside.transpose().map_err(|message| fields.in_body(message))?;
    let (bytes, encoding) = match &aside {
        Some(_) => (Bytes::new(), None),
        None => body::read(tree, blobs_at, &|| base.and_then(Turn::response))
            .map_err(|message| fields.in_body(message))?,
    };
    let length = aside.as_ref().map_or(bytes.len(), |aside| aside.pieces().length());
    let chunks = match fields.optional("chunks") {
        Some(Json::String(text) | Json::Number(text)) => body::chunks_of_events(text, encoding, &bytes)
            .map_err(|message| fields.wrong("chunks", &message))?,
        Some(list) => parse_chunks(list, length).map_err(|message| fields.wrong("chunks", &message))?,
        None if aside.is_none() && wire::framing(&headers, &bytes).is_some() => {
            body::usual_chunks(encoding, &bytes)
        }
        None => Vec::new(),
    };
    let times = fields.optional("times").map(|text| parse_times(text, chunks.len()));
    let times = times.transpose().map_err(|message| fields.wrong("times", &message))?;
    Ok(Response {
        status,
        version,
        url: fields.optional_text("url")?.map(str::to_owned),
        headers,
        body: ResponseBody { bytes, chunks, times, cut, aside },
    })
}

/// Whether nobody reads the body of an answer but the client: it is a whole file, and no events, whose usage somebody may want
/// to know, nor compressed text.
fn is_only_played(fields: &Mapping<'_>, headers: &HeaderMap, cut: Cut) -> bool {
    let has_events = matches!(fields.optional("chunks"), Some(Json::String(_) | Json::Number(_)));
    let is_encoded = headers.contains_key(header::CONTENT_ENCODING);
    cut == Cut::Whole && !has_events && !is_encoded && !wire::declares_stream(headers)
}

fn parse_cut(fields: &Mapping<'_>) -> At<Cut> {
    let mut cut = Cut::Whole;
    for (reason, name) in Cut::FIELDS {
        match fields.optional(name) {
            None | Some(Json::Bool(false)) => {}
            Some(Json::Bool(true)) if cut == Cut::Whole => cut = reason,
            Some(Json::Bool(true)) => {
                return Err(
                    fields.wrong(name, "an answer ends for one reason: leave one of the fields that say so")
                );
            }
            Some(_) => return Err(fields.wrong(name, &format!("`{name}` has to be true or false"))),
        }
    }
    Ok(cut)
}

fn parse_chunks(list: &Json, length: usize) -> Result<Vec<usize>, String> {
    let wrong = || "`chunks` has to be a list of lengths in bytes".to_owned();
    let chunks: Vec<usize> = list
        .as_array()
        .ok_or_else(wrong)?
        .iter()
        .map(|item| item.as_u64().and_then(|length| usize::try_from(length).ok()).ok_or_else(wrong))
        .collect::<Result<_, _>>()?;
    match chunks.iter().try_fold(0usize, |sum, length| sum.checked_add(*length)) {
        Some(sum) if sum == length => Ok(chunks),
        _ => Err(format!(
            "the `chunks` do not add up to the {length} bytes of the body; if you edited the body, delete the line `chunks`"
        )),
    }
}

fn parse_times(text: &Json, chunks: usize) -> Result<ChunkTimes, String> {
    if chunks == 0 {
        return Err("`times` is for streams, and this is none; delete the line `times`".to_owned());
    }
    let times = ChunkTimes::parse(text.as_str().unwrap_or_default())?;
    match times.chunks() == chunks as u64 {
        true => Ok(times),
        false => Err(format!(
            "the `times` are those of {}, and the stream has {}; if you edited the body, delete the line `times`",
            plural(usize::try_from(times.chunks()).unwrap_or(usize::MAX), "chunk"),
            grouped(chunks as u64)
        )),
    }
}
