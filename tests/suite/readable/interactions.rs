//! Google's Interactions API.

use super::*;

fn call(body: &str, events: &str) -> Call {
    let events = lines(events).map(|event| {
        let (_, name) = event.split_once(r#""event_type":""#).unwrap();
        format!("event: {}\ndata: {event}\n\n", name.split('"').next().unwrap()).into_bytes()
    });
    let chunks = events.chain([b"event: done\ndata: [DONE]\n\n".to_vec()]).collect();
    let reply = Reply::new(200).header("content-type", "text/event-stream").chunks(chunks);
    let url = "http://generativelanguage.googleapis.com/v1beta/interactions";
    let headers = &[("x-goog-api-key", "test"), ("api-revision", "2026-05-20")];
    Call { url, headers, body: flat(body), reply }
}

#[tokio::test]
async fn interactions_stream_a_tool_call_and_go_on_from_it() {
    let asks = call(
        r#"{
            "model":"gemini-3-flash-preview",
            "input":"How is the weather in Bergen?",
            "generation_config":{"thinking_level":"low","thinking_summaries":"auto"},
            "tools":[{"type":"function","name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}],
            "stream":true
        }"#,
        r#"
            {"interaction":{"id":"v1_Chd1Q2Vu","status":"in_progress","object":"interaction","model":"gemini-3-flash-preview"},"event_type":"interaction.created"}
            {"interaction_id":"v1_Chd1Q2Vu","status":"in_progress","event_type":"interaction.status_update"}
            {"index":0,"step":{"type":"thought"},"event_type":"step.start"}
            {"index":0,"delta":{"content":{"text":"The user asks for the weather. ","type":"text"},"type":"thought_summary"},"event_type":"step.delta"}
            {"index":0,"delta":{"content":{"text":"There is a tool for it.","type":"text"},"type":"thought_summary"},"event_type":"step.delta"}
            {"index":0,"delta":{"signature":"CiQBDDnWx2Ccq04K8Yfw","type":"thought_signature"},"event_type":"step.delta"}
            {"index":0,"event_type":"step.stop"}
            {"index":1,"step":{"id":"ktr5aysg","type":"function_call","name":"get_weather","arguments":{}},"event_type":"step.start"}
            {"index":1,"delta":{"arguments":"{\"city\":","type":"arguments_delta"},"event_type":"step.delta"}
            {"index":1,"delta":{"arguments":"\"Bergen\"}","type":"arguments_delta"},"event_type":"step.delta"}
            {"index":1,"event_type":"step.stop"}
            {"interaction":{"id":"v1_Chd1Q2Vu","status":"requires_action","usage":{"total_tokens":95,"total_input_tokens":58,"total_cached_tokens":0,"total_output_tokens":16,"total_tool_use_tokens":0,"total_thought_tokens":21},"object":"interaction","model":"gemini-3-flash-preview"},"event_type":"interaction.completed"}
        "#,
    );
    let goes_on = call(
        r#"{
            "model":"gemini-3-flash-preview",
            "previous_interaction_id":"v1_Chd1Q2Vu",
            "input":[{"type":"function_result","call_id":"ktr5aysg","name":"get_weather","result":"4 degrees, rain"}],
            "stream":true
        }"#,
        r#"
            {"interaction":{"id":"v1_Chd1Q2Vv","status":"in_progress","object":"interaction","model":"gemini-3-flash-preview"},"event_type":"interaction.created"}
            {"index":0,"step":{"type":"model_output"},"event_type":"step.start"}
            {"index":0,"delta":{"text":"It rains in Bergen","type":"text"},"event_type":"step.delta"}
            {"index":0,"delta":{"text":", and it is four","type":"text"},"event_type":"step.delta"}
            {"index":0,"delta":{"text":" degrees.","type":"text"},"event_type":"step.delta"}
            {"index":0,"event_type":"step.stop"}
            {"interaction":{"id":"v1_Chd1Q2Vv","status":"completed","usage":{"total_tokens":92,"total_input_tokens":80,"total_cached_tokens":0,"total_output_tokens":12,"total_tool_use_tokens":0,"total_thought_tokens":0},"object":"interaction","model":"gemini-3-flash-preview"},"event_type":"interaction.completed"}
        "#,
    );
    reads_as("interactions_stream_a_tool_call_and_go_on_from_it", &[asks, goes_on]).await;
}
