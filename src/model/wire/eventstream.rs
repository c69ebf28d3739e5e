//! The binary frames in which AWS streams answers: lengths, typed headers, a payload and two checksums.

use std::ops::Range;

use bytes::Bytes;

/// Lengths of the message and its headers, and the checksum over the two.
const PRELUDE: usize = 12;
/// Over all before it.
const CHECKSUM: usize = 4;
/// AWS allows 24 MB for payload and headers; a length beyond that is no length.
const LONGEST: usize = 32 * 1024 * 1024;

/// One frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) headers: Vec<(String, Value)>,
    pub(crate) payload: Bytes,
}

impl Message {
    /// The text of a header, such as `:event-type`.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.headers.iter().find_map(|(key, value)| match value {
            Value::String(text) if key == name => Some(text.as_str()),
            _ => None,
        })
    }
}

/// The value of a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Bool(bool),
    Byte(i8),
    Short(i16),
    Int(i32),
    Long(i64),
    Bytes(Bytes),
    String(String),
    /// Milliseconds since 1970.
    Timestamp(i64),
    Uuid([u8; 16]),
}

/// All frames of a body; `None` unless every byte belongs to a valid one.
pub(crate) fn decode(body: &[u8]) -> Option<Vec<Message>> {
    decode_torn(body).and_then(|(messages, torn)| torn.is_empty().then_some(messages))
}

/// All frames of a body, and the beginning of one that was cut off at its end; `None` unless every byte belongs to these.
pub(crate) fn decode_torn(body: &[u8]) -> Option<(Vec<Message>, &[u8])> {
    let frames = frames(body);
    let rest = &body[frames.last().map_or(0, |frame| frame.range.end)..];
    let is_torn = match start(rest) {
        Start::Frame(length) => length > rest.len(),
        Start::Short => true,
        Start::Other => false,
    };
    let messages = frames.iter().map(Frame::message).collect::<Option<_>>()?;
    is_torn.then_some((messages, rest))
}

/// One frame, all of it and nothing else.
pub(crate) fn decode_frame(frame: &[u8]) -> Option<Message> {
    let only = self::frame(frame, 0)?;
    (only.range.end == frame.len()).then(|| only.message())?
}

/// A frame of a body, its headers and its payload as they stand there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame<'a> {
    pub(crate) range: Range<usize>,
    pub(crate) headers: &'a [u8],
    pub(crate) payload: &'a [u8],
    /// Whether the checksum over all of it is right.
    is_whole: bool,
}

/// The frames that a body starts with, up to one that is cut off, or to something else.
pub(crate) fn frames(body: &[u8]) -> Vec<Frame<'_>> {
    let mut frames = Vec::new();
    let mut at = 0;
    while let Some(frame) = frame(body, at) {
        at = frame.range.end;
        frames.push(frame);
    }
    frames
}

/// Where there is something of the payload of a frame that was cut off.
pub(crate) fn torn_payload(tail: &[u8]) -> Option<Range<usize>> {
    let Start::Frame(length) = start(tail) else { return None };
    let start = PRELUDE + usize::try_from(number(&tail[4..8])?).ok()?;
    let end = tail.len().min(length - CHECKSUM);
    (start < end && tail.len() < length).then_some(start..end)
}

fn frame(body: &[u8], at: usize) -> Option<Frame<'_>> {
    let Start::Frame(length) = start(body.get(at..)?) else { return None };
    let (checked, crc) = body.get(at..at + length)?.split_at(length - CHECKSUM);
    let headers_length = usize::try_from(number(&checked[4..8])?).ok()?;
    let (headers, payload) = checked[PRELUDE..].split_at_checked(headers_length)?;
    let is_whole = crc32fast::hash(checked) == number(crc)?;
    Some(Frame { range: at..at + length, headers, payload, is_whole })
}

impl Frame<'_> {
    fn message(&self) -> Option<Message> {
        if !self.is_whole {
            return None;
        }
        let typed = |header: Header<'_>| {
            let name = std::str::from_utf8(header.name).ok()?.to_owned();
            Some((name, typed(header.kind, &self.headers[header.value])?))
        };
        let headers = headers(self.headers).map(|header| typed(header?)).collect::<Option<_>>()?;
        Some(Message { headers, payload: Bytes::copy_from_slice(self.payload) })
    }
}

/// The frame of a message, byte for byte what [`decode_frame`] takes; `None` when something is too long for its length
/// field.
pub(crate) fn encode(message: &Message) -> Option<Vec<u8>> {
    let mut headers = Vec::new();
    for (name, value) in &message.headers {
        headers.push(u8::try_from(name.len()).ok()?);
        headers.extend(name.as_bytes());
        encode_value(value, &mut headers)?;
    }
    build(&headers, &message.payload)
}

/// The frame around headers and a payload.
pub(crate) fn build(headers: &[u8], payload: &[u8]) -> Option<Vec<u8>> {
    let length = PRELUDE + headers.len() + payload.len() + CHECKSUM;
    if length > LONGEST {
        return None;
    }
    let mut frame = Vec::with_capacity(length);
    frame.extend(u32::try_from(length).ok()?.to_be_bytes());
    frame.extend(u32::try_from(headers.len()).ok()?.to_be_bytes());
    frame.extend(crc32fast::hash(&frame).to_be_bytes());
    frame.extend(headers);
    frame.extend(payload);
    frame.extend(crc32fast::hash(&frame).to_be_bytes());
    Some(frame)
}

