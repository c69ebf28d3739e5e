//! Gemini: `generateContent`, and `streamGenerateContent` as events or as one JSON array.

use super::{
    ask::{Ask, pieces},
    context::Context,
    text::{Layout, layout, quote},
    wire::{Reply, Seen},
};

const CHUNK: &str = r#"{
    "candidates": [{"content": {"parts": [$parts], "role": "model"} $finish, "index": 0}],
    "usageMetadata": {
        "promptTokenCount": $input $output, "totalTokenCount": $total,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": $input}] $thoughts
    },
    "modelVersion": $model,
    "responseId": $id
}"#;

fn with_headers(reply: Reply, context: &mut Context) -> Reply {
    let milliseconds = 200 + context.random() % 900;
    reply
        .header("date", &context.http_date())
        .header("server", "scaffolding on HTTPServer2")
        .header("server-timing", &format!("total;dur={milliseconds}"))
        .header("x-content-type-options", "nosniff")
}

/// `models/NAME:method` at the end of the path.
fn model(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or_default();
    quote(name.split(':').next().unwrap_or_default())
}

/// The answer in chunks. A streamed one gets a chunk for a few pieces of text, another gets a single chunk.
fn chunks(path: &str, ask: &Ask, streamed: bool, context: &mut Context) -> Vec<String> {
    let answer = ask.answer(context);
    let id = quote(&context.id("", 22));
    let mut parts = Vec::new();
    if let Some(thought) = &answer.thought {
        parts.push((format!("{{\"text\": {}, \"thought\": true}}", quote(thought)), 0));
    }
    for (n, (name, arguments)) in answer.calls.iter().enumerate() {
        let signature = format!(", \"thoughtSignature\": {}", quote(&(context.id("", 162) + "==")));
        let signature = if n == 0 && ask.think { signature } else { String::new() };
        let call =
            format!("{{\"functionCall\": {{\"name\": {}, \"args\": {arguments}}}{signature}}}", quote(name));
        parts.push((call, answer.tokens));
    }
    let all = pieces(&answer.text);
    let width = if streamed { 2 } else { all.len().max(1) };
    parts.extend(
        all.chunks(width).map(|some| (format!("{{\"text\": {}}}", quote(&some.concat())), some.len())),
    );
    if parts.is_empty() {
        parts.push((r#"{"text": ""}"#.to_owned(), 0));
    }
    let parts: Vec<_> = if streamed {
        parts
    } else {
        let joined = parts.into_iter().map(|(part, _)| part).collect::<Vec<_>>().join(", ");
        vec![(joined, answer.tokens - answer.thought_tokens)]
    };
    let (last, mut written) = (parts.len() - 1, 0);
    let chunk = |(n, (part, tokens)): (usize, (String, usize))| {
        // What has been used is told in every chunk, and grows.
        written = (written + tokens).min(answer.tokens - answer.thought_tokens);
        let finish = if answer.cut_off { "MAX_TOKENS" } else { "STOP" };
        let finish = if n == last { format!(", \"finishReason\": \"{finish}\"") } else { String::new() };
        let thoughts = format!(", \"thoughtsTokenCount\": {}", answer.thought_tokens);
        fill!(
            CHUNK,
            parts = part,
            finish,
            input = ask.input_tokens,
            output =
                if written > 0 { format!(", \"candidatesTokenCount\": {written}") } else { String::new() },
            total = ask.input_tokens + answer.thought_tokens + written,
            thoughts = if answer.thought_tokens > 0 { thoughts } else { String::new() },
            model = model(path),
            id
        )
    };
    parts.into_iter().enumerate().map(chunk).collect()
}

pub fn generate(path: &str, ask: &Ask, context: &mut Context) -> Reply {
    let body = layout(&chunks(path, ask, false, context).concat(), Layout::Pretty(2)) + "\n";
    with_headers(Reply::json(body).header("content-type", "application/json; charset=UTF-8"), context)
}

pub fn stream(seen: &Seen, ask: &Ask, context: &mut Context) -> Reply {
    let chunks = chunks(seen.path(), ask, true, context);
    let reply = if seen.query("alt") == Some("sse") {
        let events = chunks
            .iter()
            .map(|chunk| format!("data: {}\r\n\r\n", layout(chunk, Layout::Colons)).into_bytes());
        Reply::new(200).header("content-type", "text/event-stream").chunks(events.collect())
    } else {
        let before = |n| if n == 0 { "[" } else { ",\r\n" };
        let item = |(n, chunk): (usize, &String)| {
            format!("{}{}", before(n), layout(chunk, Layout::Pretty(2))).into_bytes()
        };
        let items = chunks.iter().enumerate().map(item).collect();
        Reply::new(200).header("content-type", "application/json; charset=UTF-8").chunks(items).chunk("\n]\n")
    };
    with_headers(reply, context)
}

pub fn error(status: u16, message: Option<&str>) -> Reply {
    let (name, usual) = match status {
        401 => ("UNAUTHENTICATED", "Request had invalid authentication credentials."),
        403 => ("PERMISSION_DENIED", "Permission denied: Consumer has been suspended."),
        404 => ("NOT_FOUND", "models/none is not found for API version v1beta."),
        429 => ("RESOURCE_EXHAUSTED", "Resource exhausted. Please try again later."),
        503 => ("UNAVAILABLE", "The model is overloaded. Please try again later."),
        400..500 => ("INVALID_ARGUMENT", "Request contains an invalid argument."),
        _ => ("INTERNAL", "An internal error has occurred."),
    };
    let body = fill!(
        r#"{"error": {"code": $code, "message": $message, "status": "$name"}}"#,
        code = status,
        message = quote(message.unwrap_or(usual)),
        name
    );
    let reply = Reply::new(status).header("content-type", "application/json; charset=UTF-8");
    reply.chunk(layout(&body, Layout::Pretty(2)) + "\n")
}

pub fn error_event(seen: &Seen, begun: bool) -> Vec<u8> {
    let error = r#"{"error": {"code": 503,"message": "The model is overloaded.","status": "UNAVAILABLE"}}"#;
    let text = match (seen.query("alt"), begun) {
        (Some("sse"), _) => format!("data: {error}\r\n\r\n"),
        (_, true) => format!(",\r\n{}\n]\n", layout(error, Layout::Pretty(2))),
        (_, false) => format!("[{}\n]\n", layout(error, Layout::Pretty(2))),
    };
    text.into_bytes()
}
