//! `llm-cassette.toml` says for all tests of a package what each would have to say.

use std::path::Path;
use std::time::Duration;

use llm_cassette::{Cassette, ErrorKind, Expiry, Mode, Outcome, Repeats};
use serde_json::json;

use crate::child;
use crate::stand_in::{Script, StandIn};
use crate::support::*;

/// A workspace with a package in it, and what stands in the file of each.
struct Project {
    folder: Folder,
    provider: StandIn,
}

impl Project {
    async fn new(workspace: &str, package: &str) -> Project {
        let project = Project { folder: Folder::new(), provider: StandIn::start().await };
        project.write("Cargo.toml", "[workspace]\nmembers = ['app']\n");
        project.write("app/Cargo.toml", "[package]\nname = 'app'\n");
        project.write("llm-cassette.toml", workspace);
        project.write("app/llm-cassette.toml", package);
        project
    }

    fn write(&self, name: &str, text: &str) {
        let file = self.folder.path().join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }

    /// Runs the test that `marker`, a closure, stands in once more, as a test of the package.
    async fn runs<T>(&self, marker: &T, role: &str, environment: &[(&str, &str)]) {
        let app = self.folder.path().join("app");
        let mut command = tokio::process::Command::new(std::env::current_exe().unwrap());
        command.args(child::arguments(marker)).current_dir(&app).env("CARGO_MANIFEST_DIR", &app);
        command.env_remove("LLM_CASSETTE_MODE").envs(environment.iter().copied());
        let process = child::prepare(&mut command, role, Path::new("unused.yaml"), &self.provider.url());
        let (status, said) = child::outcome(process).await;
        assert_eq!(status, Some(0), "{role}: {said}");
    }
}

/// A request that says which run it is of.
fn body(run: &str) -> String {
    json!({"model": "gpt-4o-mini", "metadata": {"run": run}, "messages": [{"role": "user", "content": "Hi"}]})
        .to_string()
}

async fn sends(cassette: &Cassette, base: &str, run: &str) -> Outcome {
    let sent = post(&client(cassette), &format!("{base}/v1/chat/completions"), body(run)).await;
    if let Ok(response) = sent {
        response.bytes().await.unwrap();
    }
    cassette.interactions().pop().unwrap().outcome().clone()
}

#[tokio::test]
async fn a_rule_that_stands_in_the_file_need_not_stand_in_each_test() {
    if let Some(role) = child::role() {
        let mode = if role.name == "records" { Mode::Record } else { Mode::Replay };
        let cassette = Cassette::builder("faq").mode(mode).open().unwrap();
        let outcome = sends(&cassette, &role.base, &role.name).await;
        assert_eq!(outcome, if mode == Mode::Record { Outcome::Recorded } else { Outcome::Played });
        cassette.finish().unwrap();
        return;
    }
    let project = Project::new("ignore = ['/metadata/run']", "").await;
    project.runs(&|| {}, "records", &[]).await;
    project.runs(&|| {}, "replays", &[]).await;
    assert_eq!(project.provider.calls(), 1);
}

#[tokio::test]
async fn cassettes_lie_in_the_folder_of_the_nearest_file_unless_code_names_one() {
    if let Some(role) = child::role() {
        let path = |cassette: Result<Cassette, _>| {
            let cassette: Cassette = cassette.unwrap();
            cassette.path().to_string_lossy().replace('\\', "/")
        };
        let wanted = if role.name == "near" { "/app/near/faq.yaml" } else { "/far/faq.yaml" };
        assert!(path(Cassette::open("faq")).ends_with(wanted), "{}", path(Cassette::open("faq")));
        let named = path(Cassette::builder("faq").folder("mine").open());
        assert!(named.ends_with("/app/mine/faq.yaml"), "{named}");
        let path_as_it_is = path(Cassette::open("other/faq.yaml"));
        assert!(path_as_it_is.ends_with("/app/other/faq.yaml"), "{path_as_it_is}");
        return;
    }
    Project::new("folder = 'far'", "folder = 'near'").await.runs(&|| {}, "near", &[]).await;
    Project::new("folder = 'far'", "").await.runs(&|| {}, "far", &[]).await;
}

