//! Why a call was not recorded, and what would have it recorded.

use http::StatusCode;

/// Why a call was not recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unrecorded {
    pub(crate) cause: Cause,
    /// In words, which may hold a secret until they are scrubbed.
    pub(crate) reason: String,
}

/// Kinds of reasons why a call was not recorded. Each has a word of its own in the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The answer is an error.
    Error,
    /// The answer is a failure of credentials, quota, rate or load, with this status.
    Account(StatusCode),
    /// The transfer broke.
    Broke,
    /// The stream ended before its protocol's end.
    EndedEarly,
    /// There was no answer.
    Unanswered,
    /// A policy of the user's did not want it.
    Policy,
    /// The connection went on in another protocol.
    Upgrade,
    /// The client left before there was an answer.
    Left,
    /// It could not be recorded truly, or not without a secret, or there was no room.
    Refused,
}

impl Cause {
    pub(crate) fn because(self, reason: impl Into<String>) -> Unrecorded {
        Unrecorded { cause: self, reason: reason.into() }
    }

    /// As the ledger has it.
    pub(crate) fn word(self) -> String {
        match self {
            Cause::Error => "error".to_owned(),
            Cause::Account(status) => format!("account:{}", status.as_u16()),
            Cause::Broke => "broke".to_owned(),
            Cause::EndedEarly => "ended-early".to_owned(),
            Cause::Unanswered => "unanswered".to_owned(),
            Cause::Policy => "policy".to_owned(),
            Cause::Upgrade => "upgrade".to_owned(),
            Cause::Left => "left".to_owned(),
            Cause::Refused => "refused".to_owned(),
        }
    }

    pub(crate) fn of_word(word: &str) -> Option<Cause> {
        let cause = match word {
            "error" => Cause::Error,
            "broke" => Cause::Broke,
            "ended-early" => Cause::EndedEarly,
            "unanswered" => Cause::Unanswered,
            "policy" => Cause::Policy,
            "upgrade" => Cause::Upgrade,
            "left" => Cause::Left,
            "refused" => Cause::Refused,
            other => {
                let status = other.strip_prefix("account:")?.parse().ok()?;
                Cause::Account(StatusCode::from_u16(status).ok()?)
            }
        };
        Some(cause)
    }

    /// The setting that has such calls recorded; `None` where there is none.
    pub(crate) fn setting(self) -> Option<String> {
        match self {
            Cause::Error => Some("`.record_errors(true)` records errors".to_owned()),
            Cause::Broke => Some("`.record_errors(true)` records a transfer up to its break".to_owned()),
            Cause::EndedEarly => {
                Some("`.record_errors(true)` records such a stream, marked as cut off".to_owned())
            }
            Cause::Account(status) => Some(format!(
                "a failure of credentials, quota or rate limits is recorded where its status is named: \
                 `.record_status({})`",
                status.as_u16()
            )),
            Cause::Upgrade => Some(
                "a connection that changes its protocol can only be left alone: \
                 `.pass_through(|request| request.url().ends_with(\"/the/path\"))`"
                    .to_owned(),
            ),
            Cause::Policy => Some("the policy of `.record_if(…)` decides".to_owned()),
            Cause::Unanswered | Cause::Left | Cause::Refused => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_ledger_says_of_a_cause_is_read_back() {
        let causes = [
            Cause::Error,
            Cause::Account(StatusCode::UNAUTHORIZED),
            Cause::Broke,
            Cause::EndedEarly,
            Cause::Unanswered,
            Cause::Policy,
            Cause::Upgrade,
            Cause::Left,
            Cause::Refused,
        ];
        for cause in causes {
            assert_eq!(Cause::of_word(&cause.word()), Some(cause));
        }
        assert_eq!(Cause::of_word("account:9"), None);
        assert_eq!(Cause::of_word("something newer"), None);
    }
}
