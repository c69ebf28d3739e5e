//! nock of its versions, which differ in how they write headers.

use serde_json::json;

use super::{Ask, answers, imported};

#[tokio::test]
async fn trees_text_digits_and_pieces_are_read() {
    let recorded = |path: &str, response: serde_json::Value, headers: serde_json::Value| json!({"scope": "https://api.example.com:443", "method": "GET", "path": path, "body": "", "status": 200, "response": response, "rawHeaders": headers});
    let zipped = "1f8b0800000000000203ab56ca4fca4a4d2e51b252cac92c2e51d2514a492c4954b28a564aafca2c28484d5140a395626b01307c054134000000";
    let mut binary = recorded("/c", json!("ff0001"), json!({"Content-Type": "image/png"}));
    binary["responseIsBinary"] = json!(true);
    let mut sent = recorded("/e", json!("ok"), json!(["Content-Type", "text/plain"]));
    sent["method"] = json!("POST");
    sent["body"] = json!("ff0002");
    sent["reqheaders"] = json!({"content-type": "audio/mpeg", "content-length": "3"});
    let mut old = recorded("/f", json!("old"), json!(null));
    old["headers"] = json!({"content-type": "text/plain"});
    let text = json!([
        recorded(
            "/a?q=1",
            json!({"b": [1, 2.50]}),
            json!(["Content-Type", "application/json", "Link", "<a>", "Link", "<b>"])
        ),
        recorded("/b", json!("data: 1\n\ndata: 2\n\n"), json!(["content-type", "text/event-stream"])),
        binary,
        recorded(
            "/d",
            json!([&zipped[..40], &zipped[40..]]),
            json!(["content-type", "application/json", "content-encoding", "gzip"])
        ),
        sent,
        old,
    ])
    .to_string();
    let (folder, ran) = imported("records.json", &text);
    insta::assert_snapshot!(ran.stdout, @r#"
    records.json → cassettes/records.yaml: nock, 6 exchanges
      lost in 1: the layout of JSON bodies: they are written without white space
      lost in 5: the headers of the request, some of which choose the answer
      lost in 1: where the chunks of a stream ended: it is cut between events
      lost in 6: when it was recorded: it counts as recorded now
    imported 6 exchanges of 1 file
    "#);
    let get = |path: &str| Ask::get(&format!("https://api.example.com/{path}"));
    let post = Ask {
        method: "POST".to_owned(),
        headers: vec![("content-type".to_owned(), "audio/mpeg".to_owned())],
        body: vec![255, 0, 2],
        ..get("e")
    };
    let asks = [get("a?q=1"), get("b"), get("c"), get("d"), post, get("f")];
    let played = answers(&folder, "records.yaml", &asks).await;
    assert_eq!(played[0].text(), r#"{"b":[1,2.5]}"#);
    assert_eq!(played[0].header("link"), ["<a>", "<b>"]);
    assert_eq!(played[1].chunks, [9, 9]);
    assert_eq!(played[2].body, [255, 0, 1]);
    assert_eq!(played[3].text(), r#"{"object":"list","data":["gzipped gzipped gzipped"]}"#);
    assert_eq!((played[4].text(), played[5].text()), ("ok".to_owned(), "old".to_owned()));
}
