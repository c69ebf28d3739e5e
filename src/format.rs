//! The tape on disk, version 1: a first line with the version, then one YAML document an interaction, each closed by a
//! line `...`. The closing line is what tells a finished document from one that a crash tore off; YAML readers skip it.

mod fields;
mod headers;
mod labels;
mod turns;

use std::str::FromStr;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Method, StatusCode, Version};

use crate::blobs::Blobs;
use crate::body::{self, Fields};
use crate::elsewhere::Elsewhere;
use crate::exchange::{Request, Response, ResponseBody};
use crate::interaction::Interaction;
use crate::json::Json;
use crate::redact::Redacted;
use crate::request_key::{Key, boundary};
use crate::stream::{self, Framing};
use crate::turns::{Earlier, Of, Turn};
use crate::yaml;
use fields::Mapping;
pub(crate) use labels::reheaded;
use turns::lines_of;
pub(crate) use turns::{Opened, open};

/// The version that this code writes, and the newest that it reads.
pub(crate) const VERSION: u32 = 1;

/// What the first line starts with; the version follows.
pub(crate) const SIGNATURE: &str = "# llm-cassette ";

/// The line that opens a document starts with this.
pub(crate) const OPEN: &str = "---";

/// The line that closes a document.
pub(crate) const CLOSE: &str = "...";

/// Something in a document that cannot be read, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Malformed {
    /// Line within the document, the one with `---` being 1.
    pub(crate) line: usize,
    pub(crate) message: String,
    /// What to do, where that is something else than to mend the line.
    pub(crate) hint: Option<String>,
}

impl Malformed {
    pub(crate) fn new(line: usize, message: impl Into<String>) -> Malformed {
        Malformed { line, message: message.into(), hint: None }
    }
}

/// A document as it goes to disk.
#[derive(Debug, Clone)]
pub(crate) struct Written {
    /// From `---` to `...`.
    pub(crate) text: String,
    /// What the text refers to.
    pub(crate) blobs: Blobs,
}

/// The first line of a cassette.
pub(crate) fn first_line() -> String {
    format!("{SIGNATURE}{VERSION}\n")
}

/// The text of a document, and the blobs that go with it. What it repeats of an earlier turn is not written again.
pub(crate) fn write(redacted: &Redacted, key: &Key, earlier: Option<&Earlier<'_>>) -> Written {
    let mut blobs = Blobs::default();
    let interaction = redacted.interaction();
    let mut out = format!("{OPEN} # {}\n", title(interaction, key));
    out.push_str(&yaml::write(&tree(interaction, key, earlier, &mut blobs)));
    out.push_str(CLOSE);
    out.push('\n');
    Written { text: out, blobs }
}

/// What a person sees of a document in the middle of a long file or a diff: the call, the model, the key.
fn title(interaction: &Interaction, key: &Key) -> String {
    let url = interaction.request.url.split(['?', '#']).next().unwrap_or_default();
    let address = url.split_once("://").map_or(url, |(_, rest)| rest);
    let clean = |text: &str| -> String {
        text.chars().filter(|c| !c.is_control() && *c != '\u{feff}').take(120).collect()
    };
    let mut parts = vec![format!("{} {}", interaction.request.method, clean(address))];
    parts.extend(interaction.model.as_deref().map(clean));
    parts.push(format!("{}…", key.short()));
    parts
        .join(" · ")
        .chars()
        .filter(|c| c.is_alphanumeric() || c.is_ascii_graphic() || " ·…".contains(*c))
        .collect()
}

