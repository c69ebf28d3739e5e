//! Changes as lines of text in a few tones, for whoever prints them.

mod excerpt;
mod figures;

use std::collections::HashSet;

use super::word_diff::{Op, Run};
use super::{AnswerChange, Change, Comparison, Drift, FileChange, Side, Sides};
use crate::model::text::{grouped, plural};
use crate::providers::Usage;
use crate::providers::conversation::{Answer, Role};
use excerpt::{MAX_WIDTH, around, asked, cut, first_line, said};
use figures::{Count, costs};

pub(in crate::cli) use figures::{cost_of, tokens, tokens_of};

/// Lines of what somebody says in a recording that came or went.
const MAX_LINES: usize = 8;
/// Characters of words that came or went.
const MAX_CHANGED: usize = 1_200;

/// What a piece of a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Style {
    Plain,
    Heading,
    Faint,
    Notice,
    /// A line with a sign before it.
    LineRemoved,
    LineAdded,
    /// What is there in both versions, and not the same.
    Changed,
    /// Words within a line.
    Removed,
    Added,
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct Span {
    pub(in crate::cli) style: Style,
    pub(in crate::cli) text: String,
}

pub(in crate::cli) type Line = Vec<Span>;

/// Renders changes. What it rendered once it does not render again at length: each turn of a conversation repeats the change of
/// an earlier one.
#[derive(Debug, Default)]
pub(in crate::cli) struct Renderer {
    /// Everything, however long.
    pub(in crate::cli) full: bool,
    rendered: HashSet<String>,
}

/// What an answer that changed answers, on a line: a diff of answers alone does not tell.
pub(in crate::cli) fn question(change: &Change) -> Option<Line> {
    let Sides::Both(_, side) = &change.sides else { return None };
    let (who, text) = asked(&side.conversation, false).pop()?;
    Some(indented(4, vec![span(Style::Faint, format!("{who}: {}", first_line(&text)))]))
}

impl Renderer {
    pub(in crate::cli) fn new(full: bool) -> Renderer {
        Renderer { full, rendered: HashSet::new() }
    }

    /// A change, its title first.
    pub(in crate::cli) fn change(&mut self, change: &Change) -> Vec<Line> {
        let style = match change.sides {
            Sides::Added(_) => Style::LineAdded,
            Sides::Removed(_) => Style::LineRemoved,
            Sides::Both(..) => Style::Changed,
        };
        let kind = format!("{} {}", sign(&change.sides), change.sides.kind());
        let mut out = vec![vec![span(style, kind), span(Style::Heading, title(change))]];
        match &change.sides {
            Sides::Added(side) => self.recording(side, &mut out),
            Sides::Removed(side) => {
                if let Some((_, text)) = asked(&side.conversation, false).first() {
                    out.push(indented(4, vec![span(Style::Faint, first_line(text))]));
                }
            }
            Sides::Both(before, after) => {
                for sentence in change.request.iter() {
                    self.sentence(sentence, &mut out);
                }
                for said in &change.answer {
                    match said {
                        AnswerChange::Sentence(sentence) => self.sentence(sentence, &mut out),
                        AnswerChange::Text { what, runs } => {
                            out.push(indented(4, vec![span(Style::Plain, format!("{what} changed"))]));
                            out.extend(self.runs(runs));
                        }
                    }
                }
                out.extend(
                    change.notes.iter().map(|note| indented(4, vec![span(Style::Notice, note.text.clone())])),
                );
                let cost = (before.cost, after.cost);
                let tokens = tokens(&before.usage, &after.usage, cost);
                out.extend(tokens.map(|tokens| indented(4, vec![span(Style::Faint, tokens)])));
            }
        }
        out
    }

    fn sentence(&mut self, sentence: &str, out: &mut Vec<Line>) {
        let mut lines = sentence.lines();
        let head = lines.next().unwrap_or_default();
        let has_more = sentence.contains('\n');
        if has_more && !self.rendered.insert(sentence.to_owned()) {
            out.push(indented(4, vec![span(Style::Plain, format!("{head}, as above"))]));
            return;
        }
        out.push(indented(4, vec![span(Style::Plain, head.to_owned())]));
        for line in lines {
            let style = match line.as_bytes().first() {
                Some(b'-') => Style::LineRemoved,
                Some(b'+') => Style::LineAdded,
                _ => Style::Faint,
            };
            out.push(indented(6, vec![span(style, line.to_owned())]));
        }
    }

    fn runs(&self, runs: &[Run]) -> Vec<Line> {
        let mut lines: Vec<Line> = vec![Vec::new()];
        for (at, run) in runs.iter().enumerate() {
            let style = match run.op {
                Op::Same => Style::Plain,
                Op::Removed => Style::Removed,
                Op::Added => Style::Added,
            };
            let text = match run.op {
                _ if self.full => run.text.clone(),
                Op::Same => around(&run.text, at > 0, at + 1 < runs.len()),
                Op::Removed | Op::Added => cut(&run.text, MAX_CHANGED),
            };
            // What replaces several lines begins on a line of its own.
            if run.op == Op::Added && text.contains('\n') && at > 0 && runs[at - 1].op == Op::Removed {
                lines.push(Vec::new());
            }
            for (number, piece) in text.split('\n').enumerate() {
                if number > 0 {
                    lines.push(Vec::new());
                }
                if let (false, Some(line)) = (piece.is_empty(), lines.last_mut()) {
                    line.push(span(style, piece.to_owned()));
                }
            }
        }
        lines.into_iter().map(|line| if line.is_empty() { line } else { indented(6, line) }).collect()
    }

