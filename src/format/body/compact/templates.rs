//! What events have in common: those of one template have the same keys, and most of their values.

use std::collections::HashMap;
use std::ops::Range;

use super::{AFTER, AGAIN, BEFORE, COLUMN, COMMON, COUNT, HEADS, MARKS, NUMBER, OF, PIECE, TAKE};
use crate::format::yaml::NumberStyle;
use crate::model::json::Json;

/// An event whose payload is JSON, with marks in the place of what belongs to the message.
#[derive(Debug, Clone)]
pub(super) struct Event {
    /// Its number among all events of the stream.
    pub(super) index: usize,
    /// What stands before the payload.
    pub(super) prefix: String,
    /// How it is laid out, if otherwise than most.
    pub(super) layout: Option<String>,
    pub(super) tree: Json,
    /// Spaces before the last brace: Anthropic hides with them how long its events are.
    pub(super) pad: usize,
}

/// A template and its members: each with its row.
pub(super) struct Template {
    pub(super) prefix: String,
    pub(super) layout: Option<String>,
    pub(super) tree: Json,
    /// Each row ends with the number of spaces before the last brace.
    pub(super) padded: bool,
    pub(super) rows: Vec<(usize, Vec<Json>)>,
}

/// Whether a tree holds keys that would be taken for marks.
pub(super) fn looks_marked(tree: &Json) -> bool {
    match tree {
        Json::Array(items) => items.iter().any(looks_marked),
        Json::Object(fields) => fields.iter().any(|(name, value)| {
            MARKS.contains(&name.as_str()) || HEADS.contains(&name.as_str()) || looks_marked(value)
        }),
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
        let mut skeleton = format!("{}\n{}\n", event.prefix, event.layout.as_deref().unwrap_or_default());
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
                // Answers that come by turns are answers alike.
                out.push_str(&if name == PIECE { String::new() } else { value.compact() });
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
    let Event { prefix, layout, .. } = &members[0];
    Template { prefix: prefix.clone(), layout: layout.clone(), tree, padded, rows }
}

/// The tree of a template; what differs goes into the rows.
fn common(trees: &[&Json], rows: &mut [(usize, Vec<Json>)]) -> Json {
    let first = trees[0];
    if let Some((PIECE, part)) = marked(first) {
        let mut part = part.clone();
        let is_of = |tree: &&Json| tree.get(PIECE) == Some(&part);
        let is_of_one = trees.iter().all(is_of);
        for (tree, (_, row)) in trees.iter().zip(rows.iter_mut()) {
            let told = [PIECE, TAKE].into_iter().skip(usize::from(is_of_one));
            row.extend(told.map(|name| tree.get(name).cloned().unwrap_or(Json::Null)));
        }
        if !is_of_one {
            part = mark(COLUMN, rows[0].1.len() as u64 - 1);
        }
        return mark(PIECE, part);
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
            if let Some(place) = column_like(trees, rows) {
                return mark(AGAIN, place as u64 + 1);
            }
            let told = text_column(trees, rows);
            if told.is_none() {
                for (tree, (_, row)) in trees.iter().zip(rows.iter_mut()) {
                    row.push((*tree).clone());
                }
            }
            let column = (COLUMN.to_owned(), Json::from(rows[0].1.len() as u64));
            Json::Object([column].into_iter().chain(told.unwrap_or_default()).collect())
        }
    }
}

/// A place of the rows that has the very values: the likeliest token is the one that was taken, and says its probability again.
/// Whole numbers and the few words that things are told by may be the same by chance.
fn column_like(trees: &[&Json], rows: &[(usize, Vec<Json>)]) -> Option<usize> {
    let is_rare = |value: &Json| match value {
        Json::Number(text) => text.len() > 4,
        Json::String(_) => true,
        _ => false,
    };
    let places = rows.first().map_or(0, |(_, row)| row.len());
    let is_like =
        |place: &usize| trees.iter().zip(rows).all(|(tree, (_, row))| row.get(*place) == Some(*tree));
    let has_enough = trees.len() > 2 && trees.iter().filter(|tree| is_rare(tree)).count() > 2;
    (0..places).find(|place| has_enough && is_like(place))
}

pub(super) fn has_piece(tree: &Json) -> bool {
    marked(tree).is_some_and(|(name, _)| name == PIECE) || children(tree).any(has_piece)
}

/// Whether YAML would spell a number otherwise, as `2.0e-06`.
pub(super) fn is_odd(number: &str) -> bool {
    let is_default = || NumberStyle::of(&Json::Number(number.to_owned())) == Some(NumberStyle::default());
    number.contains(['e', 'E']) && !is_default()
}

/// Puts marks in the place of numbers that YAML would spell otherwise.
pub(super) fn spell_numbers(tree: &mut Json) {
    match tree {
        Json::Number(text) if is_odd(text) => *tree = mark(NUMBER, text.as_str()),
        Json::Array(items) => items.iter_mut().for_each(spell_numbers),
        Json::Object(fields) => fields.iter_mut().for_each(|(_, value)| spell_numbers(value)),
        _ => {}
    }
}

