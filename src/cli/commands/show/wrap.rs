//! Text in lines of a given width.

use crate::cli::commands::columns::{columns, signs};
use crate::model::text::escape_for_terminal;

/// The lines of a text, broken between words where they are wider than `width` columns; a word that is wider itself is
/// broken within. White space at the start of a line stays, since it may be that of code, and is repeated below. What a
/// terminal would obey is spelt out first, since that takes room.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(8);
    let text = escape_for_terminal(text).replace('\t', "    ");
    text.lines().flat_map(|line| wrap_line(line, width)).collect()
}

fn wrap_line(line: &str, width: usize) -> Vec<String> {
    let line = line.trim_end();
    let indent: String = line.chars().take_while(|c| *c == ' ').take(width / 2).collect();
    let mut lines = Vec::new();
    let mut current = indent.clone();
    let mut used = indent.len();
    for word in line[indent.len()..].split_inclusive(' ') {
        let bare = columns(word.trim_end());
        if used > indent.len() && used + bare > width {
            lines.push(current.trim_end().to_owned());
            (current, used) = (indent.clone(), indent.len());
        }
        for sign in signs(word) {
            let room = columns(sign);
            if used + room > width && sign != " " && used > indent.len() {
                lines.push(current.trim_end().to_owned());
                (current, used) = (indent.clone(), indent.len());
            }
            current.push_str(sign);
            used += room;
        }
    }
    lines.push(current.trim_end().to_owned());
    lines
}

#[cfg(test)]
mod tests {
    use super::{columns, escape_for_terminal, wrap};
    use proptest::prelude::*;

    #[test]
    fn lines_break_between_words_and_keep_their_indent() {
        assert_eq!(wrap("one two three", 9), ["one two", "three"]);
        assert_eq!(wrap("  if x:\n    return a long word", 16), ["  if x:", "    return a", "    long word"]);
        assert_eq!(wrap("a\n\nb", 20), ["a", "", "b"]);
    }

    #[test]
    fn wide_letters_take_two_columns() {
        assert_eq!(wrap("東京は今日も晴れです", 10), ["東京は今日", "も晴れです"]);
        assert_eq!(wrap("𝒜🫠🛜🀄", 8), ["𝒜🫠🛜🀄"]);
    }

    #[test]
    fn what_is_one_sign_is_not_broken_within() {
        let family = "👩‍👩‍👧";
        assert_eq!(wrap(&family.repeat(5), 8), [family.repeat(4), family.to_owned()]);
        assert_eq!(wrap(&"e\u{301}".repeat(9), 8), ["e\u{301}".repeat(8), "e\u{301}".to_owned()]);
        assert_eq!(wrap(&"👍🏽".repeat(5), 8).concat(), "👍🏽".repeat(5));
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_asked_and_no_word_is_lost(text in "[a-z東👩\u{200d}e\u{301} \\n]{0,200}", width in 8_usize..60) {
            let lines = wrap(&text, width);
            prop_assert!(lines.iter().all(|line| columns(line) <= width), "{lines:?}");
            let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(letters(&lines.concat()), letters(&escape_for_terminal(&text)));
        }
    }
}