fn tree(interaction: &Interaction, key: &Key, earlier: Option<&Earlier<'_>>, blobs: &mut Blobs) -> Json {
    let mut top: Vec<(String, Json)> = vec![("key".to_owned(), Json::String(key.to_string()))];
    let mut add = |name: &str, value: Json| top.push((name.to_owned(), value));
    if interaction.take > 1 {
        add("take", Json::from(interaction.take));
    }
    add("recorded_at", Json::from(interaction.recorded_at.as_str()));
    add("usage_count", Json::from(interaction.usage_count));
    for (name, value) in labels::write(&interaction.labels) {
        add(&name, value);
    }
    if let Some(provider) = &interaction.provider {
        add("provider", Json::from(provider.as_str()));
    }
    if let Some(model) = &interaction.model {
        add("model", Json::from(model.as_str()));
    }
    if !interaction.usage.is_empty() {
        let usage = interaction.usage.iter().map(|(name, count)| (name.clone(), Json::from(*count)));
        add("usage", Json::Object(usage.collect()));
    }
    let (request, response) = turns::bodies(interaction, earlier, blobs);
    add("request", request_tree(&interaction.request, request));
    add("response", response_tree(&interaction.response, response));
    Json::Object(top)
}

fn request_tree(request: &Request, body: Fields) -> Json {
    let mut fields = vec![
        ("method".to_owned(), Json::from(request.method.as_str())),
        ("url".to_owned(), Json::from(request.url.as_str())),
    ];
    fields.extend(headers::write(&request.headers));
    fields.extend(body);
    Json::Object(fields)
}

