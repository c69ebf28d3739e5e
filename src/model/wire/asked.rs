//! What a request asks, whichever way its body says so.

use std::sync::Arc;

use http::header::CONTENT_TYPE;

use super::bodies::{boundary, shared_json_body};
use super::multipart;
use crate::model::exchange::Request;
use crate::model::json::Json;

/// What a request asks, as the fields of an object: those of its JSON, or the texts of a form.
pub(crate) fn asked_of(request: &Request) -> Option<Arc<Json>> {
    shared_json_body(request).or_else(|| form(request).map(|fields| Arc::new(Json::Object(fields))))
}

/// The texts of a multipart form. Its files say nothing of how they are to be read.
fn form(request: &Request) -> Option<Vec<(String, Json)>> {
    let boundary = boundary(request.headers.get(CONTENT_TYPE)?.as_bytes())?;
    let parts = multipart::read(&request.body, &boundary).parts;
    let field = |part: &multipart::Part| {
        let name = part.names(&request.body).into_iter().next()?;
        let text = std::str::from_utf8(&request.body[part.content.clone()]).ok()?;
        part.file(&request.body).is_none().then(|| (name, Json::from(text)))
    };
    Some(parts.iter().filter_map(field).collect())
}
