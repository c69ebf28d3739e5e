//! The page as a whole.

use sha2::{Digest as _, Sha256};

use super::anchors::Anchors;
use super::call::{self, Place};
use super::figures::totals;
use super::html::Html;
use super::threads::{self, Turn};
use super::{Call, Cassette, Content, Context, Mark, overview, refreshing, settle};
use crate::cli::conversation::repeats;
use crate::model::base64;
use crate::model::text::plural;
use crate::providers::conversation::Conversation;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// How every page begins: by this a report is known to be one, and may be written over.
pub(in crate::cli) const MARK: &str = "<!doctype html>\n<!-- llm-cassette report -->\n";

/// On a page with more calls, each is one line until somebody opens it.
pub(super) const MAX_OPEN: usize = 40;

/// Addresses that the page itself takes.
pub(super) const OWN: [&str; 10] =
    ["main", "overview", "list", "conversations", "nothing", "words", "count", "fold", "markdown", "theme"];

/// The page for cassettes. The same input gives the same bytes.
pub(in crate::cli) fn render(cassettes: &mut [Cassette], context: &Context<'_>) -> String {
    settle(cassettes, context.prices);
    let cassettes = &*cassettes;
    let mut anchors = Anchors::beside(&OWN);
    let addresses: Vec<String> = cassettes.iter().map(|cassette| anchors.make(&cassette.name)).collect();
    whole("Cassettes", |html| {
        overview::show(cassettes, &addresses, context, html);
        html.element("section", &[("aria-labelledby", "conversations")], |html| {
            html.markup("<h2 id=\"conversations\">Conversations</h2>");
            html.markup(NOTHING);
            let calls: usize = cassettes.iter().map(|cassette| cassette.calls().len()).sum();
            for (cassette, address) in cassettes.iter().zip(&addresses) {
                conversations(cassette, address, context, calls <= MAX_OPEN, &mut anchors, html);
            }
        });
    })
}

/// What a search shows that finds nothing.
pub(super) const NOTHING: &str = "<p id=\"nothing\" hidden>Nothing contains all of these words.</p>";

/// A page around what it shows.
pub(super) fn whole(title: &'static str, main: impl FnOnce(&mut Html)) -> String {
    let mut html = Html::default();
    html.markup(MARK);
    html.element("html", &[("lang", "en")], |html| {
        head(title, html);
        html.element("body", &[], |html| {
            header(title, html);
            html.element("main", &[("id", "main")], main);
            html.markup("<footer><p>Written by <code>llm-cassette report</code>.</p></footer>");
            html.markup("<script>");
            html.markup(SCRIPT);
            html.markup("</script>");
        });
    });
    html.markup("\n");
    html.into_string()
}

fn head(title: &'static str, html: &mut Html) {
    html.element("head", &[], |html| {
        html.markup("<meta charset=\"utf-8\">");
        html.open("meta", &[("http-equiv", "Content-Security-Policy"), ("content", &policy())]);
        html.markup(
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <meta name=\"color-scheme\" content=\"light dark\">\
             <meta name=\"referrer\" content=\"no-referrer\">",
        );
        html.leaf("title", &[], title);
        html.markup("<style>");
        html.markup(STYLE);
        html.markup("</style>");
    });
}

