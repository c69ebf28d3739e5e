//! A compact form gives back the very events, and what is edited in it is honoured or refused.

use proptest::prelude::*;

use super::*;
use crate::format::allowance::Allowance;
use crate::format::yaml;
use crate::model::json::Json;
use crate::model::strategies::any_json;

const CHAT: [&str; 7] = [
    r#"data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"gpt-4o-mini","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}"#,
    r#"data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"gpt-4o-mini","choices":[{"index":0,"delta":{"content":"Oslo"},"finish_reason":null}]}"#,
    r#"data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"gpt-4o-mini","choices":[{"index":0,"delta":{"content":" is"},"finish_reason":null}]}"#,
    r#"data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"gpt-4o-mini","choices":[{"index":0,"delta":{"content":" cold."},"finish_reason":null}]}"#,
    r#"data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"gpt-4o-mini","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
    r#"data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"gpt-4o-mini","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12}}"#,
    "data: [DONE]",
];

const CALL: [&str; 5] = [
    r#"data: {"id":"c","choices":[{"index":0,"delta":{"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"get_weather","arguments":""}}]}}]}"#,
    r#"data: {"id":"c","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"ci"}}]}}]}"#,
    r#"data: {"id":"c","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"ty\":\""}}]}}]}"#,
    r#"data: {"id":"c","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"Oslo\"}"}}]}}]}"#,
    "data: [DONE]",
];

const WHOLE_CALL: [&str; 2] = [
    r#"data: {"candidates":[{"content":{"parts":[{"functionCall":{"name":"get_weather","args":{"city":"Oslo"}}}],"role":"model"}}]}"#,
    r#"data: {"candidates":[{"content":{"parts":[{"text":""}],"role":"model"},"finishReason":"STOP"}]}"#,
];

fn read(form: &Json, lead: Lead) -> Result<Vec<String>, String> {
    super::read(form, lead, &Allowance::of(form))
}

fn owned(events: &[&str]) -> Vec<String> {
    events.iter().map(|event| (*event).to_owned()).collect()
}

/// The form as a cassette has it.
fn shown(events: &[&str]) -> String {
    yaml::write(&write(&owned(events), Lead::Data).unwrap())
}

/// The events of a form after an edit of its text.
fn edited(events: &[&str], from: &str, to: &str) -> Result<Vec<String>, String> {
    let text = shown(events);
    assert!(text.contains(from), "{text}");
    read(&yaml::read(&text.replacen(from, to, 1)).unwrap(), Lead::Data)
}

