//! What the cassettes of a server did, as its end tells.

use std::collections::BTreeMap;
use std::path::Path;

use crate::adapters::server::{Ended, as_json};
use crate::cli::Outcome;
use crate::cli::commands::output::{Output, Style};
use crate::model::error::Error;
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
        let files = by_file(ended);
        for (path, (report, errors)) in &files {
            one(path, report, errors, output);
        }
        if files.len() != 1 {
            output.styled(Style::Heading, &format!("{}: {total}", plural(files.len(), "cassette")));
        }
    }
    match total.missed.is_empty() && errors == 0 {
        true => Outcome::Fine,
        false => Outcome::Found,
    }
}

/// Several clients may have played one file, each from its beginning. What none of them used is unused.
fn by_file(ended: &BTreeMap<String, Ended>) -> BTreeMap<&Path, (Report, Vec<&Error>)> {
    let mut files: BTreeMap<&Path, (Report, Vec<&Error>)> = BTreeMap::new();
    for ended in ended.values() {
        let is_first = !files.contains_key(&*ended.path);
        let (report, errors) = files.entry(&ended.path).or_default();
        let unused_before = std::mem::take(&mut report.unused);
        report.add(&ended.report);
        if !is_first {
            report.unused.retain(|unused| unused_before.contains(unused));
        }
        errors.extend(&ended.errors);
    }
    files
}

fn one(path: &Path, report: &Report, errors: &[&Error], output: &mut Output) {
    output.line(&format!("{}: {report}", shown_path(path)));
    for miss in report.missed.iter().take(LISTED) {
        output.styled(Style::Warning, &format!("  {miss}"));
    }
    if report.missed.len() > LISTED {
        output.line(&format!("  … and {} more", report.missed.len() - LISTED));
    }
    for unused in report.unused.iter().take(LISTED) {
        output.styled(Style::Faint, &format!("  unused: {unused}"));
    }
    for error in errors {
        output.styled(Style::Warning, &format!("  {error}"));
    }
}
