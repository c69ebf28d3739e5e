//! Every provider by itself, with counts as it reports them, in a plain answer and in a stream.

mod large;
mod like_openai;
mod others;

use super::place::Place;
use super::{facts, registry};
use crate::model::json;
use crate::model::wire::eventstream::{self, Message, Value};
use base64::Engine;
use http::{HeaderMap, StatusCode};
use large::{ANTHROPIC, AZURE_OPENAI, BEDROCK, COHERE_AND_OLLAMA, GEMINI, INTERACTIONS, OPENAI};
use like_openai::OPENAI_COMPATIBLE;
use others::OTHERS;

/// One way to ask a provider: where, what, the plain answer, the events of a stream, and what is to be known of each.
struct Case {
    /// The name that the protocol has in the registry.
    protocol: &'static str,
    url: &'static str,
    request: &'static str,
    plain: Option<&'static str>,
    stream: Option<Stream>,
    wanted: &'static str,
}

enum Stream {
    Sse(&'static [&'static str]),
    Lines(&'static [&'static str]),
    /// Frames with the type of each event.
    Frames(&'static [(&'static str, &'static str)]),
    /// Frames that hold a model's own events.
    Native(&'static [&'static str]),
    /// Frames that carry such a stream, cut anywhere.
    Pieces(&'static [&'static str]),
}
use Stream::{Frames, Lines, Native, Pieces, Sse};

impl Stream {
    fn bytes(&self) -> Vec<u8> {
        let frame = |kind: &str, payload: String| {
            let text = |text: &str| Value::String(text.to_owned());
            let headers =
                vec![(":message-type".to_owned(), text("event")), (":event-type".to_owned(), text(kind))];
            eventstream::encode(&Message { headers, payload: payload.into() }).unwrap()
        };
        match self {
            Sse(events) => {
                events.iter().flat_map(|event| format!("data: {event}\n\n").into_bytes()).collect()
            }
            Lines(lines) => lines.iter().flat_map(|line| format!("{line}\n").into_bytes()).collect(),
            Frames(events) => {
                events.iter().flat_map(|(kind, json)| frame(kind, (*json).to_owned())).collect()
            }
            Pieces(pieces) => {
                pieces.iter().flat_map(|piece| frame("PayloadPart", (*piece).to_owned())).collect()
            }
            Native(events) => {
                let base64 = |event| base64::engine::general_purpose::STANDARD.encode(event);
                events
                    .iter()
                    .flat_map(|event| frame("chunk", format!(r#"{{"bytes":"{}"}}"#, base64(event))))
                    .collect()
            }
        }
    }
}

/// Provider, model and counts of an answer.
fn known(case: &Case, body: &[u8]) -> String {
    let asked = json::parse(case.request.as_bytes()).ok();
    let none = HeaderMap::new();
    let facts = facts(case.url, &none, asked.as_ref(), StatusCode::OK, &none, body);
    let mut words = vec![
        facts.provider.map_or("-", super::Provider::name).to_owned(),
        facts.model.unwrap_or_else(|| "-".to_owned()),
    ];
    let short = |name: &str| {
        let name =
            name.replace("_tokens", "").replace("cache_creation", "written").replace("cache_read", "read");
        name.replace("written_input", "written").replace("read_input", "read").replace("_input", "_in")
    };
    let counts = facts.usage.unwrap_or_default().fields();
    words.extend(counts.iter().map(|(name, count)| format!("{}={count}", short(name))));
    words.join(" ")
}

fn holds(cases: &[Case]) {
    for case in cases {
        if let Some(plain) = case.plain {
            assert_eq!(known(case, plain.as_bytes()), case.wanted, "{} {plain}", case.url);
        }
        if let Some(stream) = &case.stream {
            assert_eq!(known(case, &stream.bytes()), case.wanted, "{}, streamed", case.url);
        }
    }
}

const CHAT: &str = r#"{"model":"asked","messages":[{"role":"user","content":"hi"}]}"#;

const CASES: [&[Case]; 8] =
    [OPENAI, AZURE_OPENAI, ANTHROPIC, GEMINI, INTERACTIONS, BEDROCK, COHERE_AND_OLLAMA, OTHERS];

#[test]
fn provider_model_and_counts_of_every_protocol_are_known() {
    CASES.into_iter().for_each(holds);
}

/// Servers that only their users can name: they speak as OpenAI does, at a port that others have as well.
const BY_NAME_ALONE: [&str; 1] = ["transformers"];

#[test]
fn what_no_request_tells_of_costs_nothing_wherever_it_runs_once_it_is_named() {
    for name in BY_NAME_ALONE {
        let provider = registry::provider(name).unwrap();
        assert!(provider.runs_at_home && provider.hosts.is_empty() && provider.port.is_none(), "{name}");
    }
}

#[test]
fn every_row_of_the_registry_has_a_row_here() {
    let cases = CASES.into_iter().flatten();
    let protocols: Vec<&str> = cases.clone().map(|case| case.protocol).collect();
    let wanted = cases.map(|case| case.wanted).chain(OPENAI_COMPATIBLE.map(|(.., wanted)| wanted));
    let providers: Vec<&str> = wanted.filter_map(|wanted| wanted.split(' ').next()).collect();
    for protocol in registry::PROTOCOLS {
        assert!(protocols.contains(&protocol.name), "the protocol `{}` has no case", protocol.name);
    }
    let told = |name: &str| BY_NAME_ALONE.contains(&name);
    for provider in registry::PROVIDERS.iter().filter(|provider| !told(provider.name)) {
        assert!(providers.contains(&provider.name), "the provider `{}` has no case", provider.name);
    }
    let known = |name: &str| registry::PROTOCOLS.iter().any(|protocol| protocol.name == name);
    assert_eq!(protocols.iter().find(|name| !known(name)), None, "a case of no protocol");
}

#[test]
fn whoever_a_protocol_says_is_asked_is_a_provider_of_the_registry() {
    let none = HeaderMap::new();
    for case in CASES.into_iter().flatten() {
        let asked = json::parse(case.request.as_bytes()).ok();
        let path = Place::of(case.url).path;
        for protocol in registry::PROTOCOLS {
            let by_path = (protocol.by_path)(path, &none, asked.as_ref());
            let by_body = asked.as_ref().and_then(protocol.by_body);
            for name in by_path.into_iter().chain(by_body) {
                assert!(registry::provider(name).is_some(), "{name}, of {}", protocol.name);
            }
        }
    }
}

#[test]
fn what_people_get_to_read_of_a_request_is_known_as_a_prompt() {
    use crate::providers::protocol::Turn;

    for protocol in registry::PROTOCOLS {
        for (turn, name, _) in protocol.readers.said.iter().filter(|(turn, ..)| *turn != Turn::Beside) {
            assert!(registry::FIELDS.prompts.contains(name), "`{name}` of {}", protocol.name);
            let is_system = registry::FIELDS.system.contains(name);
            assert_eq!(is_system, *turn == Turn::System, "`{name}` of {}", protocol.name);
        }
    }
}
