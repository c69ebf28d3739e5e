//! HTTP Archives of browsers, proxies and Polly.

use serde_json::{Value, json};

use super::{Ask, answers, import, imported};

fn entry(url: &str, response: &Value) -> Value {
    json!({
        "startedDateTime": "2025-07-24T07:54:11.066+02:00",
        "time": 12,
        "request": {"method": "GET", "url": url, "httpVersion": "HTTP/2", "headers": [{"name": ":authority", "value": "a"}, {"name": "accept", "value": "*/*"}]},
        "response": response,
    })
}

fn archive(entries: &[Value]) -> String {
    json!({"log": {"version": "1.2", "creator": {"name": "test", "version": "1"}, "entries": entries}})
        .to_string()
}

fn ask(url: &str) -> Ask {
    Ask { headers: vec![("accept".to_owned(), "*/*".to_owned())], ..Ask::get(url) }
}

#[tokio::test]
async fn an_archive_plays_text_bytes_streams_and_headers_that_come_twice() {
    let headers = |kind: &str| json!([{"name": "content-type", "value": kind}, {"name": "link", "value": "<a>"}, {"name": "Link", "value": "<b>"}]);
    let entries = [
        entry(
            "https://api.example.com/a",
            &json!({"status": 200, "httpVersion": "h2", "headers": headers("application/json"), "content": {"mimeType": "application/json", "size": 9, "text": "{ \"é\":1}\n"}}),
        ),
        entry(
            "https://api.example.com/b",
            &json!({"status": 200, "headers": headers("image/png"), "content": {"size": 3, "encoding": "base64", "text": "iVD/"}}),
        ),
        entry(
            "https://api.example.com/c",
            &json!({"status": 200, "headers": headers("text/event-stream"), "content": {"size": 18, "text": "data: 1\n\ndata: 2\n\n"}}),
        ),
        entry("https://api.example.com/d", &json!({"status": 204, "headers": [], "content": {"size": 0}})),
    ];
    let (folder, _) = imported("site.har", &archive(&entries));
    let asks = ["a", "b", "c", "d"].map(|path| ask(&format!("https://api.example.com/{path}")));
    let played = answers(&folder, "site.yaml", &asks).await;
    assert_eq!(played[0].text(), "{ \"é\":1}\n");
    assert_eq!(played[0].header("link"), ["<a>", "<b>"]);
    assert_eq!(played[1].body, b"\x89P\xff");
    assert_eq!(played[2].chunks, [9, 9]);
    assert_eq!((played[3].status, played[3].body.len()), (204, 0));
    let text = std::fs::read_to_string(folder.path().join("cassettes/site.yaml")).unwrap();
    assert!(text.contains("recorded_at: \"2025-07-24T05:54:11Z\""), "{text}");
}

#[tokio::test]
async fn what_polly_kept_compressed_is_taken_apart_in_either_of_its_spellings() {
    let headers = json!([{"name": "content-type", "value": "application/json"}, {"name": "content-encoding", "value": "gzip"}]);
    let hexadecimal = "[\"1f8b0800000000000203ab56ca4fca4a4d2e51b252cac92c2e51d2514a49\",\"2c4954b28a564aafca2c28484d5140a395626b01307c054134000000\"]";
    let base64 = "[\"H4sIAAAAAAACA6tWyk/KSk0uUbJSysksLlHSUUpJLElUsopWSq/KLChITVFAo5ViawEwfAVBNAAAAA==\"]";
    let entries = [
        entry(
            "https://api.example.com/a",
            &json!({"status": 200, "headers": headers, "content": {"size": 10, "_isBinary": true, "text": hexadecimal}}),
        ),
        entry(
            "https://api.example.com/b",
            &json!({"status": 200, "headers": headers, "content": {"size": 10, "encoding": "base64", "text": base64}}),
        ),
        entry(
            "https://api.example.com/c",
            &json!({"status": 200, "headers": headers, "content": {"size": 10, "text": "[\"not a piece\"]"}}),
        ),
    ];
    let (folder, ran) = imported("recordings/my-test_123/recording.har", &archive(&entries));
    assert!(ran.stdout.contains("cassettes/my-test.yaml"), "{}", ran.stdout);
    let asks = ["a", "b", "c"].map(|path| ask(&format!("https://api.example.com/{path}")));
    let played = answers(&folder, "my-test.yaml", &asks).await;
    for answer in &played[..2] {
        assert_eq!(answer.text(), r#"{"object":"list","data":["gzipped gzipped gzipped"]}"#);
    }
    assert_eq!(played[2].text(), "[\"not a piece\"]");
}

#[test]
fn entries_without_an_answer_or_a_body_are_named() {
    let mut form =
        entry("https://api.example.com/form", &json!({"status": 200, "headers": [], "content": {}}));
    form["request"]["postData"] =
        json!({"mimeType": "multipart/form-data", "params": [{"name": "a", "value": "b"}]});
    let mut bytes =
        entry("https://api.example.com/bytes", &json!({"status": 200, "headers": [], "content": {}}));
    bytes["request"]["bodySize"] = json!(16);
    bytes["request"]["postData"] = json!({"mimeType": "audio/mpeg", "params": []});
    let entries = [
        entry(
            "https://api.example.com/blocked",
            &json!({"status": 0, "headers": [], "content": {"size": 0}}),
        ),
        entry(
            "https://api.example.com/left-out",
            &json!({"status": 200, "headers": [], "content": {"size": 70_000, "mimeType": "video/mp4"}}),
        ),
        form,
        bytes,
        entry(
            "https://api.example.com/error",
            &json!({"status": 503, "headers": [], "content": {"text": "busy"}}),
        ),
    ];
    let (folder, ran) = import(&[("site.har", archive(&entries).as_bytes())], &[]);
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(ran.stdout, @r#"
    site.har: HAR, nothing to import
      refused: exchange 1 (GET https://api.example.com/blocked): it has no answer: the request was cut off or blocked
      refused: exchange 2 (GET https://api.example.com/left-out): the 70000 bytes of its body are not in the file
      refused: exchange 3 (GET https://api.example.com/form): the body of its request stands there as a list of fields, and its bytes are gone
      refused: exchange 4 (GET https://api.example.com/bytes): the 16 bytes of the body of its request are not in the file
      refused: exchange 5 (GET https://api.example.com/error): HTTP 503
    imported 0 exchanges of 0 files, refused 5
    hint: `--errors` imports answers with an error too
    "#);
    assert!(!folder.path().join("cassettes").exists());
}
