//! A process may be killed at any moment: what a client has wholly received is on disk then, and the old file is whole.
//!
//! Each kill is at another moment: behind so many answers, or in the midst of one, or so long after that, down to the end of the
//! run. `LLM_CASSETTE_TEST_KILLS=200` makes as many of each kind; a handful will do for every day.

use std::collections::BTreeSet;
use std::time::Duration;

use llm_cassette::Mode;
use reqwest_middleware::ClientWithMiddleware;
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout};

use crate::child;
use crate::stand_in::StandIn;
use crate::support::*;

/// How many calls a run makes, on so many tasks at once.
const CALLS: usize = 24;
const TASKS: usize = 4;

/// Numbers that look like chance and are the same each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

fn kills() -> u64 {
    std::env::var("LLM_CASSETTE_TEST_KILLS").map_or(5, |count| count.parse().unwrap())
}

fn question(name: &str, call: usize) -> String {
    format!("{name} asks number {call}.")
}

/// Asks one of the questions: a stream, a vector that goes into a blob, or a plain one. Gives the answer.
async fn ask_one(client: &ClientWithMiddleware, base: &str, question: &str, call: usize) -> Vec<u8> {
    let chats = format!("{base}/v1/chat/completions");
    let (url, body) = match call % 4 {
        0 => (chats, chat(question, true)),
        1 => {
            let body = json!({"model": "text-embedding-3-small", "input": question, "dimensions": 512});
            (format!("{base}/v1/embeddings"), body.to_string())
        }
        _ => (chats, chat(question, false)),
    };
    post(client, &url, body).await.unwrap().bytes().await.unwrap().to_vec()
}

