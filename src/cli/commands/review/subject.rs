//! A cassette in two versions, what of it waits for a decision, and what becomes of the file by one.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use crate::cli::commands::revisions::{ChangedFile, Revisions};
use crate::cli::commands::waiting;
use crate::cli::compare::{Change, Comparing, Recorded, Shapes, Sides};
use crate::format::blobs::Blobs;
use crate::format::reheaded;
use crate::matching::difference::Limits;
use crate::matching::user_rules::Rules;
use crate::model::error::{Error, ErrorKind};
use crate::model::hex::hex;
use crate::model::labels::Labels;
use crate::model::text::shown_path;
use crate::providers::price::Prices;
use crate::store::cassette_files;
use crate::store::pending::{self, Pending};
use crate::store::reviewed;
use crate::store::tape::Tape;
use crate::store::versions::{Version, Versions};
use crate::store::writer::CassetteWriter;

/// What is decided of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Accept,
    Reject,
    /// The old recording is put back, and no refresh replaces it from then on; what is new is accepted and pinned.
    Pin,
}

impl Verdict {
    pub(super) fn done(self) -> &'static str {
        match self {
            Verdict::Accept => "accepted",
            Verdict::Reject => "rejected",
            Verdict::Pin => "pinned",
        }
    }
}

/// Where two versions of a cassette come from.
pub(super) enum Origin {
    /// The cassette, and what a refresh left beside it.
    Pending(PathBuf),
    /// A commit, named in words, and the work tree.
    Commit(ChangedFile, String),
}

/// How to read.
pub(super) struct Reading {
    pub(super) prices: Arc<Prices>,
    pub(super) limits: Limits,
}

/// A cassette with something that waits.
pub(super) struct Subject<'o> {
    origin: &'o Origin,
    versions: Versions,
    /// The cassette as it is on disk.
    now: Vec<u8>,
    /// Blobs that one of the versions refers to and that need not be in the folder.
    blobs: Blobs,
    /// The version beside the cassette.
    pending: Option<Pending>,
    waiting: Vec<Waiting>,
    /// What was accepted before and is not committed yet.
    accepted: BTreeSet<String>,
}

/// A change that nobody has decided yet.
pub(super) struct Waiting {
    /// Of the two texts: the same change has the same id until one of them is another.
    pub(super) id: String,
    pub(super) change: Change,
}

impl Waiting {
    pub(super) fn short(&self) -> &str {
        self.id.get(..8).unwrap_or(&self.id)
    }
}

/// All below the paths, or below the current folder, that can be reviewed.
pub(super) fn origins(paths: &[PathBuf], base: Option<&str>) -> Result<Vec<Origin>, Error> {
    let waiting = waiting::cassettes(paths)?;
    let revisions = match base {
        Some(revision) => Revisions::since_fork(revision),
        None => Revisions::since_head(false),
    };
    let revisions = match revisions {
        Ok(revisions) => revisions,
        // Without a repository, there may be what refreshes left.
        Err(_) if !waiting.is_empty() && base.is_none() => {
            return Ok(waiting.into_iter().map(Origin::Pending).collect());
        }
        Err(error) => return Err(error),
    };
    let real = |path: &Path| cassette_files::real_path(path);
    let beside: BTreeSet<PathBuf> = waiting.iter().map(|path| real(path)).collect();
    let changed = revisions.changed_files(paths)?.into_iter();
    // Of what has a version beside it, that is what there is to decide.
    let committed = changed.filter(|changed| !beside.contains(&real(&changed.file)));
    let since = format!("the commit {}", revisions.base());
    let committed: Vec<Origin> = committed.map(|changed| Origin::Commit(changed, since.clone())).collect();
    Ok(waiting.into_iter().map(Origin::Pending).chain(committed).collect())
}

