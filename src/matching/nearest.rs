//! Which of many recorded requests comes closest to one that none of them is. Who asks a server for what it has not got should not
//! have it compare each recording.

use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};

use crate::matching::difference::nearness;
use crate::matching::request_key::Normal;

/// So many are compared one by one. Among more, those are that have most in common with the request from their start or from
/// their end.
const FEW: usize = 256;

/// So many on either side in an order of theirs.
const NEIGHBOURS: usize = 32;

/// Normal forms by their first lines, and in the orders in which those that begin or end alike stand together.
#[derive(Debug, Default)]
pub(crate) struct Nearest {
    groups: HashMap<Vec<u8>, Group>,
    count: usize,
}

/// The numbers of forms with one first line.
#[derive(Debug, Default)]
struct Group {
    /// As they were added.
    all: Vec<usize>,
    by_start: Vec<usize>,
    by_end: Vec<usize>,
}

impl Nearest {
    /// Of forms by their numbers.
    pub(crate) fn of<'n>(count: usize, normal: impl Fn(usize) -> &'n Normal) -> Nearest {
        let mut nearest = Nearest { groups: HashMap::new(), count };
        for number in 0..count {
            let group = nearest.groups.entry(first_line(normal(number)).to_vec()).or_default();
            group.all.push(number);
        }
        for group in nearest.groups.values_mut().filter(|group| group.all.len() > FEW) {
            (group.by_start, group.by_end) = (group.all.clone(), group.all.clone());
            group.by_start.sort_by(|one, two| normal(*one).form.cmp(&normal(*two).form));
            group.by_end.sort_by(|one, two| backwards(&normal(*one).form, &normal(*two).form));
        }
        nearest
    }

    /// The number of the form that comes closest; of equals the first.
    pub(crate) fn to<'n>(&self, live: &Normal, normal: impl Fn(usize) -> &'n Normal) -> Option<usize> {
        let candidates = match self.groups.get(first_line(live)) {
            Some(group) => group.candidates(live, &normal),
            None if self.count <= FEW => (0..self.count).collect(),
            None => self.of_other_addresses(live, &normal),
        };
        let near = candidates.into_iter().map(|number| (nearness(live, normal(number)), number));
        near.max_by_key(|(near, number)| (*near, std::cmp::Reverse(*number))).map(|(_, number)| number)
    }

    /// Some of those whose method and URL come closest.
    fn of_other_addresses<'n>(
        &self,
        live: &Normal,
        normal: &impl Fn(usize) -> &'n Normal,
    ) -> BTreeSet<usize> {
        let mut best: (u64, Vec<&Group>) = (0, Vec::new());
        for group in self.groups.values() {
            let Some(first) = group.all.first() else { continue };
            // What bodies have in common counts for less than any of these.
            let near = nearness(live, normal(*first)) >> 20;
            match near.cmp(&best.0) {
                Ordering::Greater => best = (near, vec![group]),
                Ordering::Equal => best.1.push(group),
                Ordering::Less => {}
            }
        }
        let mut first: Vec<usize> = best.1.iter().filter_map(|group| group.all.first().copied()).collect();
        first.sort_unstable();
        let groups = best
            .1
            .into_iter()
            .filter(|group| first.iter().take(FEW).any(|one| group.all.first() == Some(one)));
        groups.flat_map(|group| group.candidates(live, normal)).take(2 * FEW).collect()
    }
}

impl Group {
    fn candidates<'n>(&self, live: &Normal, normal: &impl Fn(usize) -> &'n Normal) -> BTreeSet<usize> {
        if self.by_start.is_empty() {
            return self.all.iter().copied().collect();
        }
        let by_start = self.by_start.partition_point(|number| normal(*number).form < live.form);
        let by_end = self
            .by_end
            .partition_point(|number| backwards(&normal(*number).form, &live.form) == Ordering::Less);
        around(&self.by_start, by_start).chain(around(&self.by_end, by_end)).collect()
    }
}

fn around(numbers: &[usize], at: usize) -> impl Iterator<Item = usize> + '_ {
    numbers[at.saturating_sub(NEIGHBOURS)..numbers.len().min(at + NEIGHBOURS)].iter().copied()
}

fn first_line(normal: &Normal) -> &[u8] {
    normal.form.split(|byte| *byte == b'\n').next().unwrap_or_default()
}

/// Compares from the end.
fn backwards(one: &[u8], two: &[u8]) -> Ordering {
    one.iter().rev().cmp(two.iter().rev())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::matching::request_key::Key;

    fn normal(form: &str) -> Normal {
        Normal { key: Key([0; 32]), form: form.as_bytes().to_vec(), ids: Vec::new() }
    }

    fn naive(live: &Normal, recorded: &[Normal]) -> Option<usize> {
        let near =
            recorded.iter().enumerate().map(|(number, one)| (nearness(live, one), std::cmp::Reverse(number)));
        near.max().map(|(_, number)| number.0)
    }

    proptest! {
        #[test]
        fn among_few_the_nearest_is_the_one_that_comparing_each_finds(
            recorded in prop::collection::vec("(GET|POST) /[ab](\\?q)?\n\n[abc]{0,6}", 0..20),
            live in "(GET|POST) /[ab](\\?q)?\n\n[abc]{0,6}",
        ) {
            let (recorded, live): (Vec<Normal>, Normal) =
                (recorded.iter().map(|form| normal(form)).collect(), normal(&live));
            let nearest = Nearest::of(recorded.len(), |number| &recorded[number]);
            let found = nearest.to(&live, |number| &recorded[number]);
            let near = |number: Option<usize>| number.map(|number| nearness(&live, &recorded[number]));
            prop_assert_eq!(near(found), near(naive(&live, &recorded)));
            if recorded.iter().any(|one| first_line(one) == first_line(&live)) {
                prop_assert_eq!(found, naive(&live, &recorded));
            }
        }
    }

    #[test]
    fn among_many_the_one_that_differs_in_one_place_is_found_and_few_are_compared() {
        let recorded: Vec<Normal> = (0..5000)
            .map(|number| normal(&format!("POST /a\n\nWhat is the {number:04}. river of this?")))
            .collect();
        let nearest = Nearest::of(recorded.len(), |number| &recorded[number]);
        let looks = std::cell::Cell::new(0);
        let look = |number: usize| {
            looks.set(looks.get() + 1);
            &recorded[number]
        };
        let live = normal("POST /a\n\nWhat is the 4321. river of that?");
        assert_eq!(nearest.to(&live, look), Some(4321));
        assert!(looks.get() < 300, "{} of 5000", looks.get());
    }
}
