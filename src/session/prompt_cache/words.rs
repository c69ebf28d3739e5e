//! What moved, in a sentence of one line each.

use super::prompt::Message;
use crate::matching::difference::{changes, named_tools, shorten, spoken, spoken_text};
use crate::model::json::Json;

/// The first line of the first sentence: what follows is a diff.
pub(super) fn first(described: Vec<String>) -> Option<String> {
    described.into_iter().next().map(line)
}

fn line(sentence: String) -> String {
    sentence.lines().next().unwrap_or_default().to_owned()
}

/// What became of the tools, one sentence each.
pub(super) fn tools(old: &[Json], new: &[Json]) -> Vec<String> {
    let list = |tools: &[Json]| Json::Array(tools.to_vec());
    let described = changes("tools", Some(&list(old)), Some(&list(new)));
    let mut out: Vec<String> = described.into_iter().map(line).collect();
    // Of one tool, one change is enough to know.
    out.dedup_by_key(|sentence| {
        sentence.split('`').nth(1).map(str::to_owned).unwrap_or_else(|| sentence.clone())
    });
    let named = named_tools(new);
    for (name, before) in named_tools(old) {
        let mentioned = out.iter().any(|sentence| sentence.starts_with(&format!("tool `{name}`")));
        let other = named.iter().find(|(other, _)| *other == name).is_some_and(|(_, after)| *after != before);
        if other && !mentioned {
            out.push(format!("the keys of tool `{name}` are in another order"));
        }
    }
    if out.is_empty() {
        out.push("tools changed".to_owned());
    }
    out
}

/// What became of the system prompt.
pub(super) fn system(old: &[Json], new: &[Json]) -> String {
    match (old.is_empty(), new.is_empty()) {
        (true, _) => "system prompt added".to_owned(),
        (_, true) => "system prompt removed".to_owned(),
        _ => match (said(old), said(new)) {
            (Some(old), Some(new)) if old != new => text("system prompt", &old, &new),
            _ => "the parts of the system prompt changed".to_owned(),
        },
    }
}

/// The text of all parts, if they are all text.
fn said(parts: &[Json]) -> Option<String> {
    let one = |part: &Json| match part.get("text").and_then(Json::as_str) {
        Some(text) => Some(text.to_owned()),
        None => spoken(part).map(|(_, text)| text).or_else(|| spoken_text(part)),
    };
    parts.iter().map(one).collect::<Option<Vec<_>>>().map(|texts| texts.join("\n"))
}

/// What became of the message in a place. People count from 1, and count what leads the list as well.
pub(super) fn message(old: &[Message], new: &[Message], at: usize, leading: usize) -> String {
    let name = |at: usize, message: &Message| {
        let role = message.json.get("role").and_then(Json::as_str);
        format!(
            "message {}{}",
            leading + at + 1,
            role.map(|role| format!(" ({})", shorten(role))).unwrap_or_default()
        )
    };
    let before = &old[at];
    let Some(after) = new.get(at) else { return format!("{} removed", name(at, before)) };
    let later = |messages: &[Message], wanted: &Message| {
        messages[at + 1..].iter().position(|message| message.hash == wanted.hash)
    };
    if let Some(gone) = later(old, after) {
        return match gone {
            0 => format!("{} removed", name(at, before)),
            more => format!("messages {} to {} removed", leading + at + 1, leading + at + more + 1),
        };
    }
    if later(new, before).is_some() {
        return format!("{} inserted", name(at, after));
    }
    let name = name(at, after);
    match (spoken(&before.json), spoken(&after.json)) {
        (Some((_, old)), Some((_, new))) if old != new => text(&name, &old, &new),
        _ => fields(&name, &before.json, &after.json),
    }
}

fn fields(name: &str, before: &Json, after: &Json) -> String {
    let described = changes("", Some(before), Some(after)).into_iter().next().map(line);
    match described {
        Some(what) => format!("{name}: {}", what.trim_start_matches(['.', ' '])),
        None => format!("the keys of {name} are in another order"),
    }
}

/// Where two texts part.
fn text(name: &str, old: &str, new: &str) -> String {
    let (before, after): (Vec<&str>, Vec<&str>) =
        (old.split_whitespace().collect(), new.split_whitespace().collect());
    let at = before.iter().zip(&after).take_while(|(a, b)| a == b).count();
    match (before.get(at), after.get(at)) {
        (Some(was), Some(is)) => {
            format!("{name} changed at word {} (`{}` → `{}`)", at + 1, shorten(was), shorten(is))
        }
        (Some(_), None) => format!("{name} ends after word {at}"),
        (None, Some(is)) => format!("{name} goes on after word {at} (`{}`)", shorten(is)),
        (None, None) => format!("the white space of {name} changed"),
    }
}
