//! Changes as lines of text in a few tones, for whoever prints them.

use std::collections::HashSet;

use super::words::{Op, Run};
use super::{Change, Comparison, Drift, FileChange, Said, Side, Sides, Totals};
use crate::budget::grouped;
use crate::conversation::{Answer, Conversation, Detail, Message, Part, Role, line, words};
use crate::price::Dollars;
use crate::provider::Usage;

/// Lines of what somebody says in a recording that came or went.
const MAX_LINES: usize = 8;
/// Characters of a line there.
const MAX_WIDTH: usize = 400;
/// Characters around a change of words.
const AROUND: usize = 120;
/// Characters of words that came or went.
const MAX_CHANGED: usize = 1_200;

/// What a piece of a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Plain,
    Heading,
    Faint,
    Notice,
    /// A line with a sign before it.
    LineGone,
    LineCome,
    /// Words within a line.
    Gone,
    Come,
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) tone: Tone,
    pub(crate) text: String,
}

pub(crate) type Line = Vec<Span>;

/// Tells changes. What it told once it does not tell again at length: each turn of a conversation repeats the change of
/// an earlier one.
#[derive(Debug, Default)]
pub(crate) struct Teller {
    /// Everything, however long.
    pub(crate) full: bool,
    told: HashSet<String>,
}

impl Teller {
    pub(crate) fn new(full: bool) -> Teller {
        Teller { full, told: HashSet::new() }
    }

    /// A change, its title first.
    pub(crate) fn change(&mut self, change: &Change) -> Vec<Line> {
        let mut out = vec![vec![span(Tone::Heading, title(change))]];
        match &change.sides {
            Sides::Added(side) => self.recording(side, &mut out),
            Sides::Removed(side) => {
                if let Some((_, text)) = asked(&side.told, false).first() {
                    out.push(indented(4, vec![span(Tone::Faint, first_line(text))]));
                }
            }
            Sides::Both(before, after) => {
                for sentence in change.request.iter() {
                    self.sentence(sentence, &mut out);
                }
                for said in &change.answer {
                    match said {
                        Said::Sentence(sentence) => self.sentence(sentence, &mut out),
                        Said::Text { what, runs } => {
                            out.push(indented(4, vec![span(Tone::Plain, format!("{what} changed"))]));
                            out.extend(self.runs(runs));
                        }
                    }
                }
                out.extend(
                    change.notes.iter().map(|note| indented(4, vec![span(Tone::Notice, note.clone())])),
                );
                let cost = (before.cost, after.cost);
                let tokens = tokens(&before.usage, &after.usage, cost);
                out.extend(tokens.map(|tokens| indented(4, vec![span(Tone::Faint, tokens)])));
            }
        }
        out
    }

    fn sentence(&mut self, sentence: &str, out: &mut Vec<Line>) {
        let mut lines = sentence.lines();
        let head = lines.next().unwrap_or_default();
        let has_more = sentence.contains('\n');
        if has_more && !self.told.insert(sentence.to_owned()) {
            out.push(indented(4, vec![span(Tone::Plain, format!("{head}, as above"))]));
            return;
        }
        out.push(indented(4, vec![span(Tone::Plain, head.to_owned())]));
        for line in lines {
            let tone = match line.as_bytes().first() {
                Some(b'-') => Tone::LineGone,
                Some(b'+') => Tone::LineCome,
                _ => Tone::Faint,
            };
            out.push(indented(6, vec![span(tone, line.to_owned())]));
        }
    }

    fn runs(&self, runs: &[Run]) -> Vec<Line> {
        let mut lines: Vec<Line> = vec![Vec::new()];
        for (at, run) in runs.iter().enumerate() {
            let tone = match run.op {
                Op::Same => Tone::Plain,
                Op::Gone => Tone::Gone,
                Op::Come => Tone::Come,
            };
            let text = match run.op {
                _ if self.full => run.text.clone(),
                Op::Same => around(&run.text, at > 0, at + 1 < runs.len()),
                Op::Gone | Op::Come => cut(&run.text, MAX_CHANGED),
            };
            // What replaces several lines begins on a line of its own.
            if run.op == Op::Come && text.contains('\n') && at > 0 && runs[at - 1].op == Op::Gone {
                lines.push(Vec::new());
            }
            for (number, piece) in text.split('\n').enumerate() {
                if number > 0 {
                    lines.push(Vec::new());
                }
                if let (false, Some(line)) = (piece.is_empty(), lines.last_mut()) {
                    line.push(span(tone, piece.to_owned()));
                }
            }
        }
        lines.into_iter().map(|line| if line.is_empty() { line } else { indented(6, line) }).collect()
    }

    fn recording(&self, side: &Side, out: &mut Vec<Line>) {
        for (who, text) in asked(&side.told, self.full) {
            self.speech(&who, &text, out);
        }
        for Answer { parts, .. } in &side.told.answers {
            self.speech(Role::Assistant.name(), &said(parts), out);
        }
        if let Some(error) = &side.told.error {
            self.speech("error", error, out);
        }
        let tokens = tokens(&Usage::default(), &side.usage, (None, side.cost));
        out.extend(tokens.map(|tokens| indented(4, vec![span(Tone::Faint, tokens)])));
    }

