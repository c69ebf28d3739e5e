//! The list of prices that comes with the program: `list.txt`, which `.ci/prices` makes from the community's table. It
//! says in its first line from which version, and of which day. Who wants other prices gives a file.
//!
//! A line that begins with `@` names whose prices follow, and how the names of their models begin. The others have the
//! names of models, a tab, and what is said of them: prices of tokens for a million of them, all others as they are.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, OnceLock};

use super::Dollars;
use super::entry::{Price, Stated};
use super::rates::KINDS;

const LIST: &str = include_str!("list.txt");

/// A line of the list.
struct Line {
    /// Which it is in the order of the list.
    number: usize,
    owner: &'static str,
    said: &'static str,
    /// What it says, read when somebody wants to know.
    price: OnceLock<Option<Price>>,
}

/// The list by how the names of models begin, and by what follows, so that no name is put together.
struct Lines {
    starts: Vec<(&'static str, HashMap<&'static str, Vec<Line>>)>,
}

/// Several owners may have a model of one name; no owner has two.
static LINES: LazyLock<Lines> = LazyLock::new(|| {
    let mut lines = Lines { starts: Vec::new() };
    let (mut owner, mut place) = ("", None);
    for (number, line) in LIST.lines().enumerate() {
        if let Some(heading) = line.strip_prefix('@') {
            let start;
            (owner, start) = heading.split_once(' ').unwrap_or((heading, ""));
            place = Some(lines.of(start));
        } else if let (Some(place), Some((names, said))) = (place, line.split_once('\t')) {
            for name in names.split(' ') {
                let line = Line { number, owner, said, price: OnceLock::new() };
                lines.starts[place].1.entry(name).or_default().push(line);
            }
        }
    }
    lines
});

impl Lines {
    /// The place of the names that begin so.
    fn of(&mut self, start: &'static str) -> usize {
        let known = self.starts.iter().position(|(one, _)| *one == start);
        known.unwrap_or_else(|| {
            self.starts.push((start, HashMap::new()));
            self.starts.len() - 1
        })
    }

    /// All lines of a model.
    fn get(&self, name: &str) -> impl Iterator<Item = &Line> {
        self.starts.iter().filter_map(|(start, names)| names.get(name.strip_prefix(start)?)).flatten()
    }
}

/// So many times the list is searched; who asks for more gets a table of it. Most processes ask for one model, and the table
/// takes half as long as all else that it takes to replay a call.
const FEW: usize = 32;

static ASKED: AtomicUsize = AtomicUsize::new(0);

/// The prices of a model, of an owner that fits.
pub(super) fn price(name: &str, fits: impl Fn(&str) -> bool) -> Option<Price> {
    match ASKED.fetch_add(1, Ordering::Relaxed) < FEW {
        true => in_list(name).find(|(owner, _)| fits(owner)).and_then(|(owner, said)| priced(owner, said)),
        false => in_table(name, fits),
    }
}

fn priced(owner: &str, said: &str) -> Option<Price> {
    Price::of(owner, &stated(said)?)
}

fn in_table(name: &str, fits: impl Fn(&str) -> bool) -> Option<Price> {
    let line = LINES.get(name).filter(|line| fits(line.owner)).min_by_key(|line| line.number)?;
    line.price.get_or_init(|| priced(line.owner, line.said)).clone()
}

/// The owner of each line of a model, and what the line says of it.
fn in_list(name: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    LIST.split("\n@").skip(1).filter_map(move |section| {
        let (heading, lines) = section.split_once('\n')?;
        let (owner, start) = heading.split_once(' ').unwrap_or((heading, ""));
        let name = name.strip_prefix(start).filter(|name| !name.is_empty())?;
        memchr::memmem::find_iter(lines.as_bytes(), name).find_map(|at| {
            let begin = lines[..at].rfind('\n').map_or(0, |end| end + 1);
            let (names, said) = lines[begin..].split('\n').next()?.split_once('\t')?;
            names.split(' ').any(|one| one == name).then_some((owner, said))
        })
    })
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
        let mut owners = HashMap::<String, Vec<&str>>::new();
        for (start, names) in &LINES.starts {
            for (name, lines) in names {
                let name = format!("{start}{name}");
                for line in lines {
                    let its = |owner: &str| owner == line.owner;
                    assert!(in_table(&name, its).is_some(), "{name}: {}", line.said);
                    let found = in_list(&name).find(|(owner, _)| its(owner));
                    assert_eq!(found, Some((line.owner, line.said)), "{name}");
                    owners.entry(name.clone()).or_default().push(line.owner);
                }
            }
        }
        assert!(owners.len() > 1000, "{}", owners.len());
        for (name, owners) in owners {
            let distinct: std::collections::HashSet<_> = owners.iter().collect();
            assert_eq!(owners.len(), distinct.len(), "{name} stands twice below one owner");
        }
    }
}
