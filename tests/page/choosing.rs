//! Choosing what to see: chips that filter, columns that sort, threads, and commands to copy.

use std::path::PathBuf;

use serde_json::json;

use crate::browser::Browser;
use crate::cassettes::{Call, Folder};
use crate::command::page as text_of;
use crate::reading::search;

const SHOWN: &str = "[...document.querySelectorAll('.call')].filter((call) => call.checkVisibility()).length";

/// Two models, one stale recording, one that failed to be read, a run of three turns that another call came between.
fn page() -> (Folder, PathBuf) {
    let folder = Folder::new();
    let mut old = Call::new("What is the capital of Norway?", "Oslo.");
    old.recorded_at = "2026-01-02T03:04:05Z";
    let mut large = Call::new("Name three rivers.", "Danube, Rhine, Elbe");
    large.model = "gpt-5-mini".to_owned();
    large.tokens = (12_000, 345);
    folder.cassette("a.yaml", &[old, large]);
    folder.cassette("b.yaml", &run());
    let page = folder.page();
    (folder, page)
}

fn run() -> Vec<Call> {
    let turns = ["Plan a talk.", "Go on.", "And the end?"];
    let answers = ["The moon.", "The sun.", "Both."];
    let mut messages = Vec::new();
    let mut calls = Vec::new();
    for (turn, answer) in turns.iter().zip(answers) {
        messages.push(json!({ "role": "user", "content": turn }));
        let mut call = Call::new("", answer);
        call.messages = messages.clone();
        messages.push(call.answer.clone());
        calls.push(call);
    }
    calls.insert(1, Call::new("What is 2+2?", "4"));
    calls
}

fn press(browser: &mut Browser, chip: &str) {
    let chips = "[...document.querySelectorAll('button.chip')]";
    browser.eval(&format!("{chips}.find((chip) => chip.dataset.value === {}).focus()", json!(chip)));
    browser.press("Enter");
}

#[test]
#[ignore = "needs Chromium, and a Unix shell to start it"]
fn a_chip_shows_what_has_its_name_alone_and_with_others_and_with_a_search() {
    let mut browser = Browser::start();
    let (_folder, page) = page();
    browser.open(&page);
    let count = |browser: &mut Browser| browser.text("document.getElementById('count').textContent");
    press(&mut browser, "gpt-5-mini");
    assert_eq!(
        (browser.eval(SHOWN), count(&mut browser)),
        (json!(1), "1 of 6 interactions in 1 cassette".to_owned())
    );
    browser.picture("chips");
    press(&mut browser, "gpt-4o-mini-2024-07-18");
    assert_eq!(browser.eval(SHOWN), json!(6), "of one kind, any");
    press(&mut browser, "stale");
    assert_eq!(browser.eval(SHOWN), json!(1), "of several kinds, all");
    search(&mut browser, "oslo", "1 of 6 interactions in 1 cassette");
    search(&mut browser, "moon", "0 of 6 interactions in 0 cassettes");
    assert_eq!(browser.eval("document.getElementById('nothing').checkVisibility()"), json!(true));
    let pressed = "[...document.querySelectorAll('button.chip')].filter((c) => c.ariaPressed === 'true' && c.checkVisibility()).length";
    assert_eq!(browser.eval(pressed), json!(3), "what is chosen is seen");
    browser.press("Escape");
    assert_eq!(browser.eval(SHOWN), json!(6), "and taken back");
    assert_eq!(browser.eval(pressed), json!(0));
    assert_eq!(browser.problems(), [""; 0]);
}

#[test]
#[ignore = "needs Chromium, and a Unix shell to start it"]
fn a_table_is_sorted_by_the_column_that_is_pressed_and_again_the_other_way() {
    let mut browser = Browser::start();
    let (folder, page) = page();
    let mut unknown = Call::new("Hi", "Hello");
    unknown.model = "nobody-knows".to_owned();
    folder.cassette("c.yaml", &[unknown]);
    folder.page();
    browser.open(&page);
    let sorted_by = |browser: &mut Browser, name: &str| {
        let head = format!(
            "[...document.querySelectorAll('thead th')].find((th) => th.textContent === {})",
            json!(name)
        );
        browser.eval(&format!("{head}.querySelector('button').focus()"));
        browser.press("Enter");
        let names = browser.text("[...document.querySelectorAll('tbody th')].map((th) => th.querySelector('a').textContent[0]).join('')");
        (names, browser.text(&format!("{head}.getAttribute('aria-sort')")))
    };
    let wanted = |names: &str, way: &str| (names.to_owned(), way.to_owned());
    assert_eq!(
        sorted_by(&mut browser, "Input tokens"),
        wanted("abc", "descending"),
        "as numbers, the largest first"
    );
    assert_eq!(sorted_by(&mut browser, "Input tokens"), wanted("cba", "ascending"));
    assert_eq!(sorted_by(&mut browser, "Cost"), wanted("abc", "descending"));
    assert_eq!(sorted_by(&mut browser, "Cost"), wanted("bac", "ascending"), "what is unknown comes last");
    assert_eq!(sorted_by(&mut browser, "Cassette"), wanted("abc", "ascending"));
    assert_eq!(browser.eval("document.querySelectorAll('[aria-sort]').length"), json!(1));
    assert_eq!(browser.problems(), [""; 0]);
}

