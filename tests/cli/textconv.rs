//! `textconv`: what git compares.

use std::fs;

use crate::run::{Call, folder, package, printed, run};

const CHAT: &str = "https://api.openai.com/v1/chat/completions";

fn answer(id: &str, created: u64, text: &str) -> String {
    format!(
        r#"{{"id":"{id}","created":{created},"system_fingerprint":"fp_{created}","choices":[{{"index":0,"message":{{"role":"assistant","content":"{text}"}},"finish_reason":"stop"}}]}}"#
    )
}

#[test]
fn a_cassette_reads_as_conversations() {
    insta::assert_snapshot!(printed(package(), &["textconv", "cassettes/agent/looks_up_the_weather.yaml"]), @r#"
    # POST http://127.0.0.1:32905/v1/chat/completions
    model: gpt-4o-mini, answered by gpt-4o-mini-2024-07-18
    tool get_weather:
      The weather of a city
      {
        "parameters": {
          "properties": {
            "city": {
              "description": "Name of the city",
              "type": "string"
            }
          },
          "required": [
            "city"
          ],
          "type": "object"
        }
      }

    system:
      You help travellers.
      Answer in one sentence.

    user:
      What is the weather in Oslo?

    answer (tool_calls):
      get_weather(city: "Oslo")

    # POST http://127.0.0.1:32905/v1/chat/completions
    model: gpt-4o-mini, answered by gpt-4o-mini-2024-07-18
    tools: as before

    (3 messages as in an earlier conversation)

    tool:
      get_weather → 4 °C, light rain

    answer (stop):
      The tool says: 4 °C, light rain
    "#);
}

#[test]
fn what_changes_with_each_recording_is_not_in_it() {
    let request = r#"{"model":"gpt-4o","messages":[{"role":"user","content":"Hi"}]}"#;
    let told = |id, created| {
        let folder = folder(&[Call::json(CHAT, request, &answer(id, created, "Hello"))]);
        printed(folder.path(), &["textconv", "talk.yaml"])
    };
    assert_eq!(told("chatcmpl-1a", 1_763_731_265), told("chatcmpl-2B", 1_763_731_999));
    let upload = |id: &str, created: u64| {
        let response =
            format!(r#"{{"object":"file","id":"{id}","created_at":{created},"filename":"a.txt"}}"#);
        let folder = folder(&[Call::json("https://api.openai.com/v1/files", "{}", &response)]);
        printed(folder.path(), &["textconv", "talk.yaml"])
    };
    assert_eq!(upload("file-1a", 1_763_731_265), upload("file-2B", 1_763_731_999));
    assert!(upload("file-1a", 1).contains("a.txt"));
}

#[test]
fn a_change_of_a_prompt_or_a_tool_is_in_it() {
    let told = |content: &str, schema: &str| {
        let request = format!(
            r#"{{"model":"gpt-4o","messages":[{{"role":"user","content":"{content}"}}],"tools":[{{"type":"function","function":{{"name":"f","parameters":{schema}}}}}]}}"#
        );
        let folder = folder(&[Call::json(CHAT, &request, &answer("a", 1, "Hello"))]);
        printed(folder.path(), &["textconv", "talk.yaml"])
    };
    let first = told("Hi", r#"{"type":"object"}"#);
    assert_ne!(first, told("Ho", r#"{"type":"object"}"#));
    assert_ne!(first, told("Hi", r#"{"type":"object","id":"Number9"}"#));
}

#[test]
fn a_file_that_is_no_whole_cassette_is_printed_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let whole = fs::read(package().join("cassettes/agent/looks_up_the_weather.yaml")).unwrap();
    let broken: [&[u8]; 6] = [
        b"",
        b"\xff\xfe no text",
        b"a: b\n",
        &whole[..whole.len() / 4],
        // One interaction is whole.
        &whole[..whole.len() * 3 / 4],
        b"# llm-cassette 1\n--- # x\nkey: [\n...\n",
    ];
    for bytes in broken {
        fs::write(folder.path().join("some.yaml"), bytes).unwrap();
        let ran = crate::run::command(folder.path()).args(["textconv", "some.yaml"]).output().unwrap();
        assert!(ran.status.success());
        assert_eq!(ran.stdout, bytes);
    }
}

#[test]
fn a_file_that_is_not_there_is_an_error() {
    assert_eq!(run(package(), &["textconv", "no.yaml"]).code, 2);
}

#[test]
fn what_a_recording_says_cannot_move_the_cursor() {
    let hostile = r"\u001b[2Jgone\r\u202etxt";
    let request = r#"{"model":"gpt-4o","messages":[{"role":"user","content":"Hi"}]}"#;
    let folder = folder(&[Call::json(CHAT, request, &answer("a", 1, hostile))]);
    for command in ["textconv", "show"] {
        let told = printed(folder.path(), &[command, "talk.yaml"]);
        assert!(!told.contains(['\u{1b}', '\r', '\u{202e}']), "{told:?}");
        assert!(told.contains("gone"), "{told}");
    }
}
