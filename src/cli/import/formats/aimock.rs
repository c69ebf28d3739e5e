//! Fixtures of aimock: what a request had to contain, and what was to be said. There is no request, so that what can be had is
//! a pair of question and answer.

use crate::cli::import::exchange::{Exchanges, Raw, Refusal};
use crate::cli::import::node::Node;
use crate::cli::import::source::Source;
use crate::model::json::{Json, object};

pub(in crate::cli::import) const NAME: &str = "aimock";

/// The matchers that a pair can have.
const KNOWN: [&str; 4] = ["userMessage", "model", "endpoint", "sequenceIndex"];

pub(in crate::cli::import) fn recognises(source: &Source<'_>) -> bool {
    fixtures(source).first().is_some_and(|first| first.get("match").is_some())
}

fn fixtures<'a>(source: &'a Source<'_>) -> &'a [Node] {
    source.single().and_then(|document| document.get("fixtures")?.items()).unwrap_or_default()
}

pub(in crate::cli::import) fn read(source: &Source<'_>) -> Exchanges {
    fixtures(source).iter().map(|fixture| pair(fixture).map_err(Refusal::because)).collect()
}

fn pair(fixture: &Node) -> Result<Raw, String> {
    let matcher = fixture.get("match").unwrap_or(&Node::Null);
    let Some(Node::Text(question)) = matcher.get("userMessage") else {
        return Err("it matches something else than a message of the user".to_owned());
    };
    let other = matcher.fields().unwrap_or_default().iter().find(|(name, _)| !KNOWN.contains(&name.as_str()));
    if let Some((name, _)) = other {
        return Err(format!("it matches by `{name}`, and what else was asked nobody knows"));
    }
    let response = fixture.get("response").unwrap_or(&Node::Null);
    let answer = match response.get("content") {
        Some(Node::Text(text)) if response.get("toolCalls").is_none() => text.clone(),
        Some(tree @ (Node::Map(_) | Node::List(_))) => tree.json().compact(),
        _ => return Err("its answer is not text".to_owned()),
    };
    let model = matcher.get("model").and_then(Node::text);
    let fields = [("question", Json::from(question.as_str())), ("answer", Json::from(answer))];
    let model = model.map(|model| ("model", Json::from(model)));
    Ok(Raw { pair: Some(object(fields.into_iter().chain(model))), ..Raw::default() })
}
