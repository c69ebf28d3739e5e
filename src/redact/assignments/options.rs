//! Options of commands that say by themselves what they are told: `sshpass -p …`, `docker login -p …`, `mysql -p…`,
//! `gh secret set NAME --body …`.

use std::ops::Range;

use aho_corasick::AhoCorasick;
use memchr::memmem;

use super::commands::end_of_command;
use super::lines::skip_blanks;
use super::quoted;
use crate::redact::looks::Written;
use crate::redact::named::{Named, keep};
use crate::redact::secret_names::{Names, Says};
use crate::redact::sought::AnyOf;
use crate::redact::stand_ins::is_word;

/// How an option and its value stand to each other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Joined {
    /// In one word: `-pVALUE`. A blank ends the option without a value, and the client asks for it.
    Always,
    /// In two words, or joined by an equals sign.
    Never,
    /// Either way.
    Both,
}

/// The words that a command has before its options, the option, and how its value is joined to it.
const OPTIONS: &[(&[u8], &[u8], Joined)] = &[
    (b"sshpass", b"-p", Joined::Both),
    (b"docker login", b"-p", Joined::Never),
    (b"podman login", b"-p", Joined::Never),
    (b"buildah login", b"-p", Joined::Never),
    (b"skopeo login", b"-p", Joined::Never),
    (b"registry login", b"-p", Joined::Never),
    (b"oras login", b"-p", Joined::Never),
    (b"az login", b"-p", Joined::Never),
    (b"oc login", b"-p", Joined::Never),
    (b"cf login", b"-p", Joined::Never),
    (b"argocd login", b"--password", Joined::Never),
    (b"mysql", b"-p", Joined::Always),
    (b"mysqldump", b"-p", Joined::Always),
    (b"mysqladmin", b"-p", Joined::Always),
    (b"mysqlimport", b"-p", Joined::Always),
    (b"mariadb", b"-p", Joined::Always),
    (b"mariadb-dump", b"-p", Joined::Always),
    (b"redis-cli", b"-a", Joined::Never),
    (b"valkey-cli", b"-a", Joined::Never),
    (b"mongo", b"-p", Joined::Never),
    (b"mongosh", b"-p", Joined::Never),
    (b"mongodump", b"-p", Joined::Never),
    (b"mongorestore", b"-p", Joined::Never),
    (b"cqlsh", b"-p", Joined::Never),
    (b"sqlcmd", b"-P", Joined::Both),
    (b"bcp", b"-P", Joined::Both),
    (b"mosquitto_pub", b"-P", Joined::Never),
    (b"mosquitto_sub", b"-P", Joined::Never),
    (b"ldapsearch", b"-w", Joined::Never),
    (b"ldapmodify", b"-w", Joined::Never),
    (b"ldapadd", b"-w", Joined::Never),
    (b"ipmitool", b"-P", Joined::Never),
    (b"unzip", b"-P", Joined::Never),
    (b"zip", b"-P", Joined::Never),
    (b"7z", b"-p", Joined::Always),
    (b"secret set", b"--body", Joined::Never),
    (b"secret set", b"-b", Joined::Never),
    (b"secret set", b"--value", Joined::Never),
    (b"--type SecureString", b"--value", Joined::Never),
    (b"secretsmanager", b"--secret-string", Joined::Never),
    (b"keytool", b"-storepass", Joined::Never),
    (b"keytool", b"-keypass", Joined::Never),
    (b"jarsigner", b"-storepass", Joined::Never),
    (b"openssl", b"-passin pass:", Joined::Always),
    (b"openssl", b"-passout pass:", Joined::Always),
    (b"openssl", b"-pass pass:", Joined::Always),
    (b"openssl", b"-k", Joined::Never),
];

