//! Files that git merged line by line. Two branches that each added documents to a cassette, merged with `merge=union`,
//! leave documents interleaved: what they have in common stands there once. Their checksums tell them apart.

mod search;

use std::ops::Range;

use memchr::memmem;

use crate::format::checksum::{self, Checksum};
use crate::format::{CLOSE, OPEN};
use search::{Effort, search};

const BEARER_LINE: &[u8] = b"\nrecorded_at:";

/// How hard to try, one after the other. Merges of two branches mostly need the first; three of them, merged without a
/// run between, the fourth.
const EFFORTS: [Effort; 6] = [
    Effort { tracks: 2, width: 48, back: 3 },
    Effort { tracks: 2, width: 300, back: 3 },
    Effort { tracks: 2, width: 1200, back: 0 },
    Effort { tracks: 3, width: 1000, back: 0 },
    Effort { tracks: 3, width: 4000, back: 0 },
    Effort { tracks: 3, width: 12000, back: 0 },
];

/// How many steps all searches in a file may take, so that no file makes anybody wait.
const MAX_STEPS: usize = 8_000_000;

/// Why documents cannot be told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// Git left marks of a conflict.
    Marks,
    /// There is a document without a checksum among them.
    WithoutChecksum,
    /// Lines of them are missing or others than they were.
    Lost,
}

/// Where in a file documents begin that cannot be told apart, and why.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unresolvable {
    pub(crate) at: usize,
    pub(crate) why: Why,
}

impl Why {
    pub(crate) fn message(self) -> &'static str {
        match self {
            Why::Marks => "git left conflict markers here",
            Why::WithoutChecksum => {
                "a merge interleaved documents here, and not all have the checksum after `recorded_at` that would \
                 separate them"
            }
            Why::Lost => {
                "a merge interleaved documents here that cannot be separated: both branches changed the same one, so \
                 that the merge dropped lines, or somebody edited them"
            }
        }
    }

    /// What to do about it; `path` is fit for a command.
    pub(crate) fn hint(self, path: &str) -> String {
        match self {
            Why::Marks => format!(
                "add `cassettes/**/*.yaml text eol=lf merge=union` to `.gitattributes`, and merge again with \
                 `git checkout -m -- {path}`"
            ),
            Why::WithoutChecksum | Why::Lost => format!(
                "restore the file of one side, as with `git checkout HEAD^1 -- {path}` after a merge, and record what \
                 it lacks with `LLM_CASSETTE_MODE=record cargo test`"
            ),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Open,
    Close,
    /// With the number of its checksum.
    Checksum(usize),
    /// A comment, or nothing at all.
    Comment,
    Other,
}

#[derive(Debug)]
struct Line<'a> {
    text: &'a [u8],
    hash: u64,
    kind: Kind,
    /// It closes a document, and only comments stand between it and the next one or the end.
    ends_piece: bool,
}

/// Whether what stands from a line `---` up to the next one is more than one document, or a part of one. `inner` is
/// what is between its first and its last line.
pub(crate) fn shows(whole: &[u8], inner: &[u8]) -> bool {
    match checksum::find(inner) {
        // Nobody touched it. To know that costs no second look at every byte.
        Some((comment, checksum)) if checksum.bytes.checked_add(comment.len()) == Some(whole.len()) => false,
        _ => memmem::find_iter(whole, BEARER_LINE).nth(1).is_some() || mark(whole).is_some(),
    }
}

/// Whether any document of a file has a checksum.
pub(super) fn any_checksum(file: &[u8]) -> bool {
    let end =
        |start: usize| memchr::memchr(b'\n', &file[start..]).map_or(file.len(), |length| start + length);
    memmem::find_iter(file, BEARER_LINE).any(|at| Checksum::of_line(&file[at + 1..end(at + 1)]).is_some())
}

/// Where git left the first mark of a conflict that somebody has to solve.
pub(crate) fn mark(bytes: &[u8]) -> Option<usize> {
    memmem::find(bytes, b"\n<<<<<<< ").map(|at| at + 1)
}

/// A file with its documents apart. `start` is where the first of them begins.
pub(super) fn unmerge(file: &[u8], start: usize) -> Result<Vec<u8>, Unresolvable> {
    unmerge_within(file, start, MAX_STEPS)
}

