//! OpenAI: responses.

use super::{
    ask::{Answer, Ask, pieces},
    context::Context,
    openai::{dated, pretty, sse, usage},
    text::{event, list, quote},
    wire::Reply,
};
use serde_json::Value;

const RESPONSE: &str = r#"{
    "id": $id, "object": "response", "created_at": $created, "status": "$status", "background": false,
    "error": null, "incomplete_details": $incomplete, "instructions": $instructions,
    "max_output_tokens": null, "max_tool_calls": null, "model": $model, "output": $output,
    "parallel_tool_calls": true, "previous_response_id": $previous,
    "reasoning": {"effort": null, "summary": null}, "service_tier": "default", "store": true,
    "temperature": 1.0, "text": {"format": {"type": "text"}, "verbosity": "medium"},
    "tool_choice": "auto", "tools": $tools, "top_logprobs": 0, "top_p": 1.0,
    "truncation": "disabled", "usage": $usage, "user": null, "metadata": {}
}"#;

const RESPONSE_USAGE: &str = r#"{
    "input_tokens": $input, "input_tokens_details": {"cached_tokens": $cached},
    "output_tokens": $output, "output_tokens_details": {"reasoning_tokens": $thought}, "total_tokens": $total
}"#;

/// An item of a response's output, and what a stream tells of it between its beginning and its end.
struct Item {
    /// The item as it begins and as it ends.
    begun: String,
    done: String,
    /// ErrorKind of event, and its fields beside the item's id and index.
    events: Vec<(&'static str, String)>,
    id: String,
}

fn text_item(answer: &Answer, context: &mut Context) -> Item {
    let id = quote(&context.hex("msg_", 50));
    let part = |text: &str| {
        fill!(
            r#"{"type": "output_text", "annotations": [], "logprobs": [], "text": $text}"#,
            text = quote(text)
        )
    };
    let item = |status: &str, content: &str| {
        let template = r#"{"id": $id, "type": "message", "status": "$status", "content": [$content], "role": "assistant"}"#;
        fill!(template, id, status, content)
    };
    let mut events =
        vec![("response.content_part.added", format!("\"content_index\": 0, \"part\": {}", part("")))];
    for piece in pieces(&answer.text) {
        let fields = format!("\"content_index\": 0, \"delta\": {}, \"logprobs\": []", quote(piece));
        events.push(("response.output_text.delta", fields));
    }
    let text = quote(&answer.text);
    events.push((
        "response.output_text.done",
        format!("\"content_index\": 0, \"text\": {text}, \"logprobs\": []"),
    ));
    let fields = format!("\"content_index\": 0, \"part\": {}", part(&answer.text));
    events.push(("response.content_part.done", fields));
    let status = if answer.cut_off { "incomplete" } else { "completed" };
    Item { begun: item("in_progress", ""), done: item(status, &part(&answer.text)), events, id }
}

fn call_item(name: &str, arguments: &str, context: &mut Context) -> Item {
    let (id, call_id) = (quote(&context.hex("fc_", 50)), quote(&context.id("call_", 24)));
    let item = |status: &str, arguments: &str| {
        fill!(
            r#"{"id": $id, "type": "function_call", "status": "$status", "arguments": $arguments,
                "call_id": $call, "name": $name}"#,
            id,
            status,
            arguments = quote(arguments),
            call = call_id,
            name = quote(name)
        )
    };
    let delta = |piece| ("response.function_call_arguments.delta", format!("\"delta\": {}", quote(piece)));
    let mut events: Vec<_> = pieces(arguments).into_iter().map(delta).collect();
    events.push(("response.function_call_arguments.done", format!("\"arguments\": {}", quote(arguments))));
    Item { begun: item("in_progress", ""), done: item("completed", arguments), events, id }
}

fn thought_item(thought: &str, context: &mut Context) -> Item {
    let id = quote(&context.hex("rs_", 50));
    let part = |text: &str| fill!(r#"{"type": "summary_text", "text": $text}"#, text = quote(text));
    let item =
        |summary: &str| fill!(r#"{"id": $id, "type": "reasoning", "summary": [$part]}"#, id, part = summary);
    let fields = |name: &str, value: &str| format!("\"summary_index\": 0, \"{name}\": {value}");
    let mut events = vec![("response.reasoning_summary_part.added", fields("part", &part("")))];
    for piece in pieces(thought) {
        events.push(("response.reasoning_summary_text.delta", fields("delta", &quote(piece))));
    }
    events.push(("response.reasoning_summary_text.done", fields("text", &quote(thought))));
    events.push(("response.reasoning_summary_part.done", fields("part", &part(thought))));
    Item { begun: item(""), done: item(&part(thought)), events, id }
}

pub fn responses(body: &Value, ask: &Ask, context: &mut Context) -> Reply {
    let answer = ask.answer(context);
    let id = quote(&context.hex("resp_", 50));
    let mut items: Vec<Item> = answer.thought.iter().map(|thought| thought_item(thought, context)).collect();
    for (name, arguments) in &answer.calls {
        items.push(call_item(name, arguments, context));
    }
    if answer.calls.is_empty() {
        items.push(text_item(&answer, context));
    }
    let created = context.unix_time();
    let response = |status: &str, output: &str, usage: &str| {
        let why = if status == "incomplete" { "{\"reason\": \"max_output_tokens\"}" } else { "null" };
        let tools = if body["tools"].is_array() { body["tools"].to_string() } else { "[]".to_owned() };
        fill!(
            RESPONSE,
            id,
            created,
            status,
            incomplete = why,
            instructions = body["instructions"],
            model = dated(&ask.model),
            output,
            previous = body["previous_response_id"],
            tools,
            usage
        )
    };
    let output = list(&items.iter().map(|item| item.done.clone()).collect::<Vec<_>>());
    let status = if answer.cut_off { "incomplete" } else { "completed" };
    let whole = response(status, &output, &usage(RESPONSE_USAGE, ask, &answer));
    if !ask.stream {
        return pretty(&whole, context);
    }
    let mut events = Vec::new();
    let mut send = |kind: &str, fields: &str| {
        let number = events.len();
        let data = format!("{{\"type\": \"{kind}\", \"sequence_number\": {number}, {fields}}}");
        events.push(event(kind, &data));
    };
    let begun = format!("\"response\": {}", response("in_progress", "[]", "null"));
    send("response.created", &begun);
    send("response.in_progress", &begun);
    for (n, item) in items.iter().enumerate() {
        send("response.output_item.added", &format!("\"output_index\": {n}, \"item\": {}", item.begun));
        for (kind, fields) in &item.events {
            send(kind, &format!("\"item_id\": {}, \"output_index\": {n}, {fields}", item.id));
        }
        send("response.output_item.done", &format!("\"output_index\": {n}, \"item\": {}", item.done));
    }
    send(&format!("response.{status}"), &format!("\"response\": {whole}"));
    sse(events, context)
}
