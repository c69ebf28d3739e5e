//! A request as a provider's cache sees it: what stands in front of what, without the marks that say what to cache.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::Call;
use super::breakpoints::{Reach, asks_by_breakpoints, blocks, reach, without_mark, without_marks};
use crate::model::address::Address;
use crate::model::json::Json;
use crate::model::wire::bodies::json_body;
use crate::providers::{FIELDS, model_asked_for};

/// The parts of a prompt in the order in which they are read.
#[derive(Debug)]
pub(super) struct Prompt {
    /// Requests of one kind may be turns of one conversation.
    pub(super) kind: Kind,
    pub(super) model: Option<String>,
    pub(super) in_front: Vec<Setting>,
    pub(super) tools: Vec<Json>,
    pub(super) system: Vec<Json>,
    pub(super) before_messages: Vec<Setting>,
    pub(super) messages: Vec<Message>,
    /// What stands in the list of messages and is counted there, but belongs to the system prompt.
    pub(super) leading: usize,
    pub(super) reach: Reach,
    /// A hash of all that stands before the messages.
    pub(super) begins: u64,
}

/// Whom a prompt is for, and under which name its messages stand.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Kind {
    provider: Option<String>,
    field: &'static str,
}

/// A field by its path, such as `text.format`, and its value if it is there.
pub(super) type Setting = (String, Option<Json>);

#[derive(Debug)]
pub(super) struct Message {
    pub(super) json: Json,
    /// To find a message among many without reading them all again.
    pub(super) hash: u64,
    pub(super) size: usize,
}

impl Prompt {
    /// `None` for what has no messages.
    pub(super) fn of(call: &Call<'_>) -> Option<Prompt> {
        let body = json_body(call.request)?;
        let (field, list) =
            FIELDS.lists.iter().find_map(|&(field, _)| Some((field, messages(body.get(field)?))))?;
        let leading = list.iter().take_while(|item| is_system(item)).count();
        if list.len() == leading || (FIELDS.shared_lists.contains(&field) && !is_prompt(call, &body, field)) {
            return None;
        }
        let system = FIELDS.system.iter().find_map(|name| body.get(name)).map(items).unwrap_or_default();
        let system: Vec<Json> = system.into_iter().chain(list[..leading].iter().cloned()).collect();
        let tools = FIELDS.tools.iter().find_map(|path| body.at(path)?.as_array()).unwrap_or_default();
        let by_breakpoints = asks_by_breakpoints(call, &body);
        let reach = match reach(&body, tools, &system, &list[leading..]) {
            Reach::Nowhere if !by_breakpoints => Reach::Everything,
            reach => reach,
        };
        let mut prompt = Prompt {
            kind: Kind { provider: call.provider.map(str::to_owned), field },
            model: model_asked_for(&call.request.url, Some(&body)),
            in_front: settings(&body, &FIELDS.before_tools),
            tools: without_marks(tools),
            system: without_marks(&system),
            before_messages: if by_breakpoints {
                settings(&body, &FIELDS.before_messages)
            } else {
                Vec::new()
            },
            messages: list[leading..].iter().map(|item| Message::of(in_order(as_blocks(item)))).collect(),
            leading: if field == "contents" { 0 } else { leading },
            reach,
            begins: 0,
        };
        let Prompt { model, in_front, tools, system, before_messages, .. } = &prompt;
        let mut hasher = DefaultHasher::new();
        (model, in_front, tools, system, before_messages).hash(&mut hasher);
        prompt.begins = hasher.finish();
        Some(prompt)
    }

    pub(super) fn asks_for_nothing(&self) -> bool {
        self.reach == Reach::Nowhere
    }
}

impl Message {
    fn of(json: Json) -> Message {
        let mut hasher = DefaultHasher::new();
        json.hash(&mut hasher);
        Message { hash: hasher.finish(), size: json.size(), json }
    }

    /// Whether its blocks, or the first few of them, lead those of another: a turn may go on within a message.
    pub(super) fn leads(&self, other: &Message, limit: usize) -> bool {
        let ours = blocks(&self.json);
        let ours = &ours[..limit.min(ours.len())];
        let is_told = limit == 0 || !ours.is_empty();
        let alike = is_told && self.json.get("role") == other.json.get("role");
        self.hash == other.hash || alike && blocks(&other.json).starts_with(ours)
    }
}

/// A list as it is; a text or an object as a list of one.
fn items(value: &Json) -> Vec<Json> {
    match value {
        Json::Array(items) => items.clone(),
        Json::Null => Vec::new(),
        one => vec![block(one)],
    }
}

/// A text alone is what the user says.
fn messages(value: &Json) -> Vec<Json> {
    match value {
        Json::String(_) => {
            let fields = [("role", Json::from("user")), ("content", value.clone())];
            vec![Json::Object(fields.map(|(name, value)| (name.to_owned(), value)).to_vec())]
        }
        other => items(other),
    }
}

/// A text is written alone or as a block; it is the same prompt.
fn block(value: &Json) -> Json {
    match value {
        Json::String(text) => Json::Object(vec![
            ("type".to_owned(), Json::from("text")),
            ("text".to_owned(), Json::from(text.as_str())),
        ]),
        other => other.clone(),
    }
}

fn is_system(item: &Json) -> bool {
    matches!(item.get("role").and_then(Json::as_str), Some("system" | "developer"))
}

/// Where others have something else in a field of that name: APIs of embeddings have an `input`, too.
fn is_prompt(call: &Call<'_>, body: &Json, field: &str) -> bool {
    let path = Address::of(&call.request.url).path;
    let list = body.get(field).and_then(Json::as_array).unwrap_or_default();
    FIELDS.prompt_paths.iter().any(|end| path.ends_with(end))
        || list.iter().any(|item| item.get("role").is_some())
}

fn settings(body: &Json, paths: &[&[&str]]) -> Vec<Setting> {
    paths.iter().map(|path| (path.join("."), body.at(path).cloned())).collect()
}

/// A message whose content is a list, as it has to be to carry a breakpoint; to a model that is the same.
fn as_blocks(message: &Json) -> Json {
    let Json::Object(fields) = without_mark(message) else { return message.clone() };
    let fields = fields.into_iter().map(|(name, value)| match value {
        Json::String(_) if name == "content" => (name, Json::Array(vec![block(&value)])),
        value => (name, value),
    });
    Json::Object(fields.collect())
}

/// A message with the keys that providers read by name in one order, and those of the user's own as they are.
fn in_order(message: Json) -> Json {
    let sorted = |value: Json| match value {
        Json::Object(mut fields) => {
            fields.sort_by(|(one, _), (two, _)| one.cmp(two));
            Json::Object(fields)
        }
        other => other,
    };
    let fields = match sorted(message) {
        Json::Object(fields) => fields,
        odd => return odd,
    };
    let fields = fields.into_iter().map(|(name, value)| match value {
        Json::Array(items) if matches!(name.as_str(), "content" | "parts" | "tool_calls") => {
            (name, Json::Array(items.into_iter().map(sorted).collect()))
        }
        value => (name, value),
    });
    Json::Object(fields.collect())
}