#[test]
#[ignore = "needs Chromium, and a Unix shell to start it"]
fn a_run_of_an_agent_is_one_thread_whose_turns_are_hidden_and_shown_as_calls_are() {
    let mut browser = Browser::start();
    let (_folder, page) = page();
    browser.open(&page);
    let told = "[...document.querySelectorAll('.thread')].map((t) => t.querySelector('.sum b').textContent + ': ' + \
                [...t.querySelectorAll('.call')].map((c) => c.querySelector('.nth').textContent).join()).join('|')";
    assert_eq!(browser.text(told), "Thread of 3 turns: turn 1,turn 2,turn 3");
    let answers = "[...document.querySelectorAll('[id=\"b.yaml\"] .call')].map((c) => c.querySelector('.answer .text').textContent).join(' ')";
    assert_eq!(browser.text(answers), "The moon. The sun. Both. 4");
    search(&mut browser, "2+2", "1 of 6 interactions in 1 cassette");
    assert_eq!(browser.eval("document.querySelector('.thread').checkVisibility()"), json!(false));
    // Of its turns, the second alone says this.
    browser.eval("document.getElementById('words').select()");
    browser.type_text("sun.");
    browser.until("document.querySelector('.thread').checkVisibility()");
    assert_eq!(browser.eval(SHOWN), json!(1));
    assert_eq!(browser.problems(), [""; 0]);
}

/// A cassette whose call a test has used, and what the ledger says of it, with `KEY` for the key.
fn used(lines: &str) -> (Folder, String) {
    let folder = Folder::new();
    folder.cassette("rivers.yaml", &[Call::new("Hi", "Hello!")]);
    let list = folder.run(&["list", "--json"]);
    let list: serde_json::Value = serde_json::from_slice(&list.stdout).unwrap();
    let key = list[0]["interactions"][0]["key"].as_str().unwrap().to_owned();
    folder.write(".llm-cassette/ledger.log", &format!("# log 1\n{}", lines.replace("KEY", &key)));
    (folder, key[..8].to_owned())
}

#[test]
fn a_button_copies_the_command_that_refreshes_a_call_and_one_for_its_cassette() {
    let (folder, key) = used("");
    let page = text_of(&folder, &[]);
    for command in [
        format!("LLM_CASSETTE_MODE=refresh LLM_CASSETTE_ONLY=key={key} cargo test"),
        "LLM_CASSETTE_MODE=refresh LLM_CASSETTE_ONLY=name=rivers cargo test".to_owned(),
    ] {
        assert!(page.contains(&format!("data-copy=\"{command}\"")), "{command}");
    }
}

#[test]
fn the_test_that_uses_a_call_is_named_and_run_where_the_ledger_knows_it() {
    let hit = |user: &str| format!("hit\t1795176001\trivers.yaml\tKEY\t1\t{user}\n");
    let (folder, key) = used(&hit("shop api::tests::asks").repeat(2));
    let page = text_of(&folder, &[]);
    for said in [
        "used by shop api::tests::asks</span>".to_owned(),
        "played 2 times, last used 2026-11-20".to_owned(),
        format!("data-copy=\"LLM_CASSETTE_MODE=refresh LLM_CASSETTE_ONLY=key={key} cargo test -p shop tests::asks\""),
        "data-copy=\"LLM_CASSETTE_MODE=refresh cargo test -p shop tests::asks\"".to_owned(),
        "<td data-name=\"Hits\" data-value=\"2\">2</td><td data-name=\"Last used\" data-value=\"2026-11-20\">".to_owned(),
    ] {
        assert!(page.contains(&said), "{said}");
    }
    let (folder, _) = used(&format!("{}{}", hit("shop api::a"), hit("shop api::b")));
    let page = text_of(&folder, &[]);
    assert!(
        page.contains("used by shop api::a and others") && page.contains("ONLY=name=rivers cargo test\"")
    );
}

#[test]
#[cfg(target_os = "linux")]
fn it_opens_the_page_where_that_is_wanted_and_says_how_to_where_it_cannot() {
    use std::os::unix::fs::PermissionsExt as _;
    let (folder, _) = used("");
    let opener = folder.write("bin/xdg-open", "#!/bin/sh\nprintf %s \"$1\" > opened\n");
    std::fs::set_permissions(&opener, std::fs::Permissions::from_mode(0o755)).unwrap();
    let run = |arguments: &[&str]| {
        folder.command(arguments).env("PATH", folder.path().join("bin")).output().unwrap()
    };
    assert!(run(&["report"]).status.success());
    assert!(!folder.path().join("opened").exists(), "only where that is wanted");
    assert!(run(&["report", "--open"]).status.success());
    let opened = std::fs::read_to_string(folder.path().join("opened")).unwrap();
    assert!(opened.starts_with('/') && opened.ends_with("/report.html"), "{opened}");
    let told =
        |output: std::process::Output| (output.status.code(), String::from_utf8(output.stderr).unwrap());
    std::fs::write(&opener, "#!/bin/sh\nexit 3\n").unwrap();
    let (code, said) = told(run(&["report", "--open"]));
    assert_eq!(code, Some(2));
    assert!(
        said.contains("the page is written, and `xdg-open` could not open it: it ended with exit status: 3"),
        "{said}"
    );
    assert!(said.contains("hint: open report.html in a browser"), "{said}");
    let (code, said) = told(run(&["report", "--open", "-o", "-"]));
    assert_eq!((code, said.contains("`--output -` writes none")), (Some(2), true), "{said}");
}
