//! How much room a text takes on a terminal, where East Asian letters and emoji are two columns wide and accents none.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Joins two emoji into one.
const JOINER: char = '\u{200d}';

/// The columns that a text takes.
pub(super) fn columns(text: &str) -> usize {
    text.width()
}

/// The start of a text that fits into so many columns.
pub(super) fn start_of(text: &str, room: usize) -> &str {
    let mut used = 0;
    let mut end = 0;
    for sign in signs(text) {
        used += columns(sign);
        if used > room {
            break;
        }
        end += sign.len();
    }
    &text[..end]
}

/// The pieces of a text that are seen as one sign each: a letter with its accents, emoji that are joined. Nobody looks for
/// more than that, such as the syllables of Hangul, which take the same room in pieces.
pub(super) fn signs(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut characters = rest.char_indices();
        let (_, mut last) = characters.next()?;
        let next = characters.find(|(_, c)| !goes_on(std::mem::replace(&mut last, *c), *c));
        let (sign, behind) = rest.split_at(next.map_or(rest.len(), |(at, _)| at));
        rest = behind;
        Some(sign)
    })
}

/// Whether a character belongs to the sign that the one before it is of.
fn goes_on(before: char, c: char) -> bool {
    let tints = matches!(c, '\u{1f3fb}'..='\u{1f3ff}') && before.width() == Some(2);
    before == JOINER || tints || c.width() == Some(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn letters_emoji_and_accents_take_the_room_that_terminals_give_them() {
        for (text, wanted) in [
            ("", 0),
            ("Oslo", 4),
            ("東京", 4),
            ("한국어", 6),
            ("ﾊﾝｶｸ", 4),
            ("cafe\u{301}", 4),
            ("🎉", 2),
            ("❤️", 2),
            ("👩‍👩‍👧", 2),
            ("𝒜", 1),
            ("สวัสดี", 4),
        ] {
            assert_eq!(columns(text), wanted, "{text}");
        }
    }

    #[test]
    fn a_start_ends_between_signs() {
        assert_eq!(start_of("東京の天気", 5), "東京");
        assert_eq!(start_of("a👩‍👩‍👧b", 2), "a");
        assert_eq!(start_of("a👩‍👩‍👧b", 3), "a👩‍👩‍👧");
        assert_eq!(start_of("e\u{301}x", 1), "e\u{301}");
    }

    proptest! {
        #[test]
        fn signs_are_the_text_and_take_no_less_room(text in "[a-z東e\u{301}❤\u{fe0f}👩\u{200d}👍🏽 ]{0,40}") {
            prop_assert_eq!(signs(&text).collect::<String>(), text.clone());
            prop_assert!(signs(&text).map(columns).sum::<usize>() >= columns(&text));
        }
    }
}
