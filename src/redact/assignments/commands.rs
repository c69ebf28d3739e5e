//! What commands and their files are told: `curl -u`, `--password …`, `.netrc`, elements of XML.

use std::ops::Range;

use super::lines::{begins_line, line_end, skip_blanks};
use super::quoted;
use crate::redact::looks::{self, Written};
use crate::redact::named::Named;
use crate::redact::secret_names::{Names, Says};
use crate::redact::sought::{Sought, sought};

pub(super) fn named(text: &[u8], names: &Names, found: &mut Vec<Named>) {
    PROGRAMS.iter().for_each(|program| users(text, program, names, found));
    logins(text, found);
    flags(text, names, found);
    directives(text, names, found);
    statements(text, found);
    elements(text, names, found);
    beside(text, names, found);
    pairs_of_lines(text, names, found);
    password_files(text, found);
}

pub(super) fn keep(text: &[u8], says: Says, range: Range<usize>, written: Written, found: &mut Vec<Named>) {
    if looks::is_secret(says, &text[range.clone()], written) {
        found.push(Named::new(range.clone(), says, text[range].to_vec()));
    }
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
                let is_part = |byte: &&u8| !byte.is_ascii_whitespace() && !b"\"'`;|&)".contains(byte);
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

/// `<password>secret</password>`, and `<key>password</key> <string>secret</string>`.
fn elements(text: &[u8], names: &Names, found: &mut Vec<Named>) {
    let mut next = 0;
    let mut told = (Says::Nothing, 0);
    while let Some(close) = CLOSES[0].find(&text[next..]).map(|at| next + at) {
        let from = close + 2;
        let length = text[from..].iter().take(super::LONGEST_NAME).take_while(|byte| **byte != b'>').count();
        let name = std::str::from_utf8(&text[from..from + length]).unwrap_or_default();
        if let Some(open) = memchr::memrchr(b'>', &text[next..close]).map(|open| next + open + 1) {
            let says = match told {
                (says, end) if says > Says::Nothing && open - end < 24 => says,
                _ => names.field(name.rsplit(':').next().unwrap_or(name)),
            };
            told = (Says::Nothing, 0);
            if matches!(name, "key" | "name" | "Key" | "Name") && close - open <= super::LONGEST_NAME {
                let content = String::from_utf8_lossy(&text[open..close]);
                told = (names.field(&content), from + length);
            } else if says > Says::Nothing {
                keep(text, says, open..close, Written::Quoted, found);
            }
        }
        next = from + length;
    }
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

static VALUE: [Sought; 1] = sought![b"value: "];

/// `- name: API_KEY` and, in the next line, `value: …`, as Kubernetes has it.
fn pairs_of_lines(text: &[u8], names: &Names, found: &mut Vec<Named>) {
    let mut next = 0;
    while let Some(at) = VALUE[0].find(&text[next..]).map(|at| next + at) {
        next = at + b"value: ".len();
        if !begins_line(text, at) {
            continue;
        }
        let from = at.saturating_sub(LONGEST_PAIR);
        let Some(end) = memchr::memrchr(b'\n', &text[from..at]).map(|end| from + end) else { continue };
        let start = memchr::memrchr(b'\n', &text[from..end]).map_or(from, |start| from + start + 1);
        let line = text[start..end].trim_ascii();
        let line = line.strip_prefix(b"- ").unwrap_or(line);
        let name = [&b"name: "[..], b"key: ", b"Name: "].iter().find_map(|key| line.strip_prefix(*key));
        let name = name.and_then(|name| std::str::from_utf8(name).ok()).unwrap_or_default();
        let says = names.field(name.trim_matches(['"', '\'']));
        if matches!(says, Says::Nothing | Says::Address) {
            continue;
        }
        let value = skip_blanks(text, next);
        match quoted(text, value, 0) {
            Some((range, _)) => keep(text, says, range, Written::Quoted, found),
            None => {
                let range = value..line_end(text, value).min(value + super::LONG);
                keep(text, says, range, Written::Line { is_variable: true }, found);
            }
        }
    }
}

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
