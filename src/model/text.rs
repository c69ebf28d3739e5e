//! Text of a recording, fit to be shown: it cannot move a cursor, end a line early or show itself in another order than it
//! stands. Joiners stay, since emoji and several scripts are spelt with them.

/// The text with control characters and overrides of direction shown and not obeyed.
pub(crate) fn plain(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            let shown: Vec<char> = if obeyed(c) { c.escape_unicode().collect() } else { vec![c] };
            shown
        })
        .collect()
}

/// Whether a character does something instead of being something.
fn obeyed(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
