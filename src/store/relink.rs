//! What each document of a file extends, after documents came, went, moved or changed. Texts in, texts out; no I/O.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::Path;

use crate::format::allowance::Common;
use crate::format::turns::{Candidates, Earlier, Outline, Turn, nearest_first};
use crate::format::{self, CLOSE, Opened};
use crate::matching::request_key::Key;
use crate::model::error::{Error, ErrorKind};
use crate::model::text::shown_path;
use crate::store::tape::{Parsed, SlotId, Tape};

/// A document on its way into a file.
#[derive(Clone, Copy)]
pub(crate) struct Piece<'a> {
    /// From `---` to `...`.
    pub(crate) text: &'a str,
    /// The key that it gives itself.
    pub(crate) key: Key,
    /// What it means.
    pub(crate) parsed: &'a Parsed,
    pub(crate) stance: Stance,
}

impl<'a> Piece<'a> {
    /// A document of a file.
    pub(crate) fn of(tape: &'a Tape, slot: SlotId, parsed: &'a Parsed, stance: Stance) -> Piece<'a> {
        // What has been parsed is UTF-8.
        let text = std::str::from_utf8(tape.text(slot)).unwrap_or_default();
        Piece { text, key: tape.recorded_key(slot), parsed, stance }
    }

    /// What to say where [`link`] cannot write this.
    pub(super) fn unlinkable(&self, path: &Path) -> Error {
        let title = self.text.lines().next().unwrap_or_default();
        Error::new(
            ErrorKind::Unrecordable,
            format!("{}: this document cannot be written without what it extends: {title}", shown_path(path)),
        )
        .with_hint("delete it and run `LLM_CASSETTE_MODE=record cargo test`")
    }
}

/// What may become of the text of a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stance {
    /// It chooses what to extend.
    Chooses,
    /// It keeps its text for as long as that says what is meant.
    Keeps,
    /// It is there to be extended, and somebody else's to write.
    Stands,
}

/// Makes every document say what is meant, whatever is in the file beside it: what extends a document that went or changed
/// is written again. Gives the texts, or the place of a piece for which that cannot be done.
///
/// The blobs of what is written again are those that were there: a value stored as a blob does so in every document.
pub(crate) fn link<'a>(pieces: &[Piece<'a>]) -> Result<Vec<Cow<'a, str>>, usize> {
    let mut linker = Linker::new(pieces)?;
    let mut text = |(place, piece): (usize, &Piece<'a>)| {
        let text = linker.settle(place)?.map_or(Cow::Borrowed(piece.text), Cow::Owned);
        linker.length += text.len();
        linker.taken += linker.bases[place].map_or(0, |_| linker.size(place));
        linker.can_be_extended(place);
        Ok(text)
    };
    pieces.iter().enumerate().map(&mut text).collect()
}

struct Linker<'p, 'a> {
    pieces: &'p [Piece<'a>],
    /// Those that extend something.
    opened: Vec<Option<Opened<'a>>>,
    /// What each extends in the file to be.
    bases: Vec<Option<usize>>,
    /// Those that have to be settled yet.
    open: Vec<bool>,
    /// The places that have been settled.
    before: Candidates<usize>,
    /// Where the documents stand that say they are this.
    named: HashMap<(Key, u64), Vec<usize>>,
    /// Whether somebody moved a document before what it extends, so that circles could come about.
    moved: bool,
    /// How long the texts are that have been settled, and what they take from others.
    length: usize,
    taken: usize,
}