    fn speech(&self, who: &str, text: &str, out: &mut Vec<Line>) {
        out.push(indented(4, vec![span(Tone::Faint, who.to_owned())]));
        let lines: Vec<&str> = text.lines().collect();
        let shown = if self.full { lines.len() } else { lines.len().min(MAX_LINES) };
        for line in &lines[..shown] {
            let text = if self.full { (*line).to_owned() } else { cut(line, MAX_WIDTH) };
            out.push(indented(6, vec![span(Tone::Plain, text)]));
        }
        if shown < lines.len() {
            let more = format!("… {} more lines", lines.len() - shown);
            out.push(indented(6, vec![span(Tone::Faint, more)]));
        }
    }
}

fn span(tone: Tone, text: String) -> Span {
    Span { tone, text }
}

fn indented(columns: usize, mut line: Line) -> Line {
    line.insert(0, span(Tone::Plain, " ".repeat(columns)));
    line
}

/// `~ line 70  openai · gpt-4o-mini  482e03d1 → 532fb041`.
pub(crate) fn title(change: &Change) -> String {
    let side = change.sides.newest();
    let (sign, key) = match &change.sides {
        Sides::Added(side) => ('+', side.key.short()),
        Sides::Removed(side) => ('-', side.key.short()),
        Sides::Both(before, after) if change.sides.is_rekeyed() => {
            ('~', format!("{} → {}", before.key.short(), after.key.short()))
        }
        Sides::Both(_, after) => ('~', after.key.short()),
    };
    let who = side.provider.clone().unwrap_or_else(|| side.address.clone());
    let model = side.model.as_ref().map_or_else(String::new, |model| format!(" · {model}"));
    let take = if side.take > 1 { format!("  take {}", side.take) } else { String::new() };
    format!("{sign} line {}  {who}{model}  {key}{take}", side.line)
}

/// `cassettes/agent.yaml: 1 added, 2 changed, 3 as before`.
pub(crate) fn heading(file: &FileChange) -> String {
    let was = file.was.as_ref().map_or_else(String::new, |was| format!(" (was {was})"));
    let [added, removed, changed] = file.counts();
    let counts =
        [(added, "added"), (removed, "removed"), (changed, "changed"), (file.unchanged, "as before")];
    format!("{}{was}: {}", file.path, counted(&counts))
}

fn counted(counts: &[(usize, &str)]) -> String {
    let told: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{} {what}", grouped(*count as u64)))
        .collect();
    if told.is_empty() { "nothing".to_owned() } else { told.join(", ") }
}