    fn recording(&self, side: &Side, out: &mut Vec<Line>) {
        for (who, text) in asked(&side.conversation, self.full) {
            self.speech(&who, &text, out);
        }
        for Answer { parts, .. } in &side.conversation.answers {
            self.speech(Role::Assistant.name(), &said(parts), out);
        }
        if let Some(error) = &side.conversation.error {
            self.speech("error", error, out);
        }
        let tokens = tokens(&Usage::default(), &side.usage, (None, side.cost));
        out.extend(tokens.map(|tokens| indented(4, vec![span(Style::Faint, tokens)])));
        if side.redactions > 0 {
            let replaced = format!("{} replaced", plural(side.redactions, "value"));
            out.push(indented(4, vec![span(Style::Faint, replaced)]));
        }
    }

    fn speech(&self, who: &str, text: &str, out: &mut Vec<Line>) {
        out.push(indented(4, vec![span(Style::Faint, who.to_owned())]));
        let lines: Vec<&str> = text.lines().collect();
        let shown = if self.full { lines.len() } else { lines.len().min(MAX_LINES) };
        for line in &lines[..shown] {
            let text = if self.full { (*line).to_owned() } else { cut(line, MAX_WIDTH) };
            out.push(indented(6, vec![span(Style::Plain, text)]));
        }
        if shown < lines.len() {
            let more = format!("… {}", plural(lines.len() - shown, "more line"));
            out.push(indented(6, vec![span(Style::Faint, more)]));
        }
    }
}

fn span(style: Style, text: String) -> Span {
    Span { style, text }
}

fn indented(columns: usize, mut line: Line) -> Line {
    line.insert(0, span(Style::Plain, " ".repeat(columns)));
    line
}

/// What stands before a change, where signs say what it is.
fn sign(sides: &Sides) -> char {
    match sides {
        Sides::Added(_) => '+',
        Sides::Removed(_) => '-',
        Sides::Both(..) => '~',
    }
}

/// What stands behind `~ changed`: ` line 70  openai · gpt-4o-mini  482e03d1 → 532fb041`.
fn title(change: &Change) -> String {
    let side = change.sides.newest();
    let key = match &change.sides {
        Sides::Both(before, after) if change.sides.is_rekeyed() => {
            format!("{} → {}", before.key.short(), after.key.short())
        }
        sides => sides.newest().key.short(),
    };
    let who = side.provider.clone().unwrap_or_else(|| side.address.clone());
    let model = side.model.as_ref().map_or_else(String::new, |model| format!(" · {model}"));
    let take = if side.take > 1 { format!("  take {}", side.take) } else { String::new() };
    format!(" line {}  {who}{model}  {key}{take}", side.line)
}

/// `cassettes/agent.yaml: 1 added, 2 changed, 3 as before`.
pub(in crate::cli) fn heading(file: &FileChange) -> String {
    let was = file.was.as_ref().map_or_else(String::new, |was| format!(" (was {was})"));
    let [added, removed, changed] = file.counts();
    let counts =
        [(added, "added"), (removed, "removed"), (changed, "changed"), (file.unchanged, "unchanged")];
    format!("{}{was}: {}", file.path, counted(&counts))
}

fn counted(counts: &[(usize, &str)]) -> String {
    let rendered: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{} {what}", grouped(*count as u64)))
        .collect();
    if rendered.is_empty() { "nothing".to_owned() } else { rendered.join(", ") }
}

/// What providers send otherwise, a line each.
pub(in crate::cli) fn drifts(drifts: &[Drift]) -> Vec<Line> {
    let mut out = Vec::new();
    for drift in drifts {
        let mut say = |what: String| {
            out.push(vec![span(Style::Notice, format!("{} {what}", drift.endpoint))]);
        };
        drift.added.iter().for_each(|field| say(format!("now sends `{field}`")));
        drift.dropped.iter().for_each(|field| say(format!("no longer sends `{field}`")));
        for (field, was, is) in &drift.retyped {
            say(format!("sends `{field}` as {is}, which was {was}"));
        }
    }
    out
}

/// That nothing changed, or that nobody can tell.
fn unchanged(comparison: &Comparison) -> String {
    let (before, after) = (&comparison.before, &comparison.after);
    let what = match comparison.failed.len() {
        0 => "no cassette".to_owned(),
        count => format!("{} could not be compared, and no other cassette", plural(count, "cassette")),
    };
    format!("{what} differs between {before} and {after}")
}

/// The sums, in two lines.
pub(in crate::cli) fn summary(comparison: &Comparison) -> Vec<String> {
    if comparison.files.is_empty() {
        return vec![unchanged(comparison)];
    }
    let [added, removed, changed] = comparison.counts();
    let files = plural(comparison.files.len(), "cassette");
    let unchanged = comparison.files.iter().map(|file| file.unchanged).sum();
    let counts = [(added, "added"), (removed, "removed"), (changed, "changed"), (unchanged, "unchanged")];
    let mut out = vec![format!("{files}: {}", counted(&counts))];
    let sums = comparison.sums();
    let mut figures = Vec::new();
    figures.extend(Count::INPUT.in_words(&sums, " tokens").map(|count| format!("input {count}")));
    figures.extend(Count::OUTPUT.in_words(&sums, " tokens").map(|count| format!("output {count}")));
    figures.extend(costs(&sums).map(|cost| format!("cost {cost}")));
    if !figures.is_empty() {
        out.push(figures.join(", "));
    }
    out
}
