//! All that is done with cassettes, done with a changed one, and whether what comes of it is right.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use bytes::Bytes;
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};

use super::mutate::Mutant;
use super::oracle;
use super::seeds::Seed;
use crate::api::cassette::Cassette;
use crate::cli::canonicalise::canonicalise;
use crate::cli::check::check;
use crate::cli::check::known_secrets::Environment;
use crate::cli::compare::{Comparing, Recorded, Shapes};
use crate::cli::conversation::transcript;
use crate::cli::page;
use crate::matching::difference::Limits;
use crate::matching::request_key::Key;
use crate::matching::user_rules::Rules;
use crate::model::error::Error;
use crate::model::mode::Mode;
use crate::providers::price::Prices;
use crate::store::storage::survey;
use crate::store::tape::Tape;

/// What came of all cassettes so far.
pub(super) struct Examiner {
    runtime: tokio::runtime::Runtime,
    client: reqwest::Client,
    environment: Environment,
    prices: &'static Prices,
    refused: usize,
    same: usize,
    missed: usize,
    failed: usize,
    edited: usize,
}

impl Examiner {
    pub(super) fn new(_: &[Seed]) -> Examiner {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let client = reqwest::Client::new();
        let environment = Environment::new(&[]);
        let prices = Prices::builtin();
        Examiner {
            runtime,
            client,
            environment,
            prices,
            refused: 0,
            same: 0,
            missed: 0,
            failed: 0,
            edited: 0,
        }
    }

    pub(super) fn summary(&self) -> String {
        let Examiner { refused, same, missed, failed, edited, .. } = self;
        format!(
            "{refused} files refused; requests: {same} answered as recorded, {edited} as edited, {missed} missed, {failed} refused"
        )
    }

    /// Does everything with a changed cassette, which is in the file already.
    pub(super) fn examine(&mut self, seed: &Seed, mutant: &Mutant, path: &Path) -> Result<(), String> {
        let blob = mutant.blob.as_ref().map(|(which, bytes)| {
            let (name, old) = &seed.blobs[*which];
            let file = path.with_file_name("blobs").join(name);
            let _ = bytes.as_ref().map_or_else(|| fs::remove_file(&file), |bytes| fs::write(&file, bytes));
            (file, old)
        });
        let found = self.read(seed, mutant, path);
        if let Some((file, old)) = blob {
            fs::write(file, old).map_err(|error| error.to_string())?;
        }
        found
    }

    fn read(&mut self, seed: &Seed, mutant: &Mutant, path: &Path) -> Result<(), String> {
        let problems = check(path, &mutant.bytes, &self.environment).map_err(|error| error.to_string())?;
        for problem in &problems {
            harmless(&problem.message)?;
            harmless(problem.hint.as_deref().unwrap_or_default())?;
        }
        survey::survey(path.parent().unwrap_or(path)).map_err(|error| error.to_string())?;
        let tape = match Tape::new(path, mutant.bytes.clone(), Rules::default()) {
            Ok((tape, _)) => tape,
            Err(error) => {
                self.refused += 1;
                if problems.is_empty() {
                    return Err(format!("`verify` finds nothing, and yet: {error}"));
                }
                harmless(&error.to_string())?;
                return self.replay(seed, None, path);
            }
        };
        for slot in 0..tape.len() {
            self.slot(seed, &tape, slot, problems.is_empty())?;
        }
        self.show(&tape)?;
        self.format(mutant, path, &tape)?;
        self.replay(seed, Some(&tape), path)
    }

    /// What nobody touched says what it said; what was touched says what stands there.
    fn slot(&self, seed: &Seed, tape: &Tape, slot: usize, is_fine: bool) -> Result<(), String> {
        let parsed = match tape.get(slot) {
            Ok(parsed) => parsed,
            Err(error) if is_fine => return Err(format!("`verify` finds nothing, and yet: {error}")),
            Err(error) => return harmless(&error.to_string()),
        };
        let body = &parsed.interaction.response.body;
        if !body.chunks.is_empty() && body.chunks.iter().sum::<usize>() != body.bytes.len() {
            return Err("the chunks are not the body".to_owned());
        }
        if body.times.as_ref().is_some_and(|times| times.chunks() != body.chunks.len() as u64) {
            return Err("there are times of other chunks".to_owned());
        }
        let text = tape.text(slot);
        if let Some(meant) = seed.documents.get(text) {
            let is_same = parsed.interaction == *meant;
            if !is_same && !is_built_on_others(seed, tape, slot) {
                return Err(format!(
                    "a document that nobody touched says something else:\n{}",
                    String::from_utf8_lossy(text)
                ));
            }
            return Ok(());
        }
        let text = String::from_utf8_lossy(text);
        let inner = text.split_once('\n').map_or("", |(_, inner)| inner);
        let inner = inner.trim_end().strip_suffix("...").unwrap_or(inner);
        match oracle::disagreement(inner, &parsed.interaction) {
            Some(what) => Err(format!("{what}\n{text}")),
            None => Ok(()),
        }
    }

