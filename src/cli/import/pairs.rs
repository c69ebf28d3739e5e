//! A pair of question and answer, as an exchange with a provider. `llm-cassette warm` makes the same of one.

use super::exchange::{Imported, Loss, Raw, Refusal};
use super::wanted::Wanted;
use crate::cli::warm::{self, Job};
use crate::model::exchange::Head;
use crate::model::json::Json;
use crate::session::import::Recorded;

/// The exchange that somebody would have had who asked the question and was given the answer.
pub(super) fn exchange(
    raw: Raw,
    pair: &Json,
    source: &'static str,
    wanted: &Wanted,
) -> Result<Imported, Refusal> {
    let rules = warm::Wanted {
        base: wanted.base.clone(),
        shape: wanted.shape,
        model: wanted.model.clone(),
        ..warm::Wanted::default()
    };
    let jobs = warm::requests(pair.compact().as_bytes(), &rules);
    let mut jobs =
        jobs.map_err(|wrong| Refusal::because(wrong.into_iter().map(|(_, what)| what).collect::<String>()))?;
    let Some(Job { request, answer: Some(answer), .. }) = jobs.pop() else {
        return Err(Refusal::because("it has no answer"));
    };
    let head = Head {
        status: http::StatusCode::OK,
        version: http::Version::HTTP_11,
        url: request.url.clone(),
        headers: warm::answer_headers(),
    };
    let mut losses = raw.losses;
    losses.insert(Loss::Request);
    let chunks = vec![answer.body(wanted.now)];
    let recorded =
        Recorded { request, head, chunks, times: None, recorded_at: Some(wanted.now), source, pinned: true };
    Ok(Imported { recorded, losses })
}
