//! The test agent of Datadog's tracers.

use super::{Ask, answers, imported};

#[tokio::test]
async fn one_exchange_a_file_is_read_with_its_one_value_a_header() {
    let text = r#"{"request": {"method": "POST", "url": "https://api.mistral.ai/v1/chat/completions", "headers": {"Content-Type": "application/json", "Accept": "text/event-stream"}, "body": "{\"model\": \"m\"}"},
      "response": {"status": {"code": 200, "message": "OK"}, "headers": {"Content-Type": "text/event-stream", "Content-Encoding": "gzip", "Date": "Mon, 20 Jul 2026 16:58:37 GMT"},
        "body": "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"é\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"}}"#;
    let (folder, ran) = imported("mistral_post_20aa.json", text);
    insta::assert_snapshot!(ran.stdout, @r#"
    mistral_post_20aa.json → cassettes/mistral_post_20aa.yaml: dd-apm-test-agent, 1 exchange
      lost in 1: headers that came more than once, but for one value
      lost in 1: where the chunks of a stream ended: it is cut between events
    imported 1 exchange of 1 file
    "#);
    let mut ask = Ask::json("https://api.mistral.ai/v1/chat/completions", "{\"model\": \"m\"}");
    ask.headers.push(("accept".to_owned(), "text/event-stream".to_owned()));
    let played = answers(&folder, "mistral_post_20aa.yaml", &[ask]).await.remove(0);
    assert_eq!(played.chunks.len(), 2);
    assert!(played.text().ends_with("data: [DONE]\n\n"));
    let written = std::fs::read_to_string(folder.path().join("cassettes/mistral_post_20aa.yaml")).unwrap();
    assert!(written.contains("recorded_at: \"2026-07-20T16:58:37Z\""), "{written}");
}
