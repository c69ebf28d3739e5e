//! Anthropic: messages.

use super::{
    ask::{Ask, pieces},
    context::Context,
    text::{Layout, event, layout, list, quote},
    wire::Reply,
};

const MESSAGE: &str = r#"{
    "model": $model, "id": $id, "type": "message", "role": "assistant", "content": $content,
    "stop_reason": $stop, "stop_sequence": null, "usage": $usage
}"#;

const USAGE: &str = r#"{
    "input_tokens": $input, "cache_creation_input_tokens": 0, "cache_read_input_tokens": $cached,
    "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
    "output_tokens": $output, "service_tier": "standard"
}"#;

fn with_headers(reply: Reply, context: &mut Context) -> Reply {
    let reset = context.rfc3339(0);
    let left = 1_000_000 + context.random() % 900_000;
    reply
        .header("date", &context.http_date())
        .header("server", "cloudflare")
        .header("anthropic-organization-id", "00000000-0000-4000-8000-000000000000")
        .header("anthropic-ratelimit-tokens-limit", "2000000")
        .header("anthropic-ratelimit-tokens-remaining", &left.to_string())
        .header("anthropic-ratelimit-tokens-reset", &reset)
        .header("request-id", &context.id("req_011C", 20))
        .header("cf-ray", &format!("{}-LHR", context.hex("", 16)))
}

/// A block of a message: as it begins, as it is in the end, and the deltas between.
struct Block {
    begun: String,
    done: String,
    deltas: Vec<String>,
}

fn delta(kind: &str, field: &str, text: &str) -> String {
    format!("{{\"type\": \"{kind}\", \"{field}\": {}}}", quote(text))
}

fn blocks(ask: &Ask, context: &mut Context) -> (Vec<Block>, &'static str, usize) {
    let answer = ask.answer(context);
    let mut blocks = Vec::new();
    if let Some(thought) = &answer.thought {
        let template = r#"{"type": "thinking", "thinking": $thought, "signature": $signature}"#;
        let signature = context.id("", 120) + "=";
        let mut deltas: Vec<_> =
            pieces(thought).into_iter().map(|piece| delta("thinking_delta", "thinking", piece)).collect();
        deltas.push(delta("signature_delta", "signature", &signature));
        let begun = fill!(template, thought = "\"\"", signature = "\"\"");
        blocks.push(Block {
            begun,
            done: fill!(template, thought = quote(thought), signature = quote(&signature)),
            deltas,
        });
    }
    for (name, arguments) in &answer.calls {
        let id = quote(&context.id("toolu_01", 22));
        let template = r#"{"type": "tool_use", "id": $id, "name": $name, "input": $input}"#;
        let block = |input: &str| fill!(template, id, name = quote(name), input);
        let partial = |piece| delta("input_json_delta", "partial_json", piece);
        let deltas = [""].into_iter().chain(pieces(arguments)).map(partial).collect();
        blocks.push(Block { begun: block("{}"), done: block(arguments), deltas });
    }
    if answer.calls.is_empty() {
        let block = |text: &str| format!("{{\"type\": \"text\", \"text\": {}}}", quote(text));
        let deltas =
            pieces(&answer.text).into_iter().map(|piece| delta("text_delta", "text", piece)).collect();
        blocks.push(Block { begun: block(""), done: block(&answer.text), deltas });
    }
    let stop = match (answer.calls.is_empty(), answer.cut_off) {
        (false, _) => "tool_use",
        (true, true) => "max_tokens",
        (true, false) => "end_turn",
    };
    (blocks, stop, answer.tokens)
}

pub fn messages(ask: &Ask, context: &mut Context) -> Reply {
    let (blocks, stop, tokens) = blocks(ask, context);
    let id = quote(&context.id("msg_01", 22));
    // Anthropic counts cached tokens beside the others.
    let (input, cached) = (ask.input_tokens - ask.cached_tokens, ask.cached_tokens);
    let message = |content: &str, stop: &str, output: usize| {
        let usage = fill!(USAGE, input, cached, output);
        fill!(MESSAGE, model = quote(&ask.model), id, content, stop, usage)
    };
    if !ask.stream {
        let content = list(&blocks.into_iter().map(|block| block.done).collect::<Vec<_>>());
        let body = layout(&message(&content, &quote(stop), tokens), Layout::Compact);
        return with_headers(Reply::json(body), context);
    }
    let mut events = Vec::new();
    let mut send = |kind: &str, fields: &str, context: &mut Context| {
        let mut event = event(kind, &format!("{{\"type\": \"{kind}\"{fields}}}"));
        if context.obfuscate {
            let spaces = vec![b' '; context.random() as usize % 15];
            let end = event.len() - b"}\n\n".len();
            event.splice(end..end, spaces);
        }
        events.push(event);
    };
    send("message_start", &format!(", \"message\": {}", message("[]", "null", 1)), context);
    for (n, block) in blocks.iter().enumerate() {
        let fields = format!(", \"index\": {n}, \"content_block\": {}", block.begun);
        send("content_block_start", &fields, context);
        if n == 0 {
            send("ping", "", context);
        }
        for delta in &block.deltas {
            send("content_block_delta", &format!(", \"index\": {n}, \"delta\": {delta}"), context);
        }
        send("content_block_stop", &format!(", \"index\": {n}"), context);
    }
    let fields = fill!(
        r#", "delta": {"stop_reason": "$stop", "stop_sequence": null}, "usage": {"input_tokens": $input,
            "cache_creation_input_tokens": 0, "cache_read_input_tokens": $cached, "output_tokens": $output}"#,
        stop,
        input,
        cached,
        output = tokens
    );
    send("message_delta", &fields, context);
    send("message_stop", "", context);
    let reply = Reply::new(200).header("content-type", "text/event-stream; charset=utf-8");
    with_headers(reply.header("cache-control", "no-cache").chunks(events), context)
}

pub fn error(status: u16, message: Option<&str>, context: &mut Context) -> Reply {
    let (kind, usual) = match status {
        401 => ("authentication_error", "invalid x-api-key"),
        403 => ("permission_error", "Your API key does not have permission to use the specified resource."),
        404 => ("not_found_error", "model: none"),
        429 => ("rate_limit_error", "This request would exceed your organization's rate limit."),
        529 => ("overloaded_error", "Overloaded"),
        400..500 => ("invalid_request_error", "messages: Field required"),
        _ => ("api_error", "Internal server error"),
    };
    let id = context.id("req_011C", 20);
    let body = fill!(
        r#"{"type":"error","error":{"type":"$kind","message":$message},"request_id":$id}"#,
        kind,
        message = quote(message.unwrap_or(usual)),
        id = quote(&id)
    );
    let retry = if status == 429 || status >= 500 { "true" } else { "false" };
    let reply = Reply::new(status).header("content-type", "application/json").chunk(body);
    with_headers(reply, context).header("request-id", &id).header("x-should-retry", retry)
}

pub fn error_event() -> Vec<u8> {
    event("error", r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#)
}
