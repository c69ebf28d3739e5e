//! The bodies of the two sides of an interaction, request and response, as they are stored.

use http::header::CONTENT_TYPE;

use crate::format::blobs::Blobs;
use crate::format::body::{self, Fields};
use crate::format::turns::Of;
use crate::model::exchange::{Request, Response};
use crate::model::json::Json;
use crate::model::wire::bodies::boundary;
use crate::model::wire::{self, Framing};

pub(super) fn request_body(request: &Request, base: Option<&Json>, blobs: &mut Blobs) -> Fields {
    let boundary = request.headers.get(CONTENT_TYPE).and_then(|value| boundary(value.as_bytes()));
    body::write(
        &request.body,
        body::Context {
            framing: None,
            boundary: boundary.as_deref(),
            base: base.map(|base| (base, Of::Requests)),
        },
        blobs,
    )
}

/// How a body that is a stream is cut into events.
pub(super) fn framing(response: &Response) -> Option<Framing> {
    let is_stream = !response.body.chunks.is_empty();
    is_stream.then(|| wire::framing(&response.headers, &response.body.bytes)).flatten()
}

pub(super) fn response_body(response: &Response, base: Option<&Json>, blobs: &mut Blobs) -> Fields {
    let context = body::Context {
        framing: framing(response),
        boundary: None,
        base: base.map(|base| (base, Of::Responses)),
    };
    body::write(&response.body.bytes, context, blobs)
}
