//! How the events of a stream add up to a message: which strings in them are pieces of which part. What is known here of
//! the protocols of providers serves the cassette, which stores the message once, and the tools that show it.

use crate::model::json::Json;

/// Says which strings of an event are pieces of a message, and leaves alone the events of others.
pub(super) type Claims = fn(&mut Assembly, &Json, &mut Vec<Claim>);

/// A key or an index on the way from the root of an event to a value in it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Step {
    Key(String),
    Index(usize),
}

/// What a part of a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum PartKind {
    Text,
    Reasoning,
    Refusal,
    ToolCall,
    /// What was said, in the words of the provider, beside audio.
    Transcript,
}

/// Which string of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Field {
    /// The text itself; for a tool call its arguments as they were written.
    Content,
    /// The name of the tool.
    Name,
    /// The id that answers to the call refer to.
    Id,
}

/// Whether a string goes on where the last one ended, or says all of it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Extent {
    Piece,
    Whole,
    /// No string, but the object that the arguments of a call are. The part has its JSON.
    Tree,
}

/// A value in an event that belongs to the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Claim {
    pub(crate) path: Vec<Step>,
    /// The number of the part, in the order in which parts first appear.
    pub(crate) part: usize,
    pub(crate) field: Field,
    pub(crate) extent: Extent,
}

/// A part of a message, as far as it has arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) kind: PartKind,
    /// Which of several answers (`n` above 1) it belongs to, from 0.
    pub(crate) choice: usize,
    pub(crate) content: String,
    pub(crate) name: String,
    pub(crate) id: String,
}

/// Puts a message together, event by event.
#[derive(Debug)]
pub(crate) struct Assembly {
    /// One a protocol.
    readers: &'static [Claims],
    parts: Vec<Part>,
    /// What the provider calls a part, such as the index of a block, by number of the part.
    names: Vec<(usize, PartKind, String)>,
}

impl Assembly {
    /// Empty yet, for streams of the protocols that these read.
    pub(super) fn new(readers: &'static [Claims]) -> Assembly {
        Assembly { readers, parts: Vec::new(), names: Vec::new() }
    }

    /// Takes the JSON of the next event, and says which of its strings belong to the message. An event of an unknown
    /// protocol has none.
    pub(crate) fn event(&mut self, event: &Json) -> Vec<Claim> {
        let mut claims = Vec::new();
        self.readers.iter().for_each(|claim| claim(self, event, &mut claims));
        claims
    }

    pub(crate) fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The number of the part that the provider calls `name`; a new one if it has not been seen.
    pub(super) fn part(&mut self, choice: usize, kind: PartKind, name: &str) -> usize {
        let known = |(of, other, called): &(usize, PartKind, String)| {
            (*of, *other, called.as_str()) == (choice, kind, name)
        };
        self.names.iter().position(known).unwrap_or_else(|| {
            self.names.push((choice, kind, name.to_owned()));
            let (content, name, id) = Default::default();
            self.parts.push(Part { kind, choice, content, name, id });
            self.parts.len() - 1
        })
    }

    /// Claims the string at the end of a path, if there is one that is not empty.
    pub(super) fn text(
        &mut self,
        event: &Json,
        path: &[Step],
        (part, field, extent): (usize, Field, Extent),
        claims: &mut Vec<Claim>,
    ) {
        let text = follow(event, path).and_then(Json::as_str);
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            self.take(Claim { path: path.to_vec(), part, field, extent }, text, claims);
        }
    }

    /// Claims a tool call that comes whole, by the ways to its id, its name and its arguments.
    pub(super) fn call(
        &mut self,
        event: &Json,
        choice: usize,
        ways: [Vec<Step>; 3],
        claims: &mut Vec<Claim>,
    ) {
        let part = self.part(choice, PartKind::ToolCall, &format!("whole {}", self.parts.len()));
        let [id, name, arguments] = ways;
        self.text(event, &id, (part, Field::Id, Extent::Whole), claims);
        self.text(event, &name, (part, Field::Name, Extent::Whole), claims);
        if let Some(tree) = follow(event, &arguments).filter(|tree| tree.as_object().is_some()) {
            let claim = Claim { path: arguments, part, field: Field::Content, extent: Extent::Tree };
            self.take(claim, &tree.compact(), claims);
        }
    }

    /// Adds a string to a part and claims it.
    pub(super) fn take(&mut self, claim: Claim, text: &str, claims: &mut Vec<Claim>) {
        let Some(part) = self.parts.get_mut(claim.part) else { return };
        let place = match claim.field {
            Field::Content => &mut part.content,
            Field::Name => &mut part.name,
            Field::Id => &mut part.id,
        };
        match claim.extent {
            Extent::Piece => place.push_str(text),
            Extent::Whole | Extent::Tree if place.is_empty() => text.clone_into(place),
            // Said again in other words, it is not what was said: it stays where it is.
            Extent::Whole | Extent::Tree if place != text => return,
            Extent::Whole | Extent::Tree => {}
        }
        claims.push(claim);
    }
}

/// A way into an event, of keys, and of indices written as numbers.
pub(super) fn path(steps: &[&str]) -> Vec<Step> {
    let step = |step: &&str| step.parse().map_or_else(|_| Step::Key((*step).to_owned()), Step::Index);
    steps.iter().map(step).collect()
}

/// What stands at the end of a way.
pub(super) fn follow<'a>(event: &'a Json, path: &[Step]) -> Option<&'a Json> {
    path.iter().try_fold(event, |value, step| match step {
        Step::Key(key) => value.get(key),
        Step::Index(index) => value.as_array()?.get(*index),
    })
}

/// The text of a field.
pub(super) fn text_of<'a>(event: &'a Json, field: &str) -> &'a str {
    event.get(field).and_then(Json::as_str).unwrap_or_default()
}

/// A field by which a provider numbers parts, as text.
pub(super) fn number(event: &Json, field: &str) -> String {
    event.get(field).and_then(Json::as_u64).unwrap_or(0).to_string()
}
