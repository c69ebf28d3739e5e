//! Tables in a text: the name of a secret at the head of a column, as in the files of credentials that consoles hand out, or
//! in the cell before its value, as notes have it.

use std::ops::Range;

use super::lines::line_end;
use crate::redact::looks::{self, Written};
use crate::redact::named::{Named, keep};
use crate::redact::secret_names::{Names, Says};

/// Signs between the cells of a line.
const SIGNS: [&[u8]; 6] = [b",", b"\t", b";", b"|", "│".as_bytes(), "┃".as_bytes()];

/// No head of a column is longer, and no table has more columns.
const LONGEST_HEAD: usize = 40;
const MOST_COLUMNS: usize = 64;

pub(super) fn named(text: &[u8], names: &Names, found: &mut Vec<Named>) {
    let mut at = 0;
    while at < text.len() {
        let end = line_end(text, at);
        let line = at..end;
        at = behind_break(text, end);
        for sign in SIGNS {
            if memchr::memmem::find(&text[line.clone()], sign).is_none() {
                continue;
            }
            let cells = cells(text, &line, sign);
            if is_drawn(sign) {
                rows(text, &cells, names, found);
            }
            let columns = heads(text, &cells, names);
            if !columns.is_empty() {
                at = at.max(below(text, behind_break(text, end), sign, cells.len(), &columns, found));
            }
        }
    }
}

fn behind_break(text: &[u8], end: usize) -> usize {
    end + text[end..].iter().take(2).take_while(|byte| matches!(byte, b'\r' | b'\n')).count().max(1)
}

/// Whether a sign is a line that is drawn between the cells.
fn is_drawn(sign: &[u8]) -> bool {
    !matches!(sign, b"," | b"\t" | b";")
}

/// Whether a line is drawn between the rows of a table: `+----+----+`, `----+----`, `├────┼────┤`.
fn is_rule(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    let draws = |c: char| "-+|=: ".contains(c) || ('\u{2500}'..='\u{257f}').contains(&c);
    line.len() >= 3 && std::str::from_utf8(line).is_ok_and(|line| line.chars().all(draws))
}

/// The cells of a line, without quotes and blanks; none if there are too many.
fn cells(text: &[u8], line: &Range<usize>, sign: &[u8]) -> Vec<Range<usize>> {
    let mut start = line.start;
    let mut all = Vec::new();
    let ends = memchr::memmem::find_iter(&text[line.clone()], sign).map(|end| line.start + end);
    for end in ends.chain([line.end]) {
        if all.len() == MOST_COLUMNS {
            return Vec::new();
        }
        let cell = &text[start..end];
        let is_outer = |byte: &&u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'`' | b'*');
        let lead = cell.iter().take_while(is_outer).count();
        let tail = cell[lead..].iter().rev().take_while(is_outer).count();
        all.push(start + lead..start + cell.len() - tail);
        start = end + sign.len();
    }
    all
}

/// Which columns a line says to hold secrets, if it can be the head of a table.
fn heads(text: &[u8], cells: &[Range<usize>], names: &Names) -> Vec<(usize, Says)> {
    let is_head = |cell: &Range<usize>| {
        cell.len() <= LONGEST_HEAD
            && text[cell.clone()]
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || b" _-./()#".contains(byte))
    };
    if cells.len() < 2 || !cells.iter().all(is_head) {
        return Vec::new();
    }
    let says = |cell: &Range<usize>| {
        std::str::from_utf8(&text[cell.clone()]).map_or(Says::Nothing, |name| names.field(name))
    };
    let columns = cells.iter().map(says).enumerate();
    columns.filter(|(_, says)| !matches!(says, Says::Nothing | Says::Address)).collect()
}

/// Takes the values out of the lines below a head; gives where the table ends.
fn below(
    text: &[u8],
    start: usize,
    sign: &[u8],
    width: usize,
    columns: &[(usize, Says)],
    found: &mut Vec<Named>,
) -> usize {
    let mut at = start;
    while at < text.len() {
        let end = line_end(text, at);
        let cells = cells(text, &(at..end), sign);
        let is_rule = is_drawn(sign) && is_rule(&text[at..end]);
        if cells.len() != width && !is_rule {
            break;
        }
        // A line that is drawn may have as many cells, or none.
        for &(column, says) in columns.iter().filter(|_| !is_rule) {
            cell(text, says, cells[column].clone(), found);
        }
        at = behind_break(text, end);
    }
    at
}

/// `| API_KEY | … |`: a value in the cell behind its name.
fn rows(text: &[u8], cells: &[Range<usize>], names: &Names, found: &mut Vec<Named>) {
    for pair in cells.windows(2) {
        let name = std::str::from_utf8(&text[pair[0].clone()]).unwrap_or_default();
        if name.len() <= LONGEST_HEAD && names.field(name) == Says::Surely {
            cell(text, Says::Surely, pair[1].clone(), found);
        }
    }
}

/// Words in tables are words: what a column or a row is about.
pub(super) fn cell(text: &[u8], says: Says, range: Range<usize>, found: &mut Vec<Named>) {
    let value = &text[range.clone()];
    if !value.iter().any(u8::is_ascii_whitespace) && looks::is_telling(Says::Surely, value) {
        keep(text, says, range, Written::Bare, found);
    }
}
