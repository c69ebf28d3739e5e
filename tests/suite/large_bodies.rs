//! A large body is not held back: what becomes of it is seen to beside the client, and by the end of the run.

use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use llm_cassette::{Mode, RequestView, ResponseView};

use crate::stand_in::{Reply, Script, StandIn};
use crate::support::*;

/// A file of some megabytes that is not text.
fn file() -> Vec<u8> {
    let mut file = vec![0; 5 << 20];
    file[..4].copy_from_slice(b"\x7fELF");
    file[4_000_000] = 0xff;
    file
}

async fn download(cassette: &llm_cassette::Cassette, base: &str) -> Vec<u8> {
    chunks(cassette, base).await.concat()
}

/// The body as it came to the client.
async fn chunks(cassette: &llm_cassette::Cassette, base: &str) -> Vec<Vec<u8>> {
    let client = client(cassette);
    let mut response = client.get(format!("{base}/v1/files/file-1/content")).send().await.unwrap();
    let mut chunks = Vec::new();
    while let Some(chunk) = response.chunk().await.unwrap() {
        chunks.push(chunk.to_vec());
    }
    chunks
}

/// A file whose chunks mean nothing.
const PLAIN: &str = "application/zip";

fn serve(provider: &StandIn, file: &[u8]) {
    serve_as(PLAIN, provider, file);
}

fn serve_as(kind: &str, provider: &StandIn, file: &[u8]) {
    provider.on(Script::raw(Reply::new(200).header("content-type", kind).chunk(file)));
}

#[tokio::test]
async fn the_client_has_its_last_chunk_before_it_is_decided_whether_the_call_is_recorded() {
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    let file = file();
    serve(&provider, &file);
    let (tell, told) = mpsc::channel();
    let (told, waited) = (Mutex::new(told), Arc::new(Mutex::new(None)));
    let outcome = Arc::clone(&waited);
    let cassette = folder
        .builder(Mode::Record)
        .record_if(move |_: &RequestView<'_>, _: &ResponseView<'_>| {
            // Were the last chunk held back until now, nobody could tell.
            let has_all = told.lock().unwrap().recv_timeout(Duration::from_secs(20)).is_ok();
            *outcome.lock().unwrap() = Some(has_all);
            true
        })
        .open()
        .unwrap();
    assert_eq!(download(&cassette, &provider.url()).await, file);
    tell.send(()).unwrap();
    assert_eq!(cassette.finish().unwrap().recorded, 1);
    assert_eq!(*waited.lock().unwrap(), Some(true));
    let base = provider.url();
    provider.stop().await;
    assert_eq!(download(&folder.open(Mode::Replay), &base).await.len(), file.len());
}

#[tokio::test]
async fn whoever_drops_the_cassette_waits_for_what_becomes_of_it() {
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    serve(&provider, &file());
    let cassette = folder.open(Mode::Record);
    download(&cassette, &provider.url()).await;
    drop(cassette);
    assert_eq!(documents(&folder.text()).len(), 1);
}

#[tokio::test]
async fn why_it_was_refused_is_said_by_finish() {
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    serve(&provider, &file());
    let cassette = folder.open(Mode::Record);
    // What is to be a folder is a file.
    std::fs::write(folder.path().join("blobs"), "in the way").unwrap();
    download(&cassette, &provider.url()).await;
    let error = cassette.finish().unwrap_err().to_string();
    assert!(error.contains("could not write") && error.contains("blobs"), "{error}");
    assert!(!folder.file().exists());
}

/// A cassette in which a file is recorded, and where its blob is.
async fn recorded(file: &[u8]) -> (Folder, String, std::path::PathBuf) {
    let (folder, provider) = (Folder::new(), StandIn::start().await);
    serve(&provider, file);
    let cassette = folder.open(Mode::Record);
    download(&cassette, &provider.url()).await;
    assert_eq!(cassette.finish().unwrap().recorded, 1);
    let blob = std::fs::read_dir(folder.path().join("blobs")).unwrap().next().unwrap().unwrap().path();
    (folder, provider.url(), blob)
}

#[tokio::test]
async fn a_replay_holds_a_piece_of_it_at_a_time() {
    let file = file();
    let (folder, base, _) = recorded(&file).await;
    let cassette = folder.open(Mode::Replay);
    let client = client(&cassette);
    let mut response = client.get(format!("{base}/v1/files/file-1/content")).send().await.unwrap();
    assert_eq!(response.content_length(), Some(file.len() as u64));
    let (mut played, mut largest) = (Vec::new(), 0);
    while let Some(piece) = response.chunk().await.unwrap() {
        largest = largest.max(piece.len());
        played.extend_from_slice(&piece);
    }
    assert_eq!(played, file);
    assert!(largest <= 256 << 10, "{largest}");
    let [interaction] = &*cassette.interactions() else { panic!("one call was made") };
    assert_eq!(interaction.response().unwrap().body(), file, "who asks for all of it has it");
}

#[tokio::test]
async fn a_file_that_was_made_while_it_was_sent_comes_in_the_same_chunks_from_its_blob() {
    let (folder, provider, file) = (Folder::new(), StandIn::start().await, file());
    serve_as("application/octet-stream", &provider, &file);
    let cassette = folder.open(Mode::Record);
    let recorded = chunks(&cassette, &provider.url()).await;
    assert_eq!(cassette.finish().unwrap().recorded, 1);
    let played = chunks(&folder.open(Mode::Replay), &provider.url()).await;
    let lengths = |chunks: &[Vec<u8>]| chunks.iter().map(Vec::len).collect::<Vec<_>>();
    assert_eq!(lengths(&played), lengths(&recorded));
    assert_eq!(played.concat(), file);
}

#[tokio::test]
async fn a_replay_ends_in_an_error_where_the_file_was_changed_meanwhile() {
    use std::io::{Seek as _, SeekFrom, Write as _};
    let file = file();
    let (folder, base, blob) = recorded(&file).await;
    let cassette = folder.open(Mode::Replay);
    let client = client(&cassette);
    let mut response = client.get(format!("{base}/v1/files/file-1/content")).send().await.unwrap();
    response.chunk().await.unwrap().unwrap();
    let mut blob = std::fs::OpenOptions::new().write(true).open(blob).unwrap();
    blob.seek(SeekFrom::End(-1)).unwrap();
    blob.write_all(b"!").unwrap();
    let error = loop {
        match response.chunk().await {
            Ok(Some(_)) => {}
            Ok(None) => panic!("it came to an end"),
            Err(error) => break error,
        }
    };
    let error = llm_cassette::Error::find_in(&error).unwrap();
    assert!(error.message().starts_with("something changed the blob"), "{error}");
}

#[tokio::test]
async fn a_file_that_is_not_the_recorded_one_is_not_even_begun() {
    let file = file();
    let (folder, base, blob) = recorded(&file).await;
    let mut other = file.clone();
    other[4_000_001] = 1;
    std::fs::write(blob, other).unwrap();
    let cassette = folder.open(Mode::Replay);
    let client = client(&cassette);
    let error = client.get(format!("{base}/v1/files/file-1/content")).send().await.unwrap_err();
    let error = llm_cassette::Error::find_in(&error).unwrap();
    assert!(error.message().contains("is damaged"), "{error}");
}
