//! Which test asks: by its path, its key or a header, without a call in between.

use crate::serving::{Serving, asked, chat};
use crate::stand_in::StandIn;

#[tokio::test]
async fn a_path_a_header_and_a_key_each_name_the_cassette() {
    let folder = tempfile::tempdir().unwrap();
    let provider = StandIn::start().await;
    let upstream = format!("openai={}", provider.url());
    let server = Serving::start(folder.path(), &["--mode", "record", "--upstream", &upstream]);
    let chats = "openai/v1/chat/completions";
    asked(&format!("{}/@by%2Fpath/{chats}", server.url()), "sk-x", &chat("Hi")).await;
    asked(&format!("{}/{chats}", server.url()), "sk-cassette-by/key", &chat("Hi")).await;
    let response = reqwest::Client::new()
        .post(format!("{}/{chats}", server.url()))
        .header("x-llm-cassette", "by/header")
        .body(chat("Hi").to_string())
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    asked(&format!("{}/{chats}", server.url()), "sk-x", &chat("Hi")).await;
    server.interrupt();
    for file in ["by/path", "by/key", "by/header", "default"] {
        assert!(folder.path().join(format!("cassettes/{file}.yaml")).is_file(), "{file}");
    }
}

#[tokio::test]
async fn a_name_cannot_leave_the_folder_of_cassettes() {
    let folder = tempfile::tempdir().unwrap();
    let outside = folder.path().join("outside.yaml");
    let provider = StandIn::start().await;
    let upstream = format!("openai={}", provider.url());
    let server = Serving::start(folder.path(), &["--mode", "record", "--upstream", &upstream]);
    for name in ["..%2Foutside", "..%2Foutside.yaml", "a%2F..%2F..%2Foutside.yaml"] {
        let (status, body) =
            asked(&format!("{}/@{name}/openai/v1/chat/completions", server.url()), "sk-x", &chat("Hi")).await;
        assert_eq!(status, 404, "{name}: {body}");
        assert!(!outside.exists(), "{name}");
    }
    let absolute = outside.to_str().unwrap().replace('/', "%2F");
    asked(&format!("{}/@{absolute}/openai/v1/chat/completions", server.url()), "sk-x", &chat("Hi")).await;
    assert!(!outside.exists());
}

#[tokio::test]
async fn clients_that_differ_in_their_key_alone_each_play_all_takes_in_their_order() {
    let folder = tempfile::tempdir().unwrap();
    let provider = StandIn::start().await;
    let upstream = format!("openai={}", provider.url());
    let file = folder.path().join("shared.yaml");
    let file = file.to_str().unwrap();
    let server =
        Serving::start(folder.path(), &["--mode", "record", "--upstream", &upstream, "--cassette", file]);
    let url = format!("{}/openai/v1/chat/completions", server.url());
    let mut recorded = Vec::new();
    for _ in 0..100 {
        recorded.push(asked(&url, "sk-x", &chat("Roll a die.")).await);
    }
    server.interrupt();

    let server = Serving::start(folder.path(), &["--cassette", file]);
    let url = format!("{}/openai/v1/chat/completions", server.url());
    let clients = (0..64).map(|client| {
        let (url, recorded) = (url.clone(), recorded.clone());
        tokio::spawn(async move {
            let (http, key) = (reqwest::Client::new(), format!("sk-cassette-{client}"));
            for take in recorded {
                let request = http.post(&url).bearer_auth(&key).body(chat("Roll a die.").to_string());
                let response = request.header("content-type", "application/json").send().await.unwrap();
                assert_eq!((response.status().as_u16(), response.text().await.unwrap()), take);
            }
        })
    });
    for client in clients.collect::<Vec<_>>() {
        client.await.unwrap();
    }
    let ended = server.interrupt();
    assert_eq!(ended.code, Some(0));
    assert_eq!(ended.stdout.lines().count(), 2, "one line a file: {}", ended.stdout);
    assert!(ended.stdout.contains("shared.yaml: recorded 0, played 6400"), "{}", ended.stdout);
}

#[tokio::test]
async fn a_run_that_begins_anew_plays_from_the_first_take() {
    let folder = tempfile::tempdir().unwrap();
    let provider = StandIn::start().await;
    let upstream = format!("openai={}", provider.url());
    let server = Serving::start(folder.path(), &["--mode", "record", "--upstream", &upstream]);
    let url = format!("{}/@dice/openai/v1/chat/completions", server.url());
    let first = asked(&url, "sk-x", &chat("Roll a die.")).await;
    server.interrupt();
    let server = Serving::start(folder.path(), &[]);
    let url = format!("{}/@dice/openai/v1/chat/completions", server.url());
    for _ in 0..3 {
        assert_eq!(asked(&url, "sk-x", &chat("Roll a die.")).await, first);
        let (status, _) = asked(&format!("{}/@/dice/begin", server.url()), "sk-x", &chat("")).await;
        assert_eq!(status, 200);
    }
    let ended = server.interrupt();
    assert_eq!(ended.code, Some(0), "{}", ended.stdout);
    assert!(ended.stdout.contains("played 3"), "{}", ended.stdout);
}
