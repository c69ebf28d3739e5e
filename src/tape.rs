//! A cassette in memory: the bytes of its file, where each document lies in them, and which key it says it has. A
//! document is parsed when it is first needed.

mod beside;
mod parsing;

use std::cell::LazyCell;
use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use memchr::memmem;

use crate::blobs::BlobName;
use crate::error::{Error, Kind};
use crate::format::{self, CLOSE, OPEN, SIGNATURE, VERSION};
use crate::interaction::Interaction;
use crate::request_key::{Key, Normal};
use crate::rules::Rules;
use crate::storage::blobs;
use crate::turns::Outline;
use crate::weave;
use parsing::Fault;

/// Where one document lies in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Extent {
    /// From `---` to the end of the line with `...`.
    pub(crate) whole: Range<usize>,
    /// What lies between those two lines.
    pub(crate) inner: Range<usize>,
    /// The key that the document gives itself.
    pub(crate) key: Key,
}

/// The documents of a file, and what a crash left behind the last of them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Scan {
    pub(crate) documents: Vec<Extent>,
    /// Where a document begins that was never finished.
    pub(crate) torn: Option<usize>,
    /// Documents run into each other, as a merge by git leaves them; what was found is not to be used.
    pub(crate) woven: bool,
}

/// Why a file is no cassette; `line` is that of the file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unreadable {
    Newer {
        version: String,
    },
    Malformed {
        line: usize,
        message: String,
    },
    /// Documents run into each other, and cannot be told apart.
    Tangled {
        line: usize,
        why: weave::Why,
    },
}

/// Finds the documents of a file without parsing them.
pub(crate) fn scan(bytes: &[u8]) -> Result<Scan, Unreadable> {
    let mut scan = Scan::default();
    if bytes.is_empty() {
        return Ok(scan);
    }
    check_version(bytes)?;
    // A cut can leave less than the three dashes of the next document.
    let stub =
        [b"\n--".as_slice(), b"\n-"].iter().find(|stub| bytes.ends_with(stub)).map(|stub| stub.len() - 1);
    let bytes = &bytes[..bytes.len() - stub.unwrap_or(0)];
    scan.torn = stub.map(|_| bytes.len());
    let mut opens: Vec<usize> = memmem::find_iter(bytes, b"\n---").map(|at| at + 1).collect();
    opens.retain(|at| matches!(bytes.get(at + OPEN.len()), None | Some(b' ' | b'\n' | b'\r' | b'\t')));
    let between = line_end(bytes, 0)..opens.first().copied().unwrap_or(bytes.len());
    if let Some(at) = first_content(&bytes[between.clone()]) {
        if weave::mark(bytes).is_some() {
            return Ok(Scan { woven: true, ..scan });
        }
        let message = "text before the first `---`".to_owned();
        return Err(Unreadable::Malformed { line: line_of(bytes, between.start + at), message });
    }
    let sealed = LazyCell::new(|| weave::any_seal(bytes));
    for (index, &open) in opens.iter().enumerate() {
        let last = index + 1 == opens.len();
        let limit = if last { bytes.len() } else { opens[index + 1] };
        let inner_start = line_end(bytes, open).min(limit);
        let close = closing_line(bytes, inner_start, limit);
        // Only the last document can have been torn off: whatever follows another was written after it.
        if close.is_none() && last {
            scan.torn = Some(open);
            break;
        }
        let inner = inner_start..close.as_ref().map_or(limit, |close| close.start);
        let whole = open..close.as_ref().map_or(limit, |close| close.end);
        // A document that lacks its last line is whole all the same, in a file that nothing was ever sealed in.
        scan.woven |=
            weave::shows(&bytes[whole.clone()], &bytes[inner.clone()]) || close.is_none() && *sealed;
        if scan.woven {
            continue;
        }
        if let Some(close) = &close
            && let Some(at) = first_content(&bytes[close.end..limit])
        {
            if weave::mark(bytes).is_some() {
                scan.woven = true;
                continue;
            }
            let message = "text behind the closing `...`".to_owned();
            return Err(Unreadable::Malformed { line: line_of(bytes, close.end + at), message });
        }
        let Some(key) = stated_key(&bytes[inner.clone()]) else {
            let message = "this document has no line `key:` with 64 hexadecimal digits".to_owned();
            return Err(Unreadable::Malformed { line: line_of(bytes, open), message });
        };
        scan.documents.push(Extent { whole, inner, key });
    }
    Ok(scan)
}

