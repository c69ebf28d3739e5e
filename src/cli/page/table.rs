//! The list of cassettes. With scripts, it is sorted by whichever column somebody asks for.

use super::figures::{day, totals};
use super::html::Html;
use super::{Call, Cassette, Content, Context, money};
use crate::model::text::grouped;
use crate::providers::price::Totals;

/// Shows it. `anchors` has an address for each cassette.
pub(super) fn show(cassettes: &[Cassette], anchors: &[String], context: &Context<'_>, html: &mut Html) {
    // Where no ledger says anything, there is nothing to say of uses.
    let has_uses = cassettes.iter().flat_map(Cassette::calls).any(|call| call.uses.last_at.is_some());
    html.element("table", &[("class", "sortable")], |html| {
        html.markup(
            "<caption class=\"unseen\">Every cassette with its interactions and tokens</caption><thead><tr>\
             <th scope=\"col\">Cassette<th scope=\"col\">Interactions<th scope=\"col\">Input tokens\
             <th scope=\"col\">Output tokens<th scope=\"col\">Cost<th scope=\"col\">Oldest",
        );
        if has_uses {
            html.markup("<th scope=\"col\">Hits<th scope=\"col\">Last used");
        }
        html.markup("</tr></thead>");
        html.element("tbody", &[], |html| {
            for (cassette, anchor) in cassettes.iter().zip(anchors) {
                row(cassette, anchor, has_uses, context, html);
            }
        });
    });
}

fn row(cassette: &Cassette, anchor: &str, has_uses: bool, context: &Context<'_>, html: &mut Html) {
    html.element("tr", &[], |html| {
        html.element("th", &[("scope", "row")], |html| {
            html.leaf("a", &[("href", &format!("#{anchor}"))], &cassette.name);
            for mark in context.marks_of_all(cassette) {
                html.text(" ");
                mark.show(html);
            }
        });
        let Content::Calls { calls, .. } = &cassette.content else {
            html.markup(if has_uses { "<td colspan=\"7\">" } else { "<td colspan=\"5\">" });
            return;
        };
        let totals = totals(calls);
        let number = |name: &'static str, number: u64| Cell {
            name,
            value: number.to_string(),
            shown: grouped(number),
        };
        let text = |name: &'static str, shown: Option<String>| {
            let shown = shown.unwrap_or_default();
            Cell { name, value: shown.clone(), shown }
        };
        let cells = [
            number("Interactions", totals.interactions),
            number("Input tokens", totals.usage.input_tokens.unwrap_or(0)),
            number("Output tokens", totals.usage.output_tokens.unwrap_or(0)),
            Cell { name: "Cost", value: sortable(&totals), shown: money::cost(&totals) },
            text("Oldest", oldest(cassette)),
        ];
        let uses = [
            number("Hits", calls.iter().map(Call::hits).fold(0, u64::saturating_add)),
            text("Last used", calls.iter().filter_map(|call| call.uses.last_at).max().and_then(day)),
        ];
        for Cell { name, value, shown } in cells.into_iter().chain(uses.into_iter().filter(|_| has_uses)) {
            let (attributes, exact) =
                ([("data-name", name), ("data-value", &value)], money::exact_cost(&totals));
            let is_rounded = name == "Cost" && exact != shown;
            let exact = is_rounded.then_some(("title", exact.as_str()));
            let attributes: Vec<_> = attributes.into_iter().chain(exact).collect();
            html.leaf("td", &attributes, &shown);
        }
    });
}

/// What stands in a cell, and what it is sorted by; nothing comes last.
struct Cell {
    name: &'static str,
    value: String,
    shown: String,
}

fn sortable(totals: &Totals) -> String {
    if totals.priced > 0 { totals.cost.exact() } else { String::new() }
}

/// The day of the oldest recording.
fn oldest(cassette: &Cassette) -> Option<String> {
    let times = cassette.calls().iter().map(|call| call.parsed.interaction.recorded_at.as_str());
    times.min().map(|time| time.chars().take(10).collect())
}
