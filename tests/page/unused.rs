//! What no test used, as the ledger beside the cassettes tells.

use crate::browser::Browser;
use crate::cassettes::{Call, Folder};
use crate::command::{one, page};
use crate::reading::search;

/// A use of one of them, a second after it was recorded.
const USED: &str = "hit\t1795176001\tused.yaml\tKEY\t1\n";

/// Two cassettes with one and the same call, recorded at noon, and what the ledger beside them says, with `KEY` for its key.
fn with_ledger(lines: &str) -> Folder {
    let folder = Folder::new();
    folder.cassette("used.yaml", &[Call::new("Hi", "Hello!")]);
    folder.cassette("idle.yaml", &[Call::new("Hi", "Hello!")]);
    let list = folder.run(&["list", "--json"]);
    let list: serde_json::Value = serde_json::from_slice(&list.stdout).unwrap();
    let key = list[0]["interactions"][0]["key"].as_str().unwrap();
    folder.write(".llm-cassette/ledger.log", &format!("# log 1\n{}", lines.replace("KEY", key)));
    folder
}

fn unused(lines: &str) -> usize {
    page(&with_ledger(lines), &[]).matches(">unused</span>").count()
}

#[test]
fn nothing_is_claimed_about_use_as_long_as_nobody_counts_it() {
    assert!(!page(&one(), &[]).contains("unused"));
}

#[test]
fn what_no_test_used_is_marked_where_others_were_used() {
    // In the list, above its calls, at the call.
    assert_eq!(unused(USED), 3);
    assert!(page(&with_ledger(USED), &[]).contains("unused: not used on"));
}

#[test]
fn recording_it_here_is_a_use() {
    assert_eq!(unused(&format!("{USED}recorded\t1795176000\tidle.yaml\tKEY\t1\t20\t90\n")), 0);
}

#[test]
fn what_was_used_before_it_was_recorded_again_is_unused() {
    assert_eq!(unused(&format!("hit\t1795175999\tidle.yaml\tKEY\t1\n{USED}")), 3);
}

#[test]
fn a_ledger_that_ends_before_a_recording_was_made_says_nothing_of_it() {
    assert_eq!(unused("hit\t1795175999\tused.yaml\tKEY\t1\n"), 0);
}

#[test]
fn a_ledger_without_any_use_says_nothing() {
    assert_eq!(unused("miss\t1795176001\tused.yaml\topenai\n"), 0);
}

#[test]
#[ignore = "needs Chromium, and a Unix shell to start it"]
fn what_no_test_used_is_seen_and_found() {
    let mut browser = Browser::start();
    let folder = with_ledger(USED);
    let page = folder.page();
    browser.open(&page);
    browser.size(1280, 900);
    browser.picture("unused");
    let marked = "[...document.querySelectorAll('.mark')].filter((m) => m.checkVisibility()).map((m) => m.textContent).join()";
    assert_eq!(browser.text(marked), "unused,unused,unused", "in the list, above its calls, at the call");
    search(&mut browser, "unused", "1 of 2 interactions in 1 cassette");
    assert_eq!(
        browser.text(
            "[...document.querySelectorAll('.cassette')].filter((c) => !c.hidden).map((c) => c.id).join()"
        ),
        "idle.yaml"
    );
    assert_eq!(browser.problems(), [""; 0]);
}
