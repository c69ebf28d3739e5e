//! What the cassettes of a server did, as its end tells.

use std::collections::BTreeMap;

use crate::adapters::server::{Ended, as_json};
use crate::cli::Outcome;
use crate::cli::commands::output::{Output, Style};
use crate::model::text::{plural, shown_path};
use crate::session::report::Report;

/// Misses that are listed.
const LISTED: usize = 10;

/// Shows what all runs came to, and says how that is to be taken.
pub(in crate::cli::commands) fn show(ended: &BTreeMap<String, Ended>, output: &mut Output) -> Outcome {
    let mut total = Report::default();
    ended.values().for_each(|ended| total.add(&ended.report));
    let errors = ended.values().map(|ended| ended.errors.len()).sum::<usize>();
    if output.wants_json() {
        output.value(&as_json(ended));
    } else {
        for ended in ended.values() {
            one(ended, output);
        }
        if ended.len() != 1 {
            output.styled(Style::Heading, &format!("{}: {total}", plural(ended.len(), "cassette")));
        }
    }
    match total.missed.is_empty() && errors == 0 {
        true => Outcome::Fine,
        false => Outcome::Found,
    }
}

fn one(ended: &Ended, output: &mut Output) {
    output.line(&format!("{}: {}", shown_path(&ended.path), ended.report));
    for miss in ended.report.missed.iter().take(LISTED) {
        output.styled(Style::Warning, &format!("  {miss}"));
    }
    if ended.report.missed.len() > LISTED {
        output.line(&format!("  … and {} more", ended.report.missed.len() - LISTED));
    }
    for unused in ended.report.unused.iter().take(LISTED) {
        output.styled(Style::Faint, &format!("  unused: {unused}"));
    }
    for error in &ended.errors {
        output.styled(Style::Warning, &format!("  {error}"));
    }
}
