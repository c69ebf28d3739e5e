//! How one string is written: plain where no reader can take it for anything else, in a literal block where that keeps
//! its exact characters, quoted where neither will do.

/// Where a scalar stands: inside `{}` and `[]` more characters have a meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Block,
    Flow,
    Key,
}

/// The four ways we write a string. Never folded (`>`): an edit to one line would move the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Literal,
}

const LINE_BREAK: u8 = 1;
const TAB: u8 = 2;
/// Control characters, which no reader takes raw.
const CONTROL: u8 = 4;
/// `"` and `\`, which are ugly in double quotes.
const QUOTE: u8 = 8;
const COLON: u8 = 16;
const HASH: u8 = 32;
/// Structure inside `{}` and `[]`; PyYAML ends a plain scalar at `?` too.
const FLOW: u8 = 64;
/// First bytes of the few characters beyond ASCII that have to be escaped.
const WIDE: u8 = 128;

const CLASSES: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b'\n' => LINE_BREAK,
            b'\t' => TAB,
            0..=0x1f | 0x7f => CONTROL,
            b'"' | b'\\' => QUOTE,
            b':' => COLON,
            b'#' => HASH,
            b',' | b'?' | b'[' | b']' | b'{' | b'}' => FLOW,
            0xc2 | 0xe2 | 0xef => WIDE,
            _ => 0,
        };
        byte += 1;
    }
    table
};

/// The way in which all readers of YAML get `text` back, and people read it best.
pub(super) fn style(text: &str, place: Place) -> Style {
    let seen = text.bytes().fold(0, |seen, byte| seen | CLASSES[usize::from(byte)]);
    // What a block cannot hold; line breaks and tabs are at home there.
    let must_be_quoted = |c| must_escape(c) && !matches!(c, '\n' | '\t');
    if seen & CONTROL != 0 || seen & WIDE != 0 && text.chars().any(must_be_quoted) {
        return Style::DoubleQuoted;
    }
    if seen & LINE_BREAK != 0 {
        let stands = place == Place::Block && is_something(text) && !has_line_that_ends_blank(text);
        return if stands { Style::Literal } else { Style::DoubleQuoted };
    }
    if seen & TAB != 0 {
        return Style::DoubleQuoted;
    }
    let structure = seen & FLOW != 0 && place == Place::Flow
        || seen & COLON != 0 && (text.ends_with(':') || has_pair(text, *b": "))
        || seen & HASH != 0 && has_pair(text, *b" #");
    if !structure && begins_and_ends_plain(text) && !is_ambiguous(text) {
        Style::Plain
    } else if seen & QUOTE != 0 {
        Style::SingleQuoted
    } else {
        Style::DoubleQuoted
    }
}

/// Whether there is anything but line breaks: of a block of those alone, readers differ on how many there are.
fn is_something(text: &str) -> bool {
    text.bytes().any(|byte| byte != b'\n')
}

/// White space at the end of a line, Markdown's line break: hooks, editors and `git apply --whitespace=fix` take it away, and
/// nobody sees it in a review.
fn has_line_that_ends_blank(text: &str) -> bool {
    text.ends_with([' ', '\t']) || has_pair(text, *b" \n") || has_pair(text, *b"\t\n")
}

/// Several times faster than `str::contains` on short text.
fn has_pair(text: &str, pair: [u8; 2]) -> bool {
    text.as_bytes().windows(2).any(|window| window == pair)
}

