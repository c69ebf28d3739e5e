//! `llm-cassette show`: conversations as people read them.

mod cached;
mod page;
mod wrap;

use std::io;
use std::path::{Path, PathBuf};

use crate::cli::Outcome;
use crate::cli::commands::entries::{Cassette, Entry};
use crate::cli::commands::output::{Output, Style, complain};
use crate::cli::commands::prices::Chosen;
use crate::cli::commands::{entries, files};
use crate::cli::conversation::{Repeat, repeats};
use crate::model::chunk_times::ChunkTimes;
use crate::model::error::{Error, ErrorKind};
use crate::model::interaction::Interaction;
use crate::model::json::Json;
use crate::model::text::{grouped, shown_path};
use crate::providers::conversation::Conversation;
use cached::Caching;
use page::{Look, Page, Repeated};

/// Columns of a page that is no terminal; and the widest page, as longer lines are hard to read.
const WIDTH: usize = 100;

/// Show conversations: prompts, answers, tool calls.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// Files or folders; the current folder if there are none.
    paths: Vec<PathBuf>,
    /// Only the conversation whose key starts with these digits.
    #[arg(long, value_name = "PREFIX")]
    key: Option<String>,
    /// Only the last conversation of each cassette.
    #[arg(long)]
    last: bool,
    /// Show everything: long texts, and what a turn repeats of the one before.
    #[arg(long)]
    full: bool,
    /// Show tools with their descriptions and schemas.
    #[arg(long)]
    tools: bool,
    /// Columns of a line; by default as many as the terminal has, and at most 100.
    #[arg(long, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(30..))]
    width: Option<u16>,
    #[command(flatten)]
    prices: Chosen,
}

impl Arguments {
    fn wants(&self, number: usize, cassette: &Cassette) -> bool {
        let key = cassette.entries[number].key().to_string();
        let is_meant = self.key.as_ref().is_none_or(|prefix| key.starts_with(&prefix.to_ascii_lowercase()));
        is_meant && (!self.last || number + 1 == cassette.entries.len())
    }
}

pub(in crate::cli) fn run(arguments: &Arguments, output: &mut Output) -> Result<Outcome, Error> {
    let look = Look {
        width: arguments.width.map_or_else(page_width, usize::from),
        full: arguments.full,
        tools: arguments.tools,
    };
    let prices = arguments.prices.table()?;
    let (mut shown, mut trees, mut failed) = (0, Vec::new(), None);
    for path in files::cassettes(&arguments.paths)? {
        let cassette = match entries::read(&path) {
            Ok(cassette) => cassette,
            // One bad file keeps nobody from reading the others.
            Err(error) => {
                failed.replace(error).iter().for_each(complain);
                continue;
            }
        };
        let rendered = cassette.entries.iter().map(|entry| Conversation::of(&entry.parsed.interaction));
        let rendered: Vec<Conversation> = rendered.collect();
        let wanted: Vec<usize> =
            (0..rendered.len()).filter(|number| arguments.wants(*number, &cassette)).collect();
        let caching = Caching::of(&cassette, &prices);
        if output.wants_json() {
            trees.push(tree(&cassette, &rendered, &wanted, &caching));
        } else {
            page(
                Shown { cassette: &cassette, rendered: &rendered, caching: &caching },
                &wanted,
                look,
                shown > 0,
                output,
            );
        }
        shown += wanted.len();
    }
    if output.wants_json() {
        output.value(&Json::Array(trees));
    }
    let unknown = |prefix: &String| {
        Error::new(ErrorKind::NoMatch, format!("no key starts with `{}`", prefix))
            .with_hint("run `llm-cassette list` to see the keys")
    };
    match failed.or_else(|| arguments.key.as_ref().filter(|_| shown == 0).map(unknown)) {
        Some(error) => Err(error),
        None => Ok(Outcome::Fine),
    }
}

/// A cassette and what is told of it.
struct Shown<'a> {
    cassette: &'a Cassette,
    rendered: &'a [Conversation],
    caching: &'a Caching<'a>,
}

