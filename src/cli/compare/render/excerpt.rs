//! As much of what somebody said as a reader of changes wants to see.

use crate::cli::conversation::{Detail, line, words};
use crate::model::text::plural;
use crate::providers::conversation::{Conversation, Message, Part};

/// Characters of a line of what somebody says.
pub(super) const MAX_WIDTH: usize = 400;

/// Characters around a change of words.
const AROUND: usize = 120;

/// Who asked, and what: what is new since the model spoke last, or everything.
pub(super) fn asked(rendered: &Conversation, full: bool) -> Vec<(String, String)> {
    let of = |Message { role, parts }: &Message| (role.name().to_owned(), said(parts));
    let mut out: Vec<(String, String)> =
        if full { rendered.messages.iter().map(of).collect() } else { rendered.latest().map(of).collect() };
    if rendered.messages.is_empty() {
        let settings = rendered.settings.iter().map(|(name, value)| format!("{name}: {}", line(value)));
        let settings: Vec<String> = settings.collect();
        out.extend((!settings.is_empty()).then(|| ("request".to_owned(), settings.join("\n"))));
    }
    out
}

pub(super) fn said(parts: &[Part]) -> String {
    let rendered = |part: &Part| match part {
        Part::Reasoning(thought) => format!("(thinks) {thought}"),
        other => words(other, Detail::Calm).1,
    };
    parts.iter().map(rendered).collect::<Vec<_>>().join("\n")
}

pub(super) fn first_line(text: &str) -> String {
    cut(text.lines().next().unwrap_or_default(), MAX_WIDTH)
}

/// What did not change, as far as it is near to what did.
pub(super) fn around(text: &str, follows: bool, precedes: bool) -> String {
    let characters: Vec<char> = text.chars().collect();
    let (head, tail) = (if follows { AROUND } else { 0 }, if precedes { AROUND } else { 0 });
    if characters.len() <= head + tail + 40 {
        return text.to_owned();
    }
    let start: String = characters[..head].iter().collect();
    let end: String = characters[characters.len() - tail..].iter().collect();
    format!("{start}…{end}")
}

pub(super) fn cut(text: &str, most: usize) -> String {
    let mut short: String = text.chars().take(most).collect();
    if short.len() < text.len() {
        let more = text.chars().count() - most;
        short.push_str(&format!("… ({})", plural(more, "more character")));
    }
    short
}
