//! Parsing a document, and before it what it extends.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use memchr::memmem;

use super::blobs_beside::Beside;
use super::source::Unread;
use super::{ByTake, Extent, Parsed, Recordings, SlotId, Unreadable, line_of};
use crate::format::turns::{Reference, Turn, nearest_first};
use crate::format::{self, Malformed, Opened};
use crate::matching::request_key::{Key, normalise};
use crate::matching::user_rules::Rules;
use crate::model::error::{Error, ErrorKind};
use crate::model::text::{shell_quoted, shown_path};

/// What is wrong with a document, and which: a document cannot be read either when what it extends cannot.
#[derive(Debug, Clone)]
pub(super) struct Fault {
    slot: SlotId,
    malformed: Malformed,
    /// Whether the text of the document could be had at all.
    is_read: bool,
}

impl Fault {
    fn unread(slot: SlotId, unread: Unread) -> Fault {
        let (message, hint) = match unread {
            Unread::Changed => (
                "something changed this cassette in place while it was open, so this recording is not what it was".to_owned(),
                "let nothing write the file while tests replay it, and run them again",
            ),
            Unread::Failed(error) => {
                (format!("this recording could not be read: {error}"), "make the file readable, and run again")
            }
        };
        let malformed = Malformed { hint: Some(hint.to_owned()), ..Malformed::new(1, message) };
        Fault { slot, malformed, is_read: false }
    }
}

/// A document that is being parsed.
struct Document<'a> {
    slot: SlotId,
    opened: Opened<'a>,
    /// The slots that it may refer to, the likeliest first.
    bases: Vec<SlotId>,
}

/// What is known of a document that has been parsed.
type Known<'a> = &'a Result<Arc<Parsed>, Fault>;

impl Recordings {
    /// Conversations are long, so what a document extends is parsed before it in a loop, and not by recursion.
    pub(super) fn parse(&self, slot: SlotId) -> Result<Arc<Parsed>, Fault> {
        loop {
            if let Some(known) = self.parsed[slot].get() {
                return known.clone();
            }
            let mut waiting = self.needed_for(slot);
            while !waiting.is_empty() {
                let count = waiting.len();
                waiting.retain(|document| !self.settle(document, false));
                // None could be read: each waits for another, in a circle.
                if waiting.len() == count {
                    self.settle(&waiting.remove(0), true);
                }
            }
        }
    }

