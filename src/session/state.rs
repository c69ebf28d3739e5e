//! What a session remembers from call to call. Each part has verbs of its own, and says only by them what it knows.

use std::sync::Arc;

use super::handed_out::HandedOut;
use super::history::History;
use super::plays::Plays;
use super::refusals::Refusals;
use super::results::Results;
use super::resumed::Resumed;
use super::totals::Totals;
use super::turns::Turns;
use super::under_way::UnderWay;
use super::variables::Variables;
use crate::matching::old_ids::OldIds;

#[derive(Debug, Default)]
pub(super) struct State {
    /// What of the tape was used.
    pub(super) plays: Plays,
    /// The calls that have begun.
    pub(super) under_way: UnderWay,
    /// Those of them that have ended.
    pub(super) results: Results,
    /// The requests that got an error instead of an answer.
    pub(super) refusals: Refusals,
    /// What answers of this run gave to be sent on.
    pub(super) handed_out: HandedOut,
    pub(super) totals: Totals,
    /// What later turns could go on from.
    pub(super) turns: Turns,
    /// The requests, and what became of each.
    pub(super) history: History,
    pub(super) variables: Variables,
    /// What the cassette calls the ids that answers of this run gave in the place of its own.
    pub(super) old_ids: Arc<OldIds>,
    /// What was used of the answers of runs that nobody finished.
    pub(super) resumed: Resumed,
}
