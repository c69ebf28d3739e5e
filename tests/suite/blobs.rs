//! What no person reads stands aside in `blobs/`, exact and checked, so that a cassette and its diff can be read.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use llm_cassette::{Cassette, Error, ErrorKind, Mode};
use reqwest_middleware::ClientWithMiddleware;
use serde_json::json;

use crate::child;
use crate::stand_in::{Framing, Reply, Script, StandIn};
use crate::support::*;

/// So many bytes that look like chance and are the same each time.
fn noise(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed;
    let byte = |_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    (0..length).map(byte).collect()
}

fn image(length: usize) -> Vec<u8> {
    [b"\x89PNG\r\n\x1a\n".as_slice(), &noise(length - 8, 1)].concat()
}

fn embedding(input: &serde_json::Value, dimensions: usize) -> String {
    json!({"model": "text-embedding-3-small", "input": input, "dimensions": dimensions}).to_string()
}

async fn embed(client: &ClientWithMiddleware, base: &str, body: String) -> Vec<u8> {
    let url = format!("{base}/v1/embeddings");
    post(client, &url, body).await.unwrap().bytes().await.unwrap().to_vec()
}

/// Asks for an embedding of each input in a call of its own, and finishes.
async fn embed_each(cassette: &Cassette, base: &str, inputs: &[&str]) -> Vec<Vec<u8>> {
    let client = client(cassette);
    let mut answers = Vec::new();
    for input in inputs {
        answers.push(embed(&client, base, embedding(&json!(input), 64)).await);
    }
    cassette.finish().unwrap();
    answers
}

/// The names of the blobs beside a cassette.
fn blobs(folder: &Folder) -> BTreeSet<String> {
    let names = folder.listing().into_iter().filter_map(|path| Some(path.strip_prefix("blobs/")?.to_owned()));
    names.collect()
}

/// The names of the blobs that the cassettes of a folder refer to.
fn referred(folder: &Folder) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for path in folder.listing().iter().filter(|path| path.ends_with(".yaml")) {
        let text = std::fs::read_to_string(folder.path().join(path)).unwrap();
        for (at, mark) in text.match_indices("$blob: ") {
            names.insert(text[at + mark.len()..].trim_start_matches('"')[..64].to_owned());
        }
    }
    names
}

/// All that is committed of a folder.
fn committed(folder: &Folder) -> BTreeMap<String, Vec<u8>> {
    let listing = folder.listing().into_iter().filter(|path| !path.starts_with(".llm-cassette"));
    listing.map(|path| (path.clone(), std::fs::read(folder.path().join(path)).unwrap_or_default())).collect()
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=Ann", "-c", "user.email=ann@example.com", "-c", "commit.gpgsign=false"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Lines that git counts as added and as removed in the cassette since the last commit.
fn changed_lines(folder: &Folder) -> (usize, usize) {
    let numbers = git(folder.path(), &["diff", "--numstat", "--", "test.yaml"]);
    let mut numbers = numbers.split_whitespace().map(|number| number.parse().unwrap());
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}

fn commit(folder: &Folder) {
    git(folder.path(), &["init", "--quiet"]);
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "--quiet", "--message", "Record"]);
}

/// A cassette without what differs from run to run: times, the port, and the keys, which depend on it.
fn steady(text: &str, base: &str) -> String {
    let host = base.strip_prefix("http://").unwrap();
    let varies = |line: &&str| ["recorded_at: ", "key: ", "# "].iter().any(|start| line.starts_with(start));
    let line = |line: &str| match line.strip_prefix("--- ") {
        Some(title) => format!("--- {}\n", title.rsplit_once(" · ").unwrap().0),
        None => format!("{line}\n"),
    };
    text.lines().filter(|line| !varies(line)).map(line).collect::<String>().replace(host, "api.example.com")
}

const THOUSAND: usize = 1000;

