//! How two lists of tools differ, tool by tool.

use super::Sentences;
use super::text::shorten;
use super::words::{brief, value};
use crate::model::json::Json;

/// The declarations of tools, one each: Gemini has lists of them within a list.
pub(super) fn declared(tools: &[Json]) -> Vec<&Json> {
    let lists = ["functionDeclarations", "function_declarations"];
    tools
        .iter()
        .flat_map(|tool| match lists.iter().find_map(|name| tool.get(name)?.as_array()) {
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
fn unwrapped(tool: &Json) -> &Json {
    ["function", "toolSpec"].iter().find_map(|name| tool.get(name)).unwrap_or(tool)
}

fn tool_name(tool: &Json) -> String {
    let named = unwrapped(tool).get("name").or_else(|| tool.get("type")).and_then(Json::as_str);
    match (named, tool) {
        (Some(name), _) => shorten(name),
        // Gemini's own tools are an object with one field: `{"googleSearch": {}}`.
        (None, Json::Object(fields)) if fields.len() == 1 => shorten(&fields[0].0),
        (None, other) => brief(other),
    }
}

pub(super) fn tools(old: &[&Json], new: &[&Json], out: &mut Sentences) {
    for before in old {
        let name = tool_name(before);
        match new.iter().find(|candidate| tool_name(candidate) == name) {
            None => out.push(format!("tool `{name}` removed")),
            Some(after) if after != before => {
                let mut inner = out.none();
                value("", unwrapped(before), unwrapped(after), &mut inner);
                if inner.told.is_empty() {
                    value("", before, after, &mut inner);
                }
                inner.told.iter().for_each(|what| out.push(format!("tool `{name}`: {}", what.trim_start())));
            }
            Some(_) => {}
        }
    }
    for after in new {
        let name = tool_name(after);
        if !old.iter().any(|candidate| tool_name(candidate) == name) {
            out.push(format!("tool `{name}` added"));
        }
    }
    if old != new && old.len() == new.len() && old.iter().all(|tool| new.contains(tool)) {
        out.push("tools in another order".to_owned());
    }
}