/// Commands whose argument of that number, counted from 0 and without options, is the secret.
const ARGUMENTS: &[(&[u8], usize)] = &[
    (b"add-authtoken", 0),
    (b"ngrok authtoken", 0),
    (b"wandb login", 0),
    (b"cloudflared service install", 0),
    (b"htpasswd -b", 2),
    (b"mc alias set", 3),
    (b"config http-basic", 2),
];

/// Commands that set what their first argument names to the second.
const SETS: &[&[u8]] = &[b"config set", b"configure set", b"config add", b"user-secrets set", b"secrets set"];

/// The arguments of a command, without options and quotes.
fn arguments(text: &[u8], command: Range<usize>) -> impl Iterator<Item = (Range<usize>, Written)> {
    let mut at = command.start;
    std::iter::from_fn(move || {
        loop {
            at = skip_blanks(text, at);
            if at >= command.end || matches!(text[at], b';' | b'&' | b'#' | b')') {
                return None;
            }
            let (range, end, written) = match quoted(text, at, 0) {
                Some((range, end)) => (range, end, Written::Quoted),
                None => {
                    let is_part = |byte: &&u8| !byte.is_ascii_whitespace() && !b"\"'`;|&)".contains(byte);
                    let length = text[at..command.end].iter().take_while(is_part).count();
                    (at..at + length, at + length.max(1), Written::Bare)
                }
            };
            let is_option = text[at] == b'-';
            at = end;
            if !is_option && range.end <= command.end {
                return Some((range, written));
            }
        }
    })
}

/// How many arguments of a command are looked at.
const MOST_ARGUMENTS: usize = 16;

fn set(text: &[u8], names: &Names, found: &mut Vec<Named>) {
    let all = ARGUMENTS.iter().map(|&(command, number)| (command, Some(number)));
    for (command, number) in all.chain(SETS.iter().map(|&command| (command, None))) {
        let mut next = 0;
        while let Some(at) = memmem::find(&text[next..], command).map(|at| next + at) {
            let start = at + command.len();
            next = start;
            let is_whole = at == 0 || !is_word(text[at - 1]);
            // `config http-basic.host user secret`
            let behind = text.get(start).copied();
            if !is_whole || !(behind == Some(b' ') || behind == Some(b'.') && number.is_some()) {
                continue;
            }
            let end = end_of_command(text, start).min(start + MOST_OF_COMMAND);
            let mut all = arguments(text, start..end).take(MOST_ARGUMENTS);
            let (value, says) = match number {
                Some(number) => (all.nth(number), Says::Surely),
                None => {
                    let name = all.next().and_then(|(name, _)| std::str::from_utf8(&text[name]).ok());
                    (all.next(), name.map_or(Says::Nothing, |name| names.field(name)))
                }
            };
            if let Some((range, written)) = value
                && says != Says::Address
            {
                next = next.max(range.end);
                keep(text, says, range, written, found);
            }
        }
    }
}

/// So much of a command is looked at for its arguments.
const MOST_OF_COMMAND: usize = 512;

/// `echo "user:secret" | chpasswd`
fn piped(text: &[u8], found: &mut Vec<Named>) {
    for pipe in memmem::find_iter(text, b"| chpasswd") {
        let from = pipe.saturating_sub(MOST_OF_COMMAND);
        let line = memchr::memrchr(b'\n', &text[from..pipe]).map_or(from, |at| from + at + 1);
        let words = text[line..pipe].trim_ascii_end();
        let words = words.strip_suffix(b"\"").or(words.strip_suffix(b"'")).unwrap_or(words);
        let start = words.iter().rposition(|byte| byte.is_ascii_whitespace() || b"\"'".contains(byte));
        let start = start.map_or(0, |at| at + 1);
        if let Some(colon) = memchr::memchr(b':', &words[start..]) {
            let range = line + start + colon + 1..line + words.len();
            keep(text, Says::Surely, range, Written::Quoted, found);
        }
    }
}

