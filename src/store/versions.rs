//! Two versions of a cassette, and a file that has of each interaction one or the other. Bytes in, bytes out; no I/O.

pub(crate) mod pairing;

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use crate::format::{first_line, variables};
use crate::model::error::{Error, ErrorKind};
use crate::model::text::shown_path;
use crate::store::relink::{Piece, Stance, link};
use crate::store::tape::{Parsed, SlotId, Tape};

/// An interaction as it was and as it is; at least one of them is there.
pub(crate) type Pair = (Option<SlotId>, Option<SlotId>);

/// A version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    Old,
    New,
}

/// Two versions of a cassette, and which of their interactions belong together.
#[derive(Debug)]
pub(crate) struct Versions {
    old: Tape,
    new: Tape,
    parsed: [Vec<Arc<Parsed>>; 2],
    pairs: Vec<Pair>,
}

impl Versions {
    pub(crate) fn new(old: Tape, new: Tape) -> Result<Versions, Error> {
        let all = |tape: &Tape| -> Result<Vec<Arc<Parsed>>, Error> {
            tape.all().map(|one| one.map(|(_, parsed)| parsed)).collect()
        };
        let parsed = [all(&old)?, all(&new)?];
        let [was, is] = [&parsed[0], &parsed[1]].map(|all| all.iter().map(|one| &**one).collect::<Vec<_>>());
        let pairs = pairing::pairs(&was, &is);
        Ok(Versions { old, new, parsed, pairs })
    }

    /// The text that a pair has in a version; nothing where it is not there.
    pub(crate) fn text(&self, (old, new): Pair, version: Version) -> &[u8] {
        let (tape, slot) = match version {
            Version::Old => (&self.old, old),
            Version::New => (&self.new, new),
        };
        slot.map_or(&[], |slot| tape.text(slot))
    }

    /// The file that has each pair, by its index, in the version that `pick` gives. Every document says in it what it says in
    /// its version, and has the same text wherever what it extends is there too. Comments are somebody's own words and stay.
    pub(crate) fn mixed(&self, path: &Path, pick: impl Fn(usize) -> Version) -> Result<Vec<u8>, Error> {
        let mut pieces: Vec<Piece<'_>> = Vec::new();
        // What stands behind what: a piece, or the comments behind a document of the new version.
        let mut parts: Vec<(Option<usize>, Option<SlotId>)> = Vec::new();
        for (index, (old, new)) in self.pairs.iter().enumerate() {
            let place = match pick(index) {
                Version::Old => old.map(|slot| (&self.old, slot, &self.parsed[0])),
                Version::New => new.map(|slot| (&self.new, slot, &self.parsed[1])),
            };
            let piece = place.map(|(tape, slot, parsed)| {
                pieces.push(Piece::of(tape, slot, &parsed[slot], Stance::Keeps));
                pieces.len() - 1
            });
            parts.push((piece, *new));
        }
        if self.is_old(&pieces) {
            return Ok(self.old.finished().to_vec());
        }
        let texts = link(&pieces).map_err(|place| pieces[place].unlinkable(path))?;
        let mut out = self.new.preamble().to_vec();
        if out.is_empty() {
            out.extend_from_slice(self.old.preamble());
        }
        for (piece, comments) in parts {
            if let Some(piece) = piece {
                if !out.is_empty() && !out.ends_with(b"\n") {
                    out.push(b'\n');
                }
                out.extend_from_slice(texts[piece].as_bytes());
            }
            out.extend_from_slice(comments.map_or(&[], |slot| self.new.comments(slot)));
        }
        self.prove(path, &pieces, &out)?;
        Ok(out)
    }

