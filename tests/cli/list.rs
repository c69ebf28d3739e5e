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
fn labels_are_shown_and_selected_by() {
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(Path::new(HERE).join("cassettes/agent/streams_a_count.yaml")).unwrap();
    let head = "\ntags: [faq, smoke]\nmetadata: {ticket: QA-12}\npinned: true\nprovider:";
    std::fs::write(folder.path().join("labelled.yaml"), text.replacen("\nprovider:", head, 1)).unwrap();
    let list = |only: &str| printed(folder.path(), &["list", ".", "--only", only]);
    for only in ["", "tag=faq", "tag=other|smo*", "pinned", "pinned=true", "metadata.ticket=QA-1?"] {
        assert!(list(only).contains("  pinned #faq #smoke ticket=QA-12\n"), "{only}: {}", list(only));
    }
    for only in ["tag=other", "pinned=false", "metadata.ticket=QA-1"] {
        assert_eq!(list(only), "", "{only}");
    }
    let shown = printed(folder.path(), &["show", "."]);
    assert!(shown.contains(" · pinned #faq #smoke ticket=QA-12\n"), "{shown}");
    let wanted = ["\"tags\"", "\"faq\"", "\"ticket\"", "\"QA-12\"", "\"pinned\""];
    for command in ["list", "show"] {
        let json = printed(folder.path(), &[command, ".", "--json"]);
        assert!(wanted.iter().all(|word| json.contains(word)), "{json}");
    }
}

#[test]
fn a_condition_that_is_none_is_refused() {
    let ran = run(Path::new(HERE), &["list", "cassettes", "--only", "colour=red"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.contains("there is no field \"colour\" to select by"), "{}", ran.stderr);
}
