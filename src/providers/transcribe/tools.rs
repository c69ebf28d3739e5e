//! The tools that a request offers, in every provider's way of writing them.

use crate::model::json::Json;
use crate::providers::conversation::Tool;
use crate::providers::registry::FIELDS;

/// The tools in a field of a request; `None` if the field holds none.
pub(crate) fn tools(value: &Json) -> Option<Vec<Tool>> {
    let list = value.as_array().or_else(|| value.get("tools")?.as_array())?;
    Some(list.iter().flat_map(declared).collect())
}

/// Gemini declares several tools in one entry.
fn declared(entry: &Json) -> Vec<Tool> {
    let declarations = FIELDS.tool_lists.iter().find_map(|name| entry.get(name)?.as_array());
    match declarations {
        Some(list) => list.iter().map(|one| tool(one, entry)).collect(),
        None => vec![tool(inner(entry), entry)],
    }
}

/// The object that holds the name: OpenAI and Bedrock wrap it.
fn inner(entry: &Json) -> &Json {
    let wrapped = FIELDS.tool_wrappers.iter().find_map(|name| entry.get(name));
    wrapped.filter(|inner| inner.get("name").is_some()).unwrap_or(entry)
}

fn tool(inner: &Json, entry: &Json) -> Tool {
    let text = |name: &str| inner.get(name).and_then(Json::as_str).map(str::to_owned);
    // What the provider runs itself has a type, or a field of its own, instead of a name.
    let unnamed = || {
        let kind = entry.get("type").and_then(Json::as_str);
        kind.or_else(|| entry.as_object()?.first().map(|(name, _)| name.as_str())).unwrap_or("?").to_owned()
    };
    let told = ["name", "description"];
    let rest = inner.as_object().unwrap_or_default();
    let rest = rest.iter().filter(|(name, _)| !told.contains(&name.as_str())).cloned().collect();
    Tool {
        name: text("name").or_else(|| text("server_label")).unwrap_or_else(unnamed),
        description: text("description"),
        definition: Json::Object(rest),
    }
}
