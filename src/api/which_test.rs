//! The test that opens a cassette, as the test runner calls it.
//!
//! libtest runs each test on a thread of its own that has the test's full name (`weather::asks_twice`), also with
//! `--test-threads=1` and under nextest; `block_on` of any runtime stays on it, while workers and spawned threads have other
//! names or none. A helper, a fixture and the cases of a parameterised test run on it too, so that it says more than the
//! function that a cassette is opened in.

use std::path::{Component, Path};

use crate::api::environment;
use crate::session::running_test::{Proof, RunningTest, is_test_path};

/// What `cassette!` knows of the place where it stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    /// The function around it, with its crate: `rivers::names_rivers`.
    pub(crate) function: &'a str,
    /// What kind of target it is compiled in, where two targets of a package may have the name of their crate in common.
    pub(crate) target: &'a str,
}

/// What a cassette is called.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) name: String,
    /// Whether the name is the test's, and not that of a function that several tests may call.
    pub(crate) is_of_test: bool,
}

/// What tells which test is running.
#[derive(Debug, Clone, Default)]
pub(crate) struct Signs {
    /// The name of the current thread.
    pub(crate) thread: Option<String>,
    /// The crate of the running test binary.
    pub(crate) crate_name: Option<String>,
    /// The package whose tests run.
    pub(crate) package: Option<String>,
    /// The test that nextest has started this process for.
    pub(crate) nextest: Option<String>,
}

impl Signs {
    /// What there is to see on this thread.
    pub(crate) fn here() -> Signs {
        let executable = std::env::current_exe().ok();
        Signs {
            thread: std::thread::current().name().map(str::to_owned),
            crate_name: executable.as_deref().and_then(crate_of),
            package: environment::package_name(),
            nextest: environment::nextest_test(),
        }
    }

    /// The name of the thread, if it can be that of a test.
    fn path(&self) -> Option<&str> {
        self.thread.as_deref().filter(|name| is_test_path(name))
    }

    /// The same at a place, where it matters which test that is.
    fn path_at(&self, place: Place<'_>) -> Option<&str> {
        self.path().filter(|_| !is_static(place.function))
    }

    /// What a cassette is called that is opened by `cassette!` at a place.
    pub(crate) fn name(&self, place: Place<'_>) -> Named {
        let (of_crate, function) = place.function.split_once("::").unwrap_or(("", place.function));
        let Some(path) = self.path_at(place) else {
            return Named { name: place.function.to_owned(), is_of_test: false };
        };
        let path = unraw(path);
        // A helper may be in a crate of its own, which several test binaries share.
        let of_crate = match &self.crate_name {
            Some(name) if !is_of(function, &path) => name,
            _ => of_crate,
        };
        Named { name: format!("{of_crate}::{path}"), is_of_test: true }
    }

    /// The test that is running, as far as that can be told.
    pub(crate) fn test(&self, place: Option<Place<'_>>) -> Option<RunningTest> {
        let path = place.map_or(self.path(), |place| self.path_at(place));
        let (path, proof) = match (&self.nextest, path) {
            (Some(test), _) => (test.as_str(), Proof::Beyond),
            (None, Some(path)) => {
                let function = place.and_then(|place| Some(place.function.split_once("::")?.1));
                let is_the_test = function.is_some_and(|function| is_of(function, &unraw(path)));
                (path, if is_the_test { Proof::Beyond } else { Proof::of_this_stack() })
            }
            (None, None) => return None,
        };
        let of_crate = self.crate_name.as_deref();
        let of_crate =
            of_crate.or_else(|| place.map(|place| place.function.split("::").next().unwrap_or_default()));
        let target = place.map_or("", |place| place.target);
        let package = self.package.as_deref().unwrap_or_default();
        Some(RunningTest {
            path: path.to_owned(),
            id: format!("{package} {}{target}::{path}", of_crate.unwrap_or_default()).trim_start().to_owned(),
            nextest: self.nextest.is_some(),
            proof,
        })
    }
}

/// Whether a function is the test of this path, a part of it, or what a macro made the test of: the case `city::case_1` calls
/// the function `city`.
fn is_of(function: &str, path: &str) -> bool {
    let within = |outer: &str, inner: &str| {
        inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    };
    within(path, function) || within(function, path)
}

