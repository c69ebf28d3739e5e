//! The one rule that everything else obeys: mode and match in, decision out. No I/O.

use crate::model::mode::Mode;
use crate::model::ttl::Expiry;

/// What happens to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Decision<Slot, Miss> {
    /// Answer with this recording.
    Play(Slot),
    /// Send it, and record the answer.
    Record,
    /// Send it, and record the answer in the place of this recording.
    Rerecord(Slot),
    /// Send it, and look away.
    Forward,
    /// Answer with an error; nothing is sent.
    Refuse(Miss),
    /// Answer with the error that this recording is too old; nothing is sent.
    Expire(Slot),
}

/// What is special about a recording that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RecordingStatus {
    Usual,
    /// This very run recorded it, so that to play it again leaves nothing stale.
    OfThisRun,
    /// Somebody keeps it as it is.
    Pinned,
    /// It is older than it may be.
    Expired(Expiry),
    /// It was asked for with an id that this run got by recording something again, so it hangs on an answer that is no
    /// longer there.
    Outlived,
}

/// Every pair is spelt out: a new `Mode` does not compile until somebody has decided what it does.
pub(crate) fn decide<Slot, Miss>(
    mode: Mode,
    status: RecordingStatus,
    found: Result<Slot, Miss>,
) -> Decision<Slot, Miss> {
    match (mode, status, found) {
        (Mode::Off, _, _) => Decision::Forward,
        (Mode::Replay | Mode::Record, RecordingStatus::Expired(Expiry::Fail), Ok(slot)) => {
            Decision::Expire(slot)
        }
        (Mode::Record, RecordingStatus::Expired(Expiry::Record), Ok(slot)) => Decision::Rerecord(slot),
        (Mode::Record, RecordingStatus::Outlived, Ok(slot)) => Decision::Rerecord(slot),
        (Mode::Replay | Mode::Record, _, Ok(slot)) => Decision::Play(slot),
        (Mode::Replay, _, Err(miss)) => Decision::Refuse(miss),
        (Mode::Record, _, Err(_)) => Decision::Record,
        (Mode::Refresh, RecordingStatus::Pinned | RecordingStatus::OfThisRun, Ok(slot)) => {
            Decision::Play(slot)
        }
        (Mode::Refresh, _, _) => Decision::Record,
    }
}

#[cfg(test)]
mod tests {
    use super::RecordingStatus::{Expired, OfThisRun, Outlived, Pinned, Usual};
    use super::*;

    const HIT: Result<u8, &str> = Ok(7);
    const MISS: Result<u8, &str> = Err("no such request");

    macro_rules! rows {
        ($($name:ident => $mode:ident, $status:expr, $found:ident, $wanted:expr;)*) => {
            $(#[test] fn $name() { assert_eq!(decide(Mode::$mode, $status, $found), $wanted); })*
        };
    }

    rows! {
        replay_plays_what_it_has           => Replay,  Usual,     HIT,  Decision::Play(7);
        replay_refuses_a_stranger          => Replay,  Usual,     MISS, Decision::Refuse("no such request");
        record_plays_what_it_has           => Record,  Usual,     HIT,  Decision::Play(7);
        record_plays_again_what_it_made    => Record,  OfThisRun, HIT,  Decision::Play(7);
        record_sends_a_stranger            => Record,  Usual,     MISS, Decision::Record;
        record_plays_what_is_pinned        => Record,  Pinned,    HIT,  Decision::Play(7);
        refresh_sends_what_it_has          => Refresh, Usual,     HIT,  Decision::Record;
        refresh_plays_again_what_it_made   => Refresh, OfThisRun, HIT,  Decision::Play(7);
        refresh_sends_a_stranger           => Refresh, Usual,     MISS, Decision::Record;
        refresh_plays_what_is_pinned       => Refresh, Pinned,    HIT,  Decision::Play(7);
        replay_plays_what_is_old           => Replay,  Expired(Expiry::Warn),   HIT, Decision::Play(7);
        replay_refuses_it_if_asked_to      => Replay,  Expired(Expiry::Fail),   HIT, Decision::Expire(7);
        replay_never_records_it            => Replay,  Expired(Expiry::Record), HIT, Decision::Play(7);
        record_plays_what_is_old           => Record,  Expired(Expiry::Warn),   HIT, Decision::Play(7);
        record_refuses_it_if_asked_to      => Record,  Expired(Expiry::Fail),   HIT, Decision::Expire(7);
        record_renews_it_if_asked_to       => Record,  Expired(Expiry::Record), HIT, Decision::Rerecord(7);
        refresh_sends_what_is_old          => Refresh, Expired(Expiry::Fail),   HIT, Decision::Record;
        off_ignores_what_is_old            => Off,     Expired(Expiry::Fail),   HIT, Decision::Forward;
        record_renews_what_hangs_on_it     => Record,  Outlived,  HIT,  Decision::Rerecord(7);
        replay_never_renews_it             => Replay,  Outlived,  HIT,  Decision::Play(7);
        refresh_sends_what_hangs_on_others => Refresh, Outlived,  HIT,  Decision::Record;
        off_ignores_what_it_has            => Off,     Usual,     HIT,  Decision::Forward;
        off_ignores_what_is_pinned         => Off,     Pinned,    HIT,  Decision::Forward;
        off_sends_a_stranger               => Off,     Usual,     MISS, Decision::Forward;
    }
}
