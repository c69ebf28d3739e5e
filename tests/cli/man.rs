//! `man` writes pages that `man` can show.

use std::process::Command;

use crate::run::{package, printed};

#[test]
#[ignore = "needs man"]
fn the_manual_can_be_shown_by_man() {
    let page = printed(package(), &["man"]);
    assert!(page.contains(".TH LLM-CASSETTE 1"), "{page}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("llm-cassette.1");
    std::fs::write(&path, page).unwrap();
    let mut man = Command::new("man");
    let shown = man.args(["--warnings", "-l"]).arg(&path).env("MANPAGER", "cat").output().unwrap();
    assert_eq!(String::from_utf8_lossy(&shown.stderr), "");
    // Lines are filled to the margin with spaces.
    let shown = String::from_utf8(shown.stdout).unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(shown.contains("Exit codes: 0: all is well"), "{shown}");
}

#[test]
fn every_command_has_a_page_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(printed(folder.path(), &["man", "--out", "man/man1"]), "");
    let pages = folder.path().join("man/man1");
    for command in [
        "list",
        "show",
        "report",
        "stats",
        "verify",
        "format",
        "rm",
        "prune",
        "git-setup",
        "textconv",
        "completions",
        "man",
    ] {
        let page = std::fs::read_to_string(pages.join(format!("llm-cassette-{command}.1"))).unwrap();
        let name = format!("llm\\-cassette\\-{}", command.replace('-', "\\-"));
        assert!(page.contains(&name), "{command}: {page}");
    }
    assert!(pages.join("llm-cassette.1").exists());
    assert!(!pages.join("llm-cassette-help.1").exists());
}
