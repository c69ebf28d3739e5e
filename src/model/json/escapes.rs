//! Which characters of a JSON string are escaped, and how.

/// Which characters are escaped beside those that JSON demands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Escapes {
    /// Only what must be.
    #[default]
    Few,
    /// Everything beyond ASCII, as `json.dumps` of Python does.
    Ascii,
    /// As `Ascii`, with capital hexadecimal digits.
    AsciiCapital,
    /// `<`, `>`, `&` and the two Unicode line separators, as `encoding/json` of Go does.
    Html,
    /// `/`, as PHP does.
    Slash,
    /// `/` and everything beyond ASCII.
    SlashAscii,
    /// `'`, `<`, `>`, `&`, `=` and such as capital or small hexadecimal, as Gson and .NET do.
    Gson,
}

pub(super) const ALL_ESCAPES: [(Escapes, &str); 7] = [
    (Escapes::Few, ""),
    (Escapes::Ascii, "ascii"),
    (Escapes::AsciiCapital, "ascii-capital"),
    (Escapes::Html, "html"),
    (Escapes::Slash, "slash"),
    (Escapes::SlashAscii, "slash-ascii"),
    (Escapes::Gson, "gson"),
];

impl Escapes {
    /// Whether a character that begins with this byte may need an escape.
    fn may_be_needed(self, first: u8) -> bool {
        match first {
            0..=0x1f | b'"' | b'\\' => true,
            b'/' | b'<' | b'>' | b'&' | b'\'' | b'=' => self != Escapes::Few,
            // The first byte of a character, never one in its midst, so that slicing there is sound.
            0xc0.. => self != Escapes::Few,
            _ => false,
        }
    }

    fn needed(self, c: char) -> bool {
        match c {
            '\0'..='\u{1f}' | '"' | '\\' => true,
            '/' => matches!(self, Escapes::Slash | Escapes::SlashAscii),
            '<' | '>' | '&' => matches!(self, Escapes::Html | Escapes::Gson),
            '\'' | '=' => self == Escapes::Gson,
            '\u{2028}' | '\u{2029}' if matches!(self, Escapes::Html | Escapes::Gson) => true,
            c if c as u32 > 0x7e => match self {
                // Python leaves DEL alone and escapes from 0x80 on.
                Escapes::Ascii | Escapes::AsciiCapital | Escapes::SlashAscii => c != '\u{7f}',
                _ => false,
            },
            _ => false,
        }
    }
}

/// Writes a JSON string with its quotes.
pub(crate) fn write_string(text: &str, escapes: Escapes, out: &mut String) {
    out.push('"');
    let (mut start, mut from) = (0, 0);
    // Nearly all text is searched byte by byte; characters are only looked at where one may need an escape.
    while let Some(offset) = text.as_bytes()[from..].iter().position(|byte| escapes.may_be_needed(*byte)) {
        let at = from + offset;
        let Some(c) = text[at..].chars().next() else { break };
        from = at + c.len_utf8();
        if !escapes.needed(c) {
            continue;
        }
        out.push_str(&text[start..at]);
        start = from;
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '/' => out.push_str("\\/"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            c => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    out.push_str(&if escapes == Escapes::AsciiCapital {
                        format!("\\u{unit:04X}")
                    } else {
                        format!("\\u{unit:04x}")
                    });
                }
            }
        }
    }
    out.push_str(&text[start..]);
    out.push('"');
}
