//! Stub mappings of WireMock.

use serde_json::{Value, json};

use super::{Ask, answers, import};

#[tokio::test]
async fn mappings_that_say_what_was_sent_become_exchanges_and_the_others_are_named() {
    let headers = json!({"Content-Type": {"equalTo": "application/json"}, "X-Other": {"contains": "a"}});
    let post = |url: &str, pattern: Value, response: Value| json!({"id": "8c5d", "request": {"method": "POST", "url": url, "headers": headers, "bodyPatterns": [pattern]}, "response": response});
    let kind = |kind: &str| json!({"Content-Type": kind, "Link": ["<a>", "<b>"]});
    let text = json!({"mappings": [
        post("/v1/a", json!({"equalToJson": "{ \"a\": 1 }", "ignoreArrayOrder": true}), json!({"status": 200, "jsonBody": {"b": 2}, "headers": kind("application/json")})),
        post("/v1/b", json!({"equalToJson": {"a": 1}}), json!({"status": 200, "body": "data: 1\n\ndata: 2\n\n", "headers": kind("text/event-stream")})),
        {"request": {"method": "GET", "urlPath": "/v1/c", "queryParameters": {"q": {"equalTo": "a b"}}}, "response": {"status": 200, "base64Body": "/wAB", "headers": {"Content-Type": "image/png"}}},
        {"request": {"method": "GET", "urlPattern": "/v1/.*"}, "response": {"status": 200}},
        {"request": {"method": "GET", "url": "/v1/d"}, "response": {"status": 200, "bodyFileName": "body-d.json"}},
        post("/v1/e", json!({"matchesJsonPath": "$.a"}), json!({"status": 200})),
    ]})
    .to_string();
    let (folder, ran) =
        import(&[("stubs.json", text.as_bytes())], &["--base-url", "https://api.example.com"]);
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(ran.stdout, @r#"
    stubs.json → cassettes/stubs.yaml: WireMock, 3 exchanges
      lost in 2: the layout of JSON bodies: they are written without white space
      lost in 1: the headers of the request, some of which choose the answer
      lost in 3: the host: it is taken from `--base-url`, or from the provider who has such paths
      lost in 2: the request: the file has what was to match, not what was sent
      lost in 1: where the chunks of a stream ended: it is cut between events
      lost in 3: when it was recorded: it counts as recorded now
      refused: exchange 4: its path is a pattern, so that nobody knows what was asked
      refused: exchange 5 (GET /v1/d): its body is in another file, `body-d.json` of the folder `__files`
      refused: exchange 6 (POST /v1/e): its body has to be like something, so that nobody knows what was sent
    imported 3 exchanges of 1 file, refused 3
    "#);
    let asks = [
        Ask::json("https://api.example.com/v1/a", "{ \"a\": 1 }"),
        Ask::json("https://api.example.com/v1/b", "{\"a\":1}"),
        Ask::get("https://api.example.com/v1/c?q=a%20b"),
    ];
    let played = answers(&folder, "stubs.yaml", &asks).await;
    assert_eq!((played[0].text().as_str(), played[0].header("link")), ("{\"b\":2}", vec!["<a>", "<b>"]));
    assert_eq!(played[1].chunks, [9, 9]);
    assert_eq!(played[2].body, [255, 0, 1]);
}

#[test]
fn a_file_with_one_mapping_is_read_too() {
    let text = json!({"request": {"method": "GET", "url": "/a"}, "response": {"status": 200, "body": "a"}})
        .to_string();
    let (_, ran) = import(&[("one.json", text.as_bytes())], &["--base-url", "https://api.example.com"]);
    assert_eq!(ran.code, 0, "{}", ran.stdout);
}
