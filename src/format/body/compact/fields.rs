//! The message: its parts as a reader sees them, and the strings that events are rebuilt from.

use crate::format::allowance::Allowance;
use crate::format::yaml::NumberStyle;
use crate::model::json::{self, Json, Layout};
use crate::providers::assembly::{Part, PartKind};

/// The strings of a part that events refer to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Strings {
    pub(super) content: String,
    pub(super) name: String,
    pub(super) id: String,
}

const KINDS: [(PartKind, &str); 4] = [
    (PartKind::Text, "text"),
    (PartKind::Reasoning, "reasoning"),
    (PartKind::Refusal, "refusal"),
    (PartKind::Transcript, "transcript"),
];

const CALL: &str = "tool_call";

/// A part as it stands in the message.
pub(super) fn write(part: &Part) -> Json {
    let object = |name: &str, value: Json| Json::Object(vec![(name.to_owned(), value)]);
    if let Some((_, name)) = KINDS.iter().find(|(kind, _)| *kind == part.kind) {
        return object(name, Json::from(part.content.as_str()));
    }
    let mut fields = Vec::new();
    for (name, text) in [("name", &part.name), ("id", &part.id)] {
        if !text.is_empty() {
            fields.push((name.to_owned(), Json::from(text.as_str())));
        }
    }
    match arguments(&part.content) {
        Some((tree, layout)) => {
            if !layout.is_empty() {
                fields.push(("layout".to_owned(), Json::from(layout)));
            }
            fields.push(("arguments".to_owned(), tree));
        }
        None if part.content.is_empty() => {}
        None => fields.push(("arguments_text".to_owned(), Json::from(part.content.as_str()))),
    }
    object(CALL, Json::Object(fields))
}

/// Arguments as a tree, when the very text can be made of it again.
fn arguments(text: &str) -> Option<(Json, String)> {
    let tree = json::parse(text.as_bytes()).ok()?;
    let layout = Layout::of(&tree, text.as_bytes())?;
    let plain = layout.before.is_empty() && layout.after.is_empty();
    let fits = plain && !tree.repeats_a_key() && NumberStyle::of(&tree).is_some();
    // A lone string or number would not be told from text.
    (fits && tree.as_object().is_some()).then(|| (tree, layout.name()))
}

pub(super) fn read(part: &Json, allowance: &Allowance) -> Result<Strings, String> {
    let Some([(kind, value)]) = part.as_object() else {
        return Err(
            "a part of `message` has to be text, reasoning, refusal, transcript or tool_call".to_owned()
        );
    };
    if kind == CALL {
        return call(value, allowance);
    }
    if !KINDS.iter().any(|(_, name)| name == kind) {
        return Err(format!("`message` has no parts called `{kind}`"));
    }
    let content = value.as_str().ok_or_else(|| format!("`{kind}` in `message` is not text"))?;
    Ok(Strings { content: content.to_owned(), ..Strings::default() })
}

fn call(value: &Json, allowance: &Allowance) -> Result<Strings, String> {
    let fields = value.as_object().ok_or("`tool_call` in `message` is not a mapping")?;
    let mut strings = Strings::default();
    let (mut layout, mut tree) = (Layout::default(), None);
    for (name, value) in fields {
        let text = || value.as_str().ok_or_else(|| format!("`{name}` of a `tool_call` is not text"));
        match name.as_str() {
            "name" => text()?.clone_into(&mut strings.name),
            "id" => text()?.clone_into(&mut strings.id),
            "layout" => {
                layout = Layout::from_name(text()?).ok_or_else(|| format!("unknown layout {:?}", text()))?
            }
            "arguments" => tree = Some(value),
            "arguments_text" => text()?.clone_into(&mut strings.content),
            other => return Err(format!("a `tool_call` has no field `{other}`")),
        }
    }
    match tree {
        Some(_) if !strings.content.is_empty() => {
            Err("a `tool_call` can have `arguments` or `arguments_text`, but not both".to_owned())
        }
        Some(tree) => {
            strings.content =
                layout.write_within(tree, allowance.left()).ok_or_else(|| allowance.refusal())?;
            Ok(strings)
        }
        None => Ok(strings),
    }
}
