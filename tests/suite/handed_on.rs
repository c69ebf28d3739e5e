//! Ids flow on from answers to requests. A refresh that reports success can be replayed all the same.

use std::time::Duration;

use llm_cassette::{Builder, Expiry, Mode, Report};
use proptest::prelude::*;
use reqwest_middleware::ClientWithMiddleware;
use serde_json::{Value, json};

use crate::stand_in::{Reply, Script, Seen, StandIn};
use crate::support::*;

/// Where an answer has the id of what it made.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Answers {
    Id,
    Field,
    Url,
    Location,
    Session,
    Stream,
    JsonInText,
    Prose,
    /// In two pieces of a streamed text.
    Pieces,
}

/// Where a request has an id that it was handed.
#[derive(Debug, Clone, Copy)]
enum Asks {
    Path,
    Query,
    Field,
    Header,
    Prose,
    Metadata,
    Arguments,
    Form,
    Multipart,
}

/// What ids look like.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Style {
    Prefixed,
    Uuid,
    Base64,
    Number,
    /// Too short to be replaced in a text: it could stand there by chance.
    Short,
    Small,
    /// From a counter that goes on: what is one thing's id now was another's before.
    Counter,
}

#[derive(Debug, Clone)]
struct Step {
    style: Style,
    answers: Answers,
    asks: Asks,
    /// Which earlier step's id it hands on.
    source: Option<usize>,
    /// Whether the answer is another one in the third generation.
    changes: bool,
}

fn id(style: Style, generation: u64, step: usize) -> String {
    // A walk through 64 bits, so that ids of other generations share nothing by design.
    let mut state =
        generation.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (step as u64).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    let mut next = || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB)
    };
    let (a, b) = (next(), next());
    match style {
        Style::Prefixed => format!("job_{a:016x}"),
        Style::Uuid => {
            format!("{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}", a >> 32, a & 0xffff, b & 0xfff, b >> 52, b >> 16)
        }
        Style::Base64 => {
            let digits = b"ABCDEFGHabcdefgh01234567+/+/+/xyz".iter().cycle();
            let text: String = (0..20)
                .map(|n| {
                    digits
                        .clone()
                        .nth(((a >> n) ^ (b >> (2 * n)) & 31) as usize % 33)
                        .map(|c| char::from(*c))
                        .unwrap_or('A')
                })
                .collect();
            format!("Q7{text}9z==")
        }
        Style::Short => format!("A{}", a % 90 + 10),
        Style::Small => format!("{}", 100 * generation + step as u64),
        Style::Counter => format!("run_{:03}", 3 * generation + step as u64),
        Style::Number => format!("{}", 10_000_000 + a % 89_999_999),
    }
}

impl Step {
    fn text(&self, index: usize, generation: u64) -> String {
        match self.changes && generation >= 3 {
            true => format!("Step {index} says it in other words."),
            false => format!("Step {index} says so."),
        }
    }

