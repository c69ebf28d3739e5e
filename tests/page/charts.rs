//! Charts of ages, of money over time, of tokens and of times; and what all of it costs today.

use serde_json::json;

use crate::cassettes::{Call, Folder};
use crate::command::page;

/// What a chart says to whoever hears it: the labels of its drawings.
fn told(page: &str, title: &str) -> Vec<String> {
    let Some(start) = page.find(&format!("<b>{title}</b>")) else { return Vec::new() };
    let end = start + page[start..].find("</figure>").unwrap();
    let labels = page[start..end].split("aria-label=\"").skip(1);
    labels.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

fn of_day(day: &'static str) -> Call {
    Call { recorded_at: day, ..Call::new("Hi", "Hello!") }
}

#[test]
fn recordings_are_counted_by_month_and_stale_ones_told_apart() {
    let folder = Folder::new();
    let days =
        ["2020-02-01T00:00:00Z", "2026-08-01T00:00:00Z", "2026-10-01T00:00:00Z", "2026-10-31T23:59:59Z"];
    folder.cassette("a.yaml", &days.map(of_day));
    assert_eq!(
        told(&page(&folder, &[]), "Recordings by month"),
        [
            "before 2025-05: 1 recording, 1 stale",
            "2025-05: 0 recordings",
            "2025-06: 0 recordings",
            "2025-07: 0 recordings",
            "2025-08: 0 recordings",
            "2025-09: 0 recordings",
            "2025-10: 0 recordings",
            "2025-11: 0 recordings",
            "2025-12: 0 recordings",
            "2026-01: 0 recordings",
            "2026-02: 0 recordings",
            "2026-03: 0 recordings",
            "2026-04: 0 recordings",
            "2026-05: 0 recordings",
            "2026-06: 0 recordings",
            "2026-07: 0 recordings",
            "2026-08: 1 recording, 1 stale",
            "2026-09: 0 recordings",
            "2026-10: 2 recordings",
        ]
    );
}

#[test]
fn what_was_spent_and_what_replays_saved_is_told_by_month() {
    let folder = Folder::new();
    folder.cassette("a.yaml", &[of_day("2026-09-30T12:00:00Z")]);
    let list = folder.run(&["list", "--json"]);
    let list: serde_json::Value = serde_json::from_slice(&list.stdout).unwrap();
    let key = list[0]["interactions"][0]["key"].as_str().unwrap();
    let hit = |day: &str, times: u64| {
        let at = day.parse::<jiff::Timestamp>().unwrap().as_second();
        format!("hit\t{at}\ta.yaml\t{key}\t1\tshop x::asks\t{times}\n")
    };
    let lines =
        [hit("2026-09-30T12:00:01Z", 1), hit("2026-11-02T00:00:00Z", 2), hit("2026-11-20T00:00:00Z", 2)];
    folder.write(".llm-cassette/ledger.log", &format!("# log 1\n{}", lines.concat()));
    let page = page(&folder, &[]);
    assert_eq!(
        told(&page, "Spent on recordings and saved by replays, by month"),
        [
            "2026-09: $0.00001185 spent, $0.00001185 saved",
            "2026-10: $0.00 spent, $0.00 saved",
            "2026-11: $0.00 spent, $0.0000474 saved",
        ]
    );
    assert!(page.contains("<dt>saved by replaying</dt><dd title=\"$0.00005925\">&lt; $0.01</dd>"));
    assert!(page.contains("<dt>played since</dt><dd title=\"5\">5</dd>"));
}

#[test]
fn a_full_refresh_costs_what_is_not_pinned_at_the_prices_of_today() {
    let folder = Folder::new();
    let mut call = Call::new("Hi", "Hello!");
    call.tokens = (2_000_000, 0);
    folder.cassette("a.yaml", &[call]);
    folder.cassette("b.yaml", &[Call { tokens: (1_000_000, 0), ..Call::new("Hi", "Hello!") }]);
    let refresh =
        |page: &str| page.split("a full refresh today</dt><dd>").nth(1).map(|rest| rest[..5].to_owned());
    assert_eq!(refresh(&page(&folder, &[])).as_deref(), Some("$0.45"));
    let path = folder.path().join("b.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("usage_count: 1\n", "usage_count: 1\npinned: true\n")).unwrap();
    let page = page(&folder, &[]);
    assert_eq!(refresh(&page).as_deref(), Some("$0.30"));
    assert!(page.contains("data-value=\"pinned\""), "and a chip finds what is pinned");
}

#[test]
fn each_turn_says_how_much_of_its_prompt_came_from_the_cache() {
    let folder = Folder::new();
    let first = Call { tokens: (1_000, 20), ..Call::new("Plan a talk.", "The moon.") };
    let mut second = Call { tokens: (2_000, 30), cached: 500, ..Call::new("", "The sun.") };
    second.messages = first.messages.clone();
    second.messages.extend([first.answer.clone(), json!({ "role": "user", "content": "Go on." })]);
    folder.cassette("a.yaml", &[first, second]);
    let page = page(&folder, &[]);
    assert_eq!(
        told(&page, "Tokens a turn"),
        ["turn 1: 1,000 in, 20 out", "turn 2: 2,000 in (25% cached), 30 out"]
    );
    assert!(page.contains("3,000 in (17% cached), 50 out"));
    assert_eq!(
        told(&page, "Tokens by model"),
        ["500 cached input tokens, 2,500 other input tokens, 50 output tokens"]
    );
}

#[test]
fn how_long_answers_took_is_told_of_each_and_of_each_model() {
    let folder = Folder::new();
    folder.cassette("a.yaml", &[Call::new("Hi", "Hello!")]);
    let list = folder.run(&["list", "--json"]);
    let list: serde_json::Value = serde_json::from_slice(&list.stdout).unwrap();
    let key = list[0]["interactions"][0]["key"].as_str().unwrap();
    folder.write(
        ".llm-cassette/ledger.log",
        &format!("# log 1\nrecorded\t1795176000\ta.yaml\t{key}\t1\t320\t1500\n"),
    );
    let page = page(&folder, &[]);
    assert!(page.contains("first byte after 320 ms, all after 1.50 s"));
    assert_eq!(
        told(&page, "Time to answer when recorded, by model (median)"),
        ["320 ms to the first byte, 1.18 s from there to the last"]
    );
}
