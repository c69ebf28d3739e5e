//! Asking on a terminal: a change, a key, the next change. Each answer is carried out at once, so that whoever stops goes on
//! from there another time.

use std::collections::HashSet;
use std::io;

use console::{Key, Term};

use super::editor;
use super::subject::{Origin, Reading, Subject, Verdict};
use crate::cli::Outcome;
use crate::cli::commands::output::{Output, Style, complain};
use crate::model::error::{Error, ErrorKind};

const KEYS: &str =
    "accept (a) · reject (r) · skip (s) · all of this cassette (A, R, S) · edit (e) · pin (p) · quit (q)";

/// What somebody wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    One(Verdict),
    All(Verdict),
    Skip,
    SkipAll,
    Edit,
    Quit,
}

impl Answer {
    /// `None` for a key that means nothing.
    fn of(key: &Key) -> Option<Answer> {
        Some(match key {
            Key::Char('a') => Answer::One(Verdict::Accept),
            Key::Char('r') => Answer::One(Verdict::Reject),
            Key::Char('p') => Answer::One(Verdict::Pin),
            Key::Char('s') => Answer::Skip,
            Key::Char('A') => Answer::All(Verdict::Accept),
            Key::Char('R') => Answer::All(Verdict::Reject),
            Key::Char('S') => Answer::SkipAll,
            Key::Char('e') => Answer::Edit,
            Key::Char('q') | Key::Escape | Key::CtrlC => Answer::Quit,
            _ => return None,
        })
    }
}

/// How many were decided, and how many were not.
#[derive(Debug, Default)]
struct Tally {
    accepted: usize,
    rejected: usize,
    pinned: usize,
    skipped: usize,
}

impl Tally {
    fn count(&mut self, verdict: Verdict, count: usize) {
        *match verdict {
            Verdict::Accept => &mut self.accepted,
            Verdict::Reject => &mut self.rejected,
            Verdict::Pin => &mut self.pinned,
        } += count;
    }

    fn in_words(&self) -> String {
        let counts = [
            (self.accepted, "accepted"),
            (self.rejected, "rejected"),
            (self.pinned, "pinned"),
            (self.skipped, "skipped"),
        ];
        let said: Vec<String> = counts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
        if said.is_empty() { "nothing was decided".to_owned() } else { said.join(", ") }
    }
}

/// Asks for each change of each cassette.
pub(super) fn ask(
    origins: &[Origin],
    reading: &Reading,
    full: bool,
    output: &mut Output,
) -> Result<Outcome, Error> {
    let mut tally = Tally::default();
    let mut found = false;
    for origin in origins {
        let mut skipped: HashSet<String> = HashSet::new();
        let mut position = 0;
        // Each decision and each edit makes another file of it.
        while let Some(subject) = Subject::read(origin, reading)? {
            let mut open = subject.waiting().iter().enumerate().filter(|(_, one)| !skipped.contains(&one.id));
            let Some((index, waiting)) = open.next() else { break };
            let others = open.count();
            found = true;
            position += 1;
            let of = position + others;
            output.line("");
            output.styled(Style::Heading, &format!("{} · change {position} of {of}", subject.name()));
            output.line("");
            super::show(waiting, full, output);
            output.line("");
            match answer(output)? {
                Answer::One(verdict) => {
                    subject.decide(&[index], verdict)?;
                    tally.count(verdict, 1);
                    output.styled(Style::Faint, verdict.done());
                }
                Answer::All(verdict) => {
                    let all = subject.waiting().iter().enumerate();
                    let all: Vec<usize> =
                        all.filter(|(_, one)| !skipped.contains(&one.id)).map(|(index, _)| index).collect();
                    subject.decide(&all, verdict)?;
                    tally.count(verdict, all.len());
                    output.styled(Style::Faint, &format!("{} {}", all.len(), verdict.done()));
                }
                Answer::Skip => {
                    skipped.insert(waiting.id.clone());
                    tally.skipped += 1;
                }
                Answer::SkipAll => {
                    tally.skipped += others + 1;
                    break;
                }
                Answer::Edit => {
                    position -= 1;
                    let (file, line) = subject.place(waiting);
                    output.flush()?;
                    if let Err(error) = editor::edit(&file, line) {
                        complain(&error);
                    }
                }
                Answer::Quit => {
                    output.line(&tally.in_words());
                    return Ok(Outcome::Fine);
                }
            }
        }
    }
    output.line(&if found { tally.in_words() } else { "nothing waits for review".to_owned() });
    Ok(Outcome::Fine)
}

/// Waits for a key that means something.
fn answer(output: &mut Output) -> Result<Answer, Error> {
    output.styled(Style::Faint, KEYS);
    output.flush()?;
    loop {
        match Term::stdout().read_key() {
            Ok(key) => {
                if let Some(answer) = Answer::of(&key) {
                    return Ok(answer);
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(Answer::Quit),
            Err(error) => {
                return Err(Error::new(ErrorKind::Io, format!("could not read a key: {error}"))
                    .with_hint("decide without a terminal, with `--accept`, `--reject` and `--change ID`"));
            }
        }
    }
}
