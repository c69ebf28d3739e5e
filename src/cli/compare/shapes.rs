//! Which fields providers send, before and after: a field that came or went is news, whatever it says.

use std::collections::{BTreeMap, BTreeSet};

use crate::matching::same_answer::events;
use crate::model::address::Address;
use crate::model::interaction::Interaction;
use crate::model::json::{self, Json};
use crate::model::wire::framing;

/// Fields with what a model says: they come and go with what it says.
const SAID: [&str; 18] = [
    "arguments",
    "args",
    "content",
    "functionCall",
    "function_call",
    "inlineData",
    "input",
    "metadata",
    "parameters",
    "parts",
    "reasoning",
    "reasoning_content",
    "refusal",
    "text",
    "thinking",
    "thought",
    "thoughtSignature",
    "tool_calls",
];

/// The fields of the answers of each endpoint.
#[derive(Debug, Default)]
pub(in crate::cli) struct Shapes(BTreeMap<String, [Fields; 2]>);

#[derive(Debug, Default)]
struct Fields {
    /// Objects, in which a field may be or not be. One that is a kind of many, as an event is, has its kind for a name.
    objects: BTreeSet<String>,
    /// Every field, and the types that its values have.
    types: BTreeMap<String, BTreeSet<&'static str>>,
}

/// What a provider sends otherwise than before.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::cli) struct Drift {
    /// Who, and where.
    pub(in crate::cli) endpoint: String,
    pub(in crate::cli) added: Vec<String>,
    pub(in crate::cli) dropped: Vec<String>,
    /// A field, the type that it had, the type that it has.
    pub(in crate::cli) retyped: Vec<(String, String, String)>,
}

impl Shapes {
    /// Notes the answers of two versions of one interaction.
    pub(super) fn see(&mut self, before: &Interaction, after: &Interaction) {
        let (from, to) = (endpoint(before), endpoint(after));
        // An answer to another address may be another one.
        if from != to || before.response.status != after.response.status {
            return;
        }
        let [old, new] = self.0.entry(from).or_default();
        old.note(before);
        new.note(after);
    }

    /// What came, went or changed its type, endpoint by endpoint.
    pub(in crate::cli) fn drifts(&self) -> Vec<Drift> {
        let drift = |(endpoint, [old, new]): (&String, &[Fields; 2])| {
            let drift = Drift {
                endpoint: endpoint.clone(),
                added: new.unknown_to(old),
                dropped: old.unknown_to(new),
                retyped: old.retyped(new),
            };
            let any = drift.added.len() + drift.dropped.len() + drift.retyped.len() > 0;
            any.then_some(drift)
        };
        self.0.iter().filter_map(drift).collect()
    }
}

/// Who answers, and under which path.
fn endpoint(interaction: &Interaction) -> String {
    let address = Address::of(&interaction.request.url);
    format!("{} {}", interaction.provider.as_deref().unwrap_or(address.authority), address.path)
}

impl Fields {
    fn note(&mut self, interaction: &Interaction) {
        let response = &interaction.response;
        let body = &response.body.bytes;
        match framing(&response.headers, body) {
            None => {
                if let Ok(body) = json::parse(body) {
                    self.value(String::new(), &body);
                }
            }
            Some(framing) => {
                for event in events(framing, body).unwrap_or_default() {
                    let Some(data) = event.get("data") else { continue };
                    let kind = event.get("event").and_then(Json::as_str);
                    let kind = kind.or_else(|| data.get("type").and_then(Json::as_str));
                    self.value(format!("event {}: ", kind.unwrap_or("without a name")), data);
                }
            }
        }
    }

    fn value(&mut self, path: String, value: &Json) {
        match value {
            Json::Object(fields) => {
                self.objects.insert(path.clone());
                for (name, value) in fields.iter().filter(|(name, _)| !SAID.contains(&name.as_str())) {
                    let dot = if path.is_empty() || path.ends_with(' ') { "" } else { "." };
                    let field = format!("{path}{dot}{name}");
                    self.types.entry(field.clone()).or_default().extend(kind(value));
                    self.value(field, value);
                }
            }
            Json::Array(items) => {
                for item in items {
                    let kind = item.get("type").and_then(Json::as_str).unwrap_or_default();
                    self.value(format!("{path}[{kind}]"), item);
                }
            }
            _ => {}
        }
    }

    /// The fields that only these have, in objects that both have.
    fn unknown_to(&self, other: &Fields) -> Vec<String> {
        let within = |field: &str| {
            let end = field.rfind(['.', ' ']).map_or(0, |at| at + usize::from(field[at..].starts_with(' ')));
            other.objects.contains(&field[..end])
        };
        let unknown = |field: &&String| !other.types.contains_key(*field) && within(field);
        self.types.keys().filter(unknown).cloned().collect()
    }

    fn retyped(&self, new: &Fields) -> Vec<(String, String, String)> {
        let named = |types: &BTreeSet<&str>| types.iter().copied().collect::<Vec<_>>().join(" or ");
        let retyped = |(field, old): (&String, &BTreeSet<&'static str>)| {
            let new = new.types.get(field)?;
            // A field that is now and then null has no other type for it.
            let apart = !old.is_empty() && !new.is_empty() && old.is_disjoint(new);
            apart.then(|| (field.clone(), named(old), named(new)))
        };
        self.types.iter().filter_map(retyped).collect()
    }
}

fn kind(value: &Json) -> Option<&'static str> {
    match value {
        Json::Null => None,
        Json::Bool(_) => Some("a boolean"),
        Json::Number(_) => Some("a number"),
        Json::String(_) => Some("a string"),
        Json::Array(_) => Some("a list"),
        Json::Object(_) => Some("an object"),
    }
}
