//! What a refresh is answered, until it is finished: kept in a journal as each answer ends, so that no run that nobody finishes
//! loses what was paid for; and played by the next run, which goes on from there.

use std::collections::HashSet;
use std::path::Path;
use std::sync::{Arc, MutexGuard, PoisonError};

use super::admission::under_ids_of;
use super::{PendingRecording, Session, State, Step};
use crate::model::error::Error;
use crate::model::exchange::{Ending, Head};
use crate::model::mode::Mode;
use crate::model::text::{plural, shell_quoted, shown_path};
use crate::model::unrecorded::Cause;
use crate::model::warn::warn;
use crate::session::lookup::Lookup;
use crate::session::resumed::Kept;
use crate::store::document::Document;
use crate::store::journal::{self, Call, Found, Journal, Left, Run};
use crate::store::tape::Parsed;
use crate::store::writer::Destination;

/// How old an answer may be that a refresh plays instead of asking again. It is asked for to bring what the model says now.
const USABLE_FOR: jiff::SignedDuration = jiff::SignedDuration::from_hours(7 * 24);

/// The journal of this run.
#[derive(Debug, Default)]
pub(super) struct Keeping {
    journal: Option<Journal>,
    /// The calls whose answers are in it.
    kept: HashSet<u64>,
    /// What could not be kept, and that it was said.
    failed: bool,
    /// It was said that the run was not finished.
    told: bool,
}

impl Keeping {
    /// The journal is that of a run that died.
    #[cfg(feature = "cli")]
    pub(super) fn take_over(&mut self, journal: Journal) {
        self.journal = Some(journal);
    }
}

/// The journals that a run can go on from.
pub(super) fn left(session: &Session) -> Result<Vec<Left>, Error> {
    let mut left = Vec::new();
    for found in journal::beside(&session.path, &session.settings.rules)? {
        match found {
            Found::Running(_) => {}
            Found::Left(journal) => left.push(*journal),
            Found::Unreadable(journal) => warn(&format!(
                "{}: a refresh was not finished, and what it was answered cannot be read ({}); \
                 `llm-cassette refresh --discard {}` removes it",
                shown_path(&session.path),
                journal.error.message(),
                shell_quoted(&session.path)
            )),
        }
    }
    // What this test has left is the likeliest to be asked for by it.
    left.sort_by_key(|journal| !session.is_of_this_test(&journal.run));
    Ok(left)
}

impl Session {
    fn keeping(&self) -> MutexGuard<'_, Keeping> {
        self.keeping.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps an answer that this refresh was given, before the client has all of it.
    pub(super) fn keep_in_journal(&self, order: u64, document: &Document) {
        if self.mode != Mode::Refresh {
            return;
        }
        let variables = self.state().variables.unwritten().to_vec();
        let mut keeping = self.keeping();
        let mut journal = keeping.journal.take().map_or_else(|| Journal::begin(&self.path, &self.run()), Ok);
        let call = Call { order, altered: document.altered };
        let kept = match &mut journal {
            Ok(journal) => journal.append(call, document, &variables),
            Err(error) => Err(error.again()),
        };
        keeping.journal = journal.ok();
        match kept {
            Ok(()) => {
                keeping.kept.insert(order);
            }
            Err(error) => {
                if !std::mem::replace(&mut keeping.failed, true) {
                    warn(&format!(
                        "{}: what this refresh is answered cannot be kept as it comes, and is lost unless the run is \
                         finished: {}",
                        shown_path(&self.path),
                        error.message()
                    ));
                }
            }
        }
    }

    fn run(&self) -> Run {
        let rules = &self.settings.rules;
        // A user may have a rule for something secret.
        let is_secret = self.redactor.scan_text(&rules.tree().compact()).is_some();
        Run {
            test: self.settings.test.as_ref().map(|test| test.path.clone()),
            user: self.user_name().map(str::to_owned),
            began_at: jiff::Timestamp::now().to_string(),
            rules: (!is_secret).then(|| rules.clone()),
            waits: self.settings.refreshed == Destination::Beside,
        }
    }

    fn user_name(&self) -> Option<&str> {
        self.user.as_ref()?.name.as_deref()
    }

