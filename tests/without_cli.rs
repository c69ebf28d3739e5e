//! The command as somebody gets it who installs it without the feature `cli`.

#![cfg(not(feature = "cli"))]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::process::Command;

#[test]
fn a_command_built_without_its_command_line_says_how_to_install_it() {
    let ran = Command::new(env!("CARGO_BIN_EXE_llm-cassette")).arg("list").output().unwrap();
    assert_eq!(
        String::from_utf8(ran.stderr).unwrap(),
        "error: llm-cassette was built without its command line\n\
         hint: install it with `--features cli`, as in `cargo install llm-cassette --features cli`\n"
    );
    assert_eq!(ran.status.code(), Some(2));
    assert!(ran.stdout.is_empty());
}
