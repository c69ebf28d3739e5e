//! What a journal says beside the answers, in comments between them. No I/O.

use crate::format::variables;
use crate::matching::user_rules::Rules;
use crate::model::json::{self, Json, object};

/// How the line begins that tells of the run.
const RUN: &str = "# journal of a refresh: ";
/// How the line before an answer begins.
const CALL: &str = "# call ";
const ALTERED: &str = ", with replacements";

/// The run that a journal is of.
#[derive(Debug, Clone, Default)]
pub(crate) struct Run {
    /// The test that opened the cassette, where that can be told.
    pub(crate) test: Option<String>,
    /// By which name the ledger knows the one that opened it: a test may open several, one after the other.
    pub(crate) user: Option<String>,
    /// When its first answer had ended.
    pub(crate) began_at: String,
    /// The rules of the user by which it compared requests; `None` where they cannot be told.
    pub(crate) rules: Option<Rules>,
    /// Whether its answers were to wait for review beside the cassette.
    pub(crate) waits: bool,
}

impl Run {
    pub(super) fn line(&self) -> String {
        let text = |text: &Option<String>| text.as_deref().map_or(Json::Null, Json::from);
        let tree = object([
            ("test", text(&self.test)),
            ("user", text(&self.user)),
            ("began_at", Json::from(self.began_at.as_str())),
            ("rules", self.rules.as_ref().map_or(Json::Null, Rules::tree)),
            ("waits", Json::Bool(self.waits)),
        ]);
        format!("{RUN}{}\n", tree.compact())
    }

    /// The run that the text before the first answer tells of; what it does not tell is blank.
    pub(super) fn of(preamble: &str) -> Run {
        let line = preamble.lines().find_map(|line| line.strip_prefix(RUN));
        let Some(tree) = line.and_then(|line| json::parse(line.as_bytes()).ok()) else {
            return Run::default();
        };
        let text = |name: &str| Some(tree.get(name)?.as_str()?.to_owned());
        Run {
            test: text("test"),
            user: text("user"),
            began_at: text("began_at").unwrap_or_default(),
            #[cfg(any(test, feature = "cli"))]
            rules: tree.get("rules").and_then(Rules::from_tree),
            #[cfg(not(any(test, feature = "cli")))]
            rules: None,
            waits: tree.get("waits") == Some(&Json::Bool(true)),
        }
    }
}

/// A call of a run, whose answer a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Call {
    /// The how many-th call of its run it was to begin.
    pub(crate) order: u64,
    /// Something in the answer was replaced, so that it is not what the client was given.
    pub(crate) altered: bool,
}

impl Call {
    pub(super) fn line(self) -> String {
        format!("{CALL}{}{}\n", self.order, if self.altered { ALTERED } else { "" })
    }

    /// The call that the comments before a document tell of.
    pub(super) fn of(comments: &str) -> Option<Call> {
        let line = comments.lines().rev().find_map(|line| line.strip_prefix(CALL))?.trim_end();
        let (order, altered) = match line.strip_suffix(ALTERED) {
            Some(order) => (order, true),
            None => (line, false),
        };
        Some(Call { order: order.parse().ok()?, altered })
    }
}

/// The line that notes a variable.
pub(super) fn variable(name: &str, value: &str) -> String {
    variables::with("", name, value).trim_start_matches('\n').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_noted_of_a_call_is_read_again() {
        for call in [Call { order: 0, altered: false }, Call { order: 12, altered: true }] {
            assert_eq!(Call::of(&format!("# variable a: \"1\"\n{}", call.line())), Some(call));
        }
        for text in ["", "# call\n", "# call me\n", "# call 1, or two\n"] {
            assert_eq!(Call::of(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_noted_of_a_run_is_read_again_whatever_its_test_is_called() {
        let run = Run {
            test: Some("tests::a \"b\"\n--- c".to_owned()),
            user: None,
            began_at: "2026-11-21T02:10:44Z".to_owned(),
            rules: Some(Rules { ignore_host: true, ..Rules::default() }),
            waits: true,
        };
        let line = run.line();
        assert_eq!(line.lines().count(), 1, "{line}");
        let read = Run::of(&format!("# llm-cassette 1\n{line}"));
        assert_eq!(format!("{read:?}"), format!("{run:?}"));
        assert_eq!(format!("{:?}", Run::of("# llm-cassette 1\n")), format!("{:?}", Run::default()));
    }

    #[test]
    fn a_variable_is_noted_on_a_line_of_its_own() {
        let line = variable("now", "a\nb");
        assert_eq!(line, "# variable now: \"a\\nb\"\n");
        assert_eq!(variables::read(&line).unwrap(), [("now".to_owned(), "a\nb".to_owned())]);
    }
}