#[tokio::test]
async fn another_recording_of_a_thousand_embeddings_in_one_call_changes_a_line_for_each() {
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    let inputs: Vec<String> = (0..THOUSAND).map(|n| format!("input {n}")).collect();
    let run = async |mode| {
        let cassette = folder.open(mode);
        let answer = embed(&client(&cassette), &provider.url(), embedding(&json!(inputs), 64)).await;
        cassette.finish().unwrap();
        answer
    };
    run(Mode::Record).await;
    assert_eq!(blobs(&folder).len(), THOUSAND);
    commit(&folder);
    provider.answers(2);
    let answer = run(Mode::Refresh).await;
    let (added, removed) = changed_lines(&folder);
    // The id of the request is another one as well.
    assert!((THOUSAND..=THOUSAND + 2).contains(&added), "{added} lines were added");
    assert_eq!(added, removed, "lines are changed, none is new");
    assert_eq!(blobs(&folder), referred(&folder), "the old numbers are gone");
    assert_eq!(run(Mode::Replay).await, answer);
    // And once more with the same numbers.
    commit(&folder);
    run(Mode::Refresh).await;
    assert_eq!(git(folder.path(), &["status", "--porcelain"]), "");
}

#[tokio::test]
async fn another_recording_of_a_thousand_calls_for_an_embedding_changes_three_lines_each() {
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    let inputs: Vec<String> = (0..THOUSAND).map(|n| format!("input {n}")).collect();
    let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
    embed_each(&folder.open(Mode::Record), &provider.url(), &inputs).await;
    commit(&folder);
    provider.answers(2);
    let answers = embed_each(&folder.open(Mode::Refresh), &provider.url(), &inputs).await;
    let (added, removed) = changed_lines(&folder);
    // The numbers, when they were made, and the id of the request.
    assert!((THOUSAND..=3 * THOUSAND).contains(&added), "{added} lines were added");
    assert_eq!(added, removed, "lines are changed, none is new");
    assert_eq!(blobs(&folder), referred(&folder), "the old numbers are gone");
    provider.stop().await;
    assert_eq!(embed_each(&folder.open(Mode::Replay), "http://127.0.0.1:9", &[]).await.len(), 0);
    let cassette = folder.open(Mode::Replay);
    let base = recorded_base(&folder);
    assert_eq!(embed_each(&cassette, &base, &inputs).await, answers);
}

/// Where the first recorded request went.
fn recorded_base(folder: &Folder) -> String {
    let text = folder.text();
    let url = text.lines().find_map(|line| line.trim().strip_prefix("url: ")).unwrap();
    url[..url.find("/v1").unwrap()].to_owned()
}

