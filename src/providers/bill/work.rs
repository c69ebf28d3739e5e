//! Work that a provider takes on and does later: batches, jobs, predictions, videos. What it comes to is not known when it is
//! ordered, however the provider words it.

use crate::model::json::Json;

/// Where an answer says how far the work is.
const PLACES: [&[&str]; 6] = [&[], &["job"], &["batch"], &["task"], &["metadata"], &["output"]];
/// What it is called there.
const NAMES: [&str; 6] = ["status", "state", "processing_status", "task_status", "jobStatus", "status_code"];
/// What it calls the work there.
const IDS: [&str; 3] = ["id", "task_id", "name"];
/// What is not done yet, without what some providers put before it.
const UNDER_WAY: [&str; 19] = [
    "queued",
    "in_queue",
    "enqueued",
    "pending",
    "in_progress",
    "validating",
    "starting",
    "started",
    "running",
    "processing",
    "finalizing",
    "cancelling",
    "submitted",
    "scheduled",
    "not_started",
    "waiting",
    "initializing",
    "accepted",
    "created",
];
const PREFIXES: [&str; 3] = ["job_state_", "batch_state_", "batch_status_"];
/// What is free to begin, though it takes its time.
const FREE: [&str; 3] = ["upload", "file", "vector_store"];

/// Whether an answer describes work that is not done yet.
pub(super) fn is_under_way(answer: &Json) -> bool {
    let kind = answer.get("object").and_then(Json::as_str).unwrap_or_default();
    let is_free = FREE.iter().any(|free| kind.split('.').next() == Some(free));
    let states = PLACES
        .iter()
        .filter_map(|place| answer.at(place))
        .flat_map(|place| NAMES.iter().filter_map(move |name| place.get(name).and_then(Json::as_str)));
    !is_free && states.into_iter().any(is_state_of_work)
}

/// What the provider calls the work that an answer describes.
pub(super) fn name(answer: &Json) -> Option<String> {
    let places = PLACES.iter().filter_map(|place| answer.at(place));
    let mut names = places.flat_map(|place| IDS.iter().filter_map(move |id| place.get(id)?.as_str()));
    names.find(|name| !name.is_empty()).map(str::to_owned)
}

fn is_state_of_work(state: &str) -> bool {
    let state = state.to_ascii_lowercase().replace('-', "_");
    let bare = PREFIXES.iter().find_map(|prefix| state.strip_prefix(prefix)).unwrap_or(&state);
    UNDER_WAY.contains(&bare)
}
