//! What commands and their files are told: `curl -u`, `--password …`, `.netrc`, elements of XML.

use std::ops::Range;

use super::lines::{begins_line, line_end, skip_blanks};
use super::{quoted, tables};
use crate::redact::looks::{self, Written};
use crate::redact::named::{Named, keep};
use crate::redact::secret_names::{Names, Says};
use crate::redact::sought::{Sought, sought};
use crate::redact::stand_ins::is_word;

pub(super) fn named(text: &[u8], names: &Names, found: &mut Vec<Named>) {
    PROGRAMS.iter().for_each(|program| users(text, program, names, found));
    logins(text, found);
    flags(text, names, found);
    directives(text, names, found);
    statements(text, found);
    inserts(text, names, found);
    elements(text, names, found);
    beside(text, names, found);
    pairs(text, names, found);
    defaults(text, names, found);
    password_files(text, found);
}

static PROGRAMS: [Sought; 4] = sought![b"curl ", b"http ", b"https ", b"xh "];

/// Options of commands that take a user and a password, and cookies.
const USERS: [&[u8]; 6] = [b"--user", b"--proxy-user", b"--auth", b"-u", b"-U", b"-a"];
const COOKIES: [&[u8]; 2] = [b"--cookie", b"-b"];

/// `curl -u user:password`, `curl -b session=…`, up to the end of the command.
fn users(text: &[u8], program: &Sought, names: &Names, found: &mut Vec<Named>) {
    let mut next = 0;
    while let Some(start) = program.find(&text[next..]).map(|at| next + at + program.len()) {
        let end = end_of_command(text, start);
        let mut at = start;
        while let Some(dash) = memchr::memchr(b'-', &text[at..end]).map(|dash| at + dash) {
            at = dash + 1;
            let rest = &text[dash..end];
            let option = USERS.into_iter().chain(COOKIES).find(|option| rest.starts_with(option));
            let Some(option) = option.filter(|_| text[dash - 1].is_ascii_whitespace()) else {
                continue;
            };
            let from =
                skip_blanks(text, dash + option.len()) + usize::from(rest.get(option.len()) == Some(&b'='));
            let range = match quoted(text, from, 0) {
                Some((range, _)) => range,
                None => {
                    from..from
                        + text[from.min(end)..end]
                            .iter()
                            .take_while(|byte| !byte.is_ascii_whitespace())
                            .count()
                }
            };
            at = at.max(range.end.min(end));
            if COOKIES.contains(&option) {
                cookies(text, range, names, found);
                continue;
            }
            let Some(colon) = text[range.clone()].iter().position(|&byte| byte == b':') else {
                // `https -A bearer -a …`
                keep(text, Says::Likely, range, Written::Data, found);
                continue;
            };
            let secret = range.start + colon + 1..range.end;
            // `curl -u key:`, where the key is the user.
            match secret.is_empty() {
                true => keep(text, Says::Likely, range.start..range.start + colon, Written::Data, found),
                false => keep(text, Says::Surely, secret, Written::Data, found),
            }
        }
        next = end;
    }
}

/// `a=b; c=d`: cookies whose name says so, and those that look like keys.
pub(super) fn cookies(text: &[u8], range: Range<usize>, names: &Names, found: &mut Vec<Named>) {
    let mut start = range.start;
    for pair in text[range].split(|&byte| byte == b';') {
        if let Some(equals) = pair.iter().position(|&byte| byte == b'=') {
            let value = start + equals + 1..start + pair.len();
            let name = String::from_utf8_lossy(pair[..equals].trim_ascii());
            let named = names.parameter(&name) >= Says::Perhaps && value.len() >= 8;
            keep(text, if named { Says::Surely } else { Says::Likely }, value, Written::Quoted, found);
        }
        start += pair.len() + 1;
    }
}

/// The end of a command, which may go on behind a backslash at the end of its line.
pub(super) fn end_of_command(text: &[u8], start: usize) -> usize {
    let mut at = start;
    while let Some(stop) = memchr::memchr2(b'\n', b'|', &text[at..]).map(|stop| at + stop) {
        let before = text[..stop].strip_suffix(b"\r").unwrap_or(&text[..stop]);
        if text[stop] == b'|' || before.last() != Some(&b'\\') {
            return stop;
        }
        at = stop + 1;
    }
    text.len()
}

