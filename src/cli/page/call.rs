//! One interaction: a line that says what it is about, and below it the conversation.

use super::figures::{day, duration};
use super::html::Html;
use super::threads::Turn;
use super::{Call, Mark, money, parts, raw, refreshing};
use crate::cli::conversation::Repeat;
use crate::model::exchange::Cut;
use crate::model::text::grouped;
use crate::providers::Usage;
use crate::providers::conversation::{Conversation, Part, Tool};
use crate::providers::price::Totals;

/// What a call needs to know of the page around it.
pub(super) struct Place<'a> {
    pub(super) anchor: &'a str,
    /// Path and line in the cassette.
    pub(super) origin: String,
    /// The cassette as a relative URL.
    pub(super) link: Option<&'a str>,
    /// What is said again, with the address and the short key of the call that said it first.
    pub(super) repeat: Option<(Repeat, &'a str, String)>,
    /// The tools that the call offered whose beginning this one has.
    pub(super) tools_of: Option<&'a [Tool]>,
    pub(super) marks: Vec<Mark>,
    /// What is to be said of its file, in words.
    pub(super) of_file: &'a str,
    /// What recording it costs.
    pub(super) cost: Totals,
    /// Days since it was recorded.
    pub(super) age: Option<u32>,
    pub(super) open: bool,
    /// Which turn of a thread it is.
    pub(super) turn: Option<Turn>,
}

/// Shows a call.
pub(super) fn show(call: &Call, place: &Place<'_>, html: &mut Html) {
    let interaction = &call.parsed.interaction;
    let is = marked(call, place);
    let mut attributes = vec![("class", "call"), ("id", place.anchor)];
    let found = [
        ("data-provider", interaction.provider.as_deref()),
        ("data-model", interaction.model.as_deref()),
        ("data-is", Some(is.as_str()).filter(|is| !is.is_empty())),
    ];
    attributes.extend(found.into_iter().filter_map(|(name, value)| Some((name, value?))));
    if place.open {
        attributes.push(("open", ""));
    }
    html.element("details", &attributes, |html| {
        summary(call, place, html);
        html.element("div", &[("class", "body")], |html| {
            facts(call, place, html);
            conversation(&call.conversation, place, html);
            if is_untold(&call.conversation) {
                bodies(call, html);
            }
            raw::show(&call.parsed.interaction, html);
        });
    });
}

/// What the filters go by.
fn marked(call: &Call, place: &Place<'_>) -> String {
    let interaction = &call.parsed.interaction;
    let failed = (!interaction.response.status.is_success()).then_some("failed");
    let pinned = interaction.labels.pinned.then_some("pinned");
    let words = place.marks.iter().map(|mark| mark.word()).chain(failed).chain(pinned);
    words.chain(Some(place.of_file).filter(|word| !word.is_empty())).collect::<Vec<_>>().join(" ")
}

fn is_untold(conversation: &Conversation) -> bool {
    conversation.messages.is_empty() && conversation.answers.is_empty() && conversation.error.is_none()
}

fn summary(call: &Call, place: &Place<'_>, html: &mut Html) {
    let interaction = &call.parsed.interaction;
    html.element("summary", &[], |html| {
        html.element("span", &[("class", "line")], |html| {
            if let Some(Turn { number }) = place.turn {
                html.leaf("span", &[("class", "nth")], &format!("turn {number}"));
            }
            let model = interaction.model.as_deref().or(call.conversation.model.as_deref());
            html.leaf("b", &[], model.unwrap_or("no model"));
            html.leaf("span", &[("class", "faint")], &interaction.request.address());
            if !interaction.response.status.is_success() {
                html.leaf(
                    "span",
                    &[("class", "mark bad")],
                    &format!("HTTP {}", interaction.response.status.as_u16()),
                );
            }
            for mark in &place.marks {
                mark.show(html);
            }
            match interaction.response.body.cut {
                Cut::Whole => {}
                Cut::ClientAborted => html.markup("<span class=\"mark\">client aborted</span>"),
                Cut::EndedEarly => html.markup("<span class=\"mark bad\">ended early</span>"),
                Cut::Broke => html.markup("<span class=\"mark bad\">transfer broke</span>"),
            }
            let usage = Usage::of(&interaction.usage);
            let (input, output) = (usage.input_tokens.unwrap_or(0), usage.output_tokens.unwrap_or(0));
            if input > 0 || output > 0 {
                html.element("span", &[("class", "tokens")], |html| {
                    html.text(&format!("{} in, {} out", grouped(input), grouped(output)));
                    if !money::cost(&place.cost).is_empty() {
                        html.text(", ");
                        money::leaf("span", &[], &place.cost, html);
                    }
                });
            }
        });
        if let Some(gist) = gist(&call.conversation) {
            html.leaf("span", &[("class", "gist"), ("dir", "auto")], &gist);
        }
    });
}

/// What the last message asks for and what the first answer says.
fn gist(conversation: &Conversation) -> Option<String> {
    let asked = conversation.messages.last().and_then(|message| parts::gist(&message.parts));
    let said = conversation.answers.first().and_then(|answer| parts::gist(&answer.parts));
    match (asked, said) {
        (Some(asked), Some(said)) => Some(format!("{asked} → {said}")),
        (asked, said) => asked.or(said),
    }
}