/// Nothing may be loaded, sent or run but our own style and script, known by their hashes. Should recorded text ever
/// become markup, it could still do nothing.
fn policy() -> String {
    let hash = |text: &str| format!("'sha256-{}'", base64::encode(Sha256::digest(text)));
    format!(
        "default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}

fn header(title: &'static str, html: &mut Html) {
    html.markup("<a class=\"skip\" href=\"#main\">Skip to the cassettes</a><header>");
    html.leaf("h1", &[], title);
    html.markup(
        "<div class=\"search script-only\" role=\"search\"><label class=\"unseen\" for=\"words\">Search</label>\
         <input id=\"words\" type=\"search\" placeholder=\"Messages, models, paths, keys\" autocomplete=\"off\" \
         spellcheck=\"false\" aria-describedby=\"count\" aria-keyshortcuts=\"/\"><kbd aria-hidden=\"true\">/</kbd></div>\
         <span id=\"count\" role=\"status\"></span><span class=\"controls script-only\">\
         <button type=\"button\" id=\"fold\">Open all</button>\
         <button type=\"button\" id=\"markdown\" aria-pressed=\"false\" hidden>Markdown: off</button>\
         <button type=\"button\" id=\"theme\">Theme: system</button></span></header>",
    );
}

fn conversations(
    cassette: &Cassette,
    address: &str,
    context: &Context<'_>,
    open: bool,
    anchors: &mut Anchors,
    html: &mut Html,
) {
    let marks = words(&context.marks_of_all(cassette));
    html.element(
        "section",
        &[("class", "cassette"), ("id", address), ("aria-label", &cassette.name), ("data-is", &marks)],
        |html| {
            html.element("div", &[("class", "head")], |html| {
                html.element("h3", &[], |html| {
                    html.leaf("span", &[("class", "name")], &cassette.name);
                    for mark in context.marks_of_all(cassette) {
                        mark.show(html);
                    }
                    if let Content::Calls { calls, .. } = &cassette.content {
                        html.leaf("span", &[("class", "faint")], &plural(calls.len(), "interaction"));
                    }
                });
                if let Some(command) = refreshing::all_of(cassette) {
                    refreshing::button(&command, html);
                }
            });
            match &cassette.content {
                Content::Unreadable(why) => html.leaf("pre", &[("class", "why")], why),
                Content::Calls { calls, torn } => {
                    if *torn {
                        html.markup("<p class=\"note\">The last document is truncated and left out.</p>");
                    }
                    all(cassette, calls, context, open, anchors, html);
                }
            }
        },
    );
}

fn all(
    cassette: &Cassette,
    calls: &[Call],
    context: &Context<'_>,
    open: bool,
    anchors: &mut Anchors,
    html: &mut Html,
) {
    let told: Vec<&Conversation> = calls.iter().map(|call| &call.conversation).collect();
    let own: Vec<String> =
        calls.iter().map(|call| anchors.make(&format!("{}:{}", cassette.name, call.key().short()))).collect();
    let repeats = repeats(&told);
    let of_all =
        words(&context.marks_of_all(cassette).into_iter().filter(Mark::is_of_file).collect::<Vec<_>>());
    let show = |index: usize, turn: Option<Turn>, html: &mut Html| {
        let (call, repeat) = (&calls[index], repeats[index]);
        let first = |number: usize| Some((own.get(number)?.as_str(), calls.get(number)?.key().short()));
        let place = Place {
            anchor: &own[index],
            origin: format!("{}:{}", cassette.name, call.line),
            link: cassette.link.as_deref(),
            repeat: repeat.and_then(|repeat| {
                let (anchor, key) = first(repeat.call)?;
                Some((repeat, anchor, key))
            }),
            tools_of: repeat
                .and_then(|repeat| calls.get(repeat.call))
                .map(|call| call.conversation.tools.as_slice()),
            marks: context.marks(call),
            of_file: &of_all,
            cost: totals([call]),
            age: context.clock.days_since(&call.parsed.interaction.recorded_at),
            open,
            turn,
        };
        call::show(call, &place, html);
    };
    html.element("div", &[("class", "calls")], |html| {
        for thread in threads::of(&told, &repeats) {
            match thread.as_slice() {
                [alone] => show(*alone, None, html),
                turns => {
                    let of: Vec<&Call> = turns.iter().map(|&index| &calls[index]).collect();
                    threads::show(&of, html, |html| {
                        for (number, &index) in turns.iter().enumerate() {
                            show(index, Some(Turn { number: number + 1 }), html);
                        }
                    });
                }
            }
        }
    });
}

/// Marks as a page finds them again.
pub(super) fn words(marks: &[Mark]) -> String {
    marks.iter().map(|mark| mark.word()).collect::<Vec<_>>().join(" ")
}
