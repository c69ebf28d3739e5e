//! A comparison as Markdown that fits a comment on a pull request. Recorded text stands in `<pre>` and `<code>` only,
//! escaped: there, nothing in it is markup, closes what folds it, or calls anybody.

use super::gates::Failure;
use super::render::{self, Line, Renderer, Style};
use super::{Change, Comparison, FileChange};
use crate::model::text::{escape_for_terminal, grouped, plural};

/// What a program that posts comments looks for to find the one that it wrote before.
pub(in crate::cli) const MARKER: &str = "<!-- llm-cassette diff -->";

/// GitHub takes 65,536 characters; a character may take more than one of what it counts.
const MAX_LENGTH: usize = 60_000;

/// Of one change.
const MAX_CHANGE: usize = 12_000;

/// Rows of the table.
const MAX_ROWS: usize = 60;

/// The comment. `command` is what to type to see all of it.
pub(in crate::cli) fn markdown(comparison: &Comparison, failures: &[Failure], command: &str) -> String {
    let mut out = format!("{MARKER}\n");
    if comparison.files.is_empty() && comparison.failed.is_empty() {
        out.push_str("### No cassette changed\n");
        return out;
    }
    let mut summary = render::summary(comparison).into_iter();
    let heading = summary.next().unwrap_or_default();
    // It may name files and revisions, which may hold anything.
    out.push_str(&format!("### {}\n\n", escaped(&heading)));
    summary.for_each(|line| out.push_str(&format!("{line}\n\n")));
    for failure in failures.iter().take(MAX_ROWS) {
        out.push_str(&format!("- ❌ {}\n", code(&failure.in_words())));
    }
    if let Some(more) = failures.len().checked_sub(MAX_ROWS).filter(|more| *more > 0) {
        out.push_str(&format!("- … and {more} more\n"));
    }
    if !failures.is_empty() {
        out.push('\n');
    }
    table(comparison, &mut out);
    for failed in &comparison.failed {
        out.push_str(&format!("- ⚠ {}\n", code(failed)));
    }
    for line in render::drifts(&comparison.drifts) {
        let text: String = line.into_iter().map(|span| span.text).collect();
        out.push_str(&format!("- {}\n", code(&text)));
    }
    out.push('\n');
    folds(comparison, command, &mut out);
    out
}

fn table(comparison: &Comparison, out: &mut String) {
    if comparison.files.is_empty() {
        return;
    }
    out.push_str("| cassette | added | removed | changed | input tokens | output tokens | cost |\n");
    out.push_str("|---|--:|--:|--:|--:|--:|--:|\n");
    for file in comparison.files.iter().take(MAX_ROWS) {
        out.push_str(&row(file));
    }
    if let Some(more) = comparison.files.len().checked_sub(MAX_ROWS).filter(|more| *more > 0) {
        out.push_str(&format!("| … and {more} more | | | | | | |\n"));
    }
    out.push('\n');
}

fn row(file: &FileChange) -> String {
    let was = file.was.as_ref().map_or_else(String::new, |was| format!(" (was {})", code(was)));
    let counts = file.counts().map(|count| if count == 0 { String::new() } else { grouped(count as u64) });
    let [added, removed, changed] = counts;
    let ((input, output), cost) = (render::tokens_of(file), render::cost_of(file));
    format!("| {}{was} | {added} | {removed} | {changed} | {input} | {output} | {cost} |\n", code(&file.path))
}

/// Each change in a fold, as many as there is room for.
fn folds(comparison: &Comparison, command: &str, out: &mut String) {
    let changes = || comparison.files.iter().flat_map(|file| file.changes.iter().map(move |one| (file, one)));
    let mut renderers = comparison.files.iter().map(|file| (file.path.as_str(), Renderer::new(false)));
    let mut current = renderers.next();
    let all = changes().count();
    for (shown, (file, change)) in changes().enumerate() {
        while current.as_ref().is_some_and(|(path, _)| *path != file.path) {
            current = renderers.next();
        }
        let Some((_, renderer)) = &mut current else { return };
        let fold = fold(file, change, &renderer.change(change));
        if out.len() + fold.len() > MAX_LENGTH {
            out.push_str(&format!("… and {} more. All of it: {}\n", all - shown, code(command)));
            return;
        }
        out.push_str(&fold);
    }
}

fn fold(file: &FileChange, change: &Change, lines: &[Line]) -> String {
    let mut text = String::new();
    for (number, line) in lines.iter().skip(1).enumerate() {
        let line: String = line.iter().map(|span| marked(span.style, &span.text)).collect();
        if text.len() + line.len() > MAX_CHANGE {
            text.push_str(&format!("    … {}\n", plural(lines.len() - 1 - number, "more line")));
            break;
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    let side = change.sides.newest();
    let mut facts = vec![code(&format!("{}:{}", file.path, side.line))];
    facts.extend(side.model.as_deref().map(code));
    facts.extend(change.request.first().and_then(|rendered| rendered.lines().next()).map(code));
    let title = facts.join(" ");
    format!(
        "<details><summary>{} {title}</summary>\n\n<pre>\n{text}</pre>\n\n</details>\n\n",
        change.sides.kind()
    )
}

fn marked(style: Style, text: &str) -> String {
    let text = escaped(text);
    match style {
        Style::Removed => format!("<del>{text}</del>"),
        Style::Added => format!("<ins>{text}</ins>"),
        Style::Plain
        | Style::Heading
        | Style::Faint
        | Style::Notice
        | Style::Changed
        | Style::LineRemoved
        | Style::LineAdded => text,
    }
}

/// Text on one line that is nothing but text, in a table and in a list, where Markdown would obey it.
fn code(text: &str) -> String {
    let mut out = "<code>".to_owned();
    for c in escaped(&text.replace(['\n', '\r'], " ")).chars() {
        match c {
            '`' | '|' | '*' | '_' | '[' | ']' | '\\' | '~' | '$' | '!' => {
                out.push_str(&format!("&#{};", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out + "</code>"
}

/// Text in which nothing is HTML, and nobody is called.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in escape_for_terminal(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '@' => out.push_str("&#64;"),
            c => out.push(c),
        }
    }
    out
}
