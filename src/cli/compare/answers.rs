//! How two answers differ: texts word by word, calls as calls.

use super::{AnswerChange, word_diff};
use crate::cli::conversation::{Detail, call, words as in_words};
use crate::matching::difference::{self, Limits};
use crate::matching::same_answer::{same_answer, without_volatile};
use crate::model::exchange::{Cut, Response};
use crate::model::interaction::Interaction;
use crate::model::json::{self, Json};
use crate::providers::conversation::{Answer, Conversation, Part};

/// Everything that the newer answer says otherwise.
pub(super) fn differences(
    was: &Interaction,
    is: &Interaction,
    from: &Conversation,
    to: &Conversation,
    limits: Limits,
) -> Vec<AnswerChange> {
    if same_answer(&was.response, &is.response) {
        return Vec::new();
    }
    let mut out = Vec::new();
    let several = from.answers.len().max(to.answers.len()) > 1;
    for number in 0..from.answers.len().max(to.answers.len()) {
        let of = if several { format!(" {}", number + 1) } else { String::new() };
        match (from.answers.get(number), to.answers.get(number)) {
            (Some(old), Some(new)) => answer(&of, old, new, limits, &mut out),
            (Some(_), None) => out.push(AnswerChange::Sentence(format!("answer{of} removed"))),
            (None, Some(new)) => {
                out.push(AnswerChange::Sentence(format!("answer{of} added")));
                answer(&of, &Answer::default(), new, limits, &mut out);
            }
            (None, None) => {}
        }
    }
    if from.error != to.error {
        let rendered = |error: &Option<String>| error.clone().unwrap_or_default();
        text("error", &rendered(&from.error), &rendered(&to.error), &mut out);
    }
    if out.is_empty() {
        out = beside(&was.response, &is.response, limits).into_iter().map(AnswerChange::Sentence).collect();
    }
    out
}

/// The text of a part, if it is of one kind.
type OfKind = fn(&Part) -> Option<&str>;

fn answer(of: &str, old: &Answer, new: &Answer, limits: Limits, out: &mut Vec<AnswerChange>) {
    let kinds: [(&str, OfKind); 3] = [
        ("reasoning", |part| if let Part::Reasoning(text) = part { Some(text) } else { None }),
        ("answer", |part| if let Part::Text(text) = part { Some(text) } else { None }),
        ("refusal", |part| if let Part::Refusal(text) = part { Some(text) } else { None }),
    ];
    for (what, of_kind) in kinds {
        let rendered =
            |answer: &Answer| answer.parts.iter().filter_map(of_kind).collect::<Vec<_>>().join("\n");
        text(&format!("{what}{of}"), &rendered(old), &rendered(new), out);
    }
    calls(of, &calls_of(old), &calls_of(new), limits, out);
    things(of, &things_of(old), &things_of(new), out);
    if old.finish_reason != new.finish_reason
        && let (Some(before), Some(after)) = (&old.finish_reason, &new.finish_reason)
    {
        out.push(AnswerChange::Sentence(format!("answer{of} ended with {after}, was {before}")));
    }
}

fn text(what: &str, old: &str, new: &str, out: &mut Vec<AnswerChange>) {
    if old != new {
        out.push(AnswerChange::Text { what: what.to_owned(), runs: word_diff::diff(old, new) });
    }
}

/// The calls of an answer: which tool, with what.
fn calls_of(answer: &Answer) -> Vec<(&str, &Json)> {
    let mut calls = Vec::new();
    for part in &answer.parts {
        if let Part::ToolCall { name, arguments, .. } = part {
            calls.push((name.as_str(), arguments));
        }
    }
    calls
}

fn calls(
    of: &str,
    old: &[(&str, &Json)],
    new: &[(&str, &Json)],
    limits: Limits,
    out: &mut Vec<AnswerChange>,
) {
    let written =
        |calls: &[(&str, &Json)]| calls.iter().map(|(name, with)| call(name, with)).collect::<Vec<_>>();
    let (before, after) = (written(old), written(new));
    let mut say = |sentence: String| out.push(AnswerChange::Sentence(sentence));
    for (gone, come) in difference::places(&before, &after) {
        let both = gone.len().min(come.len());
        for (a, b) in gone.clone().zip(come.clone()) {
            let ((name, with), (other, now)) = (old[a], new[b]);
            if name != other {
                say(format!("answer{of} calls {}\n- {}\n+ {}", other, before[a], after[b]));
                continue;
            }
            let differ = difference::between(with, now, limits);
            differ.into_iter().for_each(|what| say(format!("answer{of} calls {name}: {what}")));
        }
        gone.skip(both).for_each(|at| say(format!("answer{of} no longer calls {}", before[at])));
        come.skip(both).for_each(|at| say(format!("answer{of} calls {}", after[at])));
    }
}

