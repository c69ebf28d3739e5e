//! What stands in two lists at other places.

use std::collections::HashMap;

/// Items of a list that are in another one at other places.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Moved {
    /// Two have changed places.
    Swapped(usize, usize),
    /// Those from one place to another are in another order.
    Within(usize, usize),
}

/// What was moved from one list to another, and which item of the new list stands for each of its places when that is undone.
pub(super) fn moved(old: &[String], new: &[String]) -> (Vec<Moved>, Vec<usize>) {
    let mut order: Vec<usize> = (0..new.len()).collect();
    let differ: Vec<usize> = (0..old.len().min(new.len())).filter(|at| old[*at] != new[*at]).collect();
    let mut waiting: HashMap<(&str, &str), Vec<usize>> = HashMap::new();
    let mut all = Vec::new();
    for &at in &differ {
        let (was, is) = (old[at].as_str(), new[at].as_str());
        match waiting.get_mut(&(is, was)).and_then(Vec::pop) {
            Some(first) => {
                order.swap(first, at);
                all.push((first, at));
            }
            None => waiting.entry((was, is)).or_default().push(at),
        }
    }
    all.sort_unstable();
    let mut moved: Vec<Moved> = all.into_iter().map(|(one, two)| Moved::Swapped(one, two)).collect();
    let rest: Vec<usize> = differ.into_iter().filter(|at| old[*at] != new[order[*at]]).collect();
    if let (Some(first), Some(last)) = (rest.first(), rest.last())
        && old.len() == new.len()
        && hold_the_same(&rest, old, new)
    {
        moved.push(Moved::Within(*first, *last));
        put_back(&rest, old, new, &mut order);
    }
    (moved, order)
}

/// Whether two lists have the same items at some places, in whatever order.
fn hold_the_same(places: &[usize], old: &[String], new: &[String]) -> bool {
    let mut counts: HashMap<&str, isize> = HashMap::new();
    for at in places {
        *counts.entry(&old[*at]).or_default() += 1;
        *counts.entry(&new[*at]).or_default() -= 1;
    }
    counts.into_values().all(|count| count == 0)
}

fn put_back(places: &[usize], old: &[String], new: &[String], order: &mut [usize]) {
    let mut from: HashMap<&str, Vec<usize>> = HashMap::new();
    for at in places.iter().rev() {
        from.entry(&new[*at]).or_default().push(*at);
    }
    for at in places {
        if let Some(place) = from.get_mut(old[*at].as_str()).and_then(Vec::pop) {
            order[*at] = place;
        }
    }
}

impl Moved {
    /// In words, given what a place is called, and an item.
    pub(super) fn told(&self, place: impl Fn(usize) -> String, noun: &str) -> String {
        let nouns = if noun.is_empty() { String::new() } else { format!("{noun}s ") };
        match *self {
            Moved::Swapped(one, two) => format!("{nouns}{} and {} changed places", place(one), place(two)),
            Moved::Within(first, last) => {
                format!("{nouns}{} to {} are in another order", place(first), place(last))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(old: &str, new: &str) -> (String, String) {
        let items = |text: &str| text.chars().map(String::from).collect::<Vec<_>>();
        let (old, new) = (items(old), items(new));
        let (moved, order) = moved(&old, &new);
        let told = moved.iter().map(|moved| moved.told(|at| (at + 1).to_string(), "message"));
        (told.collect::<Vec<_>>().join("; "), order.into_iter().map(|at| new[at].as_str()).collect())
    }

    #[test]
    fn items_that_changed_places_are_named_by_their_places_and_put_back() {
        for (old, new, wanted, back) in [
            ("abcd", "abdc", "messages 3 and 4 changed places", "abcd"),
            ("abcd", "dbca", "messages 1 and 4 changed places", "abcd"),
            ("abcd", "acdb", "messages 2 to 4 are in another order", "abcd"),
            ("abcd", "badc", "messages 1 and 2 changed places; messages 3 and 4 changed places", "abcd"),
            ("abcd", "bacx", "messages 1 and 2 changed places", "abcx"),
            ("abc", "bacde", "messages 1 and 2 changed places", "abcde"),
            ("abcd", "abcd", "", "abcd"),
            ("abcd", "abce", "", "abce"),
            ("abc", "ab", "", "ab"),
            ("aab", "abb", "", "abb"),
        ] {
            assert_eq!(told(old, new), (wanted.to_owned(), back.to_owned()), "{old} {new}");
        }
    }
}
