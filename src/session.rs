//! One run of one cassette: what has been asked, played and recorded since it was opened. Every adapter leads here.

mod admission;
pub(crate) mod budget;
mod cursors;
mod decide;
mod divided;
mod eviction;
mod expiry;
mod find;
mod finish;
mod handed_out;
mod hints;
mod history;
#[cfg(feature = "cli")]
pub(crate) mod import;
pub(crate) mod interactions;
mod late_secrets;
mod lookup;
pub(crate) mod memory;
pub(crate) mod miss;
pub(crate) mod ownership;
mod pending;
mod plays;
#[cfg(feature = "cli")]
mod prerecord;
pub(crate) mod prompt_cache;
mod prompts;
mod purse;
mod record;
mod refresh;
mod refresh_commit;
mod refusals;
pub(crate) mod report;
mod rerecord;
mod results;
mod resumed;
pub(crate) mod running_test;
mod scrubbed_errors;
mod selection;
pub(crate) mod selector;
#[cfg(feature = "server")]
mod serving;
pub(crate) mod settings;
#[cfg(feature = "cli")]
pub(crate) mod settling;
pub(crate) mod single_flight;
mod spending;
mod standing;
mod state;
pub(crate) mod tally;
pub(crate) mod telling;
mod totals;
mod trace;
mod traffic;
mod turns;
mod under_way;
pub(crate) mod unfinished;
mod users;
mod variables;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use crate::matching::old_ids::OldIds;
use crate::matching::request_key::{Key, normalise};
use crate::matching::user_rules::Rules;
use crate::model::error::Error;
use crate::model::exchange::Request;
use crate::model::interaction::Interaction;
use crate::model::mode::Mode;
use crate::model::text::{shell_quoted, shown_path};
use crate::model::unrecorded::Unrecorded;
use crate::model::view::RequestView;
use crate::model::warn::warn;
use crate::model::wire::asked::asked_of;
use crate::providers;
use crate::providers::price::Worth;
use crate::redact::Redactor;
use crate::session::memory::Memory;
use crate::session::report::Skipped;
use crate::session::running_test::RunningTest;
use crate::session::settings::Settings;
use crate::store::journal::Left;
use crate::store::ledger::{self, Ended, Event, Ledger, Summary};
use crate::store::pending::Pending;
use crate::store::tape::{Parsed, Recordings};
use crate::store::writer::CassetteWriter;
use divided::Divisions;
use history::{Entry, History};
use lookup::Lookup;
use plays::Plays;
use record::Beside;
use results::Results;
use state::State;
use telling::Telling;
use traffic::Traffic;
use unfinished::Keeping;
use users::User;

pub(crate) use pending::PendingRecording;
#[cfg(feature = "cli")]
pub(crate) use prerecord::Known;
pub(crate) use record::Recorder;
pub(crate) use spending::cap_process;
pub(crate) use standing::stands_open;

/// What an adapter has to do with a request.
pub(crate) enum Step {
    /// Answer with this recording.
    Play(Arc<Parsed>),
    /// Send it; give the answer to the pending recording as it arrives.
    Record(Box<PendingRecording>),
    /// Send it and look away.
    Forward,
    /// Answer with this error.
    Refuse(Error),
}

/// The state of a cassette between opening and finishing.
#[derive(Debug)]
pub(crate) struct Session {
    path: PathBuf,
    mode: Mode,
    settings: Settings,
    redactor: Redactor,
    /// The cassette as it was when the run began.
    tape: Arc<Recordings>,
    writer: CassetteWriter,
    /// `None` when uses are not to be noted.
    ledger: Option<Ledger>,
    /// What a selection compares names with.
    place: String,
    /// What was noted before this run, where a selection asks for it.
    uses: Summary,
    traffic: Traffic,
    /// Whether somebody may ask for what was asked. A server or a cache may run for ever, and nobody can ask it for a list.
    keeps_history: bool,
    /// What it saves to play each recording of the tape, as soon as one was played.
    savings: Box<[OnceLock<Worth>]>,
    /// The ledger as it was at the first miss.
    noted: OnceLock<Summary>,
    /// This handle among those of the file; `None` where there is no file.
    user: Option<User>,
    /// What runs that nobody finished were answered.
    left: Vec<Left>,
    /// What this one was answered, until it is finished.
    keeping: Mutex<Keeping>,
    /// The run of several processes that this one is part of.
    telling: Option<Telling>,
    state: Mutex<State>,
    /// Which takes a refresh leaves as they are, as far as that was asked.
    divided: Divisions,
    /// The large answers that are looked at.
    beside: Beside,
}

