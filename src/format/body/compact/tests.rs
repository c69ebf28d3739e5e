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
    let form = write(&owned(events), Lead::Data).unwrap();
    yaml::write(&Json::Object(vec![("sse".to_owned(), form)]))
}

/// The events of a form after an edit of its text.
fn edited(events: &[&str], from: &str, to: &str) -> Result<Vec<String>, String> {
    let text = shown(events);
    assert!(text.contains(from), "{text}");
    let body = yaml::read(&text.replacen(from, to, 1)).unwrap();
    read(body.get("sse").unwrap(), Lead::Data)
}

#[test]
fn an_answer_is_read_once_and_its_pieces_are_a_row_of_lengths() {
    insta::assert_snapshot!(shown(&CHAT), @r#"
    sse:
      message:
        - {text: Oslo is cold.}
      common: {id: chatcmpl-1, object: chat.completion.chunk, created: 1, model: gpt-4o-mini}
      templates:
        chunk: {choices: [{index: 0, delta: {content: {$piece: 1}}, finish_reason: null}]}
      events:
        - {$like: chunk, delta: {role: assistant, content: ""}}
        - [chunk, 4, 3, 6]
        - {choices: [{index: 0, delta: {}, finish_reason: stop}]}
        - {choices: [], usage: {prompt_tokens: 9, completion_tokens: 3, total_tokens: 12}}
        - "data: [DONE]"
    "#);
}

#[test]
fn a_tool_call_shows_its_arguments_as_values() {
    insta::assert_snapshot!(shown(&CALL), @r#"
    sse:
      message:
        - tool_call: {name: get_weather, id: call_1, arguments: {city: Oslo}}
      common: {id: c}
      templates:
        chunk: {choices: [{index: 0, delta: {tool_calls: [{index: 0,
          function: {arguments: {$piece: 1}}}]}}]}
      events:
        - {choices: [{index: 0, delta: {role: assistant, content: null, tool_calls: [{index: 0, id: {$id: 1}, type: function, function: {name: {$name: 1}, arguments: ""}}]}}]}
        - [chunk, 4, 5, 6]
        - "data: [DONE]"
    "#);
}

#[test]
fn a_tool_call_that_comes_whole_stands_in_the_message_too() {
    insta::assert_snapshot!(shown(&WHOLE_CALL), @r#"
    sse:
      message:
        - tool_call: {name: get_weather, arguments: {city: Oslo}}
      events:
        - {candidates: [{content: {parts: [{functionCall: {name: {$name: 1}, args: {$arguments: 1}}}], role: model}}]}
        - {candidates: [{content: {parts: [{text: ""}], role: model}, finishReason: STOP}]}
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
fn where_each_number_is_written_otherwise_it_stands_as_it_is_spelt() {
    let numbers: Vec<&str> = ["1e3", "1e+3", "1.5"].into_iter().cycle().take(150).collect();
    let events = numbered(&numbers);
    let form = write(&events, Lead::Data).unwrap();
    assert_eq!(form.get("layout"), None);
    let items = form.get("events").and_then(Json::as_array).unwrap();
    assert!(items.iter().all(|item| item.as_array().is_some()), "{form:?}");
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
        ("{$like: chunk, ", "{$like: junk, ", "event 1: there is no template `junk` before it"),
        (
            r#"{$like: chunk, delta: {role: assistant, content: ""}}"#,
            "{$like: chunk, index: 0}",
            "event 1: the row is too short for its template",
        ),
        (
            "{$like: chunk, ",
            "{$like: chunk, choices: [], ",
            "event 1: `delta` stands in a field that is another here, too",
        ),
        ("[chunk, 4, 3, 6]", "[chunk]", "event 2: the row is too short for its template"),
        ("[chunk, 4, 3, 6]", "[piece, 4, 3, 6]", "event 2: there is no template `piece`"),
        ("[chunk, 4, 3, 6]", "[chunk × 2, 4, 3, 6]", "event 2: its columns are not of one length"),
        ("[chunk, 4, 3, 6]", "[chunk × 2]", "event 2: the row is too short for its template"),
        ("[chunk, 4, 3, 6]", "[chunk, 4, long, 6]", "event 3: the length of a piece is not a whole number"),
        ("[chunk, 4, 3, 6]", "[chunk, 4, [3, 6]]", "event 2: a list in a row holds one value"),
        (
            "[chunk, 4, 3, 6]",
            "[chunk, 4, a × 2]",
            "event 2: `a × 2` in a row is not a number that comes more than once",
        ),
        ("{$piece: 1}", "{$piece: 2}", "event 2: `$piece` names no part of the message: there are 1"),
        ("{text: Oslo", "{song: Oslo", "`message` has no parts called `song`"),
        ("message:", "massage:", "a stream has no field `massage`"),
        ("  templates:", "  shared: []\n  templates2:", "a stream has no field `templates2`"),
    ] {
        assert_eq!(edited(&CHAT, from, to).unwrap_err(), wanted, "{to}");
    }
    assert_eq!(
        edited(&WHOLE_CALL, "arguments: {city: Oslo}", "arguments_text: none").unwrap_err(),
        "event 1: `$arguments` names a part without arguments"
    );
}

#[test]
fn columns_of_a_row_have_as_many_values_as_it_has_events() {
    let form = |row: &str| {
        let text = format!("templates:\n  t: {{a: {{$column: 1}}, b: {{$column: 2}}}}\nevents:\n  - {row}\n");
        read(&yaml::read(&text).unwrap(), Lead::Nothing)
    };
    let events = |values: &[(&str, &str)]| -> Result<Vec<String>, String> {
        Ok(values.iter().map(|(a, b)| format!(r#"{{"a":{a},"b":{b}}}"#)).collect())
    };
    assert_eq!(form("[t, 1, x]"), events(&[("1", r#""x""#)]));
    assert_eq!(form("[t, [1 × 2, 3], x]"), events(&[("1", r#""x""#), ("1", r#""x""#), ("3", r#""x""#)]));
    assert_eq!(form("[t × 2, null, x]"), events(&[("null", r#""x""#), ("null", r#""x""#)]));
    assert_eq!(form("[t, [1, 8 … 10], x]"), form("[t, [1, 8, 9, 10], x]"));
    assert_eq!(form("[t, [[[]]], [[2 × 3]]]"), events(&[("[]", r#""2 × 3""#)]));
    for (row, wanted) in [
        ("[t, [1, 2], [1, 2, 3]]", "event 1: its columns are not of one length"),
        ("[t × 3, [1, 2], 1]", "event 1: its columns are not of one length"),
        ("[t, [1, 10 … 8], 1]", "event 1: `10 … 8` in a row does not count up"),
        ("[t, 1 × 3, 1]", "event 1: what comes more than once stands in a list of its own"),
        ("[t, 1]", "event 1: the row is too short for its template"),
        ("[t, 1, 2, 3]", "event 1: its template takes 2 values, but the row has 3"),
    ] {
        assert_eq!(form(row).unwrap_err(), wanted, "{row}");
    }
}

/// A stream of events with padding, ids and steps, as they come from several providers.
const NUMBERED: [&str; 6] = [
    "event: response.created\ndata: {\"type\":\"response.created\",\"response\":{\"id\":\"resp_1\",\"object\":\"response\",\"error\":null,\"instructions\":null,\"metadata\":{},\"model\":\"gpt-4o-mini-2024-07-18\",\"output\":[],\"status\":\"in_progress\",\"usage\":null}}",
    "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"item_id\":\"item_7\",\"delta\":\"Os\",\"again\":\"Os\",\"n\":5,\"p\":\"abcdefg\",\"at\":\"2026-12-01T00:00:01.125Z\"}",
    "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"item_id\":\"item_8\",\"delta\":\"lo\",\"again\":\"lo\",\"n\":7,\"p\":\"abc\",\"at\":\"2026-12-01T00:00:01.250Z\"}",
    "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"item_id\":\"item_9\",\"delta\":\".\",\"again\":\".\",\"n\":9,\"p\":\"\",\"at\":\"2026-12-01T00:00:02.500Z\"}",
    "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"item_id\":\"item_10\",\"delta\":\" So\",\"again\":\" So\",\"n\":9,\"p\":\"a\",\"at\":\"2026-12-01T00:00:02.750Z\"}",
    "event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":{\"id\":\"resp_1\",\"object\":\"response\",\"error\":null,\"instructions\":null,\"metadata\":{},\"model\":\"gpt-4o-mini-2024-07-18\",\"output\":[],\"status\":\"completed\",\"usage\":{\"total_tokens\":9}}}",
];

#[test]
fn what_events_differ_in_stands_in_columns_and_what_an_object_differs_in_beside_its_base() {
    insta::assert_snapshot!(shown(&NUMBERED), @r#"
    sse:
      message:
        - {text: Oslo. So}
      named: type
      templates:
        delta: {type: response.output_text.delta, item_id: {$column: 1}, delta: {$piece: 1},
          again: {$said: 1}, "n": {$column: 3}, p: {$column: 4, of: abcdefg}, at: {$column: 5,
          before: "2026-12-01T00:00:", after: Z}}
        created: {type: response.created, response: {id: resp_1, object: response, error: null,
          instructions: null, metadata: {}, model: gpt-4o-mini-2024-07-18, output: [],
          status: in_progress, usage: null}}
      events:
        - [created]
        - [delta,
          [item_7, item_8, item_9, item_10],
          [2, 2, 1, 3],
          [5, 7, 9, 9],
          [7, 3, 0, 1],
          ["01.125", "01.250", "02.500", "02.750"]]
        - {$like: created, type: response.completed, status: completed, usage: {total_tokens: 9}}
    "#);
}

#[test]
fn answers_that_come_by_turns_stand_in_one_row() {
    let event = |answer: usize, text: &str| {
        format!(r#"data: {{"id":"c","choices":[{{"index":{answer},"delta":{{"content":"{text}"}}}}]}}"#)
    };
    let words = [(0, "Os"), (1, "Rome"), (0, "lo"), (1, " is"), (1, " warm."), (0, ".")];
    let events: Vec<String> = words.iter().map(|(answer, text)| event(*answer, text)).collect();
    let events: Vec<&str> = events.iter().map(String::as_str).collect();
    insta::assert_snapshot!(shown(&events), @r#"
    sse:
      message:
        - {text: Oslo.}
        - {text: Rome is warm.}
      templates:
        chunk: {id: c, choices: [{index: {$column: 1}, delta: {content: {$piece: {$column: 2}}}}]}
      events:
        - [chunk, [0, 1, 0, 1, 1, 0], [1, 2, 1, 2, 2, 1], [2, 4, 2, 3, 6, 1]]
    "#);
    let edit = edited(&events, "Rome is warm.", "Rome is not warm.").unwrap();
    assert!(edit[4].contains(r#""content":" not warm.""#), "{edit:?}");
    assert_eq!(
        edited(&events, "[1, 2, 1, 2, 2, 1]", "[1, 2, 1, 3, 2, 1]").unwrap_err(),
        "event 4: `$piece` names no part of the message: there are 2"
    );
}

#[test]
fn what_is_said_in_another_way_is_refused_with_the_reason() {
    for (from, to, wanted) in [
        ("named: type", "named: id", "`named` has to be `type`, and only server-sent events have it"),
        ("type: response.created, ", "", "event 1: it has no `type` that it could be named after"),
        (
            "again: {$said: 1}",
            "again: {$said: 2}",
            "event 2: `$said` names no part of the message: there are 1",
        ),
        ("delta: {$piece: 1}", "delta: a", "event 2: its template takes 4 values, but the row has 5"),
        ("{$like: created, ", "{$like: made, ", "event 6: there is no template `made` before it"),
        ("of: abcdefg", "of: [abcdefg]", "event 2: `of` of a column is not text"),
        ("before: \"2026-12-01T00:00:\"", "before: 7", "event 2: `before` of a column is not text"),
    ] {
        assert_eq!(edited(&NUMBERED, from, to).unwrap_err(), wanted, "{to}");
    }
}

#[test]
fn a_token_beside_the_text_follows_an_edit() {
    let events = edited(&NUMBERED, "Oslo. So", "Rome. So it is").unwrap();
    assert!(events[1].contains(r#""delta":"Ro","again":"Ro""#), "{events:?}");
    assert!(events[4].contains(r#""delta":" So it is","again":" So it is""#), "{events:?}");
}

const LLAMA: [&str; 3] = [
    r#"data: {"choices":[{"index":0,"delta":{"content":"Os"}}],"created":1,"id":"chatcmpl-1","model":"m"}"#,
    r#"data: {"choices":[{"index":0,"delta":{"content":"lo"}}],"created":1,"id":"chatcmpl-1","model":"m"}"#,
    r#"data: {"choices":[],"created":1,"id":"chatcmpl-1","model":"m","usage":{"total_tokens":9}}"#,
];

#[test]
fn what_all_events_have_is_written_once_wherever_it_stands() {
    insta::assert_snapshot!(shown(&LLAMA), @r#"
    sse:
      message:
        - {text: Oslo}
      common: {created: 1, id: chatcmpl-1, model: m}
      templates:
        chunk: {choices: [{index: 0, delta: {content: {$piece: 1}}}], $common: true}
      events:
        - [chunk, 2, 2]
        - {choices: [], $common: true, usage: {total_tokens: 9}}
    "#);
    let events = edited(&LLAMA, "id: chatcmpl-1", "id: chatcmpl-2").unwrap();
    assert!(
        events.iter().all(|event| event.contains(r#""created":1,"id":"chatcmpl-2","model":"m""#)),
        "{events:?}"
    );
}

/// The tokens of an answer, and words that are as likely.
fn tokens(count: usize, seed: usize) -> Vec<String> {
    let words = [
        " the",
        " of",
        "Bergen",
        ",",
        ".",
        "\n\n",
        " houses",
        " é",
        "…",
        " wooden",
        " 7",
        "\n",
        " \"Bryggen\"",
    ];
    (0..count).map(|at| words[(at * at + at / 5 + seed) % words.len()].to_owned()).collect()
}

/// The tokens of an answer of three paragraphs, and another one for another seed.
pub(super) fn prose(count: usize, seed: usize) -> Vec<String> {
    let tokens = tokens(count, seed).into_iter().enumerate();
    tokens
        .map(|(at, token)| if at % 46 == 45 { "\n\n".to_owned() } else { token.replace('\n', " so") })
        .collect()
}

/// An answer of a model in the events of OpenAI's chat, `id` and text apart the same.
pub(super) fn chat(id: &str, tokens: &[String], beside: impl Fn(usize, &str) -> String) -> Vec<String> {
    let event = |choices: &str, rest: &str| {
        format!(
            r#"data: {{"id":"chatcmpl-{id}","object":"chat.completion.chunk","created":1763731{id},"model":"gpt-4o-mini-2024-07-18","service_tier":"default","system_fingerprint":"fp_4adc7c518c","choices":[{choices}],"usage":{rest}}}"#
        )
    };
    let choice = |delta: &str, beside: &str, end: &str| {
        event(&format!(r#"{{"index":0,"delta":{delta},"logprobs":{beside},"finish_reason":{end}}}"#), "null")
    };
    let mut events = vec![choice(r#"{"role":"assistant","content":"","refusal":null}"#, "null", "null")];
    for (at, token) in tokens.iter().enumerate() {
        let text = Json::from(token.as_str()).compact();
        events.push(choice(&format!(r#"{{"content":{text}}}"#), &beside(at, token), "null"));
    }
    events.push(choice("{}", "null", r#""stop""#));
    let usage = format!(r#"{{"prompt_tokens":29,"completion_tokens":{0},"total_tokens":{0}}}"#, tokens.len());
    events.push(event("", &usage));
    events.push("data: [DONE]".to_owned());
    events
}

pub(super) fn in_a_cassette(events: &[String]) -> String {
    yaml::write(&Json::Object(vec![("sse".to_owned(), write(events, Lead::Data).unwrap())]))
}

/// How likely tokens were, as OpenAI says it.
fn likely(at: usize, token: &str) -> String {
    let one = |token: &str, number: usize| {
        let bytes = said::bytes(token).compact();
        let odd = if number.is_multiple_of(7) { "e-07" } else { "" };
        let token = Json::from(token).compact();
        format!(
            r#"{{"token":{token},"logprob":-{}.{}{odd},"bytes":{bytes}"#,
            number % 9,
            1234 + number * 7919 % 80_000
        )
    };
    let top = [token, " also", " as"]
        .into_iter()
        .enumerate()
        .map(|(place, token)| one(token, at * 3 + place) + "}");
    let top = top.collect::<Vec<_>>().join(",");
    format!(r#"{{"content":[{},"top_logprobs":[{top}]}}],"refusal":null}}"#, one(token, at * 3))
}

#[test]
fn probabilities_stand_in_columns_and_bytes_of_tokens_nowhere() {
    let events = chat("111", &tokens(6, 0), likely);
    insta::assert_snapshot!(in_a_cassette(&events), @r#"
    sse:
      message:
        - {text: " the of. wooden, the"}
      common: {id: chatcmpl-111, object: chat.completion.chunk, created: 1763731111,
        model: gpt-4o-mini-2024-07-18, service_tier: default, system_fingerprint: fp_4adc7c518c}
      templates:
        chunk: {choices: [{index: 0, delta: {content: {$piece: 1}},
          logprobs: {content: [{token: {$said: 1}, logprob: {$column: 2}, bytes: {$utf8: token},
          top_logprobs: [{token: {$said: 1}, logprob: {$again: 2}, bytes: {$utf8: token}},
          {token: " also", logprob: {$column: 3}, bytes: {$utf8: token}}, {token: " as",
          logprob: {$column: 4}, bytes: {$utf8: token}}]}], refusal: null}, finish_reason: null}],
          usage: null}
        chunk2: {choices: [{index: 0, delta: {role: assistant, content: "", refusal: null},
          logprobs: null, finish_reason: null}], usage: null}
      events:
        - [chunk2]
        - [chunk,
          [4, 3, 1, 7, 1, 4],
          [-0.1234e-07, -3.24991, -6.48748, -0.72505, -3.16262, -6.40019],
          [-1.9153, -4.32910, -7.56667e-07, -1.80424, -4.24181, -7.47938],
          [-2.17072, -5.40829, -8.64586, -2.8343, -5.32100e-07, -8.55857]]
        - {$like: chunk2, delta: {}, finish_reason: stop}
        - {choices: [], usage: {prompt_tokens: 29, completion_tokens: 6, total_tokens: 6}}
        - "data: [DONE]"
    "#);
    let form = write(&events, Lead::Data).unwrap();
    assert_eq!(read(&yaml::read(&yaml::write(&form)).unwrap(), Lead::Data), Ok(events));
}

#[test]
fn a_stream_with_probabilities_takes_a_quarter_of_its_events() {
    let events = chat("111", &tokens(120, 0), likely);
    let (text, raw) = (in_a_cassette(&events), events.iter().map(String::len).sum::<usize>());
    assert!(text.len() * 4 < raw, "{} of {raw} bytes: {text}", text.len());
    assert!(text.lines().count() < 120, "{text}");
}

#[test]
fn another_answer_changes_few_lines() {
    let none = |_: usize, _: &str| "null".to_owned();
    let [old, new] =
        [("111", 0), ("222", 5)].map(|(id, seed)| in_a_cassette(&chat(id, &tokens(138, seed), none)));
    let is_new = |line: &&str| !old.lines().any(|other| other == *line);
    let of_the_message = new.split("common:").next().unwrap().lines().filter(is_new).count();
    let changed = new.lines().filter(is_new).count() - of_the_message;
    assert!(changed <= 10, "{changed} lines beside the message:\n{new}");
    let beside = new.split("events:").nth(1).unwrap().lines().count();
    assert!(beside <= 12, "{beside} lines: {new}");
}

#[test]
fn a_stream_that_would_take_more_in_rows_stays_as_it_came() {
    let number = |event: usize, at: usize| format!(r#""k{at}":{}"#, (event + at * 7) % 10);
    let event = |event| (0..300).map(|at| number(event, at)).collect::<Vec<_>>().join(",");
    let events: Vec<String> = (0..2).map(|at| format!("data: {{{}}}", event(at))).collect();
    assert!(write(&events, Lead::Data).is_none());
}

#[test]
fn what_a_mark_names_has_to_be_there() {
    let form = |tree: &str, row: &str| {
        let text = format!("templates:\n  t: {tree}\nevents:\n  - {row}\n");
        read(&yaml::read(&text).unwrap(), Lead::Nothing)
    };
    assert_eq!(
        form("{token: é, bytes: {$utf8: token}}", "[t]"),
        Ok(owned(&[r#"{"token":"é","bytes":[195,169]}"#]))
    );
    assert_eq!(form("{a: {$column: 1}, b: {$again: 1}}", "[t, 7.5]"), Ok(owned(&[r#"{"a":7.5,"b":7.5}"#])));
    assert_eq!(form("{a: {$number: 2e-06}}", "[t]"), Ok(owned(&[r#"{"a":2e-06}"#])));
    assert_eq!(form("{a: {$column: 1}}", "[t, 2e-06 × 1]"), Ok(owned(&[r#"{"a":2e-06}"#])));
    for (tree, wanted) in [
        ("{bytes: {$utf8: token}, token: é}", "`$utf8` names no text that stands shortly before it"),
        ("{token: 7, bytes: {$utf8: token}}", "`$utf8` names no text that stands shortly before it"),
        ("{a: {$again: 1}}", "`$again` names no value of the row: there are 0"),
        ("{a: {$number: seven}}", "`$number` is not the text of a number"),
        ("{a: {$number: '[1]'}}", "`$number` is not the text of a number"),
    ] {
        assert_eq!(form(tree, "[t]").unwrap_err(), format!("event 1: {wanted}"), "{tree}");
    }
}

#[test]
fn a_shared_value_has_other_fields_only_where_it_has_them() {
    let form = |value: &str| {
        let text = format!("shared:\n  - {{a: 1, b: 2}}\nevents:\n  - {{c: {value}}}\n");
        read(&yaml::read(&text).unwrap(), Lead::Nothing)
    };
    assert_eq!(form("{$shared: 1, but: {b: 3}}"), Ok(owned(&[r#"{"c":{"a":1,"b":3}}"#])));
    for (value, wanted) in [
        ("{$shared: 1, but: {state: 3}}", "event 1: the shared value has no field `state`"),
        ("{$shared: 1, put: {b: 3}}", "event 1: `put` cannot stand beside `$shared`"),
    ] {
        assert_eq!(form(value).unwrap_err(), wanted);
    }
}

#[test]
fn what_an_event_has_otherwise_is_the_outermost_field_of_that_name_or_comes_last() {
    let form = |event: &str| {
        let templates =
            "templates:\n  t: {a: {b: 1, c: [{b: 2, d: 3}]}, d: {$count: 0}}\n  u: {$like: t, d: 7}\n";
        read(&yaml::read(&format!("{templates}events:\n  - {event}\n")).unwrap(), Lead::Nothing)
    };
    for (event, wanted) in [
        ("{$like: t}", r#"{"a":{"b":1,"c":[{"b":2,"d":3}]},"d":0}"#),
        ("{$like: u}", r#"{"a":{"b":1,"c":[{"b":2,"d":3}]},"d":7}"#),
        ("{$like: t, b: 9}", r#"{"a":{"b":9,"c":[{"b":2,"d":3}]},"d":0}"#),
        ("{$like: t, e: 8, d: 9, c: {}}", r#"{"a":{"b":1,"c":{}},"d":9,"e":8}"#),
    ] {
        assert_eq!(form(event), Ok(owned(&[wanted])), "{event}");
    }
    assert_eq!(
        form("{a: {$like: t}}").unwrap_err(),
        "event 1: `$like` stands beside the fields of an event, not within one"
    );
    assert_eq!(
        form("{$whole: 1}").unwrap_err(),
        "event 1: `$whole` stands for a value, and not among the fields of an event"
    );
}

#[test]
fn an_event_that_is_laid_out_in_another_way_says_so() {
    let text = shown(&[CHAT[0], r#"data: {"type": "ping"}"#, CHAT[1], CHAT[2], CHAT[3]]);
    assert!(text.contains("\n    - {$layout: spaced-colons, type: ping}\n"), "{text}");
    let form = |layout: &str| {
        let text = format!("events:\n  - {{$layout: {layout}, type: ping}}\n");
        read(&yaml::read(&text).unwrap(), Lead::Nothing)
    };
    assert_eq!(form("spaced-colons"), Ok(owned(&[r#"{"type": "ping"}"#])));
    assert!(form("spaced").unwrap_err().starts_with("event 1: unknown layout"));
}

#[test]
fn shared_values_cannot_ask_for_gigabytes() {
    let text = "shared:\n  - [{$shared: 2}, {$shared: 2}]\n  - [{$shared: 1}, {$shared: 1}]\nevents:\n  - {a: {$shared: 1}}\n";
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
    let many = |mark: &str| format!("{{a: [{}]}}", [mark; 2000].join(", "));
    let template = |tree: &str| format!("templates:\n  t: {tree}\n");
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
        (format!("templates:\n  t: {{$before: {long}}}\n"), "[t]".to_owned(), 3000),
        (template("{a: 1, $pad: true}"), "[t, 60000]".to_owned(), 3000),
        (template(&format!("{{a: {long}}}")), "{$like: t, a: 1}".to_owned(), 3000),
        (
            format!(
                "shared:\n  - {long}\n{}  u: {{$like: t}}\n",
                template(&format!("{{a: [{}]}}", vec!["{$shared: 1}"; 2000].join(", ")))
            ),
            "[u]".to_owned(),
            1,
        ),
        (template("{}"), "[t × 1000000000000]".to_owned(), 3),
        (template("{}"), "[t × 99999999999999999999999]".to_owned(), 1),
        (template("{}"), "[t × 50000]".to_owned(), 300),
        (template("{a: {$column: 1}}"), "[t, 1 × 1000000000000]".to_owned(), 3),
        (template("{a: {$column: 1}}"), "[t, 1 … 1000000000000]".to_owned(), 3),
        (
            format!("shared:\n  - {{a: {long}, b: 1}}\n{}", template("{c: {$shared: 1, but: {b: 2}}}")),
            "[t]".to_owned(),
            3000,
        ),
        (template(&format!("{{a: {{$column: 1, before: {long}}}}}")), "[t, 1 × 3000]".to_owned(), 1),
        (
            template("{a: {$column: 1}}"),
            "[t, 1 × 18446744073709551615, 1 × 18446744073709551615]".to_owned(),
            1,
        ),
        (template("{a: {$column: 1}, b: {$column: 2}}"), format!("[t × 100000, {long}, b]"), 1),
        (
            format!("message:\n  - text: {long}\n{}", template("{a: {$piece: 1}}")),
            "[t, 0 × 900000000]".to_owned(),
            1,
        ),
        (String::new(), "{$pad: 18446744073709551615}".to_owned(), 3),
        (format!("layout: pretty-mixed-{}\n", "st".repeat(5000)), format!("{{a: {deep}}}"), 300),
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
    let event = |number: u32| format!(r#"data: {{"type":"ping","n":{}}}"#, number * number % 97);
    let events: Vec<String> = (0..20_000).map(event).collect();
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
    let text = "message:\n  - {text: Hello}\n  - {text: Nobody}\nevents:\n  - {a: {$piece: 1, take: 9}}\n";
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

#[test]
fn an_event_whose_json_stands_in_a_field_as_it_did_before_the_first_release_is_refused() {
    for (from, to) in [
        (
            "- {choices: [], usage: {prompt_tokens: 9, completion_tokens: 3, total_tokens: 12}}",
            "- {json: {choices: []}}",
        ),
        (
            "- {$like: chunk, delta: {role: assistant, content: \"\"}}",
            "- {event: a, pad: 3, json: {choices: []}}",
        ),
        (
            "chunk: {choices: [{index: 0, delta: {content: {$piece: 1}}, finish_reason: null}]}",
            "chunk: {json: {a: {$piece: 1}}}",
        ),
    ] {
        let refused = edited(&CHAT, from, to).unwrap_err();
        assert!(
            refused.contains("stands in no field `json` or `bytes` any more: record this again"),
            "{refused}"
        );
    }
}

#[test]
fn an_event_that_has_such_a_field_of_its_own_comes_back_as_it_was() {
    let older = [r#"data: {"json":{"a":1}}"#, r#"data: {"event":"a","json":{"a":1},"pad":3}"#];
    let events: Vec<&str> = CHAT.into_iter().chain(older).collect();
    let form = write(&owned(&events), Lead::Data).unwrap();
    assert_eq!(read(&form, Lead::Data).unwrap(), events);
    assert!(yaml::write(&form).contains("{text: Oslo is cold.}"), "{form:?}");
    let events = owned(&[r#"data: {"id":1,"json":{"a":1}}"#, r#"data: {"id":1,"json":{"a":2},"b":[1]}"#]);
    if let Some(form) = write(&events, Lead::Data) {
        assert_eq!(read(&form, Lead::Data).unwrap(), events);
    }
}

/// An event of one of the protocols: where TEXT stands, some text, and where ARGS stands, any JSON.
fn any_protocol() -> impl Strategy<Value = String> {
    const EVENTS: [&str; 21] = [
        r#"{"event":TEXT,"json":{"n":N},"pad":N}"#,
        r#"{"choices":[{"index":N,"delta":{"content":TEXT},"logprobs":{"content":[{"token":TEXT,"logprob":-1.N,"bytes":[97],"top_logprobs":[{"token":TEXT,"logprob":-1.N,"bytes":[97]},{"token":"b","logprob":-Ne-07,"bytes":[98,N]}]}]}}],"id":"i","m":1}"#,
        r#"{"choices":[],"id":"i","m":1,"usage":{"total":N,"cost":Ne-06,"at":"2026-12-01T00:00:0N.5Z","pad":"abcdefgh"}}"#,
        r#"{"type":"response.completed","response":{"a":1,"b":2,"c":[],"d":null,"e":"a text that is rather long, longer than others","f":N,"g":{"x":TEXT}}}"#,
        r#"{"p":"abcdefNgh","n":N,"item_id":"item_identifier_N_of_the_stream","again":TEXT,"usage":{"a":1,"b":{"c":N}}}"#,
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
            let event = ["-1.N", "-Ne-07", "Ne-06", ":0N.5", "fNg", "_N_", ",N]"]
                .iter()
                .fold(event, |event, from| event.replace(from, &from.replace('N', &number.to_string())));
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
    let padded = (0..9usize, 0..3u8).prop_map(|(length, number)| {
        let pad = &"abcdefgh"[..length.min(8)];
        format!(
            "event: t\ndata: {{\"type\":\"t\",\"n\":{number},\"p\":\"{pad}\",\"id\":\"identifier_{length}\"}}"
        )
    });
    let event = prop_oneof![5 => chat, 5 => any_protocol(), 3 => padded, 3 => counted, 1 => json, 1 => named, 1 => any::<String>()];
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
