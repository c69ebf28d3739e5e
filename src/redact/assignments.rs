//! Names of secrets before their values in text: settings in every way of writing them (dotenv, YAML, TOML, INI, code),
//! headers, and what commands are told.
//!
//! One pass over the signs that stand between name and value. From each it looks back as far as a name may reach, and ahead
//! to the end of the value; what was found is not looked at again.

mod addresses;
mod attributes;
mod calls;
mod commands;
mod lines;
mod options;
mod tables;
#[cfg(test)]
mod tests;

use std::ops::Range;

pub(super) use self::addresses::password;
use self::lines::{begins_line, line_end, near_line_end, skip_blanks};
use super::encodings::Layer;
use super::hits::{MARK, MARK_START};
use super::json_spans;
use super::looks::{self, Written};
use super::named::{JsonReader, Named};
use super::secret_names::{Names, Says};
use super::stand_ins::{is_mixed, is_word};
use crate::model::base64;

/// No name is longer.
const LONGEST_NAME: usize = 80;

/// A value without a blank that is longer is no word, and is not looked at closely.
const LONG: usize = 512;

/// Values of more lines are files, and told by their shape.
const MOST_LINES: usize = 64;

/// Whether a text may hold a name before a value, in clear or in base64.
pub(super) fn may_name(text: &[u8]) -> bool {
    text.len() >= SHORTEST_BASE64 || (text.len() >= 8 && has_signs(text))
}

/// Whether anything stands in a text that parts names from values.
fn has_signs(text: &[u8]) -> bool {
    memchr::memchr3(b'=', b':', b' ', text).is_some()
        || memchr::memchr3(b'<', b',', b'(', text).is_some()
        || memchr::memchr2(b'\t', b'|', text).is_some()
}

/// What stands behind names of secrets in a text.
pub(super) fn named(text: &[u8], names: &Names, json: JsonReader) -> Vec<Named> {
    let mut found = in_base64(text, names, json);
    if !has_signs(text) {
        return found;
    }
    found.extend(plain(text, names, json));
    // What a page shows has its quotes as entities.
    if let Some(layer) = Layer::unentity(text) {
        let within = plain(&layer.text, names, json).into_iter();
        found.extend(within.map(|named| Named { range: layer.back(&named.range), ..named }));
    }
    found
}

/// Shorter runs of base64 hold no name with a value.
const SHORTEST_BASE64: usize = 24;

/// So much of a run of base64 tells whether it may be text.
const HEAD: usize = 64;

/// Texts in base64 that hold names of secrets: files, settings, whole or in lines of one length. All of such a text goes.
fn in_base64(text: &[u8], names: &Names, json: JsonReader) -> Vec<Named> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let run = rest.iter().take_while(|&&byte| base64::is_character(byte)).count();
        if run < SHORTEST_BASE64 {
            at += run.max(1);
            continue;
        }
        // Most of what is long is a picture.
        if !is_text(&base64::decode_start(&rest[..run.min(HEAD)]), true) {
            at += run;
            continue;
        }
        let (end, joined) = lines::wrapped(text, at..at + run);
        let decoded = base64::decode_start(joined.as_deref().unwrap_or(&text[at..end]));
        let padding = text[end..].iter().take(2).take_while(|&&byte| byte == b'=').count();
        if decoded.len() >= 16 && is_text(&decoded, false) && may_name(&decoded) {
            let within = (json.in_text)(&decoded, names);
            if !within.is_empty() {
                let whole =
                    Named { range: at..end + padding, value: text[at..end].to_vec(), is_telling: false };
                found.push(whole);
                // What it says may be said again in clear.
                found.extend(within.into_iter().map(|named| Named { range: at..end + padding, ..named }));
            }
        }
        at = end.max(at + 1);
    }
    found
}

/// Whether bytes are text, of which the end may be cut.
fn is_text(bytes: &[u8], is_cut: bool) -> bool {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) if is_cut && error.error_len().is_none() => {
            std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    !text.contains(|c: char| c.is_control() && !c.is_whitespace())
}

fn plain(text: &[u8], names: &Names, json: JsonReader) -> Vec<Named> {
    let mut scan = Scan { text, names, json, found: Vec::new(), at: 0, unreadable: 0 };
    scan.all();
    let mut found = scan.found;
    commands::named(text, names, &mut found);
    options::named(text, names, &mut found);
    attributes::named(text, names, &mut found);
    calls::named(text, &mut found);
    tables::named(text, names, &mut found);
    found.extend(
        addresses::all(text)
            .into_iter()
            .map(|range| Named::new(range.clone(), Says::Surely, text[range].to_vec())),
    );
    found
}

