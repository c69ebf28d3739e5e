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
}

#[test]
fn a_selection_that_fits_nothing_says_so() {
    let ran = run(Path::new(HERE), &["list", "cassettes/agent", "--only", "provider=anthropic"]);
    let said = "warning: nothing fits `--only provider=anthropic`; `llm-cassette list` shows what there is\n";
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, "", said));
    let ran = run(Path::new(HERE), &["list", "cassettes/agent", "--only", "provider=anthropic", "--json"]);
    assert_eq!((ran.code, ran.stdout.trim(), ran.stderr.as_str()), (0, "[]", said));
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
        assert_eq!(run(folder.path(), &["list", ".", "--only", only]).stdout, "", "{only}");
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
fn programs_are_told_how_often_and_when_each_was_used() {
    let folder = tempfile::tempdir().unwrap();
    let side = folder.path().join(".llm-cassette");
    std::fs::create_dir(&side).unwrap();
    let text = std::fs::read_to_string(Path::new(HERE).join("cassettes/agent/streams_a_count.yaml")).unwrap();
    std::fs::write(folder.path().join("a.yaml"), &text).unwrap();
    let uses = || {
        let json: serde_json::Value =
            serde_json::from_str(&printed(folder.path(), &["list", ".", "--json"])).unwrap();
        let one = json[0]["interactions"][0].clone();
        (one["usage_count"].clone(), one["first_created_at"].clone(), one["last_used_at"].clone())
    };
    assert_eq!(uses(), (1.into(), serde_json::Value::Null, serde_json::Value::Null));
    let key = text.lines().find_map(|line| line.strip_prefix("key: ")).unwrap();
    let recorded = format!("recorded\t1795000000\ta.yaml\t{key}\t1\t20\t90\n");
    let hit = |at: u64| format!("hit\t{at}\ta.yaml\t{key}\t1\n");
    let log = format!("# log 1\n{recorded}{}{}", hit(1_795_000_060), hit(1_795_000_030));
    std::fs::write(side.join("ledger.log"), log).unwrap();
    assert_eq!(uses(), (3.into(), "2026-11-18T11:06:40Z".into(), "2026-11-18T11:07:40Z".into()));
}

#[test]
fn a_condition_that_is_none_is_refused() {
    let ran = run(Path::new(HERE), &["list", "cassettes", "--only", "colour=red"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.contains("there is no field \"colour\" to select by"), "{}", ran.stderr);
}

#[test]
fn a_cassette_is_found_in_whatever_letter_case_its_name_ends() {
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(Path::new(HERE).join("cassettes/agent/streams_a_count.yaml")).unwrap();
    for name in ["a.yaml", "B.YAML", "c.Yml"] {
        std::fs::write(folder.path().join(name), &text).unwrap();
    }
    std::fs::write(folder.path().join("d.yaml"), "jobs: []\n").unwrap();
    let found = printed(folder.path(), &["list"]);
    let found: Vec<&str> = found.lines().filter(|line| !line.starts_with(' ')).collect();
    assert_eq!(found, ["B.YAML (1)", "a.yaml (1)", "c.Yml (1)"]);
}

#[test]
fn where_there_are_no_cassettes_every_command_says_so() {
    let folder = tempfile::tempdir().unwrap();
    for command in ["list", "show", "stats", "verify", "format"] {
        let ran = run(folder.path(), &[command]);
        let said = "no cassettes found in the current folder and its subfolders\n";
        assert_eq!((ran.code, ran.stderr.as_str()), (0, said), "{command}");
    }
    std::fs::create_dir(folder.path().join("notes")).unwrap();
    let ran = run(folder.path(), &["list", "notes", "--json"]);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("[]\n", "no cassettes found in notes\n"));
}
