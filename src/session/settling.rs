//! Taking what an unfinished refresh was answered into its cassette, without the test that asked.

use std::collections::{HashMap, HashSet};
use std::sync::PoisonError;

use super::Session;
use super::results::Call;
use crate::matching::request_key::Key;
use crate::model::error::{Error, ErrorKind};
use crate::model::exchange::Cut;
use crate::model::interaction::Interaction;
use crate::model::mode::Mode;
use crate::model::text::shown_path;
use crate::redact::Redactor;
use crate::session::settings::Settings;
use crate::store::document::Document;
use crate::store::journal::Left;
use crate::store::writer::Destination;

/// What became of the answers of a journal.
#[derive(Debug, Default)]
pub(crate) struct Settled {
    /// How many are in the cassette now.
    pub(crate) taken: usize,
    /// How many of them say what the cassette said before.
    pub(crate) unchanged: usize,
    /// How many changes wait for review beside the cassette.
    pub(crate) pending: usize,
    /// Which are not, and why.
    pub(crate) left_out: Vec<String>,
}

/// Commits what a journal holds as a refresh does that stopped there: each answer takes the place of the one it is a new version
/// of, beside the cassette where those of its run were to wait, and nothing is taken out. `None` where somebody else settles it or goes on with it.
pub(crate) fn settle(left: &Left, redactor: Redactor) -> Result<Option<Settled>, Error> {
    let path = &left.cassette;
    let Some(rules) = left.run.rules.clone() else {
        return Err(Error::new(
            ErrorKind::Malformed,
            format!(
                "{}: its journal does not say by which rules requests are compared, so what was answered cannot be put in \
                 its place",
                shown_path(path)
            ),
        )
        .with_hint("run the refresh again, which goes on from there"));
    };
    let Some(journal) = left.take_over()? else { return Ok(None) };
    let documents = left.documents()?;
    let mut settles: HashMap<Key, HashSet<u64>> = HashMap::new();
    for (key, number) in documents.iter().map(|(_, document)| take(document)) {
        settles.entry(key).or_default().insert(number);
    }
    let refreshed = if left.run.waits { Destination::Beside } else { Destination::InPlace };
    let settings =
        Settings { rules, refreshed, quiet: true, no_ledger: true, settles, ..Settings::default() };
    let session = Session::open(path.clone(), Mode::Refresh, settings, redactor)?;
    let mut settled = Settled::default();
    let mut state = session.state();
    for (order, document) in documents {
        let (key, number) = take(&document);
        let there = session.tape.takes(&key)?;
        let old = there.iter().find(|(_, old)| old.interaction.take == number);
        let new = &document.parsed.interaction;
        if let Some(why) = old.map_or_else(|| alone(new), |(_, old)| against(&old.interaction, new)) {
            settled.left_out.push(format!("{}: {why}", new.request.address()));
            continue;
        }
        settled.taken += 1;
        state.results.recorded(Call { order, key, replaces: None, document: Some(document) });
    }
    if settled.taken == 0 {
        return Ok(Some(settled));
    }
    for (name, value) in left.variables() {
        if state.variables.get(&name, &session.tape)?.is_none() {
            state.variables.keep(&name, value, true);
        }
    }
    session.keeping.lock().unwrap_or_else(PoisonError::into_inner).take_over(journal);
    session.write(&mut state, false)?;
    settled.unchanged = state.totals.report().unchanged;
    settled.pending = state.totals.report().pending;
    Ok(Some(settled))
}

/// Which of the answers to a request a document is: the key, and the number.
fn take(document: &Document) -> (Key, u64) {
    (document.parsed.normal().key, document.parsed.interaction.take)
}

/// Why an answer does not take the place of another one.
fn against(old: &Interaction, new: &Interaction) -> Option<&'static str> {
    let time = |interaction: &Interaction| interaction.recorded_at.parse::<jiff::Timestamp>().ok();
    let is_cut = |interaction: &Interaction| interaction.response.body.cut != Cut::Whole;
    if old.labels.pinned {
        return Some("what the cassette has is pinned");
    }
    if time(new) < time(old) {
        return Some("what the cassette has is newer");
    }
    (is_cut(new) && !is_cut(old)).then_some("it is half an answer, and the cassette has a whole one")
}

/// Why an answer to something new is not taken.
fn alone(new: &Interaction) -> Option<&'static str> {
    // Most likely its program died while it read.
    (new.response.body.cut == Cut::ClientAborted).then_some("it is half an answer")
}
