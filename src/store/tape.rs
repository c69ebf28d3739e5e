//! What a cassette has recorded: where each document lies in its file, and which key it says it has. A document is parsed when
//! it is first needed. What is only to be played may stay in the file until then; a tape has all of the text.

mod asked;
mod blobs_beside;
mod breadth;
mod parsing;
pub(super) mod scan;
mod source;
mod takes;
mod unreadable;

use std::borrow::Cow;
use std::collections::HashMap;
use std::io;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use bytes::Bytes;

use crate::format::allowance::Common;
use crate::format::blobs::BlobName;
use crate::format::checksum;
use crate::format::turns::Outline;
use crate::format::variables::{self, Wrong};
use crate::matching::request_key::{Key, Normal, normalise};
use crate::matching::user_rules::Rules;
use crate::model::error::Error;
use crate::model::exchange::Request;
use crate::model::interaction::Interaction;
use crate::providers::Usage;
use crate::providers::bill::Bill;
use crate::store::blob_files;
use crate::store::cassette_files::load;
use crate::store::grown::Start;
use asked::Asked;
use breadth::Indexes;
use parsing::Fault;
use source::{InFile, Opened, Source};

pub(crate) use breadth::Breadth;
#[cfg(feature = "cli")]
pub(crate) use scan::{Broken, scan_past};
pub(crate) use scan::{Extent, Scan, healed, line_of, scan};
pub(crate) use takes::{Alike, Take, TakeList, Takes};
pub(crate) use unreadable::Unreadable;

/// An interaction with what the matcher needs to know of it.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub(crate) interaction: Interaction,
    /// By the rules in force, which may be more than those the `key` in the file is computed with. Made when it is first needed:
    /// a request that is, byte for byte, this one has been brought into its normal form already.
    normal: OnceLock<Normal>,
    /// Those rules; `None` for the built-in ones.
    rules: Option<Arc<Rules>>,
    /// What the provider counted.
    pub(crate) usage: Usage,
    /// Made when something is to be recorded that may go on from this.
    outline: OnceLock<Option<Outline>>,
    /// Made when somebody asks what it cost.
    bill: OnceLock<Bill>,
}

impl Parsed {
    pub(crate) fn new(interaction: Interaction, normal: Normal) -> Parsed {
        let parsed = Parsed::unmatched(interaction, None);
        parsed.is_as(normal);
        parsed
    }

    /// An interaction that nobody has compared anything with yet.
    fn unmatched(interaction: Interaction, rules: Option<Arc<Rules>>) -> Parsed {
        let usage = Usage::of(&interaction.usage);
        Parsed {
            interaction,
            normal: OnceLock::new(),
            rules,
            usage,
            outline: OnceLock::new(),
            bill: OnceLock::new(),
        }
    }

    /// The normal form of the request.
    pub(crate) fn normal(&self) -> &Normal {
        self.normal.get_or_init(|| match &self.rules {
            Some(rules) => normalise(&self.interaction.request, rules),
            None => normalise(&self.interaction.request, &Rules::default()),
        })
    }

    /// The request is, byte for byte, one that has this normal form.
    fn is_as(&self, normal: Normal) {
        self.normal.get_or_init(|| normal);
    }

