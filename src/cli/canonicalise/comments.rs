//! Comments that people write into documents, carried over to the new text where the line is that they stand at.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use similar::{Algorithm, DiffOp, capture_diff_slices_deadline};

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

/// How often to try, where some comments have no place: each time costs as much as to read the document.
const TRIES: usize = 200;

/// How long to look for the lines that old and new have in common: a stranger's file may have all of them changed.
const LONGEST_SEARCH: Duration = Duration::from_secs(2);

/// Puts the comments of the old text into the new one, which has none. Each must leave the meaning as it is.
pub(super) fn carried_over(old: &str, new: &str) -> Kept {
    let comments = of(old);
    let places = counterparts(old, new, &comments);
    let mut next = vec![None; places.len() + 1];
    for line in (0..places.len()).rev() {
        next[line] = places[line].or(next[line + 1]);
    }
    let mut lost = Vec::new();
    let mut wanted: Vec<(usize, &Comment)> = Vec::new();
    for comment in &comments {
        let anchor = if comment.alone { next[comment.line] } else { places[comment.line] };
        match anchor {
            Some(anchor) => wanted.push((anchor, comment)),
            None => lost.push(comment.line),
        }
    }
    // Nearly always all of them fit. Where they do not, halves are tried, and halves of these.
    let mut placed: Vec<(usize, &Comment)> = Vec::new();
    let mut text = new.to_owned();
    let mut parts = vec![wanted.as_slice()];
    let mut tries = 0;
    while let Some(part) = parts.pop().filter(|part| !part.is_empty()) {
        let before = placed.len();
        placed.extend(part);
        tries += 1;
        let with_them = with(new, &placed);
        if tries <= TRIES && without(&with_them) == new && of(&with_them).len() == placed.len() {
            text = with_them;
            continue;
        }
        placed.truncate(before);
        match part {
            [] => {}
            [(_, comment)] => lost.push(comment.line),
            _ if tries > TRIES => lost.extend(part.iter().map(|(_, comment)| comment.line)),
            _ => {
                let (first, second) = part.split_at(part.len() / 2);
                parts.extend([second, first]);
            }
        }
    }
    lost.sort_unstable();
    Kept { text, lost }
}

fn of(text: &str) -> Vec<Comment> {
    // What cannot be scanned has been refused before.
    let starts = yaml::comments(text).unwrap_or_default();
    let (mut line, mut counted) = (0, 0);
    let comment = |at: usize| {
        line += text[counted..at].matches('\n').count();
        counted = at;
        let start = text[..at].rfind('\n').map_or(0, |at| at + 1);
        Comment {
            line,
            text: text[at..].lines().next().unwrap_or_default().trim_end().to_owned(),
            alone: text[start..at].trim().is_empty(),
        }
    };
    starts.into_iter().map(comment).collect()
}

/// For each line of the old text, and for its end, the line of the new one that has its place.
fn counterparts(old: &str, new: &str, comments: &[Comment]) -> Vec<Option<usize>> {
    let old_lines: Vec<&str> = old.lines().collect();
    let mut lines: Vec<String> = old_lines.iter().map(|line| sign(line)).collect();
    for comment in comments {
        let line = old_lines.get(comment.line).copied().unwrap_or_default();
        let content = line.trim_end().strip_suffix(comment.text.as_str()).unwrap_or(line);
        lines[comment.line] = if comment.alone { String::new() } else { sign(content) };
    }
    let new_lines: Vec<String> = new.lines().map(sign).collect();
    let mut places = vec![None; lines.len()];
    let deadline = Some(Instant::now() + LONGEST_SEARCH);
    for op in capture_diff_slices_deadline(Algorithm::Myers, &lines, &new_lines, deadline) {
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
    let mut at: HashMap<usize, Vec<&Comment>> = HashMap::new();
    placed.iter().for_each(|(place, comment)| at.entry(*place).or_default().push(comment));
    let at = |number: usize| at.get(&number).map_or(&[][..], Vec::as_slice).iter();
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
