//! What hints tell people to run: whoever writes one knows of no test and of no server.

use super::Session;
use crate::model::error::Error;
use crate::model::mode::{MODE_VARIABLE, Mode};
use crate::session::running_test::{ALL, naming};

/// What settings are called in code, and where they stand for whom has no code of ours.
const IN_CODE: [(&str, &str); 3] = [
    (
        "open the cassette with `.repeats(Repeats::Reuse)`",
        "write `repeats = \"reuse\"` into `llm-cassette.toml`",
    ),
    ("see `Builder::ignore` and `Builder::replace`", "see `ignore` and `replace` of `llm-cassette.toml`"),
    ("`Builder::budget`", "`budget` of `llm-cassette.toml`"),
];

/// A command that has an option for what others are told by the environment.
const RUN: &str = "llm-cassette run";

impl Session {
    /// An error whose hint runs what this run is part of: its test alone, or its server.
    pub(super) fn hinted(&self, error: Error) -> Error {
        match &self.settings.command {
            // People type keys into commands.
            Some(command) => under(error, &self.redactor.scrub(command)),
            None => naming(error, self.settings.test.as_ref()),
        }
    }
}

/// A hint for clients of a command.
fn under(error: Error, command: &str) -> Error {
    let Some(hint) = error.hint() else { return error };
    let hint = match command.strip_prefix(RUN) {
        Some(rest) => [Mode::Record, Mode::Refresh].iter().fold(hint.to_owned(), |hint, mode| {
            let told = format!("`{RUN} --mode {mode}{rest}`");
            hint.replace(&format!("`{MODE_VARIABLE}={mode}{ALL}"), &told)
        }),
        None => hint.to_owned(),
    };
    let hint = hint.replace(ALL, &format!(" {command}`"));
    let hint = IN_CODE.iter().fold(hint, |hint, (code, file)| hint.replace(code, file));
    error.with_hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::error::ErrorKind;

    #[test]
    fn a_client_of_a_server_is_told_to_run_the_server() {
        for (given, wanted) in [
            (
                "to record it, run `LLM_CASSETTE_MODE=record cargo test` with your API key set",
                "to record it, run `LLM_CASSETTE_MODE=record llm-cassette serve` with your API key set",
            ),
            (
                "what differs can be left out, see `Builder::ignore` and `Builder::replace`",
                "what differs can be left out, see `ignore` and `replace` of `llm-cassette.toml`",
            ),
        ] {
            let error = Error::new(ErrorKind::NoMatch, "a miss").with_hint(given);
            assert_eq!(under(error, "llm-cassette serve").hint(), Some(wanted));
        }
    }

    #[test]
    fn a_run_is_told_its_mode_by_an_option_and_all_else_by_the_environment() {
        let command = "llm-cassette run --dir c -- pytest -q";
        for (given, wanted) in [
            (
                "run `LLM_CASSETTE_MODE=record cargo test` now",
                "run `llm-cassette run --mode record --dir c -- pytest -q` now",
            ),
            (
                "run `LLM_CASSETTE_MODE=record LLM_CASSETTE_TTL=record cargo test`",
                "run `LLM_CASSETTE_MODE=record LLM_CASSETTE_TTL=record llm-cassette run --dir c -- pytest -q`",
            ),
        ] {
            let error = Error::new(ErrorKind::NoMatch, "a miss").with_hint(given);
            assert_eq!(under(error, command).hint(), Some(wanted));
        }
    }
}
