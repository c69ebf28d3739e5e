//! Looking for secrets in what is on disk already. What is found is never said, only where it is.

use std::path::Path;

use crate::api::configuration;
use crate::cli::problem::{Problem, What};
use crate::model::error::Error;
use crate::model::interaction::Interaction;
use crate::redact::{RedactOptions, Redactor};

/// The environment of the process, some of which is secret.
#[derive(Clone)]
pub(in crate::cli) struct Environment(Vec<(String, String)>);

impl Environment {
    pub(in crate::cli) fn of_process() -> Environment {
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        Environment(std::env::vars_os().filter_map(text).collect())
    }

    /// A text of the user without the secrets that the environment knows, and without what looks like one.
    pub(in crate::cli) fn scrub(&self, text: &str) -> String {
        Redactor::new(self.0.iter().cloned(), RedactOptions::default()).scrub(text)
    }

    /// A redactor for what was recorded in a file already: which headers are worth keeping was decided then. It knows every
    /// secret that any of the interactions carries, and what the configuration of the file's folder calls secret.
    pub(in crate::cli) fn redactor<'a>(
        &self,
        path: &Path,
        recorded: impl Iterator<Item = &'a Interaction> + Clone,
    ) -> Result<Redactor, Error> {
        let mut options = RedactOptions::default();
        configuration::files::of(path.parent().unwrap_or(Path::new("")))?.add_secrets(&mut options);
        for interaction in recorded.clone() {
            let names =
                |headers: &http::HeaderMap| headers.keys().map(ToString::to_string).collect::<Vec<_>>();
            options.kept_request_headers.extend(names(&interaction.request.headers));
            options.kept_response_headers.extend(names(&interaction.response.headers));
        }
        for names in [&mut options.kept_request_headers, &mut options.kept_response_headers] {
            names.sort_unstable();
            names.dedup();
        }
        let redactor = Redactor::new(self.0.iter().cloned(), options);
        for interaction in recorded {
            redactor.learn(&interaction.request);
            redactor.learn_response(&interaction.response);
        }
        Ok(redactor)
    }
}

#[cfg(test)]
impl Environment {
    pub(in crate::cli) fn new(variables: &[(&str, &str)]) -> Environment {
        Environment(variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }
}

/// The lines of a text in which secrets stand. `first` is the line of the file in which it begins.
pub(in crate::cli) fn lines_with_secrets(
    redactor: &Redactor,
    path: &Path,
    text: &[u8],
    first: usize,
) -> Vec<Problem> {
    let text = String::from_utf8_lossy(text);
    let lines = text.lines().enumerate().filter(|(_, line)| redactor.scan_text(line).is_some());
    lines.map(|(index, _)| secret(path, first + index, "this looks like a secret")).collect()
}

pub(in crate::cli) fn secret(path: &Path, line: usize, message: &str) -> Problem {
    Problem::new(path, Some(line), What::Secret, message).with_hint(
        "revoke it, since git keeps all that was ever committed; then delete the line, or delete the document and run \
         `LLM_CASSETTE_MODE=record cargo test`",
    )
}

/// Where in an interaction a secret stands that the redactor takes out.
pub(in crate::cli) fn changed_place(was: &Interaction, clean: &Interaction) -> Option<&'static str> {
    let (request, response) = (&was.request, &was.response);
    let places = [
        ("the request URL", clean.request.url == request.url),
        ("the request headers", clean.request.headers == request.headers),
        ("the request body", clean.request.body == request.body),
        ("the response URL", clean.response.url == response.url),
        ("the response headers", clean.response.headers == response.headers),
        ("the response body", clean.response.body == response.body),
    ];
    places.into_iter().find(|(_, same)| !same).map(|(place, _)| place)
}
