//! Private keys in files of several lines: between two lines in PEM and in the format of SSH2, and behind a head in PuTTY's. They
//! come as comments, in diffs, with numbers before their lines, wrapped anew, as strings of code, as a list of lines.

use std::ops::Range;

use crate::model::base64;
use crate::redact::hits::MARK_START;
use crate::redact::runs::Runs;
use crate::redact::stand_ins::is_random;

/// A line of a key has no fewer characters, but for the last one.
const LINE: usize = 16;

/// So much may stand between two lines of a key: what ends one and begins the next, as a comment or in code.
const BETWEEN: usize = 48;

/// So much may stand between the head of a key and its first line: how it is encrypted, who made it.
const HEAD: usize = 320;

/// In PEM: `-----BEGIN … PRIVATE KEY-----`.
pub(super) fn pem(text: &[u8], at: usize, _: &mut Runs) -> Option<Range<usize>> {
    armoured(text, at, at + "-----BEGIN ".len(), b"-----", b"-----END ")
}

/// In the format of SSH2: `---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----`.
pub(super) fn ssh2(text: &[u8], at: usize, _: &mut Runs) -> Option<Range<usize>> {
    armoured(text, at, at + "---- BEGIN ".len(), b" ----", b"---- END ")
}

/// In PuTTY's: what stands behind `Private-Lines: 14`, up to `Private-MAC: …`.
pub(super) fn putty(text: &[u8], at: usize, _: &mut Runs) -> Option<Range<usize>> {
    const NAME: &[u8] = b"Private-Lines: ";
    let digits = of(text, at + NAME.len(), |byte| byte.is_ascii_digit());
    if !text[at..].starts_with(NAME) || digits.is_empty() {
        return None;
    }
    // Where a key went, what stands behind is something else.
    if text[digits.end..].starts_with(MARK_START) {
        return None;
    }
    let stop = find(text, digits.end, b"Private-");
    // The line break before the first line stays.
    let start = next_line(text, digits.end, stop.unwrap_or(text.len()))?;
    let body = body(text, start, stop)?;
    let mac = of(text, body.end, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b':' | b' '));
    Some(start..if stop == Some(body.end) { mac.end } else { body.end })
}

/// A private key between its two lines; without the second one, all that may belong to it.
fn armoured(text: &[u8], at: usize, title: usize, stop: &[u8], end: &[u8]) -> Option<Range<usize>> {
    let title = of(text, title, |byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b' ');
    let name = text[title.clone()].trim_ascii_end();
    if !(name.ends_with(b"PRIVATE KEY") || name.ends_with(b"PRIVATE KEY BLOCK")) {
        return None;
    }
    let dashes = of(text, title.end, |byte| byte == b'-');
    // Neither the lines of a key nor the heads of old ones have such dashes: those begin the line that ends it, or another key.
    let dashed = stop.trim_ascii_start();
    let stop = find(text, dashes.end, dashed);
    let body = body(text, dashes.end, stop)?;
    let closes = stop == Some(body.end) && text[body.end..].starts_with(end);
    let close = || {
        let name = of(text, body.end + end.len(), |byte| {
            byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b' '
        });
        of(text, name.end, |byte| byte == b'-').end
    };
    Some(at..if closes { close() } else { body.end })
}

/// The lines of a key from `start` on: up to `stop` if they lead there, and else as far as they go.
fn body(text: &[u8], start: usize, stop: Option<usize>) -> Option<Range<usize>> {
    let limit = stop.unwrap_or(text.len());
    let mut end = start;
    let mut between = HEAD;
    let mut is_key = false;
    while let Some(line) = line(&text[..limit], end, between) {
        is_key |= is_random(&text[line.clone()], true);
        end = line.end;
        between = BETWEEN;
    }
    let leads_to_stop = stop.is_some_and(|stop| stop - end <= LINE + 2 * BETWEEN);
    if is_key && leads_to_stop {
        return Some(start..limit);
    }
    // The key was cut off. What stands behind it may be its last line, and may be more.
    let torn = of(&text[..limit], start, |byte| {
        byte.is_ascii_alphanumeric() || b"+/=\\%:,- \r\n\t#*>|;".contains(&byte)
    });
    let end = quotes(text, start..end).next().unwrap_or(end);
    let torn = start..torn.end.max(end);
    (torn.len() >= 40 && is_random(&text[torn.clone()], false)).then_some(torn)
}

