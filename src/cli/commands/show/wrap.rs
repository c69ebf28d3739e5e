//! Text in lines of a given width.

/// The lines of a text, broken between words where they are wider than `width` columns; a word that is wider itself is
/// broken within. White space at the start of a line stays, since it may be that of code, and is repeated below.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(8);
    text.lines().flat_map(|line| wrap_line(&line.replace('\t', "    "), width)).collect()
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
        for c in word.chars() {
            if used + column(c) > width && c != ' ' && used > indent.len() {
                lines.push(current.trim_end().to_owned());
                (current, used) = (indent.clone(), indent.len());
            }
            current.push(c);
            used += column(c);
        }
    }
    lines.push(current.trim_end().to_owned());
    lines
}

/// How many columns of a terminal a text takes.
pub(super) fn columns(text: &str) -> usize {
    text.chars().map(column).sum()
}

/// East Asian letters and emoji are two columns wide, marks on a letter none. The blocks that matter, not each character:
/// a line that is a column off is still read.
fn column(c: char) -> usize {
    match c as u32 {
        0x0300..=0x036f | 0x200b..=0x200f | 0xfe00..=0xfe0f | 0x20d0..=0x20ff => 0,
        0x1100..=0x115f
        | 0x2e80..=0x303e
        | 0x3041..=0xa4cf
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff00..=0xff60
        | 0xffe0..=0xffe6
        | 0x1f300..=0x1f64f
        | 0x1f680..=0x1f6ff
        | 0x1f900..=0x1f9ff
        | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::{columns, wrap};
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
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_asked_and_no_word_is_lost(text in "[a-z東 \\n]{0,200}", width in 8_usize..60) {
            let lines = wrap(&text, width);
            prop_assert!(lines.iter().all(|line| columns(line) <= width), "{lines:?}");
            let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(letters(&lines.concat()), letters(&text));
        }
    }
}
