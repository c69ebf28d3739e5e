//! vcrpy in YAML and JSON, of the versions that differ, and pytest-recording, which writes the same.

use super::{Ask, answers, import, imported};

const URL: &str = "https://api.openai.com/v1/chat/completions";

/// Two takes of one request, an answer in gzip, headers that come twice, a list that PyYAML writes once and refers to.
const TAKES: &str = r#"interactions:
- request:
    body: '{"model": "gpt-4o", "messages": [{"role": "user", "content": "Say
      caf\u00e9"}]}'
    headers: &id001
      content-type:
      - application/json
    method: POST
    uri: https://api.openai.com/v1/chat/completions
  response:
    body:
      string: "{\n  \"id\": \"chatcmpl-1\",\n  \"object\": \"chat.completion\",\n  \"model\": \"gpt-4o\",\n  \"choices\": [{\"message\": {\"role\": \"assistant\", \"content\": \"caf\xE9 \U0001F600\"}}]\n}"
    headers:
      Content-Type:
      - application/json
      Date:
      - Tue, 23 Sep 2025 20:23:04 GMT
      Link:
      - <https://a.test>; rel=a
      - <https://b.test>; rel=b
    status:
      code: 200
      message: OK
- request:
    body: '{"model": "gpt-4o", "messages": [{"role": "user", "content": "Say
      caf\u00e9"}]}'
    headers: *id001
    method: POST
    uri: https://api.openai.com/v1/chat/completions
  response:
    body:
      string: !!binary |
        H4sIAAAAAAACA6tWyk/KSk0uUbJSysksLlHSUUpJLElUsopWSq/KLChITVFAo5ViawEwfAVBNAAA
        AA==
    headers:
      Content-Encoding:
      - gzip
      Content-Type:
      - application/json
      Date:
      - Tue, 23 Sep 2025 20:23:05 GMT
    status:
      code: 200
      message: OK
version: 1
"#;

fn question() -> Ask {
    // Python escapes what is not ASCII, and YAML in single quotes leaves that alone.
    Ask::json(
        URL,
        "{\"model\": \"gpt-4o\", \"messages\": [{\"role\": \"user\", \"content\": \"Say caf\\u00e9\"}]}",
    )
}

