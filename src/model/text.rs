//! Text of recordings, files and the environment, fit to be shown to a person; and how numbers and paths are written.

use std::path::Path;

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// Emoji and several scripts are spelt with these. Between letters of English they can only hide.
pub(crate) const JOINERS: [char; 2] = ['\u{200c}', '\u{200d}'];

/// A text that can do nothing but be read: it moves no cursor, sets no colour, hides nothing and stands in the order in which
/// it is written. Whatever a terminal would obey, or not show at all, is spelt out as `\u{1b}`. Line ends and tabs stay.
///
/// To escape a text again changes nothing.
pub(crate) fn escape_for_terminal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = ' ';
    for c in text.chars() {
        if is_obeyed(c) || JOINERS.contains(&c) && before.is_ascii() {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
        before = c;
    }
    out
}

/// The same on one line, for a text that has no business to begin another: the name of a file, a cell of a table.
pub(crate) fn escape_line(text: &str) -> String {
    escape_for_terminal(text).replace('\n', "\\n")
}

/// The same for JSON that is written already, where escapes are spelt otherwise.
#[cfg(feature = "cli")]
pub(crate) fn escape_json(written: &str) -> String {
    let mut out = String::with_capacity(written.len());
    for c in written.chars() {
        if is_obeyed(c) { out.push_str(&format!("\\u{:04x}", u32::from(c))) } else { out.push(c) }
    }
    out
}

/// Whether a character does something, or is not to be seen, instead of being a letter.
fn is_obeyed(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        // Marks of direction and overrides of it, spaces of no width, ends of lines and paragraphs, notes between the lines.
        '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' => true,
        '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' => true,
        c => c.is_control(),
    }
}

/// The name of a list that a mistyped one is most like, if it is like any.
pub(crate) fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    // Whoever mistypes a name does not make it much longer, and comparing takes quadratic time.
    known
        .iter()
        .filter(|candidate| name.len() <= 2 * candidate.len())
        .map(|candidate| (likeness(candidate, name), candidate))
        .filter(|(ratio, _)| *ratio > 0.6)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| *candidate)
}

/// How much of two names is the same, from 0 to 1.
fn likeness(a: &str, b: &str) -> f64 {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let same: usize = capture_diff_slices(Algorithm::Myers, &a, &b)
        .iter()
        .filter(|operation| matches!(operation, DiffOp::Equal { .. }))
        .map(|operation| operation.old_range().len())
        .sum();
    2.0 * same as f64 / (a.len() + b.len()) as f64
}

/// A number with commas between thousands.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number and what it counts: `1 interaction`, `1,204 interactions`.
pub(crate) fn plural(number: impl TryInto<u64>, noun: &str) -> String {
    let number = number.try_into().unwrap_or(u64::MAX);
    format!("{} {noun}{}", grouped(number), if number == 1 { "" } else { "s" })
}

/// A path in a sentence: on one line, and with nothing in it that a terminal obeys. It counts from the folder in which the
/// program runs, which for a test is that of its package.
pub(crate) fn shown_path(path: impl AsRef<Path>) -> String {
    let path = path.as_ref();
    let here = std::env::current_dir().ok().and_then(|folder| path.strip_prefix(folder).ok());
    let short = here.filter(|inside| inside.components().next().is_some()).unwrap_or(path);
    escape_line(&short.to_string_lossy())
}

/// A path as it can be typed into a shell, in one piece and with nothing in it that the shell obeys.
pub(crate) fn shell_quoted(path: impl AsRef<Path>) -> String {
    let text = path.as_ref().to_string_lossy();
    // What begins with a hyphen would be taken for an option.
    if text.starts_with('-') { shell_word(&format!("./{text}")) } else { shell_word(&text) }
}

/// A word as it can be typed into a shell, in one piece and with nothing in it that the shell obeys.
pub(crate) fn shell_word(text: &str) -> String {
    let is_safe = |c: char| c.is_alphanumeric() || "/._-:@%+=,".contains(c) || (cfg!(windows) && c == '\\');
    if !text.is_empty() && text.chars().all(is_safe) {
        return text.to_owned();
    }
    if text.chars().any(|c| c == '\n' || c == '\t' || is_obeyed(c)) {
        let spelt = |c: char| match c {
            '\'' | '\\' => format!("\\{c}"),
            '\n' => "\\n".to_owned(),
            '\t' => "\\t".to_owned(),
            c if is_obeyed(c) => format!("\\u{:04x}", u32::from(c)),
            c => c.to_string(),
        };
        return format!("$'{}'", text.chars().map(spelt).collect::<String>());
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_a_terminal_would_obey_is_spelt_out() {
        for (text, wanted) in [
            ("\u{1b}[2J\u{7}\r\u{7f}\u{9b}31m\0", r"\u{1b}[2J\u{7}\r\u{7f}\u{9b}31m\u{0}"),
            ("\u{1b}]8;;https://evil.test\u{1b}\\x", r"\u{1b}]8;;https://evil.test\u{1b}\x"),
            ("user\u{202e}nimda\u{2066}\u{61c}", r"user\u{202e}nimda\u{2066}\u{61c}"),
            ("a\u{200b}b\u{feff}c\u{200d}d", r"a\u{200b}b\u{feff}c\u{200d}d"),
            ("one\u{2028}two\u{85}three", r"one\u{2028}two\u{85}three"),
        ] {
            assert_eq!(escape_for_terminal(text), wanted, "{text:?}");
        }
    }

    #[test]
    fn letters_of_any_script_and_joined_emoji_stay_as_they_are() {
        for text in ["Ünïcödé\tx\ny", "می\u{200c}خواهم", "क्\u{200d}ष", "👩‍👩‍👧 ❤️", "东京は晴れ"]
        {
            assert_eq!(escape_for_terminal(text), text);
        }
    }

    #[test]
    fn on_one_line_a_line_end_is_spelt_out_too() {
        assert_eq!(escape_line("a.yaml\nerror: b"), r"a.yaml\nerror: b");
    }

    #[test]
    fn numbers_are_written_for_people() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
        let counted = [0_usize, 1, 2, 1_204].map(|number| plural(number, "cassette"));
        assert_eq!(counted, ["0 cassettes", "1 cassette", "2 cassettes", "1,204 cassettes"]);
    }

    #[test]
    fn a_path_in_a_command_is_one_word_that_does_nothing() {
        for (path, wanted) in [
            ("cassettes/a-b_1.yaml", "cassettes/a-b_1.yaml"),
            ("cassettes/東京.yaml", "cassettes/東京.yaml"),
            ("my cassettes/a.yaml", "'my cassettes/a.yaml'"),
            ("a;rm -rf ~.yaml", "'a;rm -rf ~.yaml'"),
            ("$(id).yaml", "'$(id).yaml'"),
            ("it's.yaml", r"'it'\''s.yaml'"),
            ("-rf.yaml", "./-rf.yaml"),
            ("a\nb'\u{1b}.yaml", r"$'a\nb\'\u001b.yaml'"),
            ("", "''"),
        ] {
            assert_eq!(shell_quoted(path), wanted);
        }
    }

    proptest! {
        #[test]
        fn to_escape_twice_is_to_escape_once(text in any::<String>()) {
            let once = escape_for_terminal(&text);
            prop_assert_eq!(escape_for_terminal(&once), once.clone());
            prop_assert!(!once.chars().any(|c| c.is_control() && c != '\n' && c != '\t'));
        }
    }
}
