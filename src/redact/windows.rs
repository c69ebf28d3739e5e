//! Large bodies that are not text are looked at in windows, so that what is made to look at them (the layers under an escape, what
//! stands behind base64) stays small, however large they are.
//!
//! A window begins behind a byte 0, of which no secret has one but in text of two bytes a character, and goes on for a while
//! into the next. So what begins in a window is all in it, and what a window shows is what the whole body would show there.

use std::ops::Range;

use http::HeaderMap;

use super::frames;
use crate::model::splice::Splice;
use crate::model::wire;

/// Smaller bodies are looked at as a whole.
const LARGE: usize = 4 << 20;

/// How far windows begin from each other, at the least.
const STEP: usize = 1 << 20;

/// How far a window goes on into the next: no secret is longer.
const MARGIN: usize = 64 << 10;

/// A part of a body that is looked at by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Window {
    /// All that is looked at.
    pub(super) seen: Range<usize>,
    /// Where the next window begins: what begins behind it, that one finds.
    pub(super) next: usize,
}

/// The windows of a body; none where it is to be looked at as a whole.
pub(super) fn windows(headers: &HeaderMap, body: &[u8]) -> Vec<Window> {
    // What a stream says goes on from event to event.
    let is_whole = body.len() < LARGE
        || std::str::from_utf8(body).is_ok()
        || wire::framing(headers, body).is_some()
        || frames::texts(body).is_some();
    if is_whole { Vec::new() } else { windows_of(body, STEP, MARGIN) }
}

/// What goes from a body, by what goes from its windows.
pub(super) fn splices(windows: &[Window], find: impl Fn(Range<usize>) -> Vec<Splice>) -> Vec<Splice> {
    let mut all: Vec<Splice> = Vec::new();
    for window in windows {
        let start = window.seen.start;
        for Splice { range, with } in find(window.seen.clone()) {
            let range = start + range.start..start + range.end;
            if range.start >= window.next {
                continue;
            }
            match all.last_mut() {
                // The window before has found more of it.
                Some(before) if range.start < before.range.end => {
                    before.range.end = before.range.end.max(range.end);
                }
                _ => all.push(Splice { range, with }),
            }
        }
    }
    all
}

pub(super) fn windows_of(body: &[u8], step: usize, margin: usize) -> Vec<Window> {
    let cut = |from: usize| match body.get(from..) {
        Some(rest) => memchr::memchr(0, rest).map_or(body.len(), |at| from + at + 1),
        None => body.len(),
    };
    let mut found = Vec::new();
    let mut start = 0;
    while start < body.len() {
        let next = cut(start + step);
        found.push(Window { seen: start..cut(next + margin), next });
        start = next;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_byte_begins_in_one_window_which_goes_on_behind_it(
            body in prop::collection::vec(0..4u8, 0..300),
            step in 1..40usize,
            margin in 0..20usize,
        ) {
            let windows = windows_of(&body, step, margin);
            let mut at = 0;
            for window in &windows {
                prop_assert_eq!(window.seen.start, at);
                prop_assert!(at == 0 || body[at - 1] == 0);
                prop_assert!(window.seen.end >= (window.next + margin).min(body.len()));
                at = window.next;
            }
            prop_assert_eq!(at, body.len());
        }
    }
}
