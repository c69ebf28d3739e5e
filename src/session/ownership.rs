//! Whether a refresh may take out what it did not ask for: only where it is known that nobody else uses it.

use super::Session;
use super::running_test::RunningTest;
use crate::matching::request_key::Key;
use crate::model::text::{plural, shown_path};
use crate::model::warn::warn;
use crate::store::ledger::{self, Summary};

/// To whom a cassette is said to belong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Claim {
    /// To whoever opens it.
    #[default]
    Shared,
    /// To one test, as the code says. Another test may say the same of the same file.
    Stated,
    /// To one test, whose name the file has.
    Named,
}

/// Why something stays that a refresh did not ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stays {
    /// Another test, handle or thread has used it.
    OfOthers,
    /// Something has used it of which it is not known which test it was.
    OfStrangers,
    /// Nobody is known to have used it, which does not say that nobody has.
    NeverSeen,
    /// Which test this run belongs to is not known.
    NoTest,
    /// Who has used it cannot be read.
    NoLedger,
}

impl Stays {
    pub(super) fn why(self) -> &'static str {
        match self {
            Stays::OfOthers => "another test, or another handle of the cassette, has used it",
            Stays::OfStrangers => {
                "it was used outside of a test, or on a thread of which it is not known whose it is"
            }
            Stays::NeverSeen => "it is not known who uses it: the ledger on this machine has no use of it",
            Stays::NoTest => {
                "it is not known which test this is: the cassette was opened on a thread that is not a test's"
            }
            Stays::NoLedger => "it is not known who uses it: the ledger beside the cassette cannot be read",
        }
    }
}

/// One who may take out what is his.
pub(super) struct Owner<'s> {
    session: &'s Session,
    claim: Claim,
    /// By which name he is known, if that is beyond doubt.
    name: Option<&'s str>,
    /// What was used before, where that can be read.
    ledger: Option<Summary>,
    cassette: String,
}

impl Session {
    /// Who this run is, where its cassette is said to belong to one test.
    pub(super) fn owner(&self) -> Option<Owner<'_>> {
        let claim = self.settings.claim;
        if claim == Claim::Shared {
            return None;
        }
        let is_certain = self.settings.test.as_ref().is_some_and(RunningTest::is_certain);
        let name = self.user.as_ref().and_then(|user| user.name.as_deref()).filter(|_| is_certain);
        Some(Owner {
            session: self,
            claim,
            name,
            ledger: ledger::try_beside(&self.path).ok(),
            cassette: self.file_name(),
        })
    }

    /// What the ledger says of who uses what, where somebody wants to know. What cannot be read knows nothing.
    pub(super) fn uses_of_others(&self, wanted: bool) -> Summary {
        let has_file = self.user.is_some();
        if wanted && has_file { ledger::beside(&self.path) } else { Summary::default() }
    }

    /// Whether somebody else is known to use an interaction: another handle of this process, or another test before.
    pub(super) fn is_used_by_others(&self, ledger: &Summary, key: Key) -> bool {
        let me = self.user.as_ref().and_then(|user| user.name.as_deref());
        self.user.as_ref().is_some_and(|user| user.others_use(&key))
            || me.is_some() && ledger.users(&self.file_name(), key).has_others_than(me)
    }

    /// Says what stays though the cassette is said to belong to one test.
    pub(super) fn tell_what_stays(&self, stays: &[Stays]) {
        if self.settings.quiet {
            return;
        }
        let mut reasons = stays.to_vec();
        reasons.sort_unstable();
        for reason in reasons.chunk_by(|one, other| one == other) {
            let (path, count) = (shown_path(&self.path), plural(reason.len(), "interaction"));
            let verb = if reason.len() == 1 { "was" } else { "were" };
            warn(&format!(
                "{path}: {count} {verb} not asked for and not taken out: {}\nhint: to find what no test of a whole run uses: \
                 `touch marker && cargo test --workspace && llm-cassette prune --since-file marker`",
                reason[0].why()
            ));
        }
    }
}

impl Owner<'_> {
    /// Whether this is the one of this name, beyond doubt.
    pub(super) fn is(&self, name: Option<&str>) -> bool {
        self.name.is_some() && self.name == name
    }

    /// Whether an interaction may be taken out, or why not.
    pub(super) fn may_take_out(&self, key: Key) -> Result<(), Stays> {
        let Some(name) = self.name else { return Err(Stays::NoTest) };
        if self.session.user.as_ref().is_some_and(|user| user.others_use(&key)) {
            return Err(Stays::OfOthers);
        }
        let Some(ledger) = &self.ledger else { return Err(Stays::NoLedger) };
        let users = ledger.users(&self.cassette, key);
        match () {
            () if users.has_others_than(Some(name)) => Err(Stays::OfOthers),
            () if users.has_strangers() => Err(Stays::OfStrangers),
            // A file that is called as the test is its own, on any machine.
            () if users.is_nobody() && self.claim != Claim::Named => Err(Stays::NeverSeen),
            () => Ok(()),
        }
    }
}