#[tokio::test]
async fn what_a_reviewer_sees_of_embeddings_images_and_sounds() {
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    let base = provider.url();
    let cassette = folder.open(Mode::Record);
    let client = client(&cassette);

    let vector = |seed| {
        let numbers: Vec<String> = noise(64, seed).iter().map(|byte| format!("-0.0{byte:03}5")).collect();
        format!("[{}]", numbers.join(","))
    };
    let vectors = format!(
        "{{\"object\":\"list\",\"data\":[{{\"object\":\"embedding\",\"index\":0,\"embedding\":{}}},\
         {{\"object\":\"embedding\",\"index\":1,\"embedding\":\"{}\"}}]}}",
        vector(3),
        STANDARD.encode(noise(6144, 4))
    );
    provider.on(Script::raw(Reply::json(vectors)));
    embed(&client, &base, embedding(&json!(["a", "b"]), 64)).await;

    let drawn = json!({"created": 1, "data": [{"b64_json": STANDARD.encode(image(2000))}]});
    provider.on(Script::raw(Reply::json(drawn.to_string())));
    let body = json!({"model": "gpt-image-1", "prompt": "A river"}).to_string();
    post(&client, &format!("{base}/v1/images/generations"), body).await.unwrap().bytes().await.unwrap();

    let spoken = Reply::new(200).header("content-type", "audio/mpeg").framing(Framing::Length);
    let sound = [b"ID3".as_slice(), &noise(3000, 5)].concat();
    provider.on(Script::raw(spoken.chunks(sound.chunks(700).map(<[u8]>::to_vec).collect())));
    let body = json!({"model": "gpt-4o-mini-tts", "input": "Hello", "voice": "alloy"}).to_string();
    let heard = post(&client, &format!("{base}/v1/audio/speech"), body).await.unwrap().bytes().await.unwrap();
    assert_eq!(heard, sound);

    let url = format!("data:image/png;base64,{}", STANDARD.encode(image(2000)));
    let body = json!({"model": "gpt-4o-mini", "messages": [{"role": "user", "content": [
        {"type": "text", "text": "What is this?"},
        {"type": "image_url", "image_url": {"url": url, "detail": "low"}},
    ]}]});
    provider.on(Script::raw(Reply::json("{\"object\":\"chat.completion\",\"choices\":[]}")));
    let chats = format!("{base}/v1/chat/completions");
    post(&client, &chats, body.to_string()).await.unwrap().bytes().await.unwrap();
    assert_eq!(cassette.finish().unwrap().recorded, 4);

    insta::assert_snapshot!(steady(&folder.text(), &base), @r#"
    --- # POST api.example.com/v1/embeddings · text-embedding-3-small
    usage_count: 1
    provider: openai
    model: text-embedding-3-small
    request:
      method: POST
      url: http://api.example.com/v1/embeddings
      headers: {content-type: application/json}
      json: {dimensions: 64, input: [a, b], model: text-embedding-3-small}
    response:
      status: 200
      headers: {content-type: application/json}
      json:
        object: list
        data:
          - object: embedding
            index: 0
            embedding: {$blob: 2205a2417f79c686dc6ee0e0d5120f3f5215616b41475f26669e115af3c0a1bc, kind: 64 numbers}
          - object: embedding
            index: 1
            embedding: {$blob: 218889d7f3d7d60107fe85d78ec41167daaff60dfc586d7eb2d4a7928e2543d9, kind: base64 of 6144 bytes}
    ...
    --- # POST api.example.com/v1/images/generations · gpt-image-1
    usage_count: 1
    provider: openai
    model: gpt-image-1
    request:
      method: POST
      url: http://api.example.com/v1/images/generations
      headers: {content-type: application/json}
      json: {model: gpt-image-1, prompt: A river}
    response:
      status: 200
      headers: {content-type: application/json}
      json:
        created: 1
        data:
          - b64_json: {$blob: 16d85a707cc1c178da163a0e2dc10772c3f9f29f7bc2201984ce7f1041e82868, kind: base64 of 2000 bytes (image/png)}
    ...
    --- # POST api.example.com/v1/audio/speech · gpt-4o-mini-tts
    usage_count: 1
    provider: openai
    model: gpt-4o-mini-tts
    request:
      method: POST
      url: http://api.example.com/v1/audio/speech
      headers: {content-type: application/json}
      json: {input: Hello, model: gpt-4o-mini-tts, voice: alloy}
    response:
      status: 200
      headers: {content-type: audio/mpeg}
      blob: {$blob: 1ab2f4bafaa273851d0324cc992bc6a5bc30da697d4b97aa34eec798671e6e36, kind: 3003 bytes (audio/mpeg)}
    ...
    --- # POST api.example.com/v1/chat/completions · gpt-4o-mini
    usage_count: 1
    provider: openai
    model: gpt-4o-mini
    request:
      method: POST
      url: http://api.example.com/v1/chat/completions
      headers: {content-type: application/json}
      json:
        messages:
          - content:
              - {text: "What is this?", type: text}
              - image_url:
                  detail: low
                  url: {$blob: 16d85a707cc1c178da163a0e2dc10772c3f9f29f7bc2201984ce7f1041e82868, before: "data:image/png;base64,", kind: base64 of 2000 bytes}
                type: image_url
            role: user
        model: gpt-4o-mini
    response:
      status: 200
      headers: {content-type: application/json}
      json: {object: chat.completion, choices: []}
    ...
    "#);
    // The image was drawn and then shown, and is there once, as a file that can be looked at.
    assert_eq!(blobs(&folder).len(), 4);
    let drawn = blobs(&folder)
        .iter()
        .any(|name| std::fs::read(folder.path().join("blobs").join(name)).unwrap() == image(2000));
    assert!(drawn);
}

#[tokio::test]
async fn prose_stays_however_long() {
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    let prose = [
        "Name three rivers, one a line. ".repeat(400),
        "河流的名字。".repeat(400),
        "fn main() { println!(\"{}\", 1); }\n".repeat(100),
        "src/lib.rs\nsrc/body/json.rs\n".repeat(100),
        "x".repeat(4000),
        "https://api.example.com/v1/files?after=file-1&limit=20".repeat(40),
    ];
    let questions: Vec<&str> = prose.iter().map(String::as_str).collect();
    record(&folder, &provider.url(), &questions).await;
    assert_eq!(blobs(&folder), BTreeSet::new());
    assert!(!folder.text().contains("$blob:"));
}

#[tokio::test]
async fn an_upload_keeps_its_words_and_puts_its_file_aside() {
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    let send = async |cassette: &Cassette, file: Vec<u8>| {
        let mut body =
            b"--b7\r\ncontent-disposition: form-data; name=\"model\"\r\n\r\nwhisper-1\r\n".to_vec();
        body.extend_from_slice(
            b"--b7\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\n",
        );
        body.extend_from_slice(&file);
        body.extend_from_slice(b"\r\n--b7--\r\n");
        let request = client(cassette).post(format!("{}/v1/audio/transcriptions", provider.url()));
        let request = request.header("content-type", "multipart/form-data; boundary=b7").body(body);
        request.send().await.map(|response| response.status())
    };
    let sound = [b"RIFF\0\0\0\0WAVE".as_slice(), &noise(4000, 6)].concat();
    provider.on(Script::raw(Reply::json("{\"text\":\"Hello\"}")));
    let cassette = folder.open(Mode::Record);
    send(&cassette, sound.clone()).await.unwrap();
    cassette.finish().unwrap();
    assert!(folder.text().contains("text: whisper-1"));
    assert!(folder.text().contains("kind: 4012 bytes (audio/wav)"), "{}", folder.text());
    let name = blobs(&folder).pop_first().unwrap();
    assert_eq!(std::fs::read(folder.path().join("blobs").join(name)).unwrap(), sound);

    let cassette = folder.builder(Mode::Replay).tolerate_misses(true).open().unwrap();
    send(&cassette, sound.clone()).await.unwrap();
    let error = send(&cassette, noise(4012, 7)).await.unwrap_err();
    assert_eq!(Error::find_in(&error).unwrap().kind(), ErrorKind::NoMatch, "the file is part of the request");
}

#[tokio::test]
async fn a_body_that_holds_marks_of_its_own_comes_back_as_it_was() {
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    let name = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    let body = json!({
        "a": {"$blob": name, "kind": "64 numbers"},
        "b": [{"$$blob": name}, {"$blob": 1, "$same": {"$blob": {"$blob": null}}}],
        "$blob": STANDARD.encode(noise(3000, 8)),
        "kind": URL_SAFE_NO_PAD.encode(noise(3000, 9)),
    })
    .to_string();
    provider.on(Script::raw(Reply::json(body.clone())));
    let ask = async |mode| {
        let cassette = folder.open(mode);
        let url = format!("{}/v1/thing", provider.url());
        let answer = post(&client(&cassette), &url, body.clone()).await.unwrap().text().await.unwrap();
        cassette.finish().unwrap();
        answer
    };
    assert_eq!(ask(Mode::Record).await, body);
    assert_eq!(blobs(&folder).len(), 2);
    assert_eq!(ask(Mode::Replay).await, body);
}

/// A cassette with one embedding, and the file of its blob.
async fn one_embedding(provider: &StandIn) -> (Folder, std::path::PathBuf) {
    let folder = Folder::new();
    embed_each(&folder.open(Mode::Record), &provider.url(), &["a"]).await;
    let path = folder.path().join("blobs").join(blobs(&folder).pop_first().unwrap());
    (folder, path)
}

#[tokio::test]
async fn a_blob_that_is_not_as_it_was_is_an_error_with_its_path_the_line_and_what_to_do() {
    let provider = StandIn::start().await;
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n";
    type Damage<'a> = &'a dyn Fn(&Path, Vec<u8>) -> std::io::Result<()>;
    let damages: [(Damage<'_>, &str, &str); 4] = [
        (&|path, _| std::fs::remove_file(path), "is missing", "git checkout -- "),
        (&|path, bytes| std::fs::write(path, &bytes[..bytes.len() - 1]), "is damaged", "git checkout -- "),
        (
            &|path, mut bytes| {
                bytes[5] ^= 1;
                std::fs::write(path, bytes)
            },
            "is damaged",
            "git checkout -- ",
        ),
        (&|path, _| std::fs::write(path, pointer), "pointer of Git LFS", "git lfs pull"),
    ];
    for (damage, what, advice) in damages {
        let (folder, path) = one_embedding(&provider).await;
        damage(&path, std::fs::read(&path).unwrap()).unwrap();
        let cassette = folder.builder(Mode::Replay).tolerate_misses(true).open().unwrap();
        let url = format!("{}/v1/embeddings", provider.url());
        let error = post(&client(&cassette), &url, embedding(&json!("a"), 64)).await.unwrap_err();
        let error = Error::find_in(&error).unwrap();
        assert_eq!(error.kind(), ErrorKind::Malformed);
        let line = folder.text().lines().position(|line| line.contains("$blob: ")).unwrap() + 1;
        let place = format!("{}:{line}: the blob {}", folder.file().display(), path.display());
        assert!(error.message().starts_with(&place) && error.message().contains(what), "{error}");
        let hint = error.hint().unwrap();
        assert!(
            hint.contains(advice)
                && hint.contains(&format!("LLM_CASSETTE_MODE=record {}", child::runner()))
                && !hint.contains("fix that line"),
            "{hint}"
        );
    }
}

#[tokio::test]
async fn line_ends_that_git_converted_are_told_as_such() {
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    let notes = "One line, and another one.\n".repeat(100);
    let question = format!("data:text/plain;base64,{}", STANDARD.encode(&notes));
    record(&folder, &provider.url(), &[&question]).await;
    let path = folder.path().join("blobs").join(blobs(&folder).pop_first().unwrap());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), notes);
    std::fs::write(&path, notes.replace('\n', "\r\n")).unwrap();
    let cassette = folder.builder(Mode::Replay).tolerate_misses(true).open().unwrap();
    let error = ask(&client(&cassette), &provider.url(), &question).await.unwrap_err();
    let hint = Error::find_in(&error).unwrap().hint().unwrap().to_owned();
    assert!(hint.contains("`**/blobs/* binary` to `.gitattributes`"), "{hint}");
}