/// What providers send otherwise, a line each.
pub(crate) fn drifts(drifts: &[Drift]) -> Vec<Line> {
    let mut out = Vec::new();
    for drift in drifts {
        let mut say = |what: String| {
            out.push(vec![span(Tone::Notice, format!("{} {what}", drift.endpoint))]);
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
        1 => "1 cassette could not be compared, and no other".to_owned(),
        count => format!("{} cassettes could not be compared, and no other", grouped(count as u64)),
    };
    format!("{what} differs between {before} and {after}")
}

/// The sums, in two lines.
pub(crate) fn summary(comparison: &Comparison) -> Vec<String> {
    if comparison.files.is_empty() {
        return vec![unchanged(comparison)];
    }
    let [added, removed, changed] = comparison.counts();
    let files = match comparison.files.len() {
        1 => "1 cassette".to_owned(),
        count => format!("{} cassettes", grouped(count as u64)),
    };
    let unchanged = comparison.files.iter().map(|file| file.unchanged).sum();
    let counts = [(added, "added"), (removed, "removed"), (changed, "changed"), (unchanged, "as before")];
    let mut out = vec![format!("{files}: {}", counted(&counts))];
    let (before, after) = comparison.totals();
    let mut figures = Vec::new();
    let [(input, now_input), (output, now_output)] = both(&before.usage, &after.usage);
    figures.extend(from_to("input", input, now_input, " tokens"));
    figures.extend(from_to("output", output, now_output, " tokens"));
    figures.extend(costs(&before, &after));
    if !figures.is_empty() {
        out.push(figures.join(", "));
    }
    out
}

fn both(before: &Usage, after: &Usage) -> [(Option<u64>, Option<u64>); 2] {
    [(before.input_tokens, after.input_tokens), (before.output_tokens, after.output_tokens)]
}

/// `input 1,204 → 1,560 tokens (+30%)`.
fn from_to(what: &str, before: Option<u64>, after: Option<u64>, unit: &str) -> Option<String> {
    if before.is_none() && after.is_none() {
        return None;
    }
    Some(format!("{what} {}", figures(before.unwrap_or(0), after.unwrap_or(0), unit)))
}

/// `1,204 → 1,560 tokens (+30%)`, or one of them if they are the same.
fn figures(before: u64, after: u64, unit: &str) -> String {
    if before == after {
        return format!("{}{unit}", grouped(after));
    }
    #[expect(clippy::cast_precision_loss, reason = "a percentage")]
    let share = share(before as f64, after as f64);
    format!("{} → {}{unit}{share}", grouped(before), grouped(after))
}

fn costs(before: &Totals, after: &Totals) -> Option<String> {
    let unknown = match before.unknown.max(after.unknown) {
        0 => String::new(),
        count => format!(" and {count} of unknown price"),
    };
    let known = before.interactions + after.interactions > before.unknown + after.unknown
        && (before.cost, after.cost) != (Dollars::ZERO, Dollars::ZERO);
    if !known {
        return (!unknown.is_empty()).then(|| "cost unknown".to_owned());
    }
    Some(format!("cost {}{unknown}", money(before.cost, after.cost)))
}

/// `$0.0021 → $0.0034 (+62%)`, or one of them if they are the same.
fn money(before: Dollars, after: Dollars) -> String {
    if before == after {
        return after.to_string();
    }
    format!("{before} → {after}{}", share(before.as_f64(), after.as_f64()))
}

/// The input and the output tokens of a file, before and after, for a table.
pub(crate) fn tokens_of(file: &FileChange) -> (String, String) {
    let cell = |(before, after): (Option<u64>, Option<u64>)| match (before, after) {
        (None, None) => String::new(),
        (before, after) => figures(before.unwrap_or(0), after.unwrap_or(0), ""),
    };
    let [input, output] = both(&file.before.usage, &file.after.usage);
    (cell(input), cell(output))
}

/// What recording a file cost, before and after, for a table.
pub(crate) fn cost_of(file: &FileChange) -> String {
    let (before, after) = (&file.before, &file.after);
    if before.unknown.max(after.unknown) > 0 {
        return "unknown".to_owned();
    }
    let free = (before.cost, after.cost) == (Dollars::ZERO, Dollars::ZERO);
    if free { String::new() } else { money(before.cost, after.cost) }
}

fn share(before: f64, after: f64) -> String {
    if before <= 0.0 { String::new() } else { format!(" ({:+.0}%)", (after / before - 1.0) * 100.0) }
}

/// What a call read and wrote, and what it cost, where that is not what it was.
pub(crate) fn tokens(
    before: &Usage,
    after: &Usage,
    cost: (Option<Dollars>, Option<Dollars>),
) -> Option<String> {
    let mut out = Vec::new();
    for (what, (was, is)) in ["input", "output"].into_iter().zip(both(before, after)) {
        if was != is {
            out.push(match was {
                None => format!("{what} {}", grouped(is.unwrap_or(0))),
                Some(was) => format!("{what} {}", figures(was, is.unwrap_or(0), "")),
            });
        }
    }
    if let Some(last) = out.last_mut() {
        last.push_str(" tokens");
    }
    match cost {
        (Some(was), Some(is)) if was != is => out.push(money(was, is)),
        (None, Some(is)) => out.push(is.to_string()),
        _ => {}
    }
    (!out.is_empty()).then(|| out.join(", "))
}

/// Who asked, and what: what is new since the model spoke last, or everything.
fn asked(told: &Conversation, full: bool) -> Vec<(String, String)> {
    let of = |Message { role, parts }: &Message| (role.name().to_owned(), said(parts));
    let mut out: Vec<(String, String)> =
        if full { told.messages.iter().map(of).collect() } else { told.latest().map(of).collect() };
    if told.messages.is_empty() {
        let settings = told.settings.iter().map(|(name, value)| format!("{name}: {}", line(value)));
        let settings: Vec<String> = settings.collect();
        out.extend((!settings.is_empty()).then(|| ("request".to_owned(), settings.join("\n"))));
    }
    out
}

fn said(parts: &[Part]) -> String {
    let told = |part: &Part| match part {
        Part::Reasoning(thought) => format!("(thinks) {thought}"),
        other => words(other, Detail::Calm).1,
    };
    parts.iter().map(told).collect::<Vec<_>>().join("\n")
}

fn first_line(text: &str) -> String {
    cut(text.lines().next().unwrap_or_default(), MAX_WIDTH)
}

/// What did not change, as far as it is near to what did.
fn around(text: &str, follows: bool, precedes: bool) -> String {
    let characters: Vec<char> = text.chars().collect();
    let (head, tail) = (if follows { AROUND } else { 0 }, if precedes { AROUND } else { 0 });
    if characters.len() <= head + tail + 40 {
        return text.to_owned();
    }
    let start: String = characters[..head].iter().collect();
    let end: String = characters[characters.len() - tail..].iter().collect();
    format!("{start}…{end}")
}

fn cut(text: &str, most: usize) -> String {
    let mut short: String = text.chars().take(most).collect();
    if short.len() < text.len() {
        let more = text.chars().count() - most;
        short.push_str(&format!("… ({} more characters)", grouped(more as u64)));
    }
    short
}