    /// Whether a run was one of this very test, and of the same handle of it.
    fn is_of_this_test(&self, run: &Run) -> bool {
        run.user.is_some() && run.user.as_deref() == self.user_name()
    }

    /// What runs that nobody finished were answered to a request, as far as it can stand for an answer of now: not when it is
    /// old, or older than what the cassette has; and not when the request has other ids, as it then goes on from something
    /// else.
    pub(super) fn kept_answers(&self, lookup: &Lookup<'_>) -> Vec<Kept> {
        if self.mode != Mode::Refresh || self.left.is_empty() {
            return Vec::new();
        }
        let (_, normal) = lookup.stored();
        let in_file = self.tape.takes(&normal.key).unwrap_or_default();
        let newest = in_file.iter().filter_map(|(_, parsed)| recorded_at(parsed)).max();
        let now = jiff::Timestamp::now();
        let usable = |parsed: &Parsed| {
            let fresh = recorded_at(parsed).is_some_and(|at| {
                now.duration_since(at) <= USABLE_FOR && newest.is_none_or(|newest| newest <= at)
            });
            fresh && parsed.normal().ids == normal.ids
        };
        let journals = self.left.iter().enumerate();
        let all = journals.flat_map(|(journal, left)| {
            left.answers_to(&normal.key).into_iter().map(move |(slot, parsed)| ((journal, slot), parsed))
        });
        let usable = all.filter(|(_, parsed)| usable(parsed));
        usable.map(|(place, parsed)| Kept { place, parsed }).collect()
    }

    /// Answers a call with what an earlier run was answered, as if that had just come. Where another run has been faster with
    /// all of it, the call is to be sent.
    pub(super) fn go_on(
        self: &Arc<Self>,
        mut pending: Box<PendingRecording>,
        first: Kept,
        mut others: Vec<Kept>,
    ) -> Step {
        let mut next = Some(first);
        while let Some(kept) = next {
            match self.claim(pending, kept) {
                Ok(step) => return step,
                Err(unanswered) => pending = unanswered,
            }
            next = self.state().resumed.next(&mut others);
        }
        let allowed = self.may_send(&mut self.state().totals);
        match allowed {
            Ok(()) => Step::Record(pending),
            Err(error) => {
                pending.skip(&Cause::Unanswered.because("no more calls are sent"));
                Step::Refuse(self.over_budget(pending.normal.key, error))
            }
        }
    }

    /// Answers a call with this; gives the call back where another run has claimed the answer.
    fn claim(
        self: &Arc<Self>,
        pending: Box<PendingRecording>,
        kept: Kept,
    ) -> Result<Step, Box<PendingRecording>> {
        let Kept { place: (journal, slot), parsed } = kept;
        let (left, order) = (&self.left[journal], pending.order);
        let parsed = under_ids_of(&pending.request, &parsed).unwrap_or(parsed);
        let mut unanswered = Some(pending);
        // Where the claim cannot be noted, the answer is found once more, which does no harm.
        let _ = left.claim(slot, || {
            if let Some(pending) = unanswered.take() {
                take_over(*pending, &parsed);
            }
        });
        match unanswered {
            Some(pending) => Err(pending),
            None => {
                self.tell_of_resuming(left);
                // What cannot be removed now is found to be of no use by the next refresh.
                if left.unclaimed().is_ok_and(|count| count == 0) {
                    let _ = left.remove();
                }
                Ok(Step::Play(self.state().results.of_call(order).unwrap_or(parsed)))
            }
        }
    }

    fn tell_of_resuming(&self, left: &Left) {
        if !self.state().resumed.tell() {
            return;
        }
        let (path, count) = (shown_path(&self.path), plural(left.len(), "answer"));
        warn(&format!(
            "going on from a refresh of {path} that was not finished: what it was answered ({count}, the last at {}) is \
             played instead of sent; to send everything anew, run `llm-cassette refresh --discard {}` first",
            left.last_recorded_at(),
            shell_quoted(&self.path)
        ));
    }

    /// Puts other documents in the place of those with these texts in the journal of this run, or takes them out of it.
    pub(super) fn restate_kept(&self, changed: &[(String, Option<&Document>)]) -> Result<(), Error> {
        self.keeping().journal.as_mut().map_or(Ok(()), |journal| journal.restate(changed))
    }

