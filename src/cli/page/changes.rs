//! What changed, side by side: on the left how it was, on the right how it is.

use super::anchors::Anchors;
use super::document::{MAX_OPEN, NOTHING, OWN, whole};
use super::html::Html;
use super::parts;
use crate::cli::compare::render;
use crate::cli::compare::{AnswerChange, Change, Comparison, FileChange, Op, Run, Side};
use crate::model::text::{grouped, plural};
use crate::providers::Usage;
use crate::providers::conversation::Part;

/// The page for a comparison. The same input gives the same bytes.
pub(in crate::cli) fn render(comparison: &Comparison) -> String {
    let mut anchors = Anchors::beside(&OWN);
    let addresses: Vec<String> = comparison.files.iter().map(|file| anchors.make(&file.path)).collect();
    whole("What changed", |html| {
        html.element("section", &[("aria-labelledby", "overview"), ("class", "overview")], |html| {
            html.markup("<h2 id=\"overview\">Overview</h2>");
            overview(comparison, &addresses, html);
        });
        html.element("section", &[("aria-labelledby", "conversations")], |html| {
            html.markup("<h2 id=\"conversations\">Changes</h2>");
            html.markup(NOTHING);
            let changes: usize = comparison.files.iter().map(|file| file.changes.len()).sum();
            for (file, address) in comparison.files.iter().zip(&addresses) {
                changed(file, address, changes <= MAX_OPEN, &mut anchors, html);
            }
        });
    })
}

fn overview(comparison: &Comparison, addresses: &[String], html: &mut Html) {
    let (before, after) = (&comparison.before, &comparison.after);
    html.leaf("p", &[("class", "note")], &format!("Before: {before}. After: {after}."));
    if comparison.files.is_empty() && comparison.failed.is_empty() {
        html.markup("<p>No cassette changed.</p>");
    } else {
        render::summary(comparison).iter().for_each(|line| html.leaf("p", &[], line));
    }
    if !comparison.files.is_empty() {
        table(comparison, addresses, html);
    }
    for failed in &comparison.failed {
        html.leaf("pre", &[("class", "why")], failed);
    }
    let drifts = render::drifts(&comparison.drifts);
    if !drifts.is_empty() {
        html.element("ul", &[("class", "drifts")], |html| {
            for line in drifts {
                let text: String = line.into_iter().map(|span| span.text).collect();
                html.leaf("li", &[], &text);
            }
        });
    }
}

fn table(comparison: &Comparison, addresses: &[String], html: &mut Html) {
    html.element("table", &[("class", "sortable")], |html| {
        html.markup(
            "<caption class=\"unseen\">Every cassette that changed</caption><thead><tr><th scope=\"col\">Cassette\
             <th scope=\"col\">Added<th scope=\"col\">Removed<th scope=\"col\">Changed<th scope=\"col\">Input tokens\
             <th scope=\"col\">Output tokens<th scope=\"col\">Cost</tr></thead>",
        );
        html.element("tbody", &[], |html| {
            for (file, address) in comparison.files.iter().zip(addresses) {
                row(file, address, html);
            }
        });
    });
}

fn row(file: &FileChange, address: &str, html: &mut Html) {
    let [added, removed, changed] =
        file.counts().map(|count| if count == 0 { String::new() } else { grouped(count as u64) });
    let (input, output) = render::tokens_of(file);
    let cells = [
        ("Added", added),
        ("Removed", removed),
        ("Changed", changed),
        ("Input tokens", input),
        ("Output tokens", output),
        ("Cost", render::cost_of(file)),
    ];
    html.element("tr", &[], |html| {
        html.element("th", &[("scope", "row")], |html| {
            html.leaf("a", &[("href", &format!("#{address}"))], &file.path);
            if let Some(was) = &file.was {
                html.leaf("span", &[("class", "faint")], &format!(" was {was}"));
            }
        });
        for (name, rendered) in cells {
            html.leaf("td", &[("data-name", name)], &rendered);
        }
    });
}

fn changed(file: &FileChange, address: &str, open: bool, anchors: &mut Anchors, html: &mut Html) {
    let attributes = [("class", "cassette"), ("id", address), ("aria-label", file.path.as_str())];
    html.element("section", &attributes, |html| {
        html.element("h3", &[], |html| {
            html.leaf("span", &[("class", "name")], &file.path);
            let more = plural(file.changes.len(), "change");
            html.leaf("span", &[("class", "faint")], &format!("{more}, {} unchanged", file.unchanged));
        });
        html.element("div", &[("class", "calls")], |html| {
            for change in &file.changes {
                let anchor = anchors.make(&format!("{}:{}", file.path, change.sides.newest().key.short()));
                show(file, change, &anchor, open, html);
            }
        });
    });
}

fn show(file: &FileChange, change: &Change, anchor: &str, open: bool, html: &mut Html) {
    let mut attributes = vec![("class", "call change"), ("id", anchor)];
    attributes.extend(open.then_some(("open", "")));
    html.element("details", &attributes, |html| {
        summary(change, html);
        html.element("div", &[("class", "body")], |html| {
            facts(file, change, anchor, html);
            differences(change, html);
            html.element("div", &[("class", "sides")], |html| {
                side("Before", Op::Added, change.sides.before(), change, html);
                side("After", Op::Removed, change.sides.after(), change, html);
            });
        });
    });
}

