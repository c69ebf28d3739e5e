//! `$same` marks: what the body of a turn repeats of the turn that it goes on from.
//!
//! `{$same: all}` stands in the place of a field's value, and `{$same: 4}` as the first item of an array in the place of
//! the first four; in the body itself or in an object within it.

use super::marks;
use crate::format::allowance::Allowance;
use crate::format::turns::{Shared, Taken};
use crate::model::json::Json;

const NAME: &str = "$same";

/// How deep in objects a mark may stand.
const LEVELS: usize = 2;

/// Puts marks in the places of what is shared. The tree is escaped, and so what it has of marks is its own.
pub(super) fn refer(tree: &mut Json, shared: &Shared) {
    for (path, taken) in &shared.places {
        let place = path.iter().try_fold(&mut *tree, |tree, index| match tree {
            Json::Object(fields) => fields
                .get_mut(*index)
                .filter(|(name, _)| !marks::looks_like_one(name))
                .map(|(_, value)| value),
            _ => None,
        });
        match (place, taken) {
            (Some(value), Taken::All) => *value = marks::mark(NAME, Json::from("all")),
            (Some(Json::Array(items)), Taken::First(count)) if *count <= items.len() => {
                let mark = marks::mark(NAME, Json::Number(count.to_string()));
                items.splice(..count, [mark]);
            }
            _ => {}
        }
    }
}

/// Puts back what the marks of a tree stand for. Unescape the tree behind this.
pub(super) fn resolve(tree: &mut Json, base: Option<&Json>, allowance: &Allowance) -> Result<(), String> {
    visit(tree, base, LEVELS, &mut |place, taken| {
        let escaped = |value: &Json| {
            allowance.add_taken(value.size());
            let mut value = value.clone();
            marks::escape(&mut value);
            value
        };
        match (place, taken) {
            (place, Values::All(value)) => *place = escaped(value),
            (Json::Array(items), Values::First(values)) => {
                items.splice(..1, values.iter().map(escaped));
            }
            _ => {}
        }
    })?;
    if has_mark(tree) { Err(format!("`{NAME}` cannot stand here")) } else { Ok(()) }
}

/// The values that a tree takes from another one, in their order.
pub(crate) fn taken<'a>(tree: &Json, base: Option<&'a Json>) -> Result<Vec<&'a Json>, String> {
    let mut all = Vec::new();
    // Marks stand in few places, so the tree is not large where it is copied.
    visit(&mut tree.clone(), base, LEVELS, &mut |_, taken| match taken {
        Values::All(value) => all.push(value),
        Values::First(values) => all.extend(values),
    })?;
    Ok(all)
}

/// Whether the marks of a tree stand for what `meant`, the whole body, has in their places.
pub(crate) fn stand_for(tree: &Json, meant: Option<&Json>, base: Option<&Json>) -> bool {
    match (taken(tree, meant), taken(tree, base)) {
        (Ok(meant), Ok(taken)) => meant == taken,
        _ => false,
    }
}

pub(crate) fn has_mark(tree: &Json) -> bool {
    match tree {
        Json::Array(items) => items.iter().any(has_mark),
        Json::Object(fields) => fields.iter().any(|(name, value)| name == NAME || has_mark(value)),
        _ => false,
    }
}

/// What a mark stands for.
enum Values<'a> {
    All(&'a Json),
    First(&'a [Json]),
}

fn visit<'a>(
    tree: &mut Json,
    base: Option<&'a Json>,
    levels: usize,
    found: &mut impl FnMut(&mut Json, Values<'a>),
) -> Result<(), String> {
    let Json::Object(fields) = tree else { return Ok(()) };
    for (name, value) in fields {
        let theirs = base.and_then(|base| base.get(name));
        if let Some(mark) = value.as_array().and_then(<[Json]>::first).filter(|first| is_mark(first)) {
            let values = first(name, mark, theirs)?;
            found(value, values);
        } else if is_mark(value) {
            if value.get(NAME).and_then(Json::as_str) != Some("all") {
                return Err(format!(
                    "`{NAME}` in place of a value has to be `all`; a number belongs in a list"
                ));
            }
            found(value, Values::All(theirs.ok_or_else(|| missing(name))?));
        } else if levels > 1 {
            visit(value, theirs, levels - 1, found)?;
        }
    }
    Ok(())
}

fn first<'a>(name: &str, mark: &Json, theirs: Option<&'a Json>) -> Result<Values<'a>, String> {
    let count = mark.get(NAME).and_then(Json::as_u64).and_then(|count| usize::try_from(count).ok());
    let count = count
        .ok_or_else(|| format!("`{NAME}` in a list has to be the number of items that it stands for"))?;
    let theirs = theirs.and_then(Json::as_array).ok_or_else(|| missing(name))?;
    let values = theirs.get(..count).ok_or_else(|| {
        format!("the turn that this one extends has {} `{name}`, not {count}", theirs.len())
    })?;
    Ok(Values::First(values))
}

fn missing(name: &str) -> String {
    format!("`{NAME}`: the turn that this one extends has no such `{name}`")
}

fn is_mark(tree: &Json) -> bool {
    marks::marked(tree).is_some_and(|(name, _)| name == NAME)
}
