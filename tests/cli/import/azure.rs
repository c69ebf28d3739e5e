//! The test proxy of Azure's SDKs.

use super::{Ask, answers, import};

#[tokio::test]
async fn trees_text_lines_and_bytes_are_read() {
    let text = r#"{"Entries": [
      {"RequestUri": "https://me.openai.azure.com/openai/deployments/gpt/chat/completions?api-version=2024-02-01", "RequestMethod": "POST",
       "RequestHeaders": {"Accept": "application/json", "Content-Type": "application/json"}, "RequestBody": {"messages": [], "temperature": 0.0},
       "StatusCode": 200, "ResponseHeaders": {"Content-Type": "application/json", "Date": "Thu, 01 Aug 2024 10:11:12 GMT", "Link": ["<a>", "<b>"]}, "ResponseBody": {"id": "1", "choices": []}},
      {"RequestUri": "https://me.openai.azure.com/b", "RequestMethod": "GET", "RequestHeaders": {"Accept": "text/event-stream"}, "RequestBody": null,
       "StatusCode": 200, "ResponseHeaders": {"Content-Type": "text/event-stream"}, "ResponseBody": ["data: 1\n", "\n", "data: 2\n", "\n"]},
      {"RequestUri": "https://me.openai.azure.com/c", "RequestMethod": "GET", "RequestHeaders": {"Accept": "*/*"}, "RequestBody": null,
       "StatusCode": 200, "ResponseHeaders": {"Content-Type": "audio/mpeg"}, "ResponseBody": "/wAB"},
      {"RequestUri": "https://me.openai.azure.com/d", "RequestMethod": "GET", "RequestHeaders": {"Accept": "*/*"}, "RequestBody": null,
       "StatusCode": 200, "ResponseHeaders": {"Content-Type": "audio/mpeg"}, "ResponseBody": "not base64!"}
    ], "Variables": {}}"#;
    let (folder, ran) = import(&[("test_chat.json", text.as_bytes())], &[]);
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(ran.stdout, @r#"
    test_chat.json → cassettes/test_chat.yaml: Azure test-proxy, 3 exchanges
      lost in 1: the layout of JSON bodies: they are written without white space
      lost in 1: where the chunks of a stream ended: it is cut between events
      lost in 2: when it was recorded: it counts as recorded now
      refused: exchange 4: a body that is not text is not base64
    imported 3 exchanges of 1 file, refused 1
    "#);
    let get = |path: &str, accept: &str| Ask {
        headers: vec![("accept".to_owned(), accept.to_owned())],
        ..Ask::get(&format!("https://me.openai.azure.com/{path}"))
    };
    let mut chat = Ask::json(
        "https://me.openai.azure.com/openai/deployments/gpt/chat/completions?api-version=2024-02-01",
        r#"{"messages":[],"temperature":0.0}"#,
    );
    chat.headers.push(("accept".to_owned(), "application/json".to_owned()));
    let asks = [chat, get("b", "text/event-stream"), get("c", "*/*")];
    let played = answers(&folder, "test_chat.yaml", &asks).await;
    assert_eq!(played[0].text(), r#"{"id":"1","choices":[]}"#);
    assert_eq!(played[0].header("link"), ["<a>", "<b>"]);
    assert_eq!(played[1].chunks, [9, 9]);
    assert_eq!(played[2].body, [255, 0, 1]);
}