/// Line breaks and byte order marks as some readers see them, and what is no character at all.
fn must_escape(c: char) -> bool {
    matches!(c, '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

fn begins_and_ends_plain(text: &str) -> bool {
    let indicator = |c| {
        matches!(
            c,
            '-' | '?'
                | ':'
                | ','
                | '['
                | ']'
                | '{'
                | '}'
                | '#'
                | '&'
                | '*'
                | '!'
                | '|'
                | '>'
                | '\''
                | '"'
                | '%'
                | '@'
                | '`'
        )
    };
    !text.is_empty()
        && !text.starts_with(indicator)
        && !text.starts_with(char::is_whitespace)
        && !text.ends_with(char::is_whitespace)
        // At the beginning of a line this ends the document.
        && !text.starts_with("...")
}

/// Whether a reader of YAML 1.1 or 1.2 might take the plain text for a number, a date, a boolean, a null or a merge key.
fn is_ambiguous(text: &str) -> bool {
    match text.as_bytes()[0] {
        b'0'..=b'9' | b'+' | b'.' => looks_like_number(text) || looks_like_date(text),
        b'=' | b'~' => text.len() == 1,
        b'<' => text == "<<",
        b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' => {
            let words = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
            words.iter().any(|word| word.eq_ignore_ascii_case(text))
        }
        _ => false,
    }
}

/// Wider than any reader's rule: integers and floats of all bases, `1_000`, `1,000`, `12:30`, `1.2.3`, `.inf`, `.NaN`.
fn looks_like_number(text: &str) -> bool {
    let text = text.strip_prefix('+').unwrap_or(text);
    if let Some(based) =
        text.strip_prefix('0').and_then(|rest| rest.strip_prefix(['x', 'X', 'o', 'O', 'b', 'B']))
    {
        return based.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'_');
    }
    if let Some(word) = text.strip_prefix('.')
        && ["inf", "nan"].iter().any(|name| name.eq_ignore_ascii_case(word))
    {
        return true;
    }
    let behind = text.trim_start_matches(|c: char| matches!(c, '0'..='9' | '_' | ',' | '.' | ':'));
    match behind.strip_prefix(['e', 'E']) {
        Some(exponent) => exponent.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'_' | b'+' | b'-')),
        None => behind.is_empty(),
    }
}

/// `2026-11-21`, `2026-11-21T02:10:44Z`, `2026-1-2 03:04:05.6 +07:00` and whatever else has that shape.
fn looks_like_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 8
        && bytes[..4].iter().all(u8::is_ascii_digit)
        && bytes[4] == b'-'
        && bytes
            .iter()
            .all(|b| matches!(b, b'0'..=b'9' | b'-' | b':' | b'.' | b'+' | b' ' | b'T' | b't' | b'Z' | b'z'))
}

/// Writes `text` on the line where `out` stands, and below it with an indentation of `indent`. No line break behind it.
pub(super) fn write(text: &str, style: Style, indent: usize, out: &mut String) {
    match style {
        Style::Plain => out.push_str(text),
        Style::SingleQuoted => {
            out.push('\'');
            for (index, part) in text.split('\'').enumerate() {
                out.push_str(if index > 0 { "''" } else { "" });
                out.push_str(part);
            }
            out.push('\'');
        }
        Style::DoubleQuoted => write_double_quoted(text, Some(indent), out),
        Style::Literal => write_literal(text, indent, out),
    }
}

/// Writes `text` on one line, whatever it holds.
pub(super) fn write_on_line(text: &str, place: Place, out: &mut String) -> Style {
    let style = style(text, place);
    match style {
        Style::DoubleQuoted => write_double_quoted(text, None, out),
        style => write(text, style, 0, out),
    }
    style
}

fn write_literal(text: &str, indent: usize, out: &mut String) {
    out.push('|');
    // Readers find the indentation by the first line with something on it; white space at its front would mislead them.
    if text.trim_start_matches('\n').starts_with([' ', '\t']) {
        out.push('2');
    }
    let lines = match text.strip_suffix('\n') {
        None => {
            out.push('-');
            text
        }
        Some(lines) => {
            out.push_str(if lines.ends_with('\n') { "+" } else { "" });
            lines
        }
    };
    for line in lines.split('\n') {
        out.push('\n');
        if !line.is_empty() {
            push_spaces(indent, out);
            out.push_str(line);
        }
    }
}

/// With `indent`, a line of the text is a line of the file, so that a diff shows which one changed.
fn write_double_quoted(text: &str, indent: Option<usize>, out: &mut String) {
    out.push('"');
    let mut start = 0;
    for (at, c) in text.char_indices() {
        if !must_escape(c) && !matches!(c, '"' | '\\') {
            continue;
        }
        out.push_str(&text[start..at]);
        start = at + c.len_utf8();
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\n' => {
                out.push_str("\\n");
                if let Some(indent) = indent.filter(|_| start < text.len()) {
                    out.push_str("\\\n");
                    push_spaces(indent, out);
                    // White space at the front of a line is indentation unless its first character is escaped.
                    out.push_str(if text[start..].starts_with(' ') { "\\" } else { "" });
                }
            }
            c if c < '\u{100}' => out.push_str(&format!("\\x{:02x}", u32::from(c))),
            c => out.push_str(&format!("\\u{:04x}", u32::from(c))),
        }
    }
    out.push_str(&text[start..]);
    out.push('"');
}

pub(super) fn push_spaces(count: usize, out: &mut String) {
    const SPACES: &str = "                                                                ";
    let mut left = count;
    while left > 0 {
        let now = left.min(SPACES.len());
        out.push_str(&SPACES[..now]);
        left -= now;
    }
}
