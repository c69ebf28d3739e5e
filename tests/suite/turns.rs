//! A conversation grows by what is new: a request stores what it says beyond the turn that it extends.

use std::process::Command;

use llm_cassette::{Cassette, Error, ErrorKind, Mode};
use reqwest_middleware::ClientWithMiddleware;
use serde_json::{Value, json};

use crate::child;
use crate::misses::without_name;
use crate::stand_in::{Gate, Script, StandIn};
use crate::support::*;

/// The schemas of the tools that an agent has: about 30 KB.
fn tools() -> Value {
    let tool = |n: usize| {
        let words = format!("What number {n} is for, told at length for the model. ");
        let field =
            |name: &str| json!({"type": "string", "description": format!("{name}: {}", words.repeat(3))});
        let parameters =
            json!({"type": "object", "properties": {"city": field("city"), "area": field("area")}});
        json!({"type": "function", "function": {
            "name": if n == 0 { "get_weather".to_owned() } else { format!("number_{n}") },
            "description": words.repeat(4),
            "parameters": parameters,
        }})
    };
    json!((0..48).map(tool).collect::<Vec<_>>())
}

/// An agent, whose every request has all that was said before. Of three requests, one leads to a call of a tool.
struct Agent {
    client: ClientWithMiddleware,
    url: String,
    messages: Vec<Value>,
    tools: Value,
    asked: usize,
}

impl Agent {
    fn new(cassette: &Cassette, base: &str) -> Agent {
        let system = format!("You help travellers.\n{}", "Be brief and kind. ".repeat(10));
        Agent {
            client: client(cassette),
            url: format!("{base}/v1/chat/completions"),
            messages: vec![json!({"role": "system", "content": system})],
            tools: tools(),
            asked: 0,
        }
    }

    /// The next request, or the error that it got.
    async fn request(&mut self) -> Result<String, String> {
        let last = self.messages.last().unwrap();
        match last["tool_calls"].get(0) {
            Some(call) => {
                let result =
                    json!({"role": "tool", "tool_call_id": call["id"], "content": "4 °C, light rain"});
                self.messages.push(result);
            }
            None => {
                let n = self.asked;
                let question = if n.is_multiple_of(2) {
                    format!("What is {n} times 7?")
                } else {
                    format!("How is the weather, day {n}?")
                };
                self.messages.push(json!({"role": "user", "content": question}));
                self.asked += 1;
            }
        }
        let body = json!({"model": "gpt-4o-mini", "messages": self.messages, "tools": self.tools});
        let response = post(&self.client, &self.url, body.to_string()).await;
        let response = response.map_err(|error| Error::find_in(&error).unwrap().to_string())?;
        let text = response.text().await.unwrap();
        let answer: Value = serde_json::from_str(&text).unwrap();
        self.messages.push(answer["choices"][0]["message"].clone());
        Ok(text)
    }

    async fn requests(&mut self, count: usize) -> Vec<String> {
        let mut answers = Vec::new();
        for _ in 0..count {
            answers.push(self.request().await.unwrap());
        }
        answers
    }
}

/// Runs an agent for some requests, and finishes.
async fn run_agent(cassette: &Cassette, base: &str, requests: usize) -> Vec<String> {
    let answers = Agent::new(cassette, base).requests(requests).await;
    cassette.finish().unwrap();
    answers
}

/// What a fresh reading of a cassette has the agent get.
async fn replayed(folder: &Folder, base: &str, requests: usize) -> Vec<String> {
    run_agent(&folder.open(Mode::Replay), base, requests).await
}

/// For each document the place of that which it extends.
fn extended(text: &str) -> Vec<Option<usize>> {
    let documents = documents(text);
    let key_of = |document| field(document, "key: ").unwrap().trim_matches('"').to_owned();
    let keys: Vec<String> = documents.iter().copied().map(key_of).collect();
    let key = |document: &str| field(document, "  extends: ").map(|reference| reference[..64].to_owned());
    documents
        .iter()
        .map(|document| keys.iter().position(|other| Some(other) == key(document).as_ref()))
        .collect()
}