/// The conversations of a cassette, one below the other.
fn page(shown: Shown<'_>, wanted: &[usize], look: Look, mut follows: bool, output: &mut Output) {
    let Shown { cassette, rendered, caching } = shown;
    let repeats = repeats(&rendered.iter().collect::<Vec<_>>());
    for number in wanted {
        if std::mem::replace(&mut follows, true) {
            output.line("");
            output.line("");
        }
        heading(output, &cassette.path, &cassette.entries[*number]);
        for line in caching.lines(*number) {
            let style = if line.is_loss { Style::Warning } else { Style::Faint };
            wrap::wrap(&line.text, look.width).iter().for_each(|line| output.styled(style, line));
        }
        output.line("");
        let repeated = repeats[*number].map(|Repeat { call, messages }| Repeated {
            key: cassette.entries[call].key().short(),
            messages,
            tools: &rendered[call].tools,
        });
        Page { output, look }.conversation(&rendered[*number], repeated.as_ref());
    }
    if cassette.torn && wanted.last() == rendered.len().checked_sub(1).as_ref() {
        let note = format!("{}: the last document is truncated and left out", shown_path(&cassette.path));
        output.line("");
        output.styled(Style::Warning, &note);
    }
}

/// Where it stands, and what is known of it.
fn heading(output: &mut Output, path: &Path, entry: &Entry) {
    let interaction = &entry.parsed.interaction;
    let place = format!("{}:{}", shown_path(path), entry.line);
    output.spans([
        (Style::Heading, place),
        (Style::Plain, "  ".to_owned()),
        (Style::Faint, entry.key().short()),
    ]);
    let mut facts = vec![interaction.provider.clone().unwrap_or_else(|| interaction.request.address())];
    facts.extend(interaction.model.clone());
    facts.push(interaction.recorded_at.replace('T', " ").chars().take(16).collect());
    facts.extend(tokens(interaction));
    facts.extend(interaction.response.body.times.as_ref().map(times));
    let status = interaction.response.status;
    facts.extend((status != 200).then(|| format!("status {}", status.as_u16())));
    facts.extend((interaction.take > 1).then(|| format!("take {}", interaction.take)));
    facts.extend(interaction.labels.in_words());
    output.styled(Style::Faint, &facts.join(" · "));
}

/// `first chunk after 412 ms, last after 5,626 ms`.
fn times(times: &ChunkTimes) -> String {
    let after = |milliseconds: u32| format!("after {} ms", grouped(u64::from(milliseconds)));
    match times.chunks() {
        1 => format!("one chunk {}", after(times.first())),
        _ => format!("first chunk {}, last {}", after(times.first()), after(times.last())),
    }
}

/// `82 → 10 tokens`.
fn tokens(interaction: &Interaction) -> Option<String> {
    let count =
        |name: &str| interaction.usage.iter().find(|(known, _)| known == name).map(|(_, count)| *count);
    match (count("input_tokens"), count("output_tokens")) {
        (Some(read), Some(written)) => Some(format!("{read} → {written} tokens")),
        (Some(read), None) => Some(format!("{read} input tokens")),
        (None, Some(written)) => Some(format!("{written} output tokens")),
        (None, None) => None,
    }
}

fn tree(cassette: &Cassette, rendered: &[Conversation], wanted: &[usize], caching: &Caching<'_>) -> Json {
    let one = |number: &usize| {
        let entry = &cassette.entries[*number];
        let mut fields = entry.fields();
        fields.push(("prompt_cache".to_owned(), caching.tree(*number)));
        fields.push(("conversation".to_owned(), rendered[*number].tree()));
        Json::Object(fields)
    };
    Json::Object(vec![
        ("path".to_owned(), Json::from(cassette.path.to_string_lossy().as_ref())),
        ("truncated".to_owned(), Json::Bool(cassette.torn)),
        ("interactions".to_owned(), Json::Array(wanted.iter().map(one).collect())),
    ])
}

/// The columns of the terminal, if that is where the page goes.
fn page_width() -> usize {
    let terminal = terminal_size::terminal_size_of(io::stdout());
    terminal.map_or(WIDTH, |(width, _)| usize::from(width.0).clamp(30, WIDTH))
}
