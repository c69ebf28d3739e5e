//! `diff --fail-on` and `--max-cost`: what a pull request may not do to cassettes.

use std::fs;

use serde_json::json;

use crate::diff::{Chat, file};
use crate::run::{Ran, run};

fn compared(old: &[Chat], new: &[Chat], arguments: &[&str]) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("old.yaml"), file(old)).unwrap();
    fs::write(folder.path().join("new.yaml"), file(new)).unwrap();
    run(folder.path(), &[&["diff", "old.yaml", "new.yaml"], arguments].concat())
}

/// The lines that say what is not wanted.
fn not_wanted(ran: &Ran) -> Vec<&str> {
    ran.stdout.lines().filter_map(|line| line.strip_prefix("not wanted: ")).collect()
}

fn hello() -> Chat {
    Chat::new("Hi", "Hello!")
}

/// The same answer, whose prompt took so many tokens.
fn costing(prompt_tokens: u64) -> Chat {
    hello().with(|_, response| response["usage"]["prompt_tokens"] = json!(prompt_tokens))
}

#[test]
fn each_kind_of_change_can_be_one_that_is_not_wanted() {
    let another_model = || hello().with(|_, response| response["model"] = json!("gpt-4o-2024-11-20"));
    let asked_another = || hello().with(|request, _| request["model"] = json!("gpt-4o-mini"));
    let new_field = || hello().with(|_, response| response["service_tier"] = json!("default"));
    let replaced = || hello().with(|_, response| response["note"] = json!("key [REDACTED] of [REDACTED:3f]"));
    let longer = || Chat::new("Hi there", "Hello!");
    for (kind, old, new, said) in [
        ("added", vec![], vec![hello()], "new.yaml:2: a recording of gpt-4o-2024-08-06 was added (added)"),
        (
            "removed",
            vec![hello()],
            vec![],
            "new.yaml:2: a recording of gpt-4o-2024-08-06 was removed (removed)",
        ),
        (
            "changed",
            vec![hello()],
            vec![costing(21)],
            "new.yaml:2: a recording of gpt-4o-2024-08-06 changed (changed)",
        ),
        ("request", vec![hello()], vec![longer()], "new.yaml:2: message 2 (user) changed (request)"),
        ("answer", vec![hello()], vec![Chat::new("Hi", "Good day!")], "new.yaml:2: answer changed (answer)"),
        (
            "model-change",
            vec![hello()],
            vec![another_model()],
            "new.yaml:2: answered by gpt-4o-2024-08-06 → gpt-4o-2024-11-20 (model-change)",
        ),
        (
            "model-change",
            vec![hello()],
            vec![asked_another()],
            "new.yaml:2: the model asked for changed: gpt-4o → gpt-4o-mini (model-change)",
        ),
        (
            "shape",
            vec![hello()],
            vec![new_field()],
            "openai /v1/chat/completions now sends `service_tier` (shape)",
        ),
        ("redactions", vec![hello()], vec![replaced()], "new.yaml:2: 2 values replaced (redactions)"),
    ] {
        let ran = compared(&old, &new, &["--fail-on", kind]);
        assert_eq!((ran.code, not_wanted(&ran)), (1, vec![said]), "{kind}: {}", ran.stdout);
        let same = compared(&new, &new, &["--fail-on", kind]);
        assert_eq!((same.code, not_wanted(&same).len()), (0, 0), "{kind}");
    }
    let allowed = compared(&[hello()], &[another_model()], &["--fail-on", "added,removed,shape,request"]);
    assert_eq!((allowed.code, not_wanted(&allowed).len()), (0, 0), "{}", allowed.stdout);
    let unknown = compared(&[], &[], &["--fail-on", "models"]);
    assert!(unknown.code == 2 && unknown.stderr.contains("model-change"), "{}", unknown.stderr);
}

#[test]
fn what_was_added_makes_nothing_dearer_that_was_there() {
    let (old, new) = ([costing(100)], [costing(100), Chat::new("And another thing", "Yes?")]);
    let ran = compared(&old, &new, &["--max-cost", "+0%"]);
    assert_eq!(ran.code, 0, "{}", ran.stdout);
    assert!(!ran.stdout.contains('%'), "{}", ran.stdout);
    assert!(ran.stdout.contains("input 20 tokens added, output 8 tokens added"), "{}", ran.stdout);
    let all = compared(&old, &new, &["--max-cost", "+$0"]);
    assert_eq!((all.code, not_wanted(&all).len()), (1, 1), "{}", all.stdout);
}

#[test]
fn recordings_that_cost_more_than_they_may_are_told_with_both_sums() {
    let ran = compared(&[costing(100)], &[costing(200)], &["--max-cost", "+5%"]);
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(not_wanted(&ran).join("\n"), @"what is in both versions cost $0.00033 and now costs $0.00058, more than 5% above it (max-cost)");
    let ran = compared(&[costing(100)], &[costing(101)], &["--max-cost", "+5%"]);
    assert_eq!((ran.code, not_wanted(&ran).len()), (0, 0), "{}", ran.stdout);
    let ran = compared(&[], &[costing(1000)], &["--max-cost", "$0.0001"]);
    insta::assert_snapshot!(not_wanted(&ran).join("\n"), @"the recordings cost $0.0026, more than $0.00010 (max-cost)");
    let wrong = compared(&[], &[], &["--max-cost", "5%"]);
    assert!(wrong.code == 2 && wrong.stderr.contains("write `+5%`, `+$0.10` or `$0.50`"), "{}", wrong.stderr);
}

#[test]
fn what_has_no_known_price_is_not_taken_to_cost_nothing() {
    let unknown = || hello().with(|_, response| response["model"] = json!("made-up-1"));
    let ran = compared(&[unknown()], &[unknown(), hello()], &["--max-cost", "+500%"]);
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(not_wanted(&ran).join("\n"), @"the price of 1 recording is not known, so nobody can tell what they cost: give `--prices` (max-cost)");
}

#[test]
fn programs_and_pull_requests_are_told_what_is_not_wanted() {
    let new = || [Chat::new("Hi", "Good day!")];
    let json = compared(&[hello()], &new(), &["--fail-on", "answer", "--json"]);
    let told: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(
        told["not_wanted"],
        json!([{"rule": "answer", "path": "new.yaml", "line": 2, "message": "answer changed"}])
    );
    let markdown = compared(&[hello()], &new(), &["--fail-on", "answer", "--format", "markdown"]);
    assert_eq!((json.code, markdown.code), (1, 1));
    assert!(
        markdown.stdout.contains("- ❌ <code>new.yaml:2: answer changed (answer)</code>"),
        "{}",
        markdown.stdout
    );
}

#[test]
fn what_came_what_went_and_what_changed_differ_in_colour_and_in_word() {
    let other = || Chat::new("How far is it to Oslo?", "Far.");
    for (word, color, old, new) in [
        ("~ changed", "33", vec![hello()], vec![costing(21)]),
        ("- removed", "31", vec![hello(), other()], vec![hello()]),
        ("+ added", "32", vec![hello()], vec![hello(), other()]),
    ] {
        let ran = compared(&old, &new, &["--color", "always"]);
        assert!(ran.stdout.contains(&format!("\u{1b}[{color}m{word}")), "{word}: {:?}", ran.stdout);
    }
}
