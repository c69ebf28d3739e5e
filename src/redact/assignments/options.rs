//! Options of commands that say by themselves what they are told: `sshpass -p …`, `docker login -p …`, `mysql -p…`,
//! `gh secret set NAME --body …`.

use std::ops::Range;

use aho_corasick::AhoCorasick;
use memchr::memmem;

use super::commands::{end_of_command, keep};
use super::lines::skip_blanks;
use super::quoted;
use crate::redact::looks::Written;
use crate::redact::named::Named;
use crate::redact::secret_names::Says;
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
];

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
    AhoCorasick::new(commands.chain(USERS.iter().map(|(command, ..)| command))).ok()
});

pub(super) fn named(text: &[u8], found: &mut Vec<Named>) {
    if !ANY.may_be_in(text) {
        return;
    }
    users(text, found);
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
