//! Response bodies on their way to the client: one that is recorded as it passes, one that is played.

mod recording;
mod replaying;

pub(crate) use recording::RecordingBody;
pub(crate) use replaying::PlayingBody;
