//! What an event says of its piece of the message again, such as the token beside the text, or beside its probability.

use std::collections::HashMap;

use super::templates::mark;
use super::{SAID, UTF8};
use crate::model::json::Json;
use crate::providers::assembly::{Claim, Extent, Field, Step};

type Path = Vec<Step>;

/// In which places the events of a stream say the piece of a part again; all of them that have the place, so that they stay
/// events of one template.
#[derive(Debug, Default)]
pub(super) struct Said {
    of_part: HashMap<usize, Vec<Path>>,
}

/// The only piece of an event.
fn only_piece(claims: &[Claim]) -> Option<&Claim> {
    let is_piece = |claim: &&Claim| claim.field == Field::Content && claim.extent == Extent::Piece;
    let mut pieces = claims.iter().filter(is_piece);
    pieces.next().filter(|_| pieces.next().is_none())
}

impl Said {
    /// Looks at the next event.
    pub(super) fn notice(&mut self, tree: &Json, claims: &[Claim]) {
        let Some(claim) = only_piece(claims) else { return };
        let Some(piece) = follow(tree, &claim.path).and_then(Json::as_str) else { return };
        match self.of_part.get_mut(&claim.part) {
            Some(paths) => {
                paths.retain(|path| follow(tree, path).is_none_or(|other| other.as_str() == Some(piece)));
            }
            None => {
                let mut search = Search { piece, of: &claim.path, is_behind: false, found: Vec::new() };
                search.walk(tree, &mut Vec::new());
                self.of_part.insert(claim.part, search.found);
            }
        }
    }

    /// Puts marks in those places of an event.
    pub(super) fn replace(&self, tree: &mut Json, claims: &[Claim]) {
        let Some(claim) = only_piece(claims) else { return };
        for path in self.of_part.get(&claim.part).into_iter().flatten() {
            if let Some(place) = place(tree, path) {
                *place = mark(SAID, claim.part as u64 + 1);
            }
        }
    }
}

/// Puts marks in the place of bytes that are those of a text beside them: tokens come with theirs.
pub(super) fn leave_out_bytes(tree: &mut Json) {
    match tree {
        Json::Array(items) => items.iter_mut().for_each(leave_out_bytes),
        Json::Object(fields) => {
            for at in 0..fields.len() {
                let (before, rest) = fields.split_at_mut(at);
                let value = &mut rest[0].1;
                let near = before.iter().rev().take(NEAR);
                match near
                    .into_iter()
                    .find(|(_, text)| text.as_str().is_some_and(|text| are_bytes(value, text)))
                {
                    Some((name, _)) => *value = mark(UTF8, name.as_str()),
                    None => leave_out_bytes(value),
                }
            }
        }
        _ => {}
    }
}

/// How many fields before the bytes of a text it stands at most.
pub(super) const NEAR: usize = 4;

/// The bytes of a text, as numbers.
pub(super) fn bytes(text: &str) -> Json {
    Json::Array(text.bytes().map(|byte| Json::from(u64::from(byte))).collect())
}

fn are_bytes(value: &Json, text: &str) -> bool {
    let items = value.as_array().unwrap_or_default();
    !text.is_empty() && items.len() == text.len() && *value == bytes(text)
}

struct Search<'a> {
    piece: &'a str,
    of: &'a [Step],
    is_behind: bool,
    found: Vec<Path>,
}

impl Search<'_> {
    /// What stands before the piece is read before it is known.
    fn walk(&mut self, tree: &Json, path: &mut Path) {
        match tree {
            Json::String(_) if path.as_slice() == self.of => self.is_behind = true,
            Json::String(text) if self.is_behind && text == self.piece => self.found.push(path.clone()),
            Json::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    path.push(Step::Index(index));
                    self.walk(item, path);
                    path.pop();
                }
            }
            Json::Object(fields) => {
                for (name, value) in fields {
                    path.push(Step::Key(name.clone()));
                    self.walk(value, path);
                    path.pop();
                }
            }
            _ => {}
        }
    }
}

fn follow<'a>(tree: &'a Json, path: &[Step]) -> Option<&'a Json> {
    path.iter().try_fold(tree, |tree, step| match step {
        Step::Key(key) => tree.get(key),
        Step::Index(index) => tree.as_array()?.get(*index),
    })
}

/// What stands at the end of a way into an event.
pub(super) fn place<'a>(tree: &'a mut Json, path: &[Step]) -> Option<&'a mut Json> {
    path.iter().try_fold(tree, |tree, step| match (step, tree) {
        (Step::Key(key), Json::Object(fields)) => {
            fields.iter_mut().find(|(name, _)| name == key).map(|(_, value)| value)
        }
        (Step::Index(index), Json::Array(items)) => items.get_mut(*index),
        _ => None,
    })
}
