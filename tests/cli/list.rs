//! `list` says what there is.

use std::path::Path;

use crate::run::{printed, run};

const HERE: &str = env!("CARGO_MANIFEST_DIR");

/// The interactions that are listed, one a line.
fn listed(only: &str) -> usize {
    let text = printed(Path::new(HERE), &["list", "cassettes/agent", "--only", only]);
    text.lines().filter(|line| line.starts_with(' ')).count()
}

#[test]
fn interactions_are_listed_that_fit() {
    assert_eq!(listed(""), 3);
    assert_eq!(listed("provider=openai,model=gpt-4o-mini*"), 3);
    assert_eq!(listed("name=streams_*"), 1);
    assert_eq!(listed("provider=anthropic"), 0);
}

#[test]
fn a_condition_that_is_none_is_refused() {
    let ran = run(Path::new(HERE), &["list", "cassettes", "--only", "colour=red"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.contains("there is no field \"colour\" to select by"), "{}", ran.stderr);
}
