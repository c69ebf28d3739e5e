//! Real traffic, when a folder of it is at hand: `LLM_CASSETTE_CORPUS` names one with `*.jsonl` files, an exchange a line.

use super::{Conversation, Part};
use crate::exchange::{Request, Response, ResponseBody};
use crate::interaction::Interaction;
use crate::labels::Labels;
use crate::stream::framing;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Version};
use serde_json::Value;

fn headers(pairs: &Value) -> HeaderMap {
    let pair = |pair: &Value| {
        let name = HeaderName::from_bytes(pair[0].as_str()?.as_bytes()).ok()?;
        Some((name, HeaderValue::from_bytes(pair[1].as_str()?.as_bytes()).ok()?))
    };
    pairs.as_array().unwrap().iter().filter_map(pair).collect()
}

fn interaction(exchange: &Value) -> Interaction {
    let bytes = |field: &str| STANDARD.decode(exchange[field].as_str().unwrap_or_default()).unwrap().into();
    Interaction {
        recorded_at: "2026-11-21T02:10:44Z".to_owned(),
        usage_count: 1,
        take: 1,
        provider: None,
        model: None,
        usage: Vec::new(),
        labels: Labels::default(),
        request: Request {
            method: exchange["method"].as_str().unwrap().parse().unwrap(),
            url: exchange["url"].as_str().unwrap().to_owned(),
            headers: headers(&exchange["request_headers"]),
            body: bytes("request_body_b64"),
        },
        response: Response {
            status: StatusCode::from_u16(exchange["status"].as_u64().unwrap().try_into().unwrap()).unwrap(),
            version: Version::HTTP_11,
            url: None,
            headers: headers(&exchange["response_headers"]),
            body: ResponseBody { bytes: bytes("response_body_b64"), chunks: Vec::new(), hung_up: false },
        },
    }
}

fn exchanges() -> Vec<(String, bool, Interaction)> {
    let Some(folder) = std::env::var_os("LLM_CASSETTE_CORPUS") else {
        println!("skipped: LLM_CASSETTE_CORPUS is not set");
        return Vec::new();
    };
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    let lines = files.flat_map(|path| {
        std::fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect::<Vec<_>>()
    });
    let exchange = |line: String| {
        let exchange: Value = serde_json::from_str(&line).unwrap();
        let id = exchange["id"].as_str().unwrap().to_owned();
        (id, exchange["is_error"].as_bool().unwrap_or_default(), interaction(&exchange))
    };
    lines.map(exchange).collect()
}

/// Whether an answer can be read by a person: something in it is more than JSON.
fn readable(conversation: &Conversation) -> bool {
    let told = |part: &Part| !matches!(part, Part::Other(_));
    conversation.answers.iter().any(|answer| answer.parts.iter().any(told))
}

/// Requests that say something and are no question to a model: files, settings, other services.
const NOT_ASKED: [&str; 11] = [
    "/files",
    "/assistants",
    "/sessions",
    "/cachedContents",
    "/items",
    "/graphql",
    "/llmobs",
    "/coupons",
    "/records/",
    "/guardrail/",
    ":classifyContent",
];

#[test]
fn nearly_every_real_answer_can_be_read() {
    let (mut asked, mut read) = ([0, 0], [0, 0]);
    for (id, is_error, interaction) in exchanges() {
        let conversation = Conversation::of(&interaction);
        let (url, response) = (&interaction.request.url, &interaction.response);
        let is_question =
            !conversation.messages.is_empty() && !NOT_ASKED.iter().any(|part| url.contains(part));
        if is_error || !is_question || response.body.bytes.is_empty() {
            continue;
        }
        let streamed = usize::from(framing(&response.headers, &response.body.bytes).is_some());
        asked[streamed] += 1;
        if readable(&conversation) {
            read[streamed] += 1;
        } else {
            println!("not read: {id} {url} {:.300}", format!("{:?}", conversation.answers));
        }
    }
    println!("readable: {} of {} whole answers, {} of {} streamed", read[0], asked[0], read[1], asked[1]);
    assert!(read[0] * 100 >= asked[0] * 98, "{} of {} whole answers", read[0], asked[0]);
}

#[test]
fn what_real_requests_say_is_told_in_words() {
    let (mut all, mut unread) = (0, 0);
    for (id, _, interaction) in exchanges() {
        for message in &Conversation::of(&interaction).messages {
            all += 1;
            if let Some(other) = message.parts.iter().find(|part| matches!(part, Part::Other(_))) {
                unread += 1;
                println!("not read: {id} {} {:.300}", interaction.request.url, format!("{other:?}"));
            }
        }
    }
    println!("messages with something that we have no word for: {unread} of {all}");
    assert!(unread * 100 <= all * 3, "{unread} of {all}");
}
