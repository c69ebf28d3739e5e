//! Texts for a message: cut to what matters, and harmless to a terminal.

use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::model::text::{JOINERS, escape_line, plural};

/// Characters of a value within a sentence.
const MAX_VALUE: usize = 80;
/// Longer lists are not searched for what they have in common in their middles: that takes quadratic time.
const MAX_SEARCHED: usize = 500;

/// How much is told before the rest is only counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Differences named at most; a request that differs in more is simply another one.
    pub(super) differences: usize,
    /// Characters of one line of a diff.
    width: usize,
    /// Lines of each side of one place in a diff.
    lines: usize,
    /// Places of a diff.
    places: usize,
}

impl Limits {
    /// As much as one reads in passing.
    pub(crate) const SHORT: Limits = Limits { differences: 10, width: 160, lines: 4, places: 3 };
    /// Everything.
    #[cfg(feature = "cli")]
    pub(crate) const NONE: Limits =
        Limits { differences: usize::MAX, width: usize::MAX, lines: usize::MAX, places: usize::MAX };
}

/// Where two lists differ: what stands in one and what stands there in the other.
pub(crate) fn places<T: PartialEq + Eq + std::hash::Hash + Ord>(
    old: &[T],
    new: &[T],
) -> Vec<(Range<usize>, Range<usize>)> {
    let front = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let back = old[front..].iter().rev().zip(new[front..].iter().rev()).take_while(|(a, b)| a == b).count();
    let (old, new) = (&old[front..old.len() - back], &new[front..new.len() - back]);
    if old.is_empty() && new.is_empty() {
        return Vec::new();
    }
    let shifted = |range: Range<usize>| range.start + front..range.end + front;
    if old.len().max(new.len()) > MAX_SEARCHED {
        return vec![(shifted(0..old.len()), shifted(0..new.len()))];
    }
    // Operations that touch each other are one place.
    let mut places: Vec<(Range<usize>, Range<usize>)> = Vec::new();
    for operation in capture_diff_slices(Algorithm::Myers, old, new) {
        if matches!(operation, DiffOp::Equal { .. }) {
            continue;
        }
        let (a, b) = (shifted(operation.old_range()), shifted(operation.new_range()));
        match places.last_mut().filter(|(x, y)| x.end == a.start && y.end == b.start) {
            Some((x, y)) => (x.end, y.end) = (a.end, b.end),
            None => places.push((a, b)),
        }
    }
    places
}

/// The lines that differ, those of the old text with a minus and those of the new one with a plus.
pub(super) fn diff(old: &str, new: &str, limits: Limits) -> String {
    let before: Vec<&str> = old.split_inclusive('\n').collect();
    let after: Vec<&str> = new.split_inclusive('\n').collect();
    let places = places(&before, &after);
    let mut lines = Vec::new();
    for (gone, come) in places.iter().take(limits.places) {
        let (gone, come) = (&before[gone.clone()], &after[come.clone()]);
        let pairs = gone.len().max(come.len());
        let cut: Vec<_> = (0..pairs.min(limits.lines))
            .map(|at| apart(gone.get(at).copied(), come.get(at).copied(), limits.width))
            .collect();
        lines.extend(cut.iter().filter_map(|(line, _)| Some(format!("- {}", line.as_ref()?))));
        lines.extend(more(gone.len(), "-", limits));
        lines.extend(cut.iter().filter_map(|(_, line)| Some(format!("+ {}", line.as_ref()?))));
        lines.extend(more(come.len(), "+", limits));
    }
    match places.len().saturating_sub(limits.places) {
        0 => {}
        more => lines.push(format!("… and in {}", plural(more, "more place"))),
    }
    lines.join("\n")
}

fn more(lines: usize, sign: &str, limits: Limits) -> Option<String> {
    match lines.saturating_sub(limits.lines) {
        0 => None,
        more => Some(format!("{sign} … and {}", plural(more, "more line"))),
    }
}

/// Two lines that took each other's place, cut to the neighbourhood of where they part. Where that cannot be seen, as it
/// is white space or joins letters, they stand in quotes.
fn apart(old: Option<&str>, new: Option<&str>, width: usize) -> (Option<String>, Option<String>) {
    let (Some(old), Some(new)) = (old, new) else {
        return (old.map(|line| cut(line, 0, width, bare)), new.map(|line| cut(line, 0, width, bare)));
    };
    let common = old.chars().zip(new.chars()).take_while(|(a, b)| a == b).count();
    let seen = |line: &str| line.trim_end().replace(JOINERS, "");
    let unseen = seen(old) == seen(new);
    let show = if unseen { quoted } else { bare };
    (Some(cut(old, common, width, show)), Some(cut(new, common, width, show)))
}

/// A line, or the part of a long one in which `place` lies.
fn cut(line: &str, place: usize, width: usize, show: fn(&str) -> String) -> String {
    let length = line.chars().count();
    if length <= width {
        return show(line);
    }
    let start = place.saturating_sub(width / 4).min(length - width);
    let shown: String = line.chars().skip(start).take(width).collect();
    let before = if start > 0 { "…" } else { "" };
    let after = if start + width < length { "…" } else { "" };
    format!("{before}{}{after}", show(&shown))
}

fn bare(line: &str) -> String {
    escape_line(line.strip_suffix('\n').unwrap_or(line))
}

fn quoted(line: &str) -> String {
    format!("{line:?}")
}

/// The first characters of a text.
pub(crate) fn shorten(text: &str) -> String {
    let mut short: String = text.chars().take(MAX_VALUE).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    escape_line(&short)
}
