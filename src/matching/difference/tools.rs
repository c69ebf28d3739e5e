//! Tools as requests declare them, whatever a provider wraps around them.

use super::spoken::brief;
use super::text::shorten;
use crate::model::json::Json;
use crate::providers::FIELDS;

/// The declarations of tools, one each: Gemini has lists of them within a list.
pub(super) fn declared(tools: &[Json]) -> Vec<&Json> {
    tools
        .iter()
        .flat_map(|tool| match FIELDS.tool_lists.iter().find_map(|name| tool.get(name)?.as_array()) {
            Some(declarations) => declarations.iter().collect(),
            None => vec![tool],
        })
        .collect()
}

/// The declarations of tools, each with the name that a call would use.
pub(crate) fn named_tools(tools: &[Json]) -> Vec<(String, &Json)> {
    declared(tools).into_iter().map(|tool| (tool_name(tool), tool)).collect()
}

/// What a declaration says, without the wrapping that some providers put around it.
pub(super) fn unwrapped(tool: &Json) -> &Json {
    let inner = FIELDS.tool_wrappers.iter().find_map(|name| tool.get(name));
    inner.filter(|inner| inner.get("name").is_some()).unwrap_or(tool)
}

pub(super) fn tool_name(tool: &Json) -> String {
    let named = unwrapped(tool).get("name").or_else(|| tool.get("type")).and_then(Json::as_str);
    match (named, tool) {
        (Some(name), _) => shorten(name),
        // Gemini's own tools are an object with one field: `{"googleSearch": {}}`.
        (None, Json::Object(fields)) if fields.len() == 1 => shorten(&fields[0].0),
        (None, other) => brief(other),
    }
}
