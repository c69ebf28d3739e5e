//! Ollama: `/api/chat` and `/api/generate`, as lines of JSON or as one, and `/api/embed`.

use super::{
    ask::{Ask, pieces},
    context::Context,
    text::{Layout, layout, quote},
    wire::{Framing, Reply},
};
use serde_json::Value;

const LINE: &str = r#"{"model": $model, "created_at": $created, $said, "done": $done $end}"#;

const END: &str = r#", "done_reason": "$reason", "total_duration": $total, "load_duration": 120000000,
    "prompt_eval_count": $input, "prompt_eval_duration": 150000000, "eval_count": $output,
    "eval_duration": $eval"#;

pub fn talk(path: &str, ask: &Ask, body: &Value, context: &mut Context) -> Reply {
    let answer = ask.answer(context);
    let chat = path == "/api/chat";
    // What a line says, in the words of the one endpoint or the other.
    let said = |text: &str, thought: &str, calls: &str| {
        let thought =
            if thought.is_empty() { String::new() } else { format!(", \"thinking\": {}", quote(thought)) };
        let calls = if calls.is_empty() { String::new() } else { format!(", \"tool_calls\": [{calls}]") };
        if chat {
            format!("\"message\": {{\"role\": \"assistant\", \"content\": {}{thought}{calls}}}", quote(text))
        } else {
            format!("\"response\": {}{thought}", quote(text))
        }
    };
    let mut call = |(n, (name, arguments)): (usize, &(String, String))| {
        fill!(
            r#"{"id": $id, "function": {"index": $index, "name": $name, "arguments": $arguments}}"#,
            id = quote(&context.id("call_", 8).to_lowercase()),
            index = n,
            name = quote(name),
            arguments
        )
    };
    let calls: Vec<_> = answer.calls.iter().enumerate().map(&mut call).collect();
    let thought = answer.thought.as_deref().unwrap_or_default();
    let eval = 800_000_000 + context.random() % 900_000_000;
    let reason = if answer.cut_off { "length" } else { "stop" };
    let end = fill!(
        END,
        reason,
        total = eval + 270_000_000,
        input = ask.input_tokens,
        output = answer.tokens,
        eval
    );
    let line = |n: usize, said: &str, end: &str| {
        let created = quote(&context.rfc3339(n));
        let line = fill!(LINE, model = quote(&ask.model), created, said, done = !end.is_empty(), end);
        layout(&line, Layout::Compact).into_bytes()
    };
    // Unlike the others, Ollama streams unless told not to.
    if body["stream"] == false {
        let body = line(0, &said(&answer.text, thought, &calls.join(",")), &end);
        return with_headers(Reply::json(body).framing(Framing::Length), context)
            .header("content-type", "application/json; charset=utf-8");
    }
    let mut steps: Vec<String> = pieces(thought).into_iter().map(|piece| said("", piece, "")).collect();
    steps.extend(calls.iter().map(|call| said("", "", call)));
    steps.extend(pieces(&answer.text).into_iter().map(|piece| said(piece, "", "")));
    let mut lines: Vec<_> = steps.iter().enumerate().map(|(n, said)| line(n, said, "")).collect();
    lines.push(line(steps.len(), &said("", "", ""), &end));
    lines.iter_mut().for_each(|line| line.push(b'\n'));
    with_headers(Reply::new(200).header("content-type", "application/x-ndjson").chunks(lines), context)
}

pub fn with_headers(reply: Reply, context: &Context) -> Reply {
    reply.header("date", &context.http_date())
}

pub fn error(status: u16, message: Option<&str>) -> Reply {
    let usual = match status {
        404 => "model 'none' not found",
        429 => "too many requests",
        503 => "server busy, please try again. maximum pending requests exceeded",
        400..500 => "invalid request",
        _ => "llama runner process has terminated",
    };
    let reply = Reply::new(status).header("content-type", "application/json; charset=utf-8");
    reply.chunk(format!("{{\"error\":{}}}", quote(message.unwrap_or(usual)))).framing(Framing::Length)
}

pub fn error_event() -> Vec<u8> {
    b"{\"error\":\"an error was encountered while running the model\"}\n".to_vec()
}
