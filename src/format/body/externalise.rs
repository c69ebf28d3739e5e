//! Opaque values stand aside: what no person reads goes into a blob, and a mark that says what it is stands in its place.
//! Whether a value goes depends on that value alone.

use bytes::Bytes;

use super::Found;
use super::coding::{Coding, is_opaque};
use crate::format::blob_source::BlobSource;
use crate::format::blobs::{BlobName, Blobs, MARK};
use crate::model::aside::Aside;
use crate::model::json::{self, Json};
use crate::model::wire::beginnings::media_type;

/// From so many characters on, text that is not for reading stands aside: about ten lines of it.
const LONG_TEXT: usize = 1024;

/// Numbers stand aside from so many on, or from so many characters on, which is two lines of them.
const MANY_NUMBERS: usize = 64;
const LONG_NUMBERS: usize = 200;

/// Longer heads of `data:` URLs are none.
const LONGEST_HEAD: usize = 200;

/// What a blob holds, and so how it becomes the value again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// The JSON text of an array of numbers.
    Numbers,
    /// A string as it is.
    Text,
    /// The bytes behind a string in base64.
    Coded(Coding),
    /// Bytes that are no JSON value: a whole body, or a part of one.
    Bytes,
}

/// Puts every opaque value of a tree aside and leaves marks. Escape the tree first: what it has of marks is its own.
pub(crate) fn externalise(tree: &mut Json, blobs: &mut Blobs) {
    match tree {
        Json::Array(items) => match numbers(items) {
            Some(text) => {
                let kind = format!("{} numbers", items.len());
                *tree = mark(&blobs.add(text), "", &kind);
            }
            None => items.iter_mut().for_each(|item| externalise(item, blobs)),
        },
        Json::Object(fields) => fields.iter_mut().for_each(|(_, value)| externalise(value, blobs)),
        Json::String(text) => {
            if let Some(mark) = text_mark(text, blobs) {
                *tree = mark;
            }
        }
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}

/// The mark for bytes that would stand in base64 otherwise; `None` if these are too few to be in the way.
pub(super) fn put_bytes(bytes: &Bytes, blobs: &mut Blobs) -> Option<Json> {
    (bytes.len() >= LONG_TEXT / 4 * 3).then(|| {
        let kind = described(bytes);
        mark(&blobs.add(bytes.clone()), "", &kind)
    })
}

/// Puts the values back where marks stand. Unescape the tree behind this.
pub(super) fn inline(tree: &mut Json, found: &Found<'_>) -> Result<(), String> {
    if let Some(mark) = Mark::of(tree) {
        *tree = mark?.value(found)?;
        return Ok(());
    }
    match tree {
        Json::Array(items) => items.iter_mut().try_for_each(|item| inline(item, found)),
        Json::Object(fields) => fields.iter_mut().try_for_each(|(_, value)| inline(value, found)),
        _ => Ok(()),
    }
}

/// The bytes that [`put_bytes`] put aside.
pub(super) fn bytes_back(tree: &Json, found: &Found<'_>) -> Result<Bytes, String> {
    let mark = Mark::of(tree).ok_or_else(|| format!("`blob` has no `{MARK}`"))??;
    match mark.kind {
        Kind::Bytes => {
            let bytes = found.blob(mark.name.as_str())?;
            mark.counts(bytes.len())?;
            Ok(bytes)
        }
        _ => Err("`kind` beside the hash of a body has to say how many bytes it has, such as `2048 bytes`"
            .to_owned()),
    }
}

/// The body that stays in its blob, where it may.
pub(super) fn aside(tree: &Json, blobs_at: &dyn BlobSource) -> Option<Result<Aside, String>> {
    let mark = Mark::of(tree)?.ok().filter(|mark| mark.kind == Kind::Bytes)?;
    blobs_at.aside(mark.name.as_str(), mark.count)
}

/// The names of the blobs that a tree refers to.
#[cfg(any(test, feature = "cli"))]
pub(crate) fn names(tree: &Json) -> Vec<BlobName> {
    match Mark::of(tree) {
        Some(Ok(mark)) => vec![mark.name],
        Some(Err(_)) => Vec::new(),
        None => match tree {
            Json::Array(items) => items.iter().flat_map(names).collect(),
            Json::Object(fields) => fields.iter().flat_map(|(_, value)| names(value)).collect(),
            _ => Vec::new(),
        },
    }
}

/// On one line and without a line break: the conversion of line ends that git may do has nothing to convert.
fn numbers(items: &[Json]) -> Option<String> {
    let length: usize = items
        .iter()
        .map(|item| match item {
            Json::Number(text) => Some(text.len() + 1),
            _ => None,
        })
        .sum::<Option<usize>>()?;
    if items.len() < MANY_NUMBERS && length < LONG_NUMBERS {
        return None;
    }
    let mut out = String::with_capacity(length + 2);
    for item in items {
        if let Json::Number(text) = item {
            out.push(if out.is_empty() { '[' } else { ',' });
            out.push_str(text);
        }
    }
    out.push(']');
    Some(out)
}

fn text_mark(text: &str, blobs: &mut Blobs) -> Option<Json> {
    let (head, payload) = split_data_url(text);
    if payload.len() < LONG_TEXT || !is_opaque(payload) {
        return None;
    }
    let Some((coding, bytes)) = Coding::of(payload) else {
        let kind = format!("{} characters", payload.len());
        return Some(mark(&blobs.add(payload.to_owned()), head, &kind));
    };
    // The head of a `data:` URL says what it is.
    let bytes_are = if head.is_empty() { described(&bytes) } else { format!("{} bytes", bytes.len()) };
    let kind = format!("{} of {bytes_are}", coding.name());
    Some(mark(&blobs.add(bytes), head, &kind))
}

/// The head of a `data:` URL, up to the comma; empty for any other text.
fn split_data_url(text: &str) -> (&str, &str) {
    let sign = ";base64,";
    let start = text.as_bytes().get(..text.len().min(LONGEST_HEAD)).unwrap_or_default();
    let end = memchr::memmem::find(start, sign.as_bytes()).map(|at| at + sign.len());
    let is_plain = |byte: &u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'\\');
    match end {
        Some(end) if text.starts_with("data:") && start[..end].iter().all(is_plain) => text.split_at(end),
        _ => ("", text),
    }
}

