//! Rust text as the tokens that imports are made of. Comments and the contents of strings are gone, so that nothing in
//! them looks like code.

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Token<'a> {
    Word(&'a str),
    /// `::`
    Path,
    Mark(char),
    /// A string, a character or a number.
    Literal,
}

/// Each token with the line that it begins on.
pub fn tokens(text: &str) -> Vec<(Token<'_>, usize)> {
    let mut reader = Reader { text, at: 0 };
    let mut found = Vec::new();
    let (mut line, mut counted) = (1, 0);
    loop {
        reader.skip_blank();
        line += text[counted..reader.at].matches('\n').count();
        counted = reader.at;
        match reader.next() {
            Some(token) => found.push((token, line)),
            None => return found,
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn skip_blank(&mut self) {
        loop {
            let rest = self.rest();
            let blank = rest.len() - rest.trim_start().len();
            if blank > 0 {
                self.at += blank;
            } else if rest.starts_with("//") {
                self.at += rest.find('\n').unwrap_or(rest.len());
            } else if rest.starts_with("/*") {
                self.at += block_comment(rest);
            } else {
                return;
            }
        }
    }

    fn next(&mut self) -> Option<Token<'a>> {
        let rest = self.rest();
        let first = rest.chars().next()?;
        let (token, length) = if let Some(length) = string(rest).or_else(|| character(rest)) {
            (Token::Literal, length)
        } else if first.is_ascii_digit() {
            (Token::Literal, number(rest))
        } else if is_of_a_word(first) {
            // A raw identifier is the same name as the one without its mark.
            let mark = if rest.starts_with("r#") { 2 } else { 0 };
            let length = rest[mark..].find(|c| !is_of_a_word(c)).unwrap_or(rest.len() - mark);
            (Token::Word(&rest[mark..mark + length]), mark + length)
        } else if rest.starts_with("::") {
            (Token::Path, 2)
        } else {
            (Token::Mark(first), first.len_utf8())
        };
        self.at += length;
        Some(token)
    }
}

fn is_of_a_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

/// The length of a comment, in which others may be nested.
fn block_comment(text: &str) -> usize {
    let (mut at, mut depth) = (0, 0);
    while at < text.len() {
        if text[at..].starts_with("/*") {
            (at, depth) = (at + 2, depth + 1);
        } else if text[at..].starts_with("*/") {
            (at, depth) = (at + 2, depth - 1);
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
        if depth == 0 {
            break;
        }
    }
    at
}

/// The length of a string of any kind: `"…"`, `b"…"`, `c"…"`, `r#"…"#`.
fn string(text: &str) -> Option<usize> {
    let prefix = text.len() - text.trim_start_matches(['b', 'c', 'r']).len();
    if !["", "b", "c", "r", "br", "cr"].contains(&&text[..prefix]) {
        return None;
    }
    let is_raw = text[..prefix].ends_with('r');
    let behind = &text[prefix..];
    let hashes = if is_raw { behind.len() - behind.trim_start_matches('#').len() } else { 0 };
    let content = behind[hashes..].strip_prefix('"')?;
    let start = prefix + hashes + 1;
    if is_raw {
        let end = format!("\"{}", "#".repeat(hashes));
        return Some(start + content.find(&end).map_or(content.len(), |at| at + end.len()));
    }
    Some(start + quoted(content, '"'))
}

/// The length of a character, or of a lifetime, which looks like the beginning of one.
fn character(text: &str) -> Option<usize> {
    let prefix = usize::from(text.starts_with("b'"));
    let content = text[prefix..].strip_prefix('\'')?;
    let mut chars = content.chars();
    let is_character = chars.next() == Some('\\') || chars.next() == Some('\'');
    let length = if is_character {
        quoted(content, '\'')
    } else {
        content.find(|c| !is_of_a_word(c)).unwrap_or(content.len())
    };
    Some(prefix + 1 + length)
}

/// The length of what is left of a quotation, with the mark that ends it.
fn quoted(content: &str, end: char) -> usize {
    let mut escaped = false;
    for (at, c) in content.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == end => return at + c.len_utf8(),
            _ => {}
        }
    }
    content.len()
}

/// The length of a number: `1`, `1_000u64`, `0x1f`, `1.5e-3`, but of `0..9` only the nought.
fn number(text: &str) -> usize {
    let whole = text.find(|c| !is_of_a_word(c)).unwrap_or(text.len());
    let behind = &text[whole..];
    if !behind.strip_prefix('.').is_some_and(|digits| digits.starts_with(|c: char| c.is_ascii_digit())) {
        return whole;
    }
    whole + 1 + behind[1..].find(|c| !is_of_a_word(c)).unwrap_or(behind.len() - 1)
}
