//! Recordings that try to be more than text.

use std::path::PathBuf;

use serde_json::json;

use crate::browser::Browser;
use crate::cassettes::{Call, Folder};

/// Each of these would set `ran` if it were taken for markup, closed what it stands in, or hid what follows.
const ATTACKS: [&str; 12] = [
    "<script>window.ran=1;alert(1)</script>",
    "<img src=x onerror=window.ran=1>",
    "<img src=https://example.com/pixel.png>",
    "</script><script>window.ran=1</script>",
    "</style><svg onload=window.ran=1>",
    "</pre></div></details></section></main><script>window.ran=1</script>",
    "<!-- hidden",
    "\"><b onmouseover=window.ran=1 autofocus onfocus=window.ran=1 tabindex=0>",
    "' onfocus='window.ran=1",
    "[click](javascript:window.ran=1)",
    "&lt;script&gt;window.ran=1&lt;/script&gt; &amp;amp; &#60;",
    "<iframe srcdoc='<script>parent.ran=1</script>'></iframe><base href=https://example.com/><meta http-equiv=refresh content='0;url=https://example.com/'>",
];

fn page() -> (Folder, PathBuf) {
    let folder = Folder::new();
    for (index, attack) in ATTACKS.iter().enumerate() {
        let mut call =
            Call::new(&format!("question {index} {attack}"), &format!("**answer** {index} {attack}"));
        call.model = format!("model {index} {attack}");
        call.url = format!("https://api.openai.com/v1/chat/completions?q={index}{attack}");
        call.messages.push(json!({ "role": attack, "content": [{ "type": "text", "text": attack },
            { "type": "image_url", "image_url": { "url": format!("javascript:{attack}") } }, { "type": attack }] }));
        let function = json!({ "name": format!("tool {attack}"), "arguments": format!("{{\"{attack}") });
        let tool_call = json!({ "id": attack, "type": "function", "function": function });
        call.messages.push(json!({ "role": "assistant", "content": null, "tool_calls": [tool_call] }));
        call.messages.push(json!({ "role": "tool", "tool_call_id": attack, "content": attack }));
        call.tools = vec![json!({ "type": "function", "function":
            { "name": format!("offered {attack}"), "description": attack, "parameters": { (*attack): attack } } })];
        let name = attack.replace('/', "∕");
        folder.cassette(&format!("{index} {name}.yaml"), &[call]);
    }
    folder.cassette(
        "marks.yaml",
        &[Call::new(
            "left \u{202e}thgir\u{202c} \u{2066}x\u{2069} \u{0}nul \u{1b}[2J",
            "عربي and Ελληνικά \u{7}",
        )],
    );
    let page = folder.page();
    (folder, page)
}

#[test]
#[ignore = "needs Chromium, and a Unix shell to start it"]
fn whatever_a_recording_says_is_text_and_nothing_runs() {
    let mut browser = Browser::start();
    let (_folder, page) = page();
    browser.open(&page);
    browser.picture("hostile");
    browser.eval("for (const each of document.querySelectorAll('details')) each.open = true");
    browser.eval("for (const each of document.querySelectorAll('*')) { each.focus?.(); each.dispatchEvent(new Event('mouseover')); }");
    let text = browser.text("document.querySelector('main').textContent");
    for (index, attack) in ATTACKS.iter().enumerate() {
        for shown in [format!("question {index} "), format!("**answer** {index} "), format!("model {index} ")]
        {
            assert!(text.contains(&format!("{shown}{attack}")), "{shown}{attack}");
        }
        assert!(
            text.contains(&format!("{index} {}.yaml", attack.replace('/', "∕"))),
            "the name of a file: {attack}"
        );
        assert!(text.contains(&format!("offered {attack}")), "a tool: {attack}");
    }
    assert!(
        text.contains(r"left \u{202e}thgir\u{202c} \u{2066}x\u{2069} \u{0}nul \u{1b}[2J"),
        "shown, not obeyed"
    );
    assert!(text.contains("عربي and Ελληνικά"));
    assert_eq!(browser.eval("typeof window.ran"), json!("undefined"));
    let foreign = "main :is(script, style, img, iframe, base, meta, link, object, embed, form), [onerror], [onload], [onfocus], \
                   [onmouseover], a[href^='javascript:'], a[href^='http']";
    assert_eq!(browser.eval(&format!("document.querySelectorAll(\"{foreign}\").length")), json!(0));
    assert_eq!(browser.eval("document.scripts.length + document.styleSheets.length"), json!(2));
    // Laid out, too: a window as high as the page, so that all of it is.
    browser.size(1280, 40_000);
    browser.eval("document.getElementById('markdown').click()");
    browser.until(
        "document.querySelectorAll('div.md').length === document.querySelectorAll('template.md').length",
    );
    assert_eq!(browser.eval("document.querySelectorAll('div.md').length > 3"), json!(true));
    assert_eq!(browser.eval(&format!("document.querySelectorAll(\"{foreign}\").length")), json!(0));
    assert_eq!(browser.eval("typeof window.ran"), json!("undefined"));
    assert_eq!(browser.problems(), [""; 0]);
}

#[test]
#[ignore = "needs Chromium, and a Unix shell to start it"]
fn markup_that_got_in_all_the_same_could_neither_run_nor_load_anything() {
    let mut browser = Browser::start();
    let folder = Folder::new();
    folder.cassette("a.yaml", &[Call::new("Hello", "INJECTED")]);
    let page = folder.page();
    let injection = "<script>window.ran=1</script><img src=https://example.com/x.png onerror=window.ran=1>\
                     <style>body{background:url(https://example.com/y)}</style><link rel=stylesheet href=https://example.com/z>";
    let broken = std::fs::read_to_string(&page).unwrap().replace("INJECTED", injection);
    assert!(broken.contains("<script>window.ran"));
    let page = folder.write("broken.html", &broken);
    browser.open(&page);
    assert_eq!(browser.eval("typeof window.ran"), json!("undefined"));
    let problems = browser.problems();
    assert!(problems.iter().any(|problem| problem.contains("Content Security Policy")), "{problems:?}");
    assert_eq!(browser.requests(), [""; 0]);
}
