//! How two JSON bodies differ, in the words of whoever wrote the request: messages, tools, the system prompt.

use super::Sentences;
use super::moved::moved;
use super::spoken::{brief, role, said, spoken, spoken_text, text_of_parts};
use super::text::{Limits, places, shorten};
use super::tools::{declared, tool_name, unwrapped};
use crate::model::json::Json;
use crate::model::text::plural;
use crate::providers::FIELDS;

/// Strings that are longer than this together are compared line by line.
const MAX_INLINE: usize = 60;

/// Longer words are data, such as an image in base64.
const MAX_WORD: usize = 200;

/// Longer lists of numbers are data too.
const MAX_NUMBERS: usize = 16;

type Object = [(String, Json)];

/// Everything that differs between two values, one sentence each; a diff may follow on lines of its own.
#[cfg(feature = "cli")]
pub(crate) fn differences(old: &Json, new: &Json, limits: Limits) -> Vec<String> {
    let mut out = Sentences::new(limits);
    describe(old, new, &mut out);
    out.sentences
}

/// What has become of a field of a request, or of something in it, that may have been there before or not.
pub(crate) fn changes(path: &str, before: Option<&Json>, after: Option<&Json>) -> Vec<String> {
    let mut out = Sentences::new(Limits::SHORT);
    field(path, before, after, &mut out);
    out.sentences
}

/// Everything that differs between two bodies.
pub(super) fn describe(old: &Json, new: &Json, out: &mut Sentences) {
    match (old, new) {
        (Json::Object(old), Json::Object(new)) => object("", old, new, out),
        _ => value("body", old, new, out),
    }
}

fn object(path: &str, old: &Object, new: &Object, out: &mut Sentences) {
    let find = |fields: &Object, name: &str| fields.iter().position(|(known, _)| known == name);
    let place =
        |name: &str| if path.is_empty() { shorten(name) } else { format!("{path}.{}", shorten(name)) };
    for (name, before) in old {
        field(&place(name), Some(before), find(new, name).map(|at| &new[at].1), out);
    }
    for (name, after) in new.iter().filter(|(name, _)| find(old, name).is_none()) {
        field(&place(name), None, Some(after), out);
    }
}

/// A field that is there in one of the two or in both. Those that every provider has go by the name that people use.
fn field(path: &str, before: Option<&Json>, after: Option<&Json>, out: &mut Sentences) {
    if before == after {
        return;
    }
    let list = |value: Option<&Json>| match value {
        None => Some(Vec::new()),
        Some(value) => value.as_array().map(<[Json]>::to_vec),
    };
    let lists = list(before).zip(list(after));
    if let Some((old, new)) = lists {
        if FIELDS.tools.iter().any(|steps| steps.join(".") == path) {
            return tools(&declared(&old), &declared(&new), out);
        }
        if let Some((_, noun)) = FIELDS.lists.iter().find(|(list, _)| *list == path) {
            return items(noun, &old, &new, out);
        }
    }
    if FIELDS.system.contains(&path) {
        let sentences = |value: Option<&Json>| {
            value.map(|value| spoken_text(value).map_or_else(|| value.clone(), Json::String))
        };
        let (told_before, told_after) = (sentences(before), sentences(after));
        // Where the text is the same, what differs is around it, such as a `cache_control`.
        if told_before != told_after {
            return change("system prompt", told_before.as_ref(), told_after.as_ref(), out);
        }
    }
    change(path, before, after, out);
}

fn change(path: &str, before: Option<&Json>, after: Option<&Json>, out: &mut Sentences) {
    match (before, after) {
        (Some(before), Some(after)) => value(path, before, after, out),
        (Some(before), None) => out.push(format!("{path} removed (was {})", brief(before))),
        (None, Some(after)) => out.push(format!("{path} added ({})", brief(after))),
        (None, None) => {}
    }
}

/// Tool by tool.
fn tools(old: &[&Json], new: &[&Json], out: &mut Sentences) {
    for before in old {
        let name = tool_name(before);
        match new.iter().find(|candidate| tool_name(candidate) == name) {
            None => out.push(format!("tool `{name}` removed")),
            Some(after) if after != before => {
                let mut inner = out.none();
                value("", unwrapped(before), unwrapped(after), &mut inner);
                if inner.sentences.is_empty() {
                    value("", before, after, &mut inner);
                }
                inner
                    .sentences
                    .iter()
                    .for_each(|what| out.push(format!("tool `{name}`: {}", what.trim_start())));
            }
            Some(_) => {}
        }
    }
    for after in new {
        let name = tool_name(after);
        if !old.iter().any(|candidate| tool_name(candidate) == name) {
            out.push(format!("tool `{name}` added"));
        }
    }
    if old != new && old.len() == new.len() && old.iter().all(|tool| new.contains(tool)) {
        out.push("tools in another order".to_owned());
    }
}

