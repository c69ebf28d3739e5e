//! What a server wants to know of a run that goes on.

use super::Session;
use crate::model::address::without_query;
use crate::model::error::Error;
use crate::session::tally::Tally;

impl Session {
    /// What was played and recorded until now, by provider and model.
    pub(crate) fn by_model(&self) -> Vec<Tally> {
        let mut state = self.state();
        self.add_savings(&mut state.totals);
        state.totals.models().to_vec()
    }

    /// The URLs that the cassette had when the run began, without their queries, each once.
    pub(crate) fn recorded_urls(&self) -> Result<Vec<String>, Error> {
        let mut urls = Vec::new();
        for slot in self.tape.all() {
            let (_, parsed) = slot?;
            let url = without_query(&parsed.interaction.request.url);
            if !urls.iter().any(|known| known == url) {
                urls.push(url.to_owned());
            }
        }
        Ok(urls)
    }
}
