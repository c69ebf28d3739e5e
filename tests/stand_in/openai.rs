//! OpenAI: chat completions and models, and what its other endpoints share.

use super::{
    ask::{Answer, Ask, pieces},
    context::Context,
    text::{Layout, event, layout, list, quote},
    wire::Reply,
};

const CHAT: &str = r#"{
    "id": $id, "object": "chat.completion", "created": $created, "model": $model,
    "choices": [{
        "index": 0,
        "message": {"role": "assistant", "content": $content $calls, "refusal": null, "annotations": []},
        "logprobs": null,
        "finish_reason": "$finish"
    }],
    "usage": $usage,
    "service_tier": "default",
    "system_fingerprint": $fingerprint
}"#;

const CHAT_USAGE: &str = r#"{
    "prompt_tokens": $input, "completion_tokens": $output, "total_tokens": $total,
    "prompt_tokens_details": {"cached_tokens": $cached, "audio_tokens": 0},
    "completion_tokens_details": {
        "reasoning_tokens": $thought, "audio_tokens": 0,
        "accepted_prediction_tokens": 0, "rejected_prediction_tokens": 0
    }
}"#;

const CHAT_CHUNK: &str = r#"{
    "id": $id, "object": "chat.completion.chunk", "created": $created, "model": $model,
    "service_tier": "default", "system_fingerprint": $fingerprint,
    "choices": $choices $tail
}"#;

fn with_headers(reply: Reply, context: &mut Context) -> Reply {
    let milliseconds = 150 + context.random() % 900;
    reply
        .header("date", &context.http_date())
        .header("server", "cloudflare")
        .header("openai-organization", "stand-in-org")
        .header("openai-processing-ms", &milliseconds.to_string())
        .header("openai-version", "2020-10-01")
        .header("x-ratelimit-limit-requests", "10000")
        .header("x-ratelimit-remaining-requests", &(9_000 + milliseconds).to_string())
        .header("x-request-id", &context.hex("req_", 32))
        .header("set-cookie", &format!("__cf_bm={}; path=/; HttpOnly; Secure", context.id("", 43)))
        .header("cf-ray", &format!("{}-LHR", context.hex("", 16)))
}

pub fn pretty(body: &str, context: &mut Context) -> Reply {
    with_headers(Reply::json(layout(body, Layout::Pretty(2)) + "\n"), context)
}

pub fn sse(events: Vec<Vec<u8>>, context: &mut Context) -> Reply {
    let reply = Reply::new(200).header("content-type", "text/event-stream; charset=utf-8").chunks(events);
    with_headers(reply, context)
}

/// The model that answers: OpenAI's aliases stand for a dated version.
pub fn dated(model: &str) -> String {
    let dated = match model {
        "gpt-4o" => "gpt-4o-2024-08-06",
        "gpt-4o-mini" => "gpt-4o-mini-2024-07-18",
        "gpt-4.1" => "gpt-4.1-2025-04-14",
        "gpt-4.1-mini" => "gpt-4.1-mini-2025-04-14",
        "gpt-5" => "gpt-5-2025-08-07",
        other => other,
    };
    quote(dated)
}

pub fn usage(template: &str, ask: &Ask, answer: &Answer) -> String {
    fill!(
        template,
        input = ask.input_tokens,
        cached = ask.cached_tokens,
        output = answer.tokens,
        thought = answer.thought_tokens,
        total = ask.input_tokens + answer.tokens,
    )
}