#[tokio::test]
async fn takes_of_a_vcrpy_cassette_play_in_their_order_byte_for_byte() {
    let (folder, ran) = imported("test_chat.yaml", TAKES);
    insta::assert_snapshot!(ran.stdout, @r#"
    test_chat.yaml → cassettes/test_chat.yaml: vcrpy, 2 exchanges
    imported 2 exchanges of 1 file
    "#);
    let played = answers(&folder, "test_chat.yaml", &[question(), question()]).await;
    assert_eq!(
        played[0].text(),
        "{\n  \"id\": \"chatcmpl-1\",\n  \"object\": \"chat.completion\",\n  \"model\": \"gpt-4o\",\n  \"choices\": [{\"message\": \
         {\"role\": \"assistant\", \"content\": \"café 😀\"}}]\n}"
    );
    assert_eq!(played[0].header("link"), ["<https://a.test>; rel=a", "<https://b.test>; rel=b"]);
    // As a client gets it, who asked for gzip.
    assert_eq!(played[1].text(), r#"{"object":"list","data":["gzipped gzipped gzipped"]}"#);
    assert!(played[1].header("content-encoding").is_empty());
    let text = std::fs::read_to_string(folder.path().join("cassettes/test_chat.yaml")).unwrap();
    assert!(text.contains("recorded_at: \"2025-09-23T20:23:04Z\""), "{text}");
    assert!(text.contains("metadata: {source: vcrpy}"), "{text}");
}

#[tokio::test]
async fn a_stream_of_a_vcrpy_cassette_is_cut_between_events_and_that_is_said() {
    let text = r#"interactions:
- request:
    body: '{"model":"gpt-4o","stream":true,"messages":[]}'
    headers:
      Content-Type: [application/json]
    method: POST
    uri: https://api.openai.com/v1/chat/completions
  response:
    body:
      string: 'data: {"id":"1","object":"chat.completion.chunk","model":"gpt-4o","choices":[{"index":0,"delta":{"content":"a"}}]}


        data: {"id":"1","object":"chat.completion.chunk","model":"gpt-4o","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}


        data: [DONE]


        '
    headers:
      content-type: [text/event-stream; charset=utf-8]
    status: {code: 200, message: OK}
  recorded_at: '2026-02-03T04:05:06+00:00'
version: 1
"#;
    let (folder, ran) = imported("stream.yaml", text);
    insta::assert_snapshot!(ran.stdout, @r#"
    stream.yaml → cassettes/stream.yaml: vcrpy, 1 exchange
      lost in 1: where the chunks of a stream ended: it is cut between events
    imported 1 exchange of 1 file
    "#);
    let ask = Ask::json(URL, r#"{"model":"gpt-4o","stream":true,"messages":[]}"#);
    let played = answers(&folder, "stream.yaml", &[ask]).await.remove(0);
    assert_eq!(played.chunks.len(), 3);
    let written = std::fs::read_to_string(folder.path().join("cassettes/stream.yaml")).unwrap();
    assert!(!written.contains("times:"), "nobody knows when its chunks came: {written}");
    assert!(played.text().ends_with("\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"));
}

#[tokio::test]
async fn bytes_of_a_vcrpy_cassette_are_bytes_on_both_sides() {
    let text = r#"interactions:
- request:
    body: !!binary |
      /wABAg==
    headers:
      Content-Type: [application/octet-stream]
    method: POST
    uri: https://api.example.com/blob
  response:
    body:
      string: !!binary |
        iVBORw0KGgr/
    headers:
      Content-Type: [image/png]
    status: {code: 200, message: OK}
version: 1
"#;
    let (folder, ran) = imported("bytes", text);
    assert!(ran.stdout.contains("cassettes/bytes.yaml"), "{}", ran.stdout);
    assert!(ran.stdout.contains("it counts as recorded now"), "{}", ran.stdout);
    let ask = Ask {
        method: "POST".to_owned(),
        url: "https://api.example.com/blob".to_owned(),
        headers: vec![("content-type".to_owned(), "application/octet-stream".to_owned())],
        body: vec![255, 0, 1, 2],
    };
    assert_eq!(answers(&folder, "bytes.yaml", &[ask]).await[0].body, b"\x89PNG\r\n\x1a\n\xff");
}

#[tokio::test]
async fn a_file_that_was_sent_and_headers_of_aiohttp_are_read_though_they_are_python_objects() {
    let text = r#"interactions:
- request:
    body: !!python/object/new:_io.BytesIO
      state: !!python/tuple
      - !!binary |
        /wAB
      - 0
      - null
    headers:
      ? !!python/object/apply:multidict._multidict.istr
      - Content-Type
      : - audio/mpeg
    method: POST
    uri: https://api.example.com/upload
  response:
    body: {string: ok}
    headers: {Content-Type: [text/plain], Date: ["Tue, 23 Sep 2025 20:23:05 GMT"]}
    status: {code: 200, message: OK}
version: 1
"#;
    let (folder, _) = imported("upload.yaml", text);
    let ask = Ask {
        method: "POST".to_owned(),
        url: "https://api.example.com/upload".to_owned(),
        headers: vec![("content-type".to_owned(), "audio/mpeg".to_owned())],
        body: vec![255, 0, 1],
    };
    assert_eq!(answers(&folder, "upload.yaml", &[ask]).await[0].text(), "ok");
}

#[tokio::test]
async fn the_old_form_of_httpx_is_read_and_what_its_decoding_lost_is_said() {
    let text = r#"interactions:
- request:
    body: LS14DQoNCv8NCi0teC0t
    headers:
      content-length: ['15']
      content-type: [application/octet-stream]
    method: POST
    uri: https://api.example.com/a
  response:
    content: "\x89"
    headers: {content-type: [image/png], date: ["Tue, 23 Sep 2025 20:23:05 GMT"]}
    http_version: HTTP/2
    status_code: 200
version: 1
"#;
    let (folder, ran) = imported("old.yaml", text);
    insta::assert_snapshot!(ran.stdout, @r#"
    old.yaml → cassettes/old.yaml: vcrpy, 1 exchange
      lost in 1: bytes that are not UTF-8: the tool left them out when it recorded
    imported 1 exchange of 1 file
    "#);
    // The request was bytes, and stands there in base64 that nothing announces but its length.
    let ask = Ask {
        method: "POST".to_owned(),
        url: "https://api.example.com/a".to_owned(),
        headers: vec![("content-type".to_owned(), "application/octet-stream".to_owned())],
        body: b"--x\r\n\r\n\xff\r\n--x--".to_vec(),
    };
    assert_eq!(answers(&folder, "old.yaml", &[ask]).await[0].status, 200);
}

#[tokio::test]
async fn json_of_vcrpy_is_read_with_bodies_as_text_as_base64_and_as_trees() {
    let text = r#"{"version": 1, "interactions": [
        {"request": {"method": "GET", "uri": "https://api.example.com/a", "body": null, "headers": {"Accept": ["*/*"]}},
         "response": {"status": {"code": 200, "message": "OK"}, "headers": {"Content-Type": ["text/plain"]}, "body": {"string": "é\r\n"}}},
        {"request": {"method": "POST", "uri": "https://api.example.com/b", "body": {"a": 1.50, "b": null}, "headers": {"Content-Type": ["application/json"]}},
         "response": {"status": {"code": 200, "message": "OK"}, "headers": {"Content-Type": ["image/gif"]}, "body": {"base64_string": "R0lGODlh/w==\n"}}}
    ]}"#;
    let (folder, ran) = imported("all.json", text);
    assert!(ran.stdout.contains("lost in 1: the layout of JSON bodies"), "{}", ran.stdout);
    let asks = [
        Ask::get("https://api.example.com/a"),
        Ask::json("https://api.example.com/b", r#"{"a":1.50,"b":null}"#),
    ];
    let mut asks = asks.to_vec();
    asks[0].headers.push(("accept".to_owned(), "*/*".to_owned()));
    let played = answers(&folder, "all.yaml", &asks).await;
    assert_eq!((played[0].text().as_str(), played[1].body.as_slice()), ("é\r\n", b"GIF89a\xff".as_slice()));
}

#[test]
fn an_interaction_of_vcrpy_that_is_not_whole_is_named_and_the_others_are_imported() {
    let text = r#"interactions:
- request: {method: GET, uri: "https://api.example.com/a", body: null, headers: {}}
  response: {body: {string: a}, headers: {}, status: {code: 200, message: OK}}
- request: {method: GET, uri: "https://api.example.com/b", body: null, headers: {}}
- request: {method: "G T", uri: "https://api.example.com/c", body: null, headers: {}}
  response: {body: {string: a}, headers: {}, status: {code: 200, message: OK}}
- request: {method: GET, uri: "ftp://api.example.com/d", body: null, headers: {}}
  response: {body: {string: a}, headers: {}, status: {code: 200, message: OK}}
- request: {method: GET, uri: "https://api.example.com/e", body: null, headers: {}}
  response: {body: {string: a}, headers: {}, status: {code: 99, message: OK}}
version: 1
"#;
    let (_, ran) = import(&[("partly.yaml", text.as_bytes())], &[]);
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(ran.stdout, @r#"
    partly.yaml → cassettes/partly.yaml: vcrpy, 1 exchange
      lost in 1: the headers of the answer
      lost in 1: the headers of the request, some of which choose the answer
      lost in 1: when it was recorded: it counts as recorded now
      refused: exchange 2: it has no `response`
      refused: exchange 3 (G T https://api.example.com/c): "G T" is not an HTTP method
      refused: exchange 4 (GET ftp://api.example.com/d): `ftp://api.example.com/d` is not the URL of a server, such as https://api.openai.com/v1/responses
      refused: exchange 5 (GET https://api.example.com/e): 99 is not the status of an HTTP response
    imported 1 exchange of 1 file, refused 4
    "#);
}

#[tokio::test]
async fn what_aiohttp_was_given_is_json_or_a_form_and_told_where_it_is_missing() {
    let interaction = |body: &str, headers: &str, status: u16| {
        format!(
            "- request: {{method: POST, uri: 'https://api.example.com/a', body: {body}, headers: {{{headers}}}}}\n  response: {{body: \
             {{string: ok}}, headers: {{Content-Type: [text/plain], Date: ['Tue, 23 Sep 2025 20:23:05 GMT']}}, status: {{code: {status}}}}}\n"
        )
    };
    let form = "Content-Type: [application/x-www-form-urlencoded]";
    let text = format!(
        "interactions:\n{}{}{}{}version: 1\n",
        interaction("{string: 1.50, state: [x]}", "Content-Type: [application/json]", 200),
        interaction("{a: b c, d: [e, f]}", form, 200),
        interaction("null", "Content-Type: [application/json]", 200),
        interaction("x", "Content-Type: [text/plain]", 302)
    );
    let (folder, ran) = imported("aiohttp.yaml", &text);
    insta::assert_snapshot!(ran.stdout, @r#"
    aiohttp.yaml → cassettes/aiohttp.yaml: vcrpy, 4 exchanges
      lost in 1: the layout of JSON bodies: they are written without white space
      lost in 1: the body of the request, if it had one: vcrpy before 8 leaves out the JSON of aiohttp
      lost in 1: that a redirect was followed: the redirect itself is played, which nobody follows any more
    imported 4 exchanges of 1 file
    "#);
    let mut asks = [
        Ask::json("https://api.example.com/a", r#"{"string":1.50,"state":["x"]}"#),
        Ask::json("https://api.example.com/a", ""),
    ];
    asks[1].headers[0].1 = "application/x-www-form-urlencoded".to_owned();
    asks[1].body = b"a=b%20c&d=e&d=f".to_vec();
    assert_eq!(answers(&folder, "aiohttp.yaml", &asks).await[1].text(), "ok");
}