/// The part of the process that is killed: asks, says of each answer that it is there, and finishes.
async fn run_to_be_killed(child: &child::Role) {
    let (name, mode) = child.name.split_once(' ').unwrap();
    let cassette = child.open(mode.parse().unwrap());
    let client = client(&cassette);
    let tasks = (0..TASKS).map(|task| {
        let (client, base, name) = (client.clone(), child.base.clone(), name.to_owned());
        tokio::spawn(async move {
            for call in (task..CALLS).step_by(TASKS) {
                ask_one(&client, &base, &question(&name, call), call).await;
                say(&format!("answered {call}"));
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    let _report = cassette.finish().unwrap();
    say("finished");
}

/// A line of its own, at once: the harness has begun the line that it is on.
fn say(what: &str) {
    use std::io::Write as _;
    std::io::stdout().lock().write_all(format!("\n{what}\n").as_bytes()).unwrap();
}

/// What a process has said.
#[derive(Default)]
struct Said {
    answered: BTreeSet<usize>,
    finished: bool,
}

impl Said {
    fn take(&mut self, line: &str) {
        self.finished |= line == "finished";
        self.answered.extend(line.strip_prefix("answered ").and_then(|call| call.parse::<usize>().ok()));
    }

    async fn read(&mut self, lines: &mut Lines<BufReader<ChildStdout>>, wanted: usize) {
        while self.answered.len() < wanted {
            match lines.next_line().await.unwrap() {
                Some(line) => self.take(&line),
                None => return,
            }
        }
    }
}

/// Kills a process at some moment, and gives all that it had said.
async fn kill(process: &mut Child, chance: &mut Chance) -> Said {
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let mut said = Said::default();
    // A third of them in the time in which the run ends.
    let wanted = if chance.below(3) == 0 { CALLS } else { chance.below(CALLS as u64 + 1) as usize };
    said.read(&mut lines, wanted).await;
    // Between two answers nothing can be waited for but time: the moment is to be one that nobody has chosen.
    // What comes behind the last of them, down to the new file, takes longer.
    let range = if wanted == CALLS { 700_000 } else { 12_000 };
    if chance.below(4) > 0 {
        tokio::time::sleep(Duration::from_micros(chance.below(range))).await;
    }
    process.kill().await.unwrap();
    while let Some(line) = lines.next_line().await.unwrap() {
        said.take(&line);
    }
    said
}

/// The answers of a run in some mode to some of the questions of one who asks.
async fn answers(
    folder: &Folder,
    mode: Mode,
    base: &str,
    name: &str,
    calls: &BTreeSet<usize>,
) -> Vec<Vec<u8>> {
    let cassette = folder.open(mode);
    let client = client(&cassette);
    let mut answers = Vec::new();
    for call in calls {
        answers.push(ask_one(&client, base, &question(name, *call), *call).await);
    }
    let _report = cassette.finish().unwrap();
    answers
}

/// Waits for the end of one that is not killed.
async fn goes_on(process: Option<Child>) {
    if let Some(process) = process {
        let (status, said) = child::outcome(process).await;
        assert_eq!(status, Some(0), "{said}");
    }
}

fn all() -> BTreeSet<usize> {
    (0..CALLS).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recording_that_is_killed_at_any_moment_has_every_answer_that_its_client_has_received() {
    if let Some(child) = child::role() {
        return run_to_be_killed(&child).await;
    }
    let provider = StandIn::start().await;
    let base = provider.url();
    let mut kept = 0;
    for seed in 0..kills() {
        let (folder, mut chance) = (Folder::new(), Chance(seed));
        let other = (seed % 2 == 1).then(|| child::start(&|| {}, "Bob record", &folder.file(), &base));
        let mut process = child::start(&|| {}, "Ann record", &folder.file(), &base);
        let said = kill(&mut process, &mut chance).await;
        goes_on(other).await;
        kept += said.answered.len();
        // A replay that has no answer fails.
        answers(&folder, Mode::Replay, &base, "Ann", &said.answered).await;
        if seed % 2 == 1 {
            answers(&folder, Mode::Replay, &base, "Bob", &all()).await;
        }
        // The next run goes on from whatever the kill left.
        answers(&folder, Mode::Record, &base, "Ann", &all()).await;
        assert_eq!(answers(&folder, Mode::Replay, &base, "Ann", &all()).await.len(), CALLS, "seed {seed}");
    }
    println!("{} kills, {kept} answers received, none of them lost", kills());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refresh_that_is_killed_at_any_moment_leaves_the_old_file_whole_and_loses_no_answer() {
    if let Some(child) = child::role() {
        return run_to_be_killed(&child).await;
    }
    let provider = StandIn::start().await;
    let base = provider.url();
    let template = Folder::new();
    for name in ["Ann", "Bob"] {
        answers(&template, Mode::Record, &base, name, &all()).await;
    }
    let of_ann = |text: &str| -> Vec<String> {
        documents(text)
            .into_iter()
            .filter(|document| document.contains("Ann asks"))
            .map(str::to_owned)
            .collect()
    };
    let before = template.text();
    provider.answers(2);
    let (mut kept, mut committed) = (0, 0);
    for seed in 0..kills() {
        let (folder, mut chance) = (Folder::new(), Chance(seed));
        copy(template.path(), folder.path());
        let other = (seed % 2 == 1).then(|| child::start(&|| {}, "Bob refresh", &folder.file(), &base));
        let mut process = child::start(&|| {}, "Ann refresh", &folder.file(), &base);
        let said = kill(&mut process, &mut chance).await;
        goes_on(other).await;
        kept += said.answered.len();
        let after = folder.text();
        let is_old = of_ann(&after) == of_ann(&before);
        if seed % 2 == 0 && is_old {
            assert_eq!(after, before, "seed {seed}: the old file is whole");
        }
        // A run that has been told the end of everything may have replaced the file, with all of it.
        assert!(is_old || said.answered.len() == CALLS, "seed {seed}");
        assert!(!said.finished || !is_old, "seed {seed}: a finished refresh is in the file");
        // All of it can be read, blobs included: a replay that has no answer fails.
        assert_eq!(answers(&folder, Mode::Replay, &base, "Ann", &all()).await.len(), CALLS, "seed {seed}");
        if !is_old {
            committed += 1;
            continue;
        }
        let asked_before = provider.requests().len();
        let refreshed = answers(&folder, Mode::Refresh, &base, "Ann", &all()).await;
        let again = provider.requests().split_off(asked_before);
        for call in &said.answered {
            let question = question("Ann", *call);
            let sent = again.iter().any(|seen| String::from_utf8_lossy(&seen.body).contains(&question));
            assert!(!sent, "seed {seed}: the answer to {question:?} was received, and lost");
        }
        assert_eq!(answers(&folder, Mode::Replay, &base, "Ann", &all()).await, refreshed, "seed {seed}");
        let left = folder.listing().into_iter().filter(|path| path.contains(".refresh-"));
        assert_eq!(left.collect::<Vec<_>>(), Vec::<String>::new(), "seed {seed}");
    }
    println!(
        "{} kills, {committed} of them behind the commit, {kept} answers received, none of them lost",
        kills()
    );
}

/// Copies a cassette and its blobs.
fn copy(from: &std::path::Path, to: &std::path::Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let (path, name) = (entry.as_ref().unwrap().path(), entry.unwrap().file_name());
        match path.is_dir() {
            true if name == "blobs" => {
                std::fs::create_dir(to.join(&name)).unwrap();
                copy(&path, &to.join(&name));
            }
            true => {}
            false => {
                std::fs::copy(&path, to.join(&name)).unwrap();
            }
        }
    }
}
