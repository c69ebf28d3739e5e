//! A chart of stacked bars, one a cassette. It knows nothing of what it measures: anything that adds up.

use super::html::Html;
use crate::model::text::grouped;

/// Bars that are drawn. What is left is told in words: added up, it would dwarf what it is to be compared with.
const MAX_BARS: usize = 20;

/// Units of width that a drawing has. The page stretches it to the room there is.
const WIDTH: u64 = 1_000;

/// A chart.
pub(super) struct Chart {
    pub(super) title: &'static str,
    pub(super) series: &'static [Series],
    pub(super) bars: Vec<Bar>,
    /// An amount as people read it.
    pub(super) written: fn(u64) -> String,
    /// An amount with all of its digits, for whoever points at it or hears the page.
    pub(super) exact: fn(u64) -> String,
}

/// One of the amounts that are stacked.
pub(super) struct Series {
    pub(super) name: &'static str,
    /// The class that gives it its colour.
    pub(super) class: &'static str,
}

/// A row of the chart.
pub(super) struct Bar {
    pub(super) name: String,
    pub(super) anchor: Option<String>,
    /// An amount a series.
    pub(super) amounts: Vec<u64>,
    /// What of it is in no amount, since nobody knows how much it is.
    pub(super) unknown: Option<String>,
}

impl Bar {
    fn total(&self) -> u64 {
        self.amounts.iter().fold(0, |sum, amount| sum.saturating_add(*amount))
    }
}

impl Chart {
    /// Draws it, the longest bar first; nothing where there is nothing to draw. What nobody knows is said, and never a zero.
    pub(super) fn show(mut self, html: &mut Html) {
        self.bars.retain(|bar| bar.total() > 0 || bar.unknown.is_some());
        if self.bars.is_empty() {
            return;
        }
        self.bars.sort_by_key(|bar| std::cmp::Reverse(bar.total()));
        let rest = self.bars.split_off(self.bars.len().min(MAX_BARS));
        let longest = self.bars.iter().map(Bar::total).max().unwrap_or(1);
        html.element("figure", &[("class", "chart")], |html| {
            html.element("figcaption", &[], |html| {
                html.leaf("b", &[], self.title);
                for series in self.series {
                    html.element("span", &[("class", "legend")], |html| {
                        html.leaf("i", &[("class", series.class), ("aria-hidden", "true")], "");
                        html.text(series.name);
                    });
                }
            });
            html.element("ul", &[], |html| {
                for bar in &self.bars {
                    self.row(bar, longest, html);
                }
            });
            if !rest.is_empty() {
                html.leaf("p", &[("class", "note")], &self.together(&rest));
            }
        });
    }

    fn row(&self, bar: &Bar, longest: u64, html: &mut Html) {
        let known = self.series.iter().zip(&bar.amounts).filter(|_| bar.total() > 0);
        let known = known.map(|(series, amount)| format!("{} {}", (self.exact)(*amount), series.name));
        let rendered: Vec<String> = known.chain(bar.unknown.clone()).collect();
        html.element("li", &[], |html| {
            match &bar.anchor {
                Some(anchor) => {
                    html.leaf("a", &[("href", &format!("#{anchor}")), ("title", &bar.name)], &bar.name);
                }
                None => html.leaf("span", &[("title", &bar.name)], &bar.name),
            }
            let label = rendered.join(", ");
            let drawing = [
                ("viewBox", "0 0 1000 10"),
                ("preserveAspectRatio", "none"),
                ("role", "img"),
                ("aria-label", &label),
            ];
            html.element("svg", &drawing, |html| self.stack(bar, longest, html));
            html.leaf(
                "span",
                &[("class", "amount"), ("title", &label)],
                &self.sum(std::slice::from_ref(bar)),
            );
        });
    }

