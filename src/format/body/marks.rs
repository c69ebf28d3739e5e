//! Marks: what stands in the tree of a body in the place of a value that is kept elsewhere, such as `{$blob: 3f9a…}`.
//!
//! A body may hold such an object of its own. Its key then gets one more `$`, so that what is a mark is never in doubt.

use crate::model::json::Json;

/// The keys of all marks.
const NAMES: [&str; 2] = ["$blob", "$same"];

/// A mark with a value.
pub(super) fn mark(name: &str, value: Json) -> Json {
    Json::Object(vec![(name.to_owned(), value)])
}

/// The name and the value of a mark; `None` for any other value.
pub(super) fn marked(tree: &Json) -> Option<(&str, &Json)> {
    match tree.as_object()? {
        [(name, value)] if NAMES.contains(&name.as_str()) => Some((name, value)),
        _ => None,
    }
}

/// Makes what looks like a mark in a body from outside look like none.
pub(super) fn escape(tree: &mut Json) {
    rename(tree, &|name| format!("${name}"));
}

/// Takes back what [`escape`] did.
pub(super) fn unescape(tree: &mut Json) {
    rename(tree, &|name| name.strip_prefix("$$").map_or_else(|| name.to_owned(), |rest| format!("${rest}")));
}

/// Whether there is anything to take back, which is rare: spares a copy of the tree.
pub(super) fn has_marks(tree: &Json) -> bool {
    match tree {
        Json::Array(items) => items.iter().any(has_marks),
        Json::Object(fields) => fields.iter().any(|(name, value)| looks_like_one(name) || has_marks(value)),
        _ => false,
    }
}

fn rename(tree: &mut Json, other: &impl Fn(&str) -> String) {
    match tree {
        Json::Array(items) => items.iter_mut().for_each(|item| rename(item, other)),
        Json::Object(fields) => {
            for (name, value) in fields {
                if looks_like_one(name) {
                    *name = other(name);
                }
                rename(value, other);
            }
        }
        _ => {}
    }
}

/// The key of a mark, behind any number of further `$`.
pub(super) fn looks_like_one(name: &str) -> bool {
    let bare = name.trim_start_matches('$');
    name.len() > bare.len() && NAMES.iter().any(|mark| mark.strip_prefix('$') == Some(bare))
}
