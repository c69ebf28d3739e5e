//! One document as the program writes it.

use super::Meant;
use super::comments;
use crate::format::blobs::Blobs;
use crate::format::checksum;
use crate::format::turns::{Earlier, Reference};
use crate::format::yaml;
use crate::format::{self, CLOSE, OPEN, Opened};
use crate::model::json::Json;

/// A document on its way into the canonical file.
pub(super) struct CanonicalDocument {
    /// From `---` to `...`, and before it what somebody wrote behind `---`.
    pub(super) text: String,
    /// The same without its checksum.
    pub(super) bare: String,
    pub(super) blobs: Blobs,
    /// The lines, the one with `---` being 0, of comments that are not in the text any more.
    pub(super) lost: Vec<usize>,
}

/// Writes a document again, unless its text is what the program writes, but for comments.
pub(super) fn canonicalise(old: &str, meant: &Meant, base: Option<&Meant>) -> CanonicalDocument {
    let interaction = base.map(|base| (base.key, base.redacted.interaction()));
    let earlier = interaction.map(|(key, interaction)| Earlier::new(key, interaction));
    let written = format::write(&meant.redacted, &meant.key, earlier.as_ref());
    let (old_title, old_body) = split(old);
    let (title, body) = split(&written.text);
    let own = checksum::without(old_body);
    let uncommented = comments::without(&own);
    let is_fine = uncommented == body || is_good(&uncommented, body, earlier.as_ref());
    let (kept, lost) = match is_fine {
        true => (own.into_owned(), Vec::new()),
        false => {
            let kept = comments::carried_over(&own, body);
            (kept.text, kept.lost.into_iter().map(|line| line + 1).collect())
        }
    };
    let bare = format!("{}{title}{kept}{CLOSE}\n", words(old_title));
    let text = format!("{}{}", words(old_title), checksum::with_checksum(&format!("{title}{kept}{CLOSE}\n")));
    CanonicalDocument { text, bare, blobs: written.blobs, lost }
}

/// Whether the program wrote this when what it extends was another one still: it repeats less or more than one that is
/// written today, and says the same.
fn is_good(text: &str, today: &str, earlier: Option<&Earlier<'_>>) -> bool {
    let Some(earlier) = earlier else { return false };
    let (Ok(opened), Ok(now)) = (format::open(text), format::open(today)) else { return false };
    let goes_on = |opened: &Opened<'_>| {
        let Reference { key, take, sum } = *opened.extends()?;
        (sum.is_some() && (key, take) == (earlier.key, earlier.take)).then_some(())
    };
    goes_on(&opened).is_some()
        && opened.fits(&earlier.turn)
        && opened.without_repeats() == now.without_repeats()
        && is_written(text)
}

fn is_written(text: &str) -> bool {
    yaml::read(text).is_ok_and(|tree: Json| yaml::write(&tree) == text)
}

/// The line `---`, and what stands between it and the line `...`.
fn split(text: &str) -> (&str, &str) {
    let at = text.find('\n').map_or(text.len(), |at| at + 1);
    let (title, rest) = text.split_at(at);
    let end = rest.trim_end().strip_suffix(CLOSE).map_or(rest.len(), str::len);
    (title, &rest[..end])
}

/// What somebody wrote behind `---`, as a line of its own.
fn words(title: &str) -> String {
    let title = title.strip_prefix(OPEN).unwrap_or_default().trim();
    match title.is_empty() || is_title(title) {
        true => String::new(),
        false => format!("{title}\n"),
    }
}

/// Whether a comment is one that the program writes: it ends with the start of a key, or names but the method.
fn is_title(comment: &str) -> bool {
    let words = comment.trim_start_matches('#').trim();
    let key = words.rsplit(" · ").next().and_then(|end| end.strip_suffix('…'));
    let is_key = |key: &str| key.len() == 8 && key.bytes().all(|byte| byte.is_ascii_hexdigit());
    key.is_some_and(is_key) || words.bytes().all(|byte| byte.is_ascii_uppercase())
}