fn facts(call: &Call, place: &Place<'_>, html: &mut Html) {
    let interaction = &call.parsed.interaction;
    html.element("p", &[("class", "facts")], |html| {
        match place.link {
            Some(link) => html.leaf("a", &[("href", link)], &place.origin),
            None => html.leaf("span", &[], &place.origin),
        }
        let key = call.key().to_string();
        html.element("span", &[("class", "key")], |html| {
            html.leaf("code", &[("title", "the key of the request")], &key);
            html.leaf("button", &[("type", "button"), ("class", "copy"), ("data-copy", &key)], "Copy key");
        });
        if let Some(command) = refreshing::one(call) {
            refreshing::button(&command, html);
        }
        html.leaf("time", &[("datetime", &interaction.recorded_at)], &interaction.recorded_at);
        for fact in rendered(call, place) {
            html.leaf("span", &[], &fact);
        }
        let here = format!("#{}", place.anchor);
        html.leaf("a", &[("href", &here), ("class", "copy-link")], "Link");
    });
    let settings = &call.conversation.settings;
    if !settings.is_empty() {
        html.element("p", &[("class", "settings")], |html| {
            for (name, value) in settings {
                html.leaf(
                    "span",
                    &[("class", "chip")],
                    &format!("{name} {}", parts::brief(&value.compact(), 200)),
                );
            }
        });
    }
}

/// What else there is to say of a call in a few words each.
fn rendered(call: &Call, place: &Place<'_>) -> Vec<String> {
    let interaction = &call.parsed.interaction;
    let usage = Usage::of(&interaction.usage);
    let counted = |count: Option<u64>, noun: &str| {
        count.filter(|count| *count > 0).map(|count| format!("{} {noun}", grouped(count)))
    };
    let uses = &call.uses;
    [
        place.age.filter(|_| place.marks.contains(&Mark::Stale)).map(|days| format!("{days} days old")),
        interaction.provider.clone(),
        call.conversation.fingerprint.clone(),
        (interaction.take > 1).then(|| format!("take {}", interaction.take)),
        counted(usage.cache_read_input_tokens, "cached tokens"),
        counted(usage.reasoning_output_tokens, "reasoning tokens"),
        took(call),
        used(call),
        uses.test.as_deref().map(|test| {
            let others = if uses.by_others { " and others" } else { "" };
            format!("used by {test}{others}")
        }),
        interaction.labels.in_words(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// How long recording took, as its chunks tell or else the ledger.
fn took(call: &Call) -> Option<String> {
    let (first, total) = call.times()?;
    Some(format!("first byte after {}, all after {}", duration(first), duration(total)))
}

/// How often it was played, and when it was last used.
fn used(call: &Call) -> Option<String> {
    let day = day(call.uses.last_at?)?;
    Some(match call.hits() {
        0 => format!("last used {day}"),
        1 => format!("played once, last used {day}"),
        hits => format!("played {} times, last used {day}", grouped(hits)),
    })
}

fn conversation(conversation: &Conversation, place: &Place<'_>, html: &mut Html) {
    match place.tools_of {
        Some(tools) if tools == conversation.tools && !tools.is_empty() => {
            let told = if tools.len() == 1 {
                "the same tool".to_owned()
            } else {
                format!("the same {} tools", tools.len())
            };
            html.leaf("p", &[("class", "repeat")], &format!("… {told}"));
        }
        _ => parts::tools(&conversation.tools, html),
    }
    let mut messages = conversation.messages.as_slice();
    if let Some((repeat, anchor, key)) = &place.repeat {
        messages = messages.get(repeat.messages..).unwrap_or_default();
        let what = match (repeat.messages, messages.is_empty()) {
            (_, true) => "the same messages as in".to_owned(),
            (1, false) => "1 earlier message, as in".to_owned(),
            (n, false) => format!("{n} earlier messages, as in"),
        };
        html.element("p", &[("class", "repeat")], |html| {
            html.text(&format!("… {what} "));
            html.leaf("a", &[("href", &format!("#{anchor}"))], key);
        });
    }
    for message in messages {
        parts::message(message, html);
    }
    if let Some(error) = &conversation.error {
        parts::turn("turn error", "error", &[Part::Text(error.clone())], None, html);
    }
    let several = conversation.answers.len() > 1;
    for (index, answer) in conversation.answers.iter().enumerate() {
        let who = if several { format!("answer {}", index + 1) } else { "answer".to_owned() };
        let end = answer.unusual_end().map(|reason| format!("ended with {reason}"));
        parts::turn("turn answer", &who, &answer.parts, end.as_deref(), html);
    }
}

/// A call that is no conversation: what was sent and what came, as it stands.
fn bodies(call: &Call, html: &mut Html) {
    let interaction = &call.parsed.interaction;
    let sides = [("sent", &interaction.request.body), ("answer", &interaction.response.body.bytes)];
    for (who, body) in sides {
        if !body.is_empty() {
            html.element("div", &[("class", "turn")], |html| {
                html.leaf("div", &[("class", "who")], who);
                html.leaf("pre", &[("class", "data said"), ("tabindex", "0")], &raw::legible(body));
            });
        }
    }
}
