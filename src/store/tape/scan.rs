//! Finding the documents of a file by a scan of its bytes.

pub(super) mod in_parts;

use std::cell::LazyCell;
use std::ops::Range;

use memchr::memmem;

use super::Unreadable;
use crate::format::{self, CLOSE, OPEN, SIGNATURE, VERSION};
use crate::matching::request_key::Key;
use crate::store::cassette_files::is_lfs_pointer;
use crate::store::unmerge;

/// Where one document lies in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Extent {
    /// From `---` to the end of the line with `...`.
    pub(crate) whole: Range<usize>,
    /// What lies between those two lines.
    pub(crate) inner: Range<usize>,
    /// The key that the document gives itself.
    pub(crate) key: Key,
    /// The number of its first line in the file.
    pub(crate) line: usize,
}

/// The documents of a file, and what a crash left behind the last of them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Scan {
    pub(crate) documents: Vec<Extent>,
    /// Where a document begins that was never finished.
    pub(crate) torn: Option<usize>,
    /// Documents run into each other, as a merge by git leaves them; what was found is not to be used.
    pub(crate) unmerged: bool,
}

/// A part of a file that cannot be read, and why.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Broken {
    pub(crate) at: Range<usize>,
    pub(crate) line: usize,
    pub(crate) message: &'static str,
}

impl Broken {
    fn unreadable(self) -> Unreadable {
        Unreadable::Malformed { line: self.line, message: self.message.to_owned() }
    }
}

/// Finds the documents of a file without parsing them.
pub(crate) fn scan(bytes: &[u8]) -> Result<Scan, Unreadable> {
    scan_past(bytes, |broken| Err(broken.unreadable()))
}

/// The same, and what to do where something is broken: to end the search, or to go on behind it.
pub(crate) fn scan_past(
    bytes: &[u8],
    mut broken: impl FnMut(Broken) -> Result<(), Unreadable>,
) -> Result<Scan, Unreadable> {
    let mut scan = Scan::default();
    if bytes.is_empty() {
        return Ok(scan);
    }
    check_version(bytes)?;
    let file = bytes.len();
    let bytes = &bytes[..file - stub(bytes)];
    scan.torn = (bytes.len() < file).then_some(bytes.len());
    let search = Opens::new();
    let next = |from| search.next(bytes, from, true);
    let opens: Vec<usize> = std::iter::successors(next(0), |open| next(open + 1)).collect();
    let mut lines = Lines::of(bytes);
    let has_marks = LazyCell::new(|| unmerge::mark(bytes).is_some());
    let between = &bytes[..opens.first().copied().unwrap_or(bytes.len())];
    if let Some(at) = text_before_documents(between) {
        if *has_marks {
            return Ok(Scan { unmerged: true, ..scan });
        }
        let message = "there is text before the first `---`";
        broken(Broken { at: at..between.len(), line: lines.at(at), message })?;
    }
    let with_sum = LazyCell::new(|| unmerge::any_checksum(bytes));
    for (index, &open) in opens.iter().enumerate() {
        let limit = opens.get(index + 1).copied().unwrap_or(bytes.len());
        let section = Section { bytes: &bytes[open..limit], at: open };
        let frame = section.frame();
        // Only the last document can have been torn off: whatever follows another was written after it.
        if !frame.is_closed && index + 1 == opens.len() {
            scan.torn = Some(open);
            break;
        }
        // A document that lacks its last line is whole all the same, in a file in which no document ever had a checksum.
        scan.unmerged |= section.shows_merge(&frame) || !frame.is_closed && *with_sum;
        if scan.unmerged {
            continue;
        }
        let line = lines.at(open);
        if let Some(at) = section.text_behind(&frame) {
            if *has_marks {
                scan.unmerged = true;
                continue;
            }
            let message = "there is text after the closing `...`";
            broken(Broken { at: at..limit, line: lines.at(at), message })?;
        }
        let Some(document) = section.document(&frame, line) else {
            let message = "this document has no line `key:` with 64 hexadecimal digits";
            broken(Broken { at: open..limit, line, message })?;
            continue;
        };
        scan.documents.push(document);
    }
    Ok(scan)
}

/// How many bytes at the end of a file are less than the three dashes of the next document, as a cut can leave them.
fn stub(file: &[u8]) -> usize {
    [b"\n--".as_slice(), b"\n-"].iter().find(|stub| file.ends_with(stub)).map_or(0, |stub| stub.len() - 1)
}

