//! What several events hold, written once: the same value, or an object that is the same but for some of its fields.

use std::collections::HashMap;

use super::templates::{children, has_piece, mark, marked};
use super::{BUT, SHARED};
use crate::model::json::Json;

/// The smallest value, in bytes, that is worth sharing, and the smallest text: an id that several events say again.
const SHARED_FROM: usize = 60;
const TEXT_FROM: usize = 36;

/// The smallest object of which others may be said to differ, in fields, and what that has to save.
const BASE_FROM: usize = 6;
const SAVED_FROM: usize = 100;

/// Takes out of trees what stands in them more than once, and puts marks in its place.
pub(super) fn share(trees: &mut [&mut Json]) -> Vec<Json> {
    let mut seen = Seen::default();
    // An event itself shows its fields.
    trees.iter().for_each(|tree| children(tree).for_each(|child| seen.count(child)));
    let mut sharing = Sharing { seen, numbers: HashMap::new(), bases: HashMap::new(), shared: Vec::new() };
    trees.iter_mut().for_each(|tree| sharing.extract_within(tree));
    sharing.shared
}

/// What there is, before anything is taken out.
#[derive(Default)]
struct Seen {
    /// How often each value comes.
    times: HashMap<String, usize>,
    /// The first object with these keys, and whether another differs little from it.
    objects: HashMap<String, (Json, bool)>,
}

impl Seen {
    fn count(&mut self, tree: &Json) {
        if is_small(tree) {
            return;
        }
        let times = self.times.entry(tree.compact()).or_default();
        *times += 1;
        // What is inside something that is shared already is not counted again.
        if *times > 1 {
            return;
        }
        if let Some(keys) = keys(tree) {
            let (base, is_base) = self.objects.entry(keys).or_insert_with(|| (tree.clone(), false));
            *is_base |= base != tree && difference(base, tree).is_some();
        }
        children(tree).for_each(|child| self.count(child));
    }
}

struct Sharing {
    seen: Seen,
    /// Where each shared value stands, by its text.
    numbers: HashMap<String, u64>,
    /// Where the first object with these keys stands.
    bases: HashMap<String, u64>,
    shared: Vec<Json>,
}

impl Sharing {
    fn extract(&mut self, tree: &mut Json) {
        if is_small(tree) {
            return;
        }
        let text = tree.compact();
        let keys = keys(tree);
        let is_base =
            |keys: &String| self.seen.objects.get(keys).is_some_and(|(base, is)| *is && base == tree);
        let is_first = keys.as_ref().is_some_and(is_base);
        if is_first || self.seen.times.get(&text).is_some_and(|times| *times > 1) {
            let number = *self.numbers.entry(text).or_insert_with(|| {
                self.shared.push(tree.clone());
                self.shared.len() as u64
            });
            if let Some(keys) = keys.filter(|_| is_first) {
                self.bases.insert(keys, number);
            }
            *tree = mark(SHARED, number);
            return;
        }
        let base = keys.and_then(|keys| Some((*self.bases.get(&keys)?, &self.seen.objects.get(&keys)?.0)));
        if let Some((number, mut but)) =
            base.and_then(|(number, base)| Some((number, difference(base, tree)?)))
        {
            but.iter_mut().for_each(|(_, value)| self.extract(value));
            let shared = (SHARED.to_owned(), Json::from(number));
            *tree = Json::Object(vec![shared, (BUT.to_owned(), Json::Object(but))]);
            return;
        }
        self.extract_within(tree);
    }

    fn extract_within(&mut self, tree: &mut Json) {
        match tree {
            Json::Array(items) => items.iter_mut().for_each(|item| self.extract(item)),
            Json::Object(fields) => fields.iter_mut().for_each(|(_, value)| self.extract(value)),
            _ => {}
        }
    }
}

fn is_small(tree: &Json) -> bool {
    marked(tree).is_some() || tree.size() < if tree.as_str().is_some() { TEXT_FROM } else { SHARED_FROM }
}

/// The keys of an object that may be said to differ from another.
fn keys(tree: &Json) -> Option<String> {
    let fields = tree.as_object().filter(|fields| fields.len() >= BASE_FROM && marked(tree).is_none())?;
    // A piece is taken where it stands.
    let names = fields.iter().map(|(name, _)| Json::from(name.as_str()).compact());
    (!holds_places(tree) && !has_piece(tree)).then(|| names.collect())
}

fn holds_places(tree: &Json) -> bool {
    marked(tree).is_some_and(|(name, _)| name == super::COLUMN) || children(tree).any(holds_places)
}

/// The fields of an object that are not those of another with the same keys, if they are few.
fn difference(base: &Json, tree: &Json) -> Option<Vec<(String, Json)>> {
    let (base, fields) = (base.as_object()?, tree.as_object()?);
    let others = base.iter().zip(fields).filter(|(base, field)| base != field).map(|(_, field)| field);
    let but: Vec<(String, Json)> = others.cloned().collect();
    let left: usize = but.iter().map(|(name, value)| name.len() + 4 + value.size()).sum();
    (left + SAVED_FROM <= tree.size()).then_some(but)
}
