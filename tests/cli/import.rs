//! `import` makes cassettes of what other tools recorded, and `export` gives them back as HAR. A file a format: what it says is
//! played through a client as it was recorded, and what it cannot say is told.

mod aimock;
mod azure;
mod betamax;
mod cassetter;
mod command;
mod corpus;
mod ddapm;
mod go_vcr;
mod har;
mod hostile;
mod httpmock;
mod httprr;
mod nock;
mod ruby_vcr;
mod rvcr;
mod vcrpy;
mod wiremock;

use std::path::Path;

use llm_cassette::{Cassette, Mode};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};
use tempfile::TempDir;

use crate::run::{Ran, command};

/// A request to be answered from a cassette.
#[derive(Clone)]
pub(crate) struct Ask {
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Ask {
    pub(crate) fn get(url: &str) -> Ask {
        Ask { method: "GET".to_owned(), url: url.to_owned(), headers: Vec::new(), body: Vec::new() }
    }

    fn json(url: &str, body: &str) -> Ask {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        Ask { method: "POST".to_owned(), url: url.to_owned(), headers, body: body.as_bytes().to_vec() }
    }
}

/// What a client gets.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// How the body was cut.
    pub(crate) chunks: Vec<usize>,
}

impl Answer {
    fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    fn header(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect()
    }
}

/// `llm-cassette import` with these files in a new folder.
fn import(files: &[(&str, &[u8])], more: &[&str]) -> (TempDir, Ran) {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    let names: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
    let ran = import_again(&folder, &[&names, more].concat());
    (folder, ran)
}

fn import_again(folder: &TempDir, arguments: &[&str]) -> Ran {
    let mut command = command(folder.path());
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("LLM_CASSETTE_")) {
        command.env_remove(name);
    }
    command.arg("import").args(arguments).args(["-o", "cassettes"]).output().unwrap().into()
}

/// Imports one file that has nothing wrong with it.
pub(crate) fn imported(name: &str, text: &str) -> (TempDir, Ran) {
    let (folder, ran) = import(&[(name, text.as_bytes())], &[]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{}", ran.stdout);
    (folder, ran)
}

fn replaying(cassette: &Path) -> llm_cassette::Builder {
    Cassette::builder(cassette).mode(Mode::Replay).tolerate_misses(true).ledger(false)
}

/// What a client gets that asks one after the other, and never the network. `Err` has what the cassette says of a miss.
pub(crate) async fn play(cassette: &Path, asks: &[Ask]) -> Vec<Result<Answer, String>> {
    let cassette = replaying(cassette).open().unwrap();
    let client = ClientBuilder::new(reqwest::Client::new()).with(cassette.clone()).build();
    send(&client, asks).await
}

/// The same of a client in any language, which asks the server of the cassette.
async fn served(cassette: &Path, asks: &[Ask]) -> Vec<Result<Answer, String>> {
    // A path that begins with a host and a port does not say whether that host speaks TLS.
    let cassette = replaying(cassette).ignore_host(true).open().unwrap();
    let server = cassette.serve().unwrap();
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let to_server = |ask: &Ask| {
        let (_, place) = ask.url.split_once("://").unwrap();
        Ask { url: format!("{}/{place}", server.url()), ..ask.clone() }
    };
    let asks: Vec<Ask> = asks.iter().map(to_server).collect();
    send(&ClientBuilder::new(client).build(), &asks).await
}

async fn send(client: &ClientWithMiddleware, asks: &[Ask]) -> Vec<Result<Answer, String>> {
    let mut answers = Vec::new();
    for ask in asks {
        let mut request = client.request(ask.method.parse().unwrap(), &ask.url).body(ask.body.clone());
        for (name, value) in &ask.headers {
            request = request.header(name, value);
        }
        answers.push(match request.send().await {
            Err(error) => {
                Err(llm_cassette::Error::find_in(&error).map_or(error.to_string(), ToString::to_string))
            }
            Ok(mut response) => {
                let status = response.status().as_u16();
                let headers = response
                    .headers()
                    .iter()
                    .map(|(name, value)| {
                        (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
                    })
                    .collect();
                let (mut body, mut chunks) = (Vec::new(), Vec::new());
                while let Some(chunk) = response.chunk().await.unwrap() {
                    chunks.push(chunk.len());
                    body.extend_from_slice(&chunk);
                }
                Ok(Answer { status, headers, body, chunks })
            }
        });
    }
    answers
}

/// The answers of the one cassette that an import made.
async fn answers(folder: &TempDir, name: &str, asks: &[Ask]) -> Vec<Answer> {
    let found = play(&folder.path().join("cassettes").join(name), asks).await;
    found.into_iter().map(|answer| answer.unwrap()).collect()
}
