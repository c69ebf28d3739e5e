//! Why a file is not as the program writes it, for those who are told to format it. Lines are named and not quoted: a secret may
//! stand in them.

use super::document::CanonicalDocument;
use crate::store::tape::Tape;

/// What of documents is otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Kind {
    /// The key is that of another request.
    Key,
    /// The checksum, and nothing else: somebody edited the document.
    Checksum,
    /// How it is laid out.
    Layout,
}

/// Why a file is written again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) struct Reason {
    pub(in crate::cli) kind: Kind,
    /// The first line that is otherwise.
    pub(in crate::cli) line: usize,
    /// In how many documents.
    pub(in crate::cli) documents: usize,
}

impl Reason {
    /// A sentence.
    pub(in crate::cli) fn in_words(&self) -> String {
        let what = match self.kind {
            Kind::Key => "the key is not that of the request, which was edited",
            Kind::Checksum => "the checksum is not that of the document, which was edited",
            Kind::Layout => "this is not laid out as the program writes it",
        };
        match self.documents {
            1 => what.to_owned(),
            2 => format!("{what}; one more document is like this one"),
            count => format!("{what}; {} more documents are like this one", count - 1),
        }
    }
}

/// Each kind once, with the first line of it.
pub(super) fn reasons(tape: &Tape, documents: &[CanonicalDocument]) -> Vec<Reason> {
    let mut out: Vec<Reason> = Vec::new();
    for (slot, document) in documents.iter().enumerate() {
        let Some((kind, line)) = difference(tape.text(slot), document.text.as_bytes()) else { continue };
        match out.iter_mut().find(|reason| reason.kind == kind) {
            Some(reason) => reason.documents += 1,
            None => out.push(Reason { kind, line: tape.line(slot) + line, documents: 1 }),
        }
    }
    out
}

/// The first line of a document, from 0, that is to be written otherwise, and what it is.
fn difference(old: &[u8], new: &[u8]) -> Option<(Kind, usize)> {
    let lines = |text| <[u8]>::split(text, |byte| *byte == b'\n');
    let starts = |line: &[u8], name: &str| line.starts_with(name.as_bytes());
    let mut first = None;
    let mut differing = lines(old).zip(lines(new)).enumerate().filter(|(_, (old, new))| old != new);
    // The title repeats the key, and every change changes the checksum.
    let of_layout = differing.find(|(at, (line, _))| {
        let kind = match line {
            line if starts(line, "key:") => Some(Kind::Key),
            line if starts(line, "recorded_at:") => Some(Kind::Checksum),
            line if *at == 0 && starts(line, crate::format::OPEN) => None,
            _ => return true,
        };
        if let (Some(kind), None | Some((Kind::Checksum, _))) = (kind, first) {
            first = Some((kind, *at));
        }
        false
    });
    match of_layout {
        Some((at, _)) => Some((Kind::Layout, at)),
        None if lines(old).count() != lines(new).count() => {
            Some((Kind::Layout, lines(old).count().min(lines(new).count()) - 1))
        }
        None => first.or_else(|| (old.trim_ascii_end() != new.trim_ascii_end()).then_some((Kind::Layout, 0))),
    }
}
