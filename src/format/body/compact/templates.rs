//! What events have in common: those of one template have the same keys, and most of their values.

use std::collections::HashMap;

use super::{COLUMN, COUNT, MARKS, PIECE, SHARED, TAKE};
use crate::model::json::Json;

/// An event whose payload is JSON, with marks in the place of what belongs to the message.
#[derive(Debug, Clone)]
pub(super) struct Event {
    /// Its number among all events of the stream.
    pub(super) index: usize,
    /// What stands before the payload.
    pub(super) prefix: String,
    pub(super) tree: Json,
    /// Spaces before the last brace: Anthropic hides with them how long its events are.
    pub(super) pad: usize,
}

/// A template and its members: each with its row.
pub(super) struct Template {
    pub(super) prefix: String,
    pub(super) tree: Json,
    /// Each row ends with the number of spaces before the last brace.
    pub(super) padded: bool,
    pub(super) rows: Vec<(usize, Vec<Json>)>,
}

/// The smallest value, in bytes, that is worth sharing.
const SHARED_FROM: usize = 60;

/// Whether a tree holds keys that would be taken for marks.
pub(super) fn looks_marked(tree: &Json) -> bool {
    match tree {
        Json::Array(items) => items.iter().any(looks_marked),
        Json::Object(fields) => {
            fields.iter().any(|(name, value)| MARKS.contains(&name.as_str()) || looks_marked(value))
        }
        _ => false,
    }
}

/// A mark: an object with a single field, or a piece that says how much it takes.
pub(super) fn mark(name: &str, value: impl Into<Json>) -> Json {
    Json::Object(vec![(name.to_owned(), value.into())])
}

pub(super) fn marked(tree: &Json) -> Option<(&str, &Json)> {
    let (name, value) = tree.as_object()?.first()?;
    MARKS.contains(&name.as_str()).then_some((name.as_str(), value))
}

/// Groups events of the same keys. What stands alone stays an event of its own.
pub(super) fn group(events: Vec<Event>) -> (Vec<Template>, Vec<Event>) {
    let mut order: Vec<(String, Vec<Event>)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for event in events {
        let mut skeleton = format!("{}\n", event.prefix);
        outline(&event.tree, &mut skeleton);
        let place = *places.entry(skeleton.clone()).or_insert_with(|| {
            order.push((skeleton, Vec::new()));
            order.len() - 1
        });
        order[place].1.push(event);
    }
    let (mut templates, mut alone) = (Vec::new(), Vec::new());
    for (_, members) in order {
        if members.len() > 1 { templates.push(template(members)) } else { alone.extend(members) }
    }
    (templates, alone)
}

/// The keys of a tree, its marks, and nothing of its values.
fn outline(tree: &Json, out: &mut String) {
    match tree {
        Json::Array(items) => {
            out.push('[');
            items.iter().for_each(|item| outline(item, out));
            out.push(']');
        }
        Json::Object(fields) => {
            if let Some((name, value)) = marked(tree) {
                out.push_str(name);
                out.push_str(&value.compact());
                return;
            }
            out.push('{');
            for (name, value) in fields {
                out.push_str(&Json::from(name.as_str()).compact());
                outline(value, out);
            }
            out.push('}');
        }
        _ => out.push('.'),
    }
}

fn template(members: Vec<Event>) -> Template {
    let mut rows: Vec<(usize, Vec<Json>)> = members.iter().map(|event| (event.index, Vec::new())).collect();
    let trees: Vec<&Json> = members.iter().map(|event| &event.tree).collect();
    let tree = common(&trees, &mut rows);
    let padded = members.iter().any(|event| event.pad > 0);
    if padded {
        for (event, (_, row)) in members.iter().zip(&mut rows) {
            row.push(Json::from(event.pad as u64));
        }
    }
    Template { prefix: members[0].prefix.clone(), tree, padded, rows }
}