/// The next line of a key, if it begins near enough.
fn line(text: &[u8], from: usize, between: usize) -> Option<Range<usize>> {
    let mut at = from;
    while at < text.len() && at - from <= between {
        let run = of(text, at, base64::is_character);
        if run.len() >= LINE {
            return Some(run);
        }
        at = run.end + 1;
    }
    None
}

/// Where the next line begins, behind a line break as it is or escaped.
fn next_line(text: &[u8], from: usize, limit: usize) -> Option<usize> {
    let rest = &text[from..limit.min(from + BETWEEN).max(from)];
    let end = rest.iter().position(|&byte| matches!(byte, b'\n' | b'\\' | b'%'))?;
    Some(from + end)
}

fn of(text: &[u8], at: usize, has: impl Fn(u8) -> bool) -> Range<usize> {
    let rest = text.get(at..).unwrap_or_default();
    at..at + rest.iter().take_while(|&&byte| has(byte)).count()
}

fn find(text: &[u8], from: usize, wanted: &[u8]) -> Option<usize> {
    memchr::memmem::find(text.get(from..)?, wanted).map(|at| from + at)
}

/// A hit in the strings that it stands in: a list of the lines of a key is a list of as many strings without them.
pub(in crate::redact) fn within_strings(text: &[u8], hit: Range<usize>) -> Vec<Range<usize>> {
    let mut quotes = quotes(text, hit.clone()).peekable();
    if quotes.peek().is_none() {
        return vec![hit];
    }
    let mut found = Vec::new();
    let mut start = hit.start;
    for quote in quotes.chain([hit.end]) {
        let part = start..quote;
        let said = &text[part.clone()];
        // The line that begins or ends a key stays, if nothing of the key stands in the same string.
        let is_line = said.starts_with(b"-----") && !has_run(said);
        if said.iter().any(u8::is_ascii_alphanumeric) && !is_line {
            found.push(part);
        }
        start = quote + 1;
    }
    found
}

/// Whether there are so many letters and digits in a row as a line of a key has at least.
fn has_run(text: &[u8]) -> bool {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    text.split(|byte| !is_part(byte)).any(|run| run.len() >= LINE)
}

