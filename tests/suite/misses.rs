//! What people read when something is off: which cassette, what came nearest, how it differs, what to do now.

use llm_cassette::{Cassette, Error, ErrorKind, Mode, Repeats};
use reqwest::Method;
use serde_json::{Value, json};

use crate::stand_in::{Reply, Script, StandIn};
use crate::support::*;

/// What is said beside that because these tests pin their modes.
const PINNED: &str =
    "`.mode(…)` in code wins over LLM_CASSETTE_MODE, so change it to `.default_mode(…)` first; ";

/// A request in a few words.
#[derive(Clone)]
struct Asked {
    method: Method,
    target: String,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Asked {
    fn to(target: &str, body: impl Into<Vec<u8>>) -> Asked {
        Asked { method: Method::POST, target: target.to_owned(), headers: Vec::new(), body: body.into() }
    }

    fn header(mut self, name: &'static str, value: &str) -> Asked {
        self.headers.push((name, value.to_owned()));
        self
    }

    async fn send(self, cassette: &Cassette, base: &str) -> reqwest_middleware::Result<reqwest::Response> {
        let url = format!("{base}{}", self.target);
        let mut request = client(cassette).request(self.method, url).body(self.body);
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        request.send().await
    }
}

fn asked(target: &str, body: Value) -> Asked {
    Asked::to(target, body.to_string()).header("content-type", "application/json")
}

fn openai(body: Value) -> Asked {
    asked("/v1/chat/completions", body)
}

fn says(text: &str) -> Asked {
    openai(json!({"model": "gpt-4o-mini", "messages": [{"role": "user", "content": text}]}))
}

/// The whole message for a request to a cassette that holds others.
async fn miss(recorded: &[Asked], asked: Asked) -> String {
    let provider = StandIn::start().await;
    provider.on(Script::raw(Reply::json("{}")).always());
    let folder = Folder::new();
    let cassette = folder.open(Mode::Record);
    for call in recorded {
        call.clone().send(&cassette, &provider.url()).await.unwrap().bytes().await.unwrap();
    }
    cassette.finish().unwrap();

    let cassette = folder.open(Mode::Replay);
    let error = asked.send(&cassette, &provider.url()).await.unwrap_err();
    assert_eq!(provider.calls(), recorded.len(), "a miss must not reach the network");
    message(&error, &folder, &provider.url())
}

/// A message without what differs from run to run.
fn message(error: &reqwest_middleware::Error, folder: &Folder, base: &str) -> String {
    let text = Error::find_in(error).expect("an error of the cassette").to_string();
    stable(&text, folder).replace(base, "http://provider")
}

fn stable(text: &str, folder: &Folder) -> String {
    let text = text.replace(PINNED, "").replace(&folder.file().display().to_string(), "cassettes/test.yaml");
    without_name(&text)
}

/// A message in which the command that runs this test, by whichever runner, names no test.
pub fn without_name(text: &str) -> String {
    let name = std::thread::current().name().unwrap().to_owned();
    ["test", "nextest run"].iter().fold(text.to_owned(), |text, runner| {
        text.replace(&format!("cargo {runner} {name}`"), "cargo test NAME`")
    })
}

#[tokio::test]
async fn a_missing_file_is_not_a_missing_interaction() {
    let folder = Folder::new();
    let error = says("Hello").send(&folder.open(Mode::Replay), "http://provider").await.unwrap_err();
    insta::assert_snapshot!(message(&error, &folder, "-"), @r#"
    no recorded response for POST http://provider/v1/chat/completions
      cassette: cassettes/test.yaml (there is no such file)
    hint: to record it, run `LLM_CASSETTE_MODE=record cargo test NAME` with your API key set
    "#);
}

#[tokio::test]
async fn who_pinned_the_mode_in_code_is_told_that_the_variable_does_not_reach_it() {
    let folder = Folder::new();
    for (builder, told) in [
        (Cassette::builder(folder.file()).mode(Mode::Replay), true),
        (Cassette::builder(folder.file()).default_mode(Mode::Replay), false),
    ] {
        let cassette = builder.open().unwrap();
        let error = says("Hello").send(&cassette, "http://provider").await.unwrap_err();
        for error in [Error::find_in(&error).unwrap(), &cassette.finish().unwrap_err()] {
            assert_eq!(error.hint().unwrap().contains(PINNED), told, "{error}");
        }
    }
}

#[tokio::test]
async fn a_changed_prompt_is_shown_beside_the_recorded_one() {
    let miss = miss(&[says("Name three rivers."), says("Tell me a joke.")], says("Name four rivers.")).await;
    insta::assert_snapshot!(miss, @r#"
    no recorded response for POST http://provider/v1/chat/completions
      cassette: cassettes/test.yaml (2 interactions, 0 played)
      nearest:  interaction 1 (cassettes/test.yaml:2)
        message 1 (user) changed
          - Name three rivers.
          + Name four rivers.
    hint: to record it, run `LLM_CASSETTE_MODE=record cargo test NAME` with your API key set; what differs in every run can be left out, see `Builder::ignore` and `Builder::replace`
    "#);
}

#[tokio::test]
async fn a_cassette_without_interactions_says_so() {
    let folder = Folder::new();
    std::fs::write(folder.file(), "# llm-cassette 1\n").unwrap();
    let error = says("Hello").send(&folder.open(Mode::Replay), "http://provider").await.unwrap_err();
    insta::assert_snapshot!(message(&error, &folder, "-"), @r#"
    no recorded response for POST http://provider/v1/chat/completions
      cassette: cassettes/test.yaml (0 interactions, 0 played)
      nothing is recorded in it
    hint: to record it, run `LLM_CASSETTE_MODE=record cargo test NAME` with your API key set
    "#);
}

#[tokio::test]
async fn the_nearest_recording_says_whether_it_was_played() {
    let provider = StandIn::start().await;
    let folder = Folder::new();
    let cassette = folder.open(Mode::Record);
    for text in ["Name three rivers.", "Tell me a joke."] {
        ask(&client(&cassette), &provider.url(), text).await.unwrap().bytes().await.unwrap();
    }
    cassette.finish().unwrap();
    let cassette = folder.open(Mode::Replay);
    ask(&client(&cassette), &provider.url(), "Tell me a joke.").await.unwrap();
    let error = ask(&client(&cassette), &provider.url(), "Tell me a joke!").await.unwrap_err();
    let text = message(&error, &folder, &provider.url());
    // Where a document begins depends on how long the answers are.
    let text = without_line_numbers(&text);
    insta::assert_snapshot!(text, @r#"
    no recorded response for POST http://provider/v1/chat/completions
      cassette: cassettes/test.yaml (2 interactions, 1 played)
      nearest:  interaction 2, already played (cassettes/test.yaml:N)
        message 1 (user) changed
          - Tell me a joke.
          + Tell me a joke!
    hint: to record it, run `LLM_CASSETTE_MODE=record cargo test NAME` with your API key set; what differs in every run can be left out, see `Builder::ignore` and `Builder::replace`
    "#);
}

/// The message with the line numbers of the cassette taken out.
fn without_line_numbers(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(".yaml:") {
        let digits = at + ".yaml:".len();
        out.push_str(&rest[..digits]);
        out.push('N');
        rest = rest[digits..].trim_start_matches(|c: char| c.is_ascii_digit());
    }
    out + rest
}

#[tokio::test]
async fn every_part_of_a_chat_request_is_called_by_its_name() {
    let weather = |description: &str, units: Value| {
        json!({"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object",
            "properties": {"city": {"type": "string", "description": description}, "unit": {"enum": units}}}}})
    };
    let recorded = json!({"model": "gpt-4o-mini", "temperature": 0, "max_tokens": 100, "stop": ["END"],
        "tools": [weather("City", json!(["C", "F"])), {"type": "function", "function": {"name": "get_time"}}],
        "messages": [{"role": "system", "content": "Be terse."}, {"role": "user", "content": "Weather?"}]});
    let live = json!({"model": "gpt-4o", "temperature": 0.7, "stop": ["END", "STOP"], "seed": 7,
        "tools": [weather("Town", json!(["C", "F", "K"])), {"type": "function", "function": {"name": "get_news"}}],
        "messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Weather?"}]});
    insta::assert_snapshot!(miss(&[openai(recorded)], openai(live)).await, @r#"
    no recorded response for POST http://provider/v1/chat/completions
      cassette: cassettes/test.yaml (1 interaction, 0 played)
      nearest:  interaction 1 (cassettes/test.yaml:2)
        max_tokens removed (was 100)
        message 1 (system) changed
          - Be terse.
          + Be kind.
        model "gpt-4o-mini" → "gpt-4o"
        stop ["END"] → ["END","STOP"]
        temperature 0 → 0.7
        tool `get_time` removed
        tool `get_weather`: parameters.properties.city.description "City" → "Town"
        tool `get_weather`: parameters.properties.unit.enum ["C","F"] → ["C","F","K"]
        tool `get_news` added
        seed added (7)
    hint: to record it, run `LLM_CASSETTE_MODE=record cargo test NAME` with your API key set; what differs in every run can be left out, see `Builder::ignore` and `Builder::replace`
    "#);
}

#[tokio::test]
async fn the_system_prompt_is_called_that_wherever_a_provider_puts_it() {
    let mut all = String::new();
    let cases = [
        (
            "/v1/messages",
            json!({"system": "Be terse.", "messages": []}),
            json!({"system": "Be kind.", "messages": []}),
        ),
        (
            "/v1/messages",
            json!({"system": [{"type": "text", "text": "Be terse.", "cache_control": {"type": "ephemeral"}}]}),
            json!({"system": [{"type": "text", "text": "Be kind.", "cache_control": {"type": "ephemeral"}}]}),
        ),
        ("/v1/messages", json!({"messages": []}), json!({"messages": [], "system": "Be kind."})),
        (
            "/v1beta/models/gemini-2.5-flash:generateContent",
            json!({"systemInstruction": {"parts": [{"text": "Be terse."}]}, "generationConfig": {"temperature": 0}}),
            json!({"systemInstruction": {"parts": [{"text": "Be kind."}]}, "generationConfig": {"temperature": 0.7}}),
        ),
        (
            "/v1/responses",
            json!({"instructions": "Be terse.", "input": "Hi"}),
            json!({"instructions": "Be kind.", "input": "Hi"}),
        ),
        (
            "/v1/chat/completions",
            json!({"messages": [{"role": "developer", "content": "Be terse."}]}),
            json!({"messages": [{"role": "developer", "content": "Be kind."}]}),
        ),
    ];
    for (target, recorded, live) in cases {
        all.push_str(&differences(&miss(&[asked(target, recorded)], asked(target, live)).await));
        all.push('\n');
    }
    insta::assert_snapshot!(all, @r#"
    system prompt "Be terse." → "Be kind."

    system prompt "Be terse." → "Be kind."

    system prompt added ("Be kind.")

    generationConfig.temperature 0 → 0.7
    system prompt "Be terse." → "Be kind."

    system prompt "Be terse." → "Be kind."

    message 1 (developer) changed
      - Be terse.
      + Be kind.
    "#);
}

/// The lines of a message that say what differs.
fn differences(message: &str) -> String {
    message.lines().filter(|line| line.starts_with("    ")).map(|line| format!("{}\n", &line[4..])).collect()
}

async fn difference(recorded: Asked, live: Asked) -> String {
    differences(&miss(&[recorded], live).await)
}

#[tokio::test]
async fn tools_are_told_apart_by_name_in_every_dialect() {
    let mut all = String::new();
    for (target, tool) in [
        (
            "/v1/messages",
            json!({"name": "get_weather", "input_schema": {"properties": {"city": {"type": "string"}}}}),
        ),
        (
            "/v1/responses",
            json!({"type": "function", "name": "get_weather", "parameters": {"properties": {"city": {"type": "string"}}}}),
        ),
        ("/v1/responses", json!({"type": "web_search"})),
        (
            "/m:generateContent",
            json!({"functionDeclarations": [{"name": "get_weather", "parameters": {"properties": {"city": {"type": "string"}}}}]}),
        ),
        ("/m:generateContent", json!({"googleSearch": {}})),
    ] {
        let changed: Value =
            serde_json::from_str(&tool.to_string().replace("\"string\"", "\"integer\"")).unwrap();
        let with = |tools: Value| asked(target, json!({"tools": tools}));
        all += &difference(with(json!([])), with(json!([tool]))).await;
        all += &difference(with(json!([tool])), asked(target, json!({"x": 1}))).await;
        if changed != tool {
            all += &difference(with(json!([tool])), with(json!([changed]))).await;
        }
    }
    insta::assert_snapshot!(all, @r#"
    tool `get_weather` added
    tool `get_weather` removed
    x added (1)
    tool `get_weather`: input_schema.properties.city.type "string" → "integer"
    tool `get_weather` added
    tool `get_weather` removed
    x added (1)
    tool `get_weather`: parameters.properties.city.type "string" → "integer"
    tool `web_search` added
    tool `web_search` removed
    x added (1)
    tool `get_weather` added
    tool `get_weather` removed
    x added (1)
    tool `get_weather`: parameters.properties.city.type "string" → "integer"
    tool `googleSearch` added
    tool `googleSearch` removed
    x added (1)
    "#);
}

#[tokio::test]
async fn a_message_that_was_put_in_or_taken_out_leaves_the_others_alone() {
    let with = |texts: &[&str]| {
        let messages: Vec<Value> =
            texts.iter().map(|text| json!({"role": "user", "content": text})).collect();
        openai(json!({"messages": messages}))
    };
    let mut all = difference(with(&["a", "b", "c"]), with(&["a", "new", "b", "c"])).await;
    all += &difference(with(&["a", "b", "c"]), with(&["a", "c"])).await;
    all += &difference(with(&["a", "b", "c"]), with(&["a", "B", "c", "d"])).await;
    insta::assert_snapshot!(all, @r#"
    message 2 (user) added ("new")
    message 2 (user) removed (was "b")
    message 2 (user) changed
      - b
      + B
    message 4 (user) added ("d")
    "#);
}

#[tokio::test]
async fn ids_that_a_provider_made_up_are_shown_as_they_are() {
    let turn = |first: &str, second: &str, results: [&str; 2], city: &str| {
        openai(json!({"messages": [
            {"role": "assistant", "content": null, "tool_calls": [
                {"id": first, "type": "function", "function": {"name": "get_weather", "arguments": format!("{{\"city\":\"{city}\"}}")}},
                {"id": second, "type": "function", "function": {"name": "get_time", "arguments": "{}"}}]},
            {"role": "tool", "tool_call_id": results[0], "content": "12"},
            {"role": "tool", "tool_call_id": results[1], "content": "noon"}]}))
    };
    let recorded = turn("call_a", "call_b", ["call_a", "call_b"], "Oslo");
    let mut all = "another city, ids made up anew:\n".to_owned();
    all += &difference(recorded.clone(), turn("call_x", "call_y", ["call_x", "call_y"], "Rome")).await;
    all += "results swapped:\n";
    all += &difference(recorded.clone(), turn("call_a", "call_b", ["call_b", "call_a"], "Oslo")).await;
    all += "results swapped, ids made up anew:\n";
    all += &difference(recorded, turn("call_x", "call_y", ["call_y", "call_x"], "Oslo")).await;
    insta::assert_snapshot!(all, @r#"
    another city, ids made up anew:
    message 1 (assistant): tool_calls[0].function.arguments.city "Oslo" → "Rome"
    results swapped:
    message 2 (tool): tool_call_id "call_a" → "call_b"
    message 3 (tool): tool_call_id "call_b" → "call_a"
    results swapped, ids made up anew:
    message 2 (tool): tool_call_id "call_x" → "call_y"
    message 3 (tool): tool_call_id "call_y" → "call_x"
    "#);
}

#[tokio::test]
async fn parts_that_are_no_text_are_named_by_their_place() {
    let with = |url: &str, text: &str| {
        openai(json!({"messages": [{"role": "user", "content": [
            {"type": "text", "text": text}, {"type": "image_url", "image_url": {"url": url}}]}]}))
    };
    let image = |byte: &str| format!("data:image/png;base64,{}{byte}{}", "A".repeat(500), "A".repeat(500));
    let all = difference(with(&image("B"), "What is this?"), with(&image("C"), "What is that?")).await;
    insta::assert_snapshot!(all, @r#"
    message 1 (user): content[0].text "What is this?" → "What is that?"
    message 1 (user): content[1].image_url.url changed (1023 characters, different from character 523 on)
    "#);
}

#[tokio::test]
async fn url_and_headers_count_too() {
    let plain = || Asked::to("/v1/models?limit=10&order=asc", "");
    let mut all = differences(&miss(&[plain()], Asked::to("/v1/models?limit=20&order=asc", "")).await);
    all += &difference(plain(), Asked { method: Method::GET, ..plain() }).await;
    all += &difference(plain(), plain().header("anthropic-beta", "tools-2026")).await;
    all += &difference(
        plain().header("anthropic-beta", "tools-2025").header("anthropic-version", "2023-06-01"),
        plain().header("anthropic-beta", "tools-2026").header("content-type", "application/json"),
    )
    .await;
    insta::assert_snapshot!(all, @r#"
    URL changed
      - http://provider/v1/models?limit=10&order=asc
      + http://provider/v1/models?limit=20&order=asc
    method POST → GET
    header `anthropic-beta` added (tools-2026)
    header `anthropic-version` removed (was 2023-06-01)
    header `anthropic-beta` tools-2025 → tools-2026
    header `content-type` added (application/json)
    "#);
}

#[tokio::test]
async fn bodies_that_are_no_json_are_compared_as_what_they_are() {
    let form = |boundary: &str, model: &str, file: &[u8]| {
        let mut body =
            format!("--{boundary}\r\ncontent-disposition: form-data; name=\"model\"\r\n\r\n{model}\r\n")
                .into_bytes();
        body.extend(
            format!(
                "--{boundary}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\n"
            )
            .bytes(),
        );
        body.extend(file);
        body.extend(format!("\r\n--{boundary}--\r\n").bytes());
        Asked::to("/v1/audio/transcriptions", body)
            .header("content-type", &format!("multipart/form-data; boundary={boundary}"))
    };
    let binary = |bytes: &[u8]| Asked::to("/v1/audio", bytes).header("content-type", "audio/wav");
    let text = |text: &str| Asked::to("/v1/text", text).header("content-type", "text/plain");
    let mut all =
        difference(form("one", "whisper-1", b"RIFF\xff\x00"), form("two", "whisper-2", b"RIFF\xff\x01\x02"))
            .await;
    all += &difference(form("one", "whisper-1", b"x"), text("whisper-1")).await;
    all += &difference(binary(b"\xff\x00\x01"), binary(b"\xff\x00\x02")).await;
    all += &difference(binary(b"\xff\x00\x01"), binary(b"")).await;
    all += &difference(text("one\ntwo\nthree\n"), text("one\n2\nthree\n")).await;
    insta::assert_snapshot!(all, @r#"
    part 1 (`model`) changed
      - whisper-1
      + whisper-2
    part 2 (`file`) changed (6 bytes → 7 bytes, different from byte 6 on)
    URL changed
      - http://provider/v1/audio/transcriptions
      + http://provider/v1/text
    header `content-type` multipart/form-data → text/plain
    body was multipart with 2 parts, is 9 bytes
    body changed (3 bytes, different from byte 3 on)
    body was 3 bytes, is empty
    body changed
      - two
      + 2
    "#);
}

#[tokio::test]
async fn a_long_text_is_cut_to_where_it_differs() {
    let lines = |from: usize| (from..from + 300).map(|n| format!("line {n}\n")).collect::<String>();
    let long = |middle: &str| format!("{}{middle}{}", "word ".repeat(2000), "tail ".repeat(2000));
    let mut all = "one word of a long line:\n".to_owned();
    all += &difference(says(&long("old ")), says(&long("new "))).await;
    all += "one word in one of many lines:\n";
    all += &difference(
        says(&(lines(0) + "the old end\n" + &lines(300))),
        says(&(lines(0) + "the new end\n" + &lines(300))),
    )
    .await;
    all += "nothing in common:\n";
    all += &difference(says(&lines(0)), says(&lines(1000))).await;
    all += "many places:\n";
    let sparse = |sign: &str| {
        (0..20).map(|n| format!("{}\nkept {n}\n", if n % 2 == 0 { sign } else { "" })).collect::<String>()
    };
    all += &difference(says(&sparse("old")), says(&sparse("new"))).await;
    insta::assert_snapshot!(all, @r#"
    one word of a long line:
    message 1 (user) changed
      - …word word word word word word word word old tail tail tail tail tail tail tail tail tail tail tail tail tail tail tail tail tail tail tail tail tail tail tail t…
      + …word word word word word word word word new tail tail tail tail tail tail tail tail tail tail tail tail tail tail tail tail tail tail tail tail tail tail tail t…
    one word in one of many lines:
    message 1 (user) changed
      - the old end
      + the new end
    nothing in common:
    message 1 (user) changed
      - line 0
      - line 1
      - line 2
      - line 3
      - … and 296 more lines
      + line 1000
      + line 1001
      + line 1002
      + line 1003
      + … and 296 more lines
    many places:
    message 1 (user) changed
      - old
      + new
      - old
      + new
      - old
      + new
      … and in 7 more places
    "#);
}

#[tokio::test]
async fn a_message_stays_small_whatever_was_asked() {
    let huge = |seed: u64| {
        let mut state = seed;
        let mut text = String::new();
        for n in 0..50_000_u64 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(n);
            text.push(char::from(b'a' + (state >> 60) as u8));
            if state >> 58 == 0 {
                text.push('\n');
            }
        }
        text
    };
    let body = |seed: u64| {
        let fields: Vec<Value> =
            (0..20).map(|n| json!({"role": "user", "content": huge(seed + n)})).collect();
        openai(json!({"messages": fields, "metadata": {"k".repeat(10_000): huge(seed)}}))
    };
    let text = miss(&[body(1)], body(1000)).await;
    assert!(text.len() < 20_000, "{} bytes", text.len());
    assert!(text.contains("more differences"), "{text}");
}

#[tokio::test]
async fn a_terminal_is_shown_control_characters_and_does_not_obey_them() {
    let text =
        difference(says("\u{1b}[31mred\u{7}\r\n"), says("\u{1b}]0;owned\u{7}\u{202e}abc\u{0}\u{9b}\n")).await;
    assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
    insta::assert_snapshot!(text, @r#"
    message 1 (user) changed
      - \u{1b}[31mred\u{7}\r
      + \u{1b}]0;owned\u{7}\u{202e}abc\u{0}\u{9b}
    "#);
    let url = miss(&[says("x")], openai(json!({"\u{1b}[2J": "\u{1b}[2J"}))).await;
    assert!(!url.chars().any(|c| c.is_control() && c != '\n'), "{url:?}");
}

#[tokio::test]
async fn white_space_alone_is_made_visible() {
    let mut all = difference(says("Hello"), says("Hello ")).await;
    all += &difference(says("Hello\nWorld"), says("Hello\r\nWorld\n")).await;
    insta::assert_snapshot!(all, @r#"
    message 1 (user) changed
      - "Hello"
      + "Hello "
    message 1 (user) changed
      - "Hello\n"
      - "World"
      + "Hello\r\n"
      + "World\n"
    "#);
}

#[tokio::test]
async fn a_take_too_many_is_a_miss_of_its_own() {
    let mut all = String::new();
    for takes in [1, 2] {
        let provider = StandIn::start().await;
        let folder = Folder::new();
        let cassette = folder.open(Mode::Refresh);
        for _ in 0..takes {
            ask(&client(&cassette), &provider.url(), "Hello").await.unwrap().bytes().await.unwrap();
        }
        cassette.finish().unwrap();
        let cassette = folder.open(Mode::Replay);
        for _ in 0..takes {
            ask(&client(&cassette), &provider.url(), "Hello").await.unwrap();
        }
        let error = ask(&client(&cassette), &provider.url(), "Hello").await.unwrap_err();
        assert_eq!(Error::find_in(&error).unwrap().kind(), ErrorKind::UsedUp);
        all += &message(&error, &folder, &provider.url());
        all += "\n\n";
        let again = folder.builder(Mode::Replay).repeats(Repeats::Reuse).open().unwrap();
        for _ in 0..=takes {
            ask(&client(&again), &provider.url(), "Hello").await.unwrap();
        }
    }
    insta::assert_snapshot!(all, @r#"
    no recorded response left for POST http://provider/v1/chat/completions
      cassette: cassettes/test.yaml
      this request was recorded once, and that recording has been played
    hint: if the extra call is intended, run `LLM_CASSETTE_MODE=record cargo test NAME` to record another take, or open the cassette with `.repeats(Repeats::Reuse)`

    no recorded response left for POST http://provider/v1/chat/completions
      cassette: cassettes/test.yaml
      this request was recorded twice, and both takes have been played
    hint: if the extra call is intended, run `LLM_CASSETTE_MODE=record cargo test NAME` to record another take, or open the cassette with `.repeats(Repeats::Reuse)`
    "#);
}

#[test]
fn an_unknown_mode_names_the_four() {
    let message = "recrod".parse::<Mode>().unwrap_err().to_string();
    insta::assert_snapshot!(message, @r#"
    unknown mode "recrod"
    hint: set LLM_CASSETTE_MODE to `replay`, `record`, `refresh` or `off`, or leave it unset
    "#);
}

#[test]
fn a_name_that_leaves_the_folder_is_refused() {
    let message = Cassette::builder("../x").mode(Mode::Replay).open().unwrap_err().to_string();
    insta::assert_snapshot!(message, @r#"
    cassette name "../x" leaves the folder of cassettes
    hint: write a name such as `weather` or `agents/weather`; to open a file anywhere else, give a path that ends in `.yaml`
    "#);
    let long = format!("../{}", "x".repeat(300));
    let message = Cassette::builder(long).mode(Mode::Replay).open().unwrap_err().to_string();
    assert!(message.len() < 400, "{message}");
}

#[tokio::test]
async fn a_name_of_any_length_has_a_file() {
    let provider = StandIn::start().await;
    let folder = Folder::new();
    for name in ["x".repeat(300), "what's the weather in Zürich? ".repeat(20)] {
        let open = |mode| Cassette::builder(&name).folder(folder.path()).mode(mode).open().unwrap();
        let cassette = open(Mode::Record);
        ask(&client(&cassette), &provider.url(), "Hello").await.unwrap().bytes().await.unwrap();
        cassette.finish().unwrap();
        ask(&client(&open(Mode::Replay)), &provider.url(), "Hello").await.unwrap();
    }
}

#[tokio::test]
async fn a_request_to_another_host_or_port_is_told_of_ignore_host() {
    let provider = StandIn::start().await;
    provider.on(Script::raw(Reply::json("{}")).always());
    let folder = Folder::new();
    let cassette = folder.open(Mode::Record);
    says("Hello").send(&cassette, &provider.url()).await.unwrap().bytes().await.unwrap();
    cassette.finish().unwrap();
    let cassette = folder.open(Mode::Replay);
    for (base, text, wanted) in [
        (
            "http://127.0.0.1:9",
            "Hello",
            "only the host differs, `http://127.0.0.1:9` where it was `http://provider`",
        ),
        ("https://llm.example.com", "Hello", "only the host differs, `https://llm.example.com`"),
        ("http://127.0.0.1:9", "Bye", "the host differs too, `http://127.0.0.1:9`"),
    ] {
        let error = says(text).send(&cassette, base).await.unwrap_err();
        let miss = message(&error, &folder, &provider.url());
        assert!(miss.contains(&format!("hint: {wanted}")), "{miss}");
        assert!(miss.contains("`.ignore_host(true)` leaves it out"), "{miss}");
    }
}

#[tokio::test]
async fn paths_in_a_message_count_from_the_folder_of_the_package() {
    let cassette = Cassette::builder("nobody/has/recorded/this").mode(Mode::Replay).tolerate_misses(true);
    let error = says("Hello").send(&cassette.open().unwrap(), "http://provider").await.unwrap_err();
    let error = Error::find_in(&error).unwrap();
    let file = "cassette: cassettes/nobody/has/recorded/this.yaml (there is no such file)";
    assert!(error.message().contains(file), "{error}");
}

#[tokio::test]
async fn messages_that_changed_places_are_called_so() {
    let result = |call: &str, text: &str| json!({"role": "tool", "tool_call_id": call, "content": text});
    let call = |id: &str, city: &str| json!({"id": id, "type": "function", "function": {"name": "w", "arguments": json!({"city": city}).to_string()}});
    let turn = |results: [Value; 2]| {
        let [first, second] = results;
        openai(json!({"messages": [
            {"role": "user", "content": "weather"},
            {"role": "assistant", "content": null, "tool_calls": [call("call_1a", "Oslo"), call("call_2b", "Rome")]},
            first,
            second,
        ]}))
    };
    let (oslo, rome) = (result("call_1a", "4 C"), result("call_2b", "20 C"));
    let told = difference(turn([oslo.clone(), rome.clone()]), turn([rome.clone(), oslo.clone()])).await;
    assert_eq!(told.trim(), "messages 3 and 4 changed places");
    let told = difference(turn([oslo.clone(), rome]), turn([result("call_2b", "21 C"), oslo])).await;
    assert!(!told.contains("changed places"), "{told}");
}

/// The hint of a miss.
async fn hint(recorded: Asked, live: Asked) -> String {
    let miss = miss(&[recorded], live).await;
    miss.split_once("hint: ").unwrap().1.to_owned()
}

#[tokio::test]
async fn a_value_that_a_library_makes_anew_can_be_left_out_by_the_call_that_the_hint_gives() {
    let run = |id: &str, text: &str| {
        openai(json!({"messages": [{"role": "user", "content": text}], "metadata": {"run/id": id}}))
    };
    let (one, two) = ("9c1f2a7e-0b5d-4f7a-9a55-1f0d6c1b2e3f", "0d6c1b2e-9a55-4f7a-0b5d-3f9c1f2a7e1f");
    let told = hint(run(one, "Hi"), run(two, "Hi")).await;
    assert!(told.starts_with("only a UUID differs"), "{told}");
    assert!(told.contains("`.ignore(\"/metadata/run~1id\")` leaves it out"), "{told}");
    // Of a prompt it is only a part, and what else it says counts.
    let told = hint(run(one, &format!("Run {one}.")), run(one, &format!("Run {two}."))).await;
    assert!(told.starts_with("only a UUID differs") && !told.contains(".ignore("), "{told}");
}

#[tokio::test]
async fn another_order_can_be_left_out_by_the_call_that_the_hint_gives() {
    let asks = |documents: Value| {
        openai(json!({"messages": [{"role": "user", "content": "Hi"}], "documents": documents}))
    };
    let told = hint(asks(json!(["a", "b"])), asks(json!(["b", "a"]))).await;
    assert!(told.contains("where the order means nothing, `.ignore_order(\"/documents\")`"), "{told}");
    let told = hint(asks(json!(["a", "b"])), asks(json!(["b", "c"]))).await;
    assert!(!told.contains(".ignore_order("), "{told}");
}
