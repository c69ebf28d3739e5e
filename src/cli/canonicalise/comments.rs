//! Comments that people write into documents, carried over to the new text where the line is that they stand at.

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::format::yaml;

/// A text with the comments of another one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Kept {
    pub(super) text: String,
    /// The lines of the other text, its first being 0, whose comments had no place.
    pub(super) lost: Vec<usize>,
}

struct Comment {
    /// The line in which it stands, the first being 0.
    line: usize,
    text: String,
    /// Whether nothing else stands on its line.
    alone: bool,
}

/// The text of a document, without the lines that open and close it, and without what people wrote into it.
pub(super) fn without(text: &str) -> String {
    let comments = of(text);
    let mut out = String::with_capacity(text.len());
    let mut next = comments.iter().peekable();
    for (number, line) in text.split_inclusive('\n').enumerate() {
        match next.next_if(|comment| comment.line == number) {
            Some(comment) if comment.alone => {}
            Some(comment) => {
                let content = line.trim_end().strip_suffix(&comment.text).unwrap_or(line);
                out.push_str(content.trim_end());
                out.push('\n');
            }
            None => out.push_str(line),
        }
    }
    out
}

/// Puts the comments of the old text into the new one, which has none. Each must leave the meaning as it is.
pub(super) fn carried_over(old: &str, new: &str) -> Kept {
    let comments = of(old);
    let places = counterparts(old, new, &comments);
    let mut placed: Vec<(usize, &Comment)> = Vec::new();
    let mut kept = Kept { text: new.to_owned(), lost: Vec::new() };
    for comment in &comments {
        let anchor = match comment.alone {
            true => (comment.line..places.len()).find_map(|line| places[line]),
            false => places[comment.line],
        };
        let with_it = anchor.and_then(|anchor| {
            placed.push((anchor, comment));
            Some(with(new, &placed)).filter(|text| without(text) == new && of(text).len() == placed.len())
        });
        match with_it {
            Some(text) => kept.text = text,
            None => {
                if anchor.is_some() {
                    placed.pop();
                }
                kept.lost.push(comment.line);
            }
        }
    }
    kept
}

fn of(text: &str) -> Vec<Comment> {
    // What cannot be scanned has been refused before.
    let starts = yaml::comments(text).unwrap_or_default();
    let comment = |at: usize| {
        let start = text[..at].rfind('\n').map_or(0, |at| at + 1);
        Comment {
            line: text[..at].matches('\n').count(),
            text: text[at..].lines().next().unwrap_or_default().trim_end().to_owned(),
            alone: text[start..at].trim().is_empty(),
        }
    };
    starts.into_iter().map(comment).collect()
}

/// For each line of the old text, and for its end, the line of the new one that has its place.
fn counterparts(old: &str, new: &str, comments: &[Comment]) -> Vec<Option<usize>> {
    let mut lines: Vec<String> = old.lines().map(sign).collect();
    for comment in comments {
        let line = old.lines().nth(comment.line).unwrap_or_default();
        let content = line.trim_end().strip_suffix(comment.text.as_str()).unwrap_or(line);
        lines[comment.line] = if comment.alone { String::new() } else { sign(content) };
    }
    let new_lines: Vec<String> = new.lines().map(sign).collect();
    let mut places = vec![None; lines.len()];
    for op in capture_diff_slices(Algorithm::Myers, &lines, &new_lines) {
        if let DiffOp::Equal { old_index, new_index, len } = op {
            (0..len).for_each(|at| places[old_index + at] = Some(new_index + at));
        }
    }
    places.push(Some(new_lines.len()));
    places
}

/// What tells a line from others, however it is written: the name of its field, or all of it.
fn sign(line: &str) -> String {
    let line = line.trim().trim_start_matches("- ");
    let bare = |name: &str| name.trim_matches(['"', '\'']).to_owned();
    let is_name = |name: &String| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
    };
    let name = line.split_once(':').map(|(name, _)| bare(name)).filter(is_name);
    name.unwrap_or_else(|| line.to_owned())
}

fn with(text: &str, placed: &[(usize, &Comment)]) -> String {
    let mut out = String::with_capacity(text.len() + 200);
    let at =
        |number: usize| placed.iter().filter(move |(place, _)| *place == number).map(|(_, comment)| comment);
    let mut count = 0;
    for (number, line) in text.lines().enumerate() {
        let indent = &line[..line.len() - line.trim_start().len()];
        at(number).filter(|comment| comment.alone).for_each(|comment| {
            out.push_str(&format!("{indent}{}\n", comment.text));
        });
        out.push_str(line);
        at(number)
            .filter(|comment| !comment.alone)
            .for_each(|comment| out.push_str(&format!(" {}", comment.text)));
        out.push('\n');
        count += 1;
    }
    at(count).for_each(|comment| out.push_str(&format!("{}\n", comment.text)));
    out
}