fn field<'a>(document: &'a str, start: &str) -> Option<&'a str> {
    document.lines().find_map(|line| line.strip_prefix(start))
}

#[tokio::test]
async fn forty_turns_take_at_most_2_2_times_the_file_of_twenty() {
    let provider = StandIn::start().await;
    let mut sizes = Vec::new();
    for turns in [20, 40] {
        let folder = Folder::new();
        let answers = run_agent(&folder.open(Mode::Record), &provider.url(), turns).await;
        assert_eq!(replayed(&folder, &provider.url(), turns).await, answers);
        let each_the_one_before: Vec<_> = (0..turns).map(|turn| turn.checked_sub(1)).collect();
        assert_eq!(extended(&folder.text()), each_the_one_before);
        sizes.push(folder.text().len());
    }
    println!(
        "tools of {} bytes: 20 turns take {} bytes, 40 turns {}",
        tools().to_string().len(),
        sizes[0],
        sizes[1]
    );
    assert!(tools().to_string().len() > 30_000);
    assert!(sizes[1] * 10 <= sizes[0] * 22, "{sizes:?}");
}

#[tokio::test]
async fn a_turn_shows_what_is_new() {
    let provider = StandIn::start().await;
    provider.stable(true);
    let folder = Folder::new();
    run_agent(&folder.open(Mode::Record), &provider.url(), 3).await;
    let text = folder.text();
    let third = documents(&text)[2];
    let request = &third[third.find("request:").unwrap()..third.find("response:").unwrap()];
    let request = request.replace(&provider.url(), "https://api.example.com");
    // The port of the stand-in is a part of the key.
    let key = &field(third, "  extends: ").unwrap()[..64];
    let request = request.replace(key, "(64 digits)");
    insta::assert_snapshot!(request, @r#"
    request:
      method: POST
      url: https://api.example.com/v1/chat/completions
      headers: {content-type: application/json}
      extends: (64 digits) sum dc359ca7
      json:
        messages:
          - {$same: 4}
          - annotations: []
            content: null
            refusal: null
            role: assistant
            tool_calls:
              - function:
                  arguments: '{"area":"How is the weather, day 1","city":"How is the weather, day 1"}'
                  name: get_weather
                id: call_6mx0A6jivVCCSP9h0fSmRk6T
                type: function
          - content: 4 °C, light rain
            role: tool
            tool_call_id: call_6mx0A6jivVCCSP9h0fSmRk6T
        model: gpt-4o-mini
        tools: {$same: all}
    "#);
}

#[tokio::test]
async fn turns_may_be_asked_for_in_any_order_and_by_several_processes() {
    if let Some(child) = child::role() {
        let cassette = child.open(Mode::Replay);
        Agent::new(&cassette, &child.base).requests(12).await;
        assert_eq!(cassette.finish().unwrap().unused, Vec::<String>::new());
        return;
    }
    let provider = StandIn::start().await;
    let folder = Folder::new();
    let answers = run_agent(&folder.open(Mode::Record), &provider.url(), 12).await;
    let asked = provider.requests();

    let children: Vec<_> =
        (0..3).map(|_| child::start(&|| {}, "replay", &folder.file(), &provider.url())).collect();
    let cassette = folder.open(Mode::Replay);
    let client = client(&cassette);
    for (request, answer) in asked.iter().zip(&answers).rev() {
        let body = String::from_utf8(request.body.to_vec()).unwrap();
        let response = post(&client, &format!("{}{}", provider.url(), request.path()), body).await.unwrap();
        assert_eq!(response.text().await.unwrap(), *answer);
    }
    cassette.finish().unwrap();
    for child in children {
        let (status, said) = child::outcome(child).await;
        assert_eq!(status, Some(0), "{said}");
    }
    assert_eq!(provider.calls(), 12);
}

#[tokio::test]
async fn a_conversation_that_is_continued_another_day_goes_on_from_what_was_played() {
    let provider = StandIn::start().await;
    let folder = Folder::new();
    run_agent(&folder.open(Mode::Record), &provider.url(), 20).await;
    let before = folder.text();
    let cassette = folder.open(Mode::Record);
    let answers = Agent::new(&cassette, &provider.url()).requests(40).await;
    let report = cassette.finish().unwrap();
    assert_eq!((report.played, report.recorded), (20, 20));
    let after = folder.text();
    assert!(after.starts_with(&before), "what is there is not written again");
    assert_eq!(extended(&after)[20], Some(19));
    assert!(after.len() * 10 <= before.len() * 22, "{} {}", before.len(), after.len());
    assert_eq!(replayed(&folder, &provider.url(), 40).await, answers);
}

#[tokio::test]
async fn each_turn_is_on_disk_and_replays_before_the_run_is_over() {
    let provider = StandIn::start().await;
    let folder = Folder::new();
    let cassette = folder.open(Mode::Record);
    let mut agent = Agent::new(&cassette, &provider.url());
    let mut answers = Vec::new();
    for turn in 1..=6 {
        answers.push(agent.request().await.unwrap());
        assert_eq!(replayed(&folder, &provider.url(), turn).await, answers);
    }
    let text = folder.text();
    cassette.finish().unwrap();
    assert_eq!(folder.text(), text, "finishing changes nothing where calls ended as they began");
}

#[tokio::test]
async fn what_a_turn_extends_does_not_depend_on_which_call_was_quicker() {
    const ENDS: [&str; 3] = ["and in winter?", "and in summer?", "and in spring?"];
    let provider = StandIn::start().await;
    provider.stable(true);
    let mut files = Vec::new();
    for (mode, order) in [
        (Mode::Record, [0, 1, 2]),
        (Mode::Record, [2, 1, 0]),
        (Mode::Record, [1, 2, 0]),
        (Mode::Refresh, [2, 0, 1]),
    ] {
        let folder = Folder::new();
        let cassette = folder.open(mode);
        let mut calls = Vec::new();
        for end in ENDS {
            let gate = Gate::closed();
            provider.on(Script::answer().when(asks(end)).hold(&gate));
            let messages = [
                json!({"role": "user", "content": "How is the weather in Oslo? ".repeat(20)}),
                json!({"role": "user", "content": end}),
            ];
            let body = json!({"model": "gpt-4o-mini", "messages": messages}).to_string();
            let (client, url) = (client(&cassette), format!("{}/v1/chat/completions", provider.url()));
            let call =
                tokio::spawn(async move { post(&client, &url, body).await.unwrap().text().await.unwrap() });
            gate.arrived(1).await;
            calls.push(Some((gate, call)));
        }
        for n in order {
            let (gate, call) = calls[n].take().unwrap();
            gate.open();
            call.await.unwrap();
        }
        cassette.finish().unwrap();
        let text = folder.text();
        assert_eq!(extended(&text), [None, Some(0), Some(1)], "{text}");
        files.push(
            text.lines().filter(|line| !line.starts_with("recorded_at: ")).collect::<Vec<_>>().join("\n"),
        );
    }
    assert!(files.iter().all(|file| *file == files[0]));
}

#[tokio::test]
async fn two_that_record_one_conversation_at_once_each_replay_their_own() {
    let provider = StandIn::start().await;
    let folder = Folder::new();
    let cassettes = [folder.open(Mode::Record), folder.open(Mode::Record)];
    let [mut one, mut two] = [0, 1].map(|n| Agent::new(&cassettes[n], &provider.url()));
    // The ids of their calls differ, and the keys of their requests do not.
    for _ in 0..9 {
        one.request().await.unwrap();
        two.request().await.unwrap();
    }
    for finished in [false, true] {
        if finished {
            for cassette in &cassettes {
                cassette.finish().unwrap();
            }
        }
        let cassette = folder.open(Mode::Replay);
        // The requests of the second come first, word for word.
        for agent in [&two, &one] {
            let mut again = Agent::new(&cassette, &provider.url());
            for turn in agent.messages.iter().skip(1).filter(|message| message["role"] == "assistant") {
                let answer: Value = serde_json::from_str(&again.request().await.unwrap()).unwrap();
                let said = &answer["choices"][0]["message"];
                assert_eq!(said["content"], turn["content"]);
            }
        }
        let keys = documents(&folder.text()).iter().filter(|document| document.contains("extends: ")).count();
        assert_eq!(keys, 16);
    }
}

#[tokio::test]
async fn a_refresh_that_gets_the_same_answers_changes_no_line() {
    let provider = StandIn::start().await;
    let folder = Folder::new();
    run_agent(&folder.open(Mode::Record), &provider.url(), 12).await;
    let before = folder.text();
    provider.salt(1);
    run_agent(&folder.builder(Mode::Refresh).one_test(true).open().unwrap(), &provider.url(), 12).await;
    assert_eq!(folder.text(), before);
}

#[tokio::test]
async fn a_refresh_in_which_a_turn_changed_replays_as_it_was_seen() {
    for owned in [true, false] {
        let provider = StandIn::start().await;
        let folder = Folder::new();
        let before = run_agent(&folder.open(Mode::Record), &provider.url(), 9).await;
        // Another answer to the fourth, and so other requests from the fifth on.
        provider.on(Script::says("Six times seven is a lot.").when(asks("What is 2 times 7?")));
        let builder = folder.builder(Mode::Refresh);
        let cassette = builder.one_test(owned).open().unwrap();
        let after = run_agent(&cassette, &provider.url(), 9).await;
        assert!(after[3].contains("a lot") && !before[3].contains("a lot"));
        // What was answered the same is as it was, ids and all.
        let seen = [&before[..3], &after[3..]].concat();
        assert_eq!(replayed(&folder, &provider.url(), 9).await, seen);
        // In a cassette that tests share, the old turns stay, and say what they said.
        assert_eq!(documents(&folder.text()).len(), if owned { 9 } else { 14 });
        if !owned {
            let cassette = folder.open(Mode::Replay);
            let url = format!("{}/v1/chat/completions", provider.url());
            let old = provider.requests()[8].clone();
            let body = String::from_utf8(old.body.to_vec()).unwrap();
            let answer = post(&client(&cassette), &url, body).await.unwrap().text().await.unwrap();
            assert_eq!(answer, before[8]);
        }
    }
}

#[tokio::test]
async fn a_turn_whose_base_a_refresh_takes_out_is_written_again() {
    let provider = StandIn::start().await;
    let folder = Folder::new();
    let system = "You help travellers. ".repeat(30);
    let body = |text: &str| {
        let messages =
            [json!({"role": "system", "content": system}), json!({"role": "user", "content": text})];
        json!({"model": "gpt-4o-mini", "messages": messages}).to_string()
    };
    let url = format!("{}/v1/chat/completions", provider.url());
    let cassette = folder.open(Mode::Record);
    for text in ["one", "two", "three"] {
        post(&client(&cassette), &url, body(text)).await.unwrap().text().await.unwrap();
    }
    cassette.finish().unwrap();
    let before = folder.text();
    assert_eq!(extended(&before), [None, Some(0), Some(1)]);

    let cassette = folder.builder(Mode::Refresh).one_test(true).open().unwrap();
    for text in ["two", "three"] {
        post(&client(&cassette), &url, body(text)).await.unwrap().text().await.unwrap();
    }
    assert_eq!(cassette.finish().unwrap().removed, 1);
    let after = folder.text();
    assert_eq!(extended(&after), [None, Some(0)]);
    assert_eq!(
        documents(&after)[1],
        documents(&before)[2],
        "who extends what is still there keeps every byte"
    );
    let cassette = folder.open(Mode::Replay);
    for text in ["three", "two"] {
        post(&client(&cassette), &url, body(text)).await.unwrap().text().await.unwrap();
    }
}

#[tokio::test]
async fn a_turn_that_others_extend_is_missed_by_name_when_somebody_deletes_it() {
    let provider = StandIn::start().await;
    let folder = Folder::new();
    run_agent(&folder.open(Mode::Record), &provider.url(), 4).await;
    let text = folder.text();
    let second = documents(&text)[1].to_owned();
    std::fs::write(folder.file(), text.replace(&second, "")).unwrap();
    let cassette = folder.open(Mode::Replay);
    let mut agent = Agent::new(&cassette, &provider.url());
    agent.request().await.unwrap();
    agent.messages.push(json!({"role": "user", "content": "Anything else?"}));
    let error = agent.request().await.unwrap_err();
    let line =
        text.replace(&second, "").lines().position(|line| line.starts_with("  extends: ")).unwrap() + 1;
    let key = &field(&second, "key: ").unwrap().trim_matches('"')[..8];
    let error = error.replace(&folder.file().display().to_string(), "test.yaml");
    let error = without_name(&error.replace(&format!(":{line}:"), ":LINE:").replace(key, "KEY"));
    insta::assert_snapshot!(error, @r"
    test.yaml:LINE: this extends the request KEY…, which is not in the file
    hint: restore the file with `git checkout -- test.yaml`, or delete this document and what extends it and run `LLM_CASSETTE_MODE=record cargo test NAME`
    ");
}

#[tokio::test]
async fn an_edit_of_an_early_turn_is_an_edit_of_all_that_extend_it() {
    let provider = StandIn::start().await;
    let folder = Folder::new();
    let answers = run_agent(&folder.open(Mode::Record), &provider.url(), 6).await;
    let text = folder.text();
    assert_eq!(text.matches("You help travellers.").count(), 1);
    std::fs::write(folder.file(), text.replace("You help travellers.", "You help sailors.")).unwrap();

    let cassette = folder.open(Mode::Replay);
    let mut agent = Agent::new(&cassette, &provider.url());
    let error = agent.request().await.unwrap_err();
    assert!(error.contains("message 1 (system) changed"), "{error}");
    let mut agent = Agent::new(&cassette, &provider.url());
    let system = agent.messages[0]["content"].as_str().unwrap().replace("travellers", "sailors");
    agent.messages[0]["content"] = system.into();
    assert_eq!(agent.requests(6).await, answers);
}

#[tokio::test]
async fn anthropic_moves_a_mark_from_turn_to_turn_and_the_file_grows_by_what_is_new() {
    let provider = StandIn::start().await;
    let folder = Folder::new();
    let cassette = folder.open(Mode::Record);
    let client = client(&cassette);
    let url = format!("{}/v1/messages", provider.url());
    let cached = |text: &str| json!([{"type": "text", "text": text, "cache_control": {"type": "ephemeral"}}]);
    let plain = |text: &str| json!([{"type": "text", "text": text}]);
    let mut said: Vec<Value> = Vec::new();
    let mut sizes = Vec::new();
    for turn in 0..10 {
        let question = format!("What is {turn} times 7? {}", "Think of it. ".repeat(20));
        let mut messages = said.clone();
        messages.push(json!({"role": "user", "content": cached(&question)}));
        said.push(json!({"role": "user", "content": plain(&question)}));
        let system = cached(&"You help travellers. ".repeat(50));
        let body =
            json!({"model": "claude-sonnet-4-5", "max_tokens": 100, "system": system, "messages": messages});
        let answer = post(&client, &url, body.to_string()).await.unwrap().text().await.unwrap();
        let answer: Value = serde_json::from_str(&answer).unwrap();
        said.push(json!({"role": "assistant", "content": answer["content"]}));
        sizes.push(folder.text().len());
    }
    cassette.finish().unwrap();
    let grown: Vec<usize> = sizes.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(grown[8] < grown[1] + 200, "{grown:?}");
    assert_eq!(folder.text().matches("    system: {$same: all}\n").count(), 9);
}

#[tokio::test]
async fn an_answer_that_echoes_instructions_and_tools_has_them_once() {
    let provider = StandIn::start().await;
    let folder = Folder::new();
    let url = format!("{}/v1/responses", provider.url());
    let run = async |cassette: &Cassette| {
        let (mut input, mut answers) = (Vec::new(), Vec::new());
        for turn in 0..6 {
            input.push(json!({"role": "user", "content": format!("What is {turn} times 7?")}));
            let instructions = "You help travellers. ".repeat(100);
            let body = json!({"model": "gpt-4o-mini", "instructions": instructions, "input": input, "tools": tools()});
            let answer = post(&client(cassette), &url, body.to_string()).await.unwrap().text().await.unwrap();
            let parsed: Value = serde_json::from_str(&answer).unwrap();
            input.extend(parsed["output"].as_array().unwrap().clone());
            answers.push(answer);
        }
        cassette.finish().unwrap();
        answers
    };
    let answers = run(&folder.open(Mode::Record)).await;
    assert_eq!(run(&folder.open(Mode::Replay)).await, answers);
    let text = folder.text();
    for field in ["instructions", "tools"] {
        let marks = text.matches(&format!("    {field}: {{$same: all}}\n")).count();
        assert_eq!(marks, 10, "five requests and five answers");
    }
}

#[tokio::test]
async fn a_body_that_has_marks_of_its_own_is_what_it_was() {
    let provider = StandIn::start().await;
    let folder = Folder::new();
    let url = format!("{}/v1/chat/completions", provider.url());
    let bodies: Vec<String> = (0..4)
        .map(|turn| {
            let mark =
                json!({"$same": "all", "of": {"$same": 2}, "$$same": "You help travellers. ".repeat(20)});
            let messages: Vec<Value> =
                (0..=turn).map(|n| json!({"role": "user", "content": [{"$same": n}, mark]})).collect();
            json!({"model": "gpt-4o-mini", "messages": messages, "$same": "all", "$$same": mark}).to_string()
        })
        .collect();
    for mode in [Mode::Record, Mode::Replay] {
        let cassette = folder.open(mode);
        for body in &bodies {
            post(&client(&cassette), &url, body.clone()).await.unwrap().text().await.unwrap();
        }
        assert_eq!(cassette.finish().unwrap().missed, Vec::<String>::new());
    }
    assert_eq!(extended(&folder.text()), [None, Some(0), Some(1), Some(2)]);
}

#[tokio::test]
#[ignore = "needs Python with PyYAML"]
async fn python_reads_a_conversation_as_it_stands() {
    let provider = StandIn::start().await;
    let folder = Folder::new();
    run_agent(&folder.open(Mode::Record), &provider.url(), 3).await;
    let script = "import sys, yaml\nfor d in yaml.safe_load_all(open(sys.argv[1], encoding='utf-8')):\n    j = d['request']['json']\n    print(j['messages'][0].get('$same'), j['tools'] == {'$same': 'all'})";
    let output = Command::new("python3").args(["-c", script]).arg(folder.file()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "None False\n2 True\n4 True\n", "{said}");
}

#[tokio::test]
async fn small_requests_extend_nothing() {
    let provider = StandIn::start().await;
    let folder = Folder::new();
    record(&folder, &provider.url(), &["one", "two", "one"]).await;
    assert_eq!(extended(&folder.text()), [None, None, None]);
}

#[tokio::test]
async fn a_mark_where_none_can_stand_is_an_error() {
    let provider = StandIn::start().await;
    let folder = Folder::new();
    run_agent(&folder.open(Mode::Record), &provider.url(), 2).await;
    let text = folder.text();
    for (from, to, complaint) in [
        ("- {$same: 2}", "- {$same: 40}", "has 2 `messages`, not 40"),
        ("tools: {$same: all}", "tulls: {$same: all}", "no such `tulls`"),
        ("tools: {$same: all}", "tools: {$same: 3}", "a number belongs in a list"),
        ("model: gpt-4o-mini\n    tools", "model: [{a: {$same: all}}]\n    tools", "cannot stand"),
        (" sum ", " som ", "`extends` has to be the key of another request"),
    ] {
        let at = text.rfind(from).unwrap();
        let damaged = format!("{}{to}{}", &text[..at], &text[at + from.len()..]);
        std::fs::write(folder.file(), damaged).unwrap();
        let cassette = folder.open(Mode::Replay);
        let mut agent = Agent::new(&cassette, &provider.url());
        agent.request().await.unwrap();
        let error = agent.request().await.unwrap_err();
        assert!(error.contains(complaint) && error.contains("test.yaml:"), "{to}: {error}");
        let error = folder.builder(Mode::Refresh).open().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Malformed);
    }
}
