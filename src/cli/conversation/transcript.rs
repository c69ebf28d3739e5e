//! A cassette as plain text for `git diff`: what was said, a line a line, without anything that changes from recording to
//! recording while the meaning stays.

use crate::cli::conversation::fold;
use crate::cli::conversation::words::{Detail, folded, line, words};
use crate::matching::same_answer::without_volatile;
use crate::model::interaction::Interaction;
use crate::model::json::{Json, Layout};
use crate::model::text::plural;
use crate::providers::conversation::{Conversation, Part, Tool};

/// The conversations of a cassette.
pub(in crate::cli) fn transcript<'a>(interactions: impl Iterator<Item = &'a Interaction>) -> String {
    let (interactions, conversations): (Vec<&Interaction>, Vec<Conversation>) =
        interactions.map(|interaction| (interaction, Conversation::of(interaction))).unzip();
    let repeats = fold::repeats(&conversations.iter().collect::<Vec<_>>());
    let mut out = Text::default();
    let mut tools: &[Tool] = &[];
    for ((interaction, conversation), repeat) in interactions.into_iter().zip(&conversations).zip(repeats) {
        out.heading(interaction, conversation);
        out.settings(conversation);
        if !conversation.tools.is_empty() {
            out.tools(&conversation.tools, tools);
            tools = &conversation.tools;
        }
        out.messages(conversation, repeat.map_or(0, |repeat| repeat.messages));
        out.answers(interaction, conversation);
    }
    out.0
}

#[derive(Default)]
struct Text(String);

impl Text {
    fn line(&mut self, text: &str) {
        self.0.push_str(text);
        self.0.push('\n');
    }

    fn indented(&mut self, text: &str) {
        for line in text.lines() {
            self.line(format!("  {line}").trim_end());
        }
    }

    fn heading(&mut self, interaction: &Interaction, conversation: &Conversation) {
        if !self.0.is_empty() {
            self.line("");
        }
        let take =
            if interaction.take > 1 { format!(" · take {}", interaction.take) } else { String::new() };
        self.line(&format!("# {}{take}", interaction.request.address()));
        match (&conversation.model, &interaction.model) {
            (Some(asked), Some(answered)) if asked != answered => {
                self.line(&format!("model: {asked}, answered by {answered}"));
            }
            (Some(model), _) | (None, Some(model)) => self.line(&format!("model: {model}")),
            (None, None) => {}
        }
    }

    fn settings(&mut self, conversation: &Conversation) {
        let settings = without_volatile(&Json::Object(conversation.settings.clone()));
        for (name, value) in settings.as_object().unwrap_or_default() {
            self.line(&format!("{name}: {}", line(value)));
        }
    }

    fn tools(&mut self, tools: &[Tool], before: &[Tool]) {
        if tools == before {
            return self.line("tools: as before");
        }
        for tool in tools {
            self.line(&format!("tool {}:", tool.name));
            self.indented(tool.description.as_deref().unwrap_or_default());
            self.indented(&pretty(&tool.definition));
        }
    }

    fn messages(&mut self, conversation: &Conversation, folded: usize) {
        if folded > 0 {
            self.line(&format!("\n({} as in an earlier conversation)", plural(folded, "message")));
        }
        for message in &conversation.messages[folded..] {
            self.line(&format!("\n{}:", message.role.name()));
            self.parts(&message.parts);
        }
    }

    fn answers(&mut self, interaction: &Interaction, conversation: &Conversation) {
        let status = interaction.response.status;
        for (number, answer) in conversation.answers.iter().enumerate() {
            let number = if number > 0 { format!(" {}", number + 1) } else { String::new() };
            let reason = answer.finish_reason.as_ref().map(|reason| format!(" ({reason})"));
            self.line(&format!("\nanswer{number}{}:", reason.unwrap_or_default()));
            self.parts(&answer.parts);
        }
        if status != 200 {
            self.line(&format!("\nstatus: {}", status.as_u16()));
        }
        if let Some(error) = &conversation.error {
            self.line(&format!("error: {error}"));
        }
    }

    fn parts(&mut self, parts: &[Part]) {
        for part in parts {
            match part {
                Part::Other(value) => self.indented(&pretty(&folded(&without_volatile(value)))),
                Part::Reasoning(thought) => self.indented(&format!("(thinks) {thought}")),
                part => self.indented(&words(part, Detail::Exact).1),
            }
        }
    }
}

fn pretty(value: &Json) -> String {
    Layout { indent: Some("  ".to_owned()), space_after_colon: true, ..Layout::default() }.write(value)
}