struct Scan<'a> {
    text: &'a [u8],
    names: &'a Names,
    json: JsonReader,
    found: Vec<Named>,
    at: usize,
    /// Up to here a value was read that cannot be read.
    unreadable: usize,
}

/// A name and how it was written.
struct Name<'a> {
    says: Says,
    text: &'a [u8],
    start: usize,
    /// Backslashes before its quotes, if it has quotes.
    quotes: Option<usize>,
}

impl<'a> Scan<'a> {
    fn all(&mut self) {
        while let Some(sign) =
            memchr::memchr3(b'=', b':', b',', &self.text[self.at..]).map(|sign| self.at + sign)
        {
            self.at = sign + 1;
            let Some((before, behind)) = self.separator(sign) else {
                continue;
            };
            self.at = behind;
            let Some(name) = self.name(before, self.text[sign]) else {
                continue;
            };
            self.value(&name, behind, self.text[sign]);
        }
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.get(at).copied()
    }

    /// Where the name ends and the value may begin, if the sign at this place can stand between the two.
    fn separator(&self, sign: usize) -> Option<(usize, usize)> {
        let before = sign.checked_sub(1).and_then(|at| self.byte(at))?;
        let behind = self.byte(sign + 1);
        if self.text[sign] == b',' {
            let may_name = matches!(before, b'"' | b'\'') || before.is_ascii_alphanumeric();
            return may_name.then_some((sign, sign + 1));
        }
        if self.text[sign] == b':' {
            let path = behind == Some(b':') || before == b':';
            let walrus = behind == Some(b'=');
            let address = self.text[sign + 1..].starts_with(b"//");
            return (!path && !walrus && !address).then_some((sign, sign + 1));
        }
        match (before, behind) {
            (b'=' | b'!' | b'<' | b'>' | b'~', _) | (_, Some(b'=' | b'~')) => None,
            (b':' | b'+' | b'?' | b'|', _) => Some((sign - 1, sign + 1)),
            (_, Some(b'>')) => Some((sign, sign + 2)),
            _ => Some((sign, sign + 1)),
        }
    }

