//! What became of each file, for the summary.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::cli::commands::output::{Output, Style};
use crate::cli::import::Loss;
use crate::model::json::{Json, object};
use crate::model::text::{grouped, plural, shown_path};

/// How an import went.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) files: Vec<Imported>,
    pub(super) other_files: usize,
    pub(super) dry_run: bool,
}

/// What became of a file.
#[derive(Debug)]
pub(super) struct Imported {
    file: PathBuf,
    cassette: PathBuf,
    pub(super) format: Option<&'static str>,
    exchanges: usize,
    losses: BTreeMap<Loss, usize>,
    /// In so many answers something was replaced, as it was secret.
    altered: usize,
    /// Which exchange of the file, its request, and why it is not imported.
    refused: Vec<(usize, Option<String>, String)>,
    /// Something was refused because it is an error.
    pub(super) is_error: bool,
    /// Why nothing of the file could be read.
    pub(super) unread: Option<String>,
    /// The cassette is there already, and was left alone.
    left: bool,
}

impl Imported {
    pub(super) fn of(file: &Path, cassette: &Path) -> Imported {
        Imported {
            file: file.to_owned(),
            cassette: cassette.to_owned(),
            format: None,
            exchanges: 0,
            losses: BTreeMap::new(),
            altered: 0,
            refused: Vec::new(),
            is_error: false,
            unread: None,
            left: false,
        }
    }

    pub(super) fn count(&mut self, losses: &BTreeSet<Loss>, altered: bool) {
        self.exchanges += 1;
        self.altered += usize::from(altered);
        losses.iter().for_each(|loss| *self.losses.entry(*loss).or_default() += 1);
    }

    pub(super) fn refuse(&mut self, number: usize, request: Option<String>, reason: String) {
        self.refused.push((number, request, reason));
    }

    /// Nothing was written.
    pub(super) fn leave(&mut self) {
        self.left = true;
    }

    fn is_complete(&self) -> bool {
        self.unread.is_none() && !self.left && self.refused.is_empty()
    }
}

impl Tally {
    /// Whether all of each file is in a cassette.
    pub(super) fn is_complete(&self) -> bool {
        self.files.iter().all(Imported::is_complete)
    }

    fn sum(&self, count: impl Fn(&Imported) -> usize) -> usize {
        self.files.iter().map(count).sum()
    }

    fn imported(&self) -> usize {
        self.sum(|file| if file.left { 0 } else { file.exchanges })
    }

    fn refused(&self) -> usize {
        self.sum(|file| file.refused.len())
    }
}

/// Prints each file with what it lost, and the summary below.
pub(super) fn show(tally: &Tally, output: &mut Output) {
    if output.wants_json() {
        output.value(&tree(tally));
        return;
    }
    for file in &tally.files {
        show_file(file, output);
    }
    let verb = if tally.dry_run { "would import" } else { "imported" };
    let mut parts = vec![format!(
        "{verb} {} of {}",
        plural(tally.imported(), "exchange"),
        plural(tally.files.iter().filter(|file| file.exchanges > 0 && !file.left).count(), "file")
    )];
    for (count, what) in [
        (tally.refused(), "refused"),
        (tally.files.iter().filter(|file| file.left).count(), "already there"),
        (tally.files.iter().filter(|file| file.unread.is_some()).count(), "not read"),
        (tally.other_files, "other files"),
    ] {
        if count > 0 {
            parts.push(format!("{what} {}", grouped(count as u64)));
        }
    }
    output.styled(Style::Heading, &parts.join(", "));
    if tally.files.iter().any(|file| file.is_error) {
        output.line("hint: `--errors` imports answers with an error too");
    }
}

fn show_file(file: &Imported, output: &mut Output) {
    let name = shown_path(&file.file);
    if let Some(reason) = &file.unread {
        output.styled(Style::Warning, &format!("{name}: not read: {reason}"));
        return;
    }
    let format = file.format.unwrap_or_default();
    let cassette = shown_path(&file.cassette);
    output.line(&match (file.left, file.exchanges) {
        (true, _) => {
            format!("{name} → {cassette}: left alone, as it is there already; `--force` replaces it")
        }
        (false, 0) => format!("{name}: {format}, nothing to import"),
        (false, count) => format!("{name} → {cassette}: {format}, {}", plural(count, "exchange")),
    });
    for (loss, count) in &file.losses {
        output.styled(Style::Faint, &format!("  lost in {}: {}", grouped(*count as u64), loss.in_words()));
    }
    if file.altered > 0 {
        let count = grouped(file.altered as u64);
        output.styled(Style::Faint, &format!("  replaced in {count}: what was secret in the answer"));
    }
    for (number, request, reason) in &file.refused {
        let reason = reason.lines().collect::<Vec<_>>().join(" ");
        let request = request.as_deref().map(|request| format!(" ({request})")).unwrap_or_default();
        output.styled(Style::Warning, &format!("  refused: exchange {number}{request}: {reason}"));
    }
}

fn tree(tally: &Tally) -> Json {
    let count = |count: usize| Json::from(count as u64);
    object([
        ("imported", count(tally.imported())),
        ("refused", count(tally.refused())),
        ("other_files", count(tally.other_files)),
        ("dry_run", Json::Bool(tally.dry_run)),
        ("files", Json::Array(tally.files.iter().map(file_tree).collect())),
    ])
}

fn file_tree(file: &Imported) -> Json {
    let text = |text: Option<&str>| text.map_or(Json::Null, Json::from);
    let losses = file.losses.iter().map(|(loss, count)| (loss.name().to_owned(), Json::from(*count as u64)));
    let refused = file.refused.iter().map(|(number, request, reason)| {
        object([
            ("exchange", Json::from(*number as u64)),
            ("request", text(request.as_deref())),
            ("reason", Json::from(reason.as_str())),
        ])
    });
    object([
        ("file", Json::from(shown_path(&file.file))),
        ("cassette", Json::from(shown_path(&file.cassette))),
        ("format", text(file.format)),
        ("exchanges", Json::from(file.exchanges as u64)),
        ("left_alone", Json::Bool(file.left)),
        ("lost", Json::Object(losses.collect())),
        ("replaced", Json::from(file.altered as u64)),
        ("refused", Json::Array(refused.collect())),
        ("not_read", text(file.unread.as_deref())),
    ])
}
