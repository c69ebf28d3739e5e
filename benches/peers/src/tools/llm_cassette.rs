use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use llm_cassette::{Builder, Cassette, Mode, Repeats};
use reqwest::ResponseBuilderExt as _;
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Middleware, Next, Result};

use super::Tool;
use crate::Outcome;
use crate::workload::{Size, URL, answer, number, question};

pub struct LlmCassette {
    client: ClientWithMiddleware,
    cassette: Option<Cassette>,
}

impl LlmCassette {
    fn open(builder: Builder) -> Outcome<LlmCassette> {
        let cassette = builder.open()?;
        let client = ClientBuilder::new(reqwest::Client::new()).with(cassette.clone()).build();
        Ok(LlmCassette { client, cassette: Some(cassette) })
    }
}

impl Tool for LlmCassette {
    /// Recorded in pieces, each put in order as it is finished, and joined: cassettes are made to be appended to.
    fn generate(path: &Path, count: usize, size: Size) -> Outcome<()> {
        const PIECE: usize = 10_000;
        let mut whole = Vec::new();
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        for start in (0..count).step_by(PIECE) {
            let piece = path.with_extension("piece.yaml");
            let cassette = Cassette::builder(&piece).mode(Mode::Record).open()?;
            let client = ClientBuilder::new(reqwest::Client::new())
                .with(cassette.clone())
                .with(Answering(size))
                .build();
            for number in start..count.min(start + PIECE) {
                let asked = request(URL, question(number, size), &client)?;
                let response = runtime.block_on(client.execute(asked))?;
                runtime.block_on(response.bytes())?;
            }
            cassette.finish()?;
            let bytes = fs::read(&piece)?;
            fs::remove_file(&piece)?;
            let documents = bytes.iter().position(|&byte| byte == b'\n').map_or(0, |at| at + 1);
            whole.extend_from_slice(&bytes[if start == 0 { 0 } else { documents }..]);
        }
        Ok(fs::write(path, whole)?)
    }

    fn replaying(path: &Path) -> Outcome<LlmCassette> {
        LlmCassette::open(Cassette::builder(path).mode(Mode::Replay).repeats(Repeats::Reuse))
    }

    fn recording(path: &Path) -> Outcome<LlmCassette> {
        LlmCassette::open(Cassette::builder(path).mode(Mode::Record))
    }

    fn without_recorder() -> LlmCassette {
        LlmCassette { client: ClientBuilder::new(reqwest::Client::new()).build(), cassette: None }
    }

    async fn ask(&self, url: &str, question: String) -> Outcome<(Duration, Vec<u8>)> {
        let request = request(url, question, &self.client)?;
        let start = Instant::now();
        let answer = self.client.execute(request).await?.bytes().await?;
        Ok((start.elapsed(), answer.to_vec()))
    }

    fn finish(self) -> Outcome<()> {
        if let Some(cassette) = self.cassette {
            cassette.finish()?;
        }
        Ok(())
    }
}

fn request(url: &str, question: String, client: &ClientWithMiddleware) -> Outcome<reqwest::Request> {
    Ok(client.post(url).header("content-type", "application/json").body(question).build()?)
}

/// Answers in the place of a network.
struct Answering(Size);

#[async_trait::async_trait]
impl Middleware for Answering {
    async fn handle(
        &self,
        request: reqwest::Request,
        _: &mut http::Extensions,
        _: Next<'_>,
    ) -> Result<reqwest::Response> {
        let asked = request.body().and_then(reqwest::Body::as_bytes).unwrap_or_default();
        let response = http::Response::builder()
            .url(request.url().clone())
            .header("content-type", "application/json")
            .body(answer(number(asked), self.0))
            .map_err(reqwest_middleware::Error::middleware)?;
        Ok(response.into())
    }
}