    /// What there was to pay for.
    pub(crate) fn bill(&self) -> &Bill {
        self.bill.get_or_init(|| Bill::of(&self.interaction))
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

/// The slots of each key and take.
type ByTake = HashMap<(Key, u64), Vec<SlotId>>;

/// The recordings of a cassette, to be found and played.
#[derive(Debug)]
pub(crate) struct Recordings {
    path: PathBuf,
    /// The folder of its blobs.
    blobs: PathBuf,
    source: Source,
    /// Where the last finished document and the comments behind it end.
    end: usize,
    extents: Vec<Extent>,
    parsed: Vec<OnceLock<Result<Arc<Parsed>, Fault>>>,
    /// By the keys that the documents give themselves.
    stated: Index,
    /// The requests that were found to be, byte for byte, recorded ones, by a hash of them.
    asked: Asked,
    /// What is found out of other keys, and of takes, when it is first needed.
    indexes: Indexes,
    /// By the keys and takes that the documents give themselves; made when one refers to another.
    by_take: OnceLock<Result<ByTake, Fault>>,
    /// What the documents may take from elsewhere.
    common: Common,
    rules: Arc<Rules>,
    unmerged: bool,
    /// Whether a document whose checksum fits is taken for what the program wrote.
    believes: bool,
    /// The file, as it was when it was read.
    start: Option<Start>,
    /// Whether nothing is done with the recordings but to play them.
    is_played: bool,
    /// Blobs that are not in the folder, or not any more.
    elsewhere: HashMap<BlobName, Bytes>,
}

/// A cassette of which all the text is in memory, to be taken apart and put together again.
#[derive(Debug)]
pub(crate) struct Tape {
    recordings: Recordings,
    bytes: Bytes,
}

impl Deref for Tape {
    type Target = Recordings;

    fn deref(&self) -> &Recordings {
        &self.recordings
    }
}

impl Tape {
    /// The tape of a file's bytes, and whether its end was torn off. Documents that a union merge interleaved are
    /// told apart.
    pub(crate) fn new(path: &Path, bytes: Vec<u8>, rules: Rules) -> Result<(Tape, bool), Error> {
        let (bytes, scan, unmerged) = healed(bytes).map_err(|unreadable| unreadable.into_error(path))?;
        let bytes = Bytes::from(bytes);
        let (recordings, torn) = Recordings::new(path, Source::Held(bytes.clone()), scan, rules);
        Ok((Tape { recordings: Recordings { unmerged, ..recordings }, bytes }, torn))
    }

    /// The tape of a version of the file whose blobs need not be in the folder.
    pub(crate) fn with_blobs(self, elsewhere: HashMap<BlobName, Bytes>) -> Tape {
        Tape { recordings: Recordings { elsewhere, ..self.recordings }, ..self }
    }

    /// All that stands behind the preamble, but for a document that was never finished.
    pub(super) fn behind_preamble(&self) -> &[u8] {
        &self.bytes[self.preamble().len()..self.end]
    }

    /// All of the file, but for a document that was never finished.
    pub(super) fn finished(&self) -> &[u8] {
        &self.bytes[..self.end]
    }

    /// Whether the file has no byte, or is not there.
    pub(super) fn is_blank(&self) -> bool {
        self.bytes.is_empty()
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

impl Recordings {
    /// A cassette on which nothing is recorded yet.
    pub(crate) fn none(path: &Path, rules: Rules) -> Recordings {
        Recordings::new(path, Source::Held(Bytes::new()), Scan::default(), rules).0
    }

    /// What a file has, whose text is all held. Says whether its end was torn off; `None` where there is no file.
    pub(crate) fn load(path: &Path, rules: Rules) -> Result<Option<(Recordings, bool)>, Error> {
        let start = Start::of(path);
        let Some(bytes) = load(path)? else { return Ok(None) };
        let start = start.and_then(|begun| begun(&bytes));
        let (Tape { mut recordings, .. }, torn) = Tape::new(path, bytes, rules)?;
        recordings.start = start.filter(|_| !torn && !recordings.unmerged);
        Ok(Some((recordings.believing(), torn)))
    }

    /// What a file has, to be played: the text of a large one stays where it is, and so do large bodies.
    pub(crate) fn open(path: &Path, rules: Rules) -> Result<Option<(Recordings, bool)>, Error> {
        let (recordings, torn) = match InFile::open(path) {
            Ok(Opened::InFile(scan, file)) => Recordings::new(path, Source::InFile(file), scan, rules),
            Ok(Opened::Held(bytes)) => {
                let (tape, torn) = Tape::new(path, bytes, rules)?;
                (tape.recordings, torn)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::io("read", path, error)),
        };
        Ok(Some((Recordings { is_played: true, ..recordings.believing() }, torn)))
    }

    fn new(path: &Path, source: Source, scan: Scan, rules: Rules) -> (Recordings, bool) {
        let mut stated = Index::with_capacity(scan.documents.len());
        for (slot, extent) in scan.documents.iter().enumerate() {
            stated.entry(extent.key).or_default().push(slot);
        }
        let length = source.length();
        let recordings = Recordings {
            path: path.to_owned(),
            blobs: blob_files::folder_of(path),
            source,
            end: scan.torn.unwrap_or(length),
            parsed: scan.documents.iter().map(|_| OnceLock::new()).collect(),
            extents: scan.documents,
            stated,
            asked: Asked::default(),
            indexes: Indexes::default(),
            by_take: OnceLock::new(),
            common: Common::of(length),
            rules: Arc::new(rules),
            unmerged: false,
            believes: false,
            start: None,
            is_played: false,
            elsewhere: HashMap::new(),
        };
        (recordings, scan.torn.is_some())
    }

    /// The same for a run: a document whose checksum fits is taken for what the program wrote. Who looks for what is wrong with a
    /// file believes none.
    fn believing(self) -> Recordings {
        Recordings { believes: true, ..self }
    }

    /// Whether a document, from `---` to `...`, is as the program wrote it. A checksum does not say how lines end.
    fn is_untouched(&self, document: &[u8]) -> bool {
        self.believes
            && checksum::is_true_of(document) == Some(true)
            && memchr::memchr(b'\r', document).is_none()
    }

    pub(crate) fn len(&self) -> usize {
        self.extents.len()
    }

    /// Whether a union merge had interleaved documents of the file. Here they are apart; in the file they are not.
    pub(crate) fn unmerged(&self) -> bool {
        self.unmerged
    }

    /// The file as it was when this was read from it; `None` where that has what is not here, or can't be told.
    pub(crate) fn start(&self) -> Option<&Start> {
        self.start.as_ref()
    }

    /// The offset at which a document stands in that file.
    pub(crate) fn offset(&self, slot: SlotId) -> Option<u64> {
        self.start.as_ref().map(|_| self.extents[slot].whole.start as u64)
    }

    /// Blobs that are not in the folder.
    pub(super) fn elsewhere(&self) -> &HashMap<BlobName, Bytes> {
        &self.elsewhere
    }

    /// By these two requests are the same.
    pub(super) fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The interaction in a slot.
    pub(crate) fn get(&self, slot: SlotId) -> Result<Arc<Parsed>, Error> {
        self.parse(slot).map_err(|fault| self.malformed(&fault))
    }

    /// Whether a document may be added that extends another one, behind those of the same run that have taken so much.
    pub(crate) fn has_room(&self, taken: usize) -> bool {
        Common::has_room(self.common.spent().saturating_add(taken), self.source.length())
    }

    /// The line of the file at which an interaction begins.
    pub(crate) fn line(&self, slot: SlotId) -> usize {
        self.extents[slot].line
    }

    /// The key that a document gives itself.
    pub(crate) fn recorded_key(&self, slot: SlotId) -> Key {
        self.extents[slot].key
    }

    /// The recording of a request that was asked before, which takes no normal form to find.
    pub(crate) fn asked_before(&self, request: &Request) -> Option<Arc<Parsed>> {
        let parsed = self.parsed.get(self.asked.slot(request)?)?.get()?.as_ref().ok()?;
        (parsed.interaction.request == *request).then(|| Arc::clone(parsed))
    }

    /// Every interaction, in the order of the file.
    pub(crate) fn all(&self) -> impl Iterator<Item = Result<(SlotId, Arc<Parsed>), Error>> {
        (0..self.len()).map(|slot| Ok((slot, self.get(slot)?)))
    }

    /// What stands before the first document: the line with the version, and comments.
    pub(crate) fn preamble(&self) -> &[u8] {
        self.source.preamble(self.extents.first().map_or(self.end, |extent| extent.whole.start))
    }

    /// The variables in the lines before the first document.
    pub(crate) fn variables(&self) -> Result<Vec<(String, String)>, Error> {
        variables::read(&String::from_utf8_lossy(self.preamble())).map_err(|Wrong { line, message, hint }| {
            Unreadable::Malformed { line, message }.into_error(&self.path).with_hint(hint)
        })
    }

    /// The text of a document, from `---` to `...`.
    pub(crate) fn document(&self, slot: SlotId) -> Result<Cow<'_, [u8]>, Error> {
        self.text_of(slot).map_err(|fault| self.malformed(&fault))
    }

    /// The first line of a document, without the dashes before it.
    pub(crate) fn title(&self, slot: SlotId) -> Result<String, Error> {
        let text = self.document(slot)?;
        let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
        Ok(String::from_utf8_lossy(line).trim_end().trim_start_matches(['-', ' ', '#']).to_owned())
    }
}

#[cfg(test)]
mod tests;
