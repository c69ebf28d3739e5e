//! `llm-cassette stats`: how much is recorded, how often it is used, what it cost and what replaying saves.

mod prompts;

use std::path::PathBuf;

use crate::cli::Outcome;
use crate::cli::commands::ledgers::{Ledgers, used};
use crate::cli::commands::output::Output;
use crate::cli::commands::prices::Chosen;
use crate::cli::commands::table::{Table, percent};
use crate::cli::commands::unread::Unread;
use crate::cli::commands::{entries, files};
use crate::cli::stats::{self, Figures, Misses, Stats};
use crate::model::error::Error;
use crate::model::json::Json;
use crate::model::text::{grouped, plural};
use crate::providers::Usage;
use crate::providers::price::{Dollars, Prices};

/// Show how much is recorded, how often it is used, what it cost, and what replaying saves.
///
/// A cassette that cannot be read is told on standard error, in JSON among `unreadable`, is not in the sums, and makes
/// the command end with 2.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// Files or folders; the current folder if there are none.
    paths: Vec<PathBuf>,
    #[command(flatten)]
    prices: Chosen,
}

pub(in crate::cli) fn run(arguments: &Arguments, output: &mut Output) -> Result<Outcome, Error> {
    let prices = arguments.prices.table()?;
    let mut cassettes = Vec::new();
    let mut unread = Unread::default();
    for path in files::cassettes(&arguments.paths)? {
        cassettes.extend(unread.unless(&path, entries::read(&path)));
    }
    let stats = add_up(&cassettes, &prices)?;
    if output.wants_json() {
        let mut tree = stats::tree(&stats);
        if let Json::Object(fields) = &mut tree {
            fields.push(("unreadable".to_owned(), Json::Array(unread.trees().collect())));
        }
        output.value(&tree);
        return unread.outcome();
    }
    show(&stats, cassettes.len(), output);
    output.flush()?;
    unread.outcome()
}

fn add_up(cassettes: &[entries::Cassette], prices: &Prices) -> Result<Stats, Error> {
    let mut known = Ledgers::default();
    let ledgers = cassettes.iter().map(|cassette| known.beside(&cassette.path));
    let ledgers = ledgers.collect::<Result<Vec<_>, Error>>()?;
    let (mut entries, mut misses) = (Vec::new(), Vec::new());
    let paths: Vec<String> =
        cassettes.iter().map(|cassette| cassette.path.to_string_lossy().into_owned()).collect();
    for ((cassette, path), summary) in cassettes.iter().zip(&paths).zip(&ledgers) {
        let name = cassette.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for entry in &cassette.entries {
            let interaction = &entry.parsed.interaction;
            entries.push(stats::Entry {
                cassette: path,
                provider: interaction.provider.as_deref(),
                model: interaction.model.as_deref(),
                usage: Usage::of(&interaction.usage),
                bill: entry.parsed.bill(),
                usage_count: interaction.usage_count,
                times: interaction.response.body.times.as_ref(),
                since: used(summary, &cassette.path, entry),
            });
        }
        let missed = summary.missed.iter().filter(|((cassette, _), _)| *cassette == name);
        misses.extend(missed.map(|((_, provider), missed)| Misses {
            cassette: path,
            provider: provider.as_deref(),
            count: missed.count,
        }));
    }
    let mut stats = stats::stats(&entries, &misses, prices);
    stats.prompts = cassettes
        .iter()
        .zip(paths)
        .map(|(cassette, path)| (path, prompts::prompts(cassette, prices)))
        .collect();
    Ok(stats)
}

fn show(stats: &Stats, cassettes: usize, output: &mut Output) {
    let all = &stats.all;
    let average = all.average_usage_count().map(|average| format!(" ({average:.1} each on average)"));
    output.line(&format!(
        "{} in {}, used {}{}",
        plural(all.totals.interactions as usize, "interaction"),
        plural(cassettes, "cassette"),
        plural(all.usage_count as usize, "time"),
        average.unwrap_or_default(),
    ));
    if all.requests() > 0 {
        output.line(&format!(
            "{} of {} requests came from a cassette ({}), {} did not",
            grouped(all.hits),
            grouped(all.requests()),
            percent(all.hit_rate()),
            grouped(all.misses),
        ));
    }
    let unknown = match all.totals.unpriced {
        0 => String::new(),
        count => format!("; the price of {} is unknown", grouped(count)),
    };
    output.line(&format!(
        "Recording cost {}, replaying saved {}{unknown} ({})",
        all.totals.cost, all.saved, stats.prices
    ));
    if let Some((first_byte, total)) = all.times.means() {
        output
            .line(&format!("Recording took {total:.0} ms on average, {first_byte:.0} ms to the first byte"));
    }
    for (title, parts, is_of_models) in [
        ("Provider", &stats.providers, false),
        ("Model", &stats.models, true),
        ("Cassette", &stats.cassettes, false),
    ] {
        let mut table = Table::new(
            1,
            &[
                title,
                "entries",
                "uses",
                "hits",
                "misses",
                "hit rate",
                "input",
                "output",
                "cached",
                "cost",
                "saved",
                "first chunk",
                "tokens/s",
            ],
        );
        parts.iter().for_each(|(name, figures)| table.row(row(name, figures, is_of_models)));
        if !parts.is_empty() {
            table.print(output);
        }
    }
    prompts::show(stats, output);
    let parts = [&stats.providers, &stats.models, &stats.cassettes].into_iter().flatten();
    if parts
        .map(|(_, figures)| figures)
        .any(|figures| figures.cached_share().is_some_and(|share| share > 1.0))
    {
        output.line(
            "\nMore than 100% cached is what a provider said that counts cached tokens beside the input",
        );
    }
}

/// How fast answers streamed is said of models only: over several of them it is no figure of anything.
fn row(name: &str, figures: &Figures, is_of_model: bool) -> Vec<String> {
    let count = |value: Option<u64>| value.map_or_else(|| "-".to_owned(), grouped);
    let totals = &figures.totals;
    let speed = |median: Option<f64>, unit: &str| {
        median.filter(|_| is_of_model).map_or_else(|| "-".to_owned(), |median| format!("{median:.0}{unit}"))
    };
    let amount = |sum: Dollars| match totals.in_words(sum) {
        nothing if nothing.is_empty() => "-".to_owned(),
        sum => sum,
    };
    vec![
        name.to_owned(),
        grouped(totals.interactions),
        grouped(figures.usage_count),
        grouped(figures.hits),
        grouped(figures.misses),
        percent(figures.hit_rate()),
        count(totals.usage.input_tokens),
        count(totals.usage.output_tokens),
        percent(figures.cached_share()),
        amount(totals.cost),
        amount(figures.saved),
        speed(figures.streams.first_chunk(), " ms"),
        speed(figures.streams.tokens_per_second(), ""),
    ]
}
