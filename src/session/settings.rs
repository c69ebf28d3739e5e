//! What a user may set, gathered; the builder fills it in.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use http::StatusCode;

use crate::matching::request_key::Key;
use crate::matching::user_rules::Rules;
use crate::model::labels::Labels;
use crate::model::policy::Policy;
use crate::model::ttl::Ttl;
use crate::model::view::RequestView;
use crate::providers::Gateways;
use crate::providers::price::Prices;
use crate::session::budget::Budget;
use crate::session::memory::Limits;
use crate::session::ownership::Claim;
use crate::session::running_test::RunningTest;
use crate::session::selector::Selection;
use crate::store::tapes::Tapes;
use crate::store::writer::Destination;

/// What happens when a request comes more often than it was recorded.
///
/// ```
/// use llm_cassette::{Cassette, Repeats};
///
/// let cassette = Cassette::builder("agents/weather").repeats(Repeats::Reuse).open()?;
/// # Ok::<(), llm_cassette::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Repeats {
    /// The take too many is a miss, which says so. A test that suddenly asks twice should be noticed.
    #[default]
    Refuse,
    /// The last take is played again, and counted. While recording, identical requests that are under way at once are one
    /// call: the others wait for its recording, and play it. If it fails, or its client goes away, the next one goes out. A
    /// stream that its client hung up on is no answer for another.
    Reuse,
}

impl Repeats {
    /// How files say it.
    pub(crate) const WORDS: [(&str, Repeats); 2] = [("refuse", Repeats::Refuse), ("reuse", Repeats::Reuse)];
}

type PassThrough = Arc<dyn Fn(&RequestView<'_>) -> bool + Send + Sync>;

/// How one cassette behaves.
#[derive(Clone, Default)]
pub(crate) struct Settings {
    pub(crate) repeats: Repeats,
    /// To whom the cassette is said to belong: what a refresh of one test does not ask for can go if it is that test's.
    pub(crate) claim: Claim,
    /// The test that opens it, if that is known.
    pub(crate) test: Option<RunningTest>,
    /// The command whose clients send the requests, where it is not a test: `llm-cassette serve`.
    pub(crate) command: Option<String>,
    /// The file that a run of several processes is told by.
    pub(crate) run: Option<PathBuf>,
    /// What would be refused as too old is recorded again, where the mode records.
    pub(crate) rerecords_refused: bool,
    /// Where the tape may come from that a replay plays, if others play it too.
    pub(crate) tapes: Option<Arc<Tapes>>,
    /// The code says the mode, and the environment cannot change it.
    pub(crate) pinned: bool,
    pub(crate) record_errors: bool,
    /// Answers with these are recorded, whatever error they tell of.
    pub(crate) record_statuses: Vec<StatusCode>,
    pub(crate) fail_on_unused: bool,
    /// Where the answers of a refresh go.
    pub(crate) refreshed: Destination,
    pub(crate) tolerate_misses: bool,
    /// Uses are not noted in the ledger beside the cassette.
    pub(crate) no_ledger: bool,
    /// Calls that are not recorded go without a warning: whoever makes them tells of them.
    pub(crate) quiet: bool,
    /// In bytes.
    pub(crate) max_size: Option<usize>,
    /// For some keys, which of their takes may be replaced and no others: those that the run has answers for, where that is
    /// known before it begins.
    pub(crate) settles: HashMap<Key, HashSet<u64>>,
    /// There is no file; recordings are held in memory.
    pub(crate) memory: Option<Limits>,
    pub(crate) budget: Budget,
    /// Prices from a file; the built-in ones otherwise.
    pub(crate) prices: Option<Arc<Prices>>,
    pub(crate) rules: Rules,
    /// What every interaction gets that this cassette records.
    pub(crate) labels: Labels,
    pub(crate) ttl: Ttl,
    /// Who answers behind hosts that tell nothing of it.
    pub(crate) gateways: Gateways,
    /// What a run may send; the rest is replayed.
    pub(crate) only: Selection,
    pub(crate) pass_through: Vec<PassThrough>,
    /// What all of these record is recorded.
    pub(crate) policies: Vec<Policy>,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("repeats", &self.repeats)
            .field("claim", &self.claim)
            .field("record_errors", &self.record_errors)
            .field("record_statuses", &self.record_statuses)
            .field("fail_on_unused", &self.fail_on_unused)
            .field("tolerate_misses", &self.tolerate_misses)
            .field("rules", &self.rules)
            .finish_non_exhaustive()
    }
}