static MACHINE: [Sought; 1] = sought![b"machine "];
static DASHES: [Sought; 1] = sought![b"--"];
static CLOSES: [Sought; 1] = sought![b"</"];

/// `machine host login user password secret`, as `.netrc` has it.
fn logins(text: &[u8], found: &mut Vec<Named>) {
    let mut next = 0;
    while let Some(start) = MACHINE[0].find(&text[next..]).map(|at| next + at + 8) {
        let mut at = word(text, start).end;
        loop {
            let key = word(text, at);
            if !matches!(&text[key.clone()], b"login" | b"password" | b"account") {
                break;
            }
            let value = word(text, key.end);
            at = value.end;
            if &text[key] == b"password" {
                keep(text, Says::Surely, value, Written::Data, found);
            }
        }
        next = at.max(start);
    }
}

/// The next word of a text; empty at its end.
fn word(text: &[u8], at: usize) -> Range<usize> {
    let from = at + text[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    from..from + text[from..].iter().take_while(|byte| !byte.is_ascii_whitespace()).count()
}

/// `--password secret`.
fn flags(text: &[u8], names: &Names, found: &mut Vec<Named>) {
    let mut next = 0;
    while let Some(at) = DASHES[0].find(&text[next..]).map(|at| next + at + 2) {
        let length =
            text[at..].iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'-').count();
        next = at + length;
        if text.get(next) != Some(&b' ') || length == 0 || length > super::LONGEST_NAME {
            continue;
        }
        let says = std::str::from_utf8(&text[at..next]).map_or(Says::Nothing, |name| names.field(name));
        if says == Says::Nothing || says == Says::Address {
            continue;
        }
        let from = skip_blanks(text, next);
        let (range, written) = match quoted(text, from, 0) {
            Some((range, _)) => (range, Written::Quoted),
            None => {
                // `[--token TOKEN]`, as a usage has it.
                let is_optional = text[..at - 2].ends_with(b"[");
                let ends: &[u8] = if is_optional { b"\"'`;|&)]" } else { b"\"'`;|&)" };
                let is_part = |byte: &&u8| !byte.is_ascii_whitespace() && !ends.contains(byte);
                (
                    from..from + text[from..].iter().take(super::LONG).take_while(is_part).count(),
                    Written::Bare,
                )
            }
        };
        if !text[range.clone()].starts_with(b"-") {
            keep(text, says, range, written, found);
        }
    }
}

/// What stands before a name and a value with a blank between them, at the start of a line.
static DIRECTIVES: [Sought; 9] = sought![
    b"ENV ",
    b"set -x ",
    b"set -gx ",
    b"set -Ux ",
    b"setx ",
    b"SetEnv ",
    b"proxy_set_header ",
    b"fastcgi_param ",
    b"add_header ",
];

/// `ENV NAME secret`, `set -x NAME secret`.
fn directives(text: &[u8], names: &Names, found: &mut Vec<Named>) {
    for directive in &DIRECTIVES {
        let mut next = 0;
        while let Some(at) = directive.find(&text[next..]).map(|at| next + at) {
            let name = word(text, at + directive.len());
            next = name.end;
            let says =
                std::str::from_utf8(&text[name.clone()]).map_or(Says::Nothing, |name| names.field(name));
            if says <= Says::Nothing || says == Says::Address || !begins_line(text, at) {
                continue;
            }
            let from = skip_blanks(text, name.end);
            match quoted(text, from, 0) {
                Some((range, _)) => keep(text, says, range, Written::Quoted, found),
                None => {
                    let line = from..line_end(text, from);
                    let value = word(text, from);
                    let value = value.start..value.end.min(line.end);
                    let end = value.end - usize::from(text[value.clone()].ends_with(b";"));
                    keep(text, says, value.start..end, Written::Line { is_variable: true }, found);
                }
            }
        }
    }
}

