//! A cassette without some of its interactions. Bytes in, bytes out; no I/O.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use crate::format::first_line;
use crate::model::error::Error;
use crate::store::relink::{Piece, Stance, link};
use crate::store::tape::{Parsed, SlotId, Tape};

/// The file without the documents in some slots. What extends one of them is written again, so that it says what it said.
/// Comments are somebody's own words and stay; nothing is left where there is nothing else.
pub(crate) fn without(path: &Path, tape: &Tape, goes: &HashSet<SlotId>) -> Result<Vec<u8>, Error> {
    let slots = tape.all().collect::<Result<Vec<(SlotId, Arc<Parsed>)>, Error>>()?;
    let staying = slots.iter().filter(|(slot, _)| !goes.contains(slot));
    let pieces: Vec<Piece<'_>> =
        staying.map(|(slot, parsed)| Piece::of(tape, *slot, parsed, Stance::Keeps)).collect();
    let mut texts = link(&pieces).map_err(|place| pieces[place].unlinkable(path))?.into_iter();
    let mut out = tape.preamble().to_vec();
    for (slot, _) in &slots {
        if !goes.contains(slot) {
            out.extend(texts.next().iter().flat_map(|text| text.bytes()));
        }
        out.extend_from_slice(tape.comments(*slot));
    }
    // An editor may have put CR LF behind the first line, and a byte order mark before it.
    let text = out.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&out);
    let rest = text.strip_prefix(first_line().trim_ascii_end().as_bytes());
    Ok(if rest.is_some_and(|rest| rest.trim_ascii().is_empty()) { Vec::new() } else { out })
}

/// A cassette that has become smaller.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fitted {
    pub(crate) bytes: Vec<u8>,
    /// How many interactions went.
    pub(crate) evicted: usize,
}

/// The file without as many of the groups as have to go, from the first, for it to have no more than so many bytes. It has
/// more if that is all that may go. `None` when nothing goes.
pub(super) fn to_fit(
    path: &Path,
    tape: &Tape,
    room: usize,
    groups: impl IntoIterator<Item = Vec<SlotId>>,
) -> Result<Option<Fitted>, Error> {
    let mut goes = HashSet::new();
    let parts = |slot| tape.text(slot).len() + tape.comments(slot).len();
    let mut size = tape.preamble().len() + (0..tape.len()).map(parts).sum::<usize>();
    for group in groups {
        if size <= room {
            break;
        }
        // At best: what goes on from one of them is longer without it.
        size = size.saturating_sub(group.iter().map(|slot| tape.text(*slot).len()).sum());
        goes.extend(group);
        if size <= room {
            size = without(path, tape, &goes)?.len();
        }
    }
    if goes.is_empty() {
        return Ok(None);
    }
    Ok(Some(Fitted { bytes: without(path, tape, &goes)?, evicted: goes.len() }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::user_rules::Rules;

    fn document(name: &str) -> String {
        format!(
            "--- # POST {name}\nkey: {}\nrecorded_at: \"2026-11-21T05:13:13Z\"\nusage_count: 1\nrequest:\n  method: POST\n  \
             url: https://example.com/{name}\nresponse:\n  status: 200\n...\n",
            "0".repeat(64)
        )
    }

    fn left(text: &str, goes: &[SlotId]) -> String {
        let path = Path::new("x.yaml");
        let (tape, _) = Tape::new(path, text.as_bytes().to_vec(), Rules::default()).unwrap();
        String::from_utf8(without(path, &tape, &goes.iter().copied().collect()).unwrap()).unwrap()
    }

    #[test]
    fn what_stays_stays_byte_for_byte_with_every_comment() {
        let (first, second, third) = (document("a"), document("b"), document("c"));
        let text = format!("# llm-cassette 1\n# mine\n{first}# of b\n{second}\n# of c\n{third}# end\n");
        assert_eq!(left(&text, &[]), text);
        assert_eq!(left(&text, &[1]), text.replace(&second, ""));
        assert_eq!(left(&text, &[0, 1, 2]), "# llm-cassette 1\n# mine\n# of b\n\n# of c\n# end\n");
    }

    #[test]
    fn as_much_goes_as_has_to_and_in_the_order_that_is_given() {
        let path = Path::new("x.yaml");
        let text = format!("# llm-cassette 1\n{}", ["a", "b", "c", "d"].map(document).concat());
        let (tape, _) = Tape::new(path, text.as_bytes().to_vec(), Rules::default()).unwrap();
        let one = document("a").len();
        let fitted = |room| to_fit(path, &tape, room, [vec![2], vec![0, 1], vec![3]]).unwrap();
        let text_of = |fitted: Option<Fitted>| fitted.map(|fitted| (fitted.bytes, fitted.evicted));
        let rest = |names: &[&str]| {
            let documents: String = names.iter().map(|name| document(name)).collect();
            format!("# llm-cassette 1\n{documents}").into_bytes()
        };
        assert_eq!(text_of(fitted(text.len())), None);
        assert_eq!(text_of(fitted(text.len() - 1)), Some((rest(&["a", "b", "d"]), 1)));
        assert_eq!(text_of(fitted(text.len() - one)), Some((rest(&["a", "b", "d"]), 1)));
        assert_eq!(text_of(fitted(text.len() - one - 1)), Some((rest(&["d"]), 3)));
        assert_eq!(text_of(fitted(0)), Some((Vec::new(), 4)));
    }

    #[test]
    fn nothing_is_left_of_a_file_without_words_of_its_own() {
        let text = format!("# llm-cassette 1\n{}\n{}", document("a"), document("b"));
        assert_eq!(left(&text, &[0, 1]), "");
        assert_eq!(left(&text.replace('\n', "\r\n"), &[0, 1]), "");
        assert_eq!(left(&format!("\u{feff}{text}"), &[0, 1]), "");
        let variable = text.replacen('\n', "\n# variable now: \"noon\"\n", 1);
        assert_eq!(left(&variable, &[0, 1]), "# llm-cassette 1\n# variable now: \"noon\"\n\n");
    }
}
