//! Requests that were refused. Clients like to swallow errors, so each is told on standard error when it happens, and again at
//! the end of the run.

use std::collections::HashSet;

use super::Session;
use crate::matching::request_key::Key;
use crate::model::error::{Error, ErrorKind};
use crate::model::text::{plural, shown_path};
use crate::model::warn::warn;

/// How many are told again in full.
const IN_FULL: usize = 3;

/// How many are told again at all.
const LISTED: usize = 10;

/// What was refused, each request once, however often its client tried again.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    told: HashSet<(Key, ErrorKind)>,
    /// The first of them, in the order in which they came.
    first: Vec<Error>,
}

impl Refusals {
    /// Notes a refusal; says whether it is news.
    pub(super) fn note(&mut self, key: Key, error: &Error) -> bool {
        let is_news = self.told.insert((key, error.kind()));
        if is_news && self.first.len() < LISTED {
            self.first.push(error.again());
        }
        is_news
    }

    pub(super) fn is_empty(&self) -> bool {
        self.told.is_empty()
    }

    /// The first of them that are of certain kinds, as lines that are indented: some in full, others by their first line.
    pub(super) fn lines(&self, wanted: impl Fn(ErrorKind) -> bool) -> String {
        let mut out = String::new();
        let listed = self.first.iter().filter(|error| wanted(error.kind())).enumerate();
        for (index, error) in listed {
            for line in error.message().lines().take(if index < IN_FULL { usize::MAX } else { 1 }) {
                out.push_str("\n  ");
                out.push_str(line);
            }
        }
        let told = self.told.iter().filter(|(_, kind)| wanted(*kind)).count();
        let listed = self.first.iter().filter(|error| wanted(error.kind())).count();
        if told > listed {
            out.push_str(&format!("\n  … and {} more", told - listed));
        }
        out
    }

    /// What would make the first of them succeed.
    pub(super) fn hint(&self, wanted: impl Fn(ErrorKind) -> bool) -> Option<&str> {
        self.first.iter().find(|error| wanted(error.kind())).and_then(Error::hint)
    }

    /// A failure of the run, and what else was refused in it.
    pub(super) fn beside(&self, failure: Error) -> Error {
        let others: Vec<&Error> =
            self.first.iter().filter(|error| error.message() != failure.message()).collect();
        let count = self.told.len().saturating_sub(self.first.len()) + others.len();
        if count == 0 {
            return failure;
        }
        let mut message = failure.message().to_owned();
        message.push_str(&match count {
            1 => "\n1 other request was refused:".to_owned(),
            _ => format!("\n{} were refused:", plural(count, "other request")),
        });
        for error in &others {
            message.push_str("\n  ");
            message.push_str(error.message().lines().next().unwrap_or_default());
        }
        if count > others.len() {
            message.push_str(&format!("\n  … and {} more", count - others.len()));
        }
        let told = Error::new(failure.kind(), message);
        match failure.hint() {
            Some(hint) => told.with_hint(hint),
            None => told,
        }
    }
}

/// Whether an error says that a request has no recording to be played.
pub(super) fn is_miss(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::MissingFile | ErrorKind::NoMatch | ErrorKind::UsedUp)
}

impl Session {
    /// Notes that a request is refused, and says so unless that was said before.
    pub(super) fn turn_away(&self, key: Key, error: Error) -> Error {
        let error = self.hinted(error);
        let is_news = self.state().refusals.note(key, &error);
        if is_news {
            self.tell_refused(&error);
        }
        if is_news && !self.settings.quiet {
            warn(&error.to_string());
        }
        error
    }

    /// Refuses a request because what the cassette has for it cannot be read.
    pub(super) fn unreadable(&self, key: Key, error: Error) -> Error {
        let error = self.hinted(error.scrubbed(&self.redactor));
        self.state().results.fail(error.again());
        self.turn_away(key, error)
    }

    /// Says what was refused in a run that ends without anybody having asked how it went.
    pub(crate) fn tell_of_refusals(&self) {
        let state = self.state();
        if self.settings.quiet || state.refusals.is_empty() {
            return;
        }
        let wanted = |kind| !(self.settings.tolerate_misses && is_miss(kind));
        let lines = state.refusals.lines(wanted);
        if lines.is_empty() {
            return;
        }
        let path = shown_path(&self.path);
        warn(&format!(
            "{path}: dropped without `finish()`, which would have failed: requests were refused{lines}"
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(n: u8) -> Key {
        Key::parse(format!("{n:064x}").as_bytes()).unwrap()
    }

    fn miss(n: u8) -> Error {
        Error::new(ErrorKind::NoMatch, format!("no recorded response for {n}\n  nearest: {n}"))
    }

    #[test]
    fn a_request_that_is_tried_again_and_again_is_told_once() {
        let mut refusals = Refusals::default();
        assert!(refusals.note(key(1), &miss(1)));
        assert!(!refusals.note(key(1), &miss(1)));
        assert!(refusals.note(key(2), &miss(2)));
        assert_eq!(refusals.lines(is_miss).matches("no recorded response").count(), 2);
    }

    #[test]
    fn the_first_are_told_in_full_and_the_rest_in_a_line_each_up_to_a_limit() {
        let mut refusals = Refusals::default();
        (0..15).for_each(|n| assert!(refusals.note(key(n), &miss(n))));
        let lines = refusals.lines(is_miss);
        assert_eq!(lines.matches("nearest").count(), IN_FULL);
        assert_eq!(lines.matches("no recorded response").count(), LISTED);
        assert!(lines.ends_with("\n  … and 5 more"), "{lines}");
    }

    #[test]
    fn a_failure_is_told_with_what_else_was_refused() {
        let mut refusals = Refusals::default();
        let broken = || Error::new(ErrorKind::Malformed, "line 7 is broken").with_hint("repair it");
        refusals.note(key(1), &broken());
        assert_eq!(refusals.beside(broken()).message(), "line 7 is broken");
        refusals.note(key(2), &miss(2));
        let told = refusals.beside(broken());
        assert_eq!(
            told.message(),
            "line 7 is broken\n1 other request was refused:\n  no recorded response for 2"
        );
        assert_eq!((told.kind(), told.hint()), (ErrorKind::Malformed, Some("repair it")));
    }
}