#[tokio::test]
async fn a_slip_of_the_pen_in_a_mark_is_an_error() {
    let provider = StandIn::start().await;
    for (from, to, wanted) in [
        ("kind: 64 numbers", "kind: 64 wonders", "`kind` has to say what the value is"),
        ("kind: 64 numbers", "are: 128 numbers", "unknown field `are` beside `$blob`"),
        ("kind: 64 numbers", "kind: 64 numbers or so", "`kind` has to say what the value is"),
        ("kind: 64 numbers", "kind: 63 numbers", "has 64 numbers, but `kind` says 63"),
        ("$blob: ", "$blob: 1", "64 lower-case hexadecimal digits"),
        ("$blob: ", "$blob: ../", "64 lower-case hexadecimal digits"),
        ("kind: 64 numbers", "kind: base64 of 9 bytes, before: 1", "`before` is not text"),
    ] {
        let (folder, _) = one_embedding(&provider).await;
        std::fs::write(folder.file(), folder.text().replace(from, to)).unwrap();
        let cassette = folder.builder(Mode::Replay).tolerate_misses(true).open().unwrap();
        let url = format!("{}/v1/embeddings", provider.url());
        let error = post(&client(&cassette), &url, embedding(&json!("a"), 64)).await.unwrap_err();
        let error = Error::find_in(&error).unwrap();
        assert_eq!(error.kind(), ErrorKind::Malformed, "{error}");
        assert!(error.message().contains(wanted), "{error}");
    }
}

