//! Conversations of every protocol, and what of them a provider would find in its cache.

use http::{HeaderMap, Method};
use proptest::prelude::*;

use super::*;
use crate::model::json::Json;
use crate::model::strategies::any_json;
use crate::providers::price::Prices;

const CHAT: &str = "https://api.openai.com/v1/chat/completions";
const RESPONSES: &str = "https://api.openai.com/v1/responses";
const ANTHROPIC: &str = "https://api.anthropic.com/v1/messages";
const GEMINI: &str =
    "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.0-flash:generateContent";
const CONVERSE: &str =
    "https://bedrock-runtime.eu-west-1.amazonaws.com/model/anthropic.claude-sonnet-4/converse";

fn provider(url: &str) -> &'static str {
    match url {
        ANTHROPIC => "anthropic",
        GEMINI => "gcp.gemini",
        CONVERSE => "aws.bedrock",
        _ => "openai",
    }
}

/// What becomes of requests that are sent to a URL one after the other.
fn asked(url: &str, bodies: &[&str], usage: Usage) -> Vec<Place> {
    let requests: Vec<Request> = bodies
        .iter()
        .map(|body| Request {
            method: Method::POST,
            url: url.to_owned(),
            headers: HeaderMap::new(),
            body: (*body).to_owned().into(),
        })
        .collect();
    let call = |request| Call { request, provider: Some(provider(url)), model: None, usage, response: None };
    turns(&requests.iter().map(call).collect::<Vec<_>>())
}

/// The same in a line each: the turn before it, and how it went.
fn described(url: &str, bodies: &[&str]) -> Vec<String> {
    let line = |place: Place| match place.turn {
        None => "first".to_owned(),
        Some(Turn { base, state: State::Kept { messages }, .. }) => format!("{base} kept {messages}"),
        Some(Turn { base, state: State::Moved { what, .. }, .. }) => {
            format!("{base} moved: {}", what.join("; "))
        }
        Some(Turn { base, state: State::Unasked, .. }) => format!("{base} unasked"),
    };
    asked(url, bodies, Usage::default()).into_iter().map(line).collect()
}

/// The last of several requests.
fn last(url: &str, bodies: &[&str]) -> String {
    described(url, bodies).pop().unwrap()
}