/// Members of a conversation, counted from 1 as people count. One that was put in or taken out is no change to those
/// behind it.
fn items(noun: &str, old: &[Json], new: &[Json], out: &mut Sentences) {
    let (old_texts, new_texts) = (texts(old), texts(new));
    let (moved, order) = moved(&old_texts, &new_texts);
    moved.iter().for_each(|moved| out.push(moved.told(|at| (at + 1).to_string(), noun)));
    let new_texts: Vec<&String> = order.iter().map(|at| &new_texts[*at]).collect();
    let new: Vec<&Json> = order.iter().map(|at| &new[*at]).collect();
    for (gone, come) in places(&old_texts.iter().collect::<Vec<_>>(), &new_texts) {
        let both = gone.len().min(come.len());
        for (before, after) in gone.clone().zip(come.clone()) {
            item(&format!("{noun} {}{}", after + 1, role(new[after])), &old[before], new[after], out);
        }
        for at in gone.skip(both) {
            out.push(format!("{noun} {}{} removed (was {})", at + 1, role(&old[at]), said(&old[at])));
        }
        for at in come.skip(both) {
            out.push(format!("{noun} {}{} added ({})", at + 1, role(new[at]), said(new[at])));
        }
    }
}

fn texts(items: &[Json]) -> Vec<String> {
    items.iter().map(Json::compact).collect()
}

fn item(name: &str, before: &Json, after: &Json, out: &mut Sentences) {
    let mut inner = out.none();
    match (before, after) {
        (Json::Object(old), Json::Object(new)) => {
            let (from, to) = (spoken(before), spoken(after));
            if let (Some((field, from)), Some((other, to))) = (&from, &to)
                && field == other
                && from != to
            {
                out.changed(name, from, to);
                let rest = |fields: &Object| -> Vec<(String, Json)> {
                    fields.iter().filter(|(known, _)| known != field).cloned().collect()
                };
                object("", &rest(old), &rest(new), &mut inner);
            } else {
                object("", old, new, &mut inner);
            }
        }
        _ => value("", before, after, &mut inner),
    }
    inner.sentences.iter().for_each(|what| out.push(format!("{name}: {}", what.trim_start())));
}

fn value(path: &str, before: &Json, after: &Json, out: &mut Sentences) {
    if before == after {
        return;
    }
    match (before, after) {
        (Json::Object(old), Json::Object(new)) => return object(path, old, new, out),
        (Json::Array(old), Json::Array(new)) => {
            if let (Some(old), Some(new)) = (text_of_parts(before), text_of_parts(after))
                && old != new
            {
                return value(path, &Json::String(old), &Json::String(new), out);
            }
            if let Some(sentence) = numbers(old, new) {
                return out.push(format!("{path} {sentence}"));
            }
            let short = before.compact().len() + after.compact().len() <= MAX_INLINE;
            if !short {
                return list(path, old, new, out);
            }
        }
        (Json::String(old), Json::String(new)) if old.len() + new.len() > MAX_INLINE => {
            match first_difference(old, new) {
                Some(sentence) => out.push(format!("{path} changed ({sentence})")),
                None => out.changed(path, old, new),
            }
            return;
        }
        _ => {}
    }
    out.push(format!("{path} {} → {}", brief(before), brief(after)));
}

/// Where two long words differ: nobody wants to see the base64 of two images.
fn first_difference(old: &str, new: &str) -> Option<String> {
    let is_word = |text: &str| text.len() > MAX_WORD && !text.contains(char::is_whitespace);
    if !is_word(old) || !is_word(new) {
        return None;
    }
    let common = old.chars().zip(new.chars()).take_while(|(a, b)| a == b).count();
    let (a, b) = (old.chars().count(), new.chars().count());
    let lengths = if a == b { a.to_string() } else { format!("{a} → {b}") };
    Some(format!("{lengths} characters, different from character {} on", common + 1))
}

fn list(path: &str, old: &[Json], new: &[Json], out: &mut Sentences) {
    let (moved, order) = moved(&texts(old), &texts(new));
    moved.iter().for_each(|moved| out.push(moved.told(|at| format!("{path}[{at}]"), "")));
    for (index, (before, after)) in old.iter().zip(order).enumerate() {
        value(&format!("{path}[{index}]"), before, &new[after], out);
    }
    if old.len() != new.len() {
        out.push(format!("{path} has {}, had {}", plural(new.len(), "item"), old.len()));
    }
}

/// How long lists of numbers differ: nobody wants to see them.
fn numbers(old: &[Json], new: &[Json]) -> Option<String> {
    let are = |items: &[Json]| {
        items.len() > MAX_NUMBERS && items.iter().all(|item| matches!(item, Json::Number(_)))
    };
    if !are(old) || !are(new) {
        return None;
    }
    let other = old.iter().zip(new).filter(|(before, after)| before != after).count();
    Some(match (old.len(), new.len()) {
        (before, after) if before == after => format!("changed ({other} of {before} numbers)"),
        (before, after) => format!("has {after} numbers, had {before}"),
    })
}