/// `IDENTIFIED BY 'secret'`, `PASSWORD 'secret'`, as databases are told.
fn statements(text: &[u8], found: &mut Vec<Named>) {
    let mut next = 0;
    while let Some(quote) = memchr::memchr(b'\'', &text[next..]).map(|at| next + at) {
        next = quote + 1;
        let before = text[quote.saturating_sub(24)..quote].trim_ascii_end();
        let ends = |end: &[u8]| {
            before.len() >= end.len() && before[before.len() - end.len()..].eq_ignore_ascii_case(end)
        };
        if before.len() < quote.min(24)
            && (ends(b"identified by") || ends(b" password"))
            && let Some((range, end)) = quoted(text, quote, 0)
        {
            keep(text, Says::Surely, range, Written::Quoted, found);
            next = end;
        }
    }
}

static VALUES: [Sought; 2] = sought![b"VALUES", b"values"];

/// No list of columns is longer, and no row.
const LONGEST_ROW: usize = 1024;

/// `INSERT INTO users (name, password) VALUES ('ana', 'secret'), …`
fn inserts(text: &[u8], names: &Names, found: &mut Vec<Named>) {
    for values in &VALUES {
        let mut next = 0;
        while let Some(at) = values.find(&text[next..]).map(|at| next + at) {
            next = at + values.len();
            let Some(columns) = columns_before(text, at, names) else { continue };
            let mut row = super::skip_space(text, next);
            while let Some((range, end)) = row_of(text, row, &columns, found) {
                next = range.end;
                row = super::skip_space(text, end);
                if text.get(row) != Some(&b',') {
                    break;
                }
                row = super::skip_space(text, row + 1);
            }
        }
    }
}

/// What the columns say that stand in brackets before the values; `None` if none of them is that of a secret.
fn columns_before(text: &[u8], at: usize, names: &Names) -> Option<Vec<Says>> {
    let near = &text[at.saturating_sub(LONGEST_ROW)..at];
    let list = near.trim_ascii_end().strip_suffix(b")")?;
    let list = &list[memchr::memrchr(b'(', list)? + 1..];
    let says = |column: &[u8]| {
        let column = String::from_utf8_lossy(column);
        names.field(column.trim().trim_matches(['`', '"', '[', ']', '\'']))
    };
    let columns: Vec<Says> = list.split(|&byte| byte == b',').map(says).collect();
    let is_secret = |says: &Says| !matches!(says, Says::Nothing | Says::Address);
    columns.iter().any(is_secret).then_some(columns)
}

/// Takes the secrets out of a row of values in brackets; gives the row, and where it ends.
fn row_of(text: &[u8], at: usize, columns: &[Says], found: &mut Vec<Named>) -> Option<(Range<usize>, usize)> {
    if text.get(at) != Some(&b'(') {
        return None;
    }
    let near = &text[..text.len().min(at + LONGEST_ROW)];
    let mut value = at + 1;
    for &says in columns {
        let from = super::behind_wrapper(near, super::skip_space(near, value));
        let end = match quoted(near, from, 0) {
            Some((range, end)) => {
                if !matches!(says, Says::Nothing | Says::Address) {
                    keep(text, says, range, Written::Quoted, found);
                }
                end
            }
            None => from,
        };
        let stop = end_of_value(near, end)?;
        if near[stop] == b')' {
            return Some((at..stop, stop + 1));
        }
        value = stop + 1;
    }
    None
}