/// A chat request of OpenAI's with some fields, and messages of users and the model in turn.
fn chat(fields: &str, messages: &[&str]) -> String {
    format!(r#"{{"model":"gpt-4o",{fields}"messages":[{}]}}"#, spoken(messages))
}

fn spoken(messages: &[&str]) -> String {
    let roles = ["user", "assistant"].iter().cycle();
    let message = |(text, role): (&&str, &&str)| format!(r#"{{"role":"{role}","content":"{text}"}}"#);
    messages.iter().zip(roles).map(message).collect::<Vec<_>>().join(",")
}

/// A request of Anthropic's, `[text]` for a message with a breakpoint.
fn claude(fields: &str, messages: &[&str]) -> String {
    let message = |(index, text): (usize, &&str)| {
        let role = ["user", "assistant"][index % 2];
        match text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
            Some(text) => format!(
                r#"{{"role":"{role}","content":[{{"type":"text","text":"{text}","cache_control":{{"type":"ephemeral"}}}}]}}"#
            ),
            None => format!(r#"{{"role":"{role}","content":"{text}"}}"#),
        }
    };
    let messages: Vec<String> = messages.iter().enumerate().map(message).collect();
    format!(r#"{{"model":"claude-sonnet-4-5","max_tokens":9,{fields}"messages":[{}]}}"#, messages.join(","))
}

const ASK: &str = "Which rivers flow through Europe?";
const ANSWER: &str = "The Danube, the Rhine and the Volga, to name but three.";
const MORE: &str = "And which of these is the longest?";

fn tool(name: &str, schema: &str) -> String {
    format!(r#"{{"type":"function","function":{{"name":"{name}","parameters":{schema}}}}}"#)
}

#[test]
fn a_turn_that_only_adds_messages_is_kept() {
    let fields = r#""temperature":0.1,"tool_choice":"auto","tools":[],"#;
    let other = r#""temperature":0.9,"tool_choice":"none","tools":[],"#;
    assert_eq!(
        described(CHAT, &[&chat(fields, &[ASK]), &chat(other, &[ASK, ANSWER, MORE])]),
        ["first", "0 kept 1"]
    );
}

#[test]
fn each_way_to_move_the_beginning_has_its_words() {
    let weather = tool("weather", r#"{"type":"object","properties":{"city":{"type":"string"}}}"#);
    let reordered = tool("weather", r#"{"properties":{"city":{"type":"string"}},"type":"object"}"#);
    let reworded = tool("weather", r#"{"type":"object","properties":{"place":{"type":"string"}}}"#);
    let time = tool("time", "{}");
    let tools = |tools: &[&str]| format!(r#""tools":[{}],"#, tools.join(","));
    let format = |name: &str| format!(r#""response_format":{{"type":"{name}"}},"#);
    let cases = [
        (tools(&[&weather]), tools(&[&weather, &time]), "tool `time` added"),
        (tools(&[&weather, &time]), tools(&[&weather]), "tool `time` removed"),
        (tools(&[&weather, &time]), tools(&[&time, &weather]), "tools in another order"),
        (tools(&[&weather]), tools(&[&reordered]), "the keys of tool `weather` are in another order"),
        (
            tools(&[&weather]),
            tools(&[&reworded]),
            "tool `weather`: parameters.properties.city removed (was {\"type\":\"string\"})",
        ),
        (format("text"), format("json_object"), "response_format.type \"text\" → \"json_object\""),
        (
            r#""prompt_cache_key":"a","#.to_owned(),
            r#""prompt_cache_key":"b","#.to_owned(),
            "prompt_cache_key \"a\" → \"b\"",
        ),
    ];
    for (before, after, words) in cases {
        let bodies = [&chat(&before, &[ASK])[..], &chat(&after, &[ASK, ANSWER, MORE])];
        assert_eq!(last(CHAT, &bodies), format!("0 moved: {words}"));
    }
}

#[test]
fn another_model_has_a_cache_of_its_own() {
    let (before, after) = (chat("", &[ASK]), chat("", &[ASK, ANSWER, MORE]).replace("gpt-4o", "gpt-4.1"));
    assert_eq!(last(CHAT, &[&before, &after]), "0 moved: model \"gpt-4o\" → \"gpt-4.1\"");
}

#[test]
fn a_system_prompt_among_the_messages_is_one() {
    let with = |system: &str, messages: &[&str]| {
        let system = format!(r#"{{"role":"system","content":"{system}"}}"#);
        format!(r#"{{"model":"gpt-4o","messages":[{system},{}]}}"#, spoken(messages))
    };
    let before = with("Be kind. It is 10:31 now.", &[ASK]);
    let after = with("Be kind. It is 10:45 now.", &[ASK, ANSWER, MORE]);
    assert_eq!(
        last(CHAT, &[&before, &after]),
        "0 moved: system prompt changed at word 5 (`10:31` → `10:45`)"
    );
    assert_eq!(
        last(CHAT, &[&chat("", &[ASK]), &with("Be kind.", &[ASK, ANSWER, MORE])]),
        "0 moved: system prompt added"
    );
    // People count the system prompt where it stands in the list.
    let cut = with("Be kind.", &[ASK, "(cut)", MORE, "The Volga.", "Thanks!"]);
    assert_eq!(
        last(CHAT, &[&with("Be kind.", &[ASK, ANSWER, MORE]), &cut]),
        "0 moved: message 3 (assistant) changed at word 1 (`The` → `(cut)`)"
    );
}

#[test]
fn a_message_that_is_put_in_taken_out_or_reworded_is_named() {
    let long = [ASK, ANSWER, MORE, "The Volga.", "Thank you!"];
    let before = chat("", &long[..3]);
    let cases: [(&[&str], &str); 4] = [
        (&["Be quick.", ASK, ANSWER, MORE, "x"], "message 1 (user) inserted"),
        (&[MORE, "The Volga.", "Thank you!"], "messages 1 to 2 removed"),
        (&[ASK, "It is long.", MORE, "x", "y"], "message 2 (assistant) changed at word 1 (`The` → `It`)"),
        (
            &[ASK, ANSWER, "And which of these is the shortest?", "x", "y"],
            "message 3 (user) changed at word 7 (`longest?` → `shortest?`)",
        ),
    ];
    for (messages, words) in cases {
        // Roles follow from the place, so a window moves by two.
        let after = match messages[0] {
            "Be quick." => format!(
                r#"{{"model":"gpt-4o","messages":[{{"role":"user","content":"Be quick."}},{}]}}"#,
                spoken(&long)
            ),
            _ => chat("", messages),
        };
        let said = last(CHAT, &[&before, &after]);
        match words {
            // Too little is left of the conversation to call it the same.
            "messages 1 to 2 removed" => assert_eq!(said, "first"),
            words => assert_eq!(said, format!("0 moved: {words}")),
        }
    }
    let window = chat("", &[MORE, "The Volga.", "Thank you!", "Welcome.", "Bye."]);
    assert_eq!(
        last(CHAT, &[&chat("", &[&[ASK, "The Rhine."], &long[2..]].concat()), &window]),
        "0 moved: messages 1 to 2 removed"
    );
}

#[test]
fn a_turn_belongs_to_the_request_that_it_repeats_most_of() {
    let (ask, other) = (chat("", &[ASK]), chat("", &["Name three mountains of Asia."]));
    let more = chat("", &[ASK, ANSWER, MORE]);
    let end = chat("", &[ASK, ANSWER, MORE, "The Volga.", "Thank you!"]);
    let branch = chat("", &[ASK, ANSWER, "Where does the Rhine end?"]);
    assert_eq!(
        described(CHAT, &[&ask, &other, &more, &branch, &end]),
        ["first", "first", "0 kept 1", "0 kept 1", "2 kept 3"]
    );
}

#[test]
fn what_merely_begins_alike_is_no_turn() {
    let one = chat("", &[ASK, ANSWER, "Where does the Rhine end?"]);
    let two = chat("", &[ASK, ANSWER, MORE]);
    assert_eq!(described(CHAT, &[&one, &two]), ["first", "first"]);
    let other_tools = chat(r#""tools":[{"type":"function","function":{"name":"x"}}],"#, &[ASK]);
    assert_eq!(described(CHAT, &[&chat("", &[ASK]), &other_tools]), ["first", "first"]);
    let unrelated = chat("", &["Name three mountains of Asia.", "K2.", "continue", "Go.", "continue"]);
    assert_eq!(described(CHAT, &[&chat("", &[ASK, ANSWER, "continue"]), &unrelated]), ["first", "first"]);
}

#[test]
fn breakpoints_may_move_from_turn_to_turn() {
    let turns = [
        claude(r#""system":"Be kind.","#, &["[Which rivers?]"]),
        claude(
            r#""system":[{"type":"text","text":"Be kind.","cache_control":{"type":"ephemeral"}}],"#,
            &["Which rivers?", ANSWER, "[And the longest?]"],
        ),
        claude(
            r#""system":"Be kind.","#,
            &["Which rivers?", ANSWER, "And the longest?", "The Volga.", "[Thanks!]"],
        ),
    ];
    assert_eq!(described(ANTHROPIC, &[&turns[0], &turns[1], &turns[2]]), ["first", "0 kept 1", "1 kept 3"]);
}

#[test]
fn behind_the_last_breakpoint_everything_may_change() {
    let system = |text: &str| {
        format!(r#""system":[{{"type":"text","text":"{text}","cache_control":{{"type":"ephemeral"}}}}],"#)
    };
    let kind = system("Be kind.");
    let before = claude(&format!(r#"{kind}"tool_choice":{{"type":"auto"}},"#), &[ASK, ANSWER, MORE]);
    let after =
        claude(&format!(r#"{kind}"tool_choice":{{"type":"any"}},"#), &[ASK, "Three.", MORE, "x", "y"]);
    assert_eq!(last(ANTHROPIC, &[&before, &after]), "0 kept 3");
    let after = claude(&system("Be brief."), &[ASK, ANSWER, MORE, "x", "y"]);
    assert_eq!(
        last(ANTHROPIC, &[&before, &after]),
        "0 moved: system prompt changed at word 2 (`kind.` → `brief.`)"
    );
}

#[test]
fn tools_with_a_breakpoint_are_all_that_has_to_stay() {
    let tools = |second: &str| {
        format!(
            r#""tools":[{{"name":"a","input_schema":{{}},"cache_control":{{"type":"ephemeral"}}}},{{"name":"{second}","input_schema":{{}}}}],"#
        )
    };
    let (before, after) = (claude(&tools("b"), &[ASK]), claude(&tools("c"), &[ASK, ANSWER, MORE]));
    assert_eq!(last(ANTHROPIC, &[&before, &after]), "0 kept 1");
    let other = after.replace(r#""name":"a""#, r#""name":"z""#);
    assert_eq!(
        last(ANTHROPIC, &[&before, &other]),
        "0 moved: tool `a` removed; tool `b` removed; tool `z` added; tool `c` added"
    );
}

#[test]
fn settings_that_spoil_the_messages_of_anthropic_are_named() {
    let before = claude(r#""thinking":{"type":"disabled"},"#, &["[Which rivers?]"]);
    let after = claude(
        r#""thinking":{"type":"enabled","budget_tokens":1024},"tool_choice":{"type":"any"},"#,
        &["Which rivers?", ANSWER, "[And the longest?]"],
    );
    assert_eq!(
        last(ANTHROPIC, &[&before, &after]),
        "0 moved: tool_choice added ({\"type\":\"any\"}); thinking.type \"disabled\" → \"enabled\""
    );
}

#[test]
fn without_a_breakpoint_nothing_is_asked_for_and_a_lost_one_is_a_loss() {
    let (ask, more) = (claude("", &["Which rivers?"]), claude("", &["Which rivers?", ANSWER, MORE]));
    assert_eq!(described(ANTHROPIC, &[&ask, &more]), ["first", "0 unasked"]);
    let marked = claude("", &["[Which rivers?]"]);
    assert_eq!(
        last(ANTHROPIC, &[&marked, &more]),
        "0 moved: `cache_control` is gone: nothing is read from the cache"
    );
    let automatic = r#""cache_control":{"type":"ephemeral"},"#;
    let (ask, more) =
        (claude(automatic, &["Which rivers?"]), claude(automatic, &["Which rivers?", ANSWER, MORE]));
    assert_eq!(last(ANTHROPIC, &[&ask, &more]), "0 kept 1");
}

#[test]
fn servers_and_models_without_marks_keep_what_they_please() {
    let (ask, more) = (claude("", &["Which rivers?"]), claude("", &["Which rivers?", ANSWER, MORE]));
    let model = |body: &str, model: &str| {
        let was = body.split("\"model\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        body.replace(&was, model)
    };
    let local = "http://127.0.0.1:8080/v1/messages";
    let converse = CONVERSE.replace("anthropic.claude-sonnet-4", "amazon.nova-pro-v1:0");
    for url in [local, &converse] {
        let (ask, more) = (model(&ask, "qwen3"), model(&more, "qwen3"));
        assert_eq!(last(url, &[&ask, &more]), "0 kept 1", "{url}");
    }
    assert_eq!(last(local, &[&ask, &more]), "0 unasked", "a model that is known by its marks");
}

#[test]
fn what_is_more_than_all_of_the_input_is_what_the_provider_said() {
    use figures::cached_in_words;
    assert_eq!(cached_in_words(1_500, 6_000, "cached").unwrap(), "25 % of the input cached");
    assert_eq!(
        cached_in_words(6_000, 1_500, "cached").unwrap(),
        "6,000 tokens cached, says the provider, of 1,500 that it counts as input"
    );
    assert_eq!(cached_in_words(1, 0, "cached"), None);
}

#[test]
fn a_turn_may_go_on_within_the_last_message() {
    let ask = claude("", &["[Which rivers?]"]);
    let more = ask.replace("}]}]}", r#"},{"type":"text","text":"Of Europe."}]}]}"#);
    assert_eq!(last(ANTHROPIC, &[&ask, &more]), "0 kept 1");
}

#[test]
fn cache_points_of_bedrock_are_breakpoints() {
    let body = |system: &str, messages: &str| {
        format!(
            r#"{{"system":[{{"text":"{system}"}},{{"cachePoint":{{"type":"default"}}}}],"messages":[{messages}]}}"#
        )
    };
    let user = |text: &str| format!(r#"{{"role":"user","content":[{{"text":"{text}"}}]}}"#);
    let two =
        format!(r#"{},{{"role":"assistant","content":[{{"text":"{ANSWER}"}}]}},{}"#, user(ASK), user(MORE));
    let before = body("Be kind.", &user(ASK));
    assert_eq!(last(CONVERSE, &[&before, &body("Be kind.", &two)]), "0 kept 1");
    assert_eq!(
        last(CONVERSE, &[&before, &body("Be brief.", &two)]),
        "0 moved: system prompt changed at word 2 (`kind.` → `brief.`)"
    );
    assert_eq!(
        last(CONVERSE, &[&before.replace("cachePoint", "guardContent"), &body("Be kind.", &two)]),
        "0 unasked"
    );
}

#[test]
fn responses_and_gemini_are_read_alike() {
    let responses = |instructions: &str, input: &str| {
        format!(r#"{{"model":"gpt-5","instructions":"{instructions}","input":{input}}}"#)
    };
    let first = responses("Be kind.", &format!("{ASK:?}"));
    let call = r#"{"type":"function_call","call_id":"c","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"c","output":"3"}"#;
    let list = format!("[{},{call}]", spoken(&[ASK]));
    assert_eq!(last(RESPONSES, &[&first, &responses("Be kind.", &list)]), "0 kept 1");
    assert_eq!(
        last(RESPONSES, &[&first, &responses("Be very kind.", &list)]),
        "0 moved: system prompt changed at word 2 (`kind.` → `very`)"
    );
    let gemini = |tool: &str, contents: &[&str]| {
        let content = |text: &&str| format!(r#"{{"role":"user","parts":[{{"text":"{text}"}}]}}"#);
        let contents: Vec<String> = contents.iter().map(content).collect();
        format!(
            r#"{{"systemInstruction":{{"parts":[{{"text":"Be kind."}}]}},"tools":[{{"functionDeclarations":[{{"name":"{tool}"}}]}}],"contents":[{}]}}"#,
            contents.join(",")
        )
    };
    assert_eq!(last(GEMINI, &[&gemini("a", &[ASK]), &gemini("a", &[ASK, ANSWER, MORE])]), "0 kept 1");
    assert_eq!(
        last(GEMINI, &[&gemini("a", &[ASK]), &gemini("b", &[ASK, ANSWER, MORE])]),
        "0 moved: tool `a` removed; tool `b` added"
    );
}

#[test]
fn what_is_no_prompt_is_no_turn() {
    let embedding = r#"{"model":"text-embedding-3-small","input":"Name three rivers."}"#;
    let places =
        asked("https://api.openai.com/v1/embeddings", &[embedding, embedding, "[]", ""], Usage::default());
    assert!(places.iter().all(|place| !place.is_prompt && place.turn.is_none()));
}

#[test]
fn the_order_of_keys_counts_where_they_are_the_users_own() {
    let with = |content: &str, messages: &str| {
        format!(
            r#"{{"model":"claude-sonnet-4-5","cache_control":{{"type":"ephemeral"}},"messages":[{{"role":"user","content":"{ASK}"}},{{"role":"assistant","content":[{content}]}}{messages}]}}"#
        )
    };
    let before = with(r#"{"type":"tool_use","id":"t","name":"f","input":{"a":1,"b":2}}"#, "");
    let more = format!(",{}", spoken(&[MORE]));
    let wrapped = with(r#"{"name":"f","id":"t","input":{"a":1,"b":2},"type":"tool_use"}"#, &more);
    assert_eq!(last(ANTHROPIC, &[&before, &wrapped]), "0 kept 2");
    let inside = with(r#"{"type":"tool_use","id":"t","name":"f","input":{"b":2,"a":1}}"#, &more);
    assert_eq!(
        last(ANTHROPIC, &[&before, &inside]),
        "0 moved: the keys of message 2 (assistant) are in another order"
    );
}

#[test]
fn a_prompt_too_short_to_be_cached_is_not_said_to_be_lost() {
    let bodies = [&chat("", &[ASK])[..], &chat("", &[ASK, ANSWER, MORE]).replace("gpt-4o", "gpt-4.1")];
    let too_short = |tokens: Option<u64>| {
        let usage = Usage { input_tokens: tokens, ..Usage::default() };
        let turn = asked(CHAT, &bodies, usage).pop().unwrap().turn.unwrap();
        matches!(turn.state, State::Moved { too_short: true, .. })
    };
    assert_eq!([Some(1023), Some(1024), None].map(too_short), [true, false, false]);
}

#[test]
fn the_figures_are_those_worked_out_by_hand() {
    let body = claude("", &["[Which rivers?]"]);
    let more = claude("", &["Which rivers?", ANSWER, "[And the longest?]"]);
    let request = |body: &str| Request {
        method: Method::POST,
        url: ANTHROPIC.to_owned(),
        headers: HeaderMap::new(),
        body: body.to_owned().into(),
    };
    let (first, second) = (request(&body), request(&more));
    let call = |request, read, written, hour| Call {
        request,
        provider: Some("anthropic"),
        model: Some("claude-sonnet-4-5"),
        usage: Usage {
            input_tokens: Some(2000),
            output_tokens: Some(10),
            cache_read_input_tokens: Some(read),
            cache_creation_input_tokens: Some(written),
            cache_creation_1h_input_tokens: Some(hour),
            ..Usage::default()
        },
        response: None,
    };
    let of = |calls: &[Call<'_>]| Figures::of(calls, &turns(calls), Prices::builtin());
    // 3 millionths a token: 1,000 written cost a quarter more, 0.00075; 500 for an hour as much again, 0.0015.
    let lost = of(&[call(&first, 0, 1500, 500)]);
    assert_eq!((lost.saving.to_string().as_str(), lost.conversations), ("cost $0.0023 more", 0));
    assert_eq!(lost.saving.net().unwrap().exact(), "-0.00225");
    // 1,500 read at a tenth: 1,500 × 2.7 millionths = 0.00405.
    let both = of(&[call(&first, 0, 1500, 500), call(&second, 1500, 0, 0)]);
    assert_eq!(both.saving.net().unwrap().exact(), "0.0018");
    assert_eq!((both.conversations, both.turns, both.kept, both.moved), (1, 1, 1, 0));
    assert_eq!(both.cached_share(), Some(0.375));
    let unknown = of(&[Call { model: Some("claude-of-tomorrow"), ..call(&first, 100, 0, 0) }]);
    assert_eq!((unknown.saving.net(), unknown.saving.unknown), (None, 1));
}

proptest! {
    #[test]
    fn whatever_was_said_a_turn_that_adds_to_it_is_kept(odd in any_json(), more in any_json(), marked: bool) {
        let object = |fields: Vec<(&str, Json)>| {
            Json::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
        };
        let message = |content: &Json| object(vec![("role", "user".into()), ("content", content.clone())]);
        let body = |messages: Vec<Json>| {
            let mut fields = vec![("system", odd.clone()), ("tools", Json::Array(vec![odd.clone()]))];
            fields.extend(marked.then_some(("cache_control", Json::Bool(true))));
            fields.push(("messages", Json::Array(messages)));
            object(fields).compact()
        };
        let before = body(vec![message(&odd), odd.clone()]);
        let after = body(vec![message(&odd), odd.clone(), message(&more)]);
        for url in [CHAT, ANTHROPIC, CONVERSE, GEMINI] {
            let said = last(url, &[&before, &after]);
            prop_assert!(!said.contains("moved"), "{}", said);
        }
    }

    #[test]
    fn no_two_requests_are_too_odd_to_be_compared(one in any_json(), two in any_json()) {
        for field in ["messages", "contents", "input", "tools", "system"] {
            let body = |json: &Json| format!(r#"{{"{field}":{},"messages":[{},1]}}"#, json.compact(), json.compact());
            described(CHAT, &[&one.compact(), &body(&one), &body(&two), &body(&one)]);
        }
    }
}
