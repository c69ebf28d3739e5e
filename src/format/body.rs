//! How a body stands in a cassette: readable where that loses nothing, and always exact. One file an encoding.

mod apart;
mod base64;
mod blob;
mod chunks;
mod coding;
mod compact;
mod eventstream;
pub(crate) mod externalise;
mod json;
mod lines;
mod marks;
mod multipart;
pub(crate) mod same;
mod spelling;
mod text;

use bytes::Bytes;

use crate::format::allowance::Allowance;
use crate::format::blob_source::BlobSource;
use crate::format::blobs::Blobs;
use crate::format::turns::Of;
use crate::model::aside::Aside;
use crate::model::json::Json;
use crate::model::wire::Framing;

/// The fields that a body takes in the `request` or `response` of a document.
pub(crate) type Fields = Vec<(String, Json)>;

/// Every way in which a body can be stored. The name is that of the field which holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Json,
    Sse,
    Ndjson,
    EventStream,
    Multipart,
    Text,
    Blob,
    Base64,
}

/// What a writer knows of a body beside its bytes.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Context<'a> {
    /// The framing of a stream; `None` for a body that is no stream.
    pub(crate) framing: Option<Framing>,
    /// The boundary of a multipart body.
    pub(crate) boundary: Option<&'a str>,
    /// The body that this one goes on from.
    pub(crate) base: Option<(&'a Json, Of)>,
}

impl Encoding {
    const ALL: [Encoding; 8] = [
        Encoding::Json,
        Encoding::Sse,
        Encoding::Ndjson,
        Encoding::EventStream,
        Encoding::Multipart,
        Encoding::Text,
        Encoding::Blob,
        Encoding::Base64,
    ];

    pub(crate) fn field(self) -> &'static str {
        match self {
            Encoding::Json => "json",
            Encoding::Sse => "sse",
            Encoding::Ndjson => "ndjson",
            Encoding::EventStream => "eventstream",
            Encoding::Multipart => "multipart",
            Encoding::Text => "text",
            Encoding::Blob => "blob",
            Encoding::Base64 => "base64",
        }
    }

    /// Fields beside the main one that refine it.
    fn details(self) -> &'static [&'static str] {
        match self {
            Encoding::Json => &["layout", "before", "after", apart::BETWEEN, apart::END],
            Encoding::Sse => &["line_end", "unterminated", lines::DATA_FIRST],
            Encoding::Ndjson => &["line_end", "unterminated"],
            Encoding::EventStream => &[eventstream::TORN, eventstream::ORDER],
            Encoding::Multipart | Encoding::Text | Encoding::Blob | Encoding::Base64 => &[],
        }
    }

    fn write(self, bytes: &Bytes, context: Context<'_>, blobs: &mut Blobs) -> Option<Fields> {
        match (self, context.framing) {
            (Encoding::Json, None) => json::write(bytes, context.base, blobs),
            (Encoding::Sse, Some(Framing::Sse)) => lines::write(lines::SSE, bytes, blobs),
            (Encoding::Ndjson, Some(Framing::Ndjson)) => lines::write(lines::NDJSON, bytes, blobs),
            (Encoding::EventStream, Some(Framing::EventStream)) => eventstream::write(bytes, blobs),
            (Encoding::Multipart, None) => multipart::write(bytes, context.boundary?, blobs),
            (Encoding::Text, _) => text::write(bytes),
            (Encoding::Blob, _) => blob::write(bytes, blobs),
            (Encoding::Base64, _) => Some(base64::write(bytes)),
            _ => None,
        }
    }

    fn read(self, fields: &Found<'_>) -> Result<Bytes, String> {
        let bytes = match self {
            Encoding::Json => json::read(fields),
            Encoding::Sse => lines::read(lines::SSE, fields),
            Encoding::Ndjson => lines::read(lines::NDJSON, fields),
            Encoding::EventStream => eventstream::read(fields),
            Encoding::Multipart => multipart::read(fields),
            Encoding::Text => text::read(fields.main),
            // It may be large, so nobody copies it.
            Encoding::Blob => return blob::read(fields.main, fields),
            Encoding::Base64 => base64::read(fields.main),
        };
        bytes.map(Bytes::from)
    }

    fn has_events(self) -> bool {
        matches!(self, Encoding::Sse | Encoding::Ndjson | Encoding::EventStream)
    }

    /// The lengths of the chunks that a stream has when every event came on its own, which need not be stored.
    fn usual_chunks(self, bytes: &[u8]) -> Vec<usize> {
        match self {
            Encoding::Sse => lines::chunks(lines::SSE, bytes),
            Encoding::Ndjson => lines::chunks(lines::NDJSON, bytes),
            Encoding::EventStream => eventstream::chunks(bytes),
            Encoding::Json | Encoding::Multipart | Encoding::Text | Encoding::Blob | Encoding::Base64 => {
                vec![bytes.len()]
            }
        }
    }
}

/// A body as found in a document.
pub(crate) struct Found<'a> {
    main: &'a Json,
    owner: &'a Json,
    blobs_at: &'a dyn BlobSource,
    base: Base<'a>,
    /// What this may unfold to.
    allowance: Allowance,
}

/// Where the body is found that another one goes on from, should it be asked for.
pub(crate) type Base<'a> = &'a dyn Fn() -> Option<&'a Json>;

