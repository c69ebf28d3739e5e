//! Reading the page as a person does: searching, following links, with keys alone, in the dark, on a telephone.

use std::path::PathBuf;

use serde_json::json;

use crate::browser::Browser;
use crate::cassettes::{Call, Folder};

const SHOWN: &str = "[...document.querySelectorAll('.call')].filter((call) => call.checkVisibility()).length";

fn page() -> (Folder, PathBuf) {
    let folder = Folder::new();
    let mut old = Call::new("What is the capital of Norway?", "Oslo.");
    old.recorded_at = "2026-01-02T03:04:05Z";
    folder
        .cassette("cassettes/geography.yaml", &[old, Call::new("Name three rivers.", "Danube, Rhine, Elbe")]);
    let mut weather = Call::new("What is the weather in Oslo?", "It rains.");
    weather.model = "gpt-5-mini".to_owned();
    weather.tokens = (12_000, 345);
    let function = json!({ "name": "get_weather", "description": "The weather of a city",
        "parameters": { "type": "object", "properties": { "city": { "type": "string" } } } });
    weather.tools = vec![json!({ "type": "function", "function": function })];
    weather
        .messages
        .insert(0, json!({ "role": "system", "content": "You help travellers.\nAnswer in one sentence." }));
    let mut again = Call::new("", "Take an umbrella, and a coat if you stay until the evening.");
    again.messages = weather.messages.clone();
    again.messages.push(json!({ "role": "assistant", "content": "It rains." }));
    again.messages.push(json!({ "role": "user", "content": "What shall I take along?" }));
    folder.cassette(
        "cassettes/weather.yaml",
        &[weather, again, Call::new(&"long ".repeat(5_000), &"W".repeat(900))],
    );
    let page = folder.page();
    (folder, page)
}

pub fn search(browser: &mut Browser, words: &str, count: &str) {
    browser.eval("document.getElementById('words').focus(); document.getElementById('words').select()");
    browser.type_text(words);
    browser.until(&format!("document.getElementById('count').textContent === {}", json!(count)));
}

#[test]
#[ignore = "needs Chromium, and a Unix shell to start it"]
fn a_page_loads_without_errors_and_asks_nobody_for_anything() {
    let mut browser = Browser::start();
    let (_folder, page) = page();
    browser.open(&page);
    browser.size(1280, 900);
    browser.picture("light");
    assert_eq!(browser.text("document.title"), "Cassettes");
    assert_eq!(browser.eval(SHOWN), json!(5));
    let bars = "[...document.querySelectorAll('figure')].filter((f) => f.textContent.includes('per cassette')).flatMap((f) => [...f.querySelectorAll('rect')])";
    assert_eq!(browser.eval(&format!("{bars}.length")), json!(6));
    assert_eq!(browser.problems(), [""; 0]);
}

#[test]
#[ignore = "needs Chromium, and a Unix shell to start it"]
fn search_shows_what_has_all_words_and_marks_and_counts_it() {
    let mut browser = Browser::start();
    let (_folder, page) = page();
    browser.open(&page);
    search(&mut browser, "OSLO capital", "1 of 5 interactions in 1 cassette");
    assert_eq!(browser.eval(SHOWN), json!(1));
    assert_eq!(
        browser.eval("[...document.querySelectorAll('.cassette')].filter((c) => !c.hidden).length"),
        json!(1)
    );
    browser.until("CSS.highlights.get('hit').size > 1");
    let marked = "[...new Set([...CSS.highlights.get('hit')].map((range) => range.toString().toLowerCase()))].sort().join()";
    assert_eq!(browser.text(marked), "capital,oslo");
    browser.picture("search");
    search(&mut browser, "gpt-5-mini", "1 of 5 interactions in 1 cassette");
    search(&mut browser, "cassettes/weather", "3 of 5 interactions in 1 cassette");
    search(&mut browser, "stale", "1 of 5 interactions in 1 cassette");
    let key = browser.text("document.querySelector('.key code').textContent");
    search(&mut browser, &key, "1 of 5 interactions in 1 cassette");
    assert_eq!(browser.eval("document.getElementById('nothing').checkVisibility()"), json!(false));
    search(&mut browser, "zebra", "0 of 5 interactions in 0 cassettes");
    assert_eq!(browser.eval("document.getElementById('nothing').checkVisibility()"), json!(true));
    assert_eq!(browser.problems(), [""; 0]);
}

