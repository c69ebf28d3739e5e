//! A JSON array that somebody streams, item by item: each item is laid out as if it stood alone, and something stands
//! between one and the next, as in `[{…}\n,\r\n{…}\n]` of Vertex AI.

use std::ops::Range;

use crate::format::allowance::Allowance;
use crate::model::json::{self, Json, Layout};

/// The fields of a body that say what stands around the items.
pub(super) const BETWEEN: &str = "between";
pub(super) const END: &str = "end";

/// What stands around the items of an array.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Apart {
    /// The layout of each item; what stands behind the array stands in its `after`.
    pub(super) layout: Layout,
    pub(super) between: String,
    pub(super) end: String,
}

impl Apart {
    /// How the items of `tree` are set apart in `bytes`. What comes of it has to be compared with them.
    pub(super) fn of(tree: &Json, bytes: &[u8]) -> Option<Apart> {
        let first = tree.as_array()?.first()?;
        let text = std::str::from_utf8(bytes).ok()?;
        let (first_range, second) = items(text.as_bytes(), 1)?;
        let behind = text.rfind(']')?;
        let inner = &text[..behind];
        let end = &inner[inner.trim_end_matches(is_space).len()..];
        let between = match second {
            Some(second) => &text[first_range.end..second],
            None => ",",
        };
        let layout = Layout::of(first, text[first_range].as_bytes())?;
        let alone = layout.before.is_empty() && layout.after.is_empty();
        alone.then(|| Apart {
            layout: Layout { after: text[behind + 1..].to_owned(), ..layout },
            between: between.to_owned(),
            end: end.to_owned(),
        })
    }

    /// The array, unless it takes more than it may.
    pub(super) fn write(&self, tree: &Json, allowance: &Allowance) -> Result<Vec<u8>, String> {
        let items = tree.as_array().ok_or_else(|| format!("what has `{BETWEEN}` is not a list"))?;
        let item = Layout { after: String::new(), ..self.layout.clone() };
        let mut out = "[".to_owned();
        for (index, one) in items.iter().enumerate() {
            if index > 0 {
                out.push_str(&self.between);
            }
            let room = allowance.limit().saturating_sub(out.len());
            out.push_str(&item.write_within(one, room).ok_or_else(|| allowance.refusal())?);
        }
        for rest in [self.end.as_str(), "]", &self.layout.after] {
            out.push_str(rest);
        }
        if out.len() > allowance.limit() { Err(allowance.refusal()) } else { Ok(out.into_bytes()) }
    }

    /// Whether a text may stand between items: one comma, and white space.
    pub(super) fn is_between(text: &str) -> bool {
        text.matches(',').count() == 1 && text.chars().all(|c| c == ',' || is_space(c))
    }
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// Where the first object of an array stands that begins the text, and where the second begins, if there is one.
fn items(bytes: &[u8], start: usize) -> Option<(Range<usize>, Option<usize>)> {
    if !bytes.starts_with(b"[{") {
        return None;
    }
    let (mut at, mut depth) = (start, 0usize);
    loop {
        match bytes.get(at)? {
            b'"' => {
                at = json::skip_string(bytes, at)?;
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            break;
        }
    }
    let second = bytes[at..].iter().position(|byte| !matches!(byte, b',' | b' ' | b'\t' | b'\n' | b'\r'));
    let second = second.map(|length| at + length).filter(|place| bytes[*place] == b'{');
    Some((start..at, second))
}