    /// Nothing that shows cassettes minds what is in them.
    fn show(&self, tape: &Tape) -> Result<(), String> {
        let all: Vec<_> =
            (0..tape.len()).filter_map(|slot| Some((tape.line(slot), tape.get(slot).ok()?))).collect();
        // What prints it makes it harmless.
        let _ = transcript(all.iter().map(|(_, parsed)| &parsed.interaction));
        let recorded: Vec<Recorded<'_>> =
            all.iter().map(|(line, parsed)| Recorded { line: *line, parsed }).collect();
        let comparing = Comparing { prices: self.prices, limits: Limits::SHORT };
        let half = recorded.len() / 2;
        let change = comparing.file(
            "a".to_owned(),
            None,
            (&recorded[..half], &recorded[half..]),
            &mut Shapes::default(),
        );
        let _ = crate::cli::compare::render::heading(&change);
        let call = |(line, parsed): (usize, std::sync::Arc<crate::store::tape::Parsed>)| {
            page::Call::of(line, parsed, false, page::Uses::default())
        };
        let content = page::Content::Calls { calls: all.into_iter().map(call).collect(), torn: false };
        let cassette = page::Cassette { name: "a".to_owned(), link: None, content };
        let clock = page::Clock::new(jiff::Timestamp::UNIX_EPOCH, 90);
        let _ = page::render(&mut [cassette], &page::Context { clock, prices: self.prices });
        Ok(())
    }

    /// A file in canonical form says the same, and is in canonical form.
    fn format(&self, mutant: &Mutant, path: &Path, tape: &Tape) -> Result<(), String> {
        let Ok(once) = canonicalise(path, &mutant.bytes, &self.environment) else { return Ok(()) };
        let blobs = once.blobs.iter().map(|(name, bytes)| (name.clone(), bytes.clone())).collect();
        let (new, _) =
            Tape::new(path, once.bytes.clone(), Rules::default()).map_err(|error| error.to_string())?;
        let new = new.with_blobs(blobs);
        if !once.notes.is_empty() {
            return Ok(());
        }
        for slot in 0..tape.len() {
            let (was, is) = (
                tape.get(slot).map_err(|error| error.to_string())?,
                new.get(slot).map_err(|error| error.to_string())?,
            );
            if was.interaction.response != is.interaction.response
                || was.interaction.request != is.interaction.request
            {
                return Err(format!("formatting changes what document {slot} says"));
            }
        }
        Ok(())
    }

    /// Each request is answered as recorded, as edited, or not at all.
    fn replay(&mut self, seed: &Seed, tape: Option<&Tape>, path: &Path) -> Result<(), String> {
        let opened = Cassette::builder(path).mode(Mode::Replay).ledger(false).fail_on_unused(false).open();
        let Ok(cassette) = opened.inspect_err(|_| {}) else { return Ok(()) };
        let client = ClientBuilder::new(self.client.clone()).with(cassette.clone()).build();
        for (key, request, recorded) in &seed.asked {
            // Every answer that the cassette has for it, by what its documents say.
            let edited: Vec<Bytes> = tape.iter().flat_map(|tape| answers(tape, key)).collect();
            for _ in 0..recorded.len() {
                match self.runtime.block_on(answer(&client, request)) {
                    Ok(body) if recorded.contains(&body) => self.same += 1,
                    Ok(body) if edited.contains(&body) => self.edited += 1,
                    Ok(body) => {
                        return Err(format!(
                            "{} is answered with what stands nowhere: {:?}",
                            request.address(),
                            String::from_utf8_lossy(&body)
                        ));
                    }
                    Err(Some(said)) => {
                        harmless(&said)?;
                        self.missed += 1;
                    }
                    Err(None) => self.failed += 1,
                }
            }
        }
        if let Err(error) = cassette.finish() {
            harmless(&error.to_string())?;
        }
        Ok(())
    }
}

/// The bodies of all documents that can be read and have the request with this key.
fn answers(tape: &Tape, key: &Key) -> Vec<Bytes> {
    let parsed = (0..tape.len()).filter_map(|slot| tape.get(slot).ok());
    let of_key = parsed.filter(|parsed| parsed.normal().key == *key);
    of_key.map(|parsed| parsed.interaction.response.body.bytes.clone()).collect()
}

/// Whether a document, or one that it takes something from, was touched.
fn is_built_on_others(seed: &Seed, tape: &Tape, slot: usize) -> bool {
    let (mut next, mut seen) = (Some(slot), HashSet::new());
    while let Some(slot) = next.filter(|slot| seen.insert(*slot)) {
        if !seed.documents.contains_key(tape.text(slot)) {
            return true;
        }
        next = tape.extended_by(slot);
    }
    false
}

/// The body of the answer; what was said where there is none, if it was we who said so.
async fn answer(
    client: &ClientWithMiddleware,
    request: &crate::model::exchange::Request,
) -> Result<Bytes, Option<String>> {
    let mut asked = client.request(request.method.clone(), &request.url).headers(request.headers.clone());
    asked = asked.body(request.body.clone());
    let mut response = asked.send().await.map_err(|error| Error::find_in(&error).map(ToString::to_string))?;
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Ok(Bytes::from(body)),
            // A client that went away got so much and no more.
            Err(_) if !body.is_empty() => return Ok(Bytes::from(body)),
            Err(error) => return Err(Error::find_in(&error).map(ToString::to_string)),
        }
    }
}

/// Nothing that a terminal would obey.
fn harmless(text: &str) -> Result<(), String> {
    match text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
        Some(c) => Err(format!("a message has the character {c:?}: {text:?}")),
        None => Ok(()),
    }
}