/// The bytes of a file with the documents apart that a merge wove into each other, and whether there were any.
pub(crate) fn healed(bytes: Vec<u8>) -> Result<(Vec<u8>, Scan, bool), Unreadable> {
    let found = scan(&bytes)?;
    if !found.woven {
        return Ok((bytes, found, false));
    }
    let start = memmem::find(&bytes, b"\n---").map_or(0, |at| at + 1);
    let bytes = weave::unwoven(&bytes, start)
        .map_err(|tangled| Unreadable::Tangled { line: line_of(&bytes, tangled.at), why: tangled.why })?;
    match scan(&bytes)? {
        Scan { woven: true, .. } => Err(Unreadable::Tangled { line: 1, why: weave::Why::Lost }),
        found => Ok((bytes, found, true)),
    }
}

fn check_version(bytes: &[u8]) -> Result<(), Unreadable> {
    // Some editors on Windows put a byte order mark before any text that they save.
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let first = bytes[..line_end(bytes, 0)].trim_ascii_end();
    let version =
        first.strip_prefix(SIGNATURE.as_bytes()).map(|version| String::from_utf8_lossy(version).into_owned());
    match version.as_deref().map(str::parse::<u32>) {
        Some(Ok(version)) if version == VERSION => Ok(()),
        Some(Ok(version)) if version > VERSION => Err(Unreadable::Newer { version: version.to_string() }),
        // A cut in the very first line leaves the start of it.
        _ if format::first_line().as_bytes().starts_with(bytes) => Ok(()),
        _ => Err(Unreadable::Malformed {
            line: 1,
            message: format!("the first line is not `{SIGNATURE}{VERSION}`"),
        }),
    }
}

/// The offset behind the line break that ends the line at `at`.
fn line_end(bytes: &[u8], at: usize) -> usize {
    memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |offset| at + offset + 1)
}

/// The last line `...` in a range. Nothing inside a document looks like it: all content is indented.
fn closing_line(bytes: &[u8], from: usize, to: usize) -> Option<Range<usize>> {
    let before = from.saturating_sub(1);
    let mut end = to;
    while let Some(at) = memmem::rfind(&bytes[before..end], b"\n...") {
        let start = before + at + 1;
        let line = start..line_end(bytes, start).min(to);
        if bytes[line.clone()].trim_ascii_end() == CLOSE.as_bytes() {
            return Some(line);
        }
        end = before + at;
    }
    None
}

/// The first byte that is neither white space nor comment.
fn first_content(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    while at < bytes.len() {
        let end = line_end(bytes, at);
        let line = bytes[at..end].trim_ascii();
        if !line.is_empty() && !line.starts_with(b"#") {
            return Some(at);
        }
        at = end;
    }
    None
}

/// The key of a document. It leads it, unless somebody moved it.
fn stated_key(inner: &[u8]) -> Option<Key> {
    let mut at = 0;
    while at < inner.len() {
        let end = line_end(inner, at);
        if let Some(value) = inner[at..end].strip_prefix(b"key:") {
            let value = value.split(|byte| *byte == b'#').next().unwrap_or_default().trim_ascii();
            let bare = value.strip_prefix(b"\"").and_then(|v| v.strip_suffix(b"\"")).unwrap_or(value);
            let bare = bare.strip_prefix(b"'").and_then(|v| v.strip_suffix(b"'")).unwrap_or(bare);
            return Key::parse(bare);
        }
        at = end;
    }
    None
}

/// The number of the line at an offset, counted from 1.
pub(crate) fn line_of(bytes: &[u8], at: usize) -> usize {
    memchr::memchr_iter(b'\n', &bytes[..at]).count() + 1
}

/// An interaction with what the matcher needs to know of it.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub(crate) interaction: Interaction,
    /// By the rules in force, which may be more than those the `key` in the file is computed with.
    pub(crate) normal: Normal,
    /// Made when something is to be recorded that may go on from this.
    outline: OnceLock<Option<Outline>>,
}

