//! What the tests of all clients share: a provider to record from, and the proof that what was recorded replays without it.

pub mod served;
#[path = "../../../../tests/stand_in/mod.rs"]
pub mod stand_in;

use std::error::Error as StdError;
use std::fmt::Debug;

use llm_cassette::{Cassette, Error, ErrorKind, Mode};
use stand_in::StandIn;

/// Asks a provider, records that, stops the provider, and asks again: the client must see the very same.
///
/// `ask` gets the cassette and the base URL of the provider, without a path.
pub async fn records_and_replays<T: PartialEq + Debug>(ask: impl AsyncFn(&Cassette, &str) -> T) {
    records_and_replays_from(StandIn::start().await, ask).await;
}

/// The same, with a provider that has been told what to answer.
pub async fn records_and_replays_from<T: PartialEq + Debug>(
    provider: StandIn,
    ask: impl AsyncFn(&Cassette, &str) -> T,
) {
    let folder = tempfile::tempdir().expect("a folder for the cassette");
    let path = folder.path().join("client.yaml");
    let base = provider.url();

    let cassette = Cassette::builder(&path).mode(Mode::Record).open().expect("the cassette opens");
    let recorded = ask(&cassette, &base).await;
    let report = cassette.finish().expect("all of it was recorded");
    assert_eq!((report.recorded, provider.calls()), (provider.calls(), report.recorded), "{report}");
    provider.stop().await;

    let replay = Cassette::builder(&path).mode(Mode::Replay).fail_on_unused(true);
    let cassette = replay.open().expect("the cassette opens again");
    assert_eq!(ask(&cassette, &base).await, recorded);
    let report = cassette.finish().expect("every request has a recording, and every recording was asked for");
    assert!(report.played > 0, "{report}");
}

/// Asks for what nobody has recorded, and finds our error in that of the client.
pub async fn a_miss_is_found<E: StdError + 'static>(ask: impl AsyncFn(&Cassette, &str) -> E) {
    let error = a_miss_surfaces(ask).await;
    let found = Error::find_in(&error).unwrap_or_else(|| panic!("a miss is in {error:?}"));
    assert_eq!(found.kind(), ErrorKind::MissingFile, "{found}");
}

/// Asks for what nobody has recorded, and gives the error of the client, which must not have asked twice.
pub async fn a_miss_surfaces<E: StdError + 'static>(ask: impl AsyncFn(&Cassette, &str) -> E) -> E {
    let folder = tempfile::tempdir().expect("a folder for the cassette");
    let cassette = Cassette::builder(folder.path().join("client.yaml")).mode(Mode::Replay);
    let cassette = cassette.tolerate_misses(true).open().expect("the cassette opens");
    let error = ask(&cassette, "http://127.0.0.1:9").await;
    let report = cassette.finish().expect("misses are tolerated");
    assert_eq!((report.requests, report.missed.len()), (1, 1), "{report}");
    error
}
