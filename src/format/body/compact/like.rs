//! An event or a template that is said by what it has otherwise than another template: `{$like: chunk, finish_reason: stop}`.
//!
//! A field is named without saying where it stands: it is the outermost one of its name, and of several the first. What the
//! template has no field for comes last.

use std::collections::{HashMap, VecDeque};

use super::templates::marked;
use super::{COUNT, LIKE};
use crate::model::json::Json;

/// What another has to save, in bytes, and in how many it has to be said: half of them at most.
const SAVED_FROM: usize = 40;

/// How many templates, and how many events that stand alone, are looked at.
const TEMPLATES: usize = 24;
const ALONE: usize = 16;

/// Where each field of a tree stands, by its name: places within objects and lists.
pub(super) type Places = HashMap<String, Vec<usize>>;

/// Where the outermost field of each name stands.
pub(super) fn places(tree: &Json) -> Places {
    let mut found = Places::new();
    let mut next = VecDeque::from([(tree, Vec::new())]);
    while let Some((tree, path)) = next.pop_front() {
        if marked(tree).is_some() {
            continue;
        }
        let within = |place: usize| [path.as_slice(), &[place]].concat();
        for (place, item) in tree.as_array().unwrap_or_default().iter().enumerate() {
            next.push_back((item, within(place)));
        }
        for (place, (name, value)) in tree.as_object().unwrap_or_default().iter().enumerate() {
            found.entry(name.clone()).or_insert_with(|| within(place));
            next.push_back((value, within(place)));
        }
    }
    found
}

/// A tree with other fields than its base. An error names the field that stands in none of it any more.
pub(super) fn with<'a>(
    base: &Json,
    places: &Places,
    others: impl Iterator<Item = &'a (String, Json)>,
) -> Result<Json, String> {
    let mut tree = base.clone();
    for (name, value) in others {
        match places.get(name.as_str()) {
            Some(path) => {
                let twice = || format!("`{name}` stands in a field that is another here, too");
                *field(&mut tree, path).ok_or_else(twice)? = value.clone();
            }
            None => match &mut tree {
                Json::Object(fields) => fields.push((name.clone(), value.clone())),
                _ => return Err(format!("`{LIKE}` names what is not a mapping")),
            },
        }
    }
    Ok(tree)
}

fn field<'a>(tree: &'a mut Json, path: &[usize]) -> Option<&'a mut Json> {
    path.iter().try_fold(tree, |tree, place| match tree {
        Json::Array(items) => items.get_mut(*place),
        Json::Object(fields) => fields.get_mut(*place).map(|(_, value)| value),
        _ => None,
    })
}

/// A template or an event that stands alone, as far as another may be like it.
pub(super) struct Candidate<'a> {
    pub(super) tree: &'a Json,
    /// What stands before its JSON, and how that is laid out.
    pub(super) head: (&'a str, Option<&'a str>),
    /// Of an event its number among all.
    pub(super) index: Option<usize>,
}

/// What one is said to be like, and the fields that are others.
pub(super) struct Likeness {
    pub(super) base: usize,
    pub(super) others: Vec<(String, Json)>,
}

/// For each of them one that stands before it, if much less is to be said then. `may` says whether the one can be said by the
/// other, by what stands before them.
pub(super) fn likenesses(
    all: &[Candidate<'_>],
    may: impl Fn(&Candidate<'_>, &Candidate<'_>) -> bool,
) -> Vec<Option<Likeness>> {
    let mut bases: Vec<(usize, Places)> = Vec::new();
    let (mut templates, mut alone) = (0, 0);
    let mut found = Vec::with_capacity(all.len());
    for (number, one) in all.iter().enumerate() {
        let size = one.tree.size();
        let said = |(base, places): &(usize, Places)| {
            let of = &all[*base];
            let others = may(of, one).then(|| differences(of.tree, one, &mut Vec::new(), places))??;
            let cost = cost(&others);
            (cost + SAVED_FROM <= size && cost * 2 <= size)
                .then_some((cost, Likeness { base: *base, others }))
        };
        let best = bases.iter().filter_map(said).min_by_key(|(cost, _)| *cost);
        let (count, most) =
            if one.index.is_none() { (&mut templates, TEMPLATES) } else { (&mut alone, ALONE) };
        if *count < most && size > SAVED_FROM {
            *count += 1;
            bases.push((number, places(one.tree)));
        }
        found.push(best.map(|(_, likeness)| likeness));
    }
    found
}

fn cost(fields: &[(String, Json)]) -> usize {
    fields.iter().map(|(name, value)| name.len() + 4 + value.size()).sum()
}

/// The fields that a tree has otherwise than its base, each named so that it is found.
fn differences(
    base: &Json,
    one: &Candidate<'_>,
    path: &mut Vec<usize>,
    places: &Places,
) -> Option<Vec<(String, Json)>> {
    let (fields, others) = (base.as_object()?, one.tree.as_object()?);
    let (old, new) = others.split_at_checked(fields.len())?;
    let is_new = |(name, _): &(String, Json)| !places.contains_key(name.as_str());
    if !new.iter().all(is_new) {
        return None;
    }
    let mut found = of_fields(fields, old, one.index, path, places)?;
    found.extend(new.iter().cloned());
    Some(found)
}

fn of_fields(
    fields: &[(String, Json)],
    others: &[(String, Json)],
    index: Option<usize>,
    path: &mut Vec<usize>,
    places: &Places,
) -> Option<Vec<(String, Json)>> {
    let is_same_key = |(one, other): (&(String, Json), &(String, Json))| one.0 == other.0;
    if fields.len() != others.len() || !fields.iter().zip(others).all(is_same_key) {
        return None;
    }
    let mut found = Vec::new();
    for (place, ((name, value), (_, other))) in fields.iter().zip(others).enumerate() {
        path.push(place);
        let within = within(value, other, index, path, places);
        let whole = || (places.get(name.as_str()) == Some(path)).then(|| vec![(name.clone(), other.clone())]);
        let best = match within {
            Some(within) if within.is_empty() => Some(within),
            Some(within) => Some(whole().filter(|whole| cost(whole) <= cost(&within)).unwrap_or(within)),
            None => whole(),
        };
        path.pop();
        found.extend(best?);
    }
    Some(found)
}

fn within(
    base: &Json,
    other: &Json,
    index: Option<usize>,
    path: &mut Vec<usize>,
    places: &Places,
) -> Option<Vec<(String, Json)>> {
    if base == other || counts(base, other, index) {
        return Some(Vec::new());
    }
    if marked(base).is_some() || marked(other).is_some() {
        return None;
    }
    match (base, other) {
        (Json::Array(items), Json::Array(others)) if items.len() == others.len() => {
            let mut found = Vec::new();
            for (place, (item, other)) in items.iter().zip(others).enumerate() {
                path.push(place);
                let within = within(item, other, index, path, places);
                path.pop();
                found.extend(within?);
            }
            Some(found)
        }
        (Json::Object(fields), Json::Object(others)) => of_fields(fields, others, index, path, places),
        _ => None,
    }
}

/// Whether the number of the event stands there.
fn counts(base: &Json, other: &Json, index: Option<usize>) -> bool {
    let offset = match marked(base) {
        Some((COUNT, Json::Number(text))) => text.parse::<i64>().ok(),
        _ => None,
    };
    let number = index.and_then(|index| i64::try_from(index).ok()).zip(offset);
    let number = number.and_then(|(index, offset)| index.checked_add(offset));
    number.is_some_and(|number| matches!(other, Json::Number(text) if *text == number.to_string()))
}
