//! VCR for Ruby of the versions that differ, in YAML and JSON.

use super::{Ask, answers, imported};

const YAML: &str = r#"---
http_interactions:
- request:
    method: post
    uri: https://api.openai.com/v1/embeddings
    body:
      encoding: UTF-8
      string: '{"model":"text-embedding-3-small","input":"a"}'
    headers: &1
      Content-Type:
      - application/json
      Authorization:
      - Bearer <OPENAI_ACCESS_TOKEN>
  response:
    status:
      code: 200
      message: OK
    headers:
      Content-Type:
      - application/json
      Vary:
      - Accept
      - Origin
      Link:
      - <https://a.test>; rel=a
      - <https://b.test>; rel=b
    body:
      encoding: ASCII-8BIT
      string: |
        {
          "object": "list",
          "data": []
        }
  recorded_at: Mon, 10 Feb 2025 10:15:54 GMT
- request:
    method: post
    uri: https://api.openai.com/v1/audio/speech
    body:
      encoding: UTF-8
      string: '{"model":"tts-1","input":"a"}'
    headers: *1
  response:
    status:
      code: 200
      message: OK
    headers:
      Content-Type:
      - audio/mpeg
    body:
      encoding: ASCII-8BIT
      string: !binary |-
        //PExAAAAANIAAAAAExB
  recorded_at: Mon, 10 Feb 2025 10:15:55 GMT
- request:
    method: get
    uri: https://api.openai.com/v1/models
    body:
      encoding: US-ASCII
      string: ''
    headers: {}
  response:
    status:
      code: 200
      message: OK
    headers:
      Content-Type:
      - application/json
      Content-Encoding:
      - gzip
    body:
      encoding: ASCII-8BIT
      base64_string: |
        H4sIAAAAAAACA6tWyk/KSk0uUbJSysksLlHSUUpJLElUsopWSq/KLChITVFA
        o5ViawEwfAVBNAAAAA==
  recorded_at: Mon, 10 Feb 2025 10:15:56 GMT
recorded_with: VCR 6.1.0
"#;

#[tokio::test]
async fn a_cassette_of_ruby_plays_text_bytes_and_what_was_compressed() {
    let (folder, ran) = imported("speech.yml", YAML);
    insta::assert_snapshot!(ran.stdout, @r#"
    speech.yml → cassettes/speech.yaml: VCR, 3 exchanges
      lost in 1: the headers of the request, some of which choose the answer
    imported 3 exchanges of 1 file
    "#);
    let asks = [
        Ask::json(
            "https://api.openai.com/v1/embeddings",
            r#"{"model":"text-embedding-3-small","input":"a"}"#,
        ),
        Ask::json("https://api.openai.com/v1/audio/speech", r#"{"model":"tts-1","input":"a"}"#),
        Ask::get("https://api.openai.com/v1/models"),
    ];
    let played = answers(&folder, "speech.yaml", &asks).await;
    assert_eq!(played[0].text(), "{\n  \"object\": \"list\",\n  \"data\": []\n}\n");
    assert_eq!(played[0].header("link").len(), 2);
    assert_eq!(played[1].body, b"\xff\xf3\xc4\xc4\x00\x00\x00\x03H\x00\x00\x00\x00LA");
    assert_eq!(played[2].text(), r#"{"object":"list","data":["gzipped gzipped gzipped"]}"#);
    let text = std::fs::read_to_string(folder.path().join("cassettes/speech.yaml")).unwrap();
    assert!(text.contains("recorded_at: \"2025-02-10T10:15:54Z\""), "{text}");
}

#[tokio::test]
async fn a_stream_of_ruby_with_odd_line_ends_stays_as_it_is() {
    let text = "---\nhttp_interactions:\n- request:\n    method: get\n    uri: https://api.example.com/events\n    body: {encoding: US-ASCII, \
                string: ''}\n    headers:\n      Accept: ['*/*']\n  response:\n    status: {code: 200, message: null}\n    headers:\n      \
                content-type: [text/event-stream]\n    body:\n      encoding: UTF-8\n      string: \"data: a\\r\\n\\r\\n: note\\n\\ndata: \
                b\\n\\n\"\n    http_version: null\n  recorded_at: Mon, 10 Feb 2025 10:15:54 GMT\nrecorded_with: VCR 4.0.0\n";
    let (folder, _) = imported("events.yml", text);
    let mut ask = Ask::get("https://api.example.com/events");
    ask.headers.push(("accept".to_owned(), "*/*".to_owned()));
    let played = answers(&folder, "events.yaml", &[ask]).await.remove(0);
    assert_eq!(played.text(), "data: a\r\n\r\n: note\n\ndata: b\n\n");
    assert!(played.chunks.len() > 1, "{:?}", played.chunks);
}

#[tokio::test]
async fn the_first_form_with_its_ruby_structs_is_read() {
    let text = "--- \n- !ruby/struct:VCR::HTTPInteraction \n  request: !ruby/struct:VCR::Request \n    method: :post\n    uri: \
                https://api.example.com:443/a\n    body: x=1\n    headers: \n      content-type: \n      - text/plain\n  response: \
                !ruby/struct:VCR::Response \n    status: !ruby/struct:VCR::ResponseStatus \n      code: 200\n      message: OK\n    \
                headers: \n      content-type: \n      - text/html\n    body: Hello\n    http_version: \"1.1\"\n";
    let (folder, _) = imported("first.yml", text);
    let ask = Ask {
        method: "POST".to_owned(),
        url: "https://api.example.com/a".to_owned(),
        headers: vec![("content-type".to_owned(), "text/plain".to_owned())],
        body: b"x=1".to_vec(),
    };
    assert_eq!(answers(&folder, "first.yaml", &[ask]).await[0].text(), "Hello");
}

#[tokio::test]
async fn the_same_form_in_json_is_read() {
    let text = r#"{"http_interactions":[{"request":{"method":"get","uri":"https://api.example.com/a","body":{"encoding":"US-ASCII","string":""},"headers":{}},
        "response":{"status":{"code":200,"message":"OK"},"headers":{"Content-Type":["text/plain"]},"body":{"encoding":"UTF-8","string":"grün"}},
        "recorded_at":"Mon, 10 Feb 2025 10:15:54 GMT"}],"recorded_with":"VCR 6.3.1"}"#;
    let (folder, _) = imported("a.json", text);
    assert_eq!(answers(&folder, "a.yaml", &[Ask::get("https://api.example.com/a")]).await[0].text(), "grün");
}
