//! The scan of a file that is not held in memory: it is read from its start, a part at a time, and of each section there is
//! left where it lies, and what its bytes add up to.
//!
//! What needs a look at all of a file (documents that a merge interleaved, marks of a conflict, text where none may be) is
//! left to the scan of all its bytes. So this one need only know how an ordinary file is cut into sections; what a section
//! says is read by the same code.

use std::io::{self, Read};

use super::{Opens, Scan, Section, check_version, stub, text_before_documents};
use crate::format::OPEN;

/// How much of a file is read at once.
pub(in crate::store::tape) const PART: usize = 256 * 1024;

/// What is known of a file once it has been read in parts.
#[derive(Debug, Default)]
pub(in crate::store::tape) struct Scanned {
    pub(in crate::store::tape) scan: Scan,
    /// What stands before the first document.
    pub(in crate::store::tape) preamble: Vec<u8>,
    /// What the bytes of each document add up to, from `---` to `...`.
    pub(in crate::store::tape) sums: Vec<u32>,
    /// How many bytes the file has.
    pub(in crate::store::tape) length: usize,
}

/// What the bytes of a document add up to: to tell whether a file still has them where it had them.
pub(in crate::store::tape) fn sum(document: &[u8]) -> u32 {
    crc32fast::hash(document)
}

/// Finds the documents of a file that is read to its end, `part` bytes at a time, into `held`, which has nothing. `None` where
/// only a scan of all its bytes can tell what they are.
pub(in crate::store::tape) fn scan_in_parts(
    file: &mut impl Read,
    part: usize,
    held: &mut Vec<u8>,
) -> io::Result<Option<Scanned>> {
    let opens = Opens::new();
    let mut sections = Sections::default();
    // Up to where no other section begins in what is held, of which none has been made yet.
    let mut sought = 0;
    loop {
        let before = held.len();
        held.reserve(part);
        file.by_ref().take(part as u64).read_to_end(held)?;
        let is_all = held.len() - before < part;
        let limit = if is_all { held.len() - stub(held) } else { held.len() };
        let mut start = 0;
        while let Some(open) = opens.next(&held[..limit], sought, is_all) {
            if !sections.add(&held[start..open], false) {
                return Ok(None);
            }
            (start, sought) = (open, open + 1);
        }
        if is_all {
            let is_plain = sections.add(&held[start..limit], true);
            return Ok(is_plain.then(|| sections.ended(held.len() - limit)));
        }
        held.drain(..start);
        // The last bytes may be the start of a line `---`.
        sought = held.len().saturating_sub(OPEN.len());
    }
}

/// The sections of a file that have been looked at.
#[derive(Default)]
struct Sections {
    found: Scanned,
    /// How many lines end in them.
    lines: usize,
}

impl Sections {
    /// Looks at the section that comes next. Says whether it is one that can be judged alone.
    fn add(&mut self, bytes: &[u8], is_last: bool) -> bool {
        let at = self.found.length;
        let is_plain = match at {
            0 => self.add_preamble(bytes),
            _ => self.add_document(&Section { bytes, at }, is_last),
        };
        self.lines += memchr::memchr_iter(b'\n', bytes).count();
        self.found.length += bytes.len();
        is_plain
    }

    fn add_preamble(&mut self, bytes: &[u8]) -> bool {
        self.found.preamble = bytes.to_vec();
        bytes.is_empty() || check_version(bytes).is_ok() && text_before_documents(bytes).is_none()
    }

    fn add_document(&mut self, section: &Section<'_>, is_last: bool) -> bool {
        let frame = section.frame();
        if !frame.is_closed && is_last {
            self.found.scan.torn = Some(section.at);
            return true;
        }
        if !frame.is_closed || section.shows_merge(&frame) || section.text_behind(&frame).is_some() {
            return false;
        }
        let Some(document) = section.document(&frame, self.lines + 1) else { return false };
        self.found.scan.documents.push(document);
        self.found.sums.push(sum(&section.bytes[..frame.end]));
        true
    }

    /// What is known at the end of the file, where there is less than the line that would open a document.
    fn ended(mut self, stub: usize) -> Scanned {
        if stub > 0 {
            self.found.scan.torn.get_or_insert(self.found.length);
        }
        self.found.length += stub;
        self.found
    }
}

#[cfg(test)]
mod tests;