/// The same, with so many steps and no more.
fn unmerge_within(file: &[u8], start: usize, mut steps: usize) -> Result<Vec<u8>, Unresolvable> {
    if let Some(at) = mark(file) {
        return Err(Unresolvable { at, why: Why::Marks });
    }
    let (before, bytes) = file.split_at(start);
    let (lines, checksums) = read(bytes);
    let pieces = pieces(&lines);
    // What stands for each piece, as line numbers.
    let mut out: Vec<(usize, Vec<usize>)> = Vec::new();
    let mut at = 0;
    while let Some(piece) = pieces.get(at) {
        if !is_tangled(&lines[piece.clone()]) {
            out.push((at, piece.clone().collect()));
            at += 1;
            continue;
        }
        let (from, apart) =
            resolved(&lines, &checksums, &pieces, at, &mut steps).ok_or_else(|| Unresolvable {
                at: start + offset(&lines, piece.start),
                why: if all_with_checksum(&lines[piece.clone()]) { Why::Lost } else { Why::WithoutChecksum },
            })?;
        out.retain(|(piece, _)| *piece < from);
        let order = apart.documents.into_iter().flatten().chain(apart.rest);
        let start = pieces[from].start;
        out.push((from, order.map(|line| start + line).collect()));
        at = pieces.iter().position(|piece| piece.start >= start + apart.end).unwrap_or(pieces.len());
    }
    let mut text = Vec::with_capacity(file.len() + file.len() / 2);
    text.extend_from_slice(before);
    for line in out.into_iter().flat_map(|(_, lines)| lines) {
        if !text.is_empty() && !text.ends_with(b"\n") {
            text.push(b'\n');
        }
        text.extend_from_slice(lines[line].text);
    }
    Ok(text)
}

fn resolved(
    lines: &[Line<'_>],
    checksums: &[Checksum<'_>],
    pieces: &[Range<usize>],
    at: usize,
    steps: &mut usize,
) -> Option<(usize, search::Apart)> {
    for effort in EFFORTS {
        for from in (at.saturating_sub(effort.back)..=at).rev() {
            let (start, must) = (pieces[from].start, pieces[at].end);
            if let Some(apart) = search(&lines[start..], checksums, must - start, effort, steps) {
                return Some((from, apart));
            }
        }
    }
    None
}

fn read(bytes: &[u8]) -> (Vec<Line<'_>>, Vec<Checksum<'_>>) {
    let mut checksums = Vec::new();
    let mut lines: Vec<Line<'_>> = bytes
        .split_inclusive(|byte| *byte == b'\n')
        .map(|text| {
            let kind = kind(text).unwrap_or_else(|checksum| {
                checksums.push(checksum);
                Kind::Checksum(checksums.len() - 1)
            });
            Line { text, hash: checksum::hash(text), kind, ends_piece: false }
        })
        .collect();
    let mut ends = true;
    for line in lines.iter_mut().rev() {
        line.ends_piece = ends && line.kind == Kind::Close;
        ends = line.kind == Kind::Open || ends && line.kind == Kind::Comment;
    }
    (lines, checksums)
}

fn kind(line: &[u8]) -> Result<Kind, Checksum<'_>> {
    if let Some((_, checksum)) = Checksum::of_line(line) {
        return Err(checksum);
    }
    let bare = line.trim_ascii();
    let opens = line.strip_prefix(OPEN.as_bytes());
    Ok(match opens {
        Some([] | [b' ' | b'\n' | b'\r' | b'\t', ..]) => Kind::Open,
        _ if line.trim_ascii_end() == CLOSE.as_bytes() => Kind::Close,
        _ if bare.is_empty() || bare.starts_with(b"#") => Kind::Comment,
        _ => Kind::Other,
    })
}

/// Cuts the lines where a document has ended and another begins.
fn pieces(lines: &[Line<'_>]) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut start = 0;
    for (index, line) in lines.iter().enumerate() {
        if line.ends_piece {
            pieces.push(start..index + 1);
            start = index + 1;
        }
    }
    if start < lines.len() {
        pieces.push(start..lines.len());
    }
    pieces
}

/// Whether a piece is more than one document, whole or torn.
fn is_tangled(piece: &[Line<'_>]) -> bool {
    let count = |is: fn(&Line<'_>) -> bool| piece.iter().filter(|line| is(line)).count();
    count(|line| line.kind == Kind::Open) > 1 || count(|line| checksum::is_bearer(line.text)) > 1
}

fn all_with_checksum(piece: &[Line<'_>]) -> bool {
    piece.iter().all(|line| !checksum::is_bearer(line.text) || matches!(line.kind, Kind::Checksum(_)))
}

fn offset(lines: &[Line<'_>], line: usize) -> usize {
    lines[..line].iter().map(|line| line.text.len()).sum()
}

#[cfg(test)]
mod tests;
