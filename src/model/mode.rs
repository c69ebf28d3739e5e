//! Whether a cassette plays, records, or stays out of the way.

use std::ffi::OsStr;
use std::fmt;
use std::str::FromStr;

use crate::model::error::{Error, ErrorKind};

/// The environment variable that chooses the mode of every cassette of a run.
///
/// ```
/// assert_eq!(llm_cassette::MODE_VARIABLE, "LLM_CASSETTE_MODE");
/// ```
pub const MODE_VARIABLE: &str = "LLM_CASSETTE_MODE";

/// What a cassette does with a request.
///
/// | mode | recorded already | not recorded | file |
/// |---|---|---|---|
/// | `Replay` | played | refused, never sent | never written |
/// | `Record` | played | sent, then recorded | appended |
/// | `Refresh` | sent again | sent | replaced, once the run has succeeded |
/// | `Off` | sent | sent | not even opened |
///
/// Two things are played in a refresh too: what a hand pinned (`pinned: true`), and what `LLM_CASSETTE_ONLY` leaves out.
/// What is too old is up to [`Expiry`](crate::Expiry).
///
/// ```
/// use llm_cassette::Mode;
///
/// assert_eq!("Refresh".parse::<Mode>()?, Mode::Refresh);
/// let error = "rerecord".parse::<Mode>().unwrap_err().to_string();
/// assert!(error.contains("`replay`, `record`, `refresh` or `off`"), "{error}");
/// # Ok::<(), llm_cassette::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Mode {
    /// Play what is recorded; refuse the rest without touching the network.
    #[default]
    Replay,
    /// Play what is recorded; send the rest and record it.
    Record,
    /// Send everything again, and replace the recordings once the run has succeeded.
    Refresh,
    /// Send everything and leave the cassette alone.
    Off,
}

impl Mode {
    /// Whether a request may reach the network in this mode.
    ///
    /// ```
    /// # use llm_cassette::Mode;
    /// assert!(Mode::Record.may_call_out());
    /// assert!(!Mode::Replay.may_call_out());
    /// ```
    #[must_use]
    pub fn may_call_out(self) -> bool {
        match self {
            Mode::Replay => false,
            Mode::Record | Mode::Refresh | Mode::Off => true,
        }
    }

    /// Whether this mode changes cassettes.
    pub(crate) fn writes(self) -> bool {
        match self {
            Mode::Replay | Mode::Off => false,
            Mode::Record | Mode::Refresh => true,
        }
    }

    /// A pinned mode wins over the environment, which wins over the default of the code.
    pub(crate) fn resolve(
        pinned: Option<Mode>,
        environment: Option<&OsStr>,
        default: Mode,
    ) -> Result<Mode, Error> {
        match (pinned, environment) {
            (Some(mode), _) => Ok(mode),
            (None, None) => Ok(default),
            (None, Some(value)) => value.to_string_lossy().parse(),
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Mode::Replay => "replay",
            Mode::Record => "record",
            Mode::Refresh => "refresh",
            Mode::Off => "off",
        })
    }
}

impl FromStr for Mode {
    type Err = Error;

    fn from_str(text: &str) -> Result<Mode, Error> {
        [Mode::Replay, Mode::Record, Mode::Refresh, Mode::Off]
            .into_iter()
            .find(|mode| mode.to_string().eq_ignore_ascii_case(text))
            .ok_or_else(|| {
                let shown: String = text.chars().take(40).collect();
                Error::new(ErrorKind::UnknownMode, format!("unknown mode {shown:?}")).with_hint(format!(
                    "set {MODE_VARIABLE} to `replay`, `record`, `refresh` or `off`, or leave it unset"
                ))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(pinned: Option<Mode>, environment: Option<&str>, default: Mode) -> Mode {
        Mode::resolve(pinned, environment.map(OsStr::new), default).unwrap()
    }

    #[test]
    fn replay_is_what_an_unset_variable_means() {
        assert_eq!(resolved(None, None, Mode::default()), Mode::Replay);
    }

    #[test]
    fn the_variable_wins_over_the_default_and_a_pinned_mode_over_both() {
        assert_eq!(resolved(None, Some("off"), Mode::Record), Mode::Off);
        assert_eq!(resolved(Some(Mode::Refresh), Some("off"), Mode::Record), Mode::Refresh);
    }

    #[test]
    fn letter_case_does_not_matter() {
        for (text, mode) in [
            ("REPLAY", Mode::Replay),
            ("Record", Mode::Record),
            ("rEfResh", Mode::Refresh),
            ("OFF", Mode::Off),
        ] {
            assert_eq!(text.parse::<Mode>().unwrap(), mode);
        }
    }

    #[test]
    fn anything_else_is_an_error_that_names_the_four() {
        for text in ["", " replay", "recrod", "none", "1"] {
            let error = text.parse::<Mode>().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::UnknownMode);
            for name in ["replay", "record", "refresh", "off"] {
                assert!(error.to_string().contains(&format!("`{name}`")), "{error}");
            }
        }
    }
}
