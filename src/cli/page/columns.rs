//! A chart of columns, one a month or one a turn: how something went, from left to right.

use super::html::Html;

/// Units of height that a drawing has. The page stretches it to the room there is.
const HEIGHT: u64 = 100;

/// And of width.
const WIDTH: u64 = 10;

/// A chart.
pub(super) struct Columns {
    pub(super) title: &'static str,
    pub(super) series: Vec<Series>,
    pub(super) columns: Vec<Column>,
    pub(super) stands: Stands,
}

/// How the amounts of a column stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stands {
    /// On one another: they add up.
    Stacked,
    /// Beside one another: they are compared.
    Beside,
}

/// One of the amounts of each column.
#[derive(Clone, Copy)]
pub(super) struct Series {
    pub(super) name: &'static str,
    /// The class that gives it its colour.
    pub(super) class: &'static str,
}

/// A column.
pub(super) struct Column {
    /// What stands below it.
    pub(super) label: String,
    /// All that it says, for whoever points at it or hears the page.
    pub(super) told: String,
    /// An amount a series, from the bottom.
    pub(super) amounts: Vec<u64>,
}

impl Column {
    fn height(&self, stands: Stands) -> u64 {
        match stands {
            Stands::Stacked => self.amounts.iter().fold(0, |sum, amount| sum.saturating_add(*amount)),
            Stands::Beside => self.amounts.iter().copied().max().unwrap_or(0),
        }
    }
}

impl Columns {
    /// Draws it; nothing where there is nothing to draw.
    pub(super) fn show(&self, html: &mut Html) {
        let highest = self.columns.iter().map(|column| column.height(self.stands)).max().unwrap_or(0);
        if highest == 0 {
            return;
        }
        html.element("figure", &[("class", "chart")], |html| {
            html.element("figcaption", &[], |html| {
                html.leaf("b", &[], self.title);
                // What is nowhere in the chart needs no word.
                let used = self.series.iter().enumerate().filter(|(index, _)| {
                    self.columns
                        .iter()
                        .any(|column| column.amounts.get(*index).is_some_and(|amount| *amount > 0))
                });
                for (_, series) in used {
                    html.element("span", &[("class", "legend")], |html| {
                        html.leaf("i", &[("class", series.class), ("aria-hidden", "true")], "");
                        html.text(series.name);
                    });
                }
            });
            self.draw(highest, html);
        });
    }

    fn draw(&self, highest: u64, html: &mut Html) {
        html.element("ol", &[("class", "columns")], |html| {
            for column in &self.columns {
                html.element("li", &[("title", &column.told)], |html| {
                    let drawing = [
                        ("viewBox", "0 0 10 100"),
                        ("preserveAspectRatio", "none"),
                        ("role", "img"),
                        ("aria-label", &column.told),
                    ];
                    html.element("svg", &drawing, |html| self.stack(column, highest, html));
                    html.leaf("span", &[("aria-hidden", "true")], &column.label);
                });
            }
        });
    }

    fn stack(&self, column: &Column, highest: u64, html: &mut Html) {
        let scale = |amount: u64| {
            let scaled = u128::from(amount) * u128::from(HEIGHT) / u128::from(highest.max(1));
            u64::try_from(scaled).unwrap_or(HEIGHT).min(HEIGHT)
        };
        let mut below = 0_u64;
        let beside = self.stands == Stands::Beside;
        let width = if beside { WIDTH / self.series.len().max(1) as u64 } else { WIDTH };
        for (number, (series, amount)) in self.series.iter().zip(&column.amounts).enumerate() {
            let above = below.saturating_add(*amount);
            // However small next to the highest, what is there is seen.
            let (from, to) = (scale(below), scale(above));
            let height = if *amount > 0 { (to - from).max(2) } else { 0 };
            if height > 0 {
                let x = if beside { width * number as u64 } else { 0 };
                let y = (HEIGHT - from).saturating_sub(height);
                let [x, y, width, height] = [x, y, width, height].map(|number| number.to_string());
                html.leaf(
                    "rect",
                    &[("class", series.class), ("x", &x), ("y", &y), ("width", &width), ("height", &height)],
                    "",
                );
            }
            below = if beside { 0 } else { above };
        }
    }
}

