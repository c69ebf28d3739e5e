//! AWS event streams: binary messages with checksums, which have to be right again when a payload changed.

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::spans::{self, Node};

const PRELUDE: usize = 12;
const CHECKSUM: usize = 4;

/// One message of an event stream.
#[derive(Debug)]
pub(super) struct Frame<'a> {
    pub(super) range: Range<usize>,
    headers: &'a [u8],
    pub(super) payload: &'a [u8],
}

/// The messages of an event stream, without one that is torn off at the end. `None` when the body is none.
pub(super) fn split(body: &[u8]) -> Option<Vec<Frame<'_>>> {
    let mut frames = Vec::new();
    let mut at = 0;
    while let Some(frame) = frame(body, at) {
        at = frame.range.end;
        frames.push(frame);
    }
    (!frames.is_empty()).then_some(frames)
}

fn frame(body: &[u8], at: usize) -> Option<Frame<'_>> {
    let word = |at: usize| body.get(at..)?.first_chunk::<4>().map(|bytes| u32::from_be_bytes(*bytes));
    let (total, headers) = (word(at)? as usize, word(at + 4)? as usize);
    let is_prelude = crc32fast::hash(&body[at..at + 8]) == word(at + 8)?;
    if !is_prelude || total < PRELUDE + CHECKSUM || headers > total - PRELUDE - CHECKSUM {
        return None;
    }
    let whole = body.get(at..at.checked_add(total)?)?;
    let (headers, payload) = whole[PRELUDE..total - CHECKSUM].split_at(headers);
    Some(Frame { range: at..at + total, headers, payload })
}

impl Frame<'_> {
    /// What the message carries: its payload, or the event that the payload holds in base64.
    pub(super) fn text(&self) -> Vec<u8> {
        self.wrapped().map_or_else(|| self.payload.to_vec(), |(_, text)| text)
    }

    /// `{"bytes":"…"}`, as Bedrock wraps the events of the model's own protocol.
    fn wrapped(&self) -> Option<(Range<usize>, Vec<u8>)> {
        let Node::Object(fields) = spans::parse(self.payload)? else { return None };
        fields.into_iter().find_map(|(name, value)| match value {
            Node::Text(range) if &self.payload[name.clone()] == b"bytes" => {
                let text = STANDARD.decode(&self.payload[range.clone()]).ok()?;
                Some((range, text))
            }
            _ => None,
        })
    }

    /// The message with another text in it. `None` when it has no room for that length.
    pub(super) fn with(&self, text: &[u8]) -> Option<Vec<u8>> {
        let payload = match self.wrapped() {
            Some((range, _)) => {
                let encoded = STANDARD.encode(text);
                [&self.payload[..range.start], encoded.as_bytes(), &self.payload[range.end..]].concat()
            }
            None => text.to_vec(),
        };
        let total = PRELUDE + self.headers.len() + payload.len() + CHECKSUM;
        let mut out = Vec::with_capacity(total);
        out.extend_from_slice(&u32::try_from(total).ok()?.to_be_bytes());
        out.extend_from_slice(&u32::try_from(self.headers.len()).ok()?.to_be_bytes());
        out.extend_from_slice(&crc32fast::hash(&out).to_be_bytes());
        out.extend_from_slice(self.headers);
        out.extend_from_slice(&payload);
        out.extend_from_slice(&crc32fast::hash(&out).to_be_bytes());
        Some(out)
    }
}
