//! Columns.

use crate::cli::commands::columns::columns as width_of;
use crate::cli::commands::output::{Output, Style};
use crate::model::text::escape_line;

/// A table in which names stand left and figures right.
#[derive(Debug, Default)]
pub(super) struct Table {
    rows: Vec<Vec<String>>,
    /// How many columns from the left are names.
    names: usize,
}

impl Table {
    /// A table whose first `names` columns stand left.
    pub(super) fn new(names: usize, heads: &[&str]) -> Table {
        Table { rows: vec![heads.iter().map(|head| (*head).to_owned()).collect()], names }
    }

    pub(super) fn row(&mut self, cells: Vec<String>) {
        // What is spelt out takes more room.
        self.rows.push(cells.iter().map(|cell| escape_line(cell)).collect());
    }

    /// Prints the table below an empty line.
    pub(super) fn print(&self, output: &mut Output) {
        output.line("");
        for (index, line) in self.lines().iter().enumerate() {
            output.styled(if index == 0 { Style::Heading } else { Style::Plain }, line);
        }
    }

    /// The lines, the one with the heads first. Columns in which no row says anything are left out.
    pub(super) fn lines(&self) -> Vec<String> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let cell = |row: &Vec<String>, column: usize| row.get(column).cloned().unwrap_or_default();
        let rendered = |column: &usize| {
            self.rows.iter().skip(1).any(|row| !matches!(cell(row, *column).as_str(), "" | "-"))
        };
        let kept: Vec<usize> =
            (0..columns).filter(|column| *column < self.names || rendered(column)).collect();
        let width =
            |column: usize| self.rows.iter().map(|row| width_of(&cell(row, column))).max().unwrap_or(0);
        let widths: Vec<usize> = kept.iter().map(|column| width(*column)).collect();
        let line = |row: &Vec<String>| {
            let cells = kept.iter().zip(&widths).map(|(column, width)| {
                let text = cell(row, *column);
                let space = " ".repeat(width.saturating_sub(width_of(&text)));
                if *column < self.names { text + &space } else { space + &text }
            });
            cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        };
        self.rows.iter().map(line).collect()
    }
}

/// A share as a percentage.
pub(super) fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "-".to_owned(), |share| format!("{:.0}%", share * 100.0))
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr as _;

    use super::*;
    use crate::model::text::grouped;

    #[test]
    fn figures_stand_under_each_other() {
        let mut table = Table::new(1, &["", "hits", "never said", "tokens"]);
        table.row(vec!["openai".to_owned(), "6".to_owned(), "-".to_owned(), grouped(1_234_567)]);
        table.row(vec!["x".to_owned(), "12".to_owned(), String::new(), grouped(999)]);
        insta::assert_snapshot!(table.lines().join("\n"), @r"
                hits     tokens
        openai     6  1,234,567
        x         12        999
        ");
    }

    #[test]
    fn columns_stand_straight_beside_east_asian_letters_emoji_and_accents() {
        let mut table = Table::new(2, &["cassette", "model", "hits"]);
        table.row(vec!["東京の天気.yaml".to_owned(), "qwen".to_owned(), "6".to_owned()]);
        table.row(vec!["party 🎉❤️👩‍👩‍👧.yaml".to_owned(), "通义千问".to_owned(), "12".to_owned()]);
        table.row(vec!["cafe\u{301}.yaml".to_owned(), "x".to_owned(), "999".to_owned()]);
        let ends: Vec<usize> = table.lines().iter().map(|line| line.width()).collect();
        assert!(ends.iter().all(|end| *end == ends[0]), "{ends:?}\n{}", table.lines().join("\n"));
    }

    #[test]
    fn a_cell_cannot_end_its_line_nor_be_obeyed() {
        let mut table = Table::new(1, &["id", "hits"]);
        table.row(vec!["a\nb\u{1b}[2J".to_owned(), "1".to_owned()]);
        assert_eq!(table.lines()[1], r"a\nb\u{1b}[2J     1");
    }
}
