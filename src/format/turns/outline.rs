//! What a request could share with others, by hashes: to choose among many earlier turns must not take reading them all
//! again. A hash that lies is found out when what was written is read back.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::model::address::without_query;
use crate::model::exchange::Request;
use crate::model::json::{self, Json};

/// What of a request is smaller stays where it is: a reader should not have to look elsewhere for a word.
const SMALLEST: usize = 100;

/// The same for answers. They are alike in many small things by chance; only what some providers echo is worth it.
const SMALLEST_ECHO: usize = 1000;

/// When all that could be shared is smaller than this, the line that says where it is would be half as long.
const WORTH_A_REFERENCE: usize = 200;

/// The outline of a request whose body is a JSON object.
#[derive(Debug)]
pub(crate) struct Outline {
    /// Method and URL without its query. Only requests of one kind are turns of one conversation.
    address: String,
    shape: Shape,
}

impl Outline {
    pub(crate) fn of(request: &Request) -> Option<Outline> {
        let looks = request.body.trim_ascii_start().first() == Some(&b'{');
        let tree = looks.then(|| json::shared(&request.body)).flatten()?;
        let path = without_query(&request.url);
        Some(Outline { address: format!("{} {path}", request.method), shape: Shape::of(&tree) })
    }

    /// About how many bytes need not be written if this request goes on from `base`. 0 if that would be too few.
    pub(crate) fn saved(&self, base: &Outline) -> usize {
        let saved =
            if self.address == base.address { self.shape.shared(&base.shape, Of::Requests).saved } else { 0 };
        if saved < WORTH_A_REFERENCE { 0 } else { saved }
    }

    /// What another outline must have something of for [`saved`](Self::saved) to be more than 0.
    pub(super) fn anchors(&self) -> Anchors {
        Anchors { own: Vec::new(), inside: self.shape.anchors(hash(&self.address)) }
    }
}

/// Hashes that say of each part which is large enough to be shared that it is this part, at this place.
#[derive(Debug)]
pub(super) struct Anchors {
    /// Of a value as a whole, and of the beginnings of an array, each with what would be saved by sharing it. One of them can
    /// be shared at most, or several of those inside.
    own: Vec<(u64, usize)>,
    inside: Vec<Anchors>,
}

impl Anchors {
    pub(super) fn each(&self, visit: &mut impl FnMut(u64)) {
        self.own.iter().for_each(|(hash, _)| visit(*hash));
        self.inside.iter().for_each(|anchors| anchors.each(visit));
    }

    /// The most that can be saved by sharing with an outline that has only some of these.
    pub(super) fn most(&self, some: &HashSet<u64>) -> usize {
        let own = self.own.iter().filter(|(hash, _)| some.contains(hash)).map(|(_, size)| *size).max();
        let inside = self.inside.iter().map(|anchors| anchors.most(some)).sum();
        own.unwrap_or(0).max(inside)
    }
}

/// Whose bodies are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    Requests,
    Responses,
}

impl Of {
    fn smallest(self) -> usize {
        match self {
            Of::Requests => SMALLEST,
            Of::Responses => SMALLEST_ECHO,
        }
    }
}

/// The fields of an object, two levels deep.
#[derive(Debug)]
pub(crate) struct Shape(Vec<Field>);

#[derive(Debug)]
struct Field {
    name: String,
    whole: Piece,
    inside: Inside,
}

#[derive(Debug)]
enum Inside {
    Nothing,
    Items(Vec<Piece>),
    Fields(Shape),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Piece {
    hash: u64,
    size: usize,
}

impl Piece {
    fn of(value: &Json) -> Piece {
        Piece { hash: hash(value), size: value.size() }
    }
}

fn hash(value: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// What one object shares with another.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    /// Where, as the indices of fields, and how much of it.
    pub(crate) places: Vec<(Vec<usize>, Taken)>,
    saved: usize,
}

/// How much of a value is that of another turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taken {
    All,
    /// The first items of an array.
    First(usize),
}

impl Shape {
    pub(crate) fn of(tree: &Json) -> Shape {
        Shape::down_to(1, tree)
    }

    fn down_to(levels: usize, tree: &Json) -> Shape {
        let fields = tree.as_object().unwrap_or_default();
        Shape(fields.iter().map(|(name, value)| Field::of(levels, name, value)).collect())
    }

    /// The anchors of requests, of the fields of an object at a place.
    fn anchors(&self, place: u64) -> Vec<Anchors> {
        self.0.iter().map(|field| field.anchors(hash(&(place, &field.name)))).collect()
    }

    pub(crate) fn shared(&self, base: &Shape, of: Of) -> Shared {
        let mut shared = Shared::default();
        self.compare(base, of.smallest(), &mut Vec::new(), &mut shared);
        shared
    }

    fn compare(&self, base: &Shape, smallest: usize, path: &mut Vec<usize>, shared: &mut Shared) {
        for (index, field) in self.0.iter().enumerate() {
            let Some(other) = base.0.iter().find(|other| other.name == field.name) else { continue };
            path.push(index);
            let taken = field.taken(other);
            if let Some((taken, size)) = taken.filter(|(_, size)| *size >= smallest) {
                shared.places.push((path.clone(), taken));
                shared.saved += size;
            } else if let (Inside::Fields(ours), Inside::Fields(theirs)) = (&field.inside, &other.inside) {
                ours.compare(theirs, smallest, path, shared);
            }
            path.pop();
        }
    }
}

impl Field {
    fn of(levels: usize, name: &str, value: &Json) -> Field {
        let inside = match value {
            // Numbers are data and no turns of anything.
            Json::Array(items) if !matches!(items.first(), None | Some(Json::Number(_))) => {
                Inside::Items(items.iter().map(Piece::of).collect())
            }
            Json::Object(_) if levels > 0 => Inside::Fields(Shape::down_to(levels - 1, value)),
            _ => Inside::Nothing,
        };
        let whole = match &inside {
            Inside::Items(items) => Piece { hash: hash(items), size: value.size() },
            Inside::Nothing | Inside::Fields(_) => Piece::of(value),
        };
        Field { name: name.to_owned(), whole, inside }
    }

    fn anchors(&self, place: u64) -> Anchors {
        let mut own = vec![(hash(&(place, self.whole)), self.whole.size)];
        let mut inside = Vec::new();
        match &self.inside {
            Inside::Nothing => {}
            Inside::Fields(fields) => inside = fields.anchors(place),
            Inside::Items(items) => {
                let mut beginning = (place, 0);
                own.extend(items.iter().map(|item| {
                    beginning = (hash(&(beginning, item)), beginning.1 + item.size);
                    beginning
                }));
            }
        }
        own.retain(|(_, size)| *size >= SMALLEST);
        Anchors { own, inside }
    }

    fn taken(&self, base: &Field) -> Option<(Taken, usize)> {
        if self.whole == base.whole {
            return Some((Taken::All, self.whole.size));
        }
        let (Inside::Items(ours), Inside::Items(theirs)) = (&self.inside, &base.inside) else { return None };
        let count = ours.iter().zip(theirs).take_while(|(our, their)| our == their).count();
        Some((Taken::First(count), ours[..count].iter().map(|item| item.size).sum()))
    }
}
