//! The lines between entries and around them, as they are painted: pixels of screenshots, since what a style says of a border
//! is not what is seen of it.

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::cassettes::{Call, Folder};
use crate::reading::search;

/// A telephone, half a screen and a whole one.
const WIDTHS: [u32; 3] = [360, 800, 1400];

/// Cassettes of so many closed entries that heights with fractions add up, an agent's run of several turns among them.
fn folder() -> Folder {
    let folder = Folder::new();
    for cassette in 0..8 {
        let call = |n: usize| {
            let words = ["short", "a question of some more words than others have", "x"][n % 3];
            Call::new(
                &format!("{words} {cassette}.{n}"),
                &format!("answer {cassette}.{n}, {}", ["odd", "even"][n % 2]),
            )
        };
        let mut calls: Vec<Call> = (0..7).map(call).collect();
        for turn in 1..4 {
            let before = &calls[calls.len() - 1];
            let mut messages = before.messages.clone();
            messages.push(before.answer.clone());
            messages.push(json!({ "role": "user", "content": format!("and then, for the time {turn}?") }));
            let mut next = Call::new("", &format!("then this, {}", ["odd", "even"][turn % 2]));
            next.messages = messages;
            calls.push(next);
        }
        folder.cassette(&format!("{cassette}.yaml"), &calls);
    }
    folder
}

/// What is not painted as it should be, in the part of the page that a screenshot shows: whether there is one line between
/// neighbours in a list, and how thick it is, and whether each side of a list has one. Text is nowhere near the column that is
/// looked at.
const AMISS: &str = r"(async (picture) => {
  const bytes = Uint8Array.from(atob(picture), (c) => c.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
  const canvas = new OffscreenCanvas(image.width, image.height), brush = canvas.getContext('2d', { willReadFrequently: true });
  const paint = (color) => { brush.fillStyle = color; brush.fillRect(0, 0, 1, 1); return [...brush.getImageData(0, 0, 1, 1).data].join(); };
  const line = paint(getComputedStyle(document.querySelector('.calls')).borderTopColor);
  const plain = ['.call', '.sum'].map((name) => paint(getComputedStyle(document.querySelector(name)).backgroundColor));
  brush.drawImage(image, 0, 0);
  const scale = devicePixelRatio, { width, height } = image, { data } = brush.getImageData(0, 0, width, height);
  const at = (x, y) => [...data.slice((y * width + x) * 4, (y * width + x) * 4 + 4)].join();
  // Where a pixel of the page is one and a half of the screen, a line may be lighter than it is, and two borders that lie on
  // each other may be rounded apart; it must not be gone.
  const paper = paint(getComputedStyle(document.body).backgroundColor);
  const isLine = (pixel) => scale % 1 ? pixel !== paper && !plain.includes(pixel) : pixel === line;
  const seen = (box) => box.top > 80 && box.bottom < innerHeight - 2;
  const amiss = [];
  let looked = 0;
  for (const list of document.querySelectorAll('.calls')) {
    const shown = [...list.querySelectorAll('.call, .sum')].filter((each) => each.checkVisibility());
    for (let index = 1; index < shown.length; index++) {
      const [above, below] = [shown[index - 1].getBoundingClientRect(), shown[index].getBoundingClientRect()];
      if (!seen(above) || !seen(below)) continue;
      const x = Math.round((above.right - 7) * scale);
      const rows = [];
      for (let y = Math.round((above.bottom - 4) * scale); y < Math.round((below.top + 4) * scale); y++) {
        if (plain.includes(at(x, y))) continue;
        rows.push(isLine(at(x, y)) ? 'line' : at(x, y));
      }
      looked++;
      if (rows.length < 1 || rows.length > Math.floor(scale) + (scale % 1 && 2) || rows.some((row) => row !== 'line'))
        amiss.push(`${shown[index].textContent.slice(0, 60)}: ${JSON.stringify(rows)} above it`);
    }
    if (!list.checkVisibility()) continue;
    const box = list.getBoundingClientRect();
    if (!seen(box)) continue;
    const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2].map((middle) => Math.round(middle * scale));
    const has = (points) => points.some(([x, y]) => isLine(at(x, y)));
    const near = (edge) => [-1, 0, 1].map((by) => Math.round(edge * scale) + by);
    const sides = {
      top: near(box.top).map((y) => [x, y]), bottom: near(box.bottom - 1).map((y) => [x, y]),
      left: near(box.left).map((x) => [x, y]), right: near(box.right - 1).map((x) => [x, y]),
    };
    looked++;
    for (const [side, points] of Object.entries(sides)) if (!has(points)) amiss.push(`${list.closest('section').id}: no line at its ${side}`);
  }
  return { looked, amiss };
})";

/// Looks at all of the page, a window after the other.
fn look(browser: &mut Browser, what: &str) {
    let height = browser.eval("document.documentElement.scrollHeight").as_u64().unwrap();
    let (mut looked, mut at) = (0, 0);
    while at < height {
        browser.eval(&format!("scrollTo(0, {at}); new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn(1))))"));
        let picture = browser.call("Page.captureScreenshot", json!({}));
        let found = browser.eval(&format!("{AMISS}({})", picture["data"]));
        assert_eq!(found["amiss"], json!([]), "{what}, at {at} pixels from the top");
        looked += found["looked"].as_u64().unwrap();
        at += 780;
    }
    assert!(looked > 10, "{what}: there is something to be looked at: {looked}");
}

#[test]
#[ignore = "needs Chromium, and a Unix shell to start it"]
fn every_entry_is_set_apart_and_every_list_has_four_sides_in_every_window() {
    let mut browser = Browser::start();
    let folder = folder();
    let page = folder.page();
    for scheme in ["light", "dark"] {
        browser.prefer(scheme);
        for width in WIDTHS {
            browser.size(width, 900);
            browser.open(&page);
            browser.picture(&format!("edges-{scheme}-{width}"));
            look(&mut browser, &format!("{scheme}, {width} pixels wide"));
            search(&mut browser, "even", "40 of 80 interactions in 8 cassettes");
            browser.picture(&format!("edges-search-{scheme}-{width}"));
            look(&mut browser, &format!("{scheme}, {width} pixels wide, a search"));
        }
    }
}

#[test]
#[ignore = "needs Chromium, and a Unix shell to start it"]
fn screens_with_pixels_of_other_sizes_show_them_too() {
    let mut browser = Browser::start();
    let folder = folder();
    let page = folder.page();
    for scale in [1.25, 1.5, 2.0] {
        let size: Value = json!({ "width": 900, "height": 900, "deviceScaleFactor": scale, "mobile": false });
        browser.call("Emulation.setDeviceMetricsOverride", size);
        browser.open(&page);
        look(&mut browser, &format!("{scale} pixels for each"));
    }
}