/// The tree of a template; what differs goes into the rows.
fn common(trees: &[&Json], rows: &mut [(usize, Vec<Json>)]) -> Json {
    let first = trees[0];
    if let Some((PIECE, value)) = marked(first) {
        for (tree, (_, row)) in trees.iter().zip(rows.iter_mut()) {
            row.push(tree.get(TAKE).cloned().unwrap_or(Json::Null));
        }
        return mark(PIECE, value.clone());
    }
    // Each line says how many characters it carries, even where all carry as many.
    if marked(first).is_some() || !has_piece(first) && trees.iter().all(|tree| *tree == first) {
        return first.clone();
    }
    match first {
        Json::Array(items) if !items.is_empty() => {
            let at = |index: usize| -> Vec<&Json> {
                trees.iter().filter_map(|tree| tree.as_array()?.get(index)).collect()
            };
            Json::Array((0..items.len()).map(|index| common(&at(index), rows)).collect())
        }
        Json::Object(fields) if !fields.is_empty() => {
            let at = |index: usize| -> Vec<&Json> {
                trees.iter().filter_map(|tree| Some(&tree.as_object()?.get(index)?.1)).collect()
            };
            let fields = fields.iter().enumerate();
            Json::Object(fields.map(|(index, (name, _))| (name.clone(), common(&at(index), rows))).collect())
        }
        _ => {
            if let Some(offset) = counts(trees, rows) {
                return mark(COUNT, Json::Number(offset.to_string()));
            }
            for (tree, (_, row)) in trees.iter().zip(rows.iter_mut()) {
                row.push((*tree).clone());
            }
            mark(COLUMN, rows[0].1.len() as u64)
        }
    }
}

fn has_piece(tree: &Json) -> bool {
    marked(tree).is_some_and(|(name, _)| name == PIECE) || children(tree).any(has_piece)
}

/// Whether a value is the number of its event, give or take always the same.
fn counts(trees: &[&Json], rows: &[(usize, Vec<Json>)]) -> Option<i64> {
    let offset = |tree: &Json, index: usize| -> Option<i64> {
        let number = i64::try_from(tree.as_u64()?).ok()?;
        let text = matches!(tree, Json::Number(text) if *text == number.to_string());
        text.then(|| number - i64::try_from(index).unwrap_or(i64::MAX))
    };
    let mut all = trees.iter().zip(rows).map(|(tree, (index, _))| offset(tree, *index));
    let first = all.next()??;
    all.all(|other| other == Some(first)).then_some(first)
}

/// Takes away the fields that all events start with, and gives them back to be written once.
pub(super) fn start(trees: &mut [&mut Json]) -> Vec<(String, Json)> {
    let same = |at: usize, field: &(String, Json)| {
        trees.iter().all(|tree| tree.as_object().and_then(|fields| fields.get(at)) == Some(field))
    };
    let first = trees.first().and_then(|tree| tree.as_object()).unwrap_or_default();
    let fields =
        first.iter().enumerate().take_while(|(at, field)| !looks_marked(&field.1) && same(*at, field));
    let length = fields.count();
    if trees.len() < 2 {
        return Vec::new();
    }
    let mut start = Vec::new();
    for tree in trees {
        if let Json::Object(fields) = tree {
            start = fields.drain(..length).collect();
        }
    }
    start
}

/// Takes out of trees what stands in them more than once, and puts marks in its place.
pub(super) fn share(trees: &mut [&mut Json]) -> Vec<Json> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    trees.iter().for_each(|tree| count(tree, &mut counts));
    let mut shared = Vec::new();
    let mut numbers: HashMap<String, u64> = HashMap::new();
    for tree in trees {
        extract(tree, &counts, &mut numbers, &mut shared);
    }
    shared
}

fn count(tree: &Json, counts: &mut HashMap<String, usize>) {
    if tree.size() < SHARED_FROM {
        return;
    }
    let times = counts.entry(tree.compact()).or_default();
    *times += 1;
    // What is inside something that is shared already is not counted again.
    if *times > 1 {
        return;
    }
    children(tree).for_each(|child| count(child, counts));
}

fn children(tree: &Json) -> impl Iterator<Item = &Json> {
    let items = tree.as_array().unwrap_or_default().iter();
    items.chain(tree.as_object().unwrap_or_default().iter().map(|(_, value)| value))
}

fn extract(
    tree: &mut Json,
    counts: &HashMap<String, usize>,
    numbers: &mut HashMap<String, u64>,
    shared: &mut Vec<Json>,
) {
    if tree.size() < SHARED_FROM {
        return;
    }
    let text = tree.compact();
    if counts.get(&text).is_some_and(|times| *times > 1) {
        let number = *numbers.entry(text).or_insert_with(|| {
            shared.push(tree.clone());
            shared.len() as u64
        });
        *tree = mark(SHARED, number);
        return;
    }
    match tree {
        Json::Array(items) => items.iter_mut().for_each(|item| extract(item, counts, numbers, shared)),
        Json::Object(fields) => {
            fields.iter_mut().for_each(|(_, value)| extract(value, counts, numbers, shared));
        }
        _ => {}
    }
}
