//! What a session tells the run of `llm-cassette run` that its process is part of. The run may have many processes, and some of
//! them end without a word, so a session tells when it is opened, of each refusal when it happens, and what it came to when it is
//! finished or dropped. What is told has been redacted.

pub(crate) mod line;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use super::Session;
use crate::model::error::{Error, ErrorKind};
use crate::model::text::shown_path;
use crate::model::warn::warn;
use crate::session::refusals::is_miss;
use crate::session::report::Report;
use crate::store::told;
use line::{End, Line, Refused, What, Why};

/// Has the file that is told.
pub(crate) const VARIABLE: &str = "LLM_CASSETTE_RUN";

/// What a session is called that nobody else is called.
static OPENED: AtomicU64 = AtomicU64::new(0);

/// The ear of a run.
#[derive(Debug)]
pub(super) struct Telling {
    run: PathBuf,
    /// Who tells.
    id: String,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// How the session was finished: with which error, if with any.
    finished: Option<Option<String>>,
    /// What was told of the end, so that it is not told twice.
    told: Option<String>,
    failed: bool,
}

impl Telling {
    pub(super) fn to(run: &Path) -> Telling {
        let number = OPENED.fetch_add(1, Ordering::Relaxed);
        // Processes are numbered anew when the numbers have run out.
        let now = jiff::Timestamp::now().as_nanosecond();
        let id = format!("{}.{number}.{now}", std::process::id());
        Telling { run: run.to_owned(), id, state: Mutex::default() }
    }
}

impl Session {
    /// The session has been opened.
    pub(super) fn tell_opened(&self) {
        self.tell(|_| What::Opened);
    }

    /// A request was refused. One that the test wants to be refused is nobody's concern.
    pub(super) fn tell_refused(&self, error: &Error) {
        if self.is_tolerated(error) {
            return;
        }
        let refused = Refused {
            why: why(error.kind()),
            line: error.line(),
            message: self.redactor.scrub(error.message()),
            hint: error.hint().map(|hint| self.redactor.scrub(hint)),
        };
        self.tell(|_| What::Refused(refused));
    }

    /// The session was finished.
    pub(super) fn tell_finished(&self, error: Option<&Error>) {
        let Some(telling) = &self.telling else { return };
        // Of misses the run knows already.
        let is_news = |error: &&Error| !(self.has_missed() && error.kind() == ErrorKind::Unfinished);
        let error = error.filter(is_news).map(|error| self.redactor.scrub(error.message()));
        telling.state.lock().unwrap_or_else(PoisonError::into_inner).finished = Some(error);
        self.tell_end();
    }

    /// What the session came to, as far as nobody has said so yet.
    pub(crate) fn tell_end(&self) {
        self.tell(|state| {
            let mut report = self.so_far();
            if self.settings.tolerate_misses && self.settings.command.is_none() {
                report.missed.clear();
            }
            let own = format!("{}:", shown_path(&self.path));
            for line in report.unused.iter_mut().chain(&mut report.kept) {
                if let Some(rest) = line.strip_prefix(&own) {
                    *line = rest.to_owned();
                }
            }
            let finished = state.finished.is_some();
            What::Ended(Box::new(End { report, finished, error: state.finished.clone().flatten() }))
        });
    }

    /// What the run came to until now. What was unused is known at its end.
    pub(crate) fn so_far(&self) -> Report {
        let mut state = self.state();
        self.add_savings(&mut state.totals);
        let mut report = state.totals.report().clone();
        drop(state);
        report.requests = self.traffic.requests();
        report
    }

    fn has_missed(&self) -> bool {
        !self.state().totals.report().missed.is_empty()
    }

    /// The misses of a command's clients are judged by the command.
    fn is_tolerated(&self, error: &Error) -> bool {
        self.settings.tolerate_misses && self.settings.command.is_none() && is_miss(error.kind())
    }

    fn tell(&self, what: impl FnOnce(&State) -> What) {
        let Some(telling) = &self.telling else { return };
        let mut state = telling.state.lock().unwrap_or_else(PoisonError::into_inner);
        let what = what(&state);
        let is_end = matches!(what, What::Ended(_));
        let file = std::path::absolute(&self.path).unwrap_or_else(|_| self.path.clone());
        let file = if self.is_in_memory() { self.path.clone() } else { file };
        let line = Line { id: telling.id.clone(), file, mode: self.mode, what }.to_string();
        if is_end && state.told.as_ref() == Some(&line) {
            return;
        }
        match told::add(&telling.run, &line) {
            Ok(()) if is_end => state.told = Some(line),
            Ok(()) => {}
            Err(error) if !std::mem::replace(&mut state.failed, true) => {
                warn(&format!("`llm-cassette run` could not be told of this cassette: {error}"));
            }
            Err(_) => {}
        }
    }
}

fn why(kind: ErrorKind) -> Why {
    match kind {
        kind if is_miss(kind) => Why::Missed,
        ErrorKind::Expired => Why::Expired,
        _ => Why::Other,
    }
}
