use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use llm_cassette::{Builder, Cassette, Mode, Repeats};
use reqwest::ResponseBuilderExt as _;
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Middleware, Next, Result};

use super::{Download, Tool};
use crate::Outcome;
use crate::workload::{Size, URL, Work, answer, number, question};

pub struct LlmCassette {
    client: ClientWithMiddleware,
    cassette: Option<Cassette>,
}

impl LlmCassette {
    fn open(builder: Builder, answering: Option<Answering>) -> Outcome<LlmCassette> {
        let cassette = builder.open()?;
        let mut client = ClientBuilder::new(reqwest::Client::new()).with(cassette.clone());
        if let Some(answering) = answering {
            client = client.with(answering);
        }
        Ok(LlmCassette { client: client.build(), cassette: Some(cassette) })
    }
}

impl Tool for LlmCassette {
    /// Recorded in pieces, each put in order as it is finished, and joined: cassettes are made to be appended to.
    fn generate(path: &Path, work: Work) -> Outcome<()> {
        let piece_length = if work.same { 100 } else { 10_000 };
        let mut whole = Vec::new();
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        for start in (0..work.count).step_by(piece_length) {
            let piece = path.with_extension("piece.yaml");
            let cassette = LlmCassette::recording_answers(&piece, work.size)?;
            for at in start..work.count.min(start + piece_length) {
                runtime.block_on(cassette.ask(URL, question(work.number(at), work.size)))?;
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
        LlmCassette::open(Cassette::builder(path).mode(Mode::Replay).repeats(Repeats::Reuse), None)
    }

    fn replaying_takes(path: &Path) -> Outcome<LlmCassette> {
        LlmCassette::open(Cassette::builder(path).mode(Mode::Replay), None)
    }

    fn recording(path: &Path) -> Outcome<LlmCassette> {
        LlmCassette::open(Cassette::builder(path).mode(Mode::Record), None)
    }

    fn recording_answers(path: &Path, size: Size) -> Outcome<LlmCassette> {
        LlmCassette::open(Cassette::builder(path).mode(Mode::Record), Some(Answering(size)))
    }

    fn refreshing(path: &Path, size: Size) -> Outcome<LlmCassette> {
        LlmCassette::open(Cassette::builder(path).mode(Mode::Refresh), Some(Answering(size)))
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

    async fn download(&self, url: &str) -> Outcome<Download> {
        let request = self.client.get(url).build()?;
        let mut download = Download::begin();
        let mut response = self.client.execute(request).await?;
        while let Some(chunk) = response.chunk().await? {
            download.came(&chunk);
        }
        Ok(download)
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
