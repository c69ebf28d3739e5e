//! `LLM_CASSETTE_ONLY`: a run sends what a selection means, and replays the rest.

use std::time::Duration;

use llm_cassette::{Error, Expiry, Mode};
use tokio::process::Command;

use crate::child;
use crate::stand_in::StandIn;
use crate::support::*;

/// The part of the child: asks the questions that stand behind the mode in its role, and says what came of it.
async fn asks_and_tells(role: &child::Role) {
    let mut words = role.name.split(' ');
    let mode: Mode = words.next().unwrap().parse().unwrap();
    let builder = role.builder(mode).one_test(true);
    let builder = builder.ttl(Duration::from_secs(3600)).expiry(Expiry::Record);
    let cassette = match builder.open() {
        Ok(cassette) => cassette,
        Err(error) => return eprintln!("{error}"),
    };
    let client = client(&cassette);
    for question in words {
        match ask(&client, &role.base, question).await {
            Ok(answer) => drop(answer.bytes().await.unwrap()),
            Err(error) => eprintln!("{}", Error::find_in(&error).unwrap()),
        }
    }
    match cassette.finish() {
        Ok(report) => eprintln!("{report}"),
        Err(error) => eprintln!("{error}"),
    }
}

/// Lets a child ask under a selection. Gives what it said.
async fn under<T>(here: &T, only: &str, role: &str, folder: &Folder, provider: &StandIn) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(child::arguments(here)).env("LLM_CASSETTE_ONLY", only);
    let child = child::prepare(&mut command, role, &folder.file(), &provider.url());
    let (code, said) = child::outcome(child).await;
    assert_eq!(code, Some(0), "{said}");
    said
}

/// Three recordings, the second of them tagged `faq` and with a ticket, and a provider that answers in other words by now.
async fn recorded() -> (StandIn, Folder) {
    let (provider, folder) = (StandIn::start().await, Folder::new());
    record(&folder, &provider.url(), &["first", "second", "third"]).await;
    let text = folder.text();
    let second = documents(&text)[1];
    let labels = "\nusage_count: 1\ntags: [faq]\nmetadata: {ticket: QA-12}\n";
    let tagged = second.replacen("\nusage_count: 1\n", labels, 1);
    std::fs::write(folder.file(), text.replacen(second, &tagged, 1)).unwrap();
    provider.answers(2);
    (provider, folder)
}

/// Which of the first three documents have the new answer.
fn renewed(folder: &Folder) -> Vec<bool> {
    documents(&folder.text()).iter().take(3).map(|document| document.contains("version 2")).collect()
}

#[tokio::test]
async fn a_refresh_sends_what_is_meant_and_replays_the_rest_byte_for_byte() {
    let here = || {};
    if let Some(role) = child::role() {
        return asks_and_tells(&role).await;
    }
    for (only, wanted) in [
        ("tag=faq", [false, true, false]),
        ("provider=openai,tag=faq", [false, true, false]),
        ("metadata.ticket=QA-12", [false, true, false]),
        ("metadata.ticket=QA-1", [false; 3]),
        ("url=*/chat/*", [true; 3]),
        ("key=0|1|2|3|4|5|6|7|8|9|a|b|c|d|e|f", [true; 3]),
        ("older_than=10y", [false; 3]),
        ("provider=anthropic", [false; 3]),
        ("pinned", [false; 3]),
        ("name=test,model=gpt-4o-mini*", [true; 3]),
        ("", [true; 3]),
    ] {
        let (provider, folder) = recorded().await;
        let before = folder.text();
        let said = under(&here, only, "refresh first second third", &folder, &provider).await;
        assert_eq!(renewed(&folder), wanted, "{only}: {said}");
        let sent = wanted.iter().filter(|sent| **sent).count();
        assert_eq!(provider.calls(), 3 + sent, "{only}: {said}");
        assert!(said.contains(&format!("recorded {sent}, played {}", 3 - sent)), "{only}: {said}");
        let after = folder.text();
        for (place, sent) in wanted.iter().enumerate() {
            assert_eq!(documents(&after)[place] == documents(&before)[place], !sent, "{only}: {place}");
        }
    }
}

