//! `cassette!` names a cassette after its test, under any test runner.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "in a test, to fail is to say so")]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "what a test skips, it says")]
#![cfg(any(feature = "reqwest-0-13", feature = "reqwest-0-12"))]

use std::path::Path;

use llm_cassette::{Cassette, Error, Mode, cassette};

fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn a_test_has_its_own_file_in_the_package_of_the_test() -> Result<(), Error> {
    let wanted = "cassettes/named_after_the_test/a_test_has_its_own_file_in_the_package_of_the_test.yaml";
    assert_eq!(cassette!()?.path(), folder().join(wanted));
    Ok(())
}

#[tokio::test]
async fn an_async_test_has_no_other_name() {
    let cassette = async { cassette!() }.await.unwrap();
    assert_eq!(
        cassette.path(),
        folder().join("cassettes/named_after_the_test/an_async_test_has_no_other_name.yaml")
    );
}

mod inner {
    #[test]
    fn modules_are_folders() {
        let path = llm_cassette::cassette!().unwrap().path().to_owned();
        assert!(
            path.ends_with("cassettes/named_after_the_test/inner/modules_are_folders.yaml"),
            "{}",
            path.display()
        );
    }
}

#[test]
fn each_case_of_a_parameterised_test_has_its_own_file() {
    let paths = ["Oslo", "Rome", "São Paulo?"].map(|city| cassette!("{city}").unwrap().path().to_owned());
    let test = "cassettes/named_after_the_test/each_case_of_a_parameterised_test_has_its_own_file";
    assert_eq!(paths[0], folder().join(test).join("Oslo.yaml"));
    assert_eq!(paths[1], folder().join(test).join("Rome.yaml"));
    assert!(paths[2].starts_with(folder().join(test)) && paths[2] != paths[1]);
}

#[test]
fn a_label_that_looks_like_a_path_stays_in_the_folder_of_its_test() {
    let labels = [
        "prompts/a.txt",
        "fixtures/x.yaml",
        "/etc/passwd",
        "../x",
        "a::b",
        "a\\b",
        "",
        "C:\\x.yml",
        "Oslo",
        "oslo",
    ];
    let test =
        "cassettes/named_after_the_test/a_label_that_looks_like_a_path_stays_in_the_folder_of_its_test";
    let paths: Vec<_> = labels.iter().map(|label| cassette!("{label}").unwrap().path().to_owned()).collect();
    for (at, path) in paths.iter().enumerate() {
        assert_eq!(path.parent(), Some(&*folder().join(test)), "{:?}", labels[at]);
        let lower = |path: &std::path::PathBuf| path.to_str().unwrap().to_lowercase();
        assert!(!paths[..at].iter().any(|other| lower(other) == lower(path)), "{:?}", labels[at]);
    }
}

#[test]
fn a_builder_can_be_had_instead() {
    let cassette = cassette!(builder, "case {}", 1).mode(Mode::Off).open().unwrap();
    assert_eq!(cassette.mode(), Mode::Off);
    let other: Result<Cassette, Error> = cassette!(builder).folder("elsewhere").open();
    assert!(other.unwrap().path().starts_with(folder().join("elsewhere")));
}