#[tokio::test]
async fn a_blob_that_another_cassette_needs_stays_and_one_that_none_needs_goes() {
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    let other = || Cassette::builder(folder.path().join("other.yaml"));
    embed_each(&folder.open(Mode::Record), &provider.url(), &["shared", "mine"]).await;
    embed_each(&other().mode(Mode::Record).open().unwrap(), &provider.url(), &["shared"]).await;
    let before = blobs(&folder);
    assert_eq!(before.len(), 2);
    // What is not a blob's is nobody's to touch, whatever it is called.
    std::fs::write(folder.path().join("blobs/README.md"), "Recorded by llm-cassette.").unwrap();
    let unrelated = "ab".repeat(31);
    std::fs::write(folder.path().join("blobs").join(&unrelated), "").unwrap();

    provider.answers(2);
    embed_each(&folder.open(Mode::Refresh), &provider.url(), &["shared", "mine"]).await;
    let after = blobs(&folder);
    assert_eq!(after.intersection(&before).count(), 1, "the shared one stays, the other one goes");
    let mut wanted = referred(&folder);
    wanted.extend(["README.md".to_owned(), unrelated]);
    assert_eq!(after, wanted);
    embed_each(&other().mode(Mode::Replay).open().unwrap(), &provider.url(), &["shared"]).await;

    // The other one lets go of it as well: an interaction is removed, nothing comes in its place.
    let refresh = other().mode(Mode::Refresh).one_test(true).open().unwrap();
    ask(&client(&refresh), &provider.url(), "Hello").await.unwrap().bytes().await.unwrap();
    assert_eq!(refresh.finish().unwrap().removed, 1);
    assert_eq!(blobs(&folder).intersection(&before).count(), 0);
}

