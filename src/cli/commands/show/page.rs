//! A conversation set on a page: who speaks in the margin, what is said beside it.

use super::wrap::wrap;
use crate::cli::commands::columns::{columns, start_of};
use crate::cli::commands::output::{Output, Style};
use crate::cli::conversation::{Detail, Manner, line, words};
use crate::model::text::{escape_line, plural};
use crate::providers::conversation::{Answer, Conversation, Part, Role, Tool};

/// Columns of the margin: two, the longest usual name of a speaker, two.
const MARGIN: usize = 13;

/// A text of more lines is shown by its start and its end.
const LONG: usize = 16;
const START: usize = 10;
const END: usize = 3;

/// How much to show.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    pub(super) width: usize,
    /// All that was said, however long and however often.
    pub(super) full: bool,
    /// The tools with their descriptions and schemas.
    pub(super) tools: bool,
}

/// What a conversation repeats of an earlier one.
pub(super) struct Repeated<'a> {
    pub(super) key: String,
    pub(super) messages: usize,
    pub(super) tools: &'a [Tool],
}

/// Whether it is a model that speaks: to somebody, and in words or calls. Vectors, scores and lists are answers alone.
fn is_spoken(rendered: &Conversation, answer: &Answer) -> bool {
    let speaks = |part: &Part| !matches!(part, Part::Vectors { .. } | Part::Other(_));
    let asked = rendered.messages.iter().any(|message| !matches!(message.role, Role::Other(_)));
    asked && (answer.parts.is_empty() || answer.parts.iter().any(speaks))
}

/// Sets conversations on the page that is the output.
pub(super) struct Page<'a> {
    pub(super) output: &'a mut Output,
    pub(super) look: Look,
}

impl Page<'_> {
    /// Sets a conversation, without what it repeats.
    pub(super) fn conversation(&mut self, rendered: &Conversation, repeated: Option<&Repeated<'_>>) {
        let repeated = repeated.filter(|_| !self.look.full);
        let folded = repeated.map_or(0, |repeated| repeated.messages);
        self.settings(rendered);
        if repeated.is_none_or(|repeated| repeated.tools != rendered.tools) {
            self.tools(&rendered.tools);
        }
        if let Some(Repeated { key: earlier, .. }) = repeated {
            self.entry(
                "",
                Style::Faint,
                Style::Faint,
                &[format!("… {} as in {earlier}", plural(folded, "earlier message"))],
            );
        }
        for message in &rendered.messages[folded..] {
            let style = match message.role {
                Role::System | Role::Other(_) => Style::Faint,
                Role::User | Role::Tool => Style::Speaker,
                Role::Assistant => Style::Heading,
            };
            self.speech(message.role.name().to_owned(), style, &message.parts);
        }
        self.output.line("");
        for (number, answer) in rendered.answers.iter().enumerate() {
            self.answer(answer, number, rendered);
        }
        if let Some(error) = &rendered.error {
            let lines = self.fit(error);
            self.entry("error", Style::Warning, Style::Warning, &lines);
        }
    }

    fn settings(&mut self, rendered: &Conversation) {
        let all: Vec<String> =
            rendered.settings.iter().map(|(name, value)| format!("{name} {}", line(value))).collect();
        if !all.is_empty() {
            let lines = self.bounded(&all.join(" · "));
            let name = if rendered.messages.is_empty() { "request" } else { "settings" };
            self.entry(name, Style::Faint, Style::Faint, &lines);
        }
    }

    fn tools(&mut self, tools: &[Tool]) {
        if tools.is_empty() {
            return;
        }
        if !self.look.tools {
            let names: Vec<&str> = tools.iter().map(|tool| tool.name.as_str()).collect();
            let lines = self.bounded(&names.join(", "));
            return self.entry("tools", Style::Faint, Style::Faint, &lines);
        }
        for (number, tool) in tools.iter().enumerate() {
            let description = tool.description.as_deref().unwrap_or_default();
            let text = format!("{}\n{description}\n{}", tool.name, line(&tool.definition));
            let lines = self.fit(&text);
            self.entry(if number == 0 { "tools" } else { "" }, Style::Faint, Style::Faint, &lines);
        }
    }

    fn answer(&mut self, answer: &Answer, number: usize, rendered: &Conversation) {
        let other_than_error = |part: &&Part| rendered.error.is_none() || !matches!(part, Part::Other(_));
        let shown: Vec<Part> = answer.parts.iter().filter(other_than_error).cloned().collect();
        let name = match rendered.answers.len() {
            1 if is_spoken(rendered, answer) => Role::Assistant.name().to_owned(),
            1 => "answer".to_owned(),
            count => format!("answer {}/{count}", number + 1),
        };
        if !shown.is_empty() || rendered.error.is_none() {
            self.speech(name, Style::Heading, &shown);
        }
        if let Some(reason) = answer.unusual_end() {
            self.entry("", Style::Faint, Style::Warning, &[format!("ended: {reason}")]);
        }
    }

    /// What somebody says, the name once in the margin.
    fn speech(&mut self, mut name: String, style: Style, parts: &[Part]) {
        if parts.is_empty() {
            self.entry(&name, style, Style::Faint, &["(nothing)".to_owned()]);
        }
        for part in parts {
            let (manner, text) = words(part, Detail::Calm);
            // Not all terminals can write faintly.
            let mark = if manner == Manner::Thought { "(thinks) " } else { "" };
            let lines = self.bounded(&format!("{mark}{text}"));
            let said = match manner {
                Manner::AnswerChange => Style::Plain,
                Manner::Thought | Manner::Thing => Style::Faint,
                Manner::Called => Style::Call,
            };
            self.entry(&name, style, said, &lines);
            name.clear();
        }
    }

    /// Lines beside the margin, the first of them beside a name.
    fn entry(&mut self, name: &str, name_style: Style, style: Style, lines: &[String]) {
        let room = MARGIN - 2;
        for (number, line) in lines.iter().enumerate() {
            let name = if number == 0 { name } else { "" };
            let name = escape_line(name);
            let name = start_of(&name, room - 1);
            let gap = " ".repeat(room.saturating_sub(columns(name)));
            self.output.spans([
                (Style::Plain, "  "),
                (name_style, name),
                (Style::Plain, &gap),
                (style, line),
            ]);
        }
    }

    /// The lines of a text in the room beside the margin.
    fn fit(&self, text: &str) -> Vec<String> {
        wrap(text, self.look.width.saturating_sub(MARGIN))
    }

    /// The same, without the middle of a long text.
    fn bounded(&self, text: &str) -> Vec<String> {
        let mut lines = self.fit(text);
        if !self.look.full && lines.len() > LONG {
            let left_out = lines.len() - START - END;
            lines.splice(
                START..START + left_out,
                [format!("… {} (--full shows them)", plural(left_out, "more line"))],
            );
        }
        lines
    }
}
