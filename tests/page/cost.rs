//! What recording cost, and what of that nobody knows.

use serde_json::json;

use crate::browser::Browser;
use crate::cassettes::{Call, Folder};
use crate::command::page;

/// A cassette of a model with a price, one of a model without, and one with both.
fn priced() -> Folder {
    let known = || Call::new("Hi", "Hello!");
    let unknown = || {
        let mut call = Call::new("Hi", "Hello!");
        call.model = "some-model-nobody-knows".to_owned();
        call
    };
    let folder = Folder::new();
    folder.cassette("known.yaml", &[known()]);
    folder.cassette("unknown.yaml", &[unknown()]);
    folder.cassette("both.yaml", &[known(), unknown()]);
    folder
}

#[test]
fn cost_is_drawn_and_what_is_not_known_is_said() {
    let page = page(&priced(), &[]);
    // 31 tokens at $0.15 and 12 at $0.60 a million.
    for said in [
        "<dt>a full refresh today</dt><dd title=\"$0.0000237, 2 interactions of unknown price\">&lt; $0.01 + unknown</dd>",
        "aria-label=\"$0.00001185 for recording\"",
        "title=\"$0.00001185 for recording\">&lt; $0.01</span>",
        "title=\"$0.00001185 for recording, 1 interaction of unknown price\">&lt; $0.01 + unknown</span>",
        "title=\"1 interaction of unknown price\">unknown</span>",
        "data-value=\"0.00001185\" title=\"$0.00001185, 1 interaction of unknown price\">&lt; $0.01 + unknown</td>",
        "<td data-name=\"Cost\" data-value title=\"1 interaction of unknown price\">unknown</td>",
        "31 in, 12 out, <span title=\"$0.00001185\">&lt; $0.01</span>",
        "31 in, 12 out, <span title=\"1 interaction of unknown price\">unknown</span>",
        "2 interactions of unknown price, in no sum",
    ] {
        assert!(page.contains(said), "{said}");
    }
    assert!(!page.contains("$0.00<") && !page.contains(">$0.00"), "what is not known is no zero");
}

#[test]
fn prices_are_those_of_a_file_that_an_argument_or_the_environment_names() {
    let folder = priced();
    let each = r#""litellm_provider": "openai", "input_cost_per_token": 1, "output_cost_per_token": 2"#;
    folder.write("prices.json", &format!("{{\"some-model-nobody-knows\": {{{each}}}}}"));
    // 31 tokens at $1 and 12 at $2.
    let told = "31 in, 12 out, <span>$55.00</span>";
    assert!(!page(&folder, &[]).contains(told));
    let by_argument = page(&folder, &["--prices", "prices.json"]);
    assert!(by_argument.contains(told) && by_argument.contains("prices: prices.json"));
    let by_environment =
        folder.command(&["report", "-o", "-"]).env("LLM_CASSETTE_PRICES", "prices.json").output().unwrap();
    assert_eq!(String::from_utf8(by_environment.stdout).unwrap(), by_argument);
}

#[test]
fn prices_that_cannot_be_read_are_an_error_and_no_page() {
    let folder = priced();
    folder.write("prices.json", "[]");
    let output = folder.run(&["report", "--prices", "prices.json"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("prices.json: this is not an object"));
    assert!(!folder.path().join("report.html").exists());
}

#[test]
fn nothing_is_said_of_prices_where_there_is_nothing_to_pay() {
    assert!(!page(&Folder::new(), &[]).contains("prices:"));
}

#[test]
#[ignore = "needs Chromium, and a Unix shell to start it"]
fn a_cost_that_nobody_knows_is_in_the_chart_as_a_word_and_without_a_bar() {
    let mut browser = Browser::start();
    let folder = priced();
    browser.open(&folder.page());
    let rows = "[...[...document.querySelectorAll('figure')].find((f) => f.textContent.includes('Cost of')).querySelectorAll('li')]";
    let told = browser.text(&format!(
        "{rows}.map((row) => row.querySelector('a').textContent + ' ' + row.querySelector('.amount').innerText).join('|')"
    ));
    assert_eq!(told, "both.yaml < $0.01 + unknown|known.yaml < $0.01|unknown.yaml unknown");
    let widths =
        format!("{rows}.map((row) => Math.sign(row.querySelector('rect').getBoundingClientRect().width))");
    assert_eq!(browser.eval(&widths), json!([1, 1, 0]));
    assert_eq!(browser.problems(), [""; 0]);
}

#[test]
#[ignore = "needs Chromium, and a Unix shell to start it"]
fn a_long_sum_has_room_in_every_window() {
    let mut browser = Browser::start();
    let folder = priced();
    let page = folder.page();
    for width in [360, 700, 1024, 1280] {
        browser.size(width, 900);
        browser.open(&page);
        browser.picture(&format!("cost-{width}"));
        let cut = "[...document.querySelectorAll('.tiles dd, .amount')].filter((e) => e.scrollWidth > e.clientWidth).map((e) => e.textContent)";
        assert_eq!(browser.eval(cut), json!([]), "at {width} pixels");
    }
}
