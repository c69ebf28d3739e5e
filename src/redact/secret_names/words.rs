//! The words that a name is made of, however they are joined.

use super::table::RUN_ONS;

/// Longer names are told by their end.
const LONGEST: usize = 80;

/// The words of a name in small letters: of `snake_case`, `kebab-case`, `camelCase`, `HTTPHeader`, and of what is written
/// in one, such as `apikey`. Digits at the end of a word tell nothing.
pub(super) fn words(name: &str) -> Vec<String> {
    let from = name.char_indices().rev().take(LONGEST).last().map_or(0, |(at, _)| at);
    let chars: Vec<char> = name[from..].chars().collect();
    let mut words = Vec::new();
    let mut word = String::new();
    for (at, &c) in chars.iter().enumerate() {
        if !c.is_alphanumeric() {
            push(&mut words, &mut word);
            continue;
        }
        let before = at.checked_sub(1).map(|at| chars[at]);
        let goes_up = before.is_some_and(|before| before.is_lowercase() || before.is_numeric());
        let ends_capitals = before.is_some_and(char::is_uppercase)
            && chars.get(at + 1).is_some_and(|next| next.is_lowercase())
            // `APIKeys`, `PATs`.
            && !(chars.get(at + 1) == Some(&'s') && chars.get(at + 2).is_none_or(|c| !c.is_alphanumeric()));
        if c.is_uppercase() && (goes_up || ends_capitals) {
            push(&mut words, &mut word);
        }
        word.extend(c.to_lowercase());
    }
    push(&mut words, &mut word);
    words
}

fn push(words: &mut Vec<String>, word: &mut String) {
    let whole = std::mem::take(word);
    let bare = whole.trim_end_matches(|c: char| c.is_ascii_digit());
    if bare.is_empty() {
        words.extend((!whole.is_empty()).then_some(whole));
        return;
    }
    split(bare, words);
}

/// `apikey` is two words, and so is `pgpassword`.
fn split(word: &str, words: &mut Vec<String>) {
    let Some((before, kind, end)) = parted(word) else {
        words.push(word.to_owned());
        return;
    };
    if !before.is_empty() {
        split(before, words);
    }
    words.extend((!kind.is_empty()).then(|| kind.to_owned()));
    words.push(end.to_owned());
}

/// A word as what stands before, what kind of secret it is, and what is secret, where it is written in one.
fn parted(word: &str) -> Option<(&str, &str, &str)> {
    let one = word.strip_suffix('s').filter(|one| !one.ends_with('s')).unwrap_or(word);
    let (before, end) = RUN_ONS.iter().find_map(|&(end, kinds)| {
        let before = one.strip_suffix(end)?;
        let fits =
            !before.is_empty() && (kinds.is_empty() || kinds.iter().any(|kind| before.ends_with(kind)));
        fits.then(|| (before, &word[before.len()..]))
    })?;
    let kinds = RUN_ONS.iter().filter(|(run_on, _)| end.starts_with(run_on)).flat_map(|(_, kinds)| *kinds);
    let kind = kinds.copied().filter(|kind| before.ends_with(kind)).max_by_key(|kind| kind.len());
    let kind = kind.unwrap_or_default();
    Some((&before[..before.len() - kind.len()], kind, end))
}

/// A name without case and separators.
pub(in crate::redact) fn plain(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '-' | '_' | '.' | ' ')).map(|c| c.to_ascii_lowercase()).collect()
}
