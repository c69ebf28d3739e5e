//! Answers laid out as Markdown, for whoever switches that on.

use serde_json::json;

use crate::browser::Browser;
use crate::cassettes::{Call, Folder};
use crate::command::page as text_of;

const ANSWER: &str = "## Oslo to Bergen\n\nTake the **train**, see [the timetable](https://www.vy.no/en):\n\n\
                      1. buy\n2. ride\n\n| leg | hours |\n|---|--:|\n| all | 7 |\n\n```sh\nride <b>now</b>\n```\n";

fn folder(answer: &str) -> Folder {
    let folder = Folder::new();
    folder.cassette("a.yaml", &[Call::new("How do I get to Bergen? **Soon**", answer)]);
    folder
}

#[test]
#[ignore = "needs Chromium, and a Unix shell to start it"]
fn an_answer_reads_as_it_stands_until_somebody_wants_it_laid_out_and_then_again() {
    let mut browser = Browser::start();
    let folder = folder(ANSWER);
    browser.open(&folder.page());
    browser.size(1280, 900);
    let shown = |browser: &mut Browser| {
        browser.eval(
            "[...document.querySelectorAll('.answer .text, .answer .md')].filter((e) => e.checkVisibility()).map((e) => e.className)",
        )
    };
    assert_eq!(shown(&mut browser), json!(["text"]));
    browser.eval("document.getElementById('markdown').focus()");
    browser.press("Enter");
    browser.until("document.querySelector('div.md')");
    browser.picture("markdown");
    assert_eq!(shown(&mut browser), json!(["md"]));
    let of = |what: &str| {
        format!("[...document.querySelectorAll('.md {what}')].map((e) => e.textContent).join('|')")
    };
    for (what, said) in [
        ("h5", "Oslo to Bergen"),
        ("strong", "train"),
        ("ol > li", "buy|ride"),
        ("th", "leg|hours"),
        ("td", "all|7"),
        ("pre", "ride <b>now</b>\n"),
    ] {
        assert_eq!(browser.text(&of(what)), said, "{what}");
    }
    assert_eq!(
        browser.eval("document.querySelectorAll('.md a').length"),
        json!(0),
        "addresses are read, not followed"
    );
    assert!(
        browser
            .text("document.querySelector('div.md').textContent")
            .contains("the timetable (https://www.vy.no/en)")
    );
    assert_eq!(
        browser.text("document.querySelector('.user .text').textContent"),
        "How do I get to Bergen? **Soon**"
    );
    browser.open(&folder.path().join("report.html"));
    browser.until("document.querySelector('div.md')");
    browser.eval("document.getElementById('markdown').click()");
    assert_eq!(shown(&mut browser), json!(["text"]), "switched off, what was recorded stands there again");
    assert_eq!(browser.problems(), [""; 0]);
}

#[test]
#[ignore = "needs Chromium, and a Unix shell to start it"]
fn a_page_without_markdown_has_no_switch_for_it() {
    let mut browser = Browser::start();
    let folder = folder("By train.\nIt takes 7 hours.");
    browser.open(&folder.page());
    assert_eq!(browser.eval("document.getElementById('markdown').checkVisibility()"), json!(false));
}

#[test]
fn what_people_and_tools_write_stays_as_it_is() {
    assert!(!text_of(&folder("By train."), &[]).contains("<template"));
}