    /// The name of a secret that ends at `end`.
    fn name(&self, end: usize, sign: u8) -> Option<Name<'a>> {
        let text = self.text;
        let blanks = text[..end].iter().rev().take(8).take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let mut end = end - blanks;
        // `config['api_key'] =`, `**API key**:`
        let decoration =
            text[..end].iter().rev().take(2).take_while(|byte| matches!(byte, b']' | b'*')).count();
        end -= decoration;
        let last = *text.get(end.checked_sub(1)?)?;
        if matches!(last, b'"' | b'\'' | b'`') {
            let slashes = text[..end - 1].iter().rev().take_while(|&&byte| byte == b'\\').count();
            let close = end - 1 - slashes;
            let from = close.saturating_sub(LONGEST_NAME);
            let open = from + memchr::memrchr(last, &text[from..close])?;
            let name = &text[open + 1..close];
            let says = self.says(name);
            // The name of a setting or a header, and its value: `getenv("API_KEY", "…")`; an option, and what it is told:
            // `["--password", "…"]`.
            if sign == b',' && !name.starts_with(b"-") && !text[..open].trim_ascii_end().ends_with(b"(") {
                return None;
            }
            return (says > Says::Nothing).then_some(Name {
                says,
                text: name,
                start: open,
                quotes: Some(slashes),
            });
        }
        let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
        let length = text[..end].iter().rev().take(LONGEST_NAME).take_while(is_part).count();
        let mut start = end - length;
        // `{password, "…"}`, as Erlang has it.
        if sign == b',' && !text[..start].ends_with(b"{") {
            return None;
        }
        let mut says = self.says(&text[start..end]);
        if sign == b':' && length > 0 {
            // `Secret access key: …`
            let mut from = start;
            for _ in 0..2 {
                let Some(blank) = from.checked_sub(1).filter(|at| text[*at] == b' ') else {
                    break;
                };
                let word =
                    text[..blank].iter().rev().take(20).take_while(|byte| byte.is_ascii_alphabetic()).count();
                if word == 0 {
                    break;
                }
                from = blank - word;
                let longer = self.says(&text[from..end]);
                if longer > says {
                    (says, start) = (longer, from);
                }
            }
        }
        (says > Says::Nothing).then_some(Name { says, text: &text[start..end], start, quotes: None })
    }

    fn says(&self, name: &[u8]) -> Says {
        std::str::from_utf8(name).map_or(Says::Nothing, |name| self.names.field(name))
    }

    fn value(&mut self, name: &Name<'_>, behind: usize, sign: u8) {
        let text = self.text;
        let mut at = skip_blanks(text, behind);
        if sign == b':' && text[at..].starts_with(b"**") {
            at = skip_blanks(text, at + 2);
        }
        if name.quotes.is_some() {
            at += text[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        }
        if sign == b':' && name.quotes.is_none() {
            at = self.behind_type(at).unwrap_or(at);
        }
        if sign == b':' {
            at = behind_mark(text, at);
        }
        at = behind_wrapper(text, at);
        if let Some((range, _)) = quoted(text, at, name.quotes.unwrap_or(0)) {
            // Between brackets may be a list of names.
            if sign != b',' || looks::is_telling(Says::Surely, &text[range.clone()]) {
                self.take(name.says, range, Written::Quoted);
            }
            return;
        }
        if sign == b',' {
            return;
        }
        match self.byte(at) {
            Some(b'{' | b'[') => self.structure(name, at),
            Some(b'\n' | b'\r') | None if sign == b':' => self.block(name, at),
            Some(b'\n' | b'\r') | None => {}
            Some(b'|' | b'>') if near_line_end(text, at) - at <= 3 => self.block(name, at),
            Some(_) if name.quotes.is_some() => self.number(name, at),
            Some(_) => self.bare(name, at, sign),
        }
    }

    fn take(&mut self, says: Says, range: Range<usize>, written: Written) -> bool {
        let value = &self.text[range.clone()];
        let is_secret = match says {
            Says::Address => {
                let inner = password(value);
                if let Some(inner) = inner {
                    let range = range.start + inner.start..range.start + inner.end;
                    self.keep(Says::Surely, range);
                }
                return false;
            }
            _ if value.len() > LONG => {
                says == Says::Surely && !looks::is_prose(value)
                    || says == Says::Likely && looks::is_secret(says, &value[..LONG], written)
            }
            _ => looks::is_secret(says, value, written),
        };
        if is_secret {
            self.keep(says, range);
        }
        is_secret
    }

    fn keep(&mut self, says: Says, range: Range<usize>) {
        self.at = self.at.max(range.end);
        let raw = &self.text[range.clone()];
        let value = if raw.contains(&b'\\') { Layer::unescape(raw).text } else { raw.to_vec() };
        self.found.push(Named::new(range, says, value));
    }

    /// `password: str = "…"`, `let token: String = …`: where the value begins behind a type.
    fn behind_type(&self, at: usize) -> Option<usize> {
        let is_type = |byte: &&u8| byte.is_ascii_alphanumeric() || b"_.<>[]|&?:' ".contains(byte);
        let length = self.text[at..].iter().take(48).take_while(is_type).count();
        let sign = at + length;
        let follows = self.byte(sign) == Some(b'=') && !matches!(self.byte(sign + 1), Some(b'=' | b'>'));
        (length > 0 && follows && self.text[sign - 1] == b' ').then(|| skip_blanks(self.text, sign + 1))
    }

    /// An object or a list.
    fn structure(&mut self, name: &Name<'_>, at: usize) {
        let text = self.text;
        // `X-Api-Key:[…]`, as Go prints what it holds.
        let near = &text[at + 1..near_line_end(text, at + 1)];
        let lone = memchr::memchr3(b']', b',', b' ', near)
            .filter(|&end| near[end] == b']' && is_mixed(&near[..end]));
        if let Some(length) = lone
            && self.take(name.says, at + 1..at + 1 + length, Written::Bare)
        {
            return;
        }
        if at >= self.unreadable {
            match json_spans::parse_start(&text[at..]) {
                (Some(node), length) => {
                    let within = (self.json.under)(&text[at..at + length], &node, self.names, name.says);
                    let place =
                        |named: Named| Named { range: at + named.range.start..at + named.range.end, ..named };
                    self.found.extend(within.into_iter().map(place));
                    self.at = at + length;
                    return;
                }
                (None, length) => self.unreadable = at + length.max(1),
            }
        }
        // A list in single quotes.
        let mut at = at + 1;
        while let Some((range, end)) = quoted(text, skip_space(text, at), 0) {
            self.take(name.says, range, Written::Quoted);
            at = skip_space(text, end);
            self.at = self.at.max(at);
            if self.byte(at) != Some(b',') {
                break;
            }
            at += 1;
        }
    }

    /// A number, in JSON that stands in a text.
    fn number(&mut self, name: &Name<'_>, at: usize) {
        let length = self.text[at..].iter().take(24).take_while(|byte| byte.is_ascii_digit()).count();
        if length >= 4 && name.says >= Says::Code && name.says != Says::Address {
            let range = at..at + length;
            if looks::is_secret(name.says, &self.text[range.clone()], Written::Data) {
                self.keep(name.says, range);
            }
        }
    }

    /// A value of several lines, and a list of one item a line, as YAML has them.
    fn block(&mut self, name: &Name<'_>, at: usize) {
        if !matches!(name.says, Says::Surely | Says::Likely) || name.quotes.is_some() {
            return;
        }
        let indent = lines::indent_of(self.text, name.start);
        for line in lines::below(self.text, line_end(self.text, at), indent).take(MOST_LINES) {
            let content = &self.text[line.clone()];
            let item = content
                .strip_prefix(b"- ")
                .map_or(line.start, |rest| line.end - rest.trim_ascii_start().len());
            // A line with a name of its own is read by itself.
            if content.contains(&b':') && !content.contains(&b'-') {
                break;
            }
            if is_setting(&self.text[item..line.end]) {
                continue;
            }
            let range = match quoted(self.text, item, 0) {
                Some((inner, _)) => inner,
                None => item..line.end,
            };
            self.take(name.says, range, Written::Quoted);
        }
    }

    fn bare(&mut self, name: &Name<'_>, at: usize, sign: u8) {
        let text = self.text;
        let own_line = begins_line(text, name.start);
        let is_variable =
            !name.text.iter().any(u8::is_ascii_lowercase) && name.text.iter().any(u8::is_ascii_uppercase);
        let end = near_line_end(text, at);
        let last_word = name.text.rsplit(|byte| !byte.is_ascii_alphanumeric()).next().unwrap_or_default();
        if sign == b':' && last_word.eq_ignore_ascii_case(b"authorization") {
            self.credentials(name, at);
            return;
        }
        if sign == b':' && last_word.eq_ignore_ascii_case(b"cookie") {
            self.cookies(name, at);
            return;
        }
        let inline = |byte: &&u8| !byte.is_ascii_whitespace() && !b",;&)}]\"'`<>".contains(byte);
        // In a line of its own a value may hold any sign, but for those that end it in code.
        let whole = |byte: &&u8| !byte.is_ascii_whitespace();
        let length = match own_line {
            true => text[at..end].iter().take_while(whole).count(),
            false => text[at..end].iter().take_while(inline).count(),
        };
        let mut value = at..at + length;
        // All of a long one goes; it is not read again.
        if length == lines::NEAR && name.says == Says::Surely {
            value.end += text[value.end..].iter().take_while(whole).count();
        }
        // Our own mark ends with one of these.
        let tail = &text[value.end.saturating_sub(MARK.len() + 2).max(at)..value.end];
        if memchr::memmem::find(tail, MARK_START).is_some() && self.byte(value.end) == Some(b']') {
            value.end += 1;
        }
        // `…:_authToken=${TOKEN}`: what ends a value in code ends this one's name.
        if text[value.clone()].starts_with(b"${") && !text[value.clone()].contains(&b'}') {
            let length = memchr::memchr(b'}', &text[value.end.min(end)..end]);
            value.end += length.map_or(0, |length| length + 1);
        }
        if let Some(range) = fallback(text, at..end) {
            self.take(name.says, range, Written::Quoted);
            return;
        }
        let rest = text[value.end.min(end)..end].trim_ascii();
        let ends_line = rest.is_empty() || rest.starts_with(b"#") || rest.starts_with(b"//");
        if own_line && matches!(text[value.clone()].last(), Some(b',' | b';')) {
            value.end -= 1;
        }
        let written = match own_line && (ends_line || is_variable) {
            true => Written::Line { is_variable },
            false => Written::Bare,
        };
        if own_line && !ends_line && name.says == Says::Surely && is_phrase(&text[at..end]) {
            self.take(name.says, at..end, Written::Quoted);
            return;
        }
        if !ends_line
            && !is_variable
            && !is_mixed(&text[value.clone()])
            && looks::is_prose(&text[at..end.max(at)])
        {
            return;
        }
        self.take(name.says, value, written);
    }

    /// `Authorization: Token …` in a text: what stands behind the scheme.
    fn credentials(&mut self, name: &Name<'_>, at: usize) {
        let text = self.text;
        let end = self.header_end(name, at);
        if end - at > lines::NEAR {
            // A long one is not read again, whatever stands in it.
            self.at = self.at.max(end);
        }
        let value = &text[at..end];
        let scheme = value.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'-').count();
        let behind = skip_blanks(text, at + scheme);
        let range = if behind > at + scheme && behind < end { behind..end } else { at..end };
        let secret = &text[range.clone()];
        let word = secret.split(u8::is_ascii_whitespace).next().unwrap_or_default();
        if (is_mixed(word) || word.len() >= 12) && !looks::is_prose(secret) {
            self.take(Says::Surely, range, Written::Quoted);
        }
    }

    /// `Cookie: a=b; c=d` in a text.
    fn cookies(&mut self, name: &Name<'_>, at: usize) {
        let end = self.header_end(name, at);
        let sets = name.text.to_ascii_lowercase().starts_with(b"set");
        let first = memchr::memchr(b';', &self.text[at..end]).map_or(end, |length| at + length);
        commands::cookies(self.text, at..if sets { first } else { end }, self.names, &mut self.found);
        self.at = self.at.max(end);
    }

    /// Where a header ends in a text: with its line, or with the quotes around it.
    fn header_end(&self, name: &Name<'_>, at: usize) -> usize {
        let end = line_end(self.text, at);
        let quote = name.start.checked_sub(1).map(|before| self.text[before]);
        match quote.filter(|byte| matches!(byte, b'"' | b'\'' | b'`')) {
            Some(quote) => at + memchr::memchr(quote, &self.text[at..end]).unwrap_or(end - at),
            None => end,
        }
    }
}