    fn reply(&self, index: usize, generation: u64) -> Reply {
        let id = id(self.style, generation, index);
        let text = self.text(index, generation);
        let body =
            json!({"id": "thing", "object": "thing", "created_at": 1_764_460_000 + generation, "text": text});
        let with = |field: &str, value: Value| {
            let mut body = body.clone();
            body[field] = value;
            Reply::json(body.to_string())
        };
        match self.answers {
            Answers::Id if self.style == Style::Number => with("id", id.parse::<u64>().unwrap().into()),
            Answers::Id => with("id", id.into()),
            Answers::Field => with("output_file_id", id.into()),
            Answers::Url => {
                with("results_url", format!("https://files.example/v1/things/{id}/results").into())
            }
            Answers::Location => {
                Reply::json(body.to_string()).header("location", &format!("/v1/things/{id}"))
            }
            Answers::Session => Reply::json(body.to_string()).header("mcp-session-id", &id),
            Answers::Stream => {
                let event = |name: &str, more: Value| {
                    let mut data = json!({"type": name, "response": {"id": id, "status": "in_progress"}});
                    data["more"] = more;
                    format!("event: {name}\ndata: {data}\n\n").into_bytes()
                };
                Reply::new(200)
                    .header("content-type", "text/event-stream")
                    .chunk(event("thing.created", Value::Null))
                    .chunk(event("thing.done", text.into()))
            }
            Answers::JsonInText => with(
                "content",
                json!([{"type": "text", "text": json!({"job_id": id, "state": "new"}).to_string()}]),
            ),
            Answers::Pieces => {
                let piece = |text: &str| {
                    let delta = json!({"choices": [{"index": 0, "delta": {"content": text}}]});
                    format!("data: {delta}\n\n").into_bytes()
                };
                let (first, second) = id.split_at(id.len() / 2);
                let end = json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]});
                Reply::new(200)
                    .header("content-type", "text/event-stream")
                    .chunk(piece("Made "))
                    .chunk(piece(first))
                    .chunk(piece(second))
                    .chunk(piece(&format!(". {text}")))
                    .chunk(format!("data: {end}\n\ndata: [DONE]\n\n"))
            }
            Answers::Prose => {
                with("content", json!([{"type": "text", "text": format!("Made {id}. Ask for it later.")}]))
            }
        }
    }

    /// Takes the id out of an answer, as the program of a user would.
    fn taken(&self, headers: &reqwest::header::HeaderMap, body: &str) -> String {
        let json = || serde_json::from_str::<Value>(body).unwrap();
        let header = |name: &str| headers[name].to_str().unwrap().to_owned();
        let last = |path: &str| path.rsplit('/').next().unwrap().to_owned();
        match self.answers {
            Answers::Id => match &json()["id"] {
                Value::String(id) => id.clone(),
                number => number.to_string(),
            },
            Answers::Field => json()["output_file_id"].as_str().unwrap().to_owned(),
            Answers::Url => {
                let url = json()["results_url"].as_str().unwrap().to_owned();
                last(url.strip_suffix("/results").unwrap())
            }
            Answers::Location => last(&header("location")),
            Answers::Session => header("mcp-session-id"),
            Answers::Stream => {
                let data = body.lines().find_map(|line| line.strip_prefix("data: ")).unwrap();
                let data: Value = serde_json::from_str(data).unwrap();
                data["response"]["id"].as_str().unwrap().to_owned()
            }
            Answers::JsonInText => {
                let inner: Value =
                    serde_json::from_str(json()["content"][0]["text"].as_str().unwrap()).unwrap();
                inner["job_id"].as_str().unwrap().to_owned()
            }
            Answers::Pieces => {
                let data = body.lines().filter_map(|line| line.strip_prefix("data: {"));
                let events = data.map(|data| serde_json::from_str::<Value>(&format!("{{{data}")).unwrap());
                let text: String = events
                    .filter_map(|event| event["choices"][0]["delta"]["content"].as_str().map(str::to_owned))
                    .collect();
                text.strip_prefix("Made ").unwrap().split(". ").next().unwrap().to_owned()
            }
            Answers::Prose => {
                let text = json()["content"][0]["text"].as_str().unwrap().to_owned();
                text.strip_prefix("Made ").unwrap().split(". ").next().unwrap().to_owned()
            }
        }
    }

    async fn send(
        &self,
        client: &ClientWithMiddleware,
        base: &str,
        index: usize,
        handed: Option<&str>,
    ) -> reqwest_middleware::Result<reqwest::Response> {
        let url = format!("{base}/v1/things");
        let ask = json!({"step": index});
        let post = |url: String, body: Value| {
            client.post(url).header("content-type", "application/json").body(body.to_string())
        };
        let Some(id) = handed else { return post(url, ask).send().await };
        let encoded: String = id
            .bytes()
            .map(|byte| match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' => char::from(byte).to_string(),
                _ => format!("%{byte:02X}"),
            })
            .collect();
        let with = |field: &str, value: Value| {
            let mut body = ask.clone();
            body[field] = value;
            body
        };
        let request = match self.asks {
            Asks::Path => client.get(format!("{url}/{encoded}/step/{index}")),
            Asks::Query => client.get(format!("{url}?step={index}&after={encoded}")),
            Asks::Field => post(url, with("file", id.into())),
            Asks::Header => post(url, ask).header("mcp-session-id", id),
            Asks::Prose => {
                let text = format!("The result is:\n{id}\n<item ref=\"{id}\"/>");
                post(url, with("messages", json!([{"role": "user", "content": text}])))
            }
            Asks::Metadata => post(url, with("metadata", json!({"parent": id}))),
            Asks::Arguments => {
                let call = json!({"type": "function", "function": {"name": "get", "arguments": json!({"of": id}).to_string()}});
                post(url, with("messages", json!([{"role": "assistant", "tool_calls": [call]}])))
            }
            Asks::Form => client
                .post(url)
                .header("content-type", "application/x-www-form-urlencoded")
                .body(format!("step={index}&of={encoded}")),
            Asks::Multipart => {
                let part = |name: &str, value: &str| {
                    format!("--cut\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                };
                client.post(url).header("content-type", "multipart/form-data; boundary=cut").body(format!(
                    "{}{}--cut--\r\n",
                    part("step", &index.to_string()),
                    part("of", id)
                ))
            }
        };
        request.send().await
    }
}

