//! The list of prices that comes with the program: `list.txt`, which `.ci/prices` makes from the community's table. It
//! says in its first line from which version, and of which day. Who wants other prices gives a file.
//!
//! A line that begins with `@` names whose prices follow, and how the names of their models begin. The others have the
//! names of models, a tab, and what is said of them: prices of tokens for a million of them, all others as they are.

use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

use super::Dollars;
use super::entry::{Price, Stated};
use super::rates::KINDS;

const LIST: &str = include_str!("list.txt");

/// A line of the list.
struct Line {
    owner: &'static str,
    said: &'static str,
    /// What it says, read when somebody wants to know.
    price: OnceLock<Option<Price>>,
}

/// Where each model stands. Several owners may have one of a name; no owner has two.
static LINES: LazyLock<HashMap<String, Vec<Line>>> = LazyLock::new(|| {
    let mut lines: HashMap<String, Vec<Line>> = HashMap::new();
    let (mut owner, mut start) = ("", "");
    for line in LIST.lines() {
        if let Some(heading) = line.strip_prefix('@') {
            (owner, start) = heading.split_once(' ').unwrap_or((heading, ""));
        } else if let Some((names, said)) = line.split_once('\t') {
            for name in names.split(' ') {
                lines.entry(format!("{start}{name}")).or_default().push(Line {
                    owner,
                    said,
                    price: OnceLock::new(),
                });
            }
        }
    }
    lines
});

/// The prices of a model, of an owner that fits.
pub(super) fn price(name: &str, fits: impl Fn(&str) -> bool) -> Option<Price> {
    let line = LINES.get(name)?.iter().find(|line| fits(line.owner))?;
    line.price.get_or_init(|| Price::of(line.owner, &stated(line.said)?)).clone()
}

/// `list prices of 2026-11-30 from litellm 1.110.2`, say.
#[cfg(any(test, feature = "cli"))]
pub(super) fn source() -> String {
    let first = LIST.lines().next().unwrap_or_default();
    let behind = |mark: &str| first.split_once(mark).and_then(|(_, rest)| rest.split([',', ' ']).next());
    format!(
        "built-in list prices of {} from litellm {}",
        behind("prices of ").unwrap_or("an unknown day"),
        behind("package litellm ").unwrap_or("of an unknown version")
    )
}

fn stated(said: &str) -> Option<Stated> {
    let mut stated = Stated::default();
    for field in said.split(' ') {
        let (code, value) = field.split_once('=')?;
        match code {
            "search" => {
                let sizes: Vec<&str> = value.split('/').collect();
                for (index, fee) in stated.search.iter_mut().enumerate() {
                    *fee = sizes
                        .get(index)
                        .or(sizes.last().filter(|_| sizes.len() == 1))
                        .and_then(|size| Dollars::parse(size));
                }
            }
            "each" => stated.each_query = true,
            "draws" => stated.draws = true,
            "query" => stated.numbers.push(("input_cost_per_query".to_owned(), Dollars::parse(value)?)),
            "request" => stated.numbers.push(("input_cost_per_request".to_owned(), Dollars::parse(value)?)),
            "maps" => {
                stated
                    .numbers
                    .push(("google_maps_grounding_cost_per_query".to_owned(), Dollars::parse(value)?));
            }
            token => stated.numbers.push((long_name(token)?, Dollars::parse(&format!("{value}e-6"))?)),
        }
    }
    Some(stated)
}

/// What the community's table calls `i>200:priority`.
fn long_name(code: &str) -> Option<String> {
    let (code, tier) =
        code.split_once(':').map_or((code, String::new()), |(code, tier)| (code, format!("_{tier}")));
    let (code, above) = match code.split_once('>') {
        Some((code, above)) => (code, format!("_above_{above}k_tokens")),
        None => (code, String::new()),
    };
    let (name, _) = KINDS.iter().find(|(_, short)| *short == code)?;
    Some(format!("{name}{above}{tier}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_list_is_read_to_its_end() {
        assert!(LINES.len() > 1000, "{}", LINES.len());
        for (name, lines) in LINES.iter() {
            for line in lines {
                assert!(price(name, |owner| owner == line.owner).is_some(), "{name}: {}", line.said);
            }
            let owners: std::collections::HashSet<_> = lines.iter().map(|line| line.owner).collect();
            assert_eq!(owners.len(), lines.len(), "{name} stands twice below one owner");
        }
    }
}