impl Found<'_> {
    /// The bytes of a blob.
    fn blob(&self, hash: &str) -> Result<Bytes, String> {
        self.allowance.blob(self.blobs_at, hash)
    }

    fn detail(&self, name: &str) -> Result<Option<&str>, String> {
        match self.owner.get(name) {
            None => Ok(None),
            Some(Json::String(text)) => Ok(Some(text)),
            Some(_) => Err(format!("`{name}` is not text")),
        }
    }
}

/// The names that a body may take in the mapping it belongs to.
pub(crate) fn is_body_field(name: &str) -> bool {
    Encoding::ALL.iter().any(|encoding| encoding.field() == name || encoding.details().contains(&name))
}

/// All names that a body may take.
#[cfg(test)]
pub(crate) fn field_names() -> Vec<&'static str> {
    let names = |encoding: Encoding| [encoding.field()].into_iter().chain(encoding.details().iter().copied());
    Encoding::ALL.into_iter().flat_map(names).collect()
}

/// The fields for a body: of the encodings that suit it, the first that gives exactly the same bytes back. What stands
/// aside is added to the blobs.
pub(crate) fn write(bytes: &Bytes, context: Context<'_>, blobs: &mut Blobs) -> Fields {
    if bytes.is_empty() {
        return Vec::new();
    }
    Encoding::ALL
        .into_iter()
        .find_map(|encoding| {
            let mut aside = Blobs::default();
            let owner = Json::Object(encoding.write(bytes, context, &mut aside)?);
            (read(&owner, &aside, &|| context.base.map(|(base, _)| base)).ok()?.0 == bytes)
                .then_some((owner, aside))
        })
        .and_then(|(owner, aside)| match owner {
            Json::Object(fields) => {
                blobs.extend(aside);
                Some(fields)
            }
            _ => None,
        })
        .unwrap_or_else(|| base64::write(bytes))
}

/// The bytes of the body in a `request` or `response`, and how it is stored. No body field is an empty body.
pub(crate) fn read<'a>(
    owner: &'a Json,
    blobs_at: &'a dyn BlobSource,
    base: Base<'a>,
) -> Result<(Bytes, Option<Encoding>), String> {
    let fields = owner.as_object().unwrap_or_default();
    let mut present = Encoding::ALL.into_iter().filter(|encoding| owner.get(encoding.field()).is_some());
    let Some(encoding) = present.next() else {
        return match fields.iter().find(|(name, _)| is_body_field(name)) {
            Some((name, _)) => Err(format!("`{name}` describes a body, but there is no body")),
            None => Ok((Bytes::new(), None)),
        };
    };
    if let Some(second) = present.next() {
        return Err(format!(
            "both `{}` and `{}` are here; a body has only one of them",
            encoding.field(),
            second.field()
        ));
    }
    for (name, _) in fields {
        if is_body_field(name) && name != encoding.field() && !encoding.details().contains(&name.as_str()) {
            return Err(format!("`{name}` cannot stand beside `{}`", encoding.field()));
        }
    }
    let Some(main) = owner.get(encoding.field()) else { return Ok((Bytes::new(), None)) };
    let allowance = Allowance::of(owner);
    encoding.read(&Found { main, owner, blobs_at, base, allowance }).map(|bytes| (bytes, Some(encoding)))
}

/// The body that stays in the blob which the fields refer to, where it may.
pub(crate) fn aside(owner: &Json, blobs_at: &dyn BlobSource) -> Option<Result<Aside, String>> {
    externalise::aside(owner.get(Encoding::Blob.field())?, blobs_at)
}

/// The encoding that the fields of a body are in; `None` for an empty body.
pub(crate) fn encoding(fields: &[(String, Json)]) -> Option<Encoding> {
    Encoding::ALL.into_iter().find(|encoding| fields.iter().any(|(name, _)| name == encoding.field()))
}

/// What to store of the chunks of a stream: nothing where each event came on its own.
pub(crate) fn chunks_to_store(encoding: Option<Encoding>, bytes: &[u8], chunks: &[usize]) -> Option<Json> {
    let usual = usual_chunks(encoding, bytes);
    if chunks.is_empty() || chunks == usual {
        return None;
    }
    let has_events = encoding.is_some_and(Encoding::has_events) && !chunks.contains(&0);
    Some(if has_events { Json::String(chunks::write(chunks, &usual)) } else { lengths(chunks) })
}

/// The lengths of chunks in bytes, for what has no events.
pub(crate) fn lengths(chunks: &[usize]) -> Json {
    Json::Array(chunks.iter().map(|length| Json::Number(length.to_string())).collect())
}

/// The lengths of the chunks of a stream from the words for them.
pub(crate) fn chunks_of_events(
    text: &str,
    encoding: Option<Encoding>,
    bytes: &[u8],
) -> Result<Vec<usize>, String> {
    match encoding.filter(|encoding| encoding.has_events()) {
        Some(encoding) => chunks::read(text, &encoding.usual_chunks(bytes)),
        None => Err("`chunks` of what has no events has to be a list of lengths in bytes".to_owned()),
    }
}

/// The chunks of a stream of which nothing was stored.
pub(crate) fn usual_chunks(encoding: Option<Encoding>, bytes: &[u8]) -> Vec<usize> {
    encoding.map(|encoding| encoding.usual_chunks(bytes)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