/// Whether a request is that of a step, wherever it says so.
fn is_step(index: usize) -> impl Fn(&Seen) -> bool + Send + 'static {
    move |seen| {
        let said = format!("{} {}", seen.target, String::from_utf8_lossy(&seen.body));
        ["step/", "step=", "\"step\":", "\"step\"\r\n\r\n"]
            .iter()
            .any(|before| said.contains(&format!("{before}{index}")))
    }
}

/// One run of a program. Gives the report, and fails with what went wrong.
async fn play(
    program: &[Step],
    folder: &Folder,
    one_test: bool,
    mode: Mode,
    provider: Option<(&StandIn, u64)>,
    base: &str,
) -> Result<(Report, Vec<String>), String> {
    run_of(program, folder.builder(mode).one_test(one_test), provider, base).await
}

async fn run_of(
    program: &[Step],
    builder: Builder,
    provider: Option<(&StandIn, u64)>,
    base: &str,
) -> Result<(Report, Vec<String>), String> {
    let builder = builder.keep_header("mcp-session-id").match_header("mcp-session-id");
    let cassette = builder.open().map_err(|error| error.to_string())?;
    let client = client(&cassette);
    let mut ids: Vec<String> = Vec::new();
    let mut bodies = Vec::new();
    for (index, step) in program.iter().enumerate() {
        if let Some((provider, generation)) = provider {
            provider.on(Script::raw(step.reply(index, generation)).when(is_step(index)));
        }
        let handed = step.source.map(|source| ids[source].as_str());
        let answer = step
            .send(&client, base, index, handed)
            .await
            .map_err(|error| format!("step {index}: {error:?}"))?;
        let headers = answer.headers().clone();
        let body = answer.text().await.map_err(|error| format!("step {index}: {error:?}"))?;
        ids.push(step.taken(&headers, &body));
        bodies.push(body);
    }
    Ok((cassette.finish().map_err(|error| error.to_string())?, bodies))
}

fn step(index: usize, styles: &'static [Style]) -> impl Strategy<Value = Step> {
    let style = prop::sample::select(styles);
    let answers = prop::sample::select(vec![
        Answers::Id,
        Answers::Field,
        Answers::Url,
        Answers::Location,
        Answers::Session,
        Answers::Stream,
        Answers::JsonInText,
        Answers::Prose,
        Answers::Pieces,
    ]);
    let asks = prop::sample::select(vec![
        Asks::Path,
        Asks::Query,
        Asks::Field,
        Asks::Header,
        Asks::Prose,
        Asks::Metadata,
        Asks::Arguments,
        Asks::Form,
        Asks::Multipart,
    ]);
    let source = (0..index.max(1)).prop_map(move |source| (index > 0).then_some(source));
    (style, answers, asks, source, any::<bool>()).prop_map(|(style, answers, asks, source, changes)| {
        // A number or base64 is an id only where a field says so.
        let answers = match (style, answers) {
            (Style::Prefixed | Style::Uuid, answers) => answers,
            _ => Answers::Id,
        };
        Step { style, answers, asks, source, changes }
    })
}

/// Ids as providers make them up: nobody takes one for a word.
const TELLING: &[Style] = &[Style::Prefixed, Style::Prefixed, Style::Uuid, Style::Base64, Style::Number];
const ANY: &[Style] =
    &[Style::Prefixed, Style::Uuid, Style::Base64, Style::Number, Style::Short, Style::Small, Style::Counter];