fn summary(change: &Change, html: &mut Html) {
    let side = change.sides.newest();
    let kind = change.sides.kind();
    html.element("summary", &[], |html| {
        html.element("span", &[("class", "line")], |html| {
            html.leaf("span", &[("class", "mark")], kind);
            html.leaf("b", &[], side.model.as_deref().unwrap_or("no model"));
            html.leaf("span", &[("class", "faint")], &side.address);
        });
        let gist = change.request.first().and_then(|sentence| sentence.lines().next());
        if let Some(gist) = gist.or_else(|| change.notes.first().map(|note| note.text.as_str())) {
            html.leaf("span", &[("class", "gist"), ("dir", "auto")], gist);
        }
    });
}

fn facts(file: &FileChange, change: &Change, anchor: &str, html: &mut Html) {
    let side = change.sides.newest();
    html.element("p", &[("class", "facts")], |html| {
        html.leaf("span", &[], &format!("{}:{}", file.path, side.line));
        let key = side.key.to_string();
        html.element("span", &[("class", "key")], |html| {
            html.leaf("code", &[("title", "the key of the request")], &key);
            html.leaf("button", &[("type", "button"), ("class", "copy"), ("data-copy", &key)], "Copy key");
        });
        if let (true, Some(before)) = (change.sides.is_rekeyed(), change.sides.before()) {
            html.leaf("span", &[], &format!("the request changed, its key was {}", before.key.short()));
        }
        let here = format!("#{anchor}");
        html.leaf("a", &[("href", &here), ("class", "copy-link")], "Link");
    });
}

/// What differs, in sentences; lines of a diff stand below theirs.
fn differences(change: &Change, html: &mut Html) {
    let said = change.answer.iter().filter_map(|said| match said {
        AnswerChange::Sentence(sentence) => Some(sentence),
        AnswerChange::Text { .. } => None,
    });
    let notes = change.notes.iter().map(|note| &note.text);
    let sentences: Vec<&String> = change.request.iter().chain(said).chain(notes).collect();
    if sentences.is_empty() {
        return;
    }
    html.element("ul", &[("class", "differences")], |html| {
        for sentence in sentences {
            let (head, lines) = sentence.split_once('\n').unwrap_or((sentence, ""));
            html.element("li", &[], |html| {
                html.text(head);
                if !lines.is_empty() {
                    html.element("pre", &[("class", "data"), ("tabindex", "0")], |html| diff(lines, html));
                }
            });
        }
    });
}

fn diff(lines: &str, html: &mut Html) {
    for (number, line) in lines.lines().enumerate() {
        if number > 0 {
            html.markup("\n");
        }
        match line.as_bytes().first() {
            Some(b'-') => html.leaf("del", &[], line),
            Some(b'+') => html.leaf("ins", &[], line),
            _ => html.text(line),
        }
    }
}

/// A version of an interaction. Words that are `hidden` are those of the other one.
fn side(name: &'static str, hidden: Op, side: Option<&Side>, change: &Change, html: &mut Html) {
    html.element("section", &[("class", "side"), ("aria-label", name)], |html| {
        html.leaf("h4", &[], name);
        let Some(side) = side else {
            html.markup("<p class=\"note\">Not in this version.</p>");
            return;
        };
        side.conversation.latest().for_each(|message| parts::message(message, html));
        for said in &change.answer {
            if let AnswerChange::Text { what, runs } = said {
                words(what, runs, hidden, html);
            }
        }
        let is_told = change.answer.iter().any(|said| matches!(said, AnswerChange::Text { .. }));
        for answer in &side.conversation.answers {
            let rest: Vec<Part> =
                answer.parts.iter().filter(|part| !(is_told && is_text(part))).cloned().collect();
            if !rest.is_empty() {
                parts::turn("turn answer", "assistant", &rest, answer.unusual_end(), html);
            }
        }
        if let Some(tokens) = render::tokens(&Usage::default(), &side.usage, (None, side.cost)) {
            html.leaf("p", &[("class", "note")], &tokens);
        }
    });
}

fn is_text(part: &Part) -> bool {
    matches!(part, Part::Text(_) | Part::Reasoning(_) | Part::Refusal(_))
}

fn words(what: &str, runs: &[Run], hidden: Op, html: &mut Html) {
    html.element("div", &[("class", "turn answer")], |html| {
        html.leaf("div", &[("class", "who")], what);
        html.element("div", &[("class", "said")], |html| {
            html.element("div", &[("class", "text"), ("dir", "auto")], |html| {
                for run in runs.iter().filter(|run| run.op != hidden) {
                    match run.op {
                        Op::Same => html.text(&run.text),
                        Op::Removed => html.leaf("del", &[], &run.text),
                        Op::Added => html.leaf("ins", &[], &run.text),
                    }
                }
            });
        });
    });
}
