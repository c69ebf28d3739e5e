//! Secrets never reach a file, an error, a log or a terminal, and what was taken out does not decide what replays.
//!
//! The work is done in child processes, so that their environment and all that they print can be had.

use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use llm_cassette::{Cassette, Error, Mode};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, RequestBuilder};
use serde_json::json;

use crate::stand_in::{Cut, Script, StandIn};
use crate::support::Folder;

/// Tells a child what to do: `record`, or `replay` with the key to use.
const TASK: &str = "SECRETS_TEST_TASK";
const FOLDER: &str = "SECRETS_TEST_FOLDER";
const KEY: &str = "SECRETS_TEST_KEY";

/// The key of the run that records. Full of what means something to regular expressions.
const LIVE_KEY: &str = "live+key.(with)*[meta]^$chars|9f8e7d6c5b4a";
/// Known only from the environment.
const FROM_ENVIRONMENT: &str = "environment-value-4b1d9c77e0";

/// What the variable holds in the runs that replay.
const OTHER_VALUE: &str = "another-value-of-it-77aa31";

type Build = Box<dyn Fn(RequestBuilder, &str) -> RequestBuilder + Send + Sync>;

/// One request with a secret in it. `key` is whatever key the run uses.
struct Plant {
    name: &'static str,
    /// What must not be found anywhere; empty where it is the key itself.
    secret: String,
    build: Build,
    /// Added to the URL.
    query: Box<dyn Fn(&str) -> String + Send + Sync>,
    script: Option<fn() -> Script>,
}

fn plant(
    name: &'static str,
    build: impl Fn(RequestBuilder, &str) -> RequestBuilder + Send + Sync + 'static,
) -> Plant {
    Plant {
        name,
        secret: String::new(),
        build: Box::new(build),
        query: Box::new(|_| String::new()),
        script: None,
    }
}

fn chat(request: RequestBuilder, text: &str) -> RequestBuilder {
    let body = json!({"model": "gpt-4o-mini", "messages": [{"role": "user", "content": text}]});
    request.header("content-type", "application/json").body(body.to_string())
}

fn in_header(name: &'static str, value: impl Fn(&str) -> String + Send + Sync + 'static) -> Plant {
    plant(name, move |request, key| chat(request.header(name, value(key)), &format!("Header {name}")))
}

fn in_query(name: &'static str) -> Plant {
    let mut plant = plant(name, move |request, _| chat(request, &format!("Query {name}")));
    plant.query = Box::new(move |key| format!("?{name}={}", percent(key)));
    plant
}

fn in_json(name: &'static str) -> Plant {
    plant(name, move |request, key| {
        let body = json!({"model": "gpt-4o-mini", name: key, "messages": [{"role": "user", "content": format!("Field {name}")}]});
        request.header("content-type", "application/json").body(body.to_string())
    })
}

/// A text in which the key, or something made of it, stands.
fn in_prose(name: &'static str, text: impl Fn(&str) -> String + Send + Sync + 'static) -> Plant {
    plant(name, move |request, key| chat(request.bearer_auth(key), &text(key)))
}

/// A text in which a secret stands that the run's key has nothing to do with.
fn fixed(name: &'static str, secret: &str) -> Plant {
    let text = format!("{name}: use {secret} for it");
    let mut plant = plant(name, move |request, key| chat(request.bearer_auth(key), &text));
    plant.secret = secret.to_owned();
    plant
}

fn answered(name: &'static str, script: fn() -> Script) -> Plant {
    let mut plant =
        plant(name, move |request, key| chat(request.bearer_auth(key), &format!("Answer with {name}")));
    plant.script = Some(script);
    plant
}

fn percent(text: &str) -> String {
    text.bytes()
        .map(
            |byte| {
                if byte.is_ascii_alphanumeric() { (byte as char).to_string() } else { format!("%{byte:02X}") }
            },
        )
        .collect()
}