pub fn chat(ask: &Ask, context: &mut Context) -> Reply {
    let answer = ask.answer(context);
    let id = quote(&context.id("chatcmpl-", 29));
    let (model, created, fingerprint) =
        (dated(&ask.model), context.unix_time(), quote(&context.hex("fp_", 10)));
    let ids: Vec<_> = answer.calls.iter().map(|_| quote(&context.id("call_", 24))).collect();
    let finish = match &answer {
        Answer { calls, .. } if !calls.is_empty() => "tool_calls",
        Answer { cut_off: true, .. } => "length",
        _ => "stop",
    };
    let usage = usage(CHAT_USAGE, ask, &answer);
    let content = if answer.calls.is_empty() { quote(&answer.text) } else { "null".to_owned() };
    let call = |n: usize, index: &str, arguments: &str| {
        let template =
            r#"{$index "id": $id, "type": "function", "function": {"name": $name, "arguments": $arguments}}"#;
        fill!(template, index, id = ids[n], name = quote(&answer.calls[n].0), arguments = quote(arguments))
    };
    if !ask.stream {
        let calls: Vec<_> =
            answer.calls.iter().enumerate().map(|(n, (_, arguments))| call(n, "", arguments)).collect();
        let calls =
            if calls.is_empty() { String::new() } else { format!(", \"tool_calls\": {}", list(&calls)) };
        let body = fill!(CHAT, id, created, model, content, calls, finish, usage, fingerprint);
        return pretty(&body, context);
    }
    let mut events = Vec::new();
    let mut send = |choices: &str, usage: &str, context: &mut Context| {
        let mut tail = if ask.stream_usage { format!(", \"usage\": {usage}") } else { String::new() };
        if context.obfuscate {
            let length = 3 + context.random() as usize % 9;
            tail += &format!(", \"obfuscation\": {}", quote(&context.id("", length)));
        }
        let chunk = fill!(CHAT_CHUNK, id, created, model, fingerprint, choices, tail);
        events.push(format!("data: {}\n\n", layout(&chunk, Layout::Compact)).into_bytes());
    };
    let choice = |delta: &str, finish: &str| {
        fill!(r#"[{"index": 0, "delta": $delta, "logprobs": null, "finish_reason": $finish}]"#, delta, finish)
    };
    let opening = if answer.calls.is_empty() { "\"\"" } else { "null" };
    let opening = format!(r#"{{"role": "assistant", "content": {opening}, "refusal": null}}"#);
    send(&choice(&opening, "null"), "null", context);
    for piece in pieces(&answer.text) {
        send(&choice(&format!("{{\"content\": {}}}", quote(piece)), "null"), "null", context);
    }
    for (n, (_, arguments)) in answer.calls.iter().enumerate() {
        let index = format!("\"index\": {n},");
        send(&choice(&format!("{{\"tool_calls\": [{}]}}", call(n, &index, "")), "null"), "null", context);
        for piece in pieces(arguments) {
            let template = r#"{"tool_calls": [{$index "function": {"arguments": $piece}}]}"#;
            send(&choice(&fill!(template, index, piece = quote(piece)), "null"), "null", context);
        }
    }
    send(&choice("{}", &quote(finish)), "null", context);
    if ask.stream_usage {
        send("[]", &usage, context);
    }
    events.push(b"data: [DONE]\n\n".to_vec());
    sse(events, context)
}

pub fn models(context: &mut Context) -> Reply {
    let known = [
        ("gpt-4o-mini", 1_721_172_741),
        ("gpt-4.1", 1_744_316_542),
        ("text-embedding-3-small", 1_705_948_997),
    ];
    let model = |(id, created)| {
        format!(
            "{{\"id\": \"{id}\", \"object\": \"model\", \"created\": {created}, \"owned_by\": \"system\"}}"
        )
    };
    pretty(&format!("{{\"object\": \"list\", \"data\": {}}}", list(&known.map(model))), context)
}

pub fn error(status: u16, message: Option<&str>, context: &mut Context) -> Reply {
    let (kind, code, usual) = match status {
        401 => ("invalid_request_error", "\"invalid_api_key\"", "You didn't provide an API key."),
        403 => ("insufficient_permissions", "null", "You have insufficient permissions for this operation."),
        404 => ("invalid_request_error", "\"model_not_found\"", "The model `none` does not exist."),
        429 => (
            "requests",
            "\"rate_limit_exceeded\"",
            "Rate limit reached for requests. Please try again in 1s.",
        ),
        400..500 => ("invalid_request_error", "null", "We could not parse the JSON body of your request."),
        _ => (
            "server_error",
            "null",
            "The server had an error while processing your request. Sorry about that!",
        ),
    };
    let body = fill!(
        r#"{"error": {"message": $message, "type": "$kind", "param": null, "code": $code}}"#,
        message = quote(message.unwrap_or(usual)),
        kind,
        code
    );
    let reply = Reply::new(status).header("content-type", "application/json; charset=utf-8");
    with_headers(reply.chunk(layout(&body, Layout::Pretty(4)) + "\n"), context)
}

pub fn error_event(path: &str) -> Vec<u8> {
    let message = "The server had an error processing your request. Sorry about that!";
    if path.ends_with("/responses") {
        let data = r#"{"type": "error", "sequence_number": 99, "code": "server_error", "message": $message, "param": null}"#;
        return event("error", &fill!(data, message = quote(message)));
    }
    let data = r#"{"error":{"message":$message,"type":"server_error","param":null,"code":null}}"#;
    format!("data: {}\n\n", fill!(data, message = quote(message))).into_bytes()
}
