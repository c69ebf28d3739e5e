//! The page that shows what changed, side by side.

use std::path::PathBuf;
use std::process::Command;

use serde_json::json;

use crate::browser::Browser;
use crate::cassettes::{Call, Folder};

/// Two versions: an answer and a prompt changed, one went, one came, one stays.
fn page() -> (Folder, PathBuf) {
    let folder = Folder::new();
    let stays = || Call::new("Name three rivers.", "Danube, Rhine, Elbe");
    folder.cassette(
        "old/travel.yaml",
        &[
            Call::new("Will it rain in Oslo?", "Yes, it will rain in Oslo today."),
            stays(),
            Call::new("What is the longest fjord of Norway, and how long is it?", "The Sognefjord."),
        ],
    );
    let mut added = Call::new("2+2?", "</ins></details><script>document.title = 'hacked'</script>4");
    added.url = "https://api.openai.com/v1/responses/other".to_owned();
    let mut changed = Call::new("Will it snow in Oslo?", "No, it will rain in Oslo today.");
    changed.tokens = (40, 20);
    folder.cassette("new/travel.yaml", &[changed, stays(), added]);
    let output = folder.run(&["report", "--against", "old", "new", "-o", "changes.html"]);
    let (told, problems) =
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!(
        (told.as_str(), problems.as_str()),
        ("changes.html: 1 cassette: 1 added, 1 removed, 1 changed, 1 unchanged\n", "")
    );
    let page = folder.path().join("changes.html");
    (folder, page)
}

#[test]
#[ignore = "needs Chromium, and a Unix shell to start it"]
fn what_was_stands_beside_what_is_with_the_words_that_changed_marked() {
    let mut browser = Browser::start();
    let (_folder, page) = page();
    browser.open(&page);
    browser.size(1280, 900);
    browser.picture("changes");
    assert_eq!(browser.text("document.title"), "What changed");
    let side = |name: &str, what: &str| {
        format!(
            "[...document.querySelectorAll('.change')[0].querySelectorAll('[aria-label={name}] {what}')].map((e) => e.textContent).join('|')"
        )
    };
    assert_eq!(browser.text(&side("Before", ".answer .text")), "Yes, it will rain in Oslo today.");
    assert_eq!(browser.text(&side("After", ".answer .text")), "No, it will rain in Oslo today.");
    assert_eq!(browser.text(&side("Before", "del")), "Yes");
    assert_eq!(browser.text(&side("After", "ins")), "No");
    let place = |name: &str| {
        format!(
            "document.querySelectorAll('.change')[0].querySelector('[aria-label={name}]').getBoundingClientRect()"
        )
    };
    let beside = format!("{}.right <= {}.left && {0}.top === {1}.top", place("Before"), place("After"));
    assert_eq!(browser.eval(&beside), json!(true));
    assert_eq!(browser.problems(), [""; 0]);
    assert!(browser.requests().iter().all(|url| url.starts_with("file:")));
}

#[test]
#[ignore = "needs Chromium, and a Unix shell to start it"]
fn what_came_and_what_went_has_nothing_beside_it() {
    let mut browser = Browser::start();
    let (_folder, page) = page();
    browser.open(&page);
    let told = "[...document.querySelectorAll('.change')].map((c) => c.querySelector('.mark').textContent + ':' + \
                [...c.querySelectorAll('.side')].map((s) => s.textContent.includes('Not in this version.') ? '-' : '+').join('')).join()";
    assert_eq!(browser.text(told), "changed:++,added:-+,removed:+-");
}

#[test]
#[ignore = "needs Chromium, and a Unix shell to start it"]
fn an_answer_is_text_and_nothing_in_it_runs() {
    let mut browser = Browser::start();
    let (_folder, page) = page();
    browser.open(&page);
    assert_eq!(browser.text("document.title"), "What changed");
    let shown = browser.text("document.querySelector('main').textContent");
    assert!(shown.contains("</ins></details><script>document.title = 'hacked'</script>4"), "{shown}");
    assert_eq!(browser.eval("document.querySelectorAll('script').length"), json!(1));
    assert_eq!(browser.problems(), [""; 0]);
}

#[test]
#[ignore = "needs Chromium, and a Unix shell to start it"]
fn changes_are_searched_like_conversations() {
    let mut browser = Browser::start();
    let (_folder, page) = page();
    browser.open(&page);
    browser.eval("document.getElementById('words').focus()");
    browser.type_text("sognefjord");
    browser.until("document.getElementById('count').textContent === '1 of 3 interactions in 1 cassette'");
    assert_eq!(browser.problems(), [""; 0]);
}

#[test]
#[ignore = "needs Chromium, and a Unix shell to start it"]
fn in_a_narrow_window_the_sides_stand_below_each_other() {
    let mut browser = Browser::start();
    let (_folder, page) = page();
    browser.open(&page);
    browser.size(390, 800);
    browser.picture("changes-narrow");
    let below = "(() => { const [before, after] = document.querySelector('.change').querySelectorAll('.side'); \
                 return before.getBoundingClientRect().bottom <= after.getBoundingClientRect().top })()";
    assert_eq!(browser.eval(below), json!(true));
    assert_eq!(browser.eval("document.documentElement.scrollWidth <= innerWidth"), json!(true));
}

#[test]
fn a_page_of_a_branch_shows_what_a_pull_request_would() {
    let folder = Folder::new();
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command
            .current_dir(folder.path())
            .args(arguments)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1");
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), "A").env(format!("GIT_{role}_EMAIL"), "a@example.com");
        }
        assert!(command.output().unwrap().status.success(), "{arguments:?}");
    };
    git(&["init", "--quiet", "--initial-branch=main"]);
    folder.cassette("a.yaml", &[Call::new("Hi", "Hello!")]);
    git(&["add", "--all"]);
    git(&["commit", "--quiet", "--message", "x"]);
    git(&["checkout", "--quiet", "-b", "topic"]);
    folder.cassette("a.yaml", &[Call::new("Hi", "Good morning!")]);
    let output = folder.run(&["report", "--base", "main", "-o", "changes.html"]);
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "changes.html: 1 cassette: 1 changed\n");
    let page = std::fs::read_to_string(folder.path().join("changes.html")).unwrap();
    assert!(page.contains("<del>Hello</del>") || page.contains("<del>Hello!</del>"), "{page}");
    folder.run(&["report", "--base", "main", "-o", "again.html"]);
    assert_eq!(std::fs::read_to_string(folder.path().join("again.html")).unwrap(), page);
}
