//! What of an answer has another name in the cassette.

use std::sync::Arc;

use super::Recorder;
use crate::matching::old_ids::{Mentions, pairs};
use crate::model::exchange::Response;
use crate::model::mode::Mode;

impl Recorder {
    /// Learns what the cassette calls the ids of an answer that is recorded though there is one already. Requests that are
    /// handed them are found by that. In mode `record`, which writes as it goes, the answer comes back under old ids; a
    /// refresh knows at its end which ids were handed on, and renames then.
    pub(super) fn by_old_ids(&self, response: Response) -> Response {
        let session = &self.pending.session;
        let old_ids = session.old_ids();
        let renamed = old_ids.response(&response);
        let is_wanted = match session.mode {
            Mode::Record => true,
            Mode::Refresh => session.keeps_some(),
            Mode::Replay | Mode::Off => false,
        };
        if let Some(before) = self.pending.before.as_ref().filter(|_| is_wanted) {
            let asked = Mentions::of_requests(std::iter::once(Some(&self.pending.request)));
            let pairs = pairs(&before.interaction.response, renamed.as_ref().unwrap_or(&response));
            let mut state = session.state();
            for pair in pairs.iter().filter(|pair| pair.is_named && asked.first(&pair.new).is_none()) {
                Arc::make_mut(&mut state.old_ids).learn(pair);
            }
        }
        match session.mode {
            Mode::Record => session.old_ids().response(&response).unwrap_or(response),
            Mode::Replay | Mode::Refresh | Mode::Off => response,
        }
    }
}