/// Commands that take user and password in one word, the option before it, and the sign between the two.
const USERS: &[(&[u8], &[u8], u8)] = &[
    (b"smbclient", b" -U ", b'%'),
    (b"rpcclient", b" -U ", b'%'),
    (b"lftp", b" -u ", b','),
    (b"sqlplus", b" ", b'/'),
    (b"expdp", b" ", b'/'),
    (b"impdp", b" ", b'/'),
];

fn users(text: &[u8], found: &mut Vec<Named>) {
    for &(command, option, sign) in USERS {
        let mut next = 0;
        while let Some(at) = memmem::find(&text[next..], command).map(|at| next + at) {
            let start = at + command.len();
            next = start;
            if (at > 0 && is_word(text[at - 1])) || text.get(start) != Some(&b' ') {
                continue;
            }
            next = end_of_command(text, start);
            let Some(from) = memmem::find(&text[start..next], option).map(|at| start + at + option.len())
            else {
                continue;
            };
            let is_part = |byte: &&u8| !byte.is_ascii_whitespace() && !b"\"'".contains(byte);
            let end = from + text[from..next].iter().take_while(is_part).count();
            let Some(begin) = memchr::memchr(sign, &text[from..end]).map(|at| from + at + 1) else {
                continue;
            };
            let end = memchr::memrchr(b'@', &text[begin..end]).map_or(end, |at| begin + at);
            if begin > from + 1 {
                keep(text, Says::Surely, begin..end, Written::Bare, found);
            }
        }
    }
}

static ANY: AnyOf = AnyOf::new(|| {
    let commands = OPTIONS.iter().map(|(command, ..)| command);
    let commands = commands.chain(USERS.iter().map(|(command, ..)| command));
    let commands = commands.chain(ARGUMENTS.iter().map(|(command, _)| command)).chain(SETS);
    AhoCorasick::new(commands.chain([&&b"| chpasswd"[..]])).ok()
});

pub(super) fn named(text: &[u8], names: &Names, found: &mut Vec<Named>) {
    if !ANY.may_be_in(text) {
        return;
    }
    users(text, found);
    set(text, names, found);
    piped(text, found);
    for &(command, option, joined) in OPTIONS {
        let mut next = 0;
        while let Some(at) = memmem::find(&text[next..], command).map(|at| next + at) {
            let start = at + command.len();
            next = start;
            let is_word_of_its_own = at == 0 || !is_word(text[at - 1]) || command[0] == b'-';
            if is_word_of_its_own && text.get(start) == Some(&b' ') {
                next = end_of_command(text, start);
                read(text, start..next, option, joined, found);
            }
        }
    }
}

fn read(text: &[u8], command: Range<usize>, option: &[u8], joined: Joined, found: &mut Vec<Named>) {
    let mut at = command.start;
    while let Some(dash) = memmem::find(&text[at..command.end], option).map(|dash| at + dash) {
        let behind = dash + option.len();
        at = behind;
        if !text[dash - 1].is_ascii_whitespace() {
            continue;
        }
        let from = match text.get(behind) {
            Some(b' ' | b'=') if joined == Joined::Always => continue,
            Some(b'=') => behind + 1,
            Some(b' ') => skip_blanks(text, behind),
            _ if joined == Joined::Never => continue,
            _ => behind,
        };
        let (range, written) = match quoted(text, from, 0) {
            Some((range, _)) => (range, Written::Quoted),
            None => {
                let rest = &text[from.min(command.end)..command.end];
                let length = rest.iter().take_while(|byte| !byte.is_ascii_whitespace()).count();
                // `-p $PASS;`
                let length = length - usize::from(rest[..length].ends_with(b";"));
                let written = if joined == Joined::Always { Written::Bare } else { Written::Quoted };
                (from..from + length, written)
            }
        };
        at = at.max(range.end.min(command.end));
        if !text[range.clone()].starts_with(b"-") {
            keep(text, Says::Surely, range, written, found);
        }
    }
}