    /// Whether these are the documents of the old version, and the new one has no words of people that the old one has not.
    fn is_old(&self, pieces: &[Piece<'_>]) -> bool {
        let same = |(slot, piece): (SlotId, &Piece<'_>)| self.old.text(slot) == piece.text.as_bytes();
        pieces.len() == self.old.len()
            && pieces.iter().enumerate().all(same)
            && words(&self.new).is_subset(&words(&self.old))
    }

    /// Reads the file again: it says what is meant, or nothing is written.
    fn prove(&self, path: &Path, pieces: &[Piece<'_>], bytes: &[u8]) -> Result<(), Error> {
        let rules = self.new.rules().clone();
        let (tape, torn) = Tape::new(path, bytes.to_vec(), rules)?;
        let elsewhere = self.old.elsewhere().iter().chain(self.new.elsewhere());
        let tape = tape.with_blobs(elsewhere.map(|(name, bytes)| (name.clone(), bytes.clone())).collect());
        let says = |(slot, piece): (SlotId, &Piece<'_>)| {
            tape.get(slot).is_ok_and(|parsed| parsed.interaction == piece.parsed.interaction)
        };
        if !torn && tape.len() == pieces.len() && pieces.iter().enumerate().all(says) {
            return Ok(());
        }
        let message = format!(
            "{}: its two versions cannot be put together without changing what they say, so it was left as it is",
            shown_path(path)
        );
        Err(Error::new(ErrorKind::Unrecordable, message).with_hint("take all of one version, or none of it"))
    }
}

#[cfg(feature = "cli")]
impl Versions {
    /// In the order of the new version; what is gone stands where it was.
    pub(crate) fn pairs(&self) -> &[Pair] {
        &self.pairs
    }

    pub(crate) fn old(&self) -> &Tape {
        &self.old
    }

    pub(crate) fn new_version(&self) -> &Tape {
        &self.new
    }

    pub(crate) fn parsed(&self, version: Version) -> &[Arc<Parsed>] {
        match version {
            Version::Old => &self.parsed[0],
            Version::New => &self.parsed[1],
        }
    }
}

/// What people wrote between the documents and before them, a line each.
fn words(tape: &Tape) -> HashSet<&[u8]> {
    let between = (0..tape.len()).map(|slot| tape.comments(slot));
    let lines =
        std::iter::once(tape.preamble()).chain(between).flat_map(|text| text.split(|byte| *byte == b'\n'));
    let first = first_line();
    let is_ours = |line: &[u8]| line == first.trim_end().as_bytes() || variables::is_line(line);
    lines.map(<[u8]>::trim_ascii).filter(|line| !line.is_empty() && !is_ours(line)).collect()
}

/// A version that was made of `base`, brought up to what became of `base` since: `now`. What others changed stays changed; where
/// both changed one interaction, the version has its own, and whoever compares sees it.
pub(crate) fn rebased(path: &Path, base: &Tape, now: Tape, version: Tape) -> Result<Vec<u8>, Error> {
    let known: HashSet<&[u8]> = (0..base.len()).map(|slot| base.text(slot)).collect();
    let mut versions = Versions::new(now, version)?;
    // What others added and what the version adds are two, however alike they are.
    let is_two = |versions: &Versions, (now, version): Pair| {
        let texts = (now.map(|slot| versions.old.text(slot)), version.map(|slot| versions.new.text(slot)));
        let keys = (
            now.map(|slot| versions.parsed[0][slot].normal().key),
            version.map(|slot| versions.parsed[1][slot].normal().key),
        );
        matches!(texts, (Some(now), Some(version)) if !known.contains(now) && !known.contains(version))
            && keys.0 != keys.1
    };
    let split = |pair: &Pair| match is_two(&versions, *pair) {
        true => vec![(pair.0, None), (None, pair.1)],
        false => vec![*pair],
    };
    versions.pairs = versions.pairs.iter().flat_map(split).collect();
    let pick = |index: usize| {
        let pair = versions.pairs[index];
        let (now, version) = (versions.text(pair, Version::Old), versions.text(pair, Version::New));
        let came_or_went = match pair {
            (Some(_), None) => !known.contains(now),
            (None, Some(_)) => known.contains(version),
            // The version left this alone.
            _ => known.contains(version),
        };
        if came_or_went { Version::Old } else { Version::New }
    };
    versions.mixed(path, pick)
}
