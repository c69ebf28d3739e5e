//! `diff`: of two files, and of revisions with real git.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::run::{Call, Ran, cassette, command, printed, run, sha256};

const OPENAI: &str = "https://api.openai.com/v1/chat/completions";

/// A chat with OpenAI: what is asked, and what is answered.
pub(crate) struct Chat {
    request: Value,
    response: Value,
}

impl Chat {
    pub(crate) fn new(prompt: &str, answer: &str) -> Chat {
        Chat {
            request: json!({"model": "gpt-4o", "messages": [
                {"role": "system", "content": "You help travellers."},
                {"role": "user", "content": prompt},
            ]}),
            response: json!({"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "gpt-4o-2024-08-06",
                "choices": [{"index": 0, "message": {"role": "assistant", "content": answer}, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 20, "completion_tokens": 8}, "system_fingerprint": "fp_a"}),
        }
    }

    fn calls(prompt: &str, name: &str, arguments: &Value) -> Chat {
        let mut chat = Chat::new(prompt, "");
        chat.response["choices"][0]["message"] = json!({"role": "assistant", "content": null, "tool_calls": [
            {"id": "call_9x", "type": "function", "function": {"name": name, "arguments": arguments.to_string()}}]});
        chat.response["choices"][0]["finish_reason"] = json!("tool_calls");
        chat
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut Value, &mut Value)) -> Chat {
        change(&mut self.request, &mut self.response);
        self
    }
}

/// The document of a chat, in a file of its own text.
fn document(chat: &Chat) -> String {
    let (request, response) = (chat.request.to_string(), chat.response.to_string());
    let usage = &chat.response["usage"];
    let count = |name: &str| usage[name].as_u64().unwrap_or_default();
    let model = chat.response["model"].as_str().unwrap_or_default();
    let head = format!(
        "provider: openai\nmodel: {model}\nusage:\n  input_tokens: {}\n  output_tokens: {}",
        count("prompt_tokens"),
        count("completion_tokens"),
    );
    let call = Call { head: &head, ..Call::json(OPENAI, &request, &response) };
    cassette(&[call]).split_once('\n').unwrap().1.to_owned()
}

pub(crate) fn file(chats: &[Chat]) -> String {
    format!("# llm-cassette 1\n{}", chats.iter().map(document).collect::<String>())
}

fn compared(old: &[Chat], new: &[Chat], arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("old.yaml"), file(old)).unwrap();
    fs::write(folder.path().join("new.yaml"), file(new)).unwrap();
    printed(folder.path(), &[&["diff", "old.yaml", "new.yaml"], arguments].concat())
}

