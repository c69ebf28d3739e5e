//! Response bodies on their way to the client: one that is recorded as it passes, one that is played, and what a server
//! may do to that: cut it elsewhere, or take its time.

#[cfg(feature = "server")]
pub(crate) mod cut;
#[cfg(feature = "server")]
pub(crate) mod flushed;
#[cfg(feature = "server")]
pub(crate) mod paced;
mod recording;
mod replaying;

use http::Response;

pub(crate) use recording::RecordingBody;
pub(crate) use replaying::PlayingBody;

use crate::model::exchange;
use crate::model::interaction::Interaction;
use crate::session::stands_open;

/// A recorded response in the types that all adapters share.
pub(crate) fn playing(interaction: &Interaction) -> Response<PlayingBody> {
    let recorded = &interaction.response;
    answer(recorded, PlayingBody::new(&recorded.body, stands_open(interaction)))
}

/// The same, cut as the caller likes and at a pace. The request was there when it `began`.
#[cfg(feature = "server")]
pub(crate) fn playing_at(
    interaction: &Interaction,
    cutting: cut::Cutting,
    pace: paced::Pace,
    began: tokio::time::Instant,
) -> Response<paced::PacedBody<cut::CutBody>> {
    let recorded = &interaction.response;
    let body = cut::CutBody::new(recorded, cutting, stands_open(interaction));
    answer(recorded, paced::PacedBody::new(body, &recorded.body, pace, began))
}

fn answer<B>(recorded: &exchange::Response, body: B) -> Response<B> {
    let mut response = Response::new(body);
    *response.status_mut() = recorded.status;
    *response.version_mut() = recorded.version;
    *response.headers_mut() = recorded.headers.clone();
    response
}