#[tokio::test]
async fn what_code_says_wins_over_the_file_and_lists_add_up() {
    if let Some(role) = child::role() {
        let record = Cassette::builder("faq").mode(Mode::Record).ignore("/metadata/run").open().unwrap();
        assert_eq!(sends(&record, &role.base, "one").await, Outcome::Recorded);
        record.finish().unwrap();
        let elsewhere = role.base.replace("127.0.0.1", "localhost");

        // The file forgives the host, and this test the run.
        let replay = Cassette::builder("faq").mode(Mode::Replay).ignore("/metadata/run").open().unwrap();
        assert_eq!(sends(&replay, &elsewhere, "two").await, Outcome::Played);
        // Code takes it back.
        let strict = Cassette::builder("faq").mode(Mode::Replay).ignore("/metadata/run").ignore_host(false);
        let strict = strict.tolerate_misses(true).open().unwrap();
        let outcome = sends(&strict, &elsewhere, "two").await;
        assert!(matches!(outcome, Outcome::Refused { kind: ErrorKind::NoMatch, .. }), "{outcome:?}");

        // The file lets recordings be used again, and this test does not.
        assert_eq!(sends(&replay, &role.base, "three").await, Outcome::Played);
        let once =
            Cassette::builder("faq").mode(Mode::Replay).ignore("/metadata/run").repeats(Repeats::Refuse);
        let once = once.tolerate_misses(true).open().unwrap();
        assert_eq!(sends(&once, &role.base, "one").await, Outcome::Played);
        assert!(matches!(
            sends(&once, &role.base, "one").await,
            Outcome::Refused { kind: ErrorKind::UsedUp, .. }
        ));

        // The file wants all to be used.
        let idle = Cassette::builder("faq").mode(Mode::Replay).ignore("/metadata/run").open().unwrap();
        assert_eq!(idle.finish().unwrap_err().kind(), ErrorKind::Unfinished);
        let idle = Cassette::builder("faq").mode(Mode::Replay).ignore("/metadata/run").fail_on_unused(false);
        idle.open().unwrap().finish().unwrap();
        return;
    }
    let file = "ignore_host = true\nrepeats = 'reuse'\nfail_on_unused = true\n";
    Project::new(file, "").await.runs(&|| {}, "asks", &[]).await;
}

#[tokio::test]
async fn how_old_a_recording_may_be_is_said_by_the_environment_then_by_code_then_by_the_file() {
    if let Some(role) = child::role() {
        if role.name == "records" {
            let cassette = Cassette::builder("faq").mode(Mode::Record).open().unwrap();
            sends(&cassette, &role.base, "one").await;
            cassette.finish().unwrap();
            let file = cassette.path();
            let text = std::fs::read_to_string(file).unwrap();
            let start = text.find("recorded_at: ").unwrap() + "recorded_at: ".len();
            let old = format!(
                "{}2001-01-01T00:00:00Z\n{}",
                &text[..start],
                text[start..].split_once('\n').unwrap().1
            );
            std::fs::write(file, old).unwrap();
            return;
        }
        let builder = || Cassette::builder("faq").mode(Mode::Replay).tolerate_misses(true);
        let of_the_file = sends(&builder().open().unwrap(), &role.base, "one").await;
        let of_code = builder().expiry(Expiry::Warn).ttl(Duration::from_secs(1)).open().unwrap();
        let of_code = sends(&of_code, &role.base, "one").await;
        let is_expired =
            |outcome: &Outcome| matches!(outcome, Outcome::Refused { kind: ErrorKind::Expired, .. });
        match role.name.as_str() {
            "by the file" => assert!(is_expired(&of_the_file) && of_code == Outcome::Played),
            _ => assert!(of_the_file == Outcome::Played && of_code == Outcome::Played),
        }
        return;
    }
    let project = Project::new("ttl = '1d'\nexpiry = 'fail'", "").await;
    project.runs(&|| {}, "records", &[]).await;
    project.runs(&|| {}, "by the file", &[]).await;
    project.runs(&|| {}, "by the environment", &[("LLM_CASSETTE_TTL", "off")]).await;
}

#[tokio::test]
async fn what_the_file_calls_secret_is_in_no_cassette() {
    const TICKET: &str = "winter-sale-for-nobody";
    const SERIAL: &str = "acme-0123456789abcdef";
    if let Some(role) = child::role() {
        let cassette = Cassette::builder("faq").mode(Mode::Record).open().unwrap();
        let body = json!({"model": "gpt-4o-mini", "shop_ticket": TICKET, "messages": [{"role": "user", "content": "Hi"}]});
        let url = format!("{}/v1/chat/completions", role.base);
        post(&client(&cassette), &url, body.to_string()).await.unwrap().bytes().await.unwrap();
        cassette.finish().unwrap();
        let text = std::fs::read_to_string(cassette.path()).unwrap();
        assert!(text.contains("[REDACTED]") && !text.contains(TICKET) && !text.contains(SERIAL), "{text}");
        return;
    }
    let project =
        Project::new("secrets.names = ['shop_ticket']", "secrets.patterns = ['acme-[0-9a-f]{16}']").await;
    project.provider.on(Script::says(&format!("Your number is {SERIAL}, your ticket {TICKET}.")));
    project.runs(&|| {}, "records", &[]).await;
}