#[test]
fn a_prompt_that_changed_is_told_with_the_answer_that_changed_by_it_and_what_it_costs() {
    let old = [Chat::new("Will it rain in Oslo?", "Yes, it will rain in Oslo today, so take an umbrella.")];
    let new = [Chat::new(
        "Will it rain in Oslo or Bergen?",
        "Yes, it will rain in Oslo and in Bergen, so take an umbrella.",
    )
    .with(|_, response| response["usage"] = json!({"prompt_tokens": 24, "completion_tokens": 12}))];
    let told = compared(&old, &new, &[]);
    let page = include_str!("../../docs/command-line.md");
    let shown = told.replace("new.yaml", "cassettes/travel.yaml");
    assert!(page.contains(&shown), "docs/command-line.md shows something else");
    insta::assert_snapshot!(told, @r"
      new.yaml: 1 changed

      ~ changed line 2  openai · gpt-4o-2024-08-06  2d78af9e → f6a7699b
          message 2 (user) changed
            - Will it rain in Oslo?
            + Will it rain in Oslo or Bergen?
          answer changed
            Yes, it will rain in Oslo [-today-]{+and in Bergen+}, so take an umbrella.
          input 20 → 24 (+20%), output 8 → 12 (+50%) tokens, $0.00013 → $0.00018 (+38%)

      1 cassette: 1 changed
      input 20 → 24 tokens (+20%), output 8 → 12 tokens (+50%), cost $0.00013 → $0.00018 (+38%)
    ");
}

#[test]
fn calls_are_compared_as_calls() {
    let old = [
        Chat::calls("Weather in Oslo?", "get_weather", &json!({"city": "Oslo", "unit": "C"})),
        Chat::calls("And tomorrow?", "get_weather", &json!({"city": "Oslo"})),
        Chat::calls("Book it.", "book", &json!({"hotel": "Grand"})),
    ];
    let new = [
        Chat::calls("Weather in Oslo?", "get_weather", &json!({"city": "Bergen", "unit": "C"})),
        Chat::calls("And tomorrow?", "get_forecast", &json!({"city": "Oslo", "days": 1})),
        Chat::new("Book it.", "Which hotel?"),
    ];
    insta::assert_snapshot!(compared(&old, &new, &[]), @r#"
      new.yaml: 3 changed

      ~ changed line 2  openai · gpt-4o-2024-08-06  239a1f4c
          answer calls get_weather: city "Oslo" → "Bergen"

      ~ changed line 21  openai · gpt-4o-2024-08-06  9338e3aa
          answer calls get_forecast
            - get_weather(city: "Oslo")
            + get_forecast(city: "Oslo", days: 1)

      ~ changed line 40  openai · gpt-4o-2024-08-06  7a402b35
          answer changed
            {+Which hotel?+}
          answer no longer calls book(hotel: "Grand")
          answer ended with stop, was tool_calls

      1 cassette: 3 changed
      input 60 tokens, output 24 tokens, cost $0.00039
    "#);
}

#[test]
fn what_came_and_what_went_is_shown_as_conversation() {
    let old = [Chat::new("Tell me about the fjords of western Norway please.", "They are long.")];
    let new = [Chat::new("2+2", "4").with(|request, _| {
        *request = json!({"model": "gpt-4o-mini", "temperature": 0, "seed": 7, "stop": ["\n"], "messages": [{"role": "user", "content": "What is 2+2?\nAnswer with a number."}]});
    })];
    insta::assert_snapshot!(compared(&old, &new, &[]), @r#"
      new.yaml: 1 changed

      ~ changed line 2  openai · gpt-4o-2024-08-06  ae526f05 → 5657b0e0
          message 1 (user) changed
            - You help travellers.
            + What is 2+2?
            + Answer with a number.
          message 1 (user): role "system" → "user"
          message 2 (user) removed (was "Tell me about the fjords of western Norway please.")
          model "gpt-4o" → "gpt-4o-mini"
          seed added (7)
          stop added (["\n"])
          temperature added (0)
          answer changed
            [-They are long.-]{+4+}

      1 cassette: 1 changed
      input 20 tokens, output 8 tokens, cost $0.00013
    "#);
}

#[test]
fn a_request_with_another_model_and_one_tool_more_is_still_the_same_one() {
    let tool = |name: &str| json!({"type": "function", "function": {"name": name, "parameters": {"type": "object", "properties": {}}}});
    let old =
        [Chat::new("Where am I?", "In Oslo.").with(|request, _| request["tools"] = json!([tool("locate")]))];
    let new = [Chat::new("Where am I?", "In Oslo.").with(|request, response| {
        request["model"] = json!("gpt-5");
        request["tools"] = json!([tool("locate"), tool("get_weather")]);
        response["model"] = json!("gpt-5-2025-08-07");
    })];
    insta::assert_snapshot!(compared(&old, &new, &[]), @r#"
    new.yaml: 1 changed

    ~ changed line 2  openai · gpt-5-2025-08-07  7766782a → 62953b2a
        model "gpt-4o" → "gpt-5"
        tool `get_weather` added
        $0.00013 → $0.00011 (-19%)

    1 cassette: 1 changed
    input 20 tokens, output 8 tokens, cost $0.00013 → $0.00011 (-19%)
    "#);
}

#[test]
fn a_request_that_goes_to_another_address_is_still_the_same_one() {
    let told = |old: &str, new: &str| {
        let folder = tempfile::tempdir().unwrap();
        for (name, url) in [("old.yaml", old), ("new.yaml", new)] {
            let request =
                r#"{"contents": [{"role": "user", "parts": [{"text": "Name one fjord in Norway."}]}]}"#;
            let response = r#"{"candidates": [{"content": {"parts": [{"text": "Geiranger."}]}}]}"#;
            fs::write(folder.path().join(name), cassette(&[Call::json(url, request, response)])).unwrap();
        }
        printed(folder.path(), &["diff", "old.yaml", "new.yaml"])
    };
    let google = "https://generativelanguage.googleapis.com/v1beta/models";
    let (before, after) = ("gemini-2.0-flash:generateContent", "gemini-2.5-pro:generateContent");
    insta::assert_snapshot!(told(&format!("{google}/{before}"), &format!("{google}/{after}")), @r#"
    new.yaml: 1 changed

    ~ changed line 2  POST https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-pro:generateContent  9cc5eb66 → 5a59d3b4
        URL changed
          - https://generativelanguage.googleapis.com/v1beta/models/gemini-2.0-flash:generateContent
          + https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-pro:generateContent

    1 cassette: 1 changed
    "#);
    let gateway = format!("https://gateway.example/google/{before}");
    insta::assert_snapshot!(told(&format!("{google}/{before}"), &gateway), @r#"
    new.yaml: 1 changed

    ~ changed line 2  POST https://gateway.example/google/gemini-2.0-flash:generateContent  9cc5eb66 → 82650304
        URL changed
          - https://generativelanguage.googleapis.com/v1beta/models/gemini-2.0-flash:generateContent
          + https://gateway.example/google/gemini-2.0-flash:generateContent

    1 cassette: 1 changed
    "#);
    let another = told(&format!("{google}/{before}"), &format!("{google}/gemini-2.0-flash:countTokens"));
    assert!(another.contains("1 added, 1 removed"), "{another}");
}

#[test]
fn another_model_behind_the_same_name_is_told_and_so_is_another_build() {
    let old = [Chat::new("Hi", "Hello!")];
    let new = [Chat::new("Hi", "Hello!").with(|_, response| {
        response["model"] = json!("gpt-4o-2024-11-20");
        response["system_fingerprint"] = json!("fp_b");
        response["id"] = json!("chatcmpl-2");
        response["created"] = json!(2);
    })];
    insta::assert_snapshot!(compared(&old, &new, &[]), @r"
    new.yaml: 1 changed

    ~ changed line 2  openai · gpt-4o-2024-11-20  a638383d
        answered by gpt-4o-2024-08-06 → gpt-4o-2024-11-20
        fingerprint fp_a → fp_b

    1 cassette: 1 changed
    input 20 tokens, output 8 tokens, cost $0.00013
    ");
}

#[test]
fn fields_that_the_provider_added_or_dropped_are_told_once() {
    let chats = |with: fn(&mut Value)| {
        ["Hi", "Good morning to you", "How do you do?"]
            .map(|prompt| Chat::new(prompt, "Hello!").with(|_, response| with(response)))
    };
    let old = chats(|response| response["choices"][0]["logprobs"] = json!({"refused": 1}));
    let new = chats(|response| {
        response["choices"][0]["message"]["annotations"] = json!([]);
        response["service_tier"] = json!("default");
        response["choices"][0]["index"] = json!("0");
    });
    insta::assert_snapshot!(compared(&old, &new, &[]), @r#"
    new.yaml: 3 changed

    ~ changed line 2  openai · gpt-4o-2024-08-06  a638383d
        answer: choices[0].index 0 → "0"
        answer: no longer has `choices[0].logprobs`
        answer: now has `service_tier`, `choices[0].message.annotations`

    ~ changed line 21  openai · gpt-4o-2024-08-06  bfb30414
        answer: choices[0].index 0 → "0"
        answer: no longer has `choices[0].logprobs`
        answer: now has `service_tier`, `choices[0].message.annotations`

    ~ changed line 40  openai · gpt-4o-2024-08-06  3e6763b3
        answer: choices[0].index 0 → "0"
        answer: no longer has `choices[0].logprobs`
        answer: now has `service_tier`, `choices[0].message.annotations`

    openai /v1/chat/completions now sends `choices[].message.annotations`
    openai /v1/chat/completions now sends `service_tier`
    openai /v1/chat/completions no longer sends `choices[].logprobs`
    openai /v1/chat/completions sends `choices[].index` as a string, which was a number

    1 cassette: 3 changed
    input 60 tokens, output 24 tokens, cost $0.00039
    "#);
}

#[test]
fn what_differs_in_every_recording_is_no_change() {
    let old = [Chat::new("Hi", "Hello!")];
    let new = [Chat::new("Hi", "Hello!").with(|_, response| {
        response["id"] = json!("chatcmpl-2");
        response["created"] = json!(2);
    })];
    insta::assert_snapshot!(compared(&old, &new, &["--exit-code"]), @r"
      no cassette differs between old.yaml and new.yaml
    ");
}

#[test]
fn each_turn_of_a_conversation_does_not_tell_the_same_change_again() {
    let turns = |prompt: &str| {
        let first = Chat::new(prompt, "It rains.");
        let second = Chat::new(prompt, "Yes.").with(|request, _| {
            let messages = request["messages"].as_array_mut().unwrap();
            messages.push(json!({"role": "assistant", "content": "It rains."}));
            messages.push(
                json!({"role": "user", "content": "Really? Tell me more about the clouds over the town."}),
            );
        });
        [first, second]
    };
    let changed =
        compared(&turns("How is the weather in Oslo?"), &turns("How is the weather up in Tromsø?"), &[]);
    insta::assert_snapshot!(changed, @r"
      new.yaml: 2 changed

      ~ changed line 2  openai · gpt-4o-2024-08-06  cc87556f → 67b66b59
          message 2 (user) changed
            - How is the weather in Oslo?
            + How is the weather up in Tromsø?

      ~ changed line 21  openai · gpt-4o-2024-08-06  5b106c6c → 08a120cb
          message 2 (user) changed, as above

      1 cassette: 2 changed
      input 40 tokens, output 16 tokens, cost $0.00026
    ");
}

#[test]
fn long_answers_are_shown_around_what_changed_and_wholly_if_asked() {
    let words = |count: usize| "The river is long and wide. ".repeat(count);
    let answer = |word: &str| format!("{}It is {word} here. {}", words(40), words(40));
    let (old, new) = ([Chat::new("Hi", &answer("cold"))], [Chat::new("Hi", &answer("warm"))]);
    insta::assert_snapshot!(compared(&old, &new, &[]), @r"
      new.yaml: 1 changed

      ~ changed line 2  openai · gpt-4o-2024-08-06  a638383d
          answer changed
            …. The river is long and wide. The river is long and wide. The river is long and wide. The river is long and wide. It is [-cold-]{+warm+} here. The river is long and wide. The river is long and wide. The river is long and wide. The river is long and wide. T…

      1 cassette: 1 changed
      input 20 tokens, output 8 tokens, cost $0.00013
    ");
    let full = compared(&old, &new, &["--full"]);
    assert!(full.contains(&format!("{}It is [-cold-]{{+warm+}} here.", words(40))), "{full}");
}

#[test]
fn the_exit_code_tells_whether_something_changed_if_it_is_asked_to() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("old.yaml"), file(&[Chat::new("Hi", "Hello!")])).unwrap();
    fs::write(folder.path().join("new.yaml"), file(&[Chat::new("Hi", "Good morning!")])).unwrap();
    assert_eq!(run(folder.path(), &["diff", "old.yaml", "new.yaml"]).code, 0);
    assert_eq!(run(folder.path(), &["diff", "old.yaml", "new.yaml", "--exit-code"]).code, 1);
    assert_eq!(run(folder.path(), &["diff", "old.yaml", "old.yaml", "--exit-code"]).code, 0);
    let ran = run(folder.path(), &["diff", "old.yaml", "neww.yaml"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.contains("neww.yaml does not exist"), "{}", ran.stderr);
}

#[test]
fn as_markdown_it_is_a_comment_for_a_pull_request() {
    let old = [Chat::new("Will it rain in Oslo?", "Yes, it will rain in Oslo today.")];
    let new = [
        Chat::new("Will it snow in Oslo?", "No, it will rain in Oslo today."),
        Chat::calls("Book a room in Bergen.", "book", &json!({"city": "Bergen"}))
            .with(|request, _| request["seed"] = json!(7)),
    ];
    insta::assert_snapshot!(compared(&old, &new, &["--format", "markdown"]), @r"
      <!-- llm-cassette diff -->
      ### 1 cassette: 1 added, 1 changed

      input 20 tokens added, output 8 tokens added, cost $0.00013 added

      | cassette | added | removed | changed | input tokens | output tokens | cost |
      |---|--:|--:|--:|--:|--:|--:|
      | <code>new.yaml</code> | 1 |  | 1 | 20 added | 8 added | $0.00013 added |


      <details><summary>changed <code>new.yaml:2</code> <code>gpt-4o-2024-08-06</code> <code>message 2 (user) changed</code></summary>

      <pre>
          message 2 (user) changed
            - Will it rain in Oslo?
            + Will it snow in Oslo?
          answer changed
            <del>Yes</del><ins>No</ins>, it will rain in Oslo today.
      </pre>

      </details>

      <details><summary>added <code>new.yaml:21</code> <code>gpt-4o-2024-08-06</code></summary>

      <pre>
          user
            Book a room in Bergen.
          assistant
            book(city: &quot;Bergen&quot;)
          input 20, output 8 tokens, $0.00013
      </pre>

      </details>
    ");
}

#[test]
fn nothing_that_a_model_says_is_markup_or_calls_anybody() {
    let hostile = "</pre></details><script>alert(1)</script>\n```\n@everyone | [x](http://evil) \u{1b}[31mred\u{1b}[0m \u{202e}abc <img src=x>\n\n# not a heading";
    let old = [Chat::new("Hi", "Hello!")];
    let new = [
        Chat::new("Hi", hostile),
        Chat::calls("Hi @team `|` </summary>", "a|b`</code>", &json!({"@x": "<b>"}))
            .with(|_, response| response["model"] = json!("<i>@model|")),
    ];
    let shown = compared(&old, &new, &["--format", "markdown"]);
    for forbidden in [
        "<script",
        "@everyone",
        "@team",
        "@model",
        "</pre></details><",
        "<img",
        "\u{1b}",
        "\u{202e}",
        "<b>",
        "<i>",
    ] {
        assert!(!shown.contains(forbidden), "{forbidden} in {shown}");
    }
    let tags = |tag: &str| shown.matches(tag).count();
    assert_eq!((tags("<pre>"), tags("<details>")), (tags("</pre>"), tags("</details>")));
    let rows: Vec<&str> = shown.lines().filter(|line| line.starts_with("| ")).collect();
    assert!(rows.iter().all(|row| row.matches('|').count() == 8), "{rows:?}");
    let text = compared(&old, &new, &[]);
    assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{text}");
}

#[test]
fn a_comment_is_never_longer_than_github_takes_and_says_what_it_left_out() {
    let many: Vec<Chat> = (0..120)
        .map(|n| Chat::new(&format!("Question {n}"), &format!("{n} is a number. ").repeat(60)))
        .collect();
    let shown = compared(&[], &many, &["--format", "markdown"]);
    assert!(shown.chars().count() <= 65_536, "{}", shown.chars().count());
    let last = shown.trim_end().lines().last().unwrap();
    assert!(
        last.starts_with("… and ") && last.contains("llm-cassette diff --full old.yaml new.yaml"),
        "{last}"
    );
}

#[test]
fn as_json_it_has_the_same_for_programs() {
    let old = [Chat::new("Will it rain?", "Yes, it will rain today.")];
    let new = [Chat::new("Will it snow?", "Yes, it will snow today.")];
    let tree: Value = serde_json::from_str(&compared(&old, &new, &["--json"])).unwrap();
    let change = &tree["files"][0]["changes"][0];
    assert_eq!(change["kind"], "rekeyed");
    assert_eq!(change["request"][0], "message 2 (user) changed\n- Will it rain?\n+ Will it snow?");
    assert_eq!(
        change["answer"][0],
        json!({"text": "answer", "words": [{"same": "Yes, it will "}, {"removed": "rain"}, {"added": "snow"}, {"same": " today."}]})
    );
    assert_eq!(change["after"]["usage"], json!({"input_tokens": 20, "output_tokens": 8}));
    assert_eq!((tree["added"].as_u64(), tree["changed"].as_u64()), (Some(0), Some(1)));
}

/// A repository in which nothing comes from outside.
struct Repository {
    _folder: tempfile::TempDir,
    root: PathBuf,
}

impl Repository {
    fn new() -> Repository {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap().join("project");
        fs::create_dir(&root).unwrap();
        let repository = Repository { _folder: folder, root };
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository
    }

    fn hermetic(&self, mut command: Command, arguments: &[&str]) -> Ran {
        command.args(arguments).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), "A").env(format!("GIT_{role}_EMAIL"), "a@example.com");
        }
        command.env("GIT_CEILING_DIRECTORIES", self.root.parent().unwrap());
        command.output().unwrap().into()
    }

    fn git(&self, arguments: &[&str]) -> String {
        let mut git = Command::new("git");
        git.current_dir(&self.root);
        let ran = self.hermetic(git, arguments);
        assert_eq!(ran.code, 0, "{arguments:?}: {}", ran.stderr);
        ran.stdout
    }

    fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", "x"]);
    }

    fn write(&self, name: &str, chats: &[Chat]) {
        let path = self.root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, file(chats)).unwrap();
    }

    fn run_in(&self, folder: &Path, arguments: &[&str]) -> Ran {
        self.hermetic(command(folder), &[&["diff"], arguments].concat())
    }

    /// The headings of the files that differ, and the summary.
    fn told(&self, arguments: &[&str]) -> Vec<String> {
        let ran = self.run_in(&self.root, arguments);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{arguments:?}");
        ran.stdout.lines().filter(|line| line.contains(".yaml")).map(str::to_owned).collect()
    }
}

#[test]
fn without_arguments_the_work_tree_is_compared_with_the_last_commit() {
    let repository = Repository::new();
    repository.write("cassettes/a.yaml", &[Chat::new("Hi", "Hello!")]);
    repository.write("cassettes/gone.yaml", &[Chat::new("Bye", "Good bye!")]);
    repository.write("cassettes/same.yaml", &[Chat::new("Hm", "Hm?")]);
    fs::write(repository.root.join("other.yaml"), "a: 1\n").unwrap();
    repository.commit();
    repository.write("cassettes/a.yaml", &[Chat::new("Hi", "Good morning!")]);
    repository.write("cassettes/new.yaml", &[Chat::new("Good day", "Hello!")]);
    fs::remove_file(repository.root.join("cassettes/gone.yaml")).unwrap();
    fs::write(repository.root.join("other.yaml"), "a: 2\n").unwrap();
    insta::assert_snapshot!(repository.told(&[]).join("\n"), @r"
      cassettes/a.yaml: 1 changed
      cassettes/gone.yaml: 1 removed
      cassettes/new.yaml: 1 added
    ");
    insta::assert_snapshot!(repository.told(&["cassettes/new.yaml"]).join("\n"), @r"
      cassettes/new.yaml: 1 added
    ");
    let here = repository.run_in(&repository.root.join("cassettes"), &["new.yaml"]);
    assert!(here.stdout.contains("cassettes/new.yaml: 1 added"), "{}{}", here.stdout, here.stderr);
    repository.git(&["add", "cassettes/new.yaml"]);
    insta::assert_snapshot!(repository.told(&["--staged"]).join("\n"), @r"
      cassettes/new.yaml: 1 added
    ");
}

#[test]
fn a_base_is_where_the_branch_left_it_as_in_a_pull_request() {
    let repository = Repository::new();
    repository.write("a.yaml", &[Chat::new("Hi", "Hello!")]);
    repository.commit();
    repository.git(&["checkout", "--quiet", "-b", "topic"]);
    repository.write("a.yaml", &[Chat::new("Hi", "Hello!"), Chat::new("Bye", "Good bye!")]);
    repository.commit();
    repository.git(&["checkout", "--quiet", "main"]);
    repository.write("theirs.yaml", &[Chat::new("Theirs", "Not ours.")]);
    repository.commit();
    repository.git(&["checkout", "--quiet", "topic"]);
    insta::assert_snapshot!(repository.told(&["--base", "main"]).join("\n"), @r"
      a.yaml: 1 added, 1 unchanged
    ");
}

#[test]
fn a_file_that_moved_is_followed() {
    let repository = Repository::new();
    repository.write(
        "a.yaml",
        &[Chat::new("Hi", "Hello!"), Chat::new("A longer question about it", "A longer answer to it.")],
    );
    repository.commit();
    fs::create_dir(repository.root.join("b")).unwrap();
    repository.git(&["mv", "a.yaml", "b/a.yaml"]);
    insta::assert_snapshot!(repository.told(&[]).join("\n"), @r"
      b/a.yaml (was a.yaml): 2 unchanged
    ");
}

#[test]
fn before_the_first_commit_everything_is_new() {
    let repository = Repository::new();
    repository.write("a.yaml", &[Chat::new("Hi", "Hello!")]);
    insta::assert_snapshot!(repository.told(&[]).join("\n"), @r"
      a.yaml: 1 added
    ");
}

#[test]
fn one_that_cannot_be_read_is_told_and_the_others_are_compared() {
    let repository = Repository::new();
    repository.write("a.yaml", &[Chat::new("Hi", "Hello!")]);
    fs::write(repository.root.join("bad.yaml"), "# llm-cassette 1\n--- # x\nkey: nonsense\n...\n").unwrap();
    repository.commit();
    repository.write("a.yaml", &[Chat::new("Hi", "Good morning!")]);
    repository.write("bad.yaml", &[Chat::new("Hi", "Hello!")]);
    let ran = repository.run_in(&repository.root, &[]);
    assert_eq!(ran.code, 2);
    assert!(ran.stdout.contains("a.yaml: 1 changed"), "{}", ran.stdout);
    assert!(ran.stderr.starts_with("error: bad.yaml (at "), "{}", ran.stderr);
    assert!(ran.stderr.contains(":2: "), "{}", ran.stderr);
    let markdown = repository.run_in(&repository.root, &["--format", "markdown"]);
    assert!(markdown.stdout.contains("bad.yaml (at "), "{}", markdown.stdout);
}

#[test]
fn an_older_version_is_read_with_the_blobs_that_it_had() {
    let repository = Repository::new();
    let vector = |start: i64| (0..80).map(|n| json!(start + n)).collect::<Vec<_>>();
    let record = |start: i64| {
        let numbers = Value::from(vector(start)).to_string();
        let name = sha256(&numbers);
        let folder = repository.root.join("blobs");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join(&name), numbers).unwrap();
        let text = format!(
            "# llm-cassette 1\n--- # POST\nkey: {}\nrecorded_at: \"2026-11-21T05:13:13Z\"\nusage_count: 1\nprovider: openai\nrequest:\n  \
             method: POST\n  url: https://api.openai.com/v1/embeddings\n  headers: {{content-type: application/json}}\n  json: {{model: \
             text-embedding-3-small, input: Hello}}\nresponse:\n  status: 200\n  headers: {{content-type: application/json}}\n  json:\n    \
             object: list\n    data:\n      - object: embedding\n        index: 0\n        embedding: {{$blob: {name}, kind: 80 numbers}}\n...\n",
            "0".repeat(64)
        );
        fs::write(repository.root.join("a.yaml"), text).unwrap();
    };
    record(0);
    repository.commit();
    record(5);
    let ran = repository.run_in(&repository.root, &[]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    insta::assert_snapshot!(ran.stdout, @r"
      a.yaml: 1 changed

      ~ changed line 2  openai  30c26a3b
          answer: data[0].embedding changed (80 of 80 numbers)

      1 cassette: 1 changed
    ");
}

#[test]
fn what_could_not_be_compared_is_not_said_to_be_the_same() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("old.yaml"), file(&[Chat::new("Hi", "Hello!")])).unwrap();
    fs::write(folder.path().join("new.yaml"), "# llm-cassette 1\n--- # x\nkey: nonsense\n...\n").unwrap();
    let told = |arguments: &[&str]| {
        let ran = run(folder.path(), &[&["diff", "old.yaml", "new.yaml"], arguments].concat());
        assert_eq!(ran.code, 2);
        ran.stdout
    };
    insta::assert_snapshot!(told(&[]), @"1 cassette could not be compared, and no other cassette differs between old.yaml and new.yaml");
    let markdown = told(&["--format", "markdown"]);
    assert!(markdown.contains("### 1 cassette could not be compared"), "{markdown}");
}

#[test]
fn a_path_that_neither_version_has_is_an_error_and_one_that_was_deleted_is_not() {
    let repository = Repository::new();
    repository.write("a.yaml", &[Chat::new("Hi", "Hello!")]);
    repository.commit();
    let ran = repository.run_in(&repository.root, &["b.yaml"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("b.yaml does not exist, neither here nor at "), "{}", ran.stderr);
    fs::remove_file(repository.root.join("a.yaml")).unwrap();
    insta::assert_snapshot!(repository.told(&["a.yaml"]).join("\n"), @"a.yaml: 1 removed");
}

#[test]
fn what_the_client_sees_beside_the_body_is_told_and_so_is_every_count_of_tokens() {
    let folder = tempfile::tempdir().unwrap();
    let old = file(&[Chat::new("Hi", "Hello!")])
        .replace("output_tokens: 8", "output_tokens: 8\n  cache_read_input_tokens: 8");
    let new = old
        .replace("cache_read_input_tokens: 8", "cache_read_input_tokens: 16")
        .replace(
            "status: 200\n  headers: {content-type: application/json}",
            "status: 200\n  headers: {content-type: text/plain}",
        )
        .replace("  text: \"{\\\"choices", "  client_aborted: true\n  text: \"{\\\"choices");
    fs::write(folder.path().join("old.yaml"), old).unwrap();
    fs::write(folder.path().join("new.yaml"), new).unwrap();
    insta::assert_snapshot!(printed(folder.path(), &["diff", "old.yaml", "new.yaml"]), @r#"
    new.yaml: 1 changed

    ~ changed line 2  openai · gpt-4o-2024-08-06  a638383d
        content type application/json → text/plain
        the client now closes the connection before the end of the answer
        cache_read_input_tokens 8 → 16

    1 cassette: 1 changed
    input 20 tokens, output 8 tokens, cost $0.00012 → unknown
    "#);
}

#[test]
fn what_git_cannot_tell_is_an_error_with_the_next_command() {
    let repository = Repository::new();
    repository.write("a.yaml", &[Chat::new("Hi", "Hello!")]);
    repository.commit();
    let ran = repository.run_in(&repository.root, &["--base", "origin/main"]);
    insta::assert_snapshot!(ran.stderr, @r#"
      error: git does not know the revision "origin/main"
      hint: fetch it with `git fetch origin main` and give `--base origin/main`; in GitHub Actions, which fetches only the newest commit, set `fetch-depth: 0` for `actions/checkout`
    "#);
    assert_eq!(ran.code, 2);
    repository.git(&["checkout", "--quiet", "--orphan", "alone"]);
    repository.write("b.yaml", &[Chat::new("Hi", "Hello!")]);
    repository.commit();
    let ran = repository.run_in(&repository.root, &["--base", "main"]);
    insta::assert_snapshot!(ran.stderr, @r#"
    error: git found no commit that "main" and this branch have in common
    hint: get the rest of the history with `git fetch --unshallow`
    "#);
    let outside = tempfile::tempdir().unwrap();
    let ran = repository.run_in(outside.path(), &[]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("not in the work tree of a git repository"), "{}", ran.stderr);
}

#[cfg(unix)]
#[test]
fn the_workflow_on_the_page_of_ci_is_valid_and_its_commands_run() {
    let page = include_str!("../../docs/ci.md");
    let start = page.find("name: Cassettes\n").unwrap();
    let text = &page[start..start + page[start..].find("\n```").unwrap()];
    let workflow: Value = serde_yaml::from_str(text).unwrap();
    let steps = workflow["jobs"]["diff"]["steps"].as_array().unwrap();
    let commands: Vec<&str> = steps.iter().filter_map(|step| step["run"].as_str()).collect();
    let repository = Repository::new();
    repository.write("cassettes/a.yaml", &[Chat::new("Hi", "Hello!")]);
    repository.commit();
    repository.git(&["update-ref", "refs/remotes/origin/main", "HEAD"]);
    repository.write("cassettes/a.yaml", &[Chat::new("Hi", "Good morning!")]);
    repository.commit();
    let bin = Path::new(env!("CARGO_BIN_EXE_llm-cassette")).parent().unwrap();
    let mut ran = 0;
    for script in commands.iter().filter(|script| !script.starts_with("cargo install")) {
        let mut shell = Command::new("sh");
        shell
            .current_dir(&repository.root)
            .env("BASE", "origin/main")
            .env("GITHUB_STEP_SUMMARY", "summary.md");
        shell.env("PATH", format!("{}:{}", bin.display(), std::env::var("PATH").unwrap()));
        // What talks to GitHub is only checked for being a script.
        let check = if script.contains("gh ") { "-nec" } else { "-ec" };
        let done = repository.hermetic(shell, &[check, script]);
        assert_eq!((done.code, done.stderr.as_str()), (0, ""), "{script}");
        ran += 1;
    }
    assert_eq!(ran, 4);
    let comment = fs::read_to_string(repository.root.join("summary.md")).unwrap();
    assert!(comment.starts_with("<!-- llm-cassette diff -->\n### 1 cassette: 1 changed"), "{comment}");
    assert!(text.contains(comment.lines().next().unwrap()), "the workflow looks for another mark");
}
