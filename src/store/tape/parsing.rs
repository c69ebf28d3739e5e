//! Parsing a document, and before it what it extends.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use memchr::memmem;

use super::blobs_beside::Beside;
use super::{Parsed, SlotId, Tape, Unreadable, line_of};
use crate::format::turns::{Reference, Turn, nearest_first};
use crate::format::{self, Malformed, Opened};
use crate::matching::request_key::{Key, normalise};
use crate::matching::user_rules::Rules;
use crate::model::error::Error;
use crate::model::text::shell_quoted;

/// What is wrong with a document, and which: a document cannot be read either when what it extends cannot.
#[derive(Debug, Clone)]
pub(super) struct Fault {
    slot: SlotId,
    malformed: Malformed,
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

impl Tape {
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
            match self.open(slot) {
                Ok(document) => {
                    let unknown = document.bases.iter().filter(|base| self.parsed[**base].get().is_none());
                    next.extend(unknown.copied().filter(|base| seen.insert(*base)));
                    found.push(document);
                }
                Err(malformed) => {
                    self.parsed[slot].get_or_init(|| Err(Fault { slot, malformed }));
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

    fn open(&self, slot: SlotId) -> Result<Document<'_>, Malformed> {
        let inner = &self.bytes[self.extents[slot].inner.clone()];
        let text = std::str::from_utf8(inner).map_err(|error| {
            let line = line_of(inner, error.valid_up_to()) + 1;
            Malformed::new(line, "this is not UTF-8")
        })?;
        let opened = format::open(text)?;
        let bases = opened.extends().map(|reference| self.named(slot, reference)).unwrap_or_default();
        Ok(Document { slot, opened, bases })
    }

    /// The documents that state the key and the take of a reference.
    fn named(&self, slot: SlotId, reference: &Reference) -> Vec<SlotId> {
        let by_take = || {
            let mut index: HashMap<(Key, u64), Vec<SlotId>> = HashMap::new();
            for slot in 0..self.len() {
                index.entry((self.extents[slot].key, self.stated_take(slot))).or_default().push(slot);
            }
            index
        };
        let index = self.by_take.get_or_init(by_take);
        nearest_first(
            slot,
            index.get(&(reference.key, reference.take)).map(Vec::as_slice).unwrap_or_default(),
        )
    }

    /// The take that a document gives itself, without parsing it: takes of what a document extends need not all be read.
    fn stated_take(&self, slot: SlotId) -> u64 {
        let inner = &self.bytes[self.extents[slot].inner.clone()];
        let digits = match inner.strip_prefix(b"take:") {
            Some(behind) => Some(behind),
            None => memmem::find(inner, b"\ntake:").map(|at| &inner[at + 6..]),
        };
        let line =
            digits.map(|behind| behind.split(|byte| matches!(byte, b'\n' | b'#')).next().unwrap_or_default());
        line.and_then(|line| std::str::from_utf8(line).ok()?.trim().parse().ok()).unwrap_or(1)
    }

    fn read(&self, document: &Document<'_>, base: Option<(SlotId, Known<'_>)>) -> Result<Arc<Parsed>, Fault> {
        let Document { slot, opened, .. } = document;
        let fault = |malformed| Fault { slot: *slot, malformed };
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
        let beside = Beside::new(&self.blobs, &self.elsewhere, &self.common);
        let (interaction, stated) = opened
            .read(&beside, turn.as_ref())
            .map_err(|malformed| fault(beside.explain(opened.text(), malformed)))?;
        if base.is_some() {
            let size = interaction.request.body.len() + interaction.response.body.bytes.len();
            self.common.spend(size).map_err(too_much)?;
        }
        let normal = normalise(&interaction.request, &self.rules);
        let parsed = Parsed::new(interaction, normal);
        if let Some(((base, extended), turn)) = base.as_ref().zip(turn.as_ref())
            && !self.has_key(&parsed, stated)
            && !opened.fits(turn)
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
            && self.stated_take(document.slot) == reference.take;
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
            true => parsed.normal.key == stated,
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
        let Document { opened, bases, .. } = self.open(slot).ok()?;
        let fits = |base: &&SlotId| {
            self.parse(**base).is_ok_and(|parsed| opened.fits(&Turn::new(&parsed.interaction)))
        };
        bases.iter().find(fits).or(bases.first()).copied()
    }

    pub(super) fn malformed(&self, fault: &Fault) -> Error {
        let Malformed { line, message, hint } = &fault.malformed;
        let line = self.extents[fault.slot].line + line - 1;
        let error = Unreadable::Malformed { line, message: message.clone() }.into_error(&self.path);
        match hint {
            Some(hint) => error.with_hint(hint),
            None => error,
        }
    }
}
