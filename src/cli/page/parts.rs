//! The pieces of what somebody says.

use super::figures::size;
use super::html::Html;
use super::markdown;
use super::raw::pretty;
use crate::model::json::Json;
use crate::model::text::{grouped, plural};
use crate::providers::conversation::{Message, Part, Role, Tool};

/// Characters of arguments that stand on the line of the call.
const MAX_INLINE: usize = 80;

/// Longer texts get a box of their own to scroll in.
const MAX_OPEN: usize = 6_000;

impl Role {
    fn class(&self) -> &'static str {
        match self {
            Role::System => "turn system",
            Role::User => "turn user",
            Role::Assistant => "turn assistant",
            Role::Tool => "turn tool",
            Role::Other(_) => "turn",
        }
    }
}

/// A message of a request.
pub(super) fn message(message: &Message, html: &mut Html) {
    turn(message.role.class(), message.role.name(), &message.parts, None, html);
}

/// Something that somebody says: who, what, and a word at its end.
pub(super) fn turn(class: &'static str, who: &str, parts: &[Part], end: Option<&str>, html: &mut Html) {
    html.element("div", &[("class", class)], |html| {
        html.leaf("div", &[("class", "who")], who);
        html.element("div", &[("class", "said")], |html| {
            for part in parts {
                show(part, html);
                // What a model writes is Markdown; what others write is what it says.
                if let (Part::Text(text), "turn answer" | "turn assistant") = (part, class) {
                    markdown::template(text, html);
                }
            }
            if let Some(end) = end {
                html.leaf("p", &[("class", "end")], end);
            }
        });
    });
}

fn show(part: &Part, html: &mut Html) {
    match part {
        Part::Text(text) => prose("text", text, html),
        Part::Reasoning(text) => labelled("reasoning", text, html),
        Part::Refusal(text) => labelled("refusal", text, html),
        Part::ToolCall { id, name, arguments } => call(id.as_deref(), name, arguments, html),
        Part::ToolResult { id, name, parts, is_error } => {
            html.element("p", &[("class", "tag")], |html| {
                html.text(if *is_error { "failed" } else { "returned" });
                if let Some(name) = name {
                    html.text(" by ");
                    html.leaf("code", &[], name);
                }
                identifier(id.as_deref(), html);
            });
            html.element("div", &[("class", "result")], |html| {
                parts.iter().for_each(|part| show(part, html))
            });
        }
        Part::Media { kind, source, bytes } => {
            let length = bytes.map(|bytes| format!(" · {}", size(bytes))).unwrap_or_default();
            let from = if source.is_empty() { String::new() } else { format!(" · {}", brief(source, 120)) };
            html.leaf("p", &[("class", "chip")], &format!("{kind}{length}{from}"));
        }
        Part::Vectors { count, dimensions } => {
            let rendered = format!("{} of {} numbers", plural(*count, "vector"), grouped(*dimensions as u64));
            html.leaf("p", &[("class", "chip")], &rendered);
        }
        Part::Other(tree) => html.leaf("pre", &[("class", "data"), ("tabindex", "0")], &pretty(tree)),
    }
}

fn labelled(label: &'static str, text: &str, html: &mut Html) {
    html.element("div", &[("class", label)], |html| {
        html.leaf("p", &[("class", "tag")], label);
        prose("text", text, html);
    });
}

/// Running text. Each paragraph finds its own direction, so that Arabic reads as Arabic.
fn prose(class: &'static str, text: &str, html: &mut Html) {
    if text.len() > MAX_OPEN {
        let box_of = [
            ("class", "text long"),
            ("dir", "auto"),
            ("tabindex", "0"),
            ("role", "region"),
            ("aria-label", "long text"),
        ];
        html.leaf("div", &box_of, text);
    } else {
        html.leaf("div", &[("class", class), ("dir", "auto")], text);
    }
}

/// A call as one would write it: `get_weather(city: "Oslo")`.
fn call(id: Option<&str>, name: &str, arguments: &Json, html: &mut Html) {
    let inline = match arguments {
        Json::Object(fields) => fields
            .iter()
            .map(|(name, value)| format!("{name}: {}", value.compact()))
            .collect::<Vec<_>>()
            .join(", "),
        other => other.compact(),
    };
    html.element("p", &[("class", "tag")], |html| {
        html.text("calls");
        identifier(id, html);
    });
    if inline.chars().count() <= MAX_INLINE {
        html.element("pre", &[("class", "data")], |html| {
            html.leaf("b", &[], name);
            html.text(&format!("({inline})"));
        });
    } else {
        html.element("pre", &[("class", "data"), ("tabindex", "0")], |html| {
            html.leaf("b", &[], name);
            html.text(&format!("({})", pretty(arguments)));
        });
    }
}

fn identifier(id: Option<&str>, html: &mut Html) {
    if let Some(id) = id {
        html.text(" ");
        html.leaf("code", &[("class", "faint")], id);
    }
}

/// The tools that a request offers: their names, and folded all that is said of them.
pub(super) fn tools(tools: &[Tool], html: &mut Html) {
    if tools.is_empty() {
        return;
    }
    let names: Vec<&str> = tools.iter().map(|tool| tool.name.as_str()).collect();
    html.element("details", &[("class", "tools")], |html| {
        html.leaf("summary", &[], &format!("{}: {}", plural(tools.len(), "tool"), names.join(", ")));
        for tool in tools {
            html.leaf("h5", &[], &tool.name);
            if let Some(description) = &tool.description {
                prose("text", description, html);
            }
            html.leaf("pre", &[("class", "data"), ("tabindex", "0")], &pretty(&tool.definition));
        }
    });
}

/// What is said in a few words: the text of parts, or else what they are.
pub(super) fn gist(parts: &[Part]) -> Option<String> {
    let word = |part: &Part| match part {
        Part::Text(text) | Part::Refusal(text) if !text.trim().is_empty() => Some(brief(text, 160)),
        Part::ToolCall { name, arguments, .. } => {
            Some(brief(&format!("{name}({})", arguments.compact()), 160))
        }
        Part::ToolResult { parts, .. } => gist(parts),
        Part::Vectors { count, .. } => Some(plural(*count, "vector")),
        Part::Media { kind, .. } => Some(kind.clone()),
        _ => None,
    };
    parts.iter().find_map(word)
}

/// The start of a text on one line.
pub(super) fn brief(text: &str, most: usize) -> String {
    let mut words = String::new();
    for word in text.split_whitespace() {
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(word);
        if words.len() > most * 4 {
            break;
        }
    }
    match words.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &words[..end]),
        None => words,
    }
}