/// The months from the first to the last of these, as `2026-11`, at most so many of the latest.
pub(super) fn months<'a>(times: impl Iterator<Item = &'a str>, most: usize) -> Vec<String> {
    let number = |time: &str| -> Option<(u32, u32)> {
        let (year, month) = (time.get(..4)?.parse().ok()?, time.get(5..7)?.parse().ok()?);
        (1..=12).contains(&month).then_some((year, month))
    };
    let all: Vec<u32> = times.filter_map(number).map(|(year, month)| year * 12 + month - 1).collect();
    let (Some(first), Some(last)) = (all.iter().min(), all.iter().max()) else { return Vec::new() };
    let first = (*first).max(last.saturating_sub(u32::try_from(most).unwrap_or(u32::MAX).saturating_sub(1)));
    (first..=*last).map(|month| format!("{:04}-{:02}", month / 12, month % 12 + 1)).collect()
}

/// What stands below the column of a month: its number, and the year where one begins.
pub(super) fn label(month: &str, is_first: bool) -> String {
    let (year, number) = month.split_once('-').unwrap_or((month, ""));
    if is_first || number == "01" { format!("{number}\n{year}") } else { number.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERIES: [Series; 2] = [Series { name: "in", class: "a" }, Series { name: "out", class: "b" }];

    fn drawn(amounts: &[[u64; 2]]) -> String {
        drawn_so(Stands::Stacked, amounts)
    }

    fn drawn_so(stands: Stands, amounts: &[[u64; 2]]) -> String {
        let column = |amounts: &[u64; 2]| Column {
            label: "x".to_owned(),
            told: format!("{} and {}", amounts[0], amounts[1]),
            amounts: amounts.to_vec(),
        };
        let mut html = Html::default();
        let columns = amounts.iter().map(column).collect();
        Columns { title: "T", series: SERIES.to_vec(), columns, stands }.show(&mut html);
        html.into_string()
    }

    #[test]
    fn columns_are_as_high_as_what_they_stand_for() {
        let chart = drawn(&[[100, 100], [50, 0], [0, 1]]);
        for rect in [
            r#"<rect class="a" x="0" y="50" width="10" height="50">"#,
            r#"<rect class="b" x="0" y="0" width="10" height="50">"#,
            r#"<rect class="a" x="0" y="75" width="10" height="25">"#,
            r#"<rect class="b" x="0" y="98" width="10" height="2">"#,
        ] {
            assert!(chart.contains(rect), "{rect} in {chart}");
        }
        assert!(chart.contains(r#"aria-label="50 and 0""#));
    }

    #[test]
    fn what_is_compared_stands_beside_one_another() {
        let chart = drawn_so(Stands::Beside, &[[100, 50]]);
        for rect in [
            r#"<rect class="a" x="0" y="0" width="5" height="100">"#,
            r#"<rect class="b" x="5" y="50" width="5" height="50">"#,
        ] {
            assert!(chart.contains(rect), "{rect} in {chart}");
        }
    }

    #[test]
    fn nothing_is_no_chart_and_no_amount_is_too_large() {
        assert_eq!(drawn(&[[0, 0]]), "");
        assert!(drawn(&[[u64::MAX, u64::MAX]]).contains("<rect"));
        assert!(!drawn(&[[1, 0]]).contains("out"), "a series that is nowhere");
    }

    #[test]
    fn months_in_which_nothing_was_are_there_too() {
        let of = |times: &[&str], most| months(times.iter().copied(), most);
        assert_eq!(
            of(&["2026-11-02", "2027-02-28T00:00:00Z"], 18),
            ["2026-11", "2026-12", "2027-01", "2027-02"]
        );
        assert_eq!(
            of(&["2020-01-01", "2027-02-28", "never", "2026-99-01"], 3),
            ["2026-12", "2027-01", "2027-02"]
        );
        assert!(of(&[], 18).is_empty());
        assert_eq!(
            (label("2026-11", true), label("2026-12", false), label("2027-01", false)),
            ("11\n2026".to_owned(), "12".to_owned(), "01\n2027".to_owned())
        );
    }
}