/// What a file has recorded, if there is one, and what there is to say of its state.
fn load(path: &Path, mode: Mode, rules: &Rules) -> Result<Option<Arc<Recordings>>, Error> {
    let found = match mode.writes() {
        true => Recordings::load(path, rules.clone())?,
        false => Recordings::open(path, rules.clone())?,
    };
    let Some((tape, torn)) = found else { return Ok(None) };
    if torn {
        warn(&format!(
            "the last document of {} is truncated (it has no closing `...`) and was left out",
            shown_path(path)
        ));
    }
    if tape.unmerged() {
        warn(&format!(
            "a union merge interleaved documents of {}; they were separated, and nothing is missing; run \
             `llm-cassette format {}` to store them so",
            shown_path(path),
            shell_quoted(path)
        ));
    }
    Ok(Some(Arc::new(tape)))
}

impl Session {
    /// Opens the file of a cassette, unless the mode keeps it closed.
    pub(crate) fn open(
        path: PathBuf,
        mode: Mode,
        settings: Settings,
        redactor: Redactor,
    ) -> Result<Session, Error> {
        let rules = settings.rules.clone();
        let memory = settings.memory.clone().map(|limits| Memory::new(limits, settings.max_size));
        let has_file = memory.is_none() && mode != Mode::Off;
        let loaded = match (&settings.tapes, mode) {
            _ if !has_file => None,
            (Some(tapes), Mode::Replay) => tapes.of(&path, || load(&path, mode, &rules))?,
            _ => load(&path, mode, &rules)?,
        };
        let exists = loaded.is_some();
        let tape = loaded.unwrap_or_else(|| Arc::new(Recordings::none(&path, rules.clone())));
        if mode == Mode::Refresh {
            // A document that cannot be read must be known before money is spent on replacing it.
            tape.all().try_for_each(|parsed| parsed.map(|_| ()))?;
        }
        let keeps_history = memory.is_none() && settings.command.is_none();
        let history = if keeps_history { History::default() } else { History::closed() };
        let (plays, results) = (Plays::of_slots(tape.len()), Results::in_memory(memory));
        let state = State { plays, results, history, ..State::default() };
        // Where there is no cassette, a replay has no business to make folders.
        let kept = has_file && (mode.writes() || exists);
        let user = has_file.then(|| User::enter(&path, settings.test.as_ref(), mode));
        let name = user.as_ref().and_then(|user| user.name.as_deref());
        let ledger = (kept && !settings.no_ledger).then(|| Ledger::beside(&path, name));
        let ledger = match settings.command.is_some() {
            true => ledger.map(Ledger::gathering),
            false => ledger,
        };
        let uses = selection::uses(&settings.only, &path);
        let place = selection::place(&settings.only, &path);
        let writer = CassetteWriter::new(&path, rules);
        let savings = (0..tape.len()).map(|_| OnceLock::new()).collect();
        let telling = settings.run.as_deref().map(Telling::to);
        let mut session = Session {
            path,
            mode,
            settings,
            redactor,
            tape,
            writer,
            ledger,
            place,
            uses,
            traffic: Traffic::default(),
            keeps_history,
            savings,
            noted: OnceLock::new(),
            user,
            left: Vec::new(),
            keeping: Mutex::default(),
            telling,
            state: Mutex::new(state),
            divided: Divisions::default(),
            beside: Beside::default(),
        };
        if mode == Mode::Refresh && has_file {
            session.left = unfinished::left(&session)?;
        }
        session.tell_opened();
        Ok(session)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn mode(&self) -> Mode {
        self.mode
    }

    pub(crate) fn is_in_memory(&self) -> bool {
        self.settings.memory.is_some()
    }

    /// What the cassette calls the new ids of this run, as far as that is known.
    fn old_ids(&self) -> Arc<OldIds> {
        if !self.mode.writes() {
            return Arc::default();
        }
        Arc::clone(&self.state().old_ids)
    }

    /// A panic elsewhere in a test leaves the numbers in order; they are still wanted.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a request is none of the cassette's business. Asked of each, before its body is touched.
    pub(crate) fn passes_through(&self, request: &RequestView<'_>) -> bool {
        self.traffic.pass();
        self.mode == Mode::Off || self.settings.pass_through.iter().any(|predicate| predicate(request))
    }

    fn refuse(&self, asked: &Lookup<'_>, miss: &find::NotFound, mode: Mode) -> Error {
        let (request, normal) = asked.stored();
        let used = self.state().plays.used();
        let error = match miss {
            find::NotFound::UsedUp { takes } => miss::used_up(&self.path, request, *takes),
            _ if self.tape.len() == 0 && !self.writer.file_exists() => {
                miss::missing_file(&self.path, request)
            }
            _ => match miss::no_match(&self.path, request, normal, &self.tape, &used) {
                Ok(error) | Err(error) => error,
            },
        };
        let error = match self.ended_unrecorded(&normal.key) {
            Some(ended) => miss::as_it_ended(&error, &self.path, request, &ended),
            None => miss::as_it_looks(error, &asked.request, self.settings.record_errors),
        };
        let error = match self.waits_for_review(&normal.key) {
            true => miss::as_it_waits(error, &self.path),
            false => error,
        };
        let error = match mode == self.mode {
            true if self.settings.pinned => miss::in_pinned_mode(error),
            true => error,
            false => selection::left_out(&error),
        };
        let error = error.scrubbed(&self.redactor);
        let (provider, model) = self.asks_whom(request);
        let (key, model) = (&normal.key, model.as_deref());
        trace::miss(&trace::Exchange { key, provider, model, took: asked.at.elapsed() });
        self.note(|| Event::Miss { provider: provider.map(str::to_owned) });
        let first = error.message().lines().next().unwrap_or_default().to_owned();
        self.state().totals.missed(first);
        self.turn_away(asked.unredacted().key, error)
    }

    /// Whether a refresh was given an answer that nobody has accepted yet. What waits and cannot be read is for `review` to tell.
    fn waits_for_review(&self, key: &Key) -> bool {
        if self.mode != Mode::Replay || self.is_in_memory() {
            return false;
        }
        let Ok(Some(waiting)) = Pending::of(&self.path) else { return false };
        let takes = self.tape.takes(key).map_or(0, |takes| takes.len());
        waiting.takes(&self.path, key, &self.settings.rules).is_ok_and(|waiting| waiting > takes)
    }

    /// How a call ended that was made while recording, if it was not recorded.
    fn ended_unrecorded(&self, key: &Key) -> Option<Ended> {
        if self.settings.no_ledger {
            return None;
        }
        let noted = self.noted.get_or_init(|| ledger::beside(&self.path));
        let cassette = self.path.file_name()?.to_string_lossy().into_owned();
        noted.unrecorded.get(&(cassette, *key)).cloned()
    }

    /// The name of the file, by which the ledger knows the cassette.
    fn file_name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// Notes in the ledger what happened, if it is kept.
    fn note(&self, event: impl FnOnce() -> Event) {
        if let Some(ledger) = &self.ledger {
            let now = jiff::Timestamp::now().as_second();
            match self.is_asked_by_another() {
                false => ledger.note(&event(), now),
                true => ledger.note_of_stranger(&event(), now),
            }
        }
    }

    /// Whether this is the thread of another test than the one that opened the cassette.
    fn is_asked_by_another(&self) -> bool {
        self.settings.test.as_ref().is_some_and(RunningTest::is_another_here)
    }

    /// The key under which an interaction stands in the file.
    fn recorded_key(&self, parsed: &Parsed) -> Key {
        match self.settings.rules.is_empty() {
            true => parsed.normal().key,
            false => self.file_key(&parsed.interaction.request),
        }
    }

    /// Method and URL of a request, fit for people's eyes.
    fn describe(&self, request: &Request) -> String {
        self.redactor.scrub(&request.address())
    }

    /// The provider that a request is for, and the model.
    fn asks_whom(&self, stored: &Request) -> (Option<&str>, Option<String>) {
        let body = asked_of(stored);
        let provider = self.settings.gateways.provider(&stored.url, &stored.headers, body.as_deref());
        (provider, providers::model_asked_for(&stored.url, body.as_deref()).filter(|_| provider.is_some()))
    }

    /// `seen` is the call as the client saw it, if there was an answer.
    fn skip(&self, pending: &PendingRecording, seen: Option<Interaction>, unrecorded: &Unrecorded) {
        let (order, key) = (pending.order, pending.normal.key);
        let skipped = Skipped {
            request: self.describe(&pending.request),
            reason: self.redactor.scrub(&unrecorded.reason),
        };
        if !self.settings.quiet {
            let setting =
                unrecorded.cause.setting().map(|setting| format!("; {setting}")).unwrap_or_default();
            warn(&format!("not recorded: {} ({}){setting}", skipped.request, skipped.reason));
        }
        let (provider, model) = self.asks_whom(&pending.stored);
        let (model, took) = (model.as_deref(), pending.sent.elapsed());
        trace::skipped(&trace::Exchange { key: &key, provider, model, took }, &skipped.reason);
        self.note(|| Event::Unrecorded { key, cause: unrecorded.cause, reason: skipped.reason.clone() });
        let mut state = self.state();
        state.history.note(order, || Entry::skipped(&pending.request, seen, &skipped.reason));
        state.under_way.forget(order, &key);
        // The client may ask again, and then this is what is to be recorded again.
        state.plays.end_rerecording(order, false);
        state.totals.skipped(skipped, self.is_in_memory());
        if !self.is_in_memory() {
            state.results.skipped(order, key);
        }
    }

    fn fail(&self, error: Error) {
        let error = error.scrubbed(&self.redactor);
        if !self.settings.quiet {
            warn(&error.to_string());
        }
        self.state().results.fail(error);
    }

    /// The key that goes into the file: by the built-in rules, whatever the user's rules are, so that the file says the
    /// same to everyone.
    fn file_key(&self, request: &Request) -> Key {
        normalise(request, &Rules::default()).key
    }
}
