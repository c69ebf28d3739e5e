use std::path::Path;
use std::time::{Duration, Instant};

use reqwest_middleware02::{ClientBuilder, ClientWithMiddleware, Middleware, Next, Result};
use reqwest011::Client;
use rvcr::{VCRMiddleware, VCRMode, VCRReplaySearch};

use super::{Download, Tool};
use crate::Outcome;
use crate::workload::{Size, URL, Work, answer, number, question};

pub struct Rvcr {
    client: ClientWithMiddleware,
}

impl Tool for Rvcr {
    fn generate(path: &Path, work: Work) -> Outcome<()> {
        let rvcr = Rvcr::recording_answers(path, work.size)?;
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        for at in 0..work.count {
            runtime.block_on(rvcr.ask(URL, question(work.number(at), work.size)))?;
        }
        rvcr.finish()
    }

    fn replaying(path: &Path) -> Outcome<Rvcr> {
        let recorder = VCRMiddleware::try_from(path.to_owned())?.with_search(VCRReplaySearch::SearchAll);
        Ok(Rvcr { client: ClientBuilder::new(Client::new()).with(recorder).build() })
    }

    /// The nth request gets the nth recording.
    fn replaying_takes(path: &Path) -> Outcome<Rvcr> {
        let recorder = VCRMiddleware::try_from(path.to_owned())?.with_search(VCRReplaySearch::SkipFound);
        Ok(Rvcr { client: ClientBuilder::new(Client::new()).with(recorder).build() })
    }

    fn recording(path: &Path) -> Outcome<Rvcr> {
        let recorder = VCRMiddleware::try_from(path.to_owned())?.with_mode(VCRMode::Record);
        Ok(Rvcr { client: ClientBuilder::new(Client::new()).with(recorder).build() })
    }

    fn recording_answers(path: &Path, size: Size) -> Outcome<Rvcr> {
        let recorder = VCRMiddleware::try_from(path.to_owned())?.with_mode(VCRMode::Record);
        Ok(Rvcr { client: ClientBuilder::new(Client::new()).with(recorder).with(Answering(size)).build() })
    }

    fn without_recorder() -> Rvcr {
        Rvcr { client: ClientBuilder::new(Client::new()).build() }
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

    /// Writes the file.
    fn finish(self) -> Outcome<()> {
        drop(self.client);
        Ok(())
    }
}

fn request(url: &str, question: String, client: &ClientWithMiddleware) -> Outcome<reqwest011::Request> {
    Ok(client.post(url).header("content-type", "application/json").body(question).build()?)
}

/// Answers in the place of a network.
struct Answering(Size);

#[async_trait::async_trait]
impl Middleware for Answering {
    async fn handle(
        &self,
        request: reqwest011::Request,
        _: &mut task_local_extensions::Extensions,
        _: Next<'_>,
    ) -> Result<reqwest011::Response> {
        let asked = request.body().and_then(reqwest011::Body::as_bytes).unwrap_or_default();
        let mut response = http02::Response::new(answer(number(asked), self.0));
        response.headers_mut().insert("content-type", http02::HeaderValue::from_static("application/json"));
        Ok(response.into())
    }
}
