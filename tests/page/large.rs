//! A folder as large as projects grow.

use std::time::Instant;

use serde_json::json;

use crate::browser::Browser;
use crate::cassettes::{Call, Folder};

/// Waits until what changed is drawn.
const DRAWN: &str =
    "new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn(1))))";

#[test]
#[ignore = "needs Chromium, and a Unix shell to start it"]
fn two_thousand_interactions_are_searched_and_opened_without_a_layout_for_each() {
    let mut browser = Browser::start();
    let folder = Folder::new();
    for cassette in 0..100 {
        let call = |n: usize| {
            let number = cassette * 20 + n;
            let mut call = Call::new(
                &format!("Question {number}: {}", "some words of a prompt ".repeat(60)),
                &format!("Answer {number}: {}", "and what the model said to them ".repeat(60)),
            );
            call.tokens = (number as u64 * 7, number as u64);
            call
        };
        folder.cassette(&format!("cassettes/{cassette:03}.yaml"), &(0..20).map(call).collect::<Vec<_>>());
    }
    let start = Instant::now();
    let page = folder.page();
    let written = start.elapsed();
    let bytes = std::fs::metadata(&page).unwrap().len();
    browser.size(1280, 900);
    let start = Instant::now();
    browser.open(&page);
    let loaded = start.elapsed();
    browser.eval(DRAWN);
    browser.picture("large");
    assert!(browser.layouts() > 0);
    // From the last key to the drawn result, the pause for further keys included: how often the page is laid out, and how
    // long it takes here, which is for reading only.
    let search = |browser: &mut Browser, words: &str, count: &str| {
        let (before, start) = (browser.layouts(), Instant::now());
        browser.eval(&format!(
            "document.getElementById('words').value = {}; document.getElementById('words').dispatchEvent(new Event('input'))",
            json!(words)
        ));
        browser.until(&format!("document.getElementById('count').textContent === {}", json!(count)));
        browser.eval(DRAWN);
        (browser.layouts() - before, start.elapsed())
    };
    let first = search(&mut browser, "model said 1234:", "1 of 2,000 interactions in 1 cassette");
    let all = search(&mut browser, "model said", "2,000 of 2,000 interactions in 100 cassettes");
    let one = search(&mut browser, "answer 1777:", "1 of 2,000 interactions in 1 cassette");
    search(&mut browser, "", "");
    let (before, start) = (browser.layouts(), Instant::now());
    browser.eval("document.getElementById('fold').click(); scrollTo(0, document.body.scrollHeight / 2)");
    browser.eval(DRAWN);
    let opened = (browser.layouts() - before, start.elapsed());
    eprintln!(
        "2,000 interactions, {} KB: written in {written:?}, loaded in {loaded:?}; layouts and times of searches: the first \
         {first:?}, all hits {all:?}, one hit {one:?}; all opened {opened:?}",
        bytes / 1024
    );
    // Who asks for the size of one thing between changing two others has the whole page laid out for each of them.
    for (what, (layouts, _)) in
        [("first hit", first), ("all hits", all), ("one hit", one), ("all opened", opened)]
    {
        assert!(layouts < 20, "{what}: {layouts} layouts");
    }
    assert_eq!(browser.problems(), [""; 0]);
}