fn program(styles: &'static [Style]) -> impl Strategy<Value = Vec<Step>> {
    let steps = move |length| (0..length).map(|index| step(index, styles)).collect::<Vec<_>>();
    (2..7usize).prop_flat_map(steps).prop_map(|mut program| {
        // In a text, what nobody hands on is what the text says, and another one is a change.
        let handed_on: Vec<usize> = program.iter().filter_map(|step| step.source).collect();
        for (index, step) in program.iter_mut().enumerate() {
            let is_text = matches!(step.answers, Answers::JsonInText | Answers::Prose | Answers::Url);
            if is_text && !handed_on.contains(&index) {
                step.answers = Answers::Field;
            }
        }
        program
    })
}

/// A job that is made, and asked for twice.
fn job() -> Vec<Step> {
    let step =
        |asks, source| Step { style: Style::Prefixed, answers: Answers::Id, asks, source, changes: false };
    vec![step(Asks::Field, None), step(Asks::Path, Some(0)), step(Asks::Query, Some(0))]
}

/// Changes the lines of the document of which the first line has these words.
fn edit(folder: &Folder, words: &str, from: &str, to: &str) {
    let text = folder.text();
    let documents: Vec<&str> = documents(&text);
    let document =
        documents.iter().find(|document| document.lines().next().unwrap().contains(words)).unwrap();
    assert!(document.contains(from), "{document}");
    let edited = document.replacen(from, to, 1);
    std::fs::write(folder.file(), text.replace(document, &edited)).unwrap();
}

/// The lines of a cassette but those that say when something was recorded.
fn timeless(text: &str) -> Vec<String> {
    text.lines().filter(|line| !line.contains("recorded_at")).map(str::to_owned).collect()
}

#[tokio::test]
async fn a_word_of_the_program_that_happens_to_be_an_id_now_stays_as_it_is() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let base = provider.url();
    let word = id(Style::Counter, 2, 0);
    let run = async |mode, generation: Option<u64>| {
        let cassette = folder.builder(mode).one_test(true).open().unwrap();
        let client = client(&cassette);
        let made = Step { style: Style::Counter, ..job()[0].clone() };
        if let Some(generation) = generation {
            provider.on(Script::raw(made.reply(0, generation)).when(is_step(0)));
        }
        let answer = made.send(&client, &base, 0, None).await.map_err(|error| error.to_string())?;
        let (headers, body) = (answer.headers().clone(), answer.text().await.unwrap());
        let handed = made.taken(&headers, &body);
        let question = format!("Compare {handed} with {word}.");
        ask(&client, &base, &question).await.map_err(|error| error.to_string())?.bytes().await.unwrap();
        cassette.finish().map_err(|error| error.to_string())
    };
    run(Mode::Record, Some(1)).await.unwrap();
    run(Mode::Refresh, Some(2)).await.unwrap();
    run(Mode::Replay, None).await.unwrap();
}

#[tokio::test]
async fn what_hangs_on_an_answer_that_has_expired_is_recorded_again_with_it() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let base = provider.url();
    let program = job();
    play(&program, &folder, true, Mode::Record, Some((&provider, 1)), &base).await.unwrap();
    edit(&folder, "POST", "recorded_at: \"20", "recorded_at: \"19");
    let before = timeless(&folder.text());

    let builder = folder.builder(Mode::Record).ttl(Duration::from_secs(3600)).expiry(Expiry::Record);
    let (report, _) = run_of(&program, builder, Some((&provider, 2)), &base).await.unwrap();
    assert_eq!((report.recorded, report.played, report.unchanged), (3, 0, 3));
    assert_eq!(provider.calls(), 6);
    assert_eq!(timeless(&folder.text()), before);
    play(&program, &folder, true, Mode::Replay, None, &base).await.unwrap();
}

#[tokio::test]
async fn an_answer_that_changed_as_it_expired_keeps_the_ids_that_others_were_asked_with() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let base = provider.url();
    let mut program = job();
    program[0].changes = true;
    play(&program, &folder, true, Mode::Record, Some((&provider, 1)), &base).await.unwrap();
    edit(&folder, "POST", "recorded_at: \"20", "recorded_at: \"19");

    let builder = folder.builder(Mode::Record).ttl(Duration::from_secs(3600)).expiry(Expiry::Record);
    run_of(&program, builder, Some((&provider, 3)), &base).await.unwrap();
    assert_eq!(documents(&folder.text()).len(), 3);
    assert!(!folder.text().contains(&id(Style::Prefixed, 3, 0)), "{}", folder.text());
    let (_, replayed) = play(&program, &folder, true, Mode::Replay, None, &base).await.unwrap();
    assert!(replayed[0].contains("in other words"), "{}", replayed[0]);
}