/// Calls that only say of which type a text is.
const WRAPPERS: [&[u8]; 22] = [
    b"AzureKeyCredential",
    b"Buffer.from",
    b"HeaderValue.from_static",
    b"HeaderValue::from_static",
    b"HeaderValue::from_str",
    b"Ok",
    b"Password",
    b"Secret",
    b"SecretStr",
    b"SecretString",
    b"SecretString::from",
    b"SecretString::new",
    b"Some",
    b"String",
    b"String::from",
    b"aws.String",
    b"bytes",
    b"new AzureKeyCredential",
    b"pulumi.String",
    b"pulumi.secret",
    b"str",
    b"string",
];

/// No name of one of these is longer.
const LONGEST_WRAPPER: usize = 32;

/// `SecretStr("…")`, `Some(String::from("…"))`, `b"…"`, `f'…'`, `N'…'`, `@"…"`: where the quotes are.
fn behind_wrapper(text: &[u8], at: usize) -> usize {
    let mut at = at;
    // `string(18) "…"`, as PHP dumps it.
    if let Some(rest) = text.get(at..).and_then(|rest| rest.strip_prefix(b"string(")) {
        let digits = rest.iter().take(8).take_while(|byte| byte.is_ascii_digit()).count();
        if digits > 0 && rest[digits..].starts_with(b") ") {
            at += b"string(".len() + digits + b") ".len();
        }
    }
    for _ in 0..3 {
        let rest = text.get(at..).unwrap_or_default();
        let open = memchr::memchr(b'(', &rest[..rest.len().min(LONGEST_WRAPPER)]);
        match open.filter(|&open| WRAPPERS.contains(&&rest[..open])) {
            Some(open) => at += open + 1,
            None => break,
        }
    }
    let rest = text.get(at..).unwrap_or_default();
    // `<<"…">>` of Erlang.
    if rest.starts_with(b"<<") {
        at += 2;
    }
    let rest = text.get(at..).unwrap_or_default();
    let letters = rest.iter().take(2).take_while(|byte| b"bBrRfFuUN@".contains(byte)).count();
    let opens = matches!(rest.get(letters), Some(b'"' | b'\''));
    if opens { at + letters } else { at }
}

