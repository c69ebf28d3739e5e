//! Sums of money for people: to the cent, and exactly for whoever points at them. What nobody knows is said.

use super::html::Html;
use crate::model::text::{grouped, plural};
use crate::providers::price::{Dollars, Totals};

/// Billionths of a dollar in a cent.
const CENT: u64 = 10_000_000;

/// A sum to the cent.
pub(super) fn rounded(sum: Dollars) -> String {
    let billionths = sum.billionths();
    if sum > Dollars::ZERO && billionths < CENT {
        return "< $0.01".to_owned();
    }
    let cents = billionths.saturating_add(CENT / 2) / CENT;
    format!("${}.{:02}", grouped(cents / 100), cents % 100)
}

/// A sum with all of its digits.
pub(super) fn exact(sum: Dollars) -> String {
    let exact = sum.exact();
    match exact.split_once('.') {
        Some((_, fraction)) if fraction.len() > 2 => format!("${exact}"),
        _ => rounded(sum),
    }
}

/// What calls cost, in a few words; nothing where there is nothing to pay.
pub(super) fn cost(totals: &Totals) -> String {
    sum_of(totals, totals.cost, rounded)
}

/// The same with all digits, and with how much of it is unknown.
pub(super) fn exact_cost(totals: &Totals) -> String {
    let known = (totals.priced > 0).then(|| exact(totals.cost));
    let unknown =
        (totals.unpriced > 0).then(|| format!("{} of unknown price", plural(totals.unpriced, "interaction")));
    known.into_iter().chain(unknown).collect::<Vec<_>>().join(", ")
}

/// A sum over calls of which some may have no known price.
pub(super) fn sum_of(totals: &Totals, sum: Dollars, written: fn(Dollars) -> String) -> String {
    match (totals.priced > 0, totals.unpriced > 0) {
        (true, true) => format!("{} + unknown", written(sum)),
        (true, false) => written(sum),
        (false, true) => "unknown".to_owned(),
        (false, false) => String::new(),
    }
}

/// An element with what calls cost.
pub(super) fn leaf(
    name: &'static str,
    attributes: &[(&'static str, &str)],
    totals: &Totals,
    html: &mut Html,
) {
    let (cost, exact) = (cost(totals), exact_cost(totals));
    let mut attributes = attributes.to_vec();
    if cost != exact && !exact.is_empty() {
        attributes.push(("title", &exact));
    }
    html.leaf(name, &attributes, &cost);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::providers::Usage;
    use crate::providers::price::{Cost, Payment};

    fn dollars(text: &str) -> Dollars {
        Dollars::parse(text).unwrap()
    }

    #[test]
    fn people_read_cents_and_what_is_less_than_one_is_never_nothing() {
        for (text, wanted) in [
            ("0", "$0.00"),
            ("0.000000000000001", "< $0.01"),
            ("0.009999", "< $0.01"),
            ("0.01", "$0.01"),
            ("0.0149", "$0.01"),
            ("0.015", "$0.02"),
            ("12.345", "$12.35"),
            ("1234.5", "$1,234.50"),
        ] {
            assert_eq!(rounded(dollars(text)), wanted, "{text}");
        }
        for (text, wanted) in
            [("0.0000120", "$0.000012"), ("0", "$0.00"), ("55", "$55.00"), ("1234.5", "$1,234.50")]
        {
            assert_eq!(exact(dollars(text)), wanted, "{text}");
        }
    }

    #[test]
    fn what_is_unknown_is_said_in_full() {
        let mut totals = Totals::default();
        assert_eq!((cost(&totals), exact_cost(&totals)), (String::new(), String::new()));
        totals.add(&Usage::default(), Payment::Unknown);
        assert_eq!(
            (cost(&totals).as_str(), exact_cost(&totals).as_str()),
            ("unknown", "1 interaction of unknown price")
        );
        totals.add(&Usage::default(), Payment::Known(Cost { total: dollars("0.0012"), cache: None }));
        assert_eq!(cost(&totals), "< $0.01 + unknown");
        assert_eq!(exact_cost(&totals), "$0.0012, 1 interaction of unknown price");
    }
}