#[tokio::test]
async fn a_refresh_takes_out_nothing_that_it_leaves_out() {
    let here = || {};
    if let Some(role) = child::role() {
        return asks_and_tells(&role).await;
    }
    let (provider, folder) = recorded().await;
    under(&here, "tag=faq", "refresh second", &folder, &provider).await;
    assert_eq!(renewed(&folder), [false, true, false]);
    let (provider, folder) = recorded().await;
    under(&here, "tag=faq", "refresh first", &folder, &provider).await;
    assert_eq!(renewed(&folder), [false; 3], "a run that sent nothing takes out nothing");
}

#[tokio::test]
async fn a_request_that_was_never_recorded_is_judged_by_what_it_asks_for() {
    let here = || {};
    if let Some(role) = child::role() {
        return asks_and_tells(&role).await;
    }
    for mode in ["record", "refresh"] {
        for only in ["provider=openai", "model=gpt-4o-mini", "url=*/chat/*", "name=test"] {
            let (provider, folder) = recorded().await;
            under(&here, only, &format!("{mode} fourth"), &folder, &provider).await;
            assert_eq!(provider.calls(), 4, "{mode} {only}");
            assert!(folder.text().contains("fourth"), "{mode} {only}");
        }
        for only in ["provider=anthropic", "model=claude*", "url=*/embeddings", "name=other", "tag=faq"] {
            let (provider, folder) = recorded().await;
            let before = folder.text();
            let said = under(&here, only, &format!("{mode} fourth"), &folder, &provider).await;
            assert_eq!((provider.calls(), folder.text()), (3, before), "{mode} {only}");
            for wanted in [
                "no recorded response for POST",
                "LLM_CASSETTE_ONLY does not select this request, so it was not sent",
                "hint: to record it, unset LLM_CASSETTE_ONLY",
                "1 request had no recording",
            ] {
                assert!(said.contains(wanted), "{mode} {only}: {said}");
            }
        }
    }
}

#[tokio::test]
async fn a_further_take_is_judged_by_those_that_there_are() {
    let here = || {};
    if let Some(role) = child::role() {
        return asks_and_tells(&role).await;
    }
    for mode in ["record", "refresh"] {
        let (provider, folder) = recorded().await;
        under(&here, "tag=faq", &format!("{mode} second second"), &folder, &provider).await;
        assert_eq!(documents(&folder.text()).len(), 4, "{mode}");
        let (provider, folder) = recorded().await;
        let said = under(&here, "tag=faq", &format!("{mode} first first"), &folder, &provider).await;
        assert_eq!(documents(&folder.text()).len(), 3, "{mode}");
        assert!(said.contains("LLM_CASSETTE_ONLY does not select this request"), "{mode}: {said}");
    }
}

#[tokio::test]
async fn what_is_too_old_and_not_meant_is_played() {
    let here = || {};
    if let Some(role) = child::role() {
        return asks_and_tells(&role).await;
    }
    let (provider, folder) = recorded().await;
    let young = folder.text();
    let old = young.lines().map(|line| {
        let is_time = line.starts_with("recorded_at:");
        if is_time { "recorded_at: \"2001-01-01T00:00:00Z\"\n".to_owned() } else { format!("{line}\n") }
    });
    std::fs::write(folder.file(), old.collect::<String>()).unwrap();
    let said = under(&here, "tag=faq", "record first second third", &folder, &provider).await;
    assert_eq!(renewed(&folder), [false, true, false], "{said}");
    assert_eq!(said.matches("has expired").count(), 2, "{said}");
    assert!(said.contains("recorded 1, played 2, expired 3"), "{said}");
}

#[tokio::test]
async fn a_replay_replays_whatever_is_meant() {
    let here = || {};
    if let Some(role) = child::role() {
        return asks_and_tells(&role).await;
    }
    let (provider, folder) = recorded().await;
    let said = under(&here, "provider=anthropic", "replay first second third", &folder, &provider).await;
    assert!(said.contains("recorded 0, played 3"), "{said}");
    let said = under(&here, "provider=anthropic", "replay fourth", &folder, &provider).await;
    assert!(!said.contains("LLM_CASSETTE_ONLY"), "{said}");
}

