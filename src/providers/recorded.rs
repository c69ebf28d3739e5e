//! Real traffic: `LLM_CASSETTE_CORPUS` names a folder of it, with `*.jsonl` files, an exchange a line.

use super::{Facts, StreamWatch};
use crate::model::corpus::{Exchange, exchanges};
use crate::model::json::{self, Json};
use crate::model::wire::{Framing, eventstream, framing, ndjson, sse};

fn facts(exchange: &Exchange) -> Facts {
    facts_with(exchange, &exchange.bytes("response_body_b64"))
}

/// With another body of the answer.
fn facts_with(exchange: &Exchange, body: &[u8]) -> Facts {
    let request: Option<Json> = json::parse(&exchange.bytes("request_body_b64")).ok();
    let request_headers = exchange.headers("request_headers");
    let headers = exchange.headers("response_headers");
    super::facts(exchange.text("url"), &request_headers, request.as_ref(), exchange.status(), &headers, body)
}

/// The name that ours has in the corpus.
fn fits(expected: &str, ours: Option<&str>) -> bool {
    let expected = match expected {
        "gemini" => "gcp.gemini",
        "vertexai" => "gcp.vertex_ai",
        "azure" => "azure.ai.openai",
        "bedrock" => "aws.bedrock",
        "mistral" => "mistral_ai",
        "xai" => "x_ai",
        "together" => "together_ai",
        "local" | "llamacpp" | "mistralrs" => "openai",
        "other" => return ours.is_none(),
        same => same,
    };
    ours == Some(expected)
}

#[test]
#[ignore = "needs recorded traffic, in the folder that LLM_CASSETTE_CORPUS names"]
fn every_error_of_real_traffic_is_told_from_every_answer() {
    for exchange in exchanges() {
        let facts = facts(&exchange);
        assert_eq!(
            facts.error.is_some(),
            exchange.flag("is_error"),
            "{}: {:?}",
            exchange.text("id"),
            facts.error
        );
    }
}

#[test]
#[ignore = "needs recorded traffic, in the folder that LLM_CASSETTE_CORPUS names"]
fn providers_of_real_traffic_are_recognised() {
    let exchanges = exchanges();
    let wrong: Vec<String> = exchanges
        .iter()
        .filter_map(|exchange| {
            let ours = facts(exchange).provider.map(super::Provider::name);
            let expected = exchange.text("provider");
            (!fits(expected, ours))
                .then(|| format!("{} {expected} {ours:?} {}", exchange.text("id"), exchange.text("url")))
        })
        .collect();
    println!("{}", wrong.join("\n"));
    assert!(wrong.len() * 100 <= exchanges.len(), "{} of {}", wrong.len(), exchanges.len());
}

#[test]
#[ignore = "needs recorded traffic, in the folder that LLM_CASSETTE_CORPUS names"]
fn usage_is_found_wherever_real_traffic_reports_any() {
    for exchange in exchanges() {
        // Reports over many calls, and traces of agents that made several: no one count is that of the answer.
        if exchange.text("url").contains("/organization/") || exchange.text("url").contains("/agents/") {
            continue;
        }
        let body = String::from_utf8_lossy(&exchange.bytes("response_body_b64")).into_owned();
        let names = ["prompt_tokens", "input_tokens", "inputTokens", "promptTokenCount", "eval_count"];
        let reported = names.iter().any(|name| body.contains(&format!("\"{name}\":")));
        let found =
            facts(&exchange).usage.is_some_and(|usage| usage.input_tokens.or(usage.output_tokens).is_some());
        assert!(found || !reported, "{} {}", exchange.text("id"), exchange.text("url"));
    }
}

#[test]
#[ignore = "needs recorded traffic, in the folder that LLM_CASSETTE_CORPUS names"]
fn the_end_of_real_streams_is_seen_in_chunks_of_any_size() {
    for exchange in exchanges().into_iter().filter(|exchange| exchange.flag("streaming")) {
        let (headers, body) = (exchange.headers("response_headers"), exchange.bytes("response_body_b64"));
        // Agents of Bedrock and of other makers mark no end; a JSON array ends with its bracket.
        let endless = body.is_empty()
            || body.first() == Some(&b'[')
            || exchange.text("url").contains("/agents/")
            || exchange.text("provider") == "other";
        for size in [1, 7, 1000, usize::MAX] {
            let mut watch = StreamWatch::new(&headers);
            body.chunks(size).for_each(|chunk| watch.push(chunk));
            watch.finish();
            assert_eq!(watch.error(), None, "{}", exchange.text("id"));
            assert_eq!(watch.ended(), !endless, "{} {}", exchange.text("id"), exchange.text("url"));
        }
    }
}

#[test]
#[ignore = "needs recorded traffic, in the folder that LLM_CASSETTE_CORPUS names"]
fn every_answer_of_real_traffic_is_whole_and_its_first_half_is_not() {
    let (mut halves, mut told) = (0, 0);
    for exchange in exchanges() {
        let body = exchange.bytes("response_body_b64");
        // Recorders that came too late have streams without a single event.
        if exchange.flag("streaming") && body.is_empty() {
            continue;
        }
        assert_eq!(facts(&exchange).missing, None, "{} {}", exchange.text("id"), exchange.text("url"));
        let known = facts(&exchange).provider.is_some() && !exchange.flag("is_error");
        if known && exchange.flag("streaming") && !body.is_empty() {
            halves += 1;
            match facts_with(&exchange, &body[..body.len() / 2]).missing {
                Some(_) => told += 1,
                None => println!("half of {} {} passes for whole", exchange.text("id"), exchange.text("url")),
            }
        }
    }
    println!("{told} of {halves} halves of streams are told from whole ones");
    assert!(told * 100 >= halves * 95, "{told} of {halves}");
}

#[test]
#[ignore = "needs recorded traffic, in the folder that LLM_CASSETTE_CORPUS names"]
fn real_streams_fall_into_events_and_back_into_the_same_bytes() {
    for exchange in exchanges() {
        let (headers, body) = (exchange.headers("response_headers"), exchange.bytes("response_body_b64"));
        let found = framing(&headers, &body);
        let expected = match exchange.text("framing") {
            "sse" => Some(Framing::Sse),
            "ndjson" => Some(Framing::Ndjson),
            "eventstream" => Some(Framing::EventStream),
            _ => None,
        };
        assert!(found == expected || body.is_empty(), "{} {found:?}", exchange.text("id"));
        match found {
            Some(Framing::Sse) => {
                assert_eq!(
                    sse::split(&body).iter().map(|event| event.raw).collect::<Vec<_>>().concat(),
                    body
                );
            }
            Some(Framing::Ndjson) => assert_eq!(ndjson::split(&body).concat(), body),
            Some(Framing::EventStream) => {
                let messages = eventstream::decode(&body).unwrap();
                let again: Vec<_> =
                    messages.iter().map(|message| eventstream::encode(message).unwrap()).collect();
                assert_eq!(again.concat(), body);
            }
            None => {}
        }
    }
}