pub(super) fn children(tree: &Json) -> impl Iterator<Item = &Json> {
    let items = tree.as_array().unwrap_or_default().iter();
    items.chain(tree.as_object().unwrap_or_default().iter().map(|(_, value)| value))
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

/// What all texts of a column begin and end with, if it is worth a word: the column has what stands between.
fn affixes(values: &[&str]) -> Option<(String, String)> {
    let first = *values.first().filter(|_| values.len() > 2)?;
    let shared = |a: &str, b: &str| a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    let mut before = values.iter().map(|value| shared(first, value)).min()?;
    while !first.is_char_boundary(before) {
        before -= 1;
    }
    // A number stays whole.
    let before = first[..before].trim_end_matches(|c: char| c.is_ascii_digit());
    let ending = |a: &str, b: &str| a.bytes().rev().zip(b.bytes().rev()).take_while(|(a, b)| a == b).count();
    let rest = |value: &'_ &str| value.len() - before.len();
    let room = values.iter().map(rest).min()?;
    let mut after = first.len() - values.iter().map(|value| ending(first, value)).min()?.min(room);
    while !first.is_char_boundary(after) {
        after += 1;
    }
    let after = first[after..].trim_start_matches(|c: char| c.is_ascii_digit());
    (before.len() + after.len() >= AFFIXES_FROM).then(|| (before.to_owned(), after.to_owned()))
}

/// How long what texts have in common at their ends has to be.
const AFFIXES_FROM: usize = 6;

/// The texts of a column without what they begin and end with, as numbers where all of them are.
fn between(values: &[&str], before: &str, after: &str) -> Vec<Json> {
    let inner: Vec<&str> =
        values.iter().map(|value| &value[before.len()..value.len() - after.len()]).collect();
    let is_number =
        |text: &&str| text.len() < 16 && text.parse::<u64>().is_ok_and(|number| number.to_string() == **text);
    let are_numbers = inner.iter().all(is_number);
    let value = |text: &str| if are_numbers { Json::Number(text.to_owned()) } else { Json::from(text) };
    inner.into_iter().map(value).collect()
}

/// The longest of texts, if all others are its beginnings: some providers fill up their events so.
fn beginnings<'a>(texts: &[&'a str]) -> Option<&'a str> {
    let longest = texts.iter().max_by_key(|text| text.len()).filter(|_| texts.len() > 2)?;
    (longest.len() >= AFFIXES_FROM && texts.iter().all(|text| longest.starts_with(text))).then_some(longest)
}

/// A column of texts that begin and end alike.
fn text_column(trees: &[&Json], rows: &mut [(usize, Vec<Json>)]) -> Option<Vec<(String, Json)>> {
    let texts: Vec<&str> = trees.iter().map(|tree| tree.as_str()).collect::<Option<_>>()?;
    if let Some(longest) = beginnings(&texts) {
        for (text, (_, row)) in texts.iter().zip(rows) {
            row.push(Json::from(text.chars().count() as u64));
        }
        return Some(vec![(OF.to_owned(), Json::from(longest))]);
    }
    let (before, after) = affixes(&texts)?;
    for (value, (_, row)) in between(&texts, &before, &after).into_iter().zip(rows) {
        row.push(value);
    }
    let told = [(BEFORE, before), (AFTER, after)].into_iter().filter(|(_, text)| !text.is_empty());
    Some(told.map(|(name, text)| (name.to_owned(), Json::String(text))).collect())
}

/// Takes away the fields that all events have, in one place of each, and gives them back to be written once. Where they do not
/// come first, a mark stands in their place.
pub(super) fn take_common(trees: &mut [&mut Json]) -> Vec<(String, Json)> {
    let [first, others @ ..] = &*trees else { return Vec::new() };
    let (Some(fields), false) = (first.as_object(), others.is_empty()) else { return Vec::new() };
    // Where each field of the first event stands in all others, if it does.
    let mut places: Vec<Option<Vec<usize>>> =
        fields.iter().map(|(_, value)| (!looks_marked(value)).then(Vec::new)).collect();
    for tree in others {
        let others = tree.as_object().unwrap_or_default();
        let named: HashMap<&str, usize> =
            others.iter().enumerate().map(|(place, (name, _))| (name.as_str(), place)).collect();
        for ((name, value), places) in fields.iter().zip(&mut places) {
            let place = named.get(name.as_str()).filter(|place| others[**place].1 == *value);
            *places = places.take().zip(place).map(|(mut places, place)| {
                places.push(*place);
                places
            });
        }
    }
    let size =
        |range: &Range<usize>| fields[range.clone()].iter().map(|(_, value)| value.size()).sum::<usize>();
    let Some(best) =
        together(&places).into_iter().max_by_key(|range| (size(range), usize::MAX - range.start))
    else {
        return Vec::new();
    };
    let starts = places[best.start].take().unwrap_or_default();
    let mut common = Vec::new();
    let length = best.len();
    for (tree, start) in trees.iter_mut().zip([best.start].into_iter().chain(starts)) {
        if let Json::Object(fields) = &mut **tree {
            let mark = (start > 0).then(|| (COMMON.to_owned(), Json::Bool(true)));
            common = fields.splice(start..start + length, mark).collect();
        }
    }
    common
}

/// The runs of fields that stand together in all events.
fn together(places: &[Option<Vec<usize>>]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (at, place) in places.iter().enumerate() {
        let Some(place) = place else { continue };
        let follows =
            |before: &Vec<usize>| before.iter().zip(place).all(|(before, after)| before + 1 == *after);
        match runs.last_mut() {
            Some(run) if run.end == at && places[at - 1].as_ref().is_some_and(follows) => run.end = at + 1,
            _ => runs.push(at..at + 1),
        }
    }
    runs
}