#[tokio::test]
async fn prices_and_budget_are_those_of_the_file_where_neither_code_nor_environment_says_another() {
    if let Some(role) = child::role() {
        let cassette = Cassette::builder("faq").mode(Mode::Record).open().unwrap();
        assert_eq!(sends(&cassette, &role.base, "one").await, Outcome::Recorded);
        let second = sends(&cassette, &role.base, "two").await;
        let usage = cassette.interactions()[0].usage();
        let tokens = usage.input_tokens.unwrap() + usage.output_tokens.unwrap();
        if role.name == "by the file" {
            assert!(matches!(second, Outcome::Refused { kind: ErrorKind::OverBudget, .. }), "{second:?}");
            return;
        }
        assert_eq!(second, Outcome::Recorded);
        let dollars = if role.name == "by the environment" { 1.0 } else { 5.0 };
        assert_eq!(cassette.finish().unwrap().cost_usd(), Some(2.0 * dollars * tokens as f64));
        return;
    }
    let prices = |dollars: f64| {
        let both = json!({"litellm_provider": "openai", "input_cost_per_token": dollars, "output_cost_per_token": dollars});
        json!({"gpt-4o-mini": both}).to_string()
    };
    let project = Project::new("budget = 'calls=1'\nprices = 'prices.json'", "").await;
    project.write("prices.json", &prices(5.0));
    project.write("app/prices.json", &prices(1.0));
    project.runs(&|| {}, "by the file", &[]).await;
    let budget = ("LLM_CASSETTE_BUDGET", "calls=2");
    let prices = ("LLM_CASSETTE_PRICES", "prices.json");
    for (role, environment) in [("by both", &[budget][..]), ("by the environment", &[budget, prices])] {
        std::fs::remove_dir_all(project.folder.path().join("app/cassettes")).unwrap();
        project.runs(&|| {}, role, environment).await;
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_read_fails_every_cassette_but_one_that_is_off_or_in_memory() {
    if child::role().is_some() {
        let error = Cassette::open("faq").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BadSetting);
        let wanted = "llm-cassette.toml:2:1: unknown field `ignore_hosts`\nhint: did you mean `ignore_host`?";
        assert!(error.to_string().replace('\\', "/").ends_with(wanted), "{error}");
        assert_eq!(
            Cassette::builder("faq").mode(Mode::Record).open().unwrap_err().to_string(),
            error.to_string()
        );
        assert_eq!(Cassette::builder("faq").mode(Mode::Off).open().unwrap().mode(), Mode::Off);
        assert_eq!(Cassette::in_memory().open().unwrap().mode(), Mode::Record);
        return;
    }
    Project::new("# for all\nignore_hosts = true\n", "").await.runs(&|| {}, "opens", &[]).await;
}

#[tokio::test]
async fn a_cassette_in_memory_is_a_part_of_a_program_and_reads_no_file() {
    if let Some(role) = child::role() {
        let cache = Cassette::in_memory().open().unwrap();
        for run in ["one", "two"] {
            let url = format!("{}/v1/chat/completions", role.base);
            post(&client(&cache), &url, body(run)).await.unwrap().bytes().await.unwrap();
        }
        assert_eq!(cache.finish().unwrap().recorded, 2);
        return;
    }
    Project::new("ignore = ['/metadata/run']", "").await.runs(&|| {}, "asks", &[]).await;
}

#[tokio::test]
async fn new_answers_wait_beside_the_cassette_where_the_file_says_so_and_replays_stay_green_on_the_old_ones()
{
    if let Some(role) = child::role() {
        let mode = match role.name.as_str() {
            "records" => Mode::Record,
            "replays" => Mode::Replay,
            _ => Mode::Refresh,
        };
        let cassette = Cassette::builder("faq").mode(mode).open().unwrap();
        // Two tests may share a cassette, and each refreshes its part.
        let runs: &[&str] = match role.name.as_str() {
            "refreshes the second" => &["two"],
            "refreshes the first" => &["one"],
            _ => &["one", "two"],
        };
        for run in runs {
            sends(&cassette, &role.base, run).await;
        }
        let report = cassette.finish().unwrap();
        let waits = if mode == Mode::Refresh { 1 } else { 0 };
        assert_eq!((report.pending, report.missed.len()), (waits, 0), "{report}");
        return;
    }
    let project = Project::new("review = 'pending'", "").await;
    let read =
        |name: &str| std::fs::read_to_string(project.folder.path().join("app/cassettes").join(name)).unwrap();
    // There is nothing old that a first recording could be compared with.
    project.runs(&|| {}, "records", &[]).await;
    let before = read("faq.yaml");
    project.provider.answers(2);
    project.runs(&|| {}, "refreshes the first", &[]).await;
    assert_eq!(read("faq.yaml"), before);
    project.runs(&|| {}, "replays", &[]).await;
    project.runs(&|| {}, "refreshes the second", &[]).await;
    assert_eq!(read("faq.yaml"), before);
    let pending = read(".llm-cassette/faq.yaml.pending/new.yaml");
    let (old, new) = (documents(&before), documents(&pending));
    assert!(old.len() == 2 && new.len() == 2 && old[0] != new[0] && old[1] != new[1], "{pending}");
}

#[cfg(feature = "cli")]
#[tokio::test]
async fn what_a_refresh_was_answered_that_nobody_finished_waits_beside_the_cassette_too() {
    if let Some(role) = child::role() {
        let mode = if role.name == "records" { Mode::Record } else { Mode::Refresh };
        let cassette = Cassette::builder("faq").mode(mode).open().unwrap();
        sends(&cassette, &role.base, "one").await;
        match role.name.as_str() {
            "dies" => std::process::exit(0),
            "goes on" => {
                let report = cassette.finish().unwrap();
                assert_eq!((report.resumed, report.pending), (1, 1), "{report}");
            }
            _ => drop(cassette.finish().unwrap()),
        }
        return;
    }
    let project = Project::new("review = 'pending'", "").await;
    let app = project.folder.path().join("app");
    let read = |name: &str| std::fs::read_to_string(app.join("cassettes").join(name)).unwrap();
    let waits = || read(".llm-cassette/faq.yaml.pending/new.yaml");
    project.runs(&|| {}, "records", &[]).await;
    let before = read("faq.yaml");
    for (version, ends) in [(2, "resume"), (3, "goes on")] {
        project.provider.answers(version);
        project.runs(&|| {}, "dies", &[]).await;
        match ends {
            "resume" => {
                let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_llm-cassette"));
                let output = command.current_dir(&app).args(["refresh", "--resume"]).output().unwrap();
                let said = String::from_utf8(output.stdout).unwrap();
                let wanted = "cassettes/faq.yaml: 1 answer taken, of which 1 change waits for review\n";
                assert_eq!((said.as_str(), output.status.code()), (wanted, Some(0)));
            }
            role => project.runs(&|| {}, role, &[]).await,
        }
        assert_eq!(read("faq.yaml"), before, "{ends}");
        assert_eq!(waits().matches(&format!("version {version}")).count(), 1, "{ends}: {}", waits());
    }
}

#[tokio::test]
async fn a_replay_that_is_asked_for_what_only_waits_says_so() {
    if let Some(role) = child::role() {
        let mode = match role.name.as_str() {
            "records" => Mode::Record,
            "refreshes" => Mode::Refresh,
            _ => Mode::Replay,
        };
        let cassette = Cassette::builder("faq").mode(mode).open().unwrap();
        let runs: &[&str] = if mode == Mode::Record { &["one"] } else { &["one", "one", "two"] };
        let mut missed = Vec::new();
        for run in runs {
            let url = format!("{}/v1/chat/completions", role.base);
            match post(&client(&cassette), &url, body(run)).await {
                Ok(response) => drop(response.bytes().await.unwrap()),
                Err(error) => {
                    missed.push(llm_cassette::Error::find_in(&error).unwrap().hint().unwrap().to_owned())
                }
            }
        }
        match mode {
            Mode::Replay => {
                let review = "a refresh recorded an answer to this request, which waits until somebody accepts it: run \
                              `llm-cassette review cassettes/faq.yaml`";
                assert_eq!(missed, [review; 2]);
                cassette.finish().unwrap_err();
            }
            _ => drop(cassette.finish().unwrap()),
        }
        return;
    }
    let project = Project::new("review = 'pending'", "").await;
    project.runs(&|| {}, "records", &[]).await;
    project.runs(&|| {}, "refreshes", &[]).await;
    project.runs(&|| {}, "replays", &[]).await;
}
