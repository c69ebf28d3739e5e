//! `show` and `stats` say what became of the providers' prompt caches.

use crate::run::{Call, folder, printed};

/// A conversation with Anthropic of which the third turn has another tool.
fn moving() -> tempfile::TempDir {
    let ask = r#"{"role":"user","content":[{"type":"text","text":"Which rivers?","cache_control":{"type":"ephemeral"}}]}"#;
    let more = r#"{"role":"user","content":"Which rivers?"},{"role":"assistant","content":"The Danube."},{"role":"user","content":[{"type":"text","text":"Which lakes?","cache_control":{"type":"ephemeral"}}]}"#;
    let most = more.replace(r#","cache_control":{"type":"ephemeral"}"#, "")
        + r#",{"role":"assistant","content":"Lake Constance."},{"role":"user","content":[{"type":"text","text":"Which seas?","cache_control":{"type":"ephemeral"}}]}"#;
    let body = |tool: &str, messages: &str| {
        format!(
            r#"{{"model":"claude-sonnet-4-5","max_tokens":9,"tools":[{{"name":"{tool}","input_schema":{{}}}}],"messages":[{messages}]}}"#
        )
    };
    let bodies = [body("map", ask), body("map", more), body("atlas", &most)];
    // 3 millionths a token: what is written costs a quarter more, what is read a tenth.
    let counts = [(2000, 0, 2000), (2500, 2000, 500), (3000, 0, 3000)];
    let heads = counts.map(|(input, read, written)| {
        format!(
            "provider: anthropic\nmodel: claude-sonnet-4-5\nusage: {{input_tokens: {input}, output_tokens: 10, cache_read_input_tokens: {read}, cache_creation_input_tokens: {written}}}"
        )
    });
    let call = |(body, head)| Call {
        head,
        ..Call::json(
            "https://api.anthropic.com/v1/messages",
            body,
            r#"{"type":"message","role":"assistant","content":[{"type":"text","text":"See above."}],"stop_reason":"end_turn"}"#,
        )
    };
    let calls: Vec<Call<'_>> =
        bodies.iter().map(String::as_str).zip(heads.iter().map(String::as_str)).map(call).collect();
    folder(&calls)
}

#[test]
fn what_became_of_the_prompt_cache_stands_below_the_tables() {
    let folder = moving();
    let text = printed(folder.path(), &["stats"]);
    let table = &text[text.find("Prompt cache").unwrap()..];
    insta::assert_snapshot!(table, @r#"
    Prompt cache  conversations  turns  kept  moved  cached    saved
    talk.yaml                 1      2     1      1     27%  $0.0013
    talk.yaml:36: turn 3: tool `map` removed; tool `atlas` added
    "#);
    let figures: serde_json::Value =
        serde_json::from_str(&printed(folder.path(), &["stats", "--json"])).unwrap();
    insta::assert_snapshot!(figures["prompt_cache"], @r#"{"cached_input_tokens":2000,"cached_share":0.2667,"cassettes":{"talk.yaml":{"cached_input_tokens":2000,"cached_share":0.2667,"conversations":1,"saved_usd":0.001275,"turns":2,"turns_kept":1,"turns_moved":1}},"conversations":1,"moved":[{"cassette":"talk.yaml","line":36,"turn":3,"what":["tool `map` removed","tool `atlas` added"]}],"saved_usd":0.001275,"turns":2,"turns_kept":1,"turns_moved":1}"#);
}

#[test]
fn a_conversation_says_what_became_of_its_prompt_cache() {
    let folder = moving();
    let text = printed(folder.path(), &["show", "--width", "60"]);
    let lines: Vec<&str> = text.lines().collect();
    let told = lines.iter().filter(|line| line.ends_with(" tokens") || line.starts_with("prompt cache"));
    insta::assert_snapshot!(told.copied().collect::<Vec<_>>().join("\n"), @r#"
    anthropic · claude-sonnet-4-5 · 2026-11-21 05:13 · 2000 → 10 tokens
    prompt cache: only written · cost $0.0015 more
    anthropic · claude-sonnet-4-5 · 2026-11-21 05:13 · 2500 → 10 tokens
    prompt cache: 80 % of the input read · saved $0.0050
    anthropic · claude-sonnet-4-5 · 2026-11-21 05:13 · 3000 → 10 tokens
    prompt cache: only written · cost $0.0023 more
    prompt cache lost: tool `map` removed; tool `atlas` added
    "#);
    let trees: serde_json::Value =
        serde_json::from_str(&printed(folder.path(), &["show", "--json"])).unwrap();
    let told = trees[0]["interactions"].as_array().unwrap().iter().map(|one| one["prompt_cache"].to_string());
    insta::assert_snapshot!(told.collect::<Vec<_>>().join("\n"), @r#"
    {"cached_share":0.0,"moved":[],"saved_usd":-0.0015,"state":null,"turn":1}
    {"cached_share":0.8,"moved":[],"saved_usd":0.005025,"state":"kept","turn":2}
    {"cached_share":0.0,"moved":["tool `map` removed","tool `atlas` added"],"saved_usd":-0.00225,"state":"moved","turn":3}
    "#);
}

#[test]
fn what_a_prompt_of_unknown_price_saved_is_unknown() {
    let folder = moving();
    let file = folder.path().join("talk.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("\nmodel: claude-sonnet-4-5", "\nmodel: claude-of-tomorrow")).unwrap();
    let told = printed(folder.path(), &["show", "--width", "80"]);
    assert!(told.contains("prompt cache: 80 % of the input read · saving unknown\n"), "{told}");
    let text = printed(folder.path(), &["stats", "--json"]);
    let figures: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert!(figures["prompt_cache"]["saved_usd"].is_null());
}
