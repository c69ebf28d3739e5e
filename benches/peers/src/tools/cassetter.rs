use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};

use cassetter::reqwest::Client;
use cassetter::{RecordMode, Recorder};
use cassetter_core::body::process_body;
use cassetter_core::cassette::Cassette;
use cassetter_core::protocol::http::{HttpInteraction, HttpRequest, HttpResponse};

use super::Tool;
use crate::Outcome;
use crate::workload::{Size, URL, answer, question};

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
}

impl Tool for Cassetter {
    /// Through the core: the recorder wraps a client that has to reach a server, and writes the whole file after each
    /// call.
    fn generate(path: &Path, count: usize, size: Size) -> Outcome<()> {
        let json = "application/json";
        let headers = || Some(HashMap::from([("content-type".to_owned(), vec![json.to_owned()])]));
        let body = |text: String| process_body(text.into_bytes(), Some(json), None, 1 << 30).map(Some);
        let mut cassette = Cassette::new();
        for number in 0..count {
            let request =
                HttpRequest::new("POST".into(), URL.into(), headers(), body(question(number, size))?);
            let response = HttpResponse::new(200, headers(), body(answer(number, size))?);
            let interaction = HttpInteraction::new(request, response, "2026-11-21T02:10:44Z".into());
            cassette.insert_interaction(number, interaction)?;
        }
        let order = cassette.output_order(None, None);
        cassette.save(path.to_str().ok_or("the path is not Unicode")?, Some(&order), None)?;
        Ok(())
    }

    fn replaying(path: &Path) -> Outcome<Cassetter> {
        Cassetter::open(path, RecordMode::None)
    }

    fn recording(path: &Path) -> Outcome<Cassetter> {
        Cassetter::open(path, RecordMode::NewEpisodes)
    }

    fn without_recorder() -> Cassetter {
        Cassetter::Without(reqwest::Client::new())
    }

    async fn ask(&self, url: &str, question: String) -> Outcome<(Duration, Vec<u8>)> {
        let plain = match self {
            Cassetter::With { client, .. } => client.inner(),
            Cassetter::Without(client) => client,
        };
        let request = plain.post(url).header("content-type", "application/json").body(question).build()?;
        let start = Instant::now();
        let response = match self {
            Cassetter::With { client, .. } => client.execute(request).await?,
            Cassetter::Without(client) => client.execute(request).await?,
        };
        let answer = response.bytes().await?;
        Ok((start.elapsed(), answer.to_vec()))
    }

    fn finish(self) -> Outcome<()> {
        if let Cassetter::With { recorder, .. } = self {
            tokio::runtime::Builder::new_current_thread().build()?.block_on(recorder.finish())?;
        }
        Ok(())
    }
}
