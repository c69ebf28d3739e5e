//! One kind of call, so often, and nothing else: `.ci/instructions` runs it under valgrind with two numbers of calls, and
//! divides what is between them. So what a process takes to start and to open a cassette is left out.
//!
//! `KIND COUNT FOLDER`, where `prepare` has written what `once` and `again` replay.

use std::fs;
use std::path::Path;

use llm_cassette::{Cassette, Mode, Repeats};
use reqwest::ResponseBuilderExt as _;
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Middleware, Next};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

const URL: &str = "https://api.openai.com/v1/chat/completions";

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [kind, count, folder] = &arguments[..] else { return Err("KIND COUNT FOLDER".into()) };
    let count: usize = count.parse()?;
    let (recorded, new) = (Path::new(folder).join("recorded.yaml"), Path::new(folder).join("new.yaml"));
    // A cassette that is given back with the same name each time, so that no run finds the one before.
    match fs::remove_file(if kind == "prepare" { &recorded } else { &new }) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    match kind.as_str() {
        "prepare" => record(&recorded, count),
        "record" => record(&new, count),
        // Each has an answer of its own, which is read from the file.
        "once" => replay(Cassette::builder(&recorded).mode(Mode::Replay).open()?, 0..count),
        "again" => {
            let cassette = Cassette::builder(&recorded).mode(Mode::Replay).repeats(Repeats::Reuse);
            replay(cassette.open()?, std::iter::repeat_n(0, count))
        }
        _ => Err("prepare, record, once, or again".into()),
    }
}

fn record(path: &Path, count: usize) -> Outcome<()> {
    let cassette = Cassette::builder(path).mode(Mode::Record).open()?;
    let client = ClientBuilder::new(reqwest::Client::new()).with(cassette.clone()).with(Answering).build();
    ask(&client, 0..count)?;
    cassette.finish()?;
    Ok(())
}

fn replay(cassette: Cassette, numbers: impl Iterator<Item = usize>) -> Outcome<()> {
    let client = ClientBuilder::new(reqwest::Client::new()).with(cassette.clone()).build();
    ask(&client, numbers)?;
    cassette.finish()?;
    Ok(())
}

fn ask(client: &ClientWithMiddleware, numbers: impl Iterator<Item = usize>) -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    for number in numbers {
        let request =
            client.post(URL).header("content-type", "application/json").body(question(number)).build()?;
        let answered = runtime.block_on(async {
            client.execute(request).await?.bytes().await.map_err(reqwest_middleware::Error::from)
        })?;
        if answered != answer(number).as_bytes() {
            return Err("the answer to another question".into());
        }
    }
    Ok(())
}

/// Answers in the place of a network.
struct Answering;

#[async_trait::async_trait]
impl Middleware for Answering {
    async fn handle(
        &self,
        request: reqwest::Request,
        _: &mut http::Extensions,
        _: Next<'_>,
    ) -> reqwest_middleware::Result<reqwest::Response> {
        let asked = request.body().and_then(reqwest::Body::as_bytes).unwrap_or_default();
        let response = http::Response::builder()
            .url(request.url().clone())
            .header("content-type", "application/json")
            .body(answer(number(asked)))
            .map_err(reqwest_middleware::Error::middleware)?;
        Ok(response.into())
    }
}

/// The number has as many digits whatever it is, so that each call has as much to do.
fn question(number: usize) -> String {
    format!(
        r#"{{"model":"gpt-4o-mini","messages":[{{"role":"system","content":"You are a helpful assistant. Answer in one sentence."}},{{"role":"user","content":"What is the capital of country number {number:06}?"}}],"temperature":0.2,"max_tokens":64}}"#
    )
}

fn answer(number: usize) -> String {
    format!(
        r#"{{"id":"chatcmpl-{number:08}","object":"chat.completion","created":1750000000,"model":"gpt-4o-mini-2024-07-18","choices":[{{"index":0,"message":{{"role":"assistant","content":"The capital of country number {number:06} is city number {number:06}.","refusal":null}},"logprobs":null,"finish_reason":"stop"}}],"usage":{{"prompt_tokens":31,"completion_tokens":12,"total_tokens":43}},"service_tier":"default","system_fingerprint":"fp_0123456789"}}"#
    )
}

/// The number in a question.
fn number(question: &[u8]) -> usize {
    let text = String::from_utf8_lossy(question);
    let after = text.split_once("country number ").map_or("", |(_, after)| after);
    after.get(..6).and_then(|digits| digits.parse().ok()).unwrap_or_default()
}