/// Where the comma or the bracket stands that ends a value of a row.
fn end_of_value(text: &[u8], from: usize) -> Option<usize> {
    let (mut at, mut depth) = (from, 0);
    loop {
        match text.get(at)? {
            b'\'' | b'"' => at = quoted(text, at, 0)?.1.max(at + 1) - 1,
            b'(' => depth += 1,
            b',' | b')' if depth == 0 => return Some(at),
            b')' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
}

/// Elements that hold a cell of a table, an item of a list, or a part of them.
const CELLS: [&str; 12] = ["b", "code", "dd", "dt", "em", "i", "label", "li", "span", "strong", "td", "th"];

/// So much may stand between an element that names the next one and what that one holds.
const BETWEEN_ELEMENTS: usize = 48;

/// `<password>secret</password>`, `<key>password</key> <string>secret</string>`, and tables of pages: `<th>password</th>` over
/// `<td>secret</td>`, or before it.
fn elements(text: &[u8], names: &Names, found: &mut Vec<Named>) {
    let mut next = 0;
    let mut told = (Says::Nothing, 0);
    let mut columns = Columns::default();
    while let Some(close) = CLOSES[0].find(&text[next..]).map(|at| next + at) {
        let from = close + 2;
        let length = text[from..].iter().take(super::LONGEST_NAME).take_while(|byte| **byte != b'>').count();
        let name = std::str::from_utf8(&text[from..from + length]).unwrap_or_default();
        let open = memchr::memrchr(b'>', &text[next..close]).map(|open| next + open + 1);
        let tag = CELLS.iter().find(|tag| name.eq_ignore_ascii_case(tag)).copied();
        if let Some(open) = open {
            let content = trimmed(text, open..close);
            let said = match content.len() <= super::LONGEST_NAME {
                true => names.field(&String::from_utf8_lossy(&text[content.clone()]).replace(':', "")),
                false => Says::Nothing,
            };
            let (says, end) = std::mem::replace(&mut told, (Says::Nothing, 0));
            let says = if open - end < BETWEEN_ELEMENTS { says } else { Says::Nothing };
            if tag.is_some() && content.is_empty() {
                // `<td><b>Password</b></td>`
                told = (says, from + length);
            } else if tag.is_some() {
                let says = if tag == Some("th") { Says::Nothing } else { says.max(columns.says()) };
                if said > Says::Address {
                    told = (said, from + length);
                    columns.names(said);
                } else if says > Says::Nothing && says != Says::Address {
                    tables::cell(text, says, content, found);
                }
            } else if matches!(name, "key" | "name" | "Key" | "Name") {
                told = (said, from + length);
            } else {
                let named = names.field(name.rsplit(':').next().unwrap_or(name));
                let says = if says > Says::Nothing { says } else { named };
                if says > Says::Nothing {
                    keep(text, says, open..close, Written::Quoted, found);
                }
            }
        }
        columns.close(name);
        next = from + length;
    }
}

/// Which columns of a table of a page hold secrets, and in which of them a cell stands.
#[derive(Default)]
struct Columns {
    heads: Vec<(usize, Says)>,
    at: usize,
    /// What the cell says that is being read.
    named: Option<Says>,
}

impl Columns {
    /// No table has more columns.
    const MOST: usize = 64;

    fn says(&self) -> Says {
        let head = self.heads.iter().find(|(column, _)| *column == self.at);
        head.map_or(Says::Nothing, |&(_, says)| says)
    }

    fn names(&mut self, says: Says) {
        self.named = Some(says);
    }

    fn close(&mut self, name: &str) {
        if name.eq_ignore_ascii_case("th") || name.eq_ignore_ascii_case("td") {
            let is_head = name.eq_ignore_ascii_case("th") && self.heads.len() < Self::MOST;
            let head = self.named.take().filter(|_| is_head);
            self.heads.extend(head.map(|says| (self.at, says)));
            self.at += 1;
        } else if name.eq_ignore_ascii_case("tr") {
            self.at = 0;
        } else if name.eq_ignore_ascii_case("table") {
            *self = Columns::default();
        }
    }
}

fn trimmed(text: &[u8], range: Range<usize>) -> Range<usize> {
    let value = &text[range.clone()];
    let start = range.start + value.len() - value.trim_ascii_start().len();
    start..start + value.trim_ascii().len()
}

/// What begins the name of a call that is told a name, and not the secret.
const READS: &[&str] = &[
    "check", "create", "decode", "delete", "ensure", "expect", "fetch", "find", "from", "generate", "get",
    "has", "hash", "is", "load", "lookup", "new", "parse", "read", "require", "resolve", "revoke", "use",
    "validate", "verify",
];

/// Whether a call of that name is given a secret: `.api_key(…)`, `setPassword(…)`, and not `getToken(…)`.
fn gives(name: &[u8]) -> bool {
    let name = String::from_utf8_lossy(name).to_ascii_lowercase();
    let name = name.rsplit('.').next().unwrap_or_default();
    !READS.iter().any(|read| name.starts_with(read))
}

/// Names that stand directly before what is quoted: `#define WIFI_PASSWORD "…"`, `set $api_key "…"`, `:password "…"`,
/// `storePassword '…'`, `token "…"`, `.api_key("…")`, `api_key{"…"}`.
fn beside(text: &[u8], names: &Names, found: &mut Vec<Named>) {
    let mut next = 0;
    while let Some(quote) = memchr::memchr2(b'"', b'\'', &text[next..]).map(|at| next + at) {
        next = quote + 1;
        let before = &text[quote.saturating_sub(super::LONGEST_NAME)..quote];
        let blanks = before.iter().rev().take(8).take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let before = &before[..before.len() - blanks];
        // `password <- "…"`, as R has it.
        let before = before.strip_suffix(b"<-").map_or(before, <[u8]>::trim_ascii_end);
        let call = before.strip_suffix(b"(").or_else(|| before.strip_suffix(b"{"));
        let before = call.unwrap_or(before);
        let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
        let length = before.iter().rev().take_while(is_part).count();
        let name = &before[before.len() - length..];
        if length == 0 || (call.is_some() && !gives(name)) || (call.is_none() && blanks == 0) {
            continue;
        }
        let says = std::str::from_utf8(name).map_or(Says::Nothing, |name| names.field(name));
        if says <= Says::Nothing || says == Says::Address {
            continue;
        }
        let Some((range, end)) = quoted(text, quote, 0).filter(|(range, end)| *end > range.end) else {
            continue;
        };
        let value = &text[range.clone()];
        // What a quote closes looks as if it opened the text behind it.
        let begins =
            value.first().is_some_and(|byte| byte.is_ascii_alphanumeric() || b"!#$%*_@".contains(byte));
        if begins && !value.iter().any(u8::is_ascii_whitespace) && looks::is_telling(Says::Surely, value) {
            keep(text, says, range, Written::Quoted, found);
            next = end;
        }
    }
}

static VALUE: [Sought; 2] = sought![b"value", b"Value"];

/// Keys that say how something is called of which `value` says what it is.
const CALLED: [&[u8]; 4] = [b"name", b"key", b"Name", b"Key"];

/// `name: API_KEY` and, in the next line or behind a comma, `value: …`, as Kubernetes has it, and `{ name = "API_KEY", value =
/// "…" }`, as code has it.
fn pairs(text: &[u8], names: &Names, found: &mut Vec<Named>) {
    for word in &VALUE {
        let mut next = 0;
        while let Some(at) = word.find(&text[next..]).map(|at| next + at) {
            next = at + word.len();
            let Some(value) = behind_key(text, at, next) else { continue };
            let from = at.saturating_sub(LONGEST_PAIR);
            let before = text[from..at].trim_ascii_end();
            let before = before.strip_suffix(b"\"").or(before.strip_suffix(b"'")).unwrap_or(before);
            let Some((says, is_line)) = called(before, names) else { continue };
            match quoted(text, value, 0) {
                Some((range, _)) => keep(text, says, range, Written::Quoted, found),
                None if is_line => {
                    let range = value..line_end(text, value).min(value + super::LONG);
                    keep(text, says, range, Written::Line { is_variable: true }, found);
                }
                None => {
                    let is_part = |byte: &&u8| !byte.is_ascii_whitespace() && !b",}])\"'".contains(byte);
                    let length = text[value..].iter().take(super::LONG).take_while(is_part).count();
                    let range = value..value + length;
                    keep(text, says, range, Written::Line { is_variable: true }, found);
                }
            }
        }
    }
}

/// Where the value begins behind a key that stands from `at` to `end`, perhaps in quotes; `None` if no value stands there.
fn behind_key(text: &[u8], at: usize, end: usize) -> Option<usize> {
    let quote = at.checked_sub(1).map(|before| text[before]);
    let is_quoted = matches!(quote, Some(b'"' | b'\''));
    if quote.is_some_and(is_word) || is_quoted && text.get(end).copied() != quote {
        return None;
    }
    let sign = skip_blanks(text, end + usize::from(is_quoted));
    let behind = match text.get(sign)? {
        b':' if !matches!(text.get(sign + 1), Some(b':' | b'=')) => sign + 1,
        b'=' if text.get(sign + 1) == Some(&b'>') => sign + 2,
        b'=' if text.get(sign + 1) != Some(&b'=') => sign + 1,
        _ => return None,
    };
    Some(skip_blanks(text, behind))
}

/// What the name says that stands before a `value`: `name: API_KEY`, in the line before or behind a comma; and whether it had a
/// line of its own.
fn called(before: &[u8], names: &Names) -> Option<(Says, bool)> {
    let pair = before.trim_ascii_end();
    let line = before.len() - before.iter().rev().take_while(|byte| byte.is_ascii_whitespace()).count();
    let is_line = before[line..].contains(&b'\n') && !pair.ends_with(b",");
    let pair = pair.strip_suffix(b",").unwrap_or(pair).trim_ascii_end();
    let start = pair.iter().rposition(|byte| b"\n{,(".contains(byte)).map_or(0, |at| at + 1);
    let pair = pair[start..].trim_ascii();
    let pair = pair.strip_prefix(b"- ").unwrap_or(pair).trim_ascii_start();
    let pair = pair.strip_prefix(b"{").unwrap_or(pair).trim_ascii_start();
    let sign = pair.iter().position(|byte| matches!(byte, b':' | b'='))?;
    let key = pair[..sign].trim_ascii();
    let key = std::str::from_utf8(key).ok()?.trim_matches(['"', '\'']);
    let name = pair[sign + 1..].strip_prefix(b">").unwrap_or(&pair[sign + 1..]);
    let name = std::str::from_utf8(name).ok()?.trim().trim_matches(['"', '\'']);
    let says = names.field(name);
    let is_pair = CALLED.contains(&key.as_bytes()) && !matches!(says, Says::Nothing | Says::Address);
    is_pair.then_some((says, is_line))
}

static DEFAULT: [Sought; 1] = sought![b"default"];
static VARIABLE: &[u8] = b"variable \"";

/// `variable "db_password" { … default = "secret" }`, as Terraform has it.
fn defaults(text: &[u8], names: &Names, found: &mut Vec<Named>) {
    let mut next = 0;
    while let Some(at) = DEFAULT[0].find(&text[next..]).map(|at| next + at) {
        next = at + DEFAULT[0].len();
        let Some(value) = behind_key(text, at, next).filter(|_| begins_line(text, at)) else { continue };
        let before = &text[at.saturating_sub(LONGEST_BLOCK)..at];
        let Some(variable) = memchr::memmem::rfind(before, VARIABLE) else { continue };
        let block = &before[variable + VARIABLE.len()..];
        let Some(end) = memchr::memchr(b'"', block).filter(|_| !block.contains(&b'}')) else { continue };
        let says = std::str::from_utf8(&block[..end]).map_or(Says::Nothing, |name| names.field(name));
        if let Some((range, _)) = quoted(text, value, 0)
            && says != Says::Address
        {
            keep(text, says, range, Written::Quoted, found);
        }
    }
}

/// So much may stand between the name of a variable and what it is by default.
const LONGEST_BLOCK: usize = 400;

/// A name, and what stands before the value in the line behind it, take no more.
const LONGEST_PAIR: usize = 200;

/// `host:5432:database:user:password`, a line of `.pgpass`.
fn password_files(text: &[u8], found: &mut Vec<Named>) {
    let mut at = 0;
    while at < text.len() {
        let end = line_end(text, at);
        let line = &text[at..end];
        let mut fields = line.splitn(5, |&byte| byte == b':');
        if let (Some(host), Some(port), Some(database), Some(user), Some(secret)) =
            (fields.next(), fields.next(), fields.next(), fields.next(), fields.next())
        {
            let is_port =
                port == b"*" || (2..=5).contains(&port.len()) && port.iter().all(u8::is_ascii_digit);
            let is_name = |name: &[u8]| name == b"*" || name.first().is_some_and(u8::is_ascii_alphabetic);
            let is_line = !line.iter().any(u8::is_ascii_whitespace) && line.len() <= super::LONG;
            if is_line && is_port && !host.is_empty() && is_name(database) && is_name(user) {
                keep(text, Says::Surely, end - secret.len()..end, Written::Quoted, found);
            }
        }
        at = end + text[end..].iter().take(2).take_while(|byte| matches!(byte, b'\r' | b'\n')).count().max(1);
    }
}