impl Parsed {
    pub(crate) fn new(interaction: Interaction, normal: Normal) -> Parsed {
        Parsed { interaction, normal, outline: OnceLock::new() }
    }

    /// What the request could share; `None` if that is nothing.
    pub(crate) fn outline(&self) -> Option<&Outline> {
        self.outline.get_or_init(|| Outline::of(&self.interaction.request)).as_ref()
    }
}

/// The number of an interaction on the tape, from 0.
pub(crate) type SlotId = usize;

/// Takes of a request, which come in the order of the file, in the order in which they play.
pub(crate) fn in_play_order<T>(takes: Vec<T>, number: impl Fn(&T) -> u64) -> Vec<T> {
    if takes.len() < 2 {
        return takes;
    }
    // They may have been moved about. A number that is there twice comes from two branches that were merged: all that
    // one of them recorded plays before what the other did.
    let mut branches: HashMap<u64, usize> = HashMap::new();
    let place = |take: T| {
        let number = number(&take);
        let branch = branches.entry(number).or_default();
        *branch += 1;
        ((*branch, number), take)
    };
    let mut placed: Vec<((usize, u64), T)> = takes.into_iter().map(place).collect();
    placed.sort_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, take)| take).collect()
}

/// The slots of each key, in the order of the file.
type Index = HashMap<Key, Vec<SlotId>>;

/// A loaded cassette.
#[derive(Debug)]
pub(crate) struct Tape {
    path: PathBuf,
    /// The folder of its blobs.
    blobs: PathBuf,
    bytes: Vec<u8>,
    /// Where the last finished document and the comments behind it end.
    end: usize,
    extents: Vec<Extent>,
    parsed: Vec<OnceLock<Result<Arc<Parsed>, Fault>>>,
    /// By the keys that the documents give themselves.
    stated: Index,
    /// By the keys that the rules in force give them; made when it is first needed, as it takes parsing everything.
    actual: OnceLock<Result<Index, Fault>>,
    rules: Rules,
    woven: bool,
    /// Blobs that are not in the folder, or not any more.
    elsewhere: HashMap<BlobName, Bytes>,
}

impl Tape {
    /// A tape on which nothing is recorded yet.
    pub(crate) fn empty(path: &Path, rules: Rules) -> Tape {
        Tape {
            path: path.to_owned(),
            blobs: blobs::folder_of(path),
            bytes: Vec::new(),
            end: 0,
            extents: Vec::new(),
            parsed: Vec::new(),
            stated: HashMap::new(),
            actual: OnceLock::new(),
            rules,
            woven: false,
            elsewhere: HashMap::new(),
        }
    }

    /// The tape of a file's bytes, and whether its end was torn off. Documents that a merge wove into each other are
    /// told apart.
    pub(crate) fn new(path: &Path, bytes: Vec<u8>, rules: Rules) -> Result<(Tape, bool), Error> {
        let (bytes, scan, woven) = healed(bytes).map_err(|unreadable| unreadable.into_error(path))?;
        let mut stated = Index::with_capacity(scan.documents.len());
        for (slot, extent) in scan.documents.iter().enumerate() {
            stated.entry(extent.key).or_default().push(slot);
        }
        let parsed = scan.documents.iter().map(|_| OnceLock::new()).collect();
        let tape = Tape {
            path: path.to_owned(),
            blobs: blobs::folder_of(path),
            end: scan.torn.unwrap_or(bytes.len()),
            bytes,
            extents: scan.documents,
            parsed,
            stated,
            actual: OnceLock::new(),
            rules,
            woven,
            elsewhere: HashMap::new(),
        };
        Ok((tape, scan.torn.is_some()))
    }

    pub(crate) fn len(&self) -> usize {
        self.extents.len()
    }

    /// The tape of an older version of the file, whose blobs may be gone from the folder.
    #[cfg(feature = "cli")]
    pub(crate) fn with_blobs(self, elsewhere: HashMap<BlobName, Bytes>) -> Tape {
        Tape { elsewhere, ..self }
    }

    /// Whether a merge had woven documents of the file into each other. The tape has them apart; the file does not.
    pub(crate) fn woven(&self) -> bool {
        self.woven
    }

    /// The interaction in a slot.
    pub(crate) fn get(&self, slot: SlotId) -> Result<Arc<Parsed>, Error> {
        self.parse(slot).map_err(|fault| self.malformed(&fault))
    }