/// `&anchor value`, `!!str value`, as YAML has them: where the value begins.
fn behind_mark(text: &[u8], at: usize) -> usize {
    let rest = &text[at..];
    let mark = rest.iter().take(2).take_while(|byte| matches!(byte, b'&' | b'!')).count();
    let name = rest[mark..].iter().take(LONGEST_NAME).take_while(|&&byte| is_word(byte)).count();
    let is_mark = (rest.starts_with(b"&") && mark == 1 || rest.starts_with(b"!!")) && name > 0;
    let behind = at + mark + name;
    if is_mark && text.get(behind) == Some(&b' ') { skip_blanks(text, behind) } else { at }
}

/// `process.env.TOKEN || "…"`, `os.environ.get("KEY") or "…"`: what counts where a setting is missing.
fn fallback(text: &[u8], line: Range<usize>) -> Option<Range<usize>> {
    let rest = &text[line.clone()];
    let begins = rest.first().is_some_and(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'$' | b'_'));
    let signs = [&b" || "[..], b" ?? ", b" ?: ", b" or "];
    let (at, sign) = signs.iter().find_map(|sign| Some((memchr::memmem::find(rest, sign)?, sign)))?;
    // `use four words, not "password1" or "letmein"`
    let begins = begins && !is_talk(&rest[..at]);
    let (range, end) = quoted(text, line.start + at + sign.len(), 0).filter(|_| begins)?;
    (end > range.end).then_some(range)
}

