//! Where two JSON bodies differ: the values that do, and the lists that have the same items in another order.

use std::collections::HashMap;

use super::parts::{Body, Parts, names};
use crate::matching::request_key::Normal;
use crate::model::json::Json;

/// Who has more to leave out is helped by no list of it.
const MOST: usize = 3;

/// Where two bodies differ, each place as a JSON pointer in which `*` stands for every item of a list.
#[derive(Debug, Default)]
pub(crate) struct Leaves {
    /// With what stands there in each of them.
    pub(crate) values: Vec<(String, Json, Json)>,
    pub(crate) orders: Vec<String>,
}

/// Where the bodies of two requests differ; `None` where they are no JSON of the same shape, or differ in much.
pub(crate) fn leaves(recorded: &Normal, live: &Normal) -> Option<Leaves> {
    let (a, b) = (Parts::of(recorded), Parts::of(live));
    let (recorded_names, live_names) = names(&recorded.ids, &live.ids);
    let (Body::Json(old), Body::Json(new)) = (a.body(&recorded_names), b.body(&live_names)) else {
        return None;
    };
    let mut leaves = Leaves::default();
    leaves.walk(&old, &new, "")?;
    (!leaves.values.is_empty() || !leaves.orders.is_empty()).then_some(leaves)
}

impl Leaves {
    fn walk(&mut self, old: &Json, new: &Json, path: &str) -> Option<()> {
        match (old, new) {
            _ if old == new => {}
            (Json::Object(old), Json::Object(new)) => {
                // In a normal form they are sorted.
                let same_names = old.iter().map(|(name, _)| name).eq(new.iter().map(|(name, _)| name));
                same_names.then_some(())?;
                for ((name, old), (_, new)) in old.iter().zip(new) {
                    let step = name.replace('~', "~0").replace('/', "~1");
                    self.walk(old, new, &format!("{path}/{step}"))?;
                }
            }
            (Json::Array(old), Json::Array(new)) if old.len() == new.len() => {
                if hold_the_same(old, new) {
                    self.orders.push(path.to_owned());
                } else {
                    let inside = format!("{path}/*");
                    old.iter().zip(new).try_for_each(|(old, new)| self.walk(old, new, &inside))?;
                }
            }
            (Json::String(_) | Json::Number(_), Json::String(_) | Json::Number(_)) => {
                self.values.push((path.to_owned(), old.clone(), new.clone()));
            }
            _ => return None,
        }
        (self.values.len() <= MOST && self.orders.len() <= MOST).then_some(())
    }
}

fn hold_the_same(old: &[Json], new: &[Json]) -> bool {
    let mut counts: HashMap<String, isize> = HashMap::new();
    for (items, count) in [(old, 1), (new, -1)] {
        items.iter().for_each(|item| *counts.entry(item.compact()).or_default() += count);
    }
    counts.into_values().all(|count| count == 0)
}