#[tokio::test]
async fn a_time_of_an_answer_that_has_expired_is_the_one_that_was_handed_on() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let base = provider.url();
    let run = async |builder: Builder, generation: Option<u64>| {
        let cassette = builder.open().unwrap();
        let client = client(&cassette);
        let made = &job()[0];
        if let Some(generation) = generation {
            provider.on(Script::raw(made.reply(0, generation)).when(is_step(0)));
        }
        let answer = made.send(&client, &base, 0, None).await.map_err(|error| error.to_string())?;
        let body: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        let question = format!("What happened since {}?", body["created_at"]);
        ask(&client, &base, &question).await.map_err(|error| error.to_string())?.bytes().await.unwrap();
        cassette.finish().map_err(|error| error.to_string())
    };
    run(folder.builder(Mode::Record), Some(1)).await.unwrap();
    edit(&folder, "things", "recorded_at: \"20", "recorded_at: \"19");
    let builder = folder.builder(Mode::Record).ttl(Duration::from_secs(3600)).expiry(Expiry::Record);
    run(builder, Some(2)).await.unwrap();
    assert!(documents(&folder.text())[0].contains("created_at: 1764460002"), "{}", folder.text());
    run(folder.builder(Mode::Replay), None).await.unwrap();
}

#[tokio::test]
async fn a_pinned_recording_is_found_though_its_id_is_another_one_now() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let base = provider.url();
    let program = job();
    play(&program, &folder, true, Mode::Record, Some((&provider, 1)), &base).await.unwrap();
    edit(&folder, "/step/1", "usage_count: 1\n", "usage_count: 1\npinned: true\n");
    let before = folder.text();

    let (report, _) =
        play(&program, &folder, true, Mode::Refresh, Some((&provider, 2)), &base).await.unwrap();
    assert_eq!(folder.text(), before);
    assert_eq!((report.recorded, report.played, report.unchanged, report.removed), (2, 1, 2, 0));
    play(&program, &folder, true, Mode::Replay, None, &base).await.unwrap();
}

/// Refreshes a job in its second generation, up to the last call, which fails. Nobody finishes that.
async fn leave_unfinished(program: &[Step], folder: &Folder, provider: &StandIn) {
    let base = provider.url();
    let cassette = folder.builder(Mode::Refresh).one_test(true).open().unwrap();
    let client = client(&cassette);
    let handed = id(Style::Prefixed, 2, 0);
    for (index, step) in program.iter().enumerate() {
        let script = match index {
            2 => Script::status(500),
            _ => Script::raw(step.reply(index, 2)),
        };
        provider.on(script.when(is_step(index)));
        let handed = (index > 0).then_some(handed.as_str());
        step.send(&client, &base, index, handed).await.unwrap().bytes().await.unwrap();
    }
}

#[tokio::test]
async fn a_run_that_goes_on_from_an_unfinished_refresh_asks_on_with_the_ids_that_that_one_got() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let base = provider.url();
    let program = job();
    play(&program, &folder, true, Mode::Record, Some((&provider, 1)), &base).await.unwrap();
    let before = folder.text();
    leave_unfinished(&program, &folder, &provider).await;

    let (report, _) =
        play(&program, &folder, true, Mode::Refresh, Some((&provider, 3)), &base).await.unwrap();
    assert_eq!((report.resumed, report.recorded, report.unchanged), (2, 1, 3));
    let asked = provider.requests().last().unwrap().target.clone();
    assert!(asked.contains(&id(Style::Prefixed, 2, 0)), "{asked}");
    assert_eq!(folder.text(), before);
    play(&program, &folder, true, Mode::Replay, None, &base).await.unwrap();
}

