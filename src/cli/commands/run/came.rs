//! What all cassettes of a run came to, from what their sessions told.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use crate::model::mode::Mode;
use crate::session::report::Report;
use crate::session::telling::line::{End, Line, Refused, What, Why};

/// What a run came to, by cassette.
#[derive(Debug, Default)]
pub(super) struct Came {
    pub(super) cassettes: BTreeMap<PathBuf, Cassette>,
}

/// What all sessions of one cassette came to.
#[derive(Debug)]
pub(super) struct Cassette {
    pub(super) mode: Mode,
    pub(super) report: Report,
    /// Each once, however many sessions were told so.
    pub(super) refused: Vec<Refused>,
    pub(super) errors: Vec<String>,
    /// How many sessions never said what they came to: their process was killed, or never let go of them.
    pub(super) silent: usize,
}

/// One session, from what it told.
struct Session {
    file: PathBuf,
    mode: Mode,
    refused: Vec<Refused>,
    end: Option<End>,
}

impl Came {
    pub(super) fn of(lines: Vec<Line>) -> Came {
        let mut known: HashMap<String, usize> = HashMap::new();
        let mut sessions: Vec<Session> = Vec::new();
        for Line { id, file, mode, what } in lines {
            let at = *known.entry(id).or_insert(sessions.len());
            if at == sessions.len() {
                sessions.push(Session { file, mode, refused: Vec::new(), end: None });
            }
            match what {
                What::Opened => {}
                What::Refused(refused) => sessions[at].refused.push(refused),
                // What was told last has all that was told before.
                What::Ended(end) => sessions[at].end = Some(*end),
            }
        }
        let mut came = Came::default();
        for session in sessions {
            came.add(session);
        }
        came
    }

    fn add(&mut self, session: Session) {
        let Session { file, mode, refused, end } = session;
        let is_first = !self.cassettes.contains_key(&file);
        let cassette = self.cassettes.entry(file).or_insert_with(|| Cassette::blank(mode));
        // Whoever said what it came to has counted these.
        if end.is_none() {
            let missed = refused.iter().filter(|refused| refused.why == Why::Missed);
            let first = |refused: &Refused| refused.message.lines().next().unwrap_or_default().to_owned();
            cassette.report.missed.extend(missed.map(first));
        }
        for refused in refused {
            if !cassette.refused.contains(&refused) {
                cassette.refused.push(refused);
            }
        }
        let Some(End { mut report, finished, error }) = end else {
            cassette.silent += 1;
            cassette.report.unused.clear();
            return;
        };
        cassette.errors.extend(error);
        // What one session has not used another may have; and one that was left in the midst might still have asked.
        let is_told = finished && cassette.silent == 0;
        let before = std::mem::take(&mut cassette.report.unused);
        report.unused.retain(|line| is_told && (is_first || before.contains(line)));
        cassette.report.add(&report);
    }

    /// How many requests had no answer.
    pub(super) fn refused(&self) -> usize {
        self.cassettes.values().map(|cassette| cassette.refused.len()).sum()
    }

    pub(super) fn has_errors(&self) -> bool {
        self.cassettes.values().any(|cassette| !cassette.errors.is_empty())
    }

    /// Whether requests were refused because what is recorded is too old.
    pub(super) fn has_expired(&self) -> bool {
        self.cassettes
            .values()
            .any(|cassette| cassette.refused.iter().any(|refused| refused.why == Why::Expired))
    }

    /// What all cassettes came to.
    pub(super) fn total(&self) -> Report {
        let mut total = Report::default();
        self.cassettes.values().for_each(|cassette| total.add(&cassette.report));
        total
    }
}

impl Cassette {
    fn blank(mode: Mode) -> Cassette {
        Cassette { mode, report: Report::default(), refused: Vec::new(), errors: Vec::new(), silent: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn line(id: &str, what: What) -> Line {
        Line { id: id.to_owned(), file: "/c.yaml".into(), mode: Mode::Replay, what }
    }

    fn ended(id: &str, played: usize, unused: &[&str], finished: bool) -> Line {
        let unused = unused.iter().map(|line| (*line).to_owned()).collect();
        let report = Report { played, unused, ..Report::default() };
        line(id, What::Ended(Box::new(End { report, finished, error: None })))
    }

    fn came(lines: Vec<Line>) -> (usize, Vec<String>, usize) {
        let came = Came::of(lines);
        let cassette = &came.cassettes[Path::new("/c.yaml")];
        (cassette.report.played, cassette.report.unused.clone(), cassette.silent)
    }

    #[test]
    fn what_a_session_told_last_stands_for_what_it_told_before() {
        let lines = vec![line("a", What::Opened), ended("a", 1, &["3: x"], true), ended("a", 2, &[], true)];
        assert_eq!(came(lines), (2, vec![], 0));
    }

    #[test]
    fn unused_is_what_no_session_used_as_far_as_all_have_said_so() {
        let both = vec![ended("a", 1, &["3: x", "9: y"], true), ended("b", 1, &["9: y"], true)];
        assert_eq!(came(both), (2, vec!["9: y".to_owned()], 0));
        for unsaid in [line("b", What::Opened), ended("b", 0, &[], false)] {
            let silent = usize::from(unsaid.what == What::Opened);
            let one = ended("a", 1, &["3: x"], true);
            assert_eq!(came(vec![one.clone(), unsaid.clone()]), (1, vec![], silent));
            assert_eq!(came(vec![unsaid, one]), (1, vec![], silent));
        }
    }

    #[test]
    fn a_session_that_went_silent_has_still_missed_what_it_missed() {
        let refused =
            Refused { why: Why::Missed, line: None, message: "nothing\n  for x".to_owned(), hint: None };
        let came = Came::of(vec![line("a", What::Opened), line("a", What::Refused(refused))]);
        assert_eq!((came.refused(), came.total().missed), (1, vec!["nothing".to_owned()]));
    }
}
