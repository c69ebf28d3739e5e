//! How conversations went with the providers' prompt caches.

use crate::cli::commands::entries::Cassette;
use crate::cli::commands::output::{Output, Style};
use crate::cli::commands::table::{Table, percent};
use crate::cli::stats::{Lost, Prompts, Stats};
use crate::model::text::grouped;
use crate::providers::price::Prices;
use crate::session::prompt_cache::{Call, Figures, Net, State, turns};

/// Lost turns that are told; JSON has all of them.
const MOST: usize = 10;

pub(super) fn prompts(cassette: &Cassette, prices: &Prices) -> Prompts {
    let interactions = cassette.entries.iter().map(|entry| &entry.parsed.interaction);
    let calls: Vec<Call<'_>> =
        interactions.map(|interaction| Call::new(&interaction.request, interaction)).collect();
    let places = turns(&calls);
    let lost = places.iter().zip(&cassette.entries).filter_map(|(place, entry)| {
        let turn = place.turn.as_ref()?;
        let State::Moved { what, .. } = &turn.state else { return None };
        Some(Lost { line: entry.line, turn: turn.number, what: what.clone() })
    });
    Prompts { figures: Figures::of(&calls, &places, prices), lost: lost.collect() }
}

/// Nothing where nobody took a second turn.
pub(super) fn show(stats: &Stats, output: &mut Output) {
    let heads = ["Prompt cache", "conversations", "turns", "kept", "moved", "cached", "saved"];
    let mut table = Table::new(1, &heads);
    let rendered: Vec<_> = stats.prompts.iter().filter(|(_, prompts)| prompts.figures.turns > 0).collect();
    rendered.iter().for_each(|(name, prompts)| table.row(row(name, &prompts.figures)));
    if rendered.is_empty() {
        return;
    }
    table.print(output);
    let lost: Vec<String> = rendered
        .iter()
        .flat_map(|(name, prompts)| {
            prompts.lost.iter().map(move |Lost { line, turn, what }| {
                format!("{name}:{line}: turn {turn}: {}", what.join("; "))
            })
        })
        .collect();
    for line in lost.iter().take(MOST) {
        output.styled(Style::Warning, line);
    }
    if lost.len() > MOST {
        output.line(&format!(
            "… and {} more; run `llm-cassette show` to see them",
            grouped((lost.len() - MOST) as u64)
        ));
    }
}

fn row(name: &str, figures: &Figures) -> Vec<String> {
    let saved = match figures.saving.net() {
        None => "unknown".to_owned(),
        Some(Net::Saved(amount)) => amount.to_string(),
        Some(Net::Lost(amount)) => format!("-{amount}"),
    };
    let counts = [figures.conversations, figures.turns, figures.kept, figures.moved].map(grouped);
    [name.to_owned()].into_iter().chain(counts).chain([percent(figures.cached_share()), saved]).collect()
}