fn plants() -> Vec<Plant> {
    let mut plants = vec![
        in_header("authorization", |key| format!("Bearer {key}")),
        in_header("x-api-key", str::to_owned),
        in_header("api-key", str::to_owned),
        in_header("x-goog-api-key", str::to_owned),
        in_header("cookie", |key| format!("session={key}; theme=dark")),
        in_header("proxy-authorization", |key| format!("Basic {}", STANDARD.encode(format!("user:{key}")))),
        in_header("x-amz-security-token", str::to_owned),
        in_header("x-my-secret", str::to_owned),
        in_query("key"),
        in_query("api_key"),
        in_query("access_token"),
        in_query("sig"),
        in_query("X-Amz-Signature"),
        in_json("api_key"),
        in_json("password"),
        in_json("client_secret"),
        in_json("access_token"),
        in_json("refreshToken"),
        in_json("private_key"),
        in_prose("prose", |key| format!("My key is {key} and this is a test of it")),
        in_prose("base64", |key| format!("In base64 {} it is", STANDARD.encode(key))),
        in_prose("base64 inside", |key| {
            format!("As {} in a config", STANDARD.encode(format!("k={key};v=2")))
        }),
        in_prose("base64 for URLs", |key| {
            format!("For URLs {} it is", URL_SAFE_NO_PAD.encode(format!("id:{key}")))
        }),
        in_prose("percent", |key| format!("As https://example.com/?q={} it is", percent(key))),
        in_prose("JSON in prose", |key| format!("Config: {}", json!({"api_key": key}))),
        fixed("environment", FROM_ENVIRONMENT),
        fixed("OpenAI", "sk-proj-Ab3dEf6hIj9lMn2pQr5tUv8xYz1BcD4eFg7H"),
        fixed("Anthropic", "sk-ant-api03-Ab3dEf6hIj9lMn2pQr5tUv8xYz1BcD4eFg7HiJ-kLmN"),
        fixed("Google", "AIzaSyA1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q"),
        fixed("GitHub", "ghp_Ab3dEf6hIj9lMn2pQr5tUv8xYz1BcD4eFg7H"),
        fixed("AWS", "AKIAIOSFODNN7Q3RTYU2"),
        fixed("Slack", concat!("xoxb-", "123456789012-123456789012-Ab3dEf6hIj9lMn2pQr5tUv8x")),
        fixed("Groq", "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"),
        fixed("Hugging Face", "hf_AbCdEfGhIjKlMnOpQrStUvWxYz01234567"),
        fixed("xAI", "xai-Ab3dEf6hIj9lMn2pQr5tUv8xYz1BcD4eFg7HiJkLmN0pQrStUvWxAb3dEf6hIj9lMn2pQr5t"),
        fixed(
            "JWT",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
        ),
        fixed("bearer in prose", "Bearer Zx9Yw8Vu7Ts6Rq5Po4Nm3Lk2Ji1Hg0Fe"),
    ];
    plants.push({
        let mut multipart = plant("multipart", |request, key| {
            let body = format!("--b\r\nContent-Disposition: form-data; name=\"api_key\"\r\n\r\n{key}\r\n--b\r\nContent-Disposition: form-data; name=\"q\"\r\n\r\nhi\r\n--b--\r\n");
            request.header("content-type", "multipart/form-data; boundary=b").body(body)
        });
        multipart.script = Some(|| Script::says("fine"));
        multipart
    });
    plants.push({
        let mut form = plant("form", |request, key| {
            let body = format!("client_secret={}&grant_type=client_credentials", percent(key));
            request.header("content-type", "application/x-www-form-urlencoded").body(body)
        });
        form.script = Some(|| Script::says("fine"));
        form
    });
    plants.push(answered("an echo of the key", Script::echo_authorization));
    plants.push(answered("an echo in single bytes", || Script::echo_authorization().chunks(Cut::Byte)));
    plants.push(answered("an echo in a header", || {
        Script::answer().header("location", &format!("https://example.com/?token={}", percent(LIVE_KEY)))
    }));
    plants.push(answered("a cookie that is set", || {
        Script::answer().header("set-cookie", &format!("session={LIVE_KEY}; HttpOnly"))
    }));
    // A model that repeats a key sends it in pieces, one an event.
    plants.push({
        let mut stream = plant("a stream", |request, key| {
            let body = json!({"model": "gpt-4o-mini", "stream": true, "messages": [{"role": "user", "content": format!("Repeat {key} now")}]});
            request.bearer_auth(key).header("content-type", "application/json").body(body.to_string())
        });
        stream.script = Some(Script::echo_authorization);
        stream
    });
    plants
}

fn client(cassette: &Cassette) -> ClientWithMiddleware {
    ClientBuilder::new(reqwest::Client::new()).with(cassette.clone()).build()
}

fn open(folder: &Path, mode: Mode) -> Cassette {
    Cassette::builder(folder.join("secrets.yaml")).mode(mode).ignore_host(true).open().unwrap()
}

