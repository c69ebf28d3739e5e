//! httprr of Go's projects.

use super::{Ask, answers, import};

fn trace(pairs: &[(&[u8], &[u8])]) -> Vec<u8> {
    let mut bytes = b"httprr trace v1\n".to_vec();
    for (request, answer) in pairs {
        bytes.extend(format!("{} {}\n", request.len(), answer.len()).bytes());
        bytes.extend_from_slice(request);
        bytes.extend_from_slice(answer);
    }
    bytes
}

const ASKED: &[u8] = b"POST https://api.example.com/v1/a?b=c HTTP/1.1\r\nHost: api.example.com\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{\"a\":1}";

#[tokio::test]
async fn messages_of_httprr_are_taken_apart_as_they_went_over_the_wire() {
    let plain = b"HTTP/2.0 200 OK\r\nContent-Type: application/json\r\nDate: Mon, 06 Jan 2025 19:50:30 GMT\r\nLink: <https://a.test>; rel=a\r\nLink: <https://b.test>; rel=b\r\n\r\n{ \"b\": 2 }\n";
    let chunked = b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n\xff\x00\n\r\n2;x=y\r\n\r\n\r\n0\r\n\r\n";
    let events = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\ndata: 2\n\n";
    let bytes = trace(&[(ASKED, plain), (ASKED, chunked), (ASKED, events)]);
    let (folder, ran) = import(&[("chat.httprr", &bytes)], &[]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{}", ran.stdout);
    let ask = Ask::json("https://api.example.com/v1/a?b=c", "{\"a\":1}");
    let played = answers(&folder, "chat.yaml", &[ask.clone(), ask.clone(), ask]).await;
    assert_eq!(played[0].text(), "{ \"b\": 2 }\n");
    assert_eq!(played[0].header("link").len(), 2);
    assert_eq!(played[1].body, b"\xff\x00\n\r\n");
    assert_eq!(
        (played[2].text().as_str(), played[2].chunks.as_slice()),
        ("data: 1\n\ndata: 2\n\n", [9, 9].as_slice())
    );
    let text = std::fs::read_to_string(folder.path().join("cassettes/chat.yaml")).unwrap();
    assert!(text.contains("recorded_at: \"2025-01-06T19:50:30Z\""), "{text}");
}

#[test]
fn a_trace_that_breaks_off_gives_what_stands_before_and_says_so() {
    let answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nok";
    let mut bytes =
        trace(&[(ASKED, answer), (b"nonsense", answer), (ASKED, b"HTTP/1.1 2x0\r\n\r\n"), (ASKED, answer)]);
    bytes.truncate(bytes.len() - 5);
    let (_, ran) = import(&[("torn.httprr", &bytes)], &[]);
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(ran.stdout, @r#"
    torn.httprr → cassettes/torn.yaml: httprr, 1 exchange
      lost in 1: when it was recorded: it counts as recorded now
      refused: exchange 2: its request is not HTTP
      refused: exchange 3: its answer has no status
      refused: exchange 4: its lengths do not fit the file; what stands behind is not read
    imported 1 exchange of 1 file, refused 3
    "#);
}