/// Whether words follow each other as in a sentence, and not as in code.
fn is_talk(text: &[u8]) -> bool {
    const OF_CODE: [&[u8]; 9] = [b"and", b"await", b"else", b"if", b"in", b"is", b"new", b"not", b"typeof"];
    let words = |word: &[u8]| word.iter().all(u8::is_ascii_alphabetic) && !OF_CODE.contains(&word);
    let all: Vec<&[u8]> = text.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).collect();
    all.windows(2).any(|pair| pair.iter().all(|word| words(word)))
}

/// `name: value` as the item of a list, which is a setting of its own.
fn is_setting(item: &[u8]) -> bool {
    let name = item.iter().take_while(|byte| is_word(**byte) || **byte == b'.').count();
    name > 0 && item.get(name) == Some(&b':') && item.get(name + 1).is_none_or(u8::is_ascii_whitespace)
}

/// Several plain words, of which a passphrase is made.
fn is_phrase(line: &[u8]) -> bool {
    let words: Vec<&[u8]> =
        line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).take(32).collect();
    words.len() >= 3
        && words.iter().all(|word| word.iter().all(u8::is_ascii_lowercase))
        && !looks::is_prose(line)
}

/// Quotes of JSON in JSON have 1, 3, 7 and so on before them. Each number of them is looked for to the end of a line.
const MOST_SLASHES: usize = 15;

/// What stands between the quotes that open at `at`, each behind so many backslashes, and where they end. What is not closed
/// in its line ends with it.
fn quoted(text: &[u8], at: usize, slashes: usize) -> Option<(Range<usize>, usize)> {
    let run = text.get(at..)?.iter().take_while(|&&byte| byte == b'\\').count();
    let quote = *text.get(at + run)?;
    if !matches!(quote, b'"' | b'\'' | b'`') || run != slashes || slashes > MOST_SLASHES {
        return None;
    }
    let triple = slashes == 0 && text[at..].starts_with(&[quote; 3]);
    if triple {
        let start = at + 3;
        let end = memchr::memmem::find(&text[start..], &[quote; 3]).map_or(text.len(), |end| start + end);
        return Some((start..end, (end + 3).min(text.len())));
    }
    let start = at + run + 1;
    let (mut end, mut backslashes) = (start, 0);
    while let Some(&byte) = text.get(end) {
        match byte {
            b'\\' => backslashes += 1,
            b'\n' | b'\r' => break,
            _ if byte == quote && (backslashes == slashes || (slashes == 0 && backslashes % 2 == 0)) => {
                return Some((start..end - backslashes.min(slashes), end + 1));
            }
            _ => backslashes = 0,
        }
        end += 1;
    }
    Some((start..end, end))
}

fn skip_space(text: &[u8], at: usize) -> usize {
    at + text.get(at..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}