/// What of an answer is neither text nor a call, in words.
fn things_of(answer: &Answer) -> Vec<String> {
    let rendered = |part: &Part| match part {
        Part::Text(_) | Part::Reasoning(_) | Part::Refusal(_) | Part::ToolCall { .. } => None,
        Part::Other(value) => Some(in_words(&Part::Other(without_volatile(value)), Detail::Exact).1),
        other => Some(in_words(other, Detail::Exact).1),
    };
    answer.parts.iter().filter_map(rendered).collect()
}

fn things(of: &str, old: &[String], new: &[String], out: &mut Vec<AnswerChange>) {
    for (gone, come) in difference::places(old, new) {
        let lines = |sign: &str, of: &[String]| -> Vec<String> {
            of.iter().flat_map(|text| text.lines()).map(|line| format!("{sign} {line}")).collect()
        };
        let lines = [lines("-", &old[gone]), lines("+", &new[come])].concat().join("\n");
        out.push(AnswerChange::Sentence(format!("answer{of} has other content\n{lines}")));
    }
}

/// How answers differ that say the same: in fields that are no part of a conversation.
fn beside(was: &Response, is: &Response, limits: Limits) -> Vec<String> {
    let (old, new) = (&was.body.bytes, &is.body.bytes);
    if let (Ok(old), Ok(new)) = (json::parse(old), json::parse(new)) {
        let (mut old, mut new) = (without_conversation(&old), without_conversation(&new));
        let (mut gone, mut come) = (Vec::new(), Vec::new());
        only_in_both("", &mut old, &mut new, &mut gone, &mut come);
        let named = |what: String| if what.starts_with("body ") { what } else { format!("answer: {what}") };
        let mut rendered: Vec<String> =
            difference::between(&old, &new, limits).into_iter().map(named).collect();
        let fields = |what: &str, names: &[String]| {
            (!names.is_empty()).then(|| format!("answer: {what} {}", names.join(", ")))
        };
        rendered.extend(fields("no longer has", &gone));
        rendered.extend(fields("now has", &come));
        return rendered;
    }
    if was.status != is.status || old == new {
        return Vec::new();
    }
    if old.len() == new.len() {
        vec![format!("answer changed within its {} bytes", new.len())]
    } else {
        vec![format!("answer changed, {} → {} bytes", old.len(), new.len())]
    }
}

/// What clients see of an answer beside its body: as what it was sent, and whether they read it to its end.
pub(super) fn sent_otherwise(was: &Response, is: &Response) -> Vec<String> {
    let kind = |response: &Response| {
        let kind = response.headers.get(http::header::CONTENT_TYPE);
        kind.map_or("not stated".to_owned(), |kind| String::from_utf8_lossy(kind.as_bytes()).into_owned())
    };
    let mut out = Vec::new();
    if kind(was) != kind(is) {
        out.push(format!("content type {} → {}", kind(was), kind(is)));
    }
    if was.body.cut != is.body.cut {
        let before = match was.body.cut {
            Cut::Whole => None,
            Cut::ClientAborted => {
                Some("the client no longer closes the connection before the end of the answer")
            }
            Cut::EndedEarly => Some("the answer no longer ends early"),
            Cut::Broke => Some("the transfer no longer breaks"),
        };
        let now = match is.body.cut {
            Cut::Whole => None,
            Cut::ClientAborted => Some("the client now closes the connection before the end of the answer"),
            Cut::EndedEarly => Some("the answer now ends early"),
            Cut::Broke => Some("the transfer now breaks"),
        };
        out.extend(before.into_iter().chain(now).map(str::to_owned));
    }
    out
}

/// An answer without what differs each time, and without what is told apart: counts of tokens, the model.
fn without_conversation(answer: &Json) -> Json {
    match without_volatile(answer) {
        Json::Object(fields) => {
            let rendered =
                |name: &str| matches!(name, "usage" | "usageMetadata" | "meta" | "model" | "modelVersion");
            Json::Object(fields.into_iter().filter(|(name, _)| !rendered(name)).collect())
        }
        other => other,
    }
}

/// Takes out the fields that only one of two values has, and says which they are.
fn only_in_both(path: &str, old: &mut Json, new: &mut Json, gone: &mut Vec<String>, come: &mut Vec<String>) {
    match (old, new) {
        (Json::Object(old), Json::Object(new)) => {
            let place = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
            let strip =
                |from: &mut Vec<(String, Json)>, other: &[(String, Json)], rendered: &mut Vec<String>| {
                    from.retain(|(name, _)| {
                        let stays = other.iter().any(|(known, _)| known == name);
                        rendered.extend((!stays).then(|| format!("`{}`", place(name))));
                        stays
                    });
                };
            strip(old, new, gone);
            strip(new, old, come);
            for (name, value) in old {
                if let Some((_, other)) = new.iter_mut().find(|(known, _)| known == name) {
                    only_in_both(&place(name), value, other, gone, come);
                }
            }
        }
        (Json::Array(old), Json::Array(new)) => {
            for (at, (value, other)) in old.iter_mut().zip(new).enumerate() {
                only_in_both(&format!("{path}[{at}]"), value, other, gone, come);
            }
        }
        _ => {}
    }
}