impl<'o> Subject<'o> {
    /// Reads both versions as they are now; `None` where there is nothing to review any more.
    pub(super) fn read(origin: &'o Origin, reading: &Reading) -> Result<Option<Subject<'o>>, Error> {
        let file = file_of(origin);
        let now = cassette_files::load(file)?.unwrap_or_default();
        let tape = |bytes: &[u8]| Tape::new(file, bytes.to_vec(), Rules::default()).map(|(tape, _)| tape);
        let mut blobs = Blobs::default();
        let (versions, pending) = match origin {
            Origin::Pending(_) => {
                let Some(pending) = Pending::of(file)? else { return Ok(None) };
                let pending = pending.brought_up_to(file, &now, &Rules::default())?;
                pending.blobs.values().for_each(|blob| drop(blobs.add(blob.clone())));
                let new = tape(&pending.bytes)?.with_blobs(pending.blobs.clone());
                (Versions::new(tape(&now)?, new)?, Some(pending))
            }
            Origin::Commit(changed, _) => {
                let old = match &changed.stored {
                    Some(stored) => {
                        stored.blobs.values().for_each(|blob| drop(blobs.add(blob.clone())));
                        tape(&stored.bytes)?.with_blobs(stored.blobs.clone())
                    }
                    None => tape(&[])?,
                };
                (Versions::new(old, tape(&now)?)?, None)
            }
        };
        let accepted = reviewed::accepted(file)?;
        let changes = changes(&versions, reading);
        let id = |change: &Change| id(&versions, change);
        let waiting = changes.into_iter().map(|change| Waiting { id: id(&change), change });
        let (accepted, waiting) = match pending {
            // What a refresh left waits, whatever was accepted before.
            Some(_) => (accepted, waiting.collect()),
            None => {
                let (known, waiting): (Vec<_>, Vec<_>) = waiting.partition(|one| accepted.contains(&one.id));
                (known.into_iter().map(|one| one.id).collect(), waiting)
            }
        };
        Ok(Some(Subject { origin, versions, now, blobs, pending, waiting, accepted }))
    }

    pub(super) fn waiting(&self) -> &[Waiting] {
        &self.waiting
    }

    pub(super) fn name(&self) -> String {
        match self.origin {
            Origin::Pending(path) => shown_path(path),
            Origin::Commit(changed, _) => changed.name.clone(),
        }
    }

    /// What the old version is, in words.
    pub(super) fn since(&self) -> String {
        match self.origin {
            Origin::Pending(_) => "the cassette".to_owned(),
            Origin::Commit(_, since) => since.clone(),
        }
    }

    /// Where the newest version of a change stands, for whoever edits it.
    pub(super) fn place(&self, waiting: &Waiting) -> (PathBuf, usize) {
        let file = match &self.pending {
            Some(_) => pending::file(file_of(self.origin)),
            None => file_of(self.origin).to_owned(),
        };
        (file, waiting.change.sides.newest().line)
    }

    /// Carries out a decision on some of what waits.
    pub(super) fn decide(&self, these: &[usize], verdict: Verdict) -> Result<(), Error> {
        let file = file_of(self.origin);
        let these: Vec<&Waiting> = these.iter().filter_map(|index| self.waiting.get(*index)).collect();
        let is_accepted = |waiting: &Waiting| match verdict {
            Verdict::Accept => true,
            Verdict::Reject => false,
            Verdict::Pin => matches!(waiting.change.sides, Sides::Added(_)),
        };
        let [accepts, rejects] = [true, false].map(|wanted| -> BTreeSet<_> {
            these.iter().filter(|one| is_accepted(one) == wanted).map(|one| one.change.pair).collect()
        });
        let open: BTreeSet<_> = self
            .waiting
            .iter()
            .map(|one| one.change.pair)
            .filter(|pair| !rejects.contains(pair) && !accepts.contains(pair))
            .collect();
        let pairs = self.versions.pairs();
        let without = |rejected: &BTreeSet<_>| {
            self.versions.mixed(file, |index| match rejected.contains(&pairs[index]) {
                true => Version::Old,
                false => Version::New,
            })
        };
        let mut pins = Vec::new();
        if verdict == Verdict::Pin {
            for one in &these {
                pins.push(self.pinned(one)?);
            }
        }
        let pin = |bytes: Vec<u8>| {
            let pinned = pins.iter().try_fold(bytes, |bytes, (text, pinned)| replaced(&bytes, text, pinned));
            pinned.ok_or_else(|| self.unpinnable())
        };
        let writer = CassetteWriter::new(file, Rules::default());
        // What is decided is not to be asked again, although it differs from the last commit.
        let mut noted = self.accepted.clone();
        noted.extend(these.iter().filter(|one| is_accepted(one)).map(|one| match pins.is_empty() {
            true => one.id.clone(),
            false => {
                let [old, new] = texts(&self.versions, &one.change);
                id_of(old, &replaced_in(new, &pins))
            }
        }));
        let written = match &self.pending {
            None => {
                let out = pin(without(&rejects)?)?;
                out == self.now || writer.rewrite(&self.now, out, &self.blobs)?
            }
            Some(_) => {
                let version = pin(without(&rejects)?)?;
                let (new, waits) = match open.is_empty() {
                    true => (version, None),
                    false => {
                        let not_yet: BTreeSet<_> = open.union(&rejects).copied().collect();
                        (pin(without(&not_yet)?)?, Some(version))
                    }
                };
                writer.settle(&self.now, new, waits, &self.blobs)?
            }
        };
        if !written {
            let message =
                format!("{} was changed while it was reviewed, so nothing was decided", shown_path(file));
            return Err(Error::new(ErrorKind::Io, message).with_hint("run `llm-cassette review` again"));
        }
        reviewed::note(file, &noted)
    }

    /// The text that a change leaves in the file, and the same with a pin.
    fn pinned(&self, waiting: &Waiting) -> Result<(Vec<u8>, Vec<u8>), Error> {
        let version =
            if matches!(waiting.change.sides, Sides::Added(_)) { Version::New } else { Version::Old };
        let (old, new) = waiting.change.pair;
        let text = self.versions.text(waiting.change.pair, version);
        let slot = if version == Version::New { new } else { old };
        let labels = slot.and_then(|slot| Some(&self.versions.parsed(version).get(slot)?.interaction.labels));
        let labels = Labels { pinned: true, ..labels.cloned().unwrap_or_default() };
        let pinned = std::str::from_utf8(text).ok().and_then(|text| reheaded(text, &labels, None));
        Ok((text.to_vec(), pinned.ok_or_else(|| self.unpinnable())?.into_bytes()))
    }

    fn unpinnable(&self) -> Error {
        let message = format!("{}: this document cannot be pinned", shown_path(file_of(self.origin)));
        Error::new(ErrorKind::Unrecordable, message)
            .with_hint("accept or reject it, and write `pinned: true` below its `usage_count` yourself")
    }
}

fn file_of(origin: &Origin) -> &Path {
    match origin {
        Origin::Pending(path) => path,
        Origin::Commit(changed, _) => &changed.file,
    }
}

fn changes(versions: &Versions, reading: &Reading) -> Vec<Change> {
    let comparing = Comparing { prices: &reading.prices, limits: reading.limits };
    let recorded = |version, tape: &Tape| -> Vec<Recorded<'_>> {
        let parsed = versions.parsed(version).iter().enumerate();
        parsed.map(|(slot, parsed)| Recorded { line: tape.line(slot), parsed }).collect()
    };
    let old = recorded(Version::Old, versions.old());
    let new = recorded(Version::New, versions.new_version());
    let file = comparing.paired(String::new(), None, versions.pairs(), (&old, &new), &mut Shapes::default());
    file.changes
}

fn texts<'v>(versions: &'v Versions, change: &Change) -> [&'v [u8]; 2] {
    [Version::Old, Version::New].map(|version| versions.text(change.pair, version))
}

fn id(versions: &Versions, change: &Change) -> String {
    let [old, new] = texts(versions, change);
    id_of(old, new)
}

fn id_of(old: &[u8], new: &[u8]) -> String {
    // No document has a byte of zero.
    hex(&Sha256::digest([old, b"\0", new].concat()))
}

fn replaced_in(text: &[u8], pins: &[(Vec<u8>, Vec<u8>)]) -> Vec<u8> {
    pins.iter().find(|(old, _)| old == text).map_or_else(|| text.to_vec(), |(_, pinned)| pinned.clone())
}

/// The file with another text in the place of a document's; `None` where the document is not there with this text.
fn replaced(bytes: &[u8], text: &[u8], other: &[u8]) -> Option<Vec<u8>> {
    let at = memchr::memmem::find(bytes, text).filter(|_| !text.is_empty())?;
    Some([&bytes[..at], other, &bytes[at + text.len()..]].concat())
}