#[test]
#[ignore = "needs Chromium, and a Unix shell to start it"]
fn a_slash_goes_to_the_search_enter_to_the_first_hit_and_escape_brings_everything_back() {
    let mut browser = Browser::start();
    let (_folder, page) = page();
    browser.open(&page);
    browser.press("/");
    assert_eq!(browser.text("document.activeElement.id"), "words");
    assert_eq!(browser.text("document.activeElement.value"), "", "the slash itself is not searched for");
    browser.type_text("rivers");
    browser.press("Enter");
    assert_eq!(
        browser.eval("document.activeElement.closest('.call').textContent.includes('Danube')"),
        json!(true)
    );
    browser.press("Escape");
    assert_eq!(browser.eval(SHOWN), json!(5));
    assert_eq!(
        browser.text("document.getElementById('words').value + document.getElementById('count').textContent"),
        ""
    );
}

#[test]
#[ignore = "needs Chromium, and a Unix shell to start it"]
fn the_focus_is_always_seen() {
    let mut browser = Browser::start();
    let (_folder, page) = page();
    browser.open(&page);
    for _ in 0..30 {
        browser.press("Tab");
        let outline = browser.text(
            "(() => { const e = document.activeElement, s = getComputedStyle(e); return e === document.body ? 'solid' : s.outlineStyle; })()",
        );
        assert_ne!(outline, "none", "{}", browser.text("document.activeElement.outerHTML"));
    }
}

#[test]
#[ignore = "needs Chromium, and a Unix shell to start it"]
fn a_link_leads_to_its_call_also_where_that_is_closed_and_filtered_out() {
    let mut browser = Browser::start();
    let (_folder, page) = page();
    browser.open(&page);
    let first = browser.text("document.querySelector('.call').id");
    browser.eval("document.querySelector('.call').open = false");
    search(&mut browser, "umbrella", "1 of 5 interactions in 1 cassette");
    browser.eval(&format!("location.hash = '#' + {}", json!(first)));
    browser
        .until("document.querySelector('.call').open && document.querySelector('.call').checkVisibility()");
    let url = browser.text("location.href");
    browser.go("about:blank");
    browser.go(&url);
    assert_eq!(
        browser.eval("document.querySelector(':target') === document.querySelector('.call')"),
        json!(true)
    );
    assert_eq!(browser.problems(), [""; 0]);
}

#[test]
#[ignore = "needs Chromium, and a Unix shell to start it"]
fn everything_is_there_without_scripts() {
    let mut browser = Browser::start();
    let (_folder, page) = page();
    // What is far below the window is not laid out, and so has no inner text.
    browser.size(1280, 20_000);
    browser.call("Emulation.setScriptExecutionDisabled", json!({ "value": true }));
    browser.open(&page);
    let shown = browser.text("document.querySelector('main').innerText");
    for said in [
        "Danube, Rhine, Elbe",
        "What is the weather in Oslo?",
        "Tokens per cassette",
        "cassettes/weather.yaml:",
    ] {
        assert!(shown.contains(said), "{said} in\n{shown}");
    }
    let useless =
        "[...document.querySelectorAll('button, input')].filter((each) => each.checkVisibility()).length";
    assert_eq!(browser.eval(useless), json!(0), "nothing is offered that would not work");
}

/// The least contrast of any text with what is behind it, and that text. Backgrounds are painted on a canvas, one over
/// the other, since some let others shine through.
const LEAST_CONTRAST: &str = r"(() => {
  const canvas = new OffscreenCanvas(1, 1), brush = canvas.getContext('2d', { willReadFrequently: true });
  const light = (pixel) => {
    const [r, g, b] = [...pixel].slice(0, 3).map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const paint = (colors) => {
    brush.clearRect(0, 0, 1, 1);
    for (const color of colors) { brush.fillStyle = color; brush.fillRect(0, 0, 1, 1); }
    return light(brush.getImageData(0, 0, 1, 1).data);
  };
  let least = [100, ''];
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own || !element.checkVisibility() || element.closest('.unseen, .skip, script')) continue;
    const behind = [];
    for (let e = element; e; e = e.parentElement) behind.unshift(getComputedStyle(e).backgroundColor);
    const [a, b] = [paint(behind), paint([...behind, getComputedStyle(element).color])];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < least[0]) least = [contrast, element.outerHTML.slice(0, 200)];
  }
  return least;
})()";