#[tokio::test]
async fn a_failed_refresh_leaves_documents_and_blobs_as_they_were() {
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    embed_each(&folder.open(Mode::Record), &provider.url(), &["a", "b"]).await;
    let before = committed(&folder);
    provider.answers(2);
    provider.on(Script::status(500).when(asks("\"b\"")));
    let cassette = folder.open(Mode::Refresh);
    let client = client(&cassette);
    for input in ["a", "b"] {
        embed(&client, &provider.url(), embedding(&json!(input), 64)).await;
    }
    drop((client, cassette));
    assert_eq!(committed(&folder), before);
}

#[cfg(unix)]
#[tokio::test]
async fn a_refresh_that_cannot_be_written_takes_its_blobs_away_again() {
    use std::os::unix::fs::PermissionsExt as _;
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    embed_each(&folder.open(Mode::Record), &provider.url(), &["a"]).await;
    let before = committed(&folder);
    // A folder in the place of the draft: refused whoever runs the test.
    let draft = folder.path().join(format!(".llm-cassette/test.yaml.{}.draft", std::process::id()));
    std::fs::create_dir(&draft).unwrap();
    std::fs::set_permissions(&draft, std::fs::Permissions::from_mode(0o700)).unwrap();
    provider.answers(2);
    let cassette = folder.open(Mode::Refresh);
    embed(&client(&cassette), &provider.url(), embedding(&json!("a"), 64)).await;
    assert_eq!(cassette.finish().unwrap_err().kind(), ErrorKind::Io);
    assert_eq!(committed(&folder), before);
}

#[tokio::test]
async fn replay_needs_nothing_but_to_read() {
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    let live = embed_each(&folder.open(Mode::Record), &provider.url(), &["a"]).await;
    std::fs::remove_dir_all(folder.path().join(".llm-cassette")).unwrap();
    let before = committed(&folder);
    let paths = ["blobs", "test.yaml", ""].map(|path| folder.path().join(path));
    let read_only = |on: bool| {
        let blob = blobs(&folder).pop_first().map(|name| folder.path().join("blobs").join(name));
        for path in paths.iter().chain(&blob) {
            let mut permissions = std::fs::metadata(path).unwrap().permissions();
            permissions.set_readonly(on);
            std::fs::set_permissions(path, permissions).unwrap();
        }
    };
    read_only(true);
    let played = embed_each(&folder.open(Mode::Replay), &provider.url(), &["a"]).await;
    let after = committed(&folder);
    read_only(false);
    assert_eq!((played, provider.calls()), (live, 1));
    assert_eq!(after, before);
}

const EACH: usize = 30;

#[tokio::test]
async fn processes_that_record_and_refresh_in_one_folder_lose_no_blob() {
    if let Some(child) = child::role() {
        // Some inputs are everybody's, so that their blobs are written, shared and let go of all the time.
        for n in 0..EACH {
            let (own, shared) = (format!("{} {n}", child.name), format!("shared {}", n % 3));
            let inputs = [own.as_str(), shared.as_str()];
            match child.name.as_str() {
                "refreshes" => {
                    // Each time other requests, so that each time the blobs of the last ones are let go of.
                    let cassette = child.builder(Mode::Refresh).one_test(true).open().unwrap();
                    embed_each(&cassette, &child.base, &inputs).await;
                }
                _ => drop(embed_each(&child.open(Mode::Record), &child.base, &inputs).await),
            }
        }
        return;
    }
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    let names = ["ann", "bob", "refreshes"];
    let children = names.map(|name| {
        let file = folder.path().join(name).with_extension("yaml");
        child::start(&|| {}, name, &file, &provider.url())
    });
    for process in children {
        let (status, said) = child::outcome(process).await;
        assert_eq!(status, Some(0), "{said}");
    }
    let calls = provider.calls();
    for name in names {
        let file = folder.path().join(name).with_extension("yaml");
        for n in if name == "refreshes" { EACH - 1..EACH } else { 0..EACH } {
            let cassette = Cassette::builder(&file).mode(Mode::Replay).open().unwrap();
            let inputs = [format!("{name} {n}"), format!("shared {}", n % 3)];
            embed_each(&cassette, &provider.url(), &[&inputs[0], &inputs[1]]).await;
        }
    }
    assert_eq!(provider.calls(), calls);
    assert_eq!(blobs(&folder), referred(&folder));
}

