//! What all cassettes add up to, and a list of them.

use super::chart::{Bar, Chart, Series};
use super::figures::{rounded, totals, unpriced};
use super::html::Html;
use super::{Call, Cassette, Context, filters, money, table, trends};
use crate::model::text::{grouped, plural};
use crate::providers::price::Dollars;

/// What is stacked in the chart of tokens.
const TOKENS: [Series; 2] =
    [Series { name: "input tokens", class: "input" }, Series { name: "output tokens", class: "output" }];

/// What is drawn in the chart of costs.
const COST: [Series; 1] = [Series { name: "for recording", class: "cost" }];

/// Shows the overview. `anchors` has an address for each cassette.
pub(super) fn show(cassettes: &[Cassette], anchors: &[String], context: &Context<'_>, html: &mut Html) {
    html.element("section", &[("aria-labelledby", "overview"), ("class", "overview")], |html| {
        html.markup("<h2 id=\"overview\">Overview</h2>");
        tiles(cassettes, html);
        prices(cassettes, context, html);
    });
    filters::show(cassettes, context, html);
    html.element("section", &[("aria-label", "Charts"), ("class", "overview charts")], |html| {
        trends::show(cassettes, context, html);
        tokens(cassettes, anchors).show(html);
        costs(cassettes, anchors).show(html);
    });
    html.element("section", &[("aria-labelledby", "list"), ("class", "overview")], |html| {
        html.markup("<h2 id=\"list\">Cassettes</h2>");
        if cassettes.is_empty() {
            html.markup("<p>There are no cassettes.</p>");
            return;
        }
        table::show(cassettes, anchors, context, html);
        html.leaf("p", &[("class", "note")], &note(cassettes, context));
    });
}

fn note(cassettes: &[Cassette], context: &Context<'_>) -> String {
    let clock = context.clock;
    let stale = format!(
        "stale: the oldest recording was more than {} old on {}",
        plural(clock.stale_after_days() as usize, "day"),
        clock.today()
    );
    match cassettes.iter().flat_map(Cassette::calls).any(|call| call.unused) {
        true => format!(
            "{stale}; unused: not used on this machine since it was recorded, while others beside it were"
        ),
        false => stale,
    }
}

fn tiles(cassettes: &[Cassette], html: &mut Html) {
    let calls = || cassettes.iter().flat_map(Cassette::calls);
    let all = totals(calls());
    let usage = &all.usage;
    let some = |name: &'static str, number: Option<u64>| {
        number.filter(|number| *number > 0).map(|number| (name, number))
    };
    let tiles = [
        Some(("cassettes", cassettes.len() as u64)),
        Some(("interactions", all.interactions)),
        Some(("input tokens", usage.input_tokens.unwrap_or(0))),
        some("of these cached", usage.cache_read_input_tokens),
        Some(("output tokens", usage.output_tokens.unwrap_or(0))),
        some("of these reasoning", usage.reasoning_output_tokens),
        some("played since", Some(calls().map(Call::hits).fold(0, u64::saturating_add))),
    ];
    // What is pinned is played in a refresh, and costs nothing.
    let sent = totals(calls().filter(|call| !call.parsed.interaction.labels.pinned));
    let saved = trends::saved(calls());
    html.element("dl", &[("class", "tiles")], |html| {
        for (name, number) in tiles.into_iter().flatten() {
            html.element("div", &[], |html| {
                html.leaf("dt", &[], name);
                html.leaf("dd", &[("title", &grouped(number))], &rounded(number));
            });
        }
        if !money::cost(&sent).is_empty() {
            html.element("div", &[], |html| {
                html.leaf("dt", &[], "a full refresh today");
                money::leaf("dd", &[], &sent, html);
            });
        }
        if saved > Dollars::ZERO {
            html.element("div", &[], |html| {
                html.leaf("dt", &[], "saved by replaying");
                html.leaf("dd", &[("title", &money::exact(saved))], &money::rounded(saved));
            });
        }
    });
}

fn tokens(cassettes: &[Cassette], anchors: &[String]) -> Chart {
    let bar = |(cassette, anchor): (&Cassette, &String)| {
        let usage = totals(cassette.calls()).usage;
        Bar {
            name: cassette.name.clone(),
            anchor: Some(anchor.clone()),
            amounts: vec![usage.input_tokens.unwrap_or(0), usage.output_tokens.unwrap_or(0)],
            unknown: None,
        }
    };
    Chart {
        title: "Tokens per cassette",
        series: &TOKENS,
        bars: cassettes.iter().zip(anchors).map(bar).collect(),
        written: grouped,
        exact: grouped,
    }
}

fn costs(cassettes: &[Cassette], anchors: &[String]) -> Chart {
    let bar = |(cassette, anchor): (&Cassette, &String)| {
        let totals = totals(cassette.calls());
        Bar {
            name: cassette.name.clone(),
            anchor: Some(anchor.clone()),
            amounts: vec![totals.cost.billionths()],
            unknown: unpriced(&totals),
        }
    };
    Chart {
        title: "Cost of recording per cassette",
        series: &COST,
        bars: cassettes.iter().zip(anchors).map(bar).collect(),
        written: |amount| money::rounded(Dollars::of_billionths(amount)),
        exact: |amount| money::exact(Dollars::of_billionths(amount)),
    }
}

/// Where the prices are from, and for how much there is none.
fn prices(cassettes: &[Cassette], context: &Context<'_>, html: &mut Html) {
    let totals = totals(cassettes.iter().flat_map(Cassette::calls));
    if money::cost(&totals).is_empty() {
        return;
    }
    let source = &context.prices.source;
    let rendered = match unpriced(&totals) {
        None => format!("prices: {source}"),
        Some(unpriced) => {
            format!("prices: {source}; {unpriced}, in no sum: `--prices FILE` names a table that has it")
        }
    };
    html.leaf("p", &[("class", "note")], &rendered);
}