impl<'p, 'a> Linker<'p, 'a> {
    fn new(pieces: &'p [Piece<'a>]) -> Result<Linker<'p, 'a>, usize> {
        let opened = pieces.iter().enumerate().map(|(place, piece)| {
            // Most documents extend nothing, and to read them again for that would be a waste.
            if piece.stance == Stance::Stands || !piece.text.contains("extends:") {
                return Ok(None);
            }
            let opened = format::open(inner(piece.text)).map_err(|_| place)?;
            Ok(opened.extends().is_some().then_some(opened))
        });
        let mut linker = Linker {
            pieces,
            opened: opened.collect::<Result<_, usize>>()?,
            bases: vec![None; pieces.len()],
            open: pieces.iter().map(|piece| piece.stance == Stance::Chooses).collect(),
            before: Candidates::default(),
            named: HashMap::new(),
            moved: false,
            length: 0,
            taken: 0,
        };
        for (place, piece) in pieces.iter().enumerate() {
            linker.named.entry((piece.key, piece.parsed.interaction.take)).or_default().push(place);
        }
        for (place, piece) in pieces.iter().enumerate() {
            if let Some(opened) = linker.opened[place].as_ref().filter(|_| piece.stance == Stance::Keeps) {
                let base = linker.meant_by(place, opened);
                let stays = base.is_some_and(|base| opened.says(&linker.turn(place), &linker.turn(base)));
                linker.open[place] = !stays;
                linker.bases[place] = base.filter(|_| stays);
                linker.moved |= linker.bases[place] > Some(place);
            }
        }
        Ok(linker)
    }

    /// The new text of a document that cannot keep its own.
    fn settle(&mut self, place: usize) -> Result<Option<String>, usize> {
        if !std::mem::take(&mut self.open[place]) {
            return Ok(None);
        }
        let chosen = self.choose(place);
        let opened = match self.opened[place].take() {
            None if chosen.is_none() => return Ok(None),
            Some(opened) => opened,
            None => format::open(inner(self.pieces[place].text)).map_err(|_| place)?,
        };
        if let Some(base) = chosen
            && self.meant_by(place, &opened) == Some(base)
            && opened.fits(&self.turn(base))
            && opened.says(&self.turn(place), &self.turn(base))
        {
            self.bases[place] = chosen;
            return Ok(None);
        }
        let earlier = chosen.map(|base| self.earlier(base));
        let written = self.write(place, &opened, earlier.as_ref()).filter(|written| {
            // A twin of the base that takes its place must say the same.
            let again = format::open(inner(written)).ok();
            again.is_some_and(|again| self.resolves(place, &again, chosen))
        });
        if written.is_some() {
            self.bases[place] = chosen;
            return Ok(written);
        }
        self.write(place, &opened, None).map(Some).ok_or(place)
    }

    fn resolves(&self, place: usize, opened: &Opened<'_>, chosen: Option<usize>) -> bool {
        match opened.extends() {
            None => true,
            Some(_) => chosen.is_some() && self.meant_by(place, opened) == chosen,
        }
    }

    fn write(&self, place: usize, opened: &Opened<'_>, earlier: Option<&Earlier<'_>>) -> Option<String> {
        let piece = &self.pieces[place];
        let title = piece.text.split_inclusive('\n').next().unwrap_or_default();
        opened.rewritten(title, &piece.parsed.interaction, earlier)
    }

    /// The piece before a place that this one repeats most of.
    fn choose(&self, place: usize) -> Option<usize> {
        // What is written has to be read again.
        if !Common::has_room(self.taken + self.size(place), self.length) {
            return None;
        }
        let outline = self.outline(place)?;
        self.before.best(outline, |base| {
            if self.leads_to(base, place) { None } else { self.outline(base).map(|base| outline.saved(base)) }
        })
    }

    fn can_be_extended(&mut self, place: usize) {
        if let Some(outline) = self.outline(place) {
            self.before.add(place, outline);
        }
    }

    /// Made when it is needed: the trees of a long conversation would take much room.
    fn turn(&self, place: usize) -> Turn<'p> {
        Turn::new(&self.pieces[place].parsed.interaction)
    }

    fn size(&self, place: usize) -> usize {
        let interaction = &self.pieces[place].parsed.interaction;
        interaction.request.body.len() + interaction.response.body.bytes.len()
    }

    fn outline(&self, place: usize) -> Option<&'p Outline> {
        self.pieces[place].parsed.outline()
    }

    /// Whether a document, by what it extends, depends on another one.
    fn leads_to(&self, from: usize, to: usize) -> bool {
        let chain = std::iter::successors(Some(from), |at| self.bases[*at]);
        // A hand-made circle must not be walked for ever.
        self.moved && chain.take(self.pieces.len()).any(|at| at == to)
    }

    /// The piece that a reader takes for what a document refers to.
    fn meant_by(&self, place: usize, opened: &Opened<'_>) -> Option<usize> {
        let reference = opened.extends()?;
        let named = self.named.get(&(reference.key, reference.take)).map_or(&[][..], Vec::as_slice);
        let near = nearest_first(place, named);
        near.iter()
            .copied()
            .find(|at| near.len() > 1 && opened.fits(&self.turn(*at)))
            .or(near.first().copied())
    }

    fn earlier(&self, base: usize) -> Earlier<'p> {
        Earlier::new(self.pieces[base].key, &self.pieces[base].parsed.interaction)
    }
}

/// What stands between the lines `---` and `...`.
fn inner(text: &str) -> &str {
    let behind = text.split_once('\n').map_or("", |(_, rest)| rest);
    let end = behind.trim_end().strip_suffix(CLOSE).map_or(behind.len(), str::len);
    &behind[..end]
}

#[cfg(test)]
mod tests;
