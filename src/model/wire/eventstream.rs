//! The binary frames in which AWS streams answers: lengths, typed headers, a payload and two checksums.

use bytes::Bytes;

/// Lengths of the message and its headers, and the checksum over the two.
const PRELUDE: usize = 12;
/// The prelude, and the checksum at the end.
const FRAME: usize = PRELUDE + 4;
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
    let mut messages = Vec::new();
    let mut rest = body;
    while !rest.is_empty() {
        let length = match start(rest) {
            Start::Frame(length) if length <= rest.len() => length,
            Start::Frame(_) | Start::Short => break,
            Start::Other => return None,
        };
        let (frame, behind) = rest.split_at(length);
        messages.push(decode_frame(frame)?);
        rest = behind;
    }
    Some((messages, rest))
}

/// One frame, all of it and nothing else.
pub(crate) fn decode_frame(frame: &[u8]) -> Option<Message> {
    if start(frame) != Start::Frame(frame.len()) {
        return None;
    }
    let (checked, crc) = frame.split_at(frame.len() - 4);
    if crc32fast::hash(checked) != number(crc)? {
        return None;
    }
    let headers_length = usize::try_from(number(&frame[4..8])?).ok()?;
    let (headers, payload) = checked[PRELUDE..].split_at_checked(headers_length)?;
    Some(Message { headers: decode_headers(headers)?, payload: Bytes::copy_from_slice(payload) })
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
    let length = FRAME + headers.len() + message.payload.len();
    if length > LONGEST {
        return None;
    }
    let mut frame = Vec::with_capacity(length);
    frame.extend(u32::try_from(length).ok()?.to_be_bytes());
    frame.extend(u32::try_from(headers.len()).ok()?.to_be_bytes());
    frame.extend(crc32fast::hash(&frame).to_be_bytes());
    frame.extend(headers);
    frame.extend(&message.payload[..]);
    frame.extend(crc32fast::hash(&frame).to_be_bytes());
    Some(frame)
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

pub(super) fn start(bytes: &[u8]) -> Start {
    let Some(prelude) = bytes.get(..PRELUDE) else { return Start::Short };
    match number(&prelude[..4]).and_then(|length| usize::try_from(length).ok()) {
        Some(length)
            if (FRAME..=LONGEST).contains(&length)
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

fn decode_headers(mut rest: &[u8]) -> Option<Vec<(String, Value)>> {
    fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
        let (taken, behind) = rest.split_at_checked(length)?;
        *rest = behind;
        Some(taken)
    }
    fn fixed<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
        take(rest, N)?.try_into().ok()
    }
    fn counted<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
        let length = u16::from_be_bytes(fixed(rest)?);
        take(rest, usize::from(length))
    }
    let mut headers = Vec::new();
    while !rest.is_empty() {
        let [name_length] = fixed(&mut rest)?;
        let name = std::str::from_utf8(take(&mut rest, usize::from(name_length))?).ok()?.to_owned();
        let [kind] = fixed(&mut rest)?;
        let value = match kind {
            0 => Value::Bool(true),
            1 => Value::Bool(false),
            2 => Value::Byte(i8::from_be_bytes(fixed(&mut rest)?)),
            3 => Value::Short(i16::from_be_bytes(fixed(&mut rest)?)),
            4 => Value::Int(i32::from_be_bytes(fixed(&mut rest)?)),
            5 => Value::Long(i64::from_be_bytes(fixed(&mut rest)?)),
            6 => Value::Bytes(Bytes::copy_from_slice(counted(&mut rest)?)),
            7 => Value::String(std::str::from_utf8(counted(&mut rest)?).ok()?.to_owned()),
            8 => Value::Timestamp(i64::from_be_bytes(fixed(&mut rest)?)),
            9 => Value::Uuid(fixed(&mut rest)?),
            _ => return None,
        };
        headers.push((name, value));
    }
    Some(headers)
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
        Value::Bytes(bytes) => counted(out, 6, bytes),
        Value::String(text) => counted(out, 7, text.as_bytes()),
        Value::Timestamp(number) => fixed(out, 8, &number.to_be_bytes()),
        Value::Uuid(bytes) => fixed(out, 9, bytes),
    }
}
