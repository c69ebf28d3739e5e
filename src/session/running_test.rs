//! The test that a run belongs to, as far as that can be told.

use std::backtrace::Backtrace;
use std::fmt;
use std::sync::{Arc, OnceLock};

use crate::model::error::Error;
use crate::model::text::shell_quoted;

/// A test as its runner calls it.
#[derive(Debug, Clone)]
pub(crate) struct RunningTest {
    /// Its path in its binary: `weather::asks_twice`.
    pub(crate) path: String,
    /// What tells it apart from tests that have this path elsewhere: the path, behind its package and its binary.
    pub(crate) id: String,
    /// Whether nextest runs it.
    pub(crate) nextest: bool,
    pub(crate) proof: Proof,
}

/// Whether this is the test beyond doubt. A thread that is called as a test could be called may be somebody else's.
#[derive(Clone)]
pub(crate) enum Proof {
    Beyond,
    /// What was on the stack when the cassette was opened shows whether the test runner is below it.
    Stack(Arc<Stack>),
}

/// The stack of a thread, read when it is first asked for: to find the names takes longer than to walk it.
pub(crate) struct Stack {
    frames: Backtrace,
    is_of_test: OnceLock<bool>,
}

impl Proof {
    /// What the stack of this thread shows.
    pub(crate) fn of_this_stack() -> Proof {
        Proof::Stack(Arc::new(Stack { frames: Backtrace::force_capture(), is_of_test: OnceLock::new() }))
    }
}

impl fmt::Debug for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Proof::Beyond => "Beyond",
            Proof::Stack(_) => "Stack",
        })
    }
}

impl RunningTest {
    /// Whether this thread is that of another test, as one that shares a handle has it.
    pub(crate) fn is_another_here(&self) -> bool {
        std::thread::current().name().is_some_and(|name| is_test_path(name) && name != self.path)
    }

    /// Whether this is beyond doubt. A binary without symbols shows nothing.
    pub(crate) fn is_certain(&self) -> bool {
        match &self.proof {
            Proof::Beyond => true,
            Proof::Stack(stack) => *stack.is_of_test.get_or_init(|| runs_a_test(&stack.frames.to_string())),
        }
    }
}

/// Whether the name of a thread can be the path of a test: identifiers between `::`. Runtimes call their threads otherwise, as
/// in `tokio-rt-worker`.
pub(crate) fn is_test_path(name: &str) -> bool {
    name != "main" && name.split("::").all(|part| is_identifier(part.strip_prefix("r#").unwrap_or(part)))
}

fn is_identifier(part: &str) -> bool {
    part.starts_with(|first: char| first.is_alphabetic() || first == '_')
        && part.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// What makes something for all who ask for it.
const ONCE: [&str; 5] = ["::once::Once", "OnceLock", "LazyLock", "OnceCell", "once_cell::"];

/// Whether libtest is on a stack. It runs a test as the first thing on its thread, so that it is not on other threads' stacks.
/// What is made once, for whichever test comes first, is not that test's.
fn runs_a_test(stack: &str) -> bool {
    // As in `  12: test::run_test::{closure#0}`, and where that is on the next line.
    let names = stack.lines().filter_map(|line| Some(line.trim_start().split_once(": ")?.1));
    let mut of_test = false;
    for name in names {
        if ONCE.iter().any(|once| name.contains(once)) {
            return false;
        }
        of_test |= name.starts_with("test::run_test");
    }
    of_test
}

/// How hints say that all tests are to be run; a backtick ends the command.
pub(super) const ALL: &str = " cargo test`";

/// A hint that runs this test alone, where it is known which one it is: whoever wrote the hint knew of no test.
pub(crate) fn naming(error: Error, test: Option<&RunningTest>) -> Error {
    let Some(hint) = error.hint().filter(|hint| hint.contains(ALL)) else { return error };
    let Some(test) = test.filter(|test| test.is_certain()) else { return error };
    let runner = if test.nextest { "nextest run" } else { "test" };
    let hint = hint.replace(ALL, &format!(" cargo {runner} {}`", shell_quoted(&test.path)));
    error.with_hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::error::ErrorKind;

    fn test(path: &str, nextest: bool) -> RunningTest {
        RunningTest { path: path.to_owned(), id: path.to_owned(), nextest, proof: Proof::Beyond }
    }

    #[test]
    fn a_hint_runs_the_test_as_its_runner_takes_it() {
        let error = || Error::new(ErrorKind::NoMatch, "a miss").with_hint("run `X=record cargo test` now");
        for (wanted, given) in [
            ("run `X=record cargo test` now", None),
            ("run `X=record cargo test rivers::names_rivers` now", Some(test("rivers::names_rivers", false))),
            ("run `X=record cargo nextest run city::case_1_oslo` now", Some(test("city::case_1_oslo", true))),
            ("run `X=record cargo test 'two words'` now", Some(test("two words", false))),
        ] {
            assert_eq!(naming(error(), given.as_ref()).hint(), Some(wanted));
        }
    }

    #[test]
    fn a_stack_shows_whether_the_thread_is_that_of_a_test() {
        let here = || RunningTest { proof: Proof::of_this_stack(), ..test("x", false) };
        assert!(here().is_certain());
        let spawned = std::thread::Builder::new().name("x".to_owned());
        assert!(!spawned.spawn(move || here().is_certain()).unwrap().join().unwrap());
        static SHARED: std::sync::OnceLock<RunningTest> = std::sync::OnceLock::new();
        assert!(!SHARED.get_or_init(here).is_certain(), "it belongs to whoever asks for it");
    }
}
