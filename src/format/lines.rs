//! Lines of a document as they stand, for who changes some and keeps the rest.

use std::ops::Range;

/// Where the lines of a field of the document are; comments behind them belong to what follows.
pub(super) fn lines_of(text: &str, name: &str) -> Option<Range<usize>> {
    let mut found: Option<Range<usize>> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let end = at + line.len();
        match &mut found {
            None if line.strip_prefix(name).is_some_and(|rest| rest.starts_with(':')) => {
                found = Some(at..end)
            }
            Some(lines) if line.starts_with(' ') => lines.end = end,
            Some(_) if !line.trim_end().is_empty() && !line.starts_with('#') => break,
            _ => {}
        }
        at = end;
    }
    found
}