#[test]
#[ignore = "needs Chromium, and a Unix shell to start it"]
fn text_stands_out_in_the_light_and_in_the_dark() {
    let mut browser = Browser::start();
    let (folder, page) = page();
    folder.write("broken.yaml", "# llm-cassette 1\n---\nno key\n...\n");
    assert_eq!(folder.run(&["report", "-o", "report.html"]).status.code(), Some(1));
    browser.size(1280, 900);
    let mut backgrounds = Vec::new();
    for scheme in ["light", "dark"] {
        browser.prefer(scheme);
        browser.open(&page);
        browser.picture(scheme);
        let least = browser.eval(LEAST_CONTRAST);
        assert!(least[0].as_f64().unwrap() >= 4.5, "{scheme}: {least}");
        backgrounds.push(browser.text("getComputedStyle(document.body).backgroundColor"));
    }
    assert_ne!(backgrounds[0], backgrounds[1], "the page follows what the reader prefers");
    browser.eval("document.getElementById('theme').click()");
    assert_eq!(
        browser.text("getComputedStyle(document.body).backgroundColor"),
        backgrounds[0],
        "unless told otherwise"
    );
    browser.open(&page);
    assert_eq!(
        browser.text("getComputedStyle(document.body).backgroundColor"),
        backgrounds[0],
        "and it remembers that"
    );
}

#[test]
#[ignore = "needs Chromium, and a Unix shell to start it"]
fn a_narrow_window_needs_no_sideways_scrolling() {
    let mut browser = Browser::start();
    let (_folder, page) = page();
    for width in [360, 700, 1024] {
        browser.size(width, 900);
        browser.open(&page);
        browser.eval("for (const each of document.querySelectorAll('details')) each.open = true");
        browser.picture(&format!("width-{width}"));
        let wide = "[document.documentElement.scrollWidth, [...document.querySelectorAll('body *')].filter((e) => \
            e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.unseen, .skip, pre, rect, svg')).map((e) => e.outerHTML.slice(0, 120))]";
        assert_eq!(browser.eval(wide), json!([width, []]), "at {width} pixels");
    }
}

#[test]
#[ignore = "needs Chromium, and a Unix shell to start it"]
fn calls_are_named_and_sorted_for_those_who_hear_the_page() {
    let mut browser = Browser::start();
    let (_folder, page) = page();
    browser.open(&page);
    let tree = browser.call("Accessibility.getFullAXTree", json!({}));
    let nodes = tree["nodes"].as_array().unwrap();
    let named = |role: &str| -> Vec<String> {
        let is = |node: &&serde_json::Value| node["role"]["value"] == role && node["ignored"] == json!(false);
        nodes
            .iter()
            .filter(is)
            .map(|node| node["name"]["value"].as_str().unwrap_or_default().to_owned())
            .collect()
    };
    assert_eq!(
        named("main").len() + named("banner").len() + named("search").len() + named("contentinfo").len(),
        4
    );
    assert_eq!(named("searchbox"), ["Search"]);
    for said in [
        "2026-01: 1 recording, 1 stale",
        "2026-11: 4 recordings",
        "12,062 input tokens, 369 output tokens",
        "62 input tokens, 24 output tokens",
        "$0.0037137 for recording",
        "$0.0000237 for recording",
        "turn 1: 12,000 in, 345 out",
    ] {
        assert!(named("image").iter().any(|name| name == said), "{said} in {:?}", named("image"));
    }
    for role in ["button", "link", "image", "searchbox", "region"] {
        assert!(named(role).iter().all(|name| !name.is_empty()), "{role} without a name: {:?}", named(role));
    }
}
