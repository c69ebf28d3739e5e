//! `llm-cassette list`: what there is.

use std::path::PathBuf;

use super::output::{Output, Style, plain};
use super::{Outcome, entries, files};
use crate::error::Error;
use crate::json::Json;
use crate::miss;
use crate::select::{Candidate, Selection};

/// List cassettes and their interactions.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Files or folders; the current folder if there are none.
    paths: Vec<PathBuf>,
    /// Only interactions that fit, such as `provider=openai,tag=faq,older_than=30d` or `pinned`.
    #[arg(long, value_name = "CONDITIONS", default_value = "")]
    only: String,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Outcome, Error> {
    let only = Selection::parse(&arguments.only)?;
    let mut cassettes = Vec::new();
    for path in files::cassettes(&arguments.paths)? {
        let mut cassette = entries::read(&path)?;
        let path = cassette.path.display().to_string().replace('\\', "/");
        cassette.entries.retain(|entry| {
            let key = entry.key().to_string();
            only.fits(&Candidate::of(&entry.parsed.interaction, &path, &key))
        });
        if only.is_empty() || !cassette.entries.is_empty() {
            cassettes.push(cassette);
        }
    }
    if output.wants_json() {
        output.value(&Json::Array(cassettes.iter().map(tree).collect()));
        return Ok(Outcome::Fine);
    }
    for cassette in &cassettes {
        let count = cassette.entries.len();
        let heading = format!("{} ({count})", cassette.path.display());
        output.line(&output.paint(Style::Heading, &plain(&heading)));
        for entry in &cassette.entries {
            let interaction = &entry.parsed.interaction;
            let model = interaction.model.as_deref().unwrap_or("-");
            let labels =
                interaction.labels.in_words().map(|labels| format!("  {labels}")).unwrap_or_default();
            let line = format!(
                "  {:>5}  {}  {}  {}  {}{labels}",
                entry.line,
                entry.key().short(),
                interaction.recorded_at,
                miss::address(&interaction.request),
                model
            );
            output.line(&plain(&line));
        }
    }
    Ok(Outcome::Fine)
}

fn tree(cassette: &entries::Cassette) -> Json {
    let text = |text: &str| Json::from(text);
    let entry = |entry: &entries::Entry| {
        let interaction = &entry.parsed.interaction;
        let optional = |value: &Option<String>| value.as_deref().map_or(Json::Null, Json::from);
        let usage = interaction.usage.iter().map(|(name, count)| (name.clone(), Json::from(*count)));
        let mut fields = vec![
            ("line".to_owned(), Json::from(entry.line as u64)),
            ("key".to_owned(), Json::from(entry.key().to_string())),
            ("take".to_owned(), Json::from(interaction.take)),
            ("recorded_at".to_owned(), text(&interaction.recorded_at)),
            ("method".to_owned(), text(interaction.request.method.as_str())),
            ("url".to_owned(), text(&interaction.request.url)),
            ("status".to_owned(), Json::from(u64::from(interaction.response.status.as_u16()))),
            ("provider".to_owned(), optional(&interaction.provider)),
            ("model".to_owned(), optional(&interaction.model)),
            ("usage".to_owned(), Json::Object(usage.collect())),
        ];
        fields.extend(interaction.labels.fields());
        Json::Object(fields)
    };
    Json::Object(vec![
        ("path".to_owned(), text(&cassette.path.to_string_lossy())),
        ("torn".to_owned(), Json::Bool(cassette.torn)),
        ("interactions".to_owned(), Json::Array(cassette.entries.iter().map(entry).collect())),
    ])
}