fn described(bytes: &[u8]) -> String {
    match media_type(bytes) {
        Some(media) => format!("{} bytes ({media})", bytes.len()),
        None => format!("{} bytes", bytes.len()),
    }
}

fn mark(name: &BlobName, before: &str, kind: &str) -> Json {
    let mut fields = vec![(MARK.to_owned(), Json::from(name.as_str()))];
    if !before.is_empty() {
        fields.push(("before".to_owned(), Json::from(before)));
    }
    fields.push(("kind".to_owned(), Json::from(kind)));
    Json::Object(fields)
}

/// What stands in the place of a value.
struct Mark<'a> {
    name: BlobName,
    /// What stands before the value of the blob in the same string.
    before: &'a str,
    kind: Kind,
    /// Of what that kind is made of: numbers, characters, bytes.
    count: usize,
}

impl<'a> Mark<'a> {
    /// `None` for a value that is there itself.
    fn of(tree: &'a Json) -> Option<Result<Mark<'a>, String>> {
        let name = tree.get(MARK)?;
        Some(Mark::read(name, tree.as_object().unwrap_or_default()))
    }

    fn read(name: &Json, fields: &'a [(String, Json)]) -> Result<Mark<'a>, String> {
        let name = name
            .as_str()
            .and_then(BlobName::parse)
            .ok_or_else(|| format!("`{MARK}` has to be 64 lower-case hexadecimal digits"))?;
        let (mut before, mut kind) = ("", None);
        for (field, value) in fields {
            match field.as_str() {
                MARK => {}
                "before" => before = value.as_str().ok_or("`before` is not text")?,
                "kind" => kind = value.as_str().and_then(Kind::parse),
                other => return Err(format!("unknown field `{other}` beside `{MARK}`")),
            }
        }
        let (kind, count) = kind.ok_or_else(|| {
            format!("beside `{MARK}`, `kind` has to say what the value is, such as `1536 numbers` or `base64 of 2048 bytes`")
        })?;
        Ok(Mark { name, before, kind, count })
    }

    /// Whoever edits the number or the hash alone would leave words that say something else than what is replayed.
    fn counts(&self, found: usize) -> Result<(), String> {
        if found == self.count {
            return Ok(());
        }
        let unit = match self.kind {
            Kind::Numbers => "numbers",
            Kind::Text => "characters",
            Kind::Coded(_) | Kind::Bytes => "bytes",
        };
        Err(format!("the blob {} has {found} {unit}, but `kind` says {}", self.name, self.count))
    }

    fn value(&self, found: &Found<'_>) -> Result<Json, String> {
        let bytes = found.blob(self.name.as_str())?;
        let not = |what: &str| format!("the blob {} is not {what}", self.name);
        let text = match self.kind {
            Kind::Numbers if self.before.is_empty() => {
                let list = json::parse(&bytes)
                    .ok()
                    .filter(|list| list.as_array().is_some_and(|items| items.iter().all(is_number)))
                    .ok_or_else(|| not("a list of numbers"))?;
                self.counts(list.as_array().map_or(0, <[Json]>::len))?;
                return Ok(list);
            }
            Kind::Numbers => return Err("`before` can stand beside text, but not beside numbers".to_owned()),
            Kind::Text => std::str::from_utf8(&bytes).map_err(|_| not("text"))?.to_owned(),
            Kind::Coded(coding) => coding.encode(&bytes),
            Kind::Bytes => return Err(
                "in JSON, `kind` has to say how the bytes of the blob are written, such as `base64 of 2048 bytes`"
                    .to_owned(),
            ),
        };
        self.counts(bytes.len())?;
        Ok(Json::String(if self.before.is_empty() { text } else { self.before.to_owned() + &text }))
    }
}

fn is_number(item: &Json) -> bool {
    matches!(item, Json::Number(_))
}

impl Kind {
    /// Reads what the value is, and of how many parts, off the words beside its hash: `1536 numbers`,
    /// `base64 of 2048 bytes (image/png)`.
    fn parse(kind: &str) -> Option<(Kind, usize)> {
        let what = kind.split(" (").next().unwrap_or_default();
        let (coding, counted) = match what.split_once(" of ") {
            Some((name, counted)) => (Some(Coding::from_name(name)?), counted),
            None => (None, what),
        };
        let (count, unit) = counted.split_once(' ')?;
        let kind = match (coding, unit) {
            (None, "numbers") => Kind::Numbers,
            (None, "characters") => Kind::Text,
            (None, "bytes") => Kind::Bytes,
            (Some(coding), "bytes") => Kind::Coded(coding),
            _ => return None,
        };
        Some((kind, count.parse().ok()?))
    }
}