    /// The line of the file at which an interaction begins.
    pub(crate) fn line(&self, slot: SlotId) -> usize {
        line_of(&self.bytes, self.extents[slot].whole.start)
    }

    /// The key that a document gives itself.
    pub(crate) fn stated_key(&self, slot: SlotId) -> Key {
        self.extents[slot].key
    }

    /// The takes of a key, in their order. What a document states is believed only once it is parsed: a hand edit of
    /// the request changes its key, and a rule of the user changes all of them.
    pub(crate) fn takes(&self, key: &Key) -> Result<Vec<(SlotId, Arc<Parsed>)>, Error> {
        if self.rules.is_empty()
            && let Some(slots) = self.stated.get(key)
        {
            let takes = self.in_order(slots)?;
            if takes.iter().all(|(_, parsed)| parsed.normal.key == *key) {
                return Ok(takes);
            }
        }
        self.takes_by_content(key)
    }

    /// The takes of a key by what the documents hold, whatever key they state.
    pub(crate) fn takes_by_content(&self, key: &Key) -> Result<Vec<(SlotId, Arc<Parsed>)>, Error> {
        self.in_order(self.actual()?.get(key).map(Vec::as_slice).unwrap_or_default())
    }

    fn in_order(&self, slots: &[SlotId]) -> Result<Vec<(SlotId, Arc<Parsed>)>, Error> {
        let takes =
            slots.iter().map(|slot| Ok((*slot, self.get(*slot)?))).collect::<Result<Vec<_>, Error>>()?;
        Ok(in_play_order(takes, |(_, parsed)| parsed.interaction.take))
    }

    fn actual(&self) -> Result<&Index, Error> {
        let index = || {
            let mut index = Index::with_capacity(self.len());
            for slot in 0..self.len() {
                let parsed = self.parse(slot)?;
                index.entry(parsed.normal.key).or_default().push(slot);
            }
            Ok(index)
        };
        self.actual.get_or_init(index).as_ref().map_err(|fault| self.malformed(fault))
    }

    /// Every interaction, in the order of the file.
    pub(crate) fn all(&self) -> impl Iterator<Item = Result<(SlotId, Arc<Parsed>), Error>> {
        (0..self.len()).map(|slot| Ok((slot, self.get(slot)?)))
    }

    /// What stands before the first document: the line with the version, and comments.
    pub(crate) fn preamble(&self) -> &[u8] {
        &self.bytes[..self.extents.first().map_or(self.end, |extent| extent.whole.start)]
    }

    /// What stands between a document and the next one, or the end: comments and empty lines.
    pub(crate) fn comments(&self, slot: SlotId) -> &[u8] {
        let end = self.extents.get(slot + 1).map_or(self.end, |next| next.whole.start);
        &self.bytes[self.extents[slot].whole.end..end]
    }

    /// The text of a document, from `---` to `...`.
    pub(crate) fn text(&self, slot: SlotId) -> &[u8] {
        &self.bytes[self.extents[slot].whole.clone()]
    }
}

impl Unreadable {
    pub(crate) fn into_error(self, path: &Path) -> Error {
        let path = path.display();
        let place = |line: usize, message: &str| format!("{path}:{line}: {message}");
        match self {
            Unreadable::Newer { version } => Error::new(
                Kind::NewerVersion,
                format!("{path}:1: written in format {version}; this version reads format {VERSION}"),
            )
            .hint("run `cargo update -p llm-cassette`, or raise its version in `Cargo.toml`"),
            Unreadable::Malformed { line, message } => {
                let path = quoted(&path.to_string());
                Error::new(Kind::Malformed, place(line, &message))
                    .hint(format!("mend that line, or take the file back with `git checkout -- {path}`"))
            }
            Unreadable::Tangled { line, why } => Error::new(Kind::Malformed, place(line, why.message()))
                .hint(why.hint(&quoted(&path.to_string()))),
        }
    }
}

/// A path as it can be pasted into a command.
fn quoted(path: &str) -> String {
    let quote = if path.contains(char::is_whitespace) { "'" } else { "" };
    format!("{quote}{path}{quote}")
}

#[cfg(test)]
mod tests;