    fn stack(&self, bar: &Bar, longest: u64, html: &mut Html) {
        let mut before = 0_u64;
        let scale = |amount: u64| {
            let scaled = u128::from(amount) * u128::from(WIDTH) / u128::from(longest.max(1));
            u64::try_from(scaled).unwrap_or(WIDTH).min(WIDTH)
        };
        for (series, amount) in self.series.iter().zip(&bar.amounts) {
            let after = before.saturating_add(*amount);
            let (x, end) = (scale(before), scale(after));
            // However small next to the longest, what is there is seen.
            let width = if *amount > 0 { (end - x).max(8) } else { 0 };
            let (x, width) = (x.to_string(), width.to_string());
            html.leaf(
                "rect",
                &[("class", series.class), ("x", &x), ("y", "0"), ("width", &width), ("height", "10")],
                "",
            );
            before = after;
        }
    }

    fn together(&self, rest: &[Bar]) -> String {
        format!("and {} more, together {}", grouped(rest.len() as u64), self.sum(rest))
    }

    fn sum(&self, bars: &[Bar]) -> String {
        let total = bars.iter().fold(0, |sum: u64, bar| sum.saturating_add(bar.total()));
        let known = (total > 0).then(|| (self.written)(total));
        match (known, bars.iter().any(|bar| bar.unknown.is_some())) {
            (Some(known), true) => format!("{known} + unknown"),
            (None, true) => "unknown".to_owned(),
            (known, false) => known.unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERIES: [Series; 2] = [Series { name: "in", class: "a" }, Series { name: "out", class: "b" }];

    fn drawn(amounts: impl IntoIterator<Item = [u64; 2]>) -> String {
        drawn_with_unknown(amounts.into_iter().map(|amounts| (amounts, false)))
    }

    fn drawn_with_unknown(amounts: impl IntoIterator<Item = ([u64; 2], bool)>) -> String {
        let bar = |(index, (amounts, unknown)): (usize, ([u64; 2], bool))| Bar {
            name: format!("cassette {index}"),
            anchor: None,
            amounts: amounts.to_vec(),
            unknown: unknown.then(|| "something more".to_owned()),
        };
        let mut html = Html::default();
        let bars = amounts.into_iter().enumerate().map(bar).collect();
        Chart { title: "T", series: &SERIES, bars, written: grouped, exact: grouped }.show(&mut html);
        html.into_string()
    }

    #[test]
    fn bars_are_as_long_as_what_they_stand_for() {
        let chart = drawn([[250, 250], [1_000, 0]]);
        assert!(chart.contains(
            r#"x="0" y="0" width="250" height="10"></rect><rect class="b" x="250" y="0" width="250""#
        ));
        assert!(chart.find("cassette 1").unwrap() < chart.find("cassette 0").unwrap(), "the longest first");
        assert!(chart.contains(r#"aria-label="250 in, 250 out""#));
    }

    #[test]
    fn the_largest_are_drawn_and_the_others_told() {
        let chart = drawn((0..100).map(|n| [n + 1, 0]));
        assert_eq!(chart.matches("<svg").count(), MAX_BARS);
        assert!(chart.contains("and 80 more, together 3,240"), "{chart}");
    }

    #[test]
    fn what_nobody_knows_is_said_and_is_never_a_zero() {
        let chart = drawn_with_unknown([([7, 2], true), ([0, 0], true)]);
        assert!(chart.contains(r#"title="7 in, 2 out, something more">9 + unknown</span>"#), "{chart}");
        assert!(chart.contains(r#"aria-label="something more""#), "{chart}");
        assert!(chart.contains(r#"title="something more">unknown</span>"#), "{chart}");
        let rest = |amounts, unknown| drawn_with_unknown(vec![(amounts, unknown); MAX_BARS + 2]);
        assert!(rest([1, 0], true).contains("and 2 more, together 2 + unknown"));
        assert!(rest([0, 0], true).contains("and 2 more, together unknown"));
    }

    #[test]
    fn nothing_counted_is_no_chart_and_no_amount_is_too_large() {
        assert_eq!(drawn([[0, 0]]), "");
        assert!(drawn([[u64::MAX, u64::MAX]]).contains("<rect"));
    }
}