#[tokio::test]
async fn a_selection_that_is_none_is_refused_when_the_cassette_opens() {
    let here = || {};
    if let Some(role) = child::role() {
        return asks_and_tells(&role).await;
    }
    let (provider, folder) = recorded().await;
    let said = under(&here, "colour=red", "refresh first", &folder, &provider).await;
    assert!(said.contains("LLM_CASSETTE_ONLY: there is no field \"colour\" to select by"), "{said}");
    assert_eq!(provider.calls(), 3);
}

#[tokio::test]
async fn what_nobody_used_for_long_is_sent_again_as_the_ledger_has_it() {
    let here = || {};
    if let Some(role) = child::role() {
        return asks_and_tells(&role).await;
    }
    let (provider, folder) = recorded().await;
    let line = |line: &str| match line.starts_with("recorded_at:") {
        true => "recorded_at: \"2001-01-01T00:00:00Z\"\n".to_owned(),
        false => format!("{line}\n"),
    };
    let text: String = folder.text().lines().map(line).collect();
    std::fs::write(folder.file(), &text).unwrap();
    // All were recorded long ago; the second has been played since.
    let key = documents(&text)[1].lines().find_map(|line| line.strip_prefix("key: ")).unwrap().to_owned();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let ledger = format!("# log 1\nmiss\t1000000000\ttest.yaml\t-\nhit\t{now}\ttest.yaml\t{key}\t1\n");
    std::fs::write(folder.path().join(".llm-cassette/ledger.log"), ledger).unwrap();
    let said = under(&here, "unused_for=30d", "refresh first second third", &folder, &provider).await;
    assert_eq!(renewed(&folder), [true, false, true], "{said}");
}

/// What the command says that lists what a selection fits, typed in a folder: the cassettes, and its talk.
#[cfg(feature = "cli")]
fn listed(folder: &std::path::Path, only: &str) -> (String, String) {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_llm-cassette"));
    let output = command.args(["list", "--only", only]).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}

#[tokio::test]
async fn a_name_means_the_same_in_a_run_and_on_the_command_line() {
    let here = || {};
    if let Some(role) = child::role() {
        return asks_and_tells(&role).await;
    }
    let (provider, folder) = (StandIn::start().await, Folder::new());
    std::fs::write(folder.path().join("Cargo.toml"), "").unwrap();
    let file = folder.path().join("cassettes/agents/weather.yaml");
    let whole = file.display().to_string();
    for (name, wanted) in [
        ("agents/weather", true),
        ("agents::weather", true),
        ("agents/*", true),
        ("weather", true),
        ("weather.yaml", true),
        ("cassettes/agents/weather.yaml", true),
        (&whole, true),
        ("agents", false),
        ("agents*", false),
        ("c*", false),
        ("other/weather", false),
    ] {
        let _ = std::fs::remove_dir_all(folder.path().join("cassettes"));
        provider.answers(1);
        let recording = llm_cassette::Cassette::builder(&file).mode(Mode::Record);
        asking(recording, &provider.url(), &["first"]).await;
        let only = format!("name={name}");
        #[cfg(feature = "cli")]
        for typed_in in ["", "cassettes", "cassettes/agents"] {
            let (listed, said) = listed(&folder.path().join(typed_in), &only);
            assert_eq!(listed.contains("weather.yaml"), wanted, "{only} in {typed_in:?}: {listed}");
            assert_eq!(said.contains("nothing fits `--only"), !wanted, "{only} in {typed_in:?}: {said}");
        }
        provider.answers(2);
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(child::arguments(&here)).env("LLM_CASSETTE_ONLY", &only);
        let child = child::prepare(&mut command, "refresh first", &file, &provider.url());
        let (code, said) = child::outcome(child).await;
        assert_eq!(code, Some(0), "{said}");
        let text = std::fs::read_to_string(&file).unwrap();
        assert_eq!(text.contains("version 2"), wanted, "{only}: {said}");
        let told = "LLM_CASSETTE_ONLY fits nothing that is recorded here and nothing that was asked for";
        assert_eq!(said.matches(told).count(), usize::from(!wanted), "{only}: {said}");
    }
}
