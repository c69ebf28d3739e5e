//! Response bodies on their way to the client: one that is recorded as it passes, one that is played.

mod playing;
mod recording;

pub(crate) use playing::PlayingBody;
pub(crate) use recording::RecordingBody;
