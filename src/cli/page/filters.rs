//! Names and words that calls have. They say how many have each; with scripts, each is a button that shows only those.

use std::collections::BTreeMap;

use super::html::Html;
use super::{Call, Cassette, Content, Context, Mark};
use crate::model::text::grouped;

/// Shows them.
pub(super) fn show(cassettes: &[Cassette], context: &Context<'_>, html: &mut Html) {
    let calls = || cassettes.iter().flat_map(Cassette::calls);
    let interactions = || calls().map(|call| &call.parsed.interaction);
    let providers = counted(interactions().filter_map(|interaction| interaction.provider.as_deref()));
    let models = counted(interactions().filter_map(|interaction| interaction.model.as_deref()));
    let marks = marks(cassettes, context);
    html.element("section", &[("aria-label", "Filters"), ("class", "filters")], |html| {
        for (title, kind, counts) in
            [("Providers", "provider", providers), ("Models", "model", models), ("State", "is", marks)]
        {
            chips(title, kind, &counts, html);
        }
    });
}

fn counted<'a>(names: impl Iterator<Item = &'a str>) -> Vec<(&'a str, usize)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    names.for_each(|name| *counts.entry(name).or_default() += 1);
    counts.into_iter().collect()
}

/// What somebody may want to look at, and how much of it there is: interactions, and files where a file is meant.
fn marks(cassettes: &[Cassette], context: &Context<'_>) -> Vec<(&'static str, usize)> {
    let count = |is: &dyn Fn(&Call) -> bool| {
        cassettes.iter().flat_map(Cassette::calls).filter(|call| is(call)).count()
    };
    let torn = |cassette: &&Cassette| matches!(cassette.content, Content::Calls { torn: true, .. });
    let unreadable = |cassette: &&Cassette| matches!(cassette.content, Content::Unreadable(_));
    let marks = [
        (Mark::Stale.word(), count(&|call| context.clock.is_stale(&call.parsed.interaction.recorded_at))),
        (Mark::Unused.word(), count(&|call| call.unused)),
        ("failed", count(&|call| !call.parsed.interaction.response.status.is_success())),
        ("pinned", count(&|call| call.parsed.interaction.labels.pinned)),
        (Mark::Torn.word(), cassettes.iter().filter(torn).count()),
        (Mark::Unreadable.word(), cassettes.iter().filter(unreadable).count()),
    ];
    marks.into_iter().filter(|(_, count)| *count > 0).collect()
}

fn chips(title: &'static str, kind: &'static str, counts: &[(&str, usize)], html: &mut Html) {
    if counts.is_empty() {
        return;
    }
    html.element("p", &[("class", "names")], |html| {
        html.leaf("b", &[], title);
        html.element("span", &[("class", "chips")], |html| {
            for (name, count) in counts {
                let attributes = [("class", "chip"), ("data-filter", kind), ("data-value", name)];
                html.element("span", &attributes, |html| {
                    html.text(name);
                    html.leaf("span", &[("class", "faint")], &format!(" {}", grouped(*count as u64)));
                });
            }
        });
    });
}