/// Whether a function is the initializer of a `static`, by the case of its name: what it makes is shared by all tests, whichever
/// of them comes first.
fn is_static(function: &str) -> bool {
    let name = function.rsplit("::").next().unwrap_or_default();
    name.starts_with(|first: char| first.is_ascii_uppercase())
        && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

/// A path as the names of types have it.
fn unraw(path: &str) -> String {
    path.split("::").map(|part| part.strip_prefix("r#").unwrap_or(part)).collect::<Vec<_>>().join("::")
}

/// The crate of a test binary: Cargo puts a hash behind its name.
fn crate_of(executable: &Path) -> Option<String> {
    let stem = executable.file_stem()?.to_str()?;
    let (name, hash) = stem.rsplit_once('-')?;
    let is_hash = hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    (is_hash && !name.is_empty()).then(|| name.replace('-', "_"))
}

/// Whether a file lies in the folder of a package, whatever its name may have in it.
pub(crate) fn is_inside(file: &Path, package: &Path) -> bool {
    file.strip_prefix(package)
        .is_ok_and(|inside| !inside.components().any(|part| part == Component::ParentDir))
}

#[cfg(test)]
mod tests {
    use super::*;

    const IN: &str = "rivers";

    fn on(thread: &str) -> Signs {
        Signs { thread: Some(thread.to_owned()), crate_name: Some(IN.to_owned()), ..Signs::default() }
    }

    fn at(function: &str) -> Place<'_> {
        Place { function, target: "" }
    }

    fn name(thread: &str, function: &str) -> (String, bool) {
        let named = on(thread).name(at(function));
        (named.name, named.is_of_test)
    }

    #[test]
    fn a_cassette_has_the_name_of_its_test_whatever_function_opens_it() {
        for (thread, function, wanted) in [
            ("names_rivers", "rivers::names_rivers", "rivers::names_rivers"),
            ("asks::names_rivers", "rivers::asks::names_rivers", "rivers::asks::names_rivers"),
            ("names_rivers", "rivers::helper", "rivers::names_rivers"),
            ("names_rivers", "common_helpers::open", "rivers::names_rivers"),
            ("names_rivers", "<rivers::Agent as rivers::Asks>::ask", "rivers::names_rivers"),
            ("city::case_1_oslo", "rivers::city", "rivers::city::case_1_oslo"),
            ("uses_a_fixture", "rivers::uses_a_fixture::uses_a_fixture", "rivers::uses_a_fixture"),
            ("r#match", "rivers::match", "rivers::match"),
        ] {
            assert_eq!(name(thread, function), (wanted.to_owned(), true), "{thread} {function}");
        }
    }

    #[test]
    fn on_a_thread_that_is_not_a_tests_it_has_the_name_of_the_function_and_belongs_to_nobody() {
        for thread in
            ["main", "tokio-rt-worker", "blocking-1", "", "two words", "actix-rt|system:0", "a::", "7"]
        {
            assert_eq!(
                name(thread, "rivers::names_rivers"),
                ("rivers::names_rivers".to_owned(), false),
                "{thread}"
            );
            assert!(on(thread).test(None).is_none());
        }
        // Many tests use a static, and whichever comes first makes it.
        assert_eq!(name("names_rivers", "rivers::SHARED_1"), ("rivers::SHARED_1".to_owned(), false));
        assert!(on("names_rivers").test(Some(at("rivers::SHARED_1"))).is_none());
    }

    #[test]
    fn tests_of_one_path_in_other_packages_binaries_and_targets_are_told_apart() {
        let signs = |package: &str, crate_name: &str| Signs {
            package: Some(package.to_owned()),
            crate_name: Some(crate_name.to_owned()),
            ..on("tests::asks")
        };
        let id = |signs: &Signs, target| {
            signs.test(Some(Place { function: "x::tests::asks", target })).map(|test| test.id)
        };
        let all = [
            id(&signs("a", "x"), ""),
            id(&signs("b", "x"), ""),
            id(&signs("a", "y"), ""),
            id(&signs("a", "x"), " (bin)"),
        ];
        let different: std::collections::HashSet<_> = all.iter().collect();
        assert_eq!(different.len(), all.len(), "{all:?}");
    }

    #[test]
    fn nextest_says_which_test_a_process_is_for_on_every_thread() {
        let signs = Signs { nextest: Some("names_rivers".to_owned()), ..on("tokio-rt-worker") };
        let test = signs.test(Some(at("rivers::helper"))).unwrap();
        assert_eq!((test.path.as_str(), test.nextest, test.is_certain()), ("names_rivers", true, true));
        // The file has the name that it has under any other runner.
        assert!(!signs.name(at("rivers::helper")).is_of_test);
    }

    #[test]
    fn the_crate_is_what_cargo_calls_the_binary_without_its_hash() {
        for (file, wanted) in [
            ("/target/debug/deps/rivers-17f00228e0273d74", Some("rivers")),
            ("/target/debug/deps/my-rivers-17f00228e0273d74.exe", Some("my_rivers")),
            ("/target/debug/deps/rivers", None),
            ("/bazel-out/rivers-test", None),
        ] {
            assert_eq!(crate_of(Path::new(file)).as_deref(), wanted, "{file}");
        }
    }

    #[test]
    fn a_file_that_a_path_leads_out_of_the_package_to_is_not_inside() {
        let package = Path::new("/code/pkg");
        for (file, wanted) in [
            ("/code/pkg/cassettes/a.yaml", true),
            ("/code/pkg/../other/a.yaml", false),
            ("/code/pkg2/a.yaml", false),
        ] {
            assert_eq!(is_inside(Path::new(file), package), wanted, "{file}");
        }
    }
}
