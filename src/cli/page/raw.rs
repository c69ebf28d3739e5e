//! A request and an answer as they went over the wire, shortened where nobody reads: data in one long word, vectors.

use http::HeaderMap;

use super::figures::size;
use super::html::Html;
use crate::model::interaction::Interaction;
use crate::model::json::{self, Json, Layout};
use crate::model::text::plural;

/// Bytes of a body that are shown; the cassette has it all.
const MAX_BODY: usize = 64 * 1024;

/// A longer word is data, such as an image in base64.
const MAX_WORD: usize = 400;

/// A longer list of numbers is a vector.
const MAX_NUMBERS: usize = 16;

/// Both messages, folded.
pub(super) fn show(interaction: &Interaction, html: &mut Html) {
    let (request, response) = (&interaction.request, &interaction.response);
    html.element("details", &[("class", "raw")], |html| {
        html.markup("<summary>Headers and bodies</summary>");
        message(&format!("{} {}", request.method, request.url), &request.headers, &request.body, html);
        message(
            &format!("{:?} {}", response.version, response.status),
            &response.headers,
            &response.body.bytes,
            html,
        );
    });
}

fn message(first: &str, headers: &HeaderMap, body: &[u8], html: &mut Html) {
    let mut head = first.to_owned();
    for (name, value) in headers {
        head.push_str(&format!("\n{name}: {}", String::from_utf8_lossy(value.as_bytes())));
    }
    html.leaf("pre", &[("tabindex", "0")], &head);
    if !body.is_empty() {
        html.leaf("pre", &[("tabindex", "0")], &legible(body));
    }
}

/// A body as text. What is left out is always said.
pub(super) fn legible(body: &[u8]) -> String {
    let text = match (json::parse(body), std::str::from_utf8(body)) {
        (Ok(tree), _) => pretty(&tree),
        (Err(_), Ok(text)) => text.to_owned(),
        (Err(_), Err(_)) => return format!("({}, not text)", size(body.len())),
    };
    cut(text)
}

fn cut(mut text: String) -> String {
    if text.len() <= MAX_BODY {
        return text;
    }
    let mut end = MAX_BODY;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let left_out = text.len() - end;
    text.truncate(end);
    text.push_str(&format!("\n… {} more: see the cassette", size(left_out)));
    text
}

/// JSON on as many lines as it takes to read it.
pub(super) fn pretty(tree: &Json) -> String {
    Layout::from_name("pretty").unwrap_or_default().write(&shortened(tree))
}

fn shortened(tree: &Json) -> Json {
    match tree {
        Json::String(text) if text.len() > MAX_WORD && !text.contains(char::is_whitespace) => {
            let start: String = text.chars().take(60).collect();
            Json::String(format!("{start}… ({})", plural(text.chars().count(), "character")))
        }
        Json::Array(items)
            if items.len() > MAX_NUMBERS && items.iter().all(|item| matches!(item, Json::Number(_))) =>
        {
            let first: Vec<String> = items.iter().take(3).map(Json::compact).collect();
            Json::String(format!("{}, … ({})", first.join(", "), plural(items.len(), "number")))
        }
        Json::Array(items) => Json::Array(items.iter().map(shortened).collect()),
        Json::Object(fields) => {
            Json::Object(fields.iter().map(|(name, value)| (name.clone(), shortened(value))).collect())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_of_a_body_is_said() {
        assert_eq!(legible(b"\xff\x00"), "(2 bytes, not text)");
        let vector = format!(r#"{{"v":[{}]}}"#, ["0.5"; 1536].join(","));
        assert_eq!(legible(vector.as_bytes()), "{\n  \"v\": \"0.5, 0.5, 0.5, … (1,536 numbers)\"\n}");
        assert!(legible("a ".repeat(50_000).as_bytes()).ends_with("\n… 35 KB more: see the cassette"));
        assert!(legible("é".repeat(50_000).as_bytes()).contains('…'));
        assert!(legible(format!("\"{}\"", "x".repeat(5_000)).as_bytes()).ends_with("… (5,000 characters)\""));
    }
}
