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
    let client = client(cassette);
    let response = client.get(format!("{base}/v1/files/file-1/content")).send().await.unwrap();
    response.bytes().await.unwrap().to_vec()
}

fn serve(provider: &StandIn, file: &[u8]) {
    provider.on(Script::raw(Reply::new(200).header("content-type", "application/octet-stream").chunk(file)));
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
