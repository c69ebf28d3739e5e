//! What makes two requests the same, and which of them are none of the cassette's business.

use std::sync::Arc;

use regex::Regex;

use super::Builder;
use crate::matching::rules::Pointer;
use crate::model::view::RequestView;

impl Builder {
    /// Keeps the cassette away from requests that a predicate names: telemetry, sign-in, a local service. They go out in
    /// every mode, replay included.
    pub fn pass_through(
        mut self,
        predicate: impl Fn(&RequestView<'_>) -> bool + Send + Sync + 'static,
    ) -> Builder {
        self.settings.pass_through.push(Arc::new(predicate));
        self
    }

    /// Ignores what a JSON pointer (RFC 6901, such as `/metadata/run_id`) points at in request bodies.
    pub fn ignore(mut self, pointer: &str) -> Builder {
        match Pointer::parse(pointer) {
            Some(pointer) => self.settings.rules.ignored.push(pointer),
            None => self.fail(
                format!("{pointer:?} is not a JSON pointer"),
                "a pointer starts with `/`, as in `/metadata/run_id`",
            ),
        }
        self
    }

    /// Replaces what a regular expression matches, in the URL and in every text of the body, before requests are
    /// compared. For dates, paths of temporary files, and such. `$1` in the replacement is a group of the pattern.
    pub fn replace(mut self, pattern: &str, with: &str) -> Builder {
        match Regex::new(pattern) {
            Ok(pattern) => self.settings.rules.replaced.push((pattern, with.to_owned())),
            Err(error) => {
                self.fail(format!("{pattern:?} is not a regular expression: {error}"), "fix the pattern")
            }
        }
        self
    }

    /// Whether runs of white space in prompts count as one space, and leaves it out where a text begins and ends: for prompts that
    /// are laid out in code, where an indentation changes nothing. These are the texts of messages, tool results included,
    /// of the system prompt and of inputs. Arguments of tool calls, schemas and everything else stay as they are. The
    /// cassette has each text as it was sent. [`replace`](Self::replace) sees what this has left.
    pub fn normalize_whitespace(mut self, normalize_whitespace: bool) -> Builder {
        self.settings.rules.normalize_whitespace = normalize_whitespace;
        self
    }

    /// Whether scheme, host and port are ignored, for tests against servers on changing ports and for gateways.
    pub fn ignore_host(mut self, ignore_host: bool) -> Builder {
        self.settings.rules.ignore_host = ignore_host;
        self
    }

    /// Demands that a request header is equal too. It is then kept in the cassette.
    pub fn match_header(mut self, name: &str) -> Builder {
        match http::HeaderName::try_from(name) {
            Ok(name) => {
                self.settings.rules.headers.push(name.as_str().to_owned());
                self.secrets.kept_request_headers.push(name.as_str().to_owned());
            }
            Err(_) => self.fail(format!("{name:?} is not the name of a header"), "a name is like `x-tenant`"),
        }
        self
    }
}
