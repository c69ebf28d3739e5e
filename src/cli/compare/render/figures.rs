//! Tokens and costs, before and after.

use crate::cli::compare::{FileChange, Sums};
use crate::model::text::grouped;
use crate::providers::Usage;
use crate::providers::price::{Dollars, Totals};

/// Which count of tokens.
#[derive(Debug, Clone, Copy)]
pub(super) struct Count(fn(&Usage) -> Option<u64>);

impl Count {
    pub(super) const INPUT: Count = Count(|usage| usage.input_tokens);
    pub(super) const OUTPUT: Count = Count(|usage| usage.output_tokens);

    /// `1,204 → 1,560 tokens (+30%) and 300 added`; `None` where nothing was counted.
    pub(super) fn in_words(self, sums: &Sums, unit: &str) -> Option<String> {
        let of = |totals: &Totals| self.0(&totals.usage);
        let (was, is) = (of(&sums.was), of(&sums.is));
        let stayed = (was.is_some() || is.is_some())
            .then(|| (was != is, figures(was.unwrap_or(0), is.unwrap_or(0), unit)));
        let beside = |totals: &Totals| of(totals).filter(|count| *count > 0).map(grouped);
        apart(stayed, unit, beside(&sums.added), beside(&sums.removed))
    }
}

/// What stayed, if it changed or there is nothing else, and what came and went beside it.
fn apart(
    stayed: Option<(bool, String)>,
    unit: &str,
    added: Option<String>,
    removed: Option<String>,
) -> Option<String> {
    let mut out: Vec<String> = Vec::new();
    let is_alone = added.is_none() && removed.is_none();
    out.extend(stayed.filter(|(changed, _)| *changed || is_alone).map(|(_, stayed)| stayed));
    for (amount, word) in [(added, "added"), (removed, "removed")] {
        let Some(amount) = amount else { continue };
        let unit = if out.is_empty() { unit } else { "" };
        out.push(format!("{amount}{unit} {word}"));
    }
    (!out.is_empty()).then(|| out.join(" and "))
}

/// `1,204 → 1,560 tokens (+30%)`, or one of them if they are the same.
fn figures(before: u64, after: u64, unit: &str) -> String {
    if before == after {
        return format!("{}{unit}", grouped(after));
    }
    #[expect(clippy::cast_precision_loss, reason = "a percentage")]
    let share = share(before as f64, after as f64);
    format!("{} → {}{unit}{share}", grouped(before), grouped(after))
}

/// `$0.0021 → $0.0034 (+62%) and $0.0010 added`; `None` where there was nothing to pay for.
pub(super) fn costs(sums: &Sums) -> Option<String> {
    let beside = |totals: &Totals| Some(totals.cost_in_words()).filter(|cost| !cost.is_empty());
    let (was, is) = (&sums.was, &sums.is);
    apart(kept_cost(was, is), "", beside(&sums.added), beside(&sums.removed))
}

/// What those cost that are in both versions, and whether that changed.
fn kept_cost(before: &Totals, after: &Totals) -> Option<(bool, String)> {
    let told = |totals: &Totals| totals.priced > 0 || totals.unpriced == 0;
    if !(told(before) && told(after)) && (before.priced + after.priced) > 0 {
        // One side has no sum: a nought in its place would look like one.
        let [was, is] = [before, after].map(Totals::cost_in_words);
        return Some((true, format!("{was} → {is}")));
    }
    let unknown = match before.unpriced.max(after.unpriced) {
        0 => String::new(),
        count => format!(" and {count} of unknown price"),
    };
    let known =
        before.priced + after.priced > 0 && (before.cost, after.cost) != (Dollars::ZERO, Dollars::ZERO);
    if !known {
        return (!unknown.is_empty()).then(|| (true, "unknown".to_owned()));
    }
    Some((before.cost != after.cost, format!("{}{unknown}", money(before.cost, after.cost))))
}

/// `$0.0021 → $0.0034 (+62%)`, or one of them if they are the same.
fn money(before: Dollars, after: Dollars) -> String {
    if before == after {
        return after.to_string();
    }
    format!("{before} → {after}{}", share(before.as_f64(), after.as_f64()))
}

/// The input and the output tokens of a file, before and after, for a table.
pub(in crate::cli) fn tokens_of(file: &FileChange) -> (String, String) {
    let cell = |count: Count| count.in_words(&file.sums, "").unwrap_or_default();
    (cell(Count::INPUT), cell(Count::OUTPUT))
}

/// What recording a file cost, before and after, for a table.
pub(in crate::cli) fn cost_of(file: &FileChange) -> String {
    let sums = &file.sums;
    if [&sums.was, &sums.is, &sums.added, &sums.removed].iter().any(|totals| totals.unpriced > 0) {
        return "unknown".to_owned();
    }
    let is_free = (sums.before().cost, sums.after().cost) == (Dollars::ZERO, Dollars::ZERO);
    if is_free { String::new() } else { costs(sums).unwrap_or_default() }
}

fn share(before: f64, after: f64) -> String {
    if before <= 0.0 { String::new() } else { format!(" ({:+.0}%)", (after / before - 1.0) * 100.0) }
}

/// What a call read and wrote, and what it cost, where that is not what it was.
pub(in crate::cli) fn tokens(
    before: &Usage,
    after: &Usage,
    cost: (Option<Dollars>, Option<Dollars>),
) -> Option<String> {
    let mut out = Vec::new();
    for (what, count) in [("input", Count::INPUT), ("output", Count::OUTPUT)] {
        let (was, is) = (count.0(before), count.0(after));
        if was != is {
            out.push(match was {
                None => format!("{what} {}", grouped(is.unwrap_or(0))),
                Some(was) => format!("{what} {}", figures(was, is.unwrap_or(0), "")),
            });
        }
    }
    if let Some(last) = out.last_mut() {
        last.push_str(" tokens");
    }
    match cost {
        (Some(was), Some(is)) if was != is => out.push(money(was, is)),
        (None, Some(is)) => out.push(is.to_string()),
        _ => {}
    }
    (!out.is_empty()).then(|| out.join(", "))
}
