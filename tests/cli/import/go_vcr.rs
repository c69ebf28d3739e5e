//! go-vcr of its four versions.

use super::{Ask, answers, imported};

#[tokio::test]
async fn the_first_form_with_a_stream_and_takes_is_read() {
    let interaction = |answer: &str, kind: &str| {
        format!(
            "- request:\n    body: '{{\"a\":1}}'\n    form: {{}}\n    headers:\n      Content-Type:\n      - application/json\n    \
             url: https://api.example.com/v1/a\n    method: POST\n  response:\n    body: {answer}\n    headers:\n      Content-Type:\n      \
             - {kind}\n      Date:\n      - Mon, 06 Jan 2025 19:50:30 GMT\n    status: 200 OK\n    code: 200\n    duration: 1.2s\n"
        )
    };
    let text = format!(
        "---\nversion: 1\ninteractions:\n{}{}",
        interaction("\"{ \\\"b\\\": 1 }\\n\"", "application/json"),
        interaction("\"data: 1\\n\\ndata: 2\\n\\n\"", "text/event-stream")
    );
    let (folder, ran) = imported("chat.yaml", &text);
    assert!(ran.stdout.contains("go-vcr, 2 exchanges"), "{}", ran.stdout);
    let ask = Ask::json("https://api.example.com/v1/a", "{\"a\":1}");
    let played = answers(&folder, "chat.yaml", &[ask.clone(), ask]).await;
    assert_eq!(played[0].text(), "{ \"b\": 1 }\n");
    assert_eq!(played[1].chunks, [9, 9]);
}

#[tokio::test]
async fn later_forms_with_bytes_and_headers_that_come_twice_are_read() {
    let text = r#"---
version: 2
interactions:
    - id: 0
      request:
        proto: HTTP/1.1
        proto_major: 1
        proto_minor: 1
        content_length: 3
        transfer_encoding: []
        trailer: {}
        host: api.example.com
        remote_addr: ""
        request_uri: ""
        body: !!binary /wAB
        form: {}
        headers:
            Content-Type:
                - application/octet-stream
        url: https://api.example.com/v1/blob
        method: PUT
      response:
        proto: HTTP/2.0
        proto_major: 2
        proto_minor: 0
        transfer_encoding: []
        trailer: {}
        content_length: -1
        uncompressed: true
        body: !!binary iVBORw0KGgr/
        headers:
            Content-Type:
                - image/png
            Link:
                - <a>
                - <b>
        status: 201 Created
        code: 201
        duration: 312.5ms
"#;
    let (folder, _) = imported("blob.yaml", text);
    let ask = Ask {
        method: "PUT".to_owned(),
        url: "https://api.example.com/v1/blob".to_owned(),
        headers: vec![("content-type".to_owned(), "application/octet-stream".to_owned())],
        body: vec![255, 0, 1],
    };
    let played = answers(&folder, "blob.yaml", &[ask]).await.remove(0);
    assert_eq!((played.status, played.body.as_slice()), (201, b"\x89PNG\r\n\x1a\n\xff".as_slice()));
    assert_eq!(played.header("link"), ["<a>", "<b>"]);
}
