//! How recordings age, what models take and how fast they were: charts of all that the page shows.

use std::collections::BTreeMap;

use super::chart::{self, Bar, Chart};
use super::columns::{self, Column, Columns, Series, Stands};
use super::figures::{duration, totals};
use super::html::Html;
use super::{Call, Cassette, Context, money};
use crate::model::text::{grouped, plural};
use crate::providers::price::Dollars;

/// Months that have a column of their own; a telephone has room for no more.
const MONTHS: usize = 18;

/// Tokens as they stand on one another.
pub(super) const TOKENS: [Series; 3] = [
    Series { name: "cached input", class: "cached" },
    Series { name: "other input", class: "input" },
    Series { name: "output", class: "output" },
];

const AGES: [Series; 2] =
    [Series { name: "recorded", class: "cost" }, Series { name: "stale", class: "stale" }];

const MONEY: [Series; 2] =
    [Series { name: "spent", class: "output" }, Series { name: "saved", class: "cost" }];

const BY_MODEL: [chart::Series; 3] = [
    chart::Series { name: "cached input tokens", class: "cached" },
    chart::Series { name: "other input tokens", class: "input" },
    chart::Series { name: "output tokens", class: "output" },
];

const TIMES: [chart::Series; 2] = [
    chart::Series { name: "to the first byte", class: "input" },
    chart::Series { name: "from there to the last", class: "cached" },
];

/// Shows them.
pub(super) fn show(cassettes: &[Cassette], context: &Context<'_>, html: &mut Html) {
    let calls: Vec<&Call> = cassettes.iter().flat_map(Cassette::calls).collect();
    ages(&calls, context).show(html);
    money_by_month(&calls).show(html);
    tokens(&calls).show(html);
    times(&calls).show(html);
}

/// What playing saved, as far as prices are known.
pub(super) fn saved<'a>(calls: impl Iterator<Item = &'a Call>) -> Dollars {
    calls
        .filter_map(|call| {
            let cost = call.payment.known()?;
            Some(cost.total.times(call.hits()))
        })
        .sum()
}

/// How many recordings are of each month, and how many of them are stale.
fn ages(calls: &[&Call], context: &Context<'_>) -> Columns {
    let time = |call: &&Call| call.parsed.interaction.recorded_at.clone();
    let times: Vec<String> = calls.iter().map(time).collect();
    let months = columns::months(times.iter().map(String::as_str), MONTHS);
    let mut counts: BTreeMap<&str, [u64; 2]> = months.iter().map(|month| (month.as_str(), [0, 0])).collect();
    let mut before = [0, 0];
    for at in &times {
        let stale = usize::from(context.clock.is_stale(at));
        match at.get(..7).and_then(|month| counts.get_mut(month)) {
            Some(count) => count[stale] += 1,
            None => before[stale] += 1,
        }
    }
    let told = |month: &str, [fresh, stale]: [u64; 2]| {
        let all = plural(fresh + stale, "recording");
        match stale {
            0 => format!("{month}: {all}"),
            stale => format!("{month}: {all}, {} stale", grouped(stale)),
        }
    };
    let first = months.first().cloned().unwrap_or_default();
    let older = (before != [0, 0]).then(|| Column {
        label: "…".to_owned(),
        told: told(&format!("before {first}"), before),
        amounts: before.to_vec(),
    });
    let columns = months.iter().zip(counts.values()).map(|(month, count)| Column {
        label: columns::label(month, *month == first),
        told: told(month, *count),
        amounts: count.to_vec(),
    });
    Columns {
        title: "Recordings by month",
        series: AGES.to_vec(),
        columns: older.into_iter().chain(columns).collect(),
        stands: Stands::Stacked,
    }
}