/// A header as it stands in a frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header<'a> {
    name: &'a [u8],
    kind: u8,
    /// Where the value stands among the headers.
    pub(crate) value: Range<usize>,
}

impl Header<'_> {
    /// Whether the value is text or bytes, before which their length stands in two bytes.
    pub(crate) fn is_counted(&self) -> bool {
        matches!(self.kind, BYTES | STRING)
    }
}

const BYTES: u8 = 6;
const STRING: u8 = 7;

/// The headers of a frame; `None` for the rest where there is one that cannot be read.
pub(crate) fn headers(all: &[u8]) -> impl Iterator<Item = Option<Header<'_>>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = all.get(at..).filter(|rest| !rest.is_empty())?;
        let header = header(rest).map(|header| {
            let value = at + header.value.start..at + header.value.end;
            at = value.end;
            Header { value, ..header }
        });
        if header.is_none() {
            at = all.len();
        }
        Some(header)
    })
}

fn header(rest: &[u8]) -> Option<Header<'_>> {
    let (&name_length, behind) = rest.split_first()?;
    let (name, behind) = behind.split_at_checked(usize::from(name_length))?;
    let (&kind, value) = behind.split_first()?;
    let (before, length) = match kind {
        0 | 1 => (0, 0),
        2 => (0, 1),
        3 => (0, 2),
        4 => (0, 4),
        5 | 8 => (0, 8),
        BYTES | STRING => (2, usize::from(u16::from_be_bytes(*value.first_chunk()?))),
        9 => (0, 16),
        _ => return None,
    };
    let start = rest.len() - value.len() + before;
    (start + length <= rest.len()).then_some(Header { name, kind, value: start..start + length })
}

fn typed(kind: u8, value: &[u8]) -> Option<Value> {
    Some(match kind {
        0 => Value::Bool(true),
        1 => Value::Bool(false),
        2 => Value::Byte(i8::from_be_bytes(value.try_into().ok()?)),
        3 => Value::Short(i16::from_be_bytes(value.try_into().ok()?)),
        4 => Value::Int(i32::from_be_bytes(value.try_into().ok()?)),
        5 => Value::Long(i64::from_be_bytes(value.try_into().ok()?)),
        BYTES => Value::Bytes(Bytes::copy_from_slice(value)),
        STRING => Value::String(std::str::from_utf8(value).ok()?.to_owned()),
        8 => Value::Timestamp(i64::from_be_bytes(value.try_into().ok()?)),
        9 => Value::Uuid(value.try_into().ok()?),
        _ => return None,
    })
}

/// How bytes begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    /// With a frame of this length. The checksum of the prelude makes an accident all but impossible.
    Frame(usize),
    /// With too little to tell.
    Short,
    /// With something else.
    Other,
}

/// Whether these bytes are the start of a frame that goes on behind them.
pub(crate) fn is_torn(bytes: &[u8]) -> bool {
    match start(bytes) {
        Start::Frame(length) => length > bytes.len(),
        Start::Short => !bytes.is_empty(),
        Start::Other => false,
    }
}

pub(super) fn start(bytes: &[u8]) -> Start {
    let Some(prelude) = bytes.get(..PRELUDE) else { return Start::Short };
    match number(&prelude[..4]).and_then(|length| usize::try_from(length).ok()) {
        Some(length)
            if (PRELUDE + CHECKSUM..=LONGEST).contains(&length)
                && number(&prelude[8..]) == Some(crc32fast::hash(&prelude[..8])) =>
        {
            Start::Frame(length)
        }
        _ => Start::Other,
    }
}

fn number(bytes: &[u8]) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.try_into().ok()?))
}

fn encode_value(value: &Value, out: &mut Vec<u8>) -> Option<()> {
    let counted = |out: &mut Vec<u8>, kind: u8, bytes: &[u8]| {
        out.push(kind);
        out.extend(u16::try_from(bytes.len()).ok()?.to_be_bytes());
        out.extend(bytes);
        Some(())
    };
    let fixed = |out: &mut Vec<u8>, kind: u8, bytes: &[u8]| {
        out.push(kind);
        out.extend(bytes);
        Some(())
    };
    match value {
        Value::Bool(true) => fixed(out, 0, &[]),
        Value::Bool(false) => fixed(out, 1, &[]),
        Value::Byte(number) => fixed(out, 2, &number.to_be_bytes()),
        Value::Short(number) => fixed(out, 3, &number.to_be_bytes()),
        Value::Int(number) => fixed(out, 4, &number.to_be_bytes()),
        Value::Long(number) => fixed(out, 5, &number.to_be_bytes()),
        Value::Bytes(bytes) => counted(out, BYTES, bytes),
        Value::String(text) => counted(out, STRING, text.as_bytes()),
        Value::Timestamp(number) => fixed(out, 8, &number.to_be_bytes()),
        Value::Uuid(bytes) => fixed(out, 9, bytes),
    }
}