    /// What has to be parsed for a document, itself the last.
    fn needed_for(&self, slot: SlotId) -> Vec<Document<'_>> {
        let mut found = Vec::new();
        let mut seen = HashSet::from([slot]);
        let mut next = vec![slot];
        while let Some(slot) = next.pop() {
            match self.opened(slot) {
                Ok(document) => {
                    let unknown = document.bases.iter().filter(|base| self.parsed[**base].get().is_none());
                    next.extend(unknown.copied().filter(|base| seen.insert(*base)));
                    found.push(document);
                }
                Err(fault) => {
                    self.parsed[slot].get_or_init(|| Err(fault));
                }
            }
        }
        found.reverse();
        found
    }

    /// Parses a document if it is known what it extends. `now` says not to wait any longer.
    fn settle(&self, document: &Document<'_>, now: bool) -> bool {
        let mut known = document.bases.iter().filter_map(|base| Some((*base, self.parsed[*base].get()?)));
        let mut several = known.clone().filter(|_| document.bases.len() > 1);
        let fits = |parsed: &Arc<Parsed>| document.opened.fits(&Turn::new(&parsed.interaction));
        let fitting = several.find(|(_, known)| known.as_ref().is_ok_and(fits));
        if fitting.is_none() && !now && known.clone().count() < document.bases.len() {
            return false;
        }
        let base = fitting.or_else(|| known.next());
        self.parsed[document.slot].get_or_init(|| self.read(document, base));
        true
    }

    fn opened(&self, slot: SlotId) -> Result<Document<'_>, Fault> {
        let fault = |malformed| Fault { slot, malformed, is_read: true };
        let whole = self.text_of(slot)?;
        let is_untouched = self.is_untouched(&whole);
        let inner = self.inner_of(slot, whole);
        if let Err(error) = std::str::from_utf8(&inner) {
            let line = line_of(&inner, error.valid_up_to()) + 1;
            return Err(fault(Malformed::new(line, "this is not UTF-8")));
        }
        // Nothing is lost of what is UTF-8.
        let text = match inner {
            Cow::Borrowed(inner) => String::from_utf8_lossy(inner),
            Cow::Owned(inner) => Cow::Owned(String::from_utf8(inner).unwrap_or_default()),
        };
        let opened = if is_untouched { format::open_untouched(text) } else { format::open(text) };
        let opened = opened.map_err(fault)?;
        let bases = match opened.extends() {
            Some(reference) => self.named(slot, reference)?,
            None => Vec::new(),
        };
        Ok(Document { slot, opened, bases })
    }

    /// The text of a document, from `---` to `...`.
    pub(super) fn text_of(&self, slot: SlotId) -> Result<Cow<'_, [u8]>, Fault> {
        self.source.text(slot, &self.extents[slot]).map_err(|unread| Fault::unread(slot, unread))
    }

    fn inner(&self, slot: SlotId) -> Result<Cow<'_, [u8]>, Fault> {
        Ok(self.inner_of(slot, self.text_of(slot)?))
    }

    /// What stands between the first and the last line of a document.
    fn inner_of<'t>(&self, slot: SlotId, text: Cow<'t, [u8]>) -> Cow<'t, [u8]> {
        let Extent { whole, inner, .. } = &self.extents[slot];
        let inner = inner.start - whole.start..inner.end - whole.start;
        match text {
            Cow::Borrowed(text) => Cow::Borrowed(&text[inner]),
            Cow::Owned(mut text) => {
                text.truncate(inner.end);
                text.drain(..inner.start);
                Cow::Owned(text)
            }
        }
    }

    /// The documents that state the key and the take of a reference.
    fn named(&self, slot: SlotId, reference: &Reference) -> Result<Vec<SlotId>, Fault> {
        let by_take = || {
            let mut index = ByTake::new();
            for slot in 0..self.len() {
                index.entry((self.extents[slot].key, self.stated_take(slot)?)).or_default().push(slot);
            }
            Ok(index)
        };
        let index = self.by_take.get_or_init(by_take).as_ref().map_err(Fault::clone)?;
        let named = index.get(&(reference.key, reference.take)).map(Vec::as_slice).unwrap_or_default();
        Ok(nearest_first(slot, named))
    }

    /// The take that a document gives itself, without parsing it: takes of what a document extends need not all be read.
    fn stated_take(&self, slot: SlotId) -> Result<u64, Fault> {
        let inner = self.inner(slot)?;
        let digits = match inner.strip_prefix(b"take:") {
            Some(behind) => Some(behind),
            None => memmem::find(&inner, b"\ntake:").map(|at| &inner[at + 6..]),
        };
        let line =
            digits.map(|behind| behind.split(|byte| matches!(byte, b'\n' | b'#')).next().unwrap_or_default());
        Ok(line.and_then(|line| std::str::from_utf8(line).ok()?.trim().parse().ok()).unwrap_or(1))
    }

    fn read(&self, document: &Document<'_>, base: Option<(SlotId, Known<'_>)>) -> Result<Arc<Parsed>, Fault> {
        let Document { slot, opened, .. } = document;
        let fault = |malformed| Fault { slot: *slot, malformed, is_read: true };
        let base = match (opened.extends(), base) {
            (None, _) => None,
            (Some(_), Some((base, known))) => Some((base, Arc::clone(known.as_ref().map_err(Fault::clone)?))),
            (Some(reference), None) => return Err(fault(self.nothing_to_extend(document, reference))),
        };
        let turn = base.as_ref().map(|(_, parsed)| Turn::new(&parsed.interaction));
        let too_much = |message: String| fault(opened.complaint(&message, None));
        if base.is_some() {
            // Once it is too much, nothing more is unfolded only to be refused.
            self.common.spend(0).map_err(too_much)?;
        }
        let beside = Beside::new(&self.blobs, &self.elsewhere, &self.common, self.is_played);
        let (interaction, stated) = opened
            .read(&beside, turn.as_ref())
            .map_err(|malformed| fault(beside.explain(opened.text(), malformed)))?;
        if base.is_some() {
            let size = interaction.request.body.len() + interaction.response.body.bytes.len();
            self.common.spend(size).map_err(too_much)?;
        }
        let parsed =
            Parsed::unmatched(interaction, (!self.rules.is_empty()).then(|| Arc::clone(&self.rules)));
        if let Some(((base, extended), turn)) = base.as_ref().zip(turn.as_ref())
            && !opened.fits(turn)
            && !self.has_key(&parsed, stated)
            && self.has_key(extended, self.extents[*base].key)
        {
            let message =
                "the turn that this one extends was re-recorded since, and this one no longer fits it";
            return Err(fault(opened.complaint(message, Some(self.advice("delete this document")))));
        }
        Ok(Arc::new(parsed))
    }

    fn nothing_to_extend(&self, document: &Document<'_>, reference: &Reference) -> Malformed {
        let is_own = self.extents[document.slot].key == reference.key
            && self.stated_take(document.slot).is_ok_and(|take| take == reference.take);
        let message = match document.bases.is_empty() && !is_own {
            true => format!("this extends the request {}, which is not in the file", reference.name()),
            false => "this document extends itself, directly or through others".to_owned(),
        };
        let hint = self.advice("delete this document and what extends it");
        document.opened.complaint(&message, Some(hint))
    }

    /// Whether a document has the key that stands in it.
    fn has_key(&self, parsed: &Parsed, stated: Key) -> bool {
        match self.rules.is_empty() {
            true => parsed.normal().key == stated,
            false => normalise(&parsed.interaction.request, &Rules::default()).key == stated,
        }
    }

    fn advice(&self, otherwise: &str) -> String {
        format!(
            "restore the file with `git checkout -- {}`, or {otherwise} and run `LLM_CASSETTE_MODE=record cargo test`",
            shell_quoted(&self.path)
        )
    }

    /// The document that one goes on from.
    #[cfg(feature = "cli")]
    pub(crate) fn extended_by(&self, slot: SlotId) -> Option<SlotId> {
        let Document { opened, bases, .. } = self.opened(slot).ok()?;
        let fits = |base: &&SlotId| {
            self.parse(**base).is_ok_and(|parsed| opened.fits(&Turn::new(&parsed.interaction)))
        };
        bases.iter().find(fits).or(bases.first()).copied()
    }

    pub(super) fn malformed(&self, fault: &Fault) -> Error {
        let Malformed { line, message, hint } = &fault.malformed;
        let line = self.extents[fault.slot].line + line - 1;
        let error = match fault.is_read {
            true => Unreadable::Malformed { line, message: message.clone() }.into_error(&self.path),
            false => Error::new(ErrorKind::Io, format!("{}:{line}: {message}", shown_path(&self.path))),
        };
        match hint {
            Some(hint) => error.with_hint(hint),
            None => error,
        }
    }
}
