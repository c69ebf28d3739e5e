//! Two branches that record into one cassette merge, with real git and `merge=union`, and nothing of either is lost.

use std::path::Path;
use std::process::{Command, Output};

use llm_cassette::{Cassette, ErrorKind, Mode};

use crate::stand_in::{Script, StandIn};
use crate::support::*;

/// What `docs/git.md` tells people to write.
const ATTRIBUTES: &str = "*.yaml text eol=lf merge=union\n";

/// A repository with a cassette, and a provider to record from.
struct Repository {
    folder: Folder,
    provider: StandIn,
}

impl Repository {
    /// On the branch `main`, with one commit.
    async fn new(attributes: &str) -> Repository {
        let repository = Repository { folder: Folder::new(), provider: StandIn::start().await };
        repository.git("init -q -b main");
        std::fs::write(repository.path().join(".gitattributes"), attributes).unwrap();
        repository.commit();
        repository
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn run(&self, arguments: &str) -> Output {
        let who = ["AUTHOR", "COMMITTER"].into_iter();
        Command::new("git")
            .current_dir(self.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .envs(who.clone().map(|who| (format!("GIT_{who}_NAME"), "Ann")))
            .envs(who.map(|who| (format!("GIT_{who}_EMAIL"), "ann@example.com")))
            .args(arguments.split(' '))
            .output()
            .unwrap()
    }

    fn git(&self, arguments: &str) {
        let output = self.run(arguments);
        assert!(output.status.success(), "git {arguments}: {output:?}");
    }

    fn commit(&self) {
        self.git("add -A");
        self.git("commit -q -m step");
    }

    /// Records on a branch, which starts from `main` if it is new, commits, and gives the file.
    async fn on(&self, branch: &str, questions: &[&str]) -> String {
        if !self.run(&format!("switch -q {branch}")).status.success() {
            self.git(&format!("switch -q -c {branch} main"));
        }
        record(&self.folder, &self.provider.url(), questions).await;
        self.commit();
        self.folder.text()
    }

    /// Asks again on a branch, which starts from `main` if it is new, when the model says something else.
    async fn refreshed(&self, branch: &str, words: &str) -> String {
        if !self.run(&format!("switch -q {branch}")).status.success() {
            self.git(&format!("switch -q -c {branch} main"));
        }
        self.provider.on(Script::says(words));
        let cassette = self.folder.open(Mode::Refresh);
        self.answers(&cassette, &["Name three rivers."]).await;
        cassette.finish().unwrap();
        self.commit();
        self.folder.text()
    }

    /// Merges two branches into the first of them.
    fn merge(&self, into: &str, from: &str) {
        self.git(&format!("switch -q {into}"));
        self.git(&format!("merge -q --no-edit {from}"));
    }

    async fn answers(&self, cassette: &Cassette, questions: &[&str]) {
        let client = client(cassette);
        for question in questions {
            let answer = ask(&client, &self.provider.url(), question).await;
            assert!(answer.unwrap_or_else(|error| panic!("{question}: {error}")).text().await.is_ok());
        }
    }

    /// Replays everything, which writes nothing; then records one thing more, which stores the file clean, with all
    /// documents of all sides byte for byte.
    async fn holds(&self, questions: &[&str], sides: &[&str]) {
        let before = self.folder.text();
        let calls = self.provider.calls();
        let cassette = self.folder.builder(Mode::Replay).fail_on_unused(true).open().unwrap();
        self.answers(&cassette, questions).await;
        cassette.finish().unwrap();
        assert_eq!((self.provider.calls(), self.folder.text()), (calls, before));
        record(&self.folder, &self.provider.url(), &["What else?"]).await;
        let text = self.folder.text();
        let mut wanted: Vec<&str> = sides.iter().flat_map(|side| documents(side)).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let mut found = documents(&text);
        found.pop();
        found.sort_unstable();
        assert_eq!(found, wanted);
    }
}

#[tokio::test]
async fn two_branches_that_each_recorded_something_merge_and_the_result_has_both() {
    let repository = Repository::new(ATTRIBUTES).await;
    let main = repository.on("main", &["Name three rivers."]).await;
    let ours = repository.on("ours", &["What is 6 times 7?"]).await;
    let theirs = repository.on("theirs", &["Name two cities."]).await;
    repository.merge("ours", "theirs");
    let text = repository.folder.text();
    assert!(!text.ends_with(&theirs[main.len()..]), "git interleaved nothing, so nothing is tested: {text}");
    let all = ["Name three rivers.", "What is 6 times 7?", "Name two cities."];
    repository.holds(&all, &[&ours, &theirs]).await;
}

#[tokio::test]
async fn a_cassette_that_is_new_on_both_branches_has_what_both_recorded() {
    let repository = Repository::new(ATTRIBUTES).await;
    let ours = repository.on("ours", &["Name three rivers.", "Count to 5", "What is 6 times 7?"]).await;
    let theirs = repository.on("theirs", &["Name two cities.", "Count to 7"]).await;
    repository.merge("ours", "theirs");
    let all = ["Name three rivers.", "Count to 5", "What is 6 times 7?", "Name two cities.", "Count to 7"];
    repository.holds(&all, &[&ours, &theirs]).await;
}

#[tokio::test]
async fn three_branches_merge_one_after_the_other_without_a_run_between() {
    let repository = Repository::new(ATTRIBUTES).await;
    repository.on("main", &["Name three rivers."]).await;
    let one = repository.on("one", &["Count to 5"]).await;
    let two = repository.on("two", &["What is 6 times 7?"]).await;
    let three = repository.on("three", &["Name two cities."]).await;
    repository.merge("one", "two");
    repository.merge("one", "three");
    let all = ["Name three rivers.", "Count to 5", "What is 6 times 7?", "Name two cities."];
    repository.holds(&all, &[&one, &two, &three]).await;
}

#[tokio::test]
async fn a_rebase_and_a_cherry_pick_keep_both_as_well() {
    for way in ["rebase -q main", "cherry-pick main"] {
        let repository = Repository::new(ATTRIBUTES).await;
        repository.on("main", &["Name three rivers."]).await;
        repository.on("topic", &["What is 6 times 7?"]).await;
        let theirs = repository.on("topic", &["Count to 7"]).await;
        let ours = repository.on("main", &["Name two cities."]).await;
        repository.git("switch -q topic");
        repository.git(way);
        let all = ["Name three rivers.", "What is 6 times 7?", "Count to 7", "Name two cities."];
        repository.holds(&all, &[&ours, &theirs]).await;
    }
}

#[tokio::test]
async fn both_answers_to_a_request_that_both_branches_recorded_are_kept_and_play_as_takes() {
    let repository = Repository::new(ATTRIBUTES).await;
    repository.on("main", &["Name three rivers."]).await;
    repository.provider.on(Script::says("forty-two"));
    let ours = repository.on("ours", &["What is 6 times 7?"]).await;
    repository.provider.on(Script::says("It is 42,\nI think."));
    let theirs = repository.on("theirs", &["What is 6 times 7?"]).await;
    repository.merge("ours", "theirs");
    let all = ["Name three rivers.", "What is 6 times 7?", "What is 6 times 7?"];
    let cassette = repository.folder.open(Mode::Replay);
    let base = repository.provider.url();
    let first = ask(&client(&cassette), &base, all[1]).await.unwrap().text().await.unwrap();
    let second = ask(&client(&cassette), &base, all[1]).await.unwrap().text().await.unwrap();
    cassette.finish().unwrap();
    assert!(first.contains("forty-two") && second.contains("I think"), "{first} {second}");
    repository.holds(&all, &[&ours, &theirs]).await;
}

#[tokio::test]
async fn takes_of_one_branch_play_before_those_of_the_other() {
    let repository = Repository::new(ATTRIBUTES).await;
    let twice = ["Again?", "Again?"];
    for (branch, words) in [("ours", ["one", "two"]), ("theirs", ["three", "four"])] {
        words.into_iter().for_each(|word| repository.provider.on(Script::says(word)));
        repository.git(&format!("switch -q -c {branch} main"));
        let cassette = repository.folder.open(Mode::Record);
        repository.answers(&cassette, &twice).await;
        cassette.finish().unwrap();
        repository.commit();
    }
    repository.merge("ours", "theirs");
    let cassette = repository.folder.open(Mode::Replay);
    let mut said = Vec::new();
    for _ in 0..4 {
        let answer = ask(&client(&cassette), &repository.provider.url(), "Again?").await.unwrap();
        let answer: serde_json::Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        said.push(answer["choices"][0]["message"]["content"].as_str().unwrap().to_owned());
    }
    cassette.finish().unwrap();
    assert_eq!(said, ["one", "two", "three", "four"]);
}

#[tokio::test]
async fn what_both_branches_have_alike_is_there_once() {
    let repository = Repository::new(ATTRIBUTES).await;
    repository.on("main", &["Name three rivers."]).await;
    repository.on("ours", &["What is 6 times 7?"]).await;
    repository.git("switch -q -c theirs main");
    repository.git("cherry-pick ours");
    let ours = repository.on("ours", &["Count to 5"]).await;
    let theirs = repository.on("theirs", &["Count to 7"]).await;
    repository.merge("ours", "theirs");
    let all = ["Name three rivers.", "What is 6 times 7?", "Count to 5", "Count to 7"];
    repository.holds(&all, &[&ours, &theirs]).await;
}

#[tokio::test]
async fn one_branch_may_refresh_what_the_other_leaves_alone() {
    let repository = Repository::new(ATTRIBUTES).await;
    repository.on("main", &["Name three rivers.", "Count to 5"]).await;
    let theirs = repository.on("theirs", &["Count to 7"]).await;
    repository.git("switch -q -c ours main");
    repository.provider.answers(2);
    let cassette = repository.folder.open(Mode::Refresh);
    repository.answers(&cassette, &["Name three rivers.", "What is 6 times 7?"]).await;
    assert_eq!(cassette.finish().unwrap().unchanged, 0);
    repository.commit();
    let ours = repository.folder.text();
    repository.merge("ours", "theirs");
    let added = format!("\n{}", documents(&theirs).pop().unwrap());
    let all = ["Name three rivers.", "What is 6 times 7?", "Count to 5", "Count to 7"];
    repository.holds(&all, &[&ours, &added]).await;
}

#[tokio::test]
async fn conversations_with_long_lists_of_tools_come_apart() {
    let repository = Repository::new(ATTRIBUTES).await;
    let tool = |n: usize| {
        serde_json::json!({"type": "function", "function": {
            "name": format!("tool_{n}"), "description": "Looks\nsomething\nup",
            "parameters": {"type": "object", "required": ["city"],
                "properties": {"city": {"type": "string", "description": "Name of the city"}}},
        }})
    };
    let tools: Vec<serde_json::Value> = (0..100).map(tool).collect();
    let talk = async |branch: &str, words: &[&str]| {
        repository.git(&format!("switch -q -c {branch} main"));
        let cassette = repository.folder.open(Mode::Record);
        let client = client(&cassette);
        let system = serde_json::json!({"role": "system", "content": "You help travellers.\nBe brief."});
        let mut messages = vec![system];
        for word in words {
            messages.push(serde_json::json!({"role": "user", "content": word}));
            let body = serde_json::json!({"model": "gpt-4o-mini", "messages": messages, "tools": tools});
            let url = format!("{}/v1/chat/completions", repository.provider.url());
            let answer = post(&client, &url, body.to_string()).await.unwrap().text().await.unwrap();
            let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
            messages.push(answer["choices"][0]["message"].clone());
        }
        cassette.finish().unwrap();
        repository.commit();
        repository.folder.text()
    };
    let ours = talk("ours", &["Name three rivers.", "Count to 5", "Thank you"]).await;
    let theirs = talk("theirs", &["Name two cities.", "Count to 7", "Thank you"]).await;
    repository.merge("ours", "theirs");
    record(&repository.folder, &repository.provider.url(), &["What else?"]).await;
    let text = repository.folder.text();
    let found = documents(&text);
    assert_eq!(found.len(), 7);
    for document in documents(&ours).into_iter().chain(documents(&theirs)) {
        assert!(found.contains(&document), "{document}");
    }
}

#[tokio::test]
async fn a_checkout_with_windows_line_ends_plays_what_both_recorded() {
    let repository = Repository::new("*.yaml text eol=crlf merge=union\n").await;
    repository.on("main", &["Name three rivers."]).await;
    repository.on("ours", &["What is 6 times 7?"]).await;
    repository.on("theirs", &["Name two cities."]).await;
    repository.merge("ours", "theirs");
    let text = repository.folder.text();
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    let cassette = repository.folder.builder(Mode::Replay).fail_on_unused(true).open().unwrap();
    repository.answers(&cassette, &["Name three rivers.", "What is 6 times 7?", "Name two cities."]).await;
    cassette.finish().unwrap();
}

#[tokio::test]
async fn a_recording_is_added_behind_a_woven_file_even_if_the_run_never_ends() {
    let repository = Repository::new(ATTRIBUTES).await;
    repository.on("ours", &["What is 6 times 7?"]).await;
    repository.on("theirs", &["Name two cities."]).await;
    repository.merge("ours", "theirs");
    let merged_by_lines = repository.folder.text();
    let cassette = repository.folder.open(Mode::Record);
    repository.answers(&cassette, &["Count to 7"]).await;
    std::mem::forget(cassette);
    assert!(repository.folder.text().starts_with(&merged_by_lines));
    let cassette = repository.folder.builder(Mode::Replay).fail_on_unused(true).open().unwrap();
    repository.answers(&cassette, &["What is 6 times 7?", "Name two cities.", "Count to 7"]).await;
    cassette.finish().unwrap();
}

#[tokio::test]
async fn two_refreshes_of_one_document_are_both_kept_if_they_differ_in_the_same_lines() {
    let repository = Repository::new(ATTRIBUTES).await;
    repository.on("main", &["Name three rivers."]).await;
    let ours = repository.refreshed("ours", "The Danube").await;
    let theirs = repository.refreshed("theirs", "The Rhine,\nthe Rhone\nand the Po").await;
    repository.merge("ours", "theirs");
    repository.holds(&["Name three rivers.", "Name three rivers."], &[&ours, &theirs]).await;
}

#[tokio::test]
async fn two_refreshes_of_one_document_are_refused_if_git_dropped_lines_of_them() {
    let repository = Repository::new(ATTRIBUTES).await;
    repository.on("main", &["Name three rivers."]).await;
    // One branch changes the first, the other the last.
    let lines = |first: &str, last: &str| [first, "b", "c", "d", "e", "f", "g", last].join("\n");
    repository.refreshed("main", &lines("a", "h")).await;
    repository.refreshed("ours", &lines("A", "h")).await;
    repository.refreshed("theirs", &lines("a", "H")).await;
    repository.merge("ours", "theirs");
    let file = repository.folder.file();
    let error = repository.folder.builder(Mode::Replay).open().unwrap_err().to_string();
    assert!(
        error.starts_with(&format!("{}:2: a merge interleaved documents here", file.display())),
        "{error}"
    );
    assert!(error.contains("git checkout HEAD^1 -- "), "{error}");
    // Nor does a run that records write to it.
    let before = repository.folder.text();
    assert!(repository.folder.builder(Mode::Record).open().is_err());
    assert_eq!(repository.folder.text(), before);
    repository.git("checkout HEAD^1 -- test.yaml");
    repository.folder.open(Mode::Replay).finish().unwrap();
}

#[tokio::test]
async fn marks_of_a_conflict_are_told_with_the_line_that_avoids_them() {
    let repository = Repository::new("").await;
    repository.on("main", &["Name three rivers."]).await;
    repository.on("ours", &["What is 6 times 7?"]).await;
    repository.on("theirs", &["Name two cities."]).await;
    repository.git("switch -q ours");
    assert!(!repository.run("merge -q --no-edit theirs").status.success());
    let line = repository.folder.text().lines().position(|line| line.starts_with("<<<<<<<")).unwrap() + 1;
    let error = repository.folder.builder(Mode::Replay).open().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Malformed);
    let file = repository.folder.file();
    assert!(error.to_string().starts_with(&format!("{}:{line}: ", file.display())), "{error}");
    assert!(error.to_string().contains("merge=union"), "{error}");
    // The next step that it names works.
    std::fs::write(repository.path().join(".gitattributes"), ATTRIBUTES).unwrap();
    assert!(error.to_string().contains("git checkout -m -- "), "{error}");
    repository.git("checkout -m -- test.yaml");
    let cassette = repository.folder.builder(Mode::Replay).fail_on_unused(true).open().unwrap();
    repository.answers(&cassette, &["Name three rivers.", "What is 6 times 7?", "Name two cities."]).await;
    cassette.finish().unwrap();
}
