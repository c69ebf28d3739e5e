//! Streams that stand open until the client leaves, and connections that go on in another protocol.

use std::time::Duration;

use llm_cassette::{Cassette, Error, ErrorKind, Mode};
use tokio::time::timeout;

use crate::stand_in::{Framing, Gate, Reply, Script, StandIn};
use crate::support::*;

const HELLO: &[u8] = b": connected\n\n";

/// A stream of a server of MCP, which is never over.
fn standing(gate: &Gate, first: &[u8]) -> Script {
    let reply = Reply::new(200).header("content-type", "text/event-stream");
    let reply = reply.chunks(vec![first.to_vec(), b": never sent\n\n".to_vec()]).framing(Framing::Chunked);
    Script::raw(reply).hold(gate)
}

async fn listen(cassette: &Cassette, base: &str) -> reqwest::Response {
    client(cassette).get(format!("{base}/mcp")).header("accept", "text/event-stream").send().await.unwrap()
}

/// Whether nothing more comes, and no end either. Whoever would say otherwise has said so by the time that the runtime has
/// nothing else to do.
async fn is_open(response: &mut reqwest::Response) -> bool {
    timeout(Duration::from_millis(50), response.chunk()).await.is_err()
}

#[tokio::test]
async fn a_standing_stream_that_the_client_left_stays_open_in_replay_and_may_be_asked_for_again() {
    for first in [HELLO, b"event: message\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/x\"}\n\n"] {
        let folder = Folder::new();
        let provider = StandIn::start().await;
        let gate = Gate::closed();
        provider.on(standing(&gate, first));
        gate.release(1);
        let cassette = folder.open(Mode::Record);
        let mut live = listen(&cassette, &provider.url()).await;
        assert_eq!(live.chunk().await.unwrap().unwrap(), first);
        drop(live);
        assert_eq!(cassette.finish().unwrap().recorded, 1);

        let cassette = folder.open(Mode::Replay);
        let mut open = Vec::new();
        for _ in 0..3 {
            let mut played = listen(&cassette, &provider.url()).await;
            assert_eq!(played.chunk().await.unwrap().unwrap(), first);
            assert!(is_open(&mut played).await);
            open.push(played);
        }
        drop(open);
        assert_eq!(cassette.finish().unwrap().played, 3);
        assert_eq!(provider.calls(), 1);
    }
}

#[tokio::test]
async fn nobody_waits_for_a_stream_that_stands_open_where_identical_calls_are_one() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    for _ in 0..2 {
        let gate = Gate::closed();
        provider.on(standing(&gate, HELLO));
        gate.release(1);
    }
    let cassette = folder.builder(Mode::Record).repeats(llm_cassette::Repeats::Reuse).open().unwrap();
    let mut first = listen(&cassette, &provider.url()).await;
    first.chunk().await.unwrap();
    let second = timeout(Duration::from_secs(5), listen(&cassette, &provider.url())).await;
    assert_eq!(second.expect("it goes out at once").chunk().await.unwrap().unwrap(), HELLO);
    assert_eq!(provider.calls(), 2);
}

#[tokio::test]
async fn a_completion_that_the_client_cut_off_does_not_stay_open() {
    let half = b"data: {\"type\":\"response.output_text.delta\",\"delta\":\"Hi\"}\n\n";
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let gate = Gate::closed();
    provider.on(standing(&gate, half));
    gate.release(1);
    let cassette = folder.open(Mode::Record);
    let mut live = listen(&cassette, &provider.url()).await;
    live.chunk().await.unwrap();
    drop(live);
    cassette.finish().unwrap();
    let mut played = listen(&folder.open(Mode::Replay), &provider.url()).await;
    played.chunk().await.unwrap();
    let error = played.chunk().await.unwrap_err();
    assert_eq!(Error::find_in(&error).unwrap().kind(), ErrorKind::ClientAborted);
}

#[tokio::test]
async fn a_standing_stream_that_is_still_open_at_the_end_of_a_refresh_keeps_its_recording() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    for mode in [Mode::Record, Mode::Refresh] {
        let gate = Gate::closed();
        provider.on(standing(&gate, HELLO));
        gate.release(1);
        let cassette = folder.builder(mode).one_test(true).open().unwrap();
        let mut live = listen(&cassette, &provider.url()).await;
        live.chunk().await.unwrap();
        ask(&client(&cassette), &provider.url(), "Hello").await.unwrap().bytes().await.unwrap();
        cassette.finish().unwrap();
        drop(live);
    }
    let cassette = folder.open(Mode::Replay);
    let mut played = listen(&cassette, &provider.url()).await;
    assert_eq!(played.chunk().await.unwrap().unwrap(), HELLO);
    assert!(is_open(&mut played).await);
    ask(&client(&cassette), &provider.url(), "Hello").await.unwrap();
}

fn upgrade(cassette: &Cassette, base: &str) -> reqwest_middleware::RequestBuilder {
    client(cassette)
        .get(format!("{base}/v1/realtime"))
        .header("connection", "Upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
}

#[tokio::test]
async fn a_connection_that_goes_on_in_another_protocol_passes_through_and_is_told_of_in_replay() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let reply = Reply::new(101).header("connection", "Upgrade").header("upgrade", "websocket");
    provider.on(Script::raw(reply.framing(Framing::Bare)));
    let cassette = folder.open(Mode::Record);
    let live = upgrade(&cassette, &provider.url()).send().await.unwrap();
    assert_eq!(live.status(), 101);
    live.upgrade().await.expect("the connection is the client's");
    let report = cassette.finish().unwrap();
    assert!(report.skipped[0].reason.starts_with("HTTP 101: "), "{report}");
    assert!(report.skipped[0].reason.contains("use `pass_through`"), "{report}");
    assert!(!folder.file().exists());

    // With the ledger, and as in a fresh checkout.
    for _ in 0..2 {
        let cassette = folder.builder(Mode::Replay).tolerate_misses(true).open().unwrap();
        let error = upgrade(&cassette, &provider.url()).send().await.unwrap_err();
        let error = Error::find_in(&error).unwrap();
        assert!(error.message().contains("protocol"), "{error}");
        assert!(error.hint().unwrap().contains("`.pass_through(|request| "), "{error}");
        assert!(!error.to_string().contains("LLM_CASSETTE_MODE"), "to record it ends in the same: {error}");
        let _ = std::fs::remove_dir_all(folder.path().join(".llm-cassette"));
    }
}