/// What the recordings of each month cost, and what plays saved in it. Of plays that nobody can date it is said together.
fn money_by_month(calls: &[&Call]) -> Columns {
    let mut sums: BTreeMap<String, [Dollars; 2]> = BTreeMap::new();
    let mut undated = Dollars::ZERO;
    for call in calls {
        let Some(cost) = call.payment.known() else { continue };
        let recorded: String = call.parsed.interaction.recorded_at.chars().take(7).collect();
        // The run that recorded it played it, too.
        let by_its_run = cost.total.times(call.hits() - call.uses.hits);
        let spent_and_saved = sums.entry(recorded).or_default();
        spent_and_saved[0] += cost.total;
        spent_and_saved[1] += by_its_run;
        let mut dated = 0_u64;
        for (month, hits) in call.uses.months.iter() {
            sums.entry(month).or_default()[1] += cost.total.times(hits);
            dated = dated.saturating_add(hits);
        }
        undated += cost.total.times(call.uses.hits.saturating_sub(dated));
    }
    let months = columns::months(sums.keys().map(String::as_str), MONTHS);
    let first = months.first().cloned().unwrap_or_default();
    let mut before = [Dollars::ZERO, undated];
    for (_, [spent, saved]) in sums.range(..first.clone()) {
        before[0] += *spent;
        before[1] += *saved;
    }
    let column = |label: String, when: &str, [spent, saved]: [Dollars; 2]| Column {
        label,
        told: format!("{when}: {} spent, {} saved", money::exact(spent), money::exact(saved)),
        amounts: vec![spent.billionths(), saved.billionths()],
    };
    let older = (before != [Dollars::ZERO; 2]).then(|| column("…".to_owned(), "earlier", before));
    let each = months.iter().map(|month| {
        let sums = sums.get(month).copied().unwrap_or_default();
        column(columns::label(month, *month == first), month, sums)
    });
    Columns {
        title: "Spent on recordings and saved by replays, by month",
        series: MONEY.to_vec(),
        columns: older.into_iter().chain(each).collect(),
        stands: Stands::Beside,
    }
}

fn by_model<'a>(calls: &[&'a Call]) -> BTreeMap<&'a str, Vec<&'a Call>> {
    let mut models: BTreeMap<&str, Vec<&Call>> = BTreeMap::new();
    for call in calls {
        models
            .entry(call.parsed.interaction.model.as_deref().unwrap_or("unknown model"))
            .or_default()
            .push(call);
    }
    models
}

fn tokens(calls: &[&Call]) -> Chart {
    let bar = |(model, calls): (&str, Vec<&Call>)| {
        let usage = totals(calls).usage;
        let input = usage.input_tokens.unwrap_or(0);
        let cached = usage.cache_read_input_tokens.unwrap_or(0).min(input);
        Bar {
            name: model.to_owned(),
            anchor: None,
            amounts: vec![cached, input - cached, usage.output_tokens.unwrap_or(0)],
            unknown: None,
        }
    };
    Chart {
        title: "Tokens by model",
        series: &BY_MODEL,
        bars: by_model(calls).into_iter().map(bar).collect(),
        written: grouped,
        exact: grouped,
    }
}

/// How long recording took, the middle of what each model took.
fn times(calls: &[&Call]) -> Chart {
    let bar = |(model, calls): (&str, Vec<&Call>)| {
        let times: Vec<(u64, u64)> = calls.iter().filter_map(|call| call.times()).collect();
        let first = median(times.iter().map(|(first, _)| *first).collect())?;
        let all = median(times.iter().map(|(_, all)| *all).collect())?;
        Some(Bar {
            name: model.to_owned(),
            anchor: None,
            amounts: vec![first, all.saturating_sub(first)],
            unknown: None,
        })
    };
    Chart {
        title: "Time to answer when recorded, by model (median)",
        series: &TIMES,
        bars: by_model(calls).into_iter().filter_map(bar).collect(),
        written: duration,
        exact: duration,
    }
}

/// The value in the middle; of an even number of them, the lower one there.
fn median(mut values: Vec<u64>) -> Option<u64> {
    values.sort_unstable();
    values.get(values.len().saturating_sub(1) / 2).copied()
}
