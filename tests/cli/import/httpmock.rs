//! httpmock, and rig's tests, whose recordings have the same form.

use super::{Ask, answers, import};

const MOCKS: &str = r#"when:
  path: /v1/chat/completions
  method: POST
  query_param:
  - name: beta
    value: a b
  header:
  - name: content-type
    value: application/json
  body: '{"model":"m","stream":true}'
then:
  status: 200
  header:
  - name: content-type
    value: text/event-stream
  - name: link
    value: <a>
  - name: link
    value: <b>
  body: |+
    data: {"choices":[{"index":0,"delta":{"content":"é"},"finish_reason":"stop"}]}

    data: [DONE]

---
when:
  path: /v1/audio/speech
  method: POST
  header:
  - name: content-type
    value: application/json
  json_body: {"input": "a"}
then:
  status: 200
  header:
  - name: content-type
    value: audio/mpeg
  body: //PExAAB
---
when:
  host: other.example.com
  path: /blob
  method: PUT
  header:
  - name: content-type
    value: application/octet-stream
  body_base64: /wA=
  body_not:
  - x
then:
  status: 201
  body_base64: AP8=
---
when:
  path_matches:
  - /v1/.*
then:
  status: 200
"#;

#[tokio::test]
async fn mocks_become_exchanges_with_the_server_that_is_named() {
    let (folder, ran) =
        import(&[("chat.yaml", MOCKS.as_bytes())], &["--base-url", "https://api.example.com"]);
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(ran.stdout, @r#"
    chat.yaml → cassettes/chat.yaml: httpmock, 3 exchanges
      lost in 1: the layout of JSON bodies: they are written without white space
      lost in 1: the headers of the answer
      lost in 2: the host: it is taken from `--base-url`, or from the provider who has such paths
      lost in 1: the request: the file has what was to match, not what was sent
      lost in 1: where the chunks of a stream ended: it is cut between events
      lost in 3: when it was recorded: it counts as recorded now
      refused: exchange 4: its path is a pattern, so that nobody knows what was asked
    imported 3 exchanges of 1 file, refused 1
    "#);
    let blob = Ask {
        method: "PUT".to_owned(),
        url: "https://other.example.com/blob".to_owned(),
        headers: vec![("content-type".to_owned(), "application/octet-stream".to_owned())],
        body: vec![255, 0],
    };
    let asks = [
        Ask::json("https://api.example.com/v1/chat/completions?beta=a%20b", r#"{"model":"m","stream":true}"#),
        Ask::json("https://api.example.com/v1/audio/speech", r#"{"input":"a"}"#),
        blob,
    ];
    let played = answers(&folder, "chat.yaml", &asks).await;
    assert!(played[0].text().ends_with("data: [DONE]\n\n"));
    assert_eq!((played[0].chunks.len(), played[0].header("link")), (2, vec!["<a>", "<b>"]));
    assert_eq!(played[1].body, b"\xff\xf3\xc4\xc4\x00\x01");
    assert_eq!((played[2].status, played[2].body.as_slice()), (201, [0, 255].as_slice()));
}

#[test]
fn without_a_server_the_provider_who_has_such_paths_is_taken_and_nobody_else() {
    let mock = |path: &str, body: &str| {
        format!("when:\n  path: {path}\n  method: POST\n  body: '{body}'\nthen:\n  status: 200\n  body: x\n")
    };
    let (folder, ran) = import(
        &[(
            "a.yaml",
            format!(
                "{}---\n{}",
                mock("/v1/messages", "{\"model\":\"m\",\"messages\":[]}"),
                mock("/mine", "{}")
            )
            .as_bytes(),
        )],
        &[],
    );
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(ran.stdout, @r#"
    a.yaml → cassettes/a.yaml: httpmock, 1 exchange
      lost in 1: the headers of the answer
      lost in 1: the headers of the request, some of which choose the answer
      lost in 1: the host: it is taken from `--base-url`, or from the provider who has such paths
      lost in 1: when it was recorded: it counts as recorded now
      refused: exchange 2 (POST /mine): `/mine` is a path, and nothing says of which server; give `--base-url https://…`
    imported 1 exchange of 1 file, refused 1
    "#);
    let written = std::fs::read_to_string(folder.path().join("cassettes/a.yaml")).unwrap();
    assert!(written.contains("url: https://api.anthropic.com/v1/messages"), "{written}");
}
