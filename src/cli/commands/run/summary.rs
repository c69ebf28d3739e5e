//! What a run came to, as its end tells: on standard error, as standard output is the command's.

use std::path::Path;

use super::RUN;
use super::came::{Came, Cassette};
use crate::cli::commands::output::{Output, Style};
use crate::model::json::{Json, object};
use crate::model::text::{plural, shown_path};
use crate::session::telling::line::Why;

/// Refused requests of one cassette that are told in full, and those that are told at all; and unused recordings.
const IN_FULL: usize = 3;
const LISTED: usize = 10;

/// Shows what became of all requests. `again` is what to type for another run.
pub(super) fn show(came: &Came, again: &dyn Fn() -> String, code: u8, output: &mut Output) {
    if output.wants_json() {
        output.document(&format!("{}\n", as_json(came, code).compact()));
        return;
    }
    for (file, cassette) in &came.cassettes {
        one(file, cassette, output);
    }
    let total = match came.cassettes.len() {
        0 => "no cassette was opened, and nobody asked the server".to_owned(),
        count => format!("{}: {}", plural(count, "cassette"), came.total()),
    };
    output.styled(Style::Heading, &format!("llm-cassette: {total}"));
    if let Some(hint) = hint(came, again) {
        output.line(&format!("hint: {hint}"));
    }
}

/// What a cassette came to, where that is more than that it played.
fn one(file: &Path, cassette: &Cassette, output: &mut Output) {
    let Cassette { report, refused, errors, silent, .. } = cassette;
    let is_quiet = refused.is_empty() && errors.is_empty() && *silent == 0 && report.unused.is_empty();
    if is_quiet && report.skipped.is_empty() && report.expired == 0 && report.recorded == 0 {
        return;
    }
    output.line(&format!("{}: {report}", shown_path(file)));
    for (index, refused) in refused.iter().take(LISTED).enumerate() {
        for line in refused.message.lines().take(if index < IN_FULL { usize::MAX } else { 1 }) {
            output.styled(Style::Warning, &format!("  {line}"));
        }
    }
    more(refused.len(), output);
    for error in errors {
        error.lines().for_each(|line| output.styled(Style::Warning, &format!("  {line}")));
    }
    for unused in report.unused.iter().take(LISTED) {
        output.styled(Style::Faint, &format!("  unused: line {unused}"));
    }
    more(report.unused.len(), output);
    if *silent > 0 {
        let who = match silent {
            1 => "a process that opened it ended".to_owned(),
            count => format!("{} of processes that opened it ended", plural(*count, "handle")),
        };
        output.styled(
            Style::Warning,
            &format!("  {who} without saying what it came to: what it played is not counted"),
        );
    }
}

fn more(count: usize, output: &mut Output) {
    if count > LISTED {
        output.line(&format!("  … and {} more", count - LISTED));
    }
}

/// What to do about requests that were refused, or about none that came.
fn hint(came: &Came, again: &dyn Fn() -> String) -> Option<String> {
    if came.cassettes.is_empty() {
        return Some(
            "an SDK finds the server by a variable such as `OPENAI_BASE_URL`; one that reads none takes its base URL from \
             `LLM_CASSETTE_URL` in the code under test"
                .to_owned(),
        );
    }
    let refused = || came.cassettes.values().flat_map(|cassette| &cassette.refused);
    if refused().any(|refused| refused.why == Why::Missed) {
        let again = again().replacen(RUN, &format!("{RUN} --mode record"), 1);
        return Some(format!("to record what is missing, run `{again}` with your API keys set"));
    }
    refused().find_map(|refused| refused.hint.clone())
}

fn as_json(came: &Came, code: u8) -> Json {
    let text = |text: &str| Json::from(text);
    let cassettes = came.cassettes.iter().map(|(file, cassette)| {
        let refused = cassette.refused.iter().map(|refused| {
            let line = refused.line.map_or(Json::Null, |line| Json::Number(line.to_string()));
            object([("message", text(&refused.message)), ("line", line)])
        });
        let head = [("file", Json::from(shown_path(file))), ("mode", Json::from(cassette.mode.to_string()))];
        let tail = [
            ("refused", Json::Array(refused.collect())),
            ("errors", Json::Array(cassette.errors.iter().map(|error| text(error)).collect())),
            ("silent", Json::Number(cassette.silent.to_string())),
        ];
        object(head.into_iter().chain(cassette.report.fields()).chain(tail))
    });
    let cassettes = Json::Array(cassettes.collect());
    let head = [("exit_code", Json::Number(code.to_string()))];
    object(head.into_iter().chain(came.total().fields()).chain([("cassettes", cassettes)]))
}