#[cfg(feature = "cli")]
#[tokio::test]
async fn what_is_taken_of_an_unfinished_refresh_replays_with_what_was_there() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let base = provider.url();
    let mut program = job();
    program[1].changes = true;
    play(&program, &folder, true, Mode::Record, Some((&provider, 3)), &base).await.unwrap();
    program[1].changes = false;
    leave_unfinished(&program, &folder, &provider).await;

    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_llm-cassette"));
    let output =
        command.current_dir(folder.path()).args(["refresh", "--resume", "test.yaml"]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let (_, replayed) = play(&program, &folder, true, Mode::Replay, None, &base).await.unwrap();
    assert!(replayed[1].contains("says so"), "{}", replayed[1]);
}

#[tokio::test]
async fn a_call_that_failed_under_a_new_id_keeps_the_answer_that_it_had_under_the_old_one() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let base = provider.url();
    let program = job();
    play(&program, &folder, true, Mode::Record, Some((&provider, 1)), &base).await.unwrap();
    let before = folder.text();

    let cassette = folder.builder(Mode::Refresh).one_test(true).open().unwrap();
    let client = client(&cassette);
    provider.on(Script::raw(program[0].reply(0, 2)));
    let answer = program[0].send(&client, &base, 0, None).await.unwrap();
    answer.bytes().await.unwrap();
    for (index, step) in program.iter().enumerate().skip(1) {
        provider.on(Script::status(500));
        let handed = id(Style::Prefixed, 2, 0);
        step.send(&client, &base, index, Some(&handed)).await.unwrap().bytes().await.unwrap();
    }
    let report = cassette.finish().unwrap();
    assert_eq!((report.recorded, report.removed), (1, 0));
    assert_eq!(folder.text(), before);
}

/// An id in pieces cannot be replaced, so what hangs on it is recorded anew.
fn without_pieces(mut program: Vec<Step>) -> Vec<Step> {
    for step in program.iter_mut().filter(|step| step.answers == Answers::Pieces) {
        step.answers = Answers::Id;
    }
    program
}

/// Each program runs up to nine times, so the default of 256 is for those who ask for it.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(16)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn after_a_refresh_the_same_program_replays_and_what_did_not_change_changed_no_line(
        program in program(TELLING).prop_map(without_pieces),
        one_test in any::<bool>(),
    ) {
        run(async {
            let folder = Folder::new();
            let provider = StandIn::start().await;
            let base = provider.url();
            let play = async |mode, generation: Option<u64>| {
                let provider = generation.map(|generation| (&provider, generation));
                play(&program, &folder, one_test, mode, provider, &base).await.map_err(TestCaseError::fail)
            };
            play(Mode::Record, Some(1)).await?;
            let (_, recorded) = play(Mode::Replay, None).await?;
            let before = folder.text();

            let (report, _) = play(Mode::Refresh, Some(2)).await?;
            prop_assert_eq!(report.unchanged, program.len());
            prop_assert_eq!(folder.text(), before.clone());
            let (_, replayed) = play(Mode::Replay, None).await?;
            prop_assert_eq!(replayed, recorded);

            let changed = program.iter().filter(|step| step.changes).count();
            let (report, _) = play(Mode::Refresh, Some(3)).await?;
            prop_assert_eq!(report.unchanged, program.len() - changed);
            prop_assert_eq!(documents(&folder.text()).len(), program.len());
            let (_, replayed) = play(Mode::Replay, None).await?;
            for (index, (step, body)) in program.iter().zip(replayed).enumerate() {
                prop_assert!(body.contains(&step.text(index, 3)), "step {}: {}", index, body);
            }
            Ok(())
        })?;
    }

    #[test]
    fn after_a_refresh_the_same_program_replays_whatever_its_ids_look_like(
        program in program(ANY),
        one_test in any::<bool>(),
    ) {
        run(async {
            let folder = Folder::new();
            let provider = StandIn::start().await;
            let base = provider.url();
            let play = async |mode, generation: Option<u64>| {
                let provider = generation.map(|generation| (&provider, generation));
                play(&program, &folder, one_test, mode, provider, &base).await.map_err(TestCaseError::fail)
            };
            play(Mode::Record, Some(1)).await?;
            for generation in 2..5 {
                play(Mode::Refresh, Some(generation)).await?;
                let (_, replayed) = play(Mode::Replay, None).await?;
                for (index, (step, body)) in program.iter().zip(replayed).enumerate() {
                    prop_assert!(body.contains(&step.text(index, generation)), "step {}: {}", index, body);
                }
            }
            Ok(())
        })?;
    }
}
