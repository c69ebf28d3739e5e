use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};

use cassetter::reqwest::Client;
use cassetter::{RecordMode, Recorder};
use cassetter_core::body::process_body;
use cassetter_core::cassette::Cassette;
use cassetter_core::protocol::http::{HttpInteraction, HttpRequest, HttpResponse};

use super::{Download, Tool};
use crate::Outcome;
use crate::workload::{Size, URL, Work, answer, question};

pub enum Cassetter {
    With { client: Client, recorder: Recorder },
    Without(reqwest::Client),
}

impl Cassetter {
    fn open(path: &Path, mode: RecordMode) -> Outcome<Cassetter> {
        let recorder =
            Recorder::builder(path).record_mode(mode).match_on(["method", "uri", "json_body"])?.build()?;
        Ok(Cassetter::With { client: Client::new(reqwest::Client::new(), recorder.clone()), recorder })
    }

    fn plain(&self) -> &reqwest::Client {
        match self {
            Cassetter::With { client, .. } => client.inner(),
            Cassetter::Without(client) => client,
        }
    }

    async fn execute(&self, request: reqwest::Request) -> Outcome<reqwest::Response> {
        Ok(match self {
            Cassetter::With { client, .. } => client.execute(request).await?,
            Cassetter::Without(client) => client.execute(request).await?,
        })
    }
}

impl Tool for Cassetter {
    /// The recorder wraps a client that has to reach a server.
    const STANDS_IN: bool = false;

    /// Through the core, as it would write the whole file after each call.
    fn generate(path: &Path, work: Work) -> Outcome<()> {
        let json = "application/json";
        let headers = || Some(HashMap::from([("content-type".to_owned(), vec![json.to_owned()])]));
        let body = |text: String| process_body(text.into_bytes(), Some(json), None, 1 << 30).map(Some);
        let mut cassette = Cassette::new();
        for at in 0..work.count {
            let (number, size) = (work.number(at), work.size);
            let request =
                HttpRequest::new("POST".into(), URL.into(), headers(), body(question(number, size))?);
            let response = HttpResponse::new(200, headers(), body(answer(number, size))?);
            let interaction = HttpInteraction::new(request, response, "2026-11-21T02:10:44Z".into());
            cassette.insert_interaction(at, interaction)?;
        }
        let order = cassette.output_order(None, None);
        cassette.save(path.to_str().ok_or("the path is not Unicode")?, Some(&order), None)?;
        Ok(())
    }

    fn replaying(path: &Path) -> Outcome<Cassetter> {
        Cassetter::open(path, RecordMode::None)
    }

    fn replaying_takes(path: &Path) -> Outcome<Cassetter> {
        Cassetter::replaying(path)
    }

    fn recording(path: &Path) -> Outcome<Cassetter> {
        Cassetter::open(path, RecordMode::NewEpisodes)
    }

    fn recording_answers(path: &Path, _: Size) -> Outcome<Cassetter> {
        Cassetter::recording(path)
    }

    fn without_recorder() -> Cassetter {
        Cassetter::Without(reqwest::Client::new())
    }

    async fn ask(&self, url: &str, question: String) -> Outcome<(Duration, Vec<u8>)> {
        let plain = self.plain();
        let request = plain.post(url).header("content-type", "application/json").body(question).build()?;
        let start = Instant::now();
        let response = self.execute(request).await?;
        let answer = response.bytes().await?;
        Ok((start.elapsed(), answer.to_vec()))
    }

    async fn download(&self, url: &str) -> Outcome<Download> {
        let plain = self.plain();
        let request = plain.get(url).build()?;
        let mut download = Download::begin();
        let mut response = self.execute(request).await?;
        while let Some(chunk) = response.chunk().await? {
            download.came(&chunk);
        }
        Ok(download)
    }

    fn finish(self) -> Outcome<()> {
        if let Cassetter::With { recorder, .. } = self {
            tokio::runtime::Builder::new_current_thread().build()?.block_on(recorder.finish())?;
        }
        Ok(())
    }
}
