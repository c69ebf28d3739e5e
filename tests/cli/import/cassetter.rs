//! cassetter in YAML.

use super::{Ask, answers, import};

#[tokio::test]
async fn bodies_of_every_type_are_read_and_other_protocols_are_named() {
    let text = r#"version: 1
interactions:
- request:
    method: POST
    uri: https://api.example.com/v1/a
    headers:
      content-type:
      - application/json
    body:
      type: json
      content:
        model: m
        temperature: 1.50
        "1": null
  response:
    status: 200
    headers:
      content-type:
      - application/json
      link: [<a>, <b>]
    body:
      type: json
      content: {id: "007", score: 9.5, ok: true, list: [1, "2"]}
  recorded_at: '2026-02-20T10:30:01Z'
- request:
    method: PUT
    uri: https://api.example.com/v1/b
    headers: {content-type: [application/octet-stream]}
    body: {type: binary, content: 'ff00'}
  response:
    status: 200
    headers: {content-type: [text/event-stream]}
    body:
      type: text
      content: |+
        data: 1

        data: 2

  recorded_at: '2026-02-20T10:30:02Z'
- request:
    method: GET
    uri: https://api.example.com/v1/c
    headers: {}
    body: {type: none}
  response:
    status: 200
    headers: {}
    body: {type: binary, content: xyz}
ws_interactions:
- uri: wss://api.example.com/stream
  frames: []
"#;
    let (folder, ran) = import(&[("all.yaml", text.as_bytes())], &[]);
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(ran.stdout, @r#"
    all.yaml → cassettes/all.yaml: cassetter, 2 exchanges
      lost in 1: the layout of JSON bodies: they are written without white space
      lost in 1: where the chunks of a stream ended: it is cut between events
      refused: exchange 3: a body of the type `binary` is not hexadecimal
      refused: exchange 4: it is a WebSocket, which a cassette cannot hold
    imported 2 exchanges of 1 file, refused 2
    "#);
    let put = Ask {
        method: "PUT".to_owned(),
        url: "https://api.example.com/v1/b".to_owned(),
        headers: vec![("content-type".to_owned(), "application/octet-stream".to_owned())],
        body: vec![255, 0],
    };
    let asks =
        [Ask::json("https://api.example.com/v1/a", r#"{"temperature": 1.50, "model": "m", "1": null}"#), put];
    let played = answers(&folder, "all.yaml", &asks).await;
    assert_eq!(played[0].text(), r#"{"id":"007","score":9.5,"ok":true,"list":[1,"2"]}"#);
    assert_eq!(played[0].header("link"), ["<a>", "<b>"]);
    assert_eq!(
        (played[1].text().as_str(), played[1].chunks.as_slice()),
        ("data: 1\n\ndata: 2\n\n", [9, 9].as_slice())
    );
}
