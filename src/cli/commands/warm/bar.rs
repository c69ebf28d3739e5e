//! How far a run is: one line on standard error, rewritten as calls end. Only people on a terminal see it.

use std::io::{self, IsTerminal as _, Write as _};

use super::tally::Tally;
use crate::cli::commands::columns::columns;
use crate::model::text::escape_line;

/// Cells of the bar itself.
const CELLS: usize = 10;

/// Columns that the line may take where the terminal does not say; a longer one would wrap and could not be rewritten.
const WIDTH: usize = 79;

pub(super) struct Bar {
    total: usize,
    shown: bool,
}

impl Bar {
    pub(super) fn new(total: usize) -> Bar {
        Bar { total, shown: total > 0 && io::stderr().is_terminal() }
    }

    pub(super) fn draw(&mut self, tally: &Tally) {
        if self.shown {
            // The last column stays free: some terminals wrap once it is written to.
            let terminal = terminal_size::terminal_size_of(io::stderr());
            let width = terminal.map_or(WIDTH, |(width, _)| usize::from(width.0).saturating_sub(1));
            write(&line(self.total, tally, width));
        }
    }

    /// Takes the line away.
    pub(super) fn clear(&mut self) {
        if self.shown {
            write("");
        }
    }
}

fn write(line: &str) {
    let mut sink = io::stderr();
    // A bar that cannot be drawn is no reason to stop recording.
    let _ = write!(sink, "\r\u{1b}[2K{line}").and_then(|()| sink.flush());
}

fn line(total: usize, tally: &Tally, width: usize) -> String {
    let done = tally.done().min(total);
    let full = CELLS * done / total.max(1);
    let bar = format!("{}{}", "#".repeat(full), " ".repeat(CELLS - full));
    // A sum that is cut off is a wrong one, so what does not fit is left out whole.
    let mut line = format!("[{bar}] {done}/{total}");
    for part in escape_line(&tally.in_words()).split(" · ") {
        if columns(&line) + columns(part) + 3 > width {
            break;
        }
        line.push_str(" · ");
        line.push_str(part);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::providers::price::Dollars;
    use crate::session::budget::{Models, Spent};

    #[test]
    fn the_bar_says_how_far_it_is_and_what_it_cost() {
        let dollars = Dollars::parse("0.0021").unwrap();
        let spent = Spent { calls: 3, tokens: 1204, dollars, ..Spent::default() };
        let mut tally = Tally { recorded: 3, there: 2, spent, ..Tally::default() };
        insta::assert_snapshot!(line(8, &tally, WIDTH), @"[###       ] 3/8 · recorded 3, already there 2 · 1,204 tokens · $0.0021");
        tally.spent.unpriced.add(&"x".repeat(500));
        assert!(line(8, &tally, WIDTH).chars().count() <= WIDTH);
        tally.spent.unpriced = Models::none();
        tally.spent.unpriced.add("m\u{1b}[2J");
        assert!(!line(8, &tally, 200).contains('\u{1b}'));
        insta::assert_snapshot!(line(3, &Tally { written: 3, ..Tally::default() }, WIDTH), @"[##########] 3/3 · recorded 0, written 3");
    }
}