/// Finds the lines `---`.
struct Opens(memmem::Finder<'static>);

impl Opens {
    fn new() -> Opens {
        Opens(memmem::Finder::new(b"\n---"))
    }

    /// Where the first one begins at or behind an offset, which is not the start of the file. `is_all` says that nothing comes
    /// behind these bytes; otherwise a line of which they do not say yet whether it is one is not found.
    fn next(&self, bytes: &[u8], from: usize, is_all: bool) -> Option<usize> {
        let before = from.saturating_sub(1);
        let mut found = self.0.find_iter(&bytes[before..]).map(|at| before + at + 1);
        found.find(|at| match bytes.get(at + OPEN.len()) {
            None => is_all,
            Some(behind) => matches!(behind, b' ' | b'\n' | b'\r' | b'\t'),
        })
    }
}

/// Where text stands among the first lines, which have the version and comments.
fn text_before_documents(bytes: &[u8]) -> Option<usize> {
    let second = line_end(bytes, 0);
    first_content(&bytes[second..]).map(|at| second + at)
}

/// What stands from a line `---` up to the next one, or to the end of the file.
struct Section<'a> {
    bytes: &'a [u8],
    /// Where it begins in the file.
    at: usize,
}

/// How the first and the last line of a document lie in its section.
struct Frame {
    /// What lies between the two.
    inner: Range<usize>,
    /// Where the last line ends.
    end: usize,
    /// Whether there is a last line.
    is_closed: bool,
}

impl Section<'_> {
    fn frame(&self) -> Frame {
        let (start, limit) = (line_end(self.bytes, 0), self.bytes.len());
        match closing_line(self.bytes, start, limit) {
            Some(close) => Frame { inner: start..close.start, end: close.end, is_closed: true },
            None => Frame { inner: start..limit, end: limit, is_closed: false },
        }
    }

    /// Whether this is more than one document, or a part of one.
    fn shows_merge(&self, frame: &Frame) -> bool {
        unmerge::shows(&self.bytes[..frame.end], &self.bytes[frame.inner.clone()])
    }

    /// Where in the file text stands behind the last line.
    fn text_behind(&self, frame: &Frame) -> Option<usize> {
        first_content(&self.bytes[frame.end..]).map(|at| self.at + frame.end + at)
    }

    /// The document, whose first line has this number. `None` where it does not say which key it has.
    fn document(&self, frame: &Frame, line: usize) -> Option<Extent> {
        let key = recorded_key(&self.bytes[frame.inner.clone()])?;
        let in_file = |range: Range<usize>| self.at + range.start..self.at + range.end;
        Some(Extent { whole: in_file(0..frame.end), inner: in_file(frame.inner.clone()), key, line })
    }
}

/// The bytes of a file with the documents apart that a union merge interleaved, and whether there were any.
pub(crate) fn healed(bytes: Vec<u8>) -> Result<(Vec<u8>, Scan, bool), Unreadable> {
    let found = scan(&bytes)?;
    if !found.unmerged {
        return Ok((bytes, found, false));
    }
    let start = memmem::find(&bytes, b"\n---").map_or(0, |at| at + 1);
    let bytes = unmerge::unmerge(&bytes, start).map_err(|unresolvable| Unreadable::Unresolvable {
        line: line_of(&bytes, unresolvable.at),
        why: unresolvable.why,
    })?;
    match scan(&bytes)? {
        Scan { unmerged: true, .. } => Err(Unreadable::Unresolvable { line: 1, why: unmerge::Why::Lost }),
        found => Ok((bytes, found, true)),
    }
}

fn check_version(bytes: &[u8]) -> Result<(), Unreadable> {
    if is_lfs_pointer(bytes) {
        return Err(Unreadable::Pointer);
    }
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
fn recorded_key(inner: &[u8]) -> Option<Key> {
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

/// Numbers of lines at offsets that only grow: to count from the start each time would take quadratic time.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: usize,
}

impl<'a> Lines<'a> {
    fn of(bytes: &'a [u8]) -> Lines<'a> {
        Lines { bytes, at: 0, line: 1 }
    }

    /// The number of the line at an offset, counted from 1.
    fn at(&mut self, at: usize) -> usize {
        if at < self.at {
            *self = Lines::of(self.bytes);
        }
        self.line += memchr::memchr_iter(b'\n', &self.bytes[self.at..at]).count();
        self.at = at;
        self.line
    }
}

/// The number of the line at an offset, counted from 1.
pub(crate) fn line_of(bytes: &[u8], at: usize) -> usize {
    memchr::memchr_iter(b'\n', &bytes[..at]).count() + 1
}