#[test]
fn an_answer_is_read_once_and_each_piece_is_a_short_line() {
    insta::assert_snapshot!(shown(&CHAT), @r#"
      message:
        - {text: Oslo is cold.}
      common:
        id: chatcmpl-1
        object: chat.completion.chunk
        created: 1
        model: gpt-4o-mini
      templates:
        chunk:
          json:
            choices:
              - index: 0
                delta: {content: {$piece: 1}}
                finish_reason: null
      events:
        - json:
            choices:
              - {index: 0, delta: {role: assistant, content: ""}, finish_reason: null}
        - [chunk, 4]
        - [chunk, 3]
        - [chunk, 6]
        - json:
            choices:
              - {index: 0, delta: {}, finish_reason: stop}
        - json:
            choices: []
            usage: {prompt_tokens: 9, completion_tokens: 3, total_tokens: 12}
        - "data: [DONE]"
    "#);
}

#[test]
fn a_tool_call_shows_its_arguments_as_values() {
    insta::assert_snapshot!(shown(&CALL), @r#"
      message:
        - tool_call: {name: get_weather, id: call_1, arguments: {city: Oslo}}
      common: {id: c}
      templates:
        chunk:
          json:
            choices:
              - index: 0
                delta:
                  tool_calls:
                    - index: 0
                      function: {arguments: {$piece: 1}}
      events:
        - json:
            choices:
              - index: 0
                delta:
                  role: assistant
                  content: null
                  tool_calls:
                    - index: 0
                      id: {$id: 1}
                      type: function
                      function: {name: {$name: 1}, arguments: ""}
        - [chunk, 4]
        - [chunk, 5]
        - [chunk, 6]
        - "data: [DONE]"
    "#);
}

#[test]
fn a_tool_call_that_comes_whole_stands_in_the_message_too() {
    insta::assert_snapshot!(shown(&WHOLE_CALL), @r#"
    message:
      - tool_call: {name: get_weather, arguments: {city: Oslo}}
    events:
      - json:
          candidates:
            - content:
                parts:
                  - functionCall: {name: {$name: 1}, args: {$arguments: 1}}
                role: model
      - json:
          candidates:
            - content:
                parts:
                  - {text: ""}
                role: model
              finishReason: STOP
    "#);
}

/// Events that each have a number of these.
fn numbered(numbers: &[&str]) -> Vec<String> {
    let event = |number| {
        format!(
            r#"data: {{"id":"c","choices":[{{"index":0,"delta":{{"content":"a"}},"logprob":{number}}}]}}"#
        )
    };
    numbers.iter().map(event).collect()
}

#[test]
fn numbers_come_back_as_they_were_written_though_yaml_writes_them_otherwise() {
    for (numbers, layout) in [
        (&["-0.25", "-1.5e-05", "-2.0e+3"][..], None),
        (&["-0.25", "-1e-05", "-1.5e-05"], Some("bare-mantissa")),
        (&["1.5e16", "2e16", "-1.5e-05"], Some("bare-mantissa unsigned-exponent")),
        (&["1e3", "1e+3", "1.0e+3", "0.5", "1E3", "1E3"], Some("exponents-x1b1w1x2")),
    ] {
        let events = numbered(numbers);
        let form = write(&events, Lead::Data).unwrap();
        assert_eq!(form.get("layout").and_then(Json::as_str), layout, "{numbers:?}");
        let whole = form.get("message").and_then(Json::as_array).unwrap()[0].get("text").unwrap();
        assert_eq!(whole.as_str().unwrap().len(), numbers.len(), "all of the message: {form:?}");
        let back = yaml::read(&yaml::write(&form)).unwrap();
        assert_eq!(read(&back, Lead::Data).unwrap(), events, "{numbers:?}");
    }
}

#[test]
fn where_each_number_is_written_otherwise_events_stay_as_they_came() {
    let numbers: Vec<&str> = ["1e3", "1e+3", "1.5"].into_iter().cycle().take(150).collect();
    let events = numbered(&numbers);
    let form = write(&events, Lead::Data).unwrap();
    assert_eq!(form.get("layout"), None);
    let items = form.get("events").and_then(Json::as_array).unwrap();
    assert!(items[0].as_str().is_some() && items[2].as_array().is_some(), "{form:?}");
    let back = yaml::read(&yaml::write(&form)).unwrap();
    assert_eq!(read(&back, Lead::Data).unwrap(), events);
}

#[test]
fn an_edit_of_the_message_reaches_the_client() {
    let events = edited(&CHAT, "Oslo is cold.", "Oslo is not as cold.").unwrap();
    let pieces: Vec<&str> =
        events[1..4].iter().map(|event| event.split("content\":\"").nth(1).unwrap()).collect();
    assert_eq!(pieces[0], "Oslo\"},\"finish_reason\":null}]}");
    assert_eq!(pieces[2], " not as cold.\"},\"finish_reason\":null}]}");
    let events = edited(&CHAT, "Oslo is cold.", "Os").unwrap();
    assert!(events[1].contains(r#""content":"Os""#) && events[3].contains(r#""content":"""#));
    let events = edited(&CALL, "city: Oslo", "city: Rome").unwrap();
    assert!(events[3].contains("Rome"), "{events:?}");
    let events = edited(&WHOLE_CALL, "city: Oslo", "city: Rome, days: 2").unwrap();
    assert!(events[0].contains(r#""args":{"city":"Rome","days":2}"#), "{events:?}");
}

#[test]
fn what_does_not_fit_together_is_refused_with_the_reason() {
    for (from, to, wanted) in [
        ("[chunk, 4]", "[chunk]", "event 2: the row is too short for its template"),
        ("[chunk, 4]", "[chunk, 4, 5]", "event 2: its template takes 1 values, but the row has 2"),
        ("[chunk, 4]", "[piece, 4]", "event 2: there is no template `piece`"),
        ("[chunk, 4]", "[chunk, long]", "event 2: the length of a piece is not a whole number"),
        ("{$piece: 1}", "{$piece: 2}", "event 2: `$piece` names no part of the message: there are 1"),
        ("{text: Oslo", "{song: Oslo", "`message` has no parts called `song`"),
        ("message:", "massage:", "a stream has no field `massage`"),
        ("templates:", "shared: []\ntemplates2:", "a stream has no field `templates2`"),
    ] {
        assert_eq!(edited(&CHAT, from, to).unwrap_err(), wanted, "{to}");
    }
    assert_eq!(
        edited(&WHOLE_CALL, "arguments: {city: Oslo}", "arguments_text: none").unwrap_err(),
        "event 1: `$arguments` names a part without arguments"
    );
}

#[test]
fn shared_values_cannot_ask_for_gigabytes() {
    let text = "shared:\n  - [{$shared: 2}, {$shared: 2}]\n  - [{$shared: 1}, {$shared: 1}]\nevents:\n  - json: {a: {$shared: 1}}\n";
    assert_eq!(
        read(&yaml::read(text).unwrap(), Lead::Nothing).unwrap_err(),
        "event 1: a shared value cannot refer to another"
    );
}

/// A form of `count` events that come to `size` bytes each, or to as much more as they ask for.
fn multiplied(head: &str, event: &str, count: usize) -> Json {
    yaml::read(&format!("{head}events:\n{}", format!("  - {event}\n").repeat(count))).unwrap()
}

#[test]
fn whatever_an_event_can_refer_to_cannot_ask_for_gigabytes() {
    let long = "long ".repeat(10_000);
    let deep = format!("{}1{}", "[".repeat(90), "]".repeat(90));
    let many = |mark: &str| format!("{{json: {{a: [{}]}}}}", [mark; 2000].join(", "));
    let template = |tree: &str| format!("templates:\n  t:\n    json: {tree}\n");
    for (head, event, count) in [
        (format!("message:\n  - text: {long}\n{}", template("{a: {$whole: 1}}")), "[t]".to_owned(), 3000),
        (format!("message:\n  - text: {long}\n"), many("{$whole: 1}"), 1),
        (format!("message:\n  - tool_call: {{name: {long}}}\n"), many("{$name: 1}"), 1),
        (format!("message:\n  - tool_call: {{id: {long}}}\n"), many("{$id: 1}"), 1),
        (format!("message:\n  - tool_call: {{arguments: {{a: {long}}}}}\n"), many("{$arguments: 1}"), 1),
        (format!("message:\n  - text: {long}\n{}", template("{a: {$piece: 1}}")), "[t, 9]".to_owned(), 3000),
        (format!("shared:\n  - {long}\n"), many("{$shared: 1}"), 1),
        (format!("shared:\n  - {long}\n{}", template("{a: {$shared: 1}}")), "[t]".to_owned(), 3000),
        (format!("common: {{a: {long}}}\n{}", template("{b: 1}")), "[t]".to_owned(), 3000),
        (template(&format!("{{a: {long}}}")), "[t]".to_owned(), 3000),
        (format!("templates:\n  t:\n    before: {long}\n    json: {{}}\n"), "[t]".to_owned(), 3000),
        (template("{a: 1}").replace("    json", "    pad: true\n    json"), "[t, 60000]".to_owned(), 3000),
        (String::new(), "{pad: 18446744073709551615, json: {}}".to_owned(), 3),
        (format!("layout: pretty-mixed-{}\n", "st".repeat(5000)), format!("{{json: {{a: {deep}}}}}"), 300),
        (
            format!(
                "message:\n  - tool_call: {{layout: pretty-mixed-{}, arguments: {{a: {deep}, b: {deep}}}}}\n",
                "t".repeat(50_000)
            ),
            many("{$whole: 1}"),
            1,
        ),
    ] {
        let form = multiplied(&head, &event, count);
        let what = head.get(..60).unwrap_or(&head);
        match read(&form, Lead::Data) {
            // All the pieces but the last are as short as they say.
            Ok(events) => {
                let length: usize = events.iter().map(String::len).sum();
                assert!(event == "[t, 9]" && length < 500_000, "{length} bytes of {what:?}");
            }
            Err(message) => {
                assert!(message.contains("this body unfolds to more than"), "{message}: {what:?}")
            }
        }
    }
}

#[test]
fn a_long_stream_of_tiny_events_is_read_as_it_was_written() {
    let events: Vec<String> = (0..20_000).map(|_| r#"data: {"type":"ping"}"#.to_owned()).collect();
    let form = write(&events, Lead::Data).unwrap();
    assert_eq!(read(&form, Lead::Data).unwrap(), events);
}

#[test]
fn events_that_all_say_the_same_long_thing_are_written_so_that_they_can_be_read() {
    let event = format!(r#"data: {{"citations":"{}","n":1}}"#, "https://example.com ".repeat(3000));
    let events = vec![event; 300];
    assert_eq!(write(&events, Lead::Data), None, "the compact form would be too dense");
}

#[test]
fn a_part_of_the_message_that_no_event_has_is_refused() {
    let text =
        "message:\n  - {text: Hello}\n  - {text: Nobody}\nevents:\n  - json: {a: {$piece: 1, take: 9}}\n";
    assert_eq!(
        read(&yaml::read(text).unwrap(), Lead::Data).unwrap_err(),
        "part 2 of `message` is in none of its events"
    );
}

#[test]
fn a_body_with_marks_of_its_own_keeps_them() {
    let events =
        owned(&[r#"data: {"a":{"$piece":1}}"#, r#"data: {"a":{"$piece":2}}"#, r#"data: {"a":{"$piece":3}}"#]);
    if let Some(form) = write(&events, Lead::Data) {
        assert_eq!(read(&form, Lead::Data).unwrap(), events);
    }
}

/// An event of one of the protocols: where TEXT stands, some text, and where ARGS stands, any JSON.
fn any_protocol() -> impl Strategy<Value = String> {
    const EVENTS: [&str; 16] = [
        r#"{"choices":[{"index":N,"delta":{"content":[{"type":"thinking","thinking":[{"type":"text","text":TEXT}]}]}}],"p":"ab"}"#,
        r#"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":N,"id":TEXT,"function":{"name":TEXT,"arguments":TEXT}}]}}]}"#,
        r#"{"type":"content_block_start","index":N,"content_block":{"type":"tool_use","id":TEXT,"name":TEXT,"input":ARGS}}"#,
        r#"{"type":"content_block_delta","index":N,"delta":{"type":"input_json_delta","partial_json":TEXT}}"#,
        r#"{"type":"content_block_delta","index":N,"delta":{"type":"thinking_delta","thinking":TEXT}}"#,
        r#"{"type":"response.output_text.delta","output_index":N,"content_index":0,"delta":TEXT}"#,
        r#"{"type":"response.output_text.done","output_index":N,"content_index":0,"text":TEXT}"#,
        r#"{"type":"response.completed","response":{"output":[{"type":"function_call","call_id":TEXT,"name":TEXT,"arguments":TEXT}]}}"#,
        r#"{"candidates":[{"content":{"parts":[{"text":TEXT,"thought":true},{"functionCall":{"name":TEXT,"args":ARGS}}]},"index":N}]}"#,
        r#"{"candidates":[{"content":{"parts":[{"functionCall":{"id":TEXT,"name":TEXT,"args":{"a":ARGS}}}]}}]}"#,
        r#"{"model":"l","message":{"content":TEXT,"tool_calls":[{"function":{"name":TEXT,"arguments":ARGS}}]},"done":false}"#,
        r#"{"model":"l","message":{"content":"","tool_calls":[{"function":{"name":TEXT,"arguments":{"a":ARGS}}}]},"done":true}"#,
        r#"{"contentBlockIndex":N,"common":{"toolUse":{"toolUseId":TEXT,"name":TEXT}},"p":"ab"}"#,
        r#"{"contentBlockIndex":N,"delta":{"toolUse":{"input":TEXT}},"p":"abc"}"#,
        r#"{"type":"content-delta","index":N,"delta":{"message":{"content":{"text":TEXT}}}}"#,
        r#"{"type":"tool-call-start","index":N,"delta":{"message":{"tool_calls":{"id":TEXT,"function":{"name":TEXT,"arguments":TEXT}}}}}"#,
    ];
    let text = prop_oneof!["[a-c]{0,2}", any::<String>()];
    (prop::sample::select(EVENTS.to_vec()), 0..3u8, text, any_json()).prop_map(
        |(event, number, text, tree)| {
            let (text, tree) = (Json::from(text).compact(), tree.compact());
            let event = event.replace(":N", &format!(":{number}"));
            let pieces = event.split("TEXT").map(|piece| piece.replace("ARGS", &tree));
            format!("data: {}", pieces.collect::<Vec<_>>().join(&text))
        },
    )
}

/// Events as a provider could send them: of a few templates, with text in pieces.
fn any_events() -> impl Strategy<Value = Vec<String>> {
    let chat = any::<String>().prop_map(|text| {
        let text = Json::from(text).compact();
        format!(r#"data: {{"id":"x","choices":[{{"index":0,"delta":{{"content":{text}}}}}]}}"#)
    });
    let counted = (0..5u64, any::<u8>()).prop_map(|(number, odd)| {
        format!(r#"data: {{"type":"a.b","sequence_number":{number},"odd":{odd}}}"#)
    });
    let json = any_json().prop_map(|tree| format!("data: {}", tree.compact()));
    let named =
        any_json().prop_map(|tree| format!("event: some\ndata: {}", Json::Array(vec![tree]).compact()));
    let event = prop_oneof![5 => chat, 5 => any_protocol(), 3 => counted, 1 => json, 1 => named, 1 => any::<String>()];
    prop::collection::vec(event, 0..12)
}

proptest! {
    #[test]
    fn whatever_form_is_written_gives_back_the_very_events(events in any_events()) {
        if let Some(form) = write(&events, Lead::Data) {
            let text = yaml::write(&form);
            let form = yaml::read(&text).unwrap();
            prop_assert_eq!(read(&form, Lead::Data).unwrap(), events);
        }
    }

    #[test]
    fn damage_is_no_panic(events in any_events(), at in any::<prop::sample::Index>(), with in "[\\[\\]{}:0-9a-z$ ,-]{0,3}") {
        if let Some(form) = write(&events, Lead::Data) {
            let text = yaml::write(&form);
            let mut chars: Vec<char> = text.chars().collect();
            let place = at.index(chars.len());
            chars.splice(place..(place + 1).min(chars.len()), with.chars());
            if let Ok(form) = yaml::read(&chars.into_iter().collect::<String>()) {
                let _ = read(&form, Lead::Data);
            }
        }
    }
}