fn request_body(request: &Request, base: Option<&Json>, blobs: &mut Blobs) -> Fields {
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
fn framing(response: &Response) -> Option<Framing> {
    let is_stream = !response.body.chunks.is_empty();
    is_stream.then(|| stream::framing(&response.headers, &response.body.bytes)).flatten()
}

fn response_body(response: &Response, base: Option<&Json>, blobs: &mut Blobs) -> Fields {
    let context = body::Context {
        framing: framing(response),
        boundary: None,
        base: base.map(|base| (base, Of::Responses)),
    };
    body::write(&response.body.bytes, context, blobs)
}

fn response_tree(response: &Response, encoded: Fields) -> Json {
    let mut fields = vec![("status".to_owned(), Json::from(u64::from(response.status.as_u16())))];
    if response.version != Version::HTTP_11 {
        fields.push(("version".to_owned(), Json::String(format!("{:?}", response.version))));
    }
    if let Some(url) = &response.url {
        fields.push(("url".to_owned(), Json::from(url.as_str())));
    }
    fields.extend(headers::write(&response.headers));
    let ResponseBody { bytes, chunks, hung_up } = &response.body;
    if *hung_up {
        fields.push(("hung_up".to_owned(), Json::Bool(true)));
    }
    // Which encoding it became decides which chunks go without saying.
    let encoding = body::encoding(&encoded);
    if !chunks.is_empty() && framing(response).is_none() {
        fields.push(("chunks".to_owned(), lengths(chunks)));
    } else if let Some(stored) = body::chunks_to_store(encoding, bytes, chunks) {
        fields.push(("chunks".to_owned(), lengths(&stored)));
    }
    fields.extend(encoded);
    Json::Object(fields)
}

fn lengths(chunks: &[usize]) -> Json {
    Json::Array(chunks.iter().map(|length| Json::Number(length.to_string())).collect())
}

/// Reads a document. `text` starts behind the line with `---` and ends before the one with `...`. The key that stands
/// in it comes along; whether it fits is for the caller to see.
pub(crate) fn read(
    text: &str,
    elsewhere: &dyn Elsewhere,
    base: Option<&Turn<'_>>,
) -> Result<(Interaction, Key), Malformed> {
    open(text)?.read(elsewhere, base)
}

/// The same error with its line.
fn placed(text: &str, (path, message): (Vec<String>, String)) -> Malformed {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    // Where the place itself is missing, its owner is the next best.
    let line = (0..=path.len()).rev().find_map(|length| yaml::locate(text, &path[..length])).unwrap_or(0);
    Malformed::new(line + 1, message)
}

type At<T> = Result<T, (Vec<String>, String)>;

fn parse(tree: &Json, elsewhere: &dyn Elsewhere, base: Option<&Turn<'_>>) -> At<(Interaction, Key)> {
    let top = Mapping::new(tree, &[])?;
    top.only(&[
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
    ])?;
    let key = Key::parse(top.text("key")?.as_bytes())
        .ok_or_else(|| top.wrong("key", "`key` is 64 hexadecimal digits in small letters"))?;
    let recorded_at = top.text("recorded_at")?;
    if jiff::Timestamp::from_str(recorded_at).is_err() {
        return Err(top.wrong("recorded_at", "`recorded_at` is a time such as 2026-11-21T02:10:44Z"));
    }
    let usage = match top.optional("usage") {
        None => Vec::new(),
        Some(usage) => {
            let usage = Mapping::new(usage, &["usage"])?;
            usage.names().map(|name| Ok((name.to_owned(), usage.number(name)?))).collect::<At<Vec<_>>>()?
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
        request: parse_request(top.required("request")?, elsewhere, base)?,
        response: parse_response(top.required("response")?, elsewhere, base)?,
    };
    Ok((interaction, key))
}

fn parse_request(tree: &Json, elsewhere: &dyn Elsewhere, base: Option<&Turn<'_>>) -> At<Request> {
    let fields = Mapping::new(tree, &["request"])?;
    fields.only_with_body(&["method", "url", "headers", "extends"])?;
    let method = Method::from_str(fields.text("method")?)
        .map_err(|_| fields.wrong("method", "`method` is no HTTP method"))?;
    let (bytes, _) = body::read(tree, elsewhere, &|| base.and_then(Turn::request))
        .map_err(|message| fields.in_body(message))?;
    Ok(Request {
        method,
        url: fields.text("url")?.to_owned(),
        headers: headers::read(&fields)?,
        body: Bytes::from(bytes),
    })
}

fn parse_response(tree: &Json, elsewhere: &dyn Elsewhere, base: Option<&Turn<'_>>) -> At<Response> {
    let fields = Mapping::new(tree, &["response"])?;
    fields.only_with_body(&["status", "version", "url", "headers", "hung_up", "chunks"])?;
    let status = u16::try_from(fields.number("status")?)
        .ok()
        .and_then(|status| StatusCode::from_u16(status).ok())
        .ok_or_else(|| fields.wrong("status", "`status` is no HTTP status"))?;
    let version = match fields.optional_text("version")? {
        None => Version::HTTP_11,
        Some(text) => {
            [Version::HTTP_09, Version::HTTP_10, Version::HTTP_11, Version::HTTP_2, Version::HTTP_3]
                .into_iter()
                .find(|version| format!("{version:?}") == text)
                .ok_or_else(|| {
                    fields.wrong("version", "`version` is HTTP/1.0, HTTP/1.1, HTTP/2.0 or HTTP/3.0")
                })?
        }
    };
    let headers = headers::read(&fields)?;
    let (bytes, encoding) = body::read(tree, elsewhere, &|| base.and_then(Turn::response))
        .map_err(|message| fields.in_body(message))?;
    let hung_up = match fields.optional("hung_up") {
        None => false,
        Some(Json::Bool(hung_up)) => *hung_up,
        Some(_) => return Err(fields.wrong("hung_up", "`hung_up` is true or false")),
    };
    let chunks = match fields.optional("chunks") {
        Some(list) => parse_chunks(list, bytes.len()).map_err(|message| fields.wrong("chunks", &message))?,
        None if stream::framing(&headers, &bytes).is_some() => body::usual_chunks(encoding, &bytes),
        None => Vec::new(),
    };
    Ok(Response {
        status,
        version,
        url: fields.optional_text("url")?.map(str::to_owned),
        headers,
        body: ResponseBody { bytes: Bytes::from(bytes), chunks, hung_up },
    })
}

fn parse_chunks(list: &Json, length: usize) -> Result<Vec<usize>, String> {
    let wrong = || "`chunks` is a list of lengths in bytes".to_owned();
    let chunks: Vec<usize> = list
        .as_array()
        .ok_or_else(wrong)?
        .iter()
        .map(|item| item.as_u64().and_then(|length| usize::try_from(length).ok()).ok_or_else(wrong))
        .collect::<Result<_, _>>()?;
    match chunks.iter().try_fold(0usize, |sum, length| sum.checked_add(*length)) {
        Some(sum) if sum == length => Ok(chunks),
        _ => Err(format!(
            "the `chunks` do not add up to the {length} bytes of the body; after an edit, delete the line"
        )),
    }
}

#[cfg(test)]
mod tests;
