//! Tables in Markdown, in which each value has its ratio to that of the older commit.

use crate::bench::Numbers;
use crate::tools::Name;

pub struct Table {
    title: String,
    columns: Vec<String>,
    rows: Vec<Row>,
}

struct Row {
    tool: Name,
    /// What is measured of the tool, where a table has several rows for each.
    part: String,
    cells: Vec<Cell>,
}

/// What stands in a table.
#[derive(Debug, Clone)]
pub struct Cell {
    shown: String,
    /// What is compared with the older commit.
    value: Option<f64>,
}

impl Table {
    pub fn new(title: &str, columns: &[&str]) -> Table {
        let columns = columns.iter().map(|column| (*column).to_owned()).collect();
        Table { title: title.to_owned(), columns, rows: Vec::new() }
    }

    pub fn row(&mut self, tool: Name, part: &str, cells: Vec<Cell>) {
        self.rows.push(Row { tool, part: part.to_owned(), cells });
    }

    /// The table in Markdown.
    pub fn text(&self) -> String {
        let mut text = format!("**{}**\n\n| | {} |\n", self.title, self.columns.join(" | "));
        text.push_str(&format!("|---|{}\n", "---|".repeat(self.columns.len())));
        for row in &self.rows {
            let part = if row.part.is_empty() { String::new() } else { format!(", {}", row.part) };
            let cells: Vec<String> = (0..row.cells.len()).map(|column| self.shown(row, column)).collect();
            text.push_str(&format!("| {}{part} | {} |\n", row.tool.name(), cells.join(" | ")));
        }
        text
    }

    /// What the summary says of a column: the cell of each tool.
    pub fn column(&self, part: &str, column: usize) -> Vec<(Name, String)> {
        let rows = self.rows.iter().filter(|row| row.part == part && column < row.cells.len());
        rows.map(|row| (row.tool, self.shown(row, column))).collect()
    }

    fn shown(&self, row: &Row, column: usize) -> String {
        let cell = &row.cells[column];
        let before = self.rows.iter().find(|one| one.tool == Name::Before && one.part == row.part);
        let before = before.and_then(|before| before.cells.get(column)?.value);
        match (row.tool, cell.value, before) {
            (Name::Before, ..) | (_, None, _) | (_, _, None) => cell.shown.clone(),
            (_, Some(value), Some(before)) => format!("{} ({})", cell.shown, ratio(value, before)),
        }
    }
}

impl Cell {
    pub fn text(text: impl Into<String>) -> Cell {
        Cell { shown: text.into(), value: None }
    }

    pub fn time(seconds: f64) -> Cell {
        Cell { shown: time(seconds), value: Some(seconds) }
    }

    /// A median, which is compared, and a high quantile.
    pub fn times(median: f64, high: f64) -> Cell {
        Cell { shown: format!("{} / {}", time(median), time(high)), value: Some(median) }
    }

    pub fn memory(bytes: f64) -> Cell {
        Cell { shown: megabytes(bytes), value: Some(bytes) }
    }

    /// Memory beside what it is needed for.
    pub fn memory_of(bytes: f64, whole: f64) -> Cell {
        let shown = format!("{}, {} × the body", megabytes(bytes), ratio(bytes, whole));
        Cell { shown, value: Some(bytes) }
    }

    /// Megabytes a second.
    pub fn rate(megabytes: f64) -> Cell {
        let shown =
            if megabytes < 10.0 { format!("{megabytes:.1} MB/s") } else { format!("{megabytes:.0} MB/s") };
        Cell { shown, value: Some(megabytes) }
    }

    /// The same, with a remark.
    pub fn with(self, remark: &str) -> Cell {
        Cell { shown: format!("{}{remark}", self.shown), ..self }
    }
}

/// Cells of what was measured, or the reason why it was not, in the first of them.
pub fn cells(
    told: &Result<Numbers, String>,
    count: usize,
    make: impl FnOnce(&Numbers) -> Vec<Cell>,
) -> Vec<Cell> {
    match told {
        Ok(numbers) => make(numbers),
        Err(why) => (0..count).map(|at| Cell::text(if at == 0 { why.as_str() } else { "" })).collect(),
    }
}

pub fn ratio(value: f64, of: f64) -> String {
    let ratio = value / of;
    match ratio {
        r if !r.is_finite() => "–".to_owned(),
        r if r < 0.0995 => format!("{r:.3}"),
        r if r < 9.95 => format!("{r:.2}"),
        r => format!("{r:.0}"),
    }
}

pub fn time(seconds: f64) -> String {
    let (value, unit) = match seconds {
        s if s < 1e-3 => (s * 1e6, "µs"),
        s if s < 1.0 => (s * 1e3, "ms"),
        s => (s, "s"),
    };
    if value < 10.0 { format!("{value:.1} {unit}") } else { format!("{value:.0} {unit}") }
}

pub fn megabytes(bytes: f64) -> String {
    let megabytes = bytes / 1e6;
    if megabytes < 10.0 { format!("{megabytes:.1} MB") } else { format!("{megabytes:.0} MB") }
}

/// A number with commas.
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut shown = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

/// A line for each thing that matters, from the tables of all parts.
#[derive(Debug, Default)]
pub struct Summary(Vec<String>);

impl Summary {
    const TOOLS: [Name; 5] = [Name::Before, Name::LlmCassette, Name::Rvcr, Name::Cassetter, Name::Floor];

    pub fn add(&mut self, what: &str, cells: &[(Name, String)], part: &str) {
        let of = |tool: Name| {
            cells.iter().find(|(one, _)| *one == tool).map_or("", |(_, shown)| shown.as_str()).to_owned()
        };
        let cells: Vec<String> = Summary::TOOLS.into_iter().map(of).collect();
        self.0.push(format!("| {what} | {} | `{part}` |\n", cells.join(" | ")));
    }

    pub fn text(&self) -> String {
        let tools: Vec<&str> = Summary::TOOLS.into_iter().map(Name::name).collect();
        let head = format!("| | {} | part |\n|---|{}---|\n", tools.join(" | "), "---|".repeat(tools.len()));
        head + &self.0.concat()
    }
}