#[tokio::test]
async fn a_process_killed_at_any_point_leaves_no_document_without_its_blobs() {
    if let Some(child) = child::role() {
        let cassette = child.open(Mode::Record);
        let client = client(&cassette);
        for n in 0.. {
            embed(&client, &child.base, embedding(&json!(format!("input {n}")), 64)).await;
        }
    }
    for count in [1, 2, 5, 9, 14, 20] {
        let (folder, provider) = (Folder::new(), StandIn::start().await);
        let mut process = child::start(&|| {}, "records", &folder.file(), &provider.url());
        // It is killed while it writes what came before, or somewhat later.
        child::brings_about(&mut process, provider.arrived(count)).await;
        process.kill().await.unwrap();
        let left = blobs(&folder);
        assert!(left.is_superset(&referred(&folder)));
        assert!(left.len() <= referred(&folder).len() + 1, "at most the blob of the call in flight");
        if count > 1 {
            let inputs: Vec<String> = (0..count - 1).map(|n| format!("input {n}")).collect();
            let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
            embed_each(&folder.open(Mode::Replay), &provider.url(), &inputs).await;
        }
        // The next recording finds everything in order, and tidies up.
        embed_each(&folder.open(Mode::Record), &provider.url(), &["input 0", "another"]).await;
        assert_eq!(blobs(&folder), referred(&folder));
    }
}

#[tokio::test]
async fn no_secret_is_in_a_blob() {
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    let file = |secret: &str| {
        let text = format!("{}The key is {secret} here.\n{}", "notes ".repeat(300), "more ".repeat(300));
        format!("data:text/plain;base64,{}", STANDARD.encode(text))
    };
    let builder = || folder.builder(Mode::Record).secret("plum-tree-77").secret_pattern("ACME-[0-9]+");
    // A known value goes from the base64, whoever may read the rest.
    let cassette = builder().open().unwrap();
    ask(&client(&cassette), &provider.url(), &file("plum-tree-77")).await.unwrap().bytes().await.unwrap();
    assert_eq!(cassette.finish().unwrap().recorded, 1);
    // What only a pattern knows can be seen in the open file alone; that refuses it.
    let before = committed(&folder);
    let cassette = builder().open().unwrap();
    ask(&client(&cassette), &provider.url(), &file("ACME-12345")).await.unwrap().bytes().await.unwrap();
    let error = cassette.finish().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unrecordable);
    assert_eq!(committed(&folder), before);
    for (path, bytes) in committed(&folder) {
        for secret in ["plum-tree-77", "ACME-12345"] {
            for shift in 0..3 {
                // As it is, and as base64 has it at each place of a group.
                let coded = STANDARD.encode([&[b' '; 2][..shift], secret.as_bytes()].concat());
                let coded = &coded.as_bytes()[4..coded.len() - 4];
                let holds = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
                assert!(!holds(secret.as_bytes()) && !holds(coded), "{path} has {secret}");
            }
        }
    }
}

#[tokio::test]
async fn a_transfer_of_a_sound_is_played_as_it_came() {
    for framing in [Framing::Chunked, Framing::Length, Framing::Close] {
        let (folder, provider) = (Folder::new(), StandIn::start().await);
        let sound = noise(50_000, 10);
        let reply = Reply::new(200).header("content-type", "audio/mpeg").framing(framing);
        provider.on(Script::raw(reply.chunks(sound.chunks(8192).map(<[u8]>::to_vec).collect())));
        for mode in [Mode::Record, Mode::Replay] {
            let cassette = folder.open(mode);
            let url = format!("{}/v1/audio/speech", provider.url());
            let heard = post(&client(&cassette), &url, "{}".to_owned()).await.unwrap();
            assert_eq!(heard.bytes().await.unwrap(), sound);
            cassette.finish().unwrap();
        }
        assert_eq!(blobs(&folder).len(), 1);
        assert!(folder.text().len() < 1000, "{}", folder.text());
    }
}