/// What the children do; of itself it does nothing.
#[tokio::test]
async fn child() {
    let Ok(task) = std::env::var(TASK) else { return };
    let folder = std::path::PathBuf::from(std::env::var(FOLDER).unwrap());
    let key = std::env::var(KEY).unwrap();
    let provider = StandIn::start().await;
    let base = provider.url();
    let mode = if task == "record" { Mode::Record } else { Mode::Replay };
    let cassette = open(&folder, mode);
    for plant in plants() {
        if let Some(script) = plant.script {
            provider.on(script());
        }
        let url = format!("{base}/v1/chat/completions{}", (plant.query)(&key));
        let response = (plant.build)(client(&cassette).post(url), &key).send().await;
        let response = response.unwrap_or_else(|error| panic!("{}: {error:?}", plant.name));
        assert_eq!(response.status(), 200, "{}", plant.name);
        response.bytes().await.unwrap();
    }
    if task == "record" {
        // An error that repeats the key is passed on, and not recorded.
        provider.on(Script::bad_key());
        let refused =
            chat(client(&cassette).post(format!("{base}/v1/chat/completions")).bearer_auth(&key), "Bad key")
                .send()
                .await;
        assert_eq!(refused.unwrap().status(), 401);
    }
    let report = cassette.finish().unwrap();
    println!("{report:?} {report} {cassette:?}");
    // A miss that has the secrets of this run wherever a request can have them.
    let token = std::env::var("SOME_SERVICE_TOKEN").unwrap();
    let cassette = open(&folder, Mode::Replay);
    let url = format!("{base}/v1/other/{}?key={}&q={}", percent(&key), percent(&key), percent(&token));
    let miss = chat(client(&cassette).post(url).bearer_auth(&key), &format!("My key is {key}, and {token}"))
        .send()
        .await;
    let error = miss.unwrap_err();
    println!("{error} {error:?} {}", Error::find_in(&error).unwrap());
    println!("{:?} {}", cassette.finish(), cassette.finish().unwrap_err());
}

fn run_child(folder: &Folder, task: &str, key: &str) -> String {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "secrets::child", "--nocapture"])
        .env(TASK, task)
        .env(FOLDER, folder.path())
        .env(KEY, key)
        .env("OPENAI_API_KEY", key)
        .env("SOME_SERVICE_TOKEN", if task == "record" { FROM_ENVIRONMENT } else { OTHER_VALUE })
        .output()
        .unwrap();
    let printed =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{task} with {key:?}:\n{printed}");
    printed
}

fn forms(secret: &str) -> Vec<String> {
    let mut forms =
        vec![secret.to_owned(), percent(secret), percent(secret).to_lowercase(), STANDARD.encode(secret)];
    // The part of base64 that is the same whatever stands around, for each of the three ways to be aligned.
    for shift in 0..3 {
        let padded = STANDARD.encode([&vec![b'x'; shift], secret.as_bytes()].concat());
        forms.push(padded[4..padded.len() - 8].to_owned());
    }
    forms
}

#[test]
fn no_secret_reaches_a_file_an_error_or_the_terminal_and_everything_still_replays() {
    let plants = plants();
    assert!(plants.len() >= 40, "{}", plants.len());
    let folder = Folder::new();
    let mut texts = vec![("the terminal".to_owned(), run_child(&folder, "record", LIVE_KEY))];
    for key in [LIVE_KEY, "sk-proj-another-key-Zz8Yy7Xx6Ww5Vv4Uu3Tt2", "test", "", "x"] {
        texts.push((format!("the terminal of replay with {key:?}"), run_child(&folder, "replay", key)));
    }
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            texts.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
        }
    }
    let cassette = std::fs::read_to_string(folder.path().join("secrets.yaml")).unwrap();
    assert_eq!(cassette.matches("\nkey: ").count(), plants.len());
    // What is no secret stays: a word is not taken out because some run uses it as its key.
    assert!(cassette.contains("this is a test of it"));
    for secret in plants
        .iter()
        .map(|plant| plant.secret.as_str())
        .filter(|secret| !secret.is_empty())
        .chain([LIVE_KEY, FROM_ENVIRONMENT, OTHER_VALUE])
    {
        for form in forms(secret) {
            for (place, text) in &texts {
                assert!(!text.contains(&form), "{secret:?} stands in {place} as {form:?}");
            }
        }
    }
}