/// Where quotes stand that end a string.
fn quotes(text: &[u8], within: Range<usize>) -> impl Iterator<Item = usize> {
    let start = within.start;
    let quotes = memchr::memchr_iter(b'"', &text[within]).map(move |quote| start + quote);
    quotes.filter(|&quote| quote == 0 || text[quote - 1] != b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: [&str; 3] = [
        "AgPtOAXUwogVZoPF2TtagQBpyT/Fj9wuAyFJ4Yj+jVj9KQStfqBtaunm5IpyTL5s",
        "Zsx8Rtjn5iEHZQhF3kRmGUV7Ls+eOt6qEKHjRPZ4X02ZiPeGZwZsYk53TX3Yj/vv",
        "iw2Gv7ymBlQaAQ==",
    ];

    fn without(text: &str, rule: super::super::ContextRule, at: usize) -> String {
        let mut out = text.to_owned();
        let hit = rule(text.as_bytes(), at, &mut Runs::default()).unwrap_or_else(|| panic!("{text}"));
        for part in within_strings(text.as_bytes(), hit).into_iter().rev() {
            out.replace_range(part, "X");
        }
        out
    }

    #[test]
    fn a_key_goes_whatever_stands_before_and_behind_its_lines() {
        let lines = |before: &str, behind: &str| -> String {
            let all = ["-----BEGIN RSA PRIVATE KEY-----"].into_iter().chain(LINES);
            all.chain(["-----END RSA PRIVATE KEY-----"])
                .map(|line| format!("{before}{line}{behind}"))
                .collect()
        };
        for (before, behind) in [
            ("", "\n"),
            ("# ", "\n"),
            ("// ", "\r\n"),
            (" * ", "\\n"),
            ("> ", "\\r\\n"),
            ("|", "\n"),
            ("; ", "\n"),
            ("+", "\n"),
            ("    12\t", "\n"),
            ("\t\t'", "\\n' +\n"),
            ("            \\\"", "\\\\n\\\" +\\n"),
            ("<li>", "</li>\n"),
            ("", "=0D=0A"),
            ("", "%0A"),
            ("rem ", "\n"),
        ] {
            let text = lines(before, behind);
            let at = text.find("-----BEGIN").unwrap();
            assert_eq!(without(&text, pem, at), format!("{before}X{behind}"), "{text}");
            // Cut off behind its first line.
            let torn = &text[..text.find(LINES[1]).unwrap()];
            assert!(!without(torn, pem, at).contains(LINES[0]), "{torn}");
        }
    }

    #[test]
    fn keys_of_other_programs_go() {
        let [first, second, last] = LINES;
        let ssh2 = format!(
            "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nComment: \"rsa-key\"\n{first}\n{second}\n{last}\n---- END SSH2 ENCRYPTED PRIVATE KEY ----\n"
        );
        assert!(!without(&ssh2, super::ssh2, 0).contains(&first[..20]));
        let pgp = format!(
            "-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: GnuPG v2\nComment: see https://example.com (x)\n\n{first}\n{second}\n=aB3d\n-----END PGP PRIVATE KEY BLOCK-----"
        );
        assert_eq!(without(&pgp, pem, 0), "X");
        for before in ["", "# ", "  "] {
            let putty = [
                "PuTTY-User-Key-File-3: ssh-ed25519",
                "Public-Lines: 1",
                "AAAAC3Nz",
                "Private-Lines: 3",
                first,
                second,
                last,
                "Private-MAC: 1b2586d69708925f55866aad0eae54b6e4a3db916324317fde00d11155b9fab3",
            ]
            .map(|line| format!("{before}{line}\n"))
            .concat();
            let at = putty.find("Private-Lines").unwrap();
            assert_eq!(&without(&putty, super::putty, at)[at..], "Private-Lines: 3X\n", "{putty}");
        }
    }

    #[test]
    fn a_list_of_lines_keeps_its_quotes() {
        let text = format!(
            r#"["-----BEGIN PRIVATE KEY-----","{}","{}","{}","-----END PRIVATE KEY-----"]"#,
            LINES[0], LINES[1], LINES[2]
        );
        let clean = without(&text, pem, 2);
        assert_eq!(clean, r#"["-----BEGIN PRIVATE KEY-----","X","X","X","-----END PRIVATE KEY-----"]"#);
    }

    #[test]
    fn a_line_in_one_string_with_the_head_goes_as_well() {
        let text = format!(
            "x = (\"-----BEGIN PRIVATE KEY-----\\n{}\\n\"\n  \"{}\\n-----END PRIVATE KEY-----\\n\")",
            LINES[0], LINES[1]
        );
        let clean = without(&text, pem, 5);
        assert!(LINES.iter().all(|line| !clean.contains(&line[..16])), "{clean}");
        let text = r#"-----BEGIN PRIVATE KEY-----\"aB3dE5gH7jK9mN1pQ2rS4tU6"-----BEGIN PRIVATE KEY-----"#;
        assert_eq!(without(text, pem, 0), r#"X"-----BEGIN PRIVATE KEY-----"#);
    }

    #[test]
    fn what_only_speaks_of_a_key_stays() {
        for text in [
            "-----BEGIN PRIVATE KEY----- begins a key, and -----END PRIVATE KEY----- ends it",
            "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
            "-----BEGIN PUBLIC KEY-----\nAgPtOAXUwogVZoPF2TtagQBpyT/Fj9wuAyFJ4Yj+jVj9KQStfqBtaunm5IpyTL5s\n-----END PUBLIC KEY-----",
        ] {
            assert_eq!(pem(text.as_bytes(), 0, &mut Runs::default()), None, "{text}");
        }
    }
}
