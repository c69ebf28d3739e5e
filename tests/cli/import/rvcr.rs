//! rvcr and reqwest-vcr, through `vcr-cassette`.

use super::{Ask, answers, imported};

#[tokio::test]
async fn text_streams_and_bytes_without_padding_are_read() {
    let text = r#"{"http_interactions": [
      {"request": {"uri": "https://api.example.com/v1/a", "body": {"encoding": null, "string": "{\"a\":1}"}, "method": "post", "headers": {"content-type": ["application/json"]}},
       "response": {"body": {"encoding": null, "string": "data: 1\n\ndata: 2\n\n"}, "http_version": "1.1", "status": {"code": 200, "message": "OK"}, "headers": {"content-type": ["text/event-stream"]}},
       "recorded_at": "Thu, 01 Aug 2024 10:11:12 +0000"},
      {"request": {"uri": "https://api.example.com/v1/b", "body": "", "method": "get", "headers": {}},
       "response": {"body": {"encoding": "base64", "string": "/wABAg"}, "http_version": null, "status": {"code": 200, "message": "OK"}, "headers": {"content-type": ["image/png"]}},
       "recorded_at": "Thu, 01 Aug 2024 10:11:13 +0000"}
    ], "recorded_with": "rVCR 0.2.1"}"#;
    let (folder, ran) = imported("chat.vcr.json", text);
    insta::assert_snapshot!(ran.stdout, @r#"
    chat.vcr.json → cassettes/chat.vcr.yaml: rvcr, 2 exchanges
      lost in 2: headers that came more than once, but for one value
      lost in 1: the headers of the request, some of which choose the answer
      lost in 1: where the chunks of a stream ended: it is cut between events
    imported 2 exchanges of 1 file
    "#);
    let asks =
        [Ask::json("https://api.example.com/v1/a", "{\"a\":1}"), Ask::get("https://api.example.com/v1/b")];
    let played = answers(&folder, "chat.vcr.yaml", &asks).await;
    assert_eq!(played[0].chunks, [9, 9]);
    assert_eq!(played[1].body, [255, 0, 1, 2]);
}
