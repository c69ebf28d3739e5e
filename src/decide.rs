//! The one rule that everything else obeys: mode and match in, decision out. No I/O.

use crate::mode::Mode;

/// What happens to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Decision<Slot, Miss> {
    /// Answer with this recording.
    Play(Slot),
    /// Send it, and record the answer.
    Record,
    /// Send it, and look away.
    Forward,
    /// Answer with an error; nothing is sent.
    Refuse(Miss),
}

/// Every pair is spelt out: a new `Mode` does not compile until somebody has decided what it does.
pub(crate) fn decide<Slot, Miss>(mode: Mode, found: Result<Slot, Miss>) -> Decision<Slot, Miss> {
    match (mode, found) {
        (Mode::Replay | Mode::Record, Ok(slot)) => Decision::Play(slot),
        (Mode::Replay, Err(miss)) => Decision::Refuse(miss),
        (Mode::Record, Err(_)) | (Mode::Refresh, _) => Decision::Record,
        (Mode::Off, _) => Decision::Forward,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HIT: Result<u8, &str> = Ok(7);
    const MISS: Result<u8, &str> = Err("no such request");

    macro_rules! rows {
        ($($name:ident => $mode:ident, $found:ident, $wanted:expr;)*) => {
            $(#[test] fn $name() { assert_eq!(decide(Mode::$mode, $found), $wanted); })*
        };
    }

    rows! {
        replay_plays_what_it_has     => Replay,  HIT,  Decision::Play(7);
        replay_refuses_a_stranger    => Replay,  MISS, Decision::Refuse("no such request");
        record_plays_what_it_has     => Record,  HIT,  Decision::Play(7);
        record_sends_a_stranger      => Record,  MISS, Decision::Record;
        refresh_never_plays          => Refresh, HIT,  Decision::Record;
        refresh_sends_a_stranger     => Refresh, MISS, Decision::Record;
        off_ignores_what_it_has      => Off,     HIT,  Decision::Forward;
        off_sends_a_stranger         => Off,     MISS, Decision::Forward;
    }
}
