//! What became of the requests, for the summary and for the bar.

use crate::cli::commands::output::{Output, Style};
use crate::cli::commands::table::Table;
use crate::cli::warm::Job;
use crate::model::json::{Json, object};
use crate::model::text::grouped;
use crate::providers::price::Dollars;
use crate::session::budget::Spent;

/// How a run stands.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    pub(super) recorded: usize,
    /// Pairs that became recordings.
    pub(super) written: usize,
    pub(super) there: usize,
    pub(super) repeated: usize,
    /// Lines of a log that hold no request.
    pub(super) other_lines: usize,
    pub(super) failures: Vec<Failure>,
    /// Calls that were not sent, since something stopped the run.
    pub(super) unsent: usize,
    pub(super) stopped: Option<Stop>,
    pub(super) spent: Spent,
}

/// Why no more calls are sent.
#[derive(Debug, Clone)]
pub(super) struct Stop {
    /// Without secrets.
    pub(super) reason: String,
    /// What to do before the next run.
    pub(super) hint: &'static str,
}

/// A request that is not in the cassette for all that was tried.
#[derive(Debug, Clone)]
pub(super) struct Failure {
    id: Option<String>,
    line: usize,
    attempts: u32,
    /// Without secrets.
    reason: String,
}

impl Tally {
    pub(super) fn fail(&mut self, job: &Job, reason: String, attempts: u32) {
        self.failures.push(Failure { id: job.id.clone(), line: job.line, attempts, reason });
    }

    /// How many requests have come to an end in this run.
    pub(super) fn done(&self) -> usize {
        self.recorded + self.written + self.failures.len()
    }

    /// Whether everything that was asked for is in the cassette.
    pub(super) fn complete(&self) -> bool {
        self.failures.is_empty() && self.unsent == 0
    }

    /// As in `recorded 8, already there 2, failed 1 · 1,204 tokens · $0.0021`.
    pub(super) fn in_words(&self) -> String {
        let mut rendered = vec![format!("recorded {}", grouped(self.recorded as u64))];
        for (count, what) in [
            (self.written, "written"),
            (self.there, "already there"),
            (self.repeated, "repeated"),
            (self.other_lines, "other lines"),
            (self.failures.len(), "failed"),
            (self.unsent, "not sent"),
        ] {
            if count > 0 {
                rendered.push(format!("{what} {}", grouped(count as u64)));
            }
        }
        let mut parts = vec![rendered.join(", ")];
        if self.spent.tokens > 0 {
            parts.push(format!("{} tokens", grouped(self.spent.tokens)));
        }
        match self.spent.unpriced.first() {
            Some(model) => parts.push(format!("the price of {model} is unknown")),
            None if self.spent.dollars > Dollars::ZERO => parts.push(self.spent.dollars.to_string()),
            None => {}
        }
        parts.join(" · ")
    }
}

/// Prints the summary, and the failures below it in the order of the lines.
pub(super) fn show(tally: &Tally, output: &mut Output) {
    let mut failures: Vec<&Failure> = tally.failures.iter().collect();
    failures.sort_by_key(|failure| failure.line);
    if output.wants_json() {
        output.value(&tree(tally, &failures));
        return;
    }
    output.line(&tally.in_words());
    if let Some(stop) = &tally.stopped {
        output.styled(Style::Warning, &format!("stopped: {}", stop.reason));
        output.line(&format!("hint: {} and run the same command again; what is recorded is kept", stop.hint));
    }
    if failures.is_empty() {
        return;
    }
    let mut table = Table::new(4, &["id", "line", "attempts", "why"]);
    for failure in failures {
        table.row(vec![
            shown(failure.id.as_deref()),
            failure.line.to_string(),
            failure.attempts.to_string(),
            on_one_line(&failure.reason),
        ]);
    }
    table.print(output);
}

/// What a line calls itself, in a cell of a table.
pub(super) fn shown(id: Option<&str>) -> String {
    id.map_or_else(|| "-".to_owned(), on_one_line)
}

fn on_one_line(text: &str) -> String {
    text.lines().collect::<Vec<_>>().join(" ")
}

fn tree(tally: &Tally, failures: &[&Failure]) -> Json {
    let count = |count: usize| Json::from(count as u64);
    let usd = match tally.spent.unpriced.first() {
        Some(_) => Json::Null,
        None => Json::Number(tally.spent.dollars.exact()),
    };
    object([
        ("recorded", count(tally.recorded)),
        ("written", count(tally.written)),
        ("there", count(tally.there)),
        ("repeated", count(tally.repeated)),
        ("other_lines", count(tally.other_lines)),
        ("failed", count(tally.failures.len())),
        ("not_sent", count(tally.unsent)),
        ("stopped", tally.stopped.as_ref().map_or(Json::Null, |stop| Json::from(stop.reason.as_str()))),
        ("tokens", Json::from(tally.spent.tokens)),
        ("usd", usd),
        ("failures", Json::Array(failures.iter().map(|failure| failure.tree()).collect())),
    ])
}

impl Failure {
    fn tree(&self) -> Json {
        object([
            ("custom_id", self.id.as_deref().map_or(Json::Null, Json::from)),
            ("line", Json::from(self.line as u64)),
            ("attempts", Json::from(u64::from(self.attempts))),
            ("reason", Json::from(self.reason.as_str())),
        ])
    }
}
