//! Response bodies on their way to the client: one that is recorded as it passes, one that is played.

mod recording;
mod replaying;

use http::Response;

pub(crate) use recording::RecordingBody;
pub(crate) use replaying::PlayingBody;

use crate::model::interaction::Interaction;
use crate::session::stands_open;

/// A recorded response in the types that all adapters share.
pub(crate) fn playing(interaction: &Interaction) -> Response<PlayingBody> {
    let recorded = &interaction.response;
    let body = PlayingBody::new(&recorded.body, stands_open(interaction));
    let mut response = Response::new(body);
    *response.status_mut() = recorded.status;
    *response.version_mut() = recorded.version;
    *response.headers_mut() = recorded.headers.clone();
    response
}