    /// The value that an unfinished run gave a variable: its requests hold it.
    pub(super) fn kept_variable(&self, name: &str) -> Option<String> {
        let mut all = self.left.iter().flat_map(Left::variables);
        all.find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// Notes what the cassette is about to become, with all that the journal of this run has.
    pub(super) fn committing(&self, bytes: &[u8]) {
        if let Some(journal) = &self.keeping().journal {
            journal.committing(bytes);
        }
    }

    /// The answers of this run are in the cassette.
    pub(super) fn committed(&self) {
        let mut keeping = self.keeping();
        keeping.kept.clear();
        if let Some(Err(error)) = keeping.journal.take().map(Journal::remove) {
            warn(&error.to_string());
        }
    }

    /// At the end of a run that succeeded: what an earlier run of the same test was answered to what it does not ask any more
    /// goes, where the cassette belongs to that test. What may be another one's stays.
    pub(super) fn discard_leftovers(&self, state: &mut State) -> Result<(), Error> {
        if self.selects() {
            return Ok(());
        }
        let owner = self.owner();
        for left in &self.left {
            let count = left.unclaimed()?;
            let is_ours = owner.as_ref().is_some_and(|owner| owner.is(left.run.user.as_deref()));
            if is_ours && left.remove()? {
                state.totals.discarded(count);
            } else if count > 0 && self.is_of_this_test(&left.run) {
                warn(&format!(
                    "{}: this run did not ask for {} of a refresh that was not finished; other tests may, so nothing goes\n\
                     hint: `llm-cassette refresh --discard {}` discards what is left",
                    shown_path(&self.path),
                    plural(count, "answer"),
                    shell_quoted(&self.path)
                ));
            }
        }
        Ok(())
    }

    /// Says, once, that this refresh has not been finished, and what becomes of its answers.
    pub(crate) fn tell_of_unfinished(&self) {
        let mut keeping = self.keeping();
        if self.mode != Mode::Refresh || keeping.kept.is_empty() || std::mem::replace(&mut keeping.told, true)
        {
            return;
        }
        let Some(journal) = &keeping.journal else { return };
        warn(&format!(
            "the refresh of {} was not finished, so the file is as it was; {} of it {} kept in {}\nhint: {}",
            shown_path(&self.path),
            plural(keeping.kept.len(), "answer"),
            if keeping.kept.len() == 1 { "is" } else { "are" },
            shown_path(journal.folder()),
            hint(&self.path),
        ));
    }

    /// What becomes of what this run has paid for, should it end here.
    pub(super) fn what_is_kept(&self) -> &'static str {
        match self.mode {
            Mode::Refresh if self.keeping().failed => {
                "what this refresh was answered could not be kept, and is lost"
            }
            Mode::Refresh => "what this refresh was answered is kept, and is not sent again",
            _ => "what is recorded is kept",
        }
    }
}

/// The ways to settle what is left of the refreshes of a cassette.
pub(crate) fn hint(cassette: &Path) -> String {
    let file = shell_quoted(cassette);
    format!(
        "run the refresh again to go on from there; or `llm-cassette refresh --resume {file}`, which takes what there is \
         into the cassette; or `llm-cassette refresh --discard {file}`"
    )
}

fn recorded_at(parsed: &Parsed) -> Option<jiff::Timestamp> {
    parsed.interaction.recorded_at.parse().ok()
}

/// Records an answer that came in an earlier run.
fn take_over(mut pending: PendingRecording, answer: &Parsed) {
    pending.resumed = true;
    pending.began = recorded_at(answer).unwrap_or(pending.began);
    let response = &answer.interaction.response;
    let head = Head {
        status: response.status,
        version: response.version,
        url: response.url.clone().unwrap_or_else(|| pending.request.url.clone()),
        headers: response.headers.clone(),
    };
    let mut recorder = pending.answered(head);
    let body = &response.body;
    recorder.noted(body.times.clone());
    let mut at = 0;
    for length in &body.chunks {
        let end = body.bytes.len().min(at + length);
        recorder.chunk(&body.bytes.slice(at..end));
        at = end;
    }
    if at < body.bytes.len() {
        recorder.chunk(&body.bytes.slice(at..));
    }
    // What is not recorded is told of there, and the client has its answer all the same.
    let _ = recorder.end(&Ending::Complete);
}
