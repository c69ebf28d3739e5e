//! Tokens and costs, before and after.

use crate::cli::compare::FileChange;
use crate::model::text::grouped;
use crate::providers::Usage;
use crate::providers::price::{Dollars, Totals};

pub(super) fn both(before: &Usage, after: &Usage) -> [(Option<u64>, Option<u64>); 2] {
    [(before.input_tokens, after.input_tokens), (before.output_tokens, after.output_tokens)]
}

/// `input 1,204 → 1,560 tokens (+30%)`.
pub(super) fn from_to(what: &str, before: Option<u64>, after: Option<u64>, unit: &str) -> Option<String> {
    if before.is_none() && after.is_none() {
        return None;
    }
    Some(format!("{what} {}", figures(before.unwrap_or(0), after.unwrap_or(0), unit)))
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

pub(super) fn costs(before: &Totals, after: &Totals) -> Option<String> {
    let told = |totals: &Totals| totals.priced > 0 || totals.unpriced == 0;
    if !(told(before) && told(after)) && (before.priced + after.priced) > 0 {
        // One side has no sum: a nought in its place would look like one.
        let [was, is] = [before, after].map(Totals::cost_in_words);
        return Some(format!("cost {was} → {is}"));
    }
    let unknown = match before.unpriced.max(after.unpriced) {
        0 => String::new(),
        count => format!(" and {count} of unknown price"),
    };
    let known =
        before.priced + after.priced > 0 && (before.cost, after.cost) != (Dollars::ZERO, Dollars::ZERO);
    if !known {
        return (!unknown.is_empty()).then(|| "cost unknown".to_owned());
    }
    Some(format!("cost {}{unknown}", money(before.cost, after.cost)))
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
    let cell = |(before, after): (Option<u64>, Option<u64>)| match (before, after) {
        (None, None) => String::new(),
        (before, after) => figures(before.unwrap_or(0), after.unwrap_or(0), ""),
    };
    let [input, output] = both(&file.before.usage, &file.after.usage);
    (cell(input), cell(output))
}

/// What recording a file cost, before and after, for a table.
pub(in crate::cli) fn cost_of(file: &FileChange) -> String {
    let (before, after) = (&file.before, &file.after);
    if before.unpriced.max(after.unpriced) > 0 {
        return "unknown".to_owned();
    }
    let free = (before.cost, after.cost) == (Dollars::ZERO, Dollars::ZERO);
    if free { String::new() } else { money(before.cost, after.cost) }
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
    for (what, (was, is)) in ["input", "output"].into_iter().zip(both(before, after)) {
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
