//! A folder as large as projects grow.

use std::time::Instant;

use serde_json::json;

use crate::browser::Browser;
use crate::cassettes::{Call, Folder};

/// Waits until what changed is drawn.
const DRAWN: &str =
    "new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn(1))))";

#[test]
fn two_thousand_interactions_stay_usable() {
    let Some(mut browser) = Browser::start() else { return };
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
    browser.picture("large");
    // From the last key to the drawn result, the pause for further keys included.
    let search = |browser: &mut Browser, words: &str, count: &str| {
        let start = Instant::now();
        browser.eval(&format!(
            "document.getElementById('words').value = {}; document.getElementById('words').dispatchEvent(new Event('input'))",
            json!(words)
        ));
        browser.until(&format!("document.getElementById('count').textContent === {}", json!(count)));
        browser.eval(
            "new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn(1))))",
        );
        start.elapsed()
    };
    let first = search(&mut browser, "model said 1234:", "1 of 2,000 interactions in 1 cassette");
    let all = search(&mut browser, "model said", "2,000 of 2,000 interactions in 100 cassettes");
    let one = search(&mut browser, "answer 1777:", "1 of 2,000 interactions in 1 cassette");
    search(&mut browser, "", "");
    let start = Instant::now();
    browser.eval("document.getElementById('fold').click(); scrollTo(0, document.body.scrollHeight / 2)");
    browser.eval(DRAWN);
    let opened = start.elapsed();
    eprintln!(
        "2,000 interactions, {} KB: written in {written:?}, loaded in {loaded:?}; searches: the first {first:?}, \
         all hits {all:?}, one hit {one:?}; all opened in {opened:?}",
        bytes / 1024
    );
    let slow = [loaded, first, all, one, opened].into_iter().max().unwrap();
    assert!(slow.as_secs() < 10, "{slow:?}");
    assert_eq!(browser.problems(), [""; 0]);
}
