//! `prune` finds what no test used, shows it, and takes it out when it is told to.

use std::fs::{File, FileTimes};
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use crate::run::{copied, printed, run};

/// When the last run of the tests began: before the future that the cassettes were recorded in is over.
const RUN: u64 = 1_800_000_000;

/// The committed cassettes, and a ledger in which the run used what was streamed and the second turn of the conversation.
fn after_a_run() -> tempfile::TempDir {
    let folder = copied();
    let keys = |name: &str| -> Vec<String> {
        let text = std::fs::read_to_string(folder.path().join(name)).unwrap();
        text.lines().filter_map(|line| line.strip_prefix("key: ")).map(str::to_owned).collect()
    };
    let hit = |at: u64, name: &str, key: &str| format!("hit\t{at}\t{name}\t{key}\t1\n");
    let recorded = |at: u64, name: &str, key: &str| format!("recorded\t{at}\t{name}\t{key}\t1\t10\t20\n");
    let (weather, count) = ("looks_up_the_weather.yaml", "streams_a_count.yaml");
    let log = [
        "# log 1\n".to_owned(),
        hit(RUN - 1, weather, &keys(weather)[0]),
        hit(RUN, weather, &keys(weather)[1]),
        recorded(RUN + 5, count, &keys(count)[0]),
    ];
    std::fs::create_dir(folder.path().join(".llm-cassette")).unwrap();
    std::fs::write(folder.path().join(".llm-cassette/ledger.log"), log.concat()).unwrap();
    folder
}

/// The same, and a cassette that nobody used at all, with a pinned interaction in a further one.
fn with_dead_files() -> tempfile::TempDir {
    let folder = after_a_run();
    let text = std::fs::read_to_string(folder.path().join("streams_a_count.yaml")).unwrap();
    std::fs::write(folder.path().join("forgotten.yaml"), &text).unwrap();
    let pinned = text.replacen("\nusage_count: 1\n", "\nusage_count: 1\npinned: true\n", 1);
    std::fs::write(folder.path().join("kept.yaml"), pinned).unwrap();
    folder
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| name.ends_with(".yaml"));
    names.sort();
    names
}

const SINCE: &str = "2027-01-15T08:00:00Z";

#[test]
fn a_dry_run_shows_what_no_test_used() {
    let folder = with_dead_files();
    let shown = printed(folder.path(), &["prune", "--unused-since", SINCE, "--dry-run"]);
    insta::assert_snapshot!(shown, @r#"
    forgotten.yaml (1 of 1, and the file)
          2  4f4a845d  2026-11-21T09:18:06Z  POST http://127.0.0.1:33545/v1/chat/completions  gpt-4o-mini-2024-07-18
    looks_up_the_weather.yaml (1 of 2)
          2  482e03d1  2026-11-21T05:13:13Z  POST http://127.0.0.1:32905/v1/chat/completions  gpt-4o-mini-2024-07-18
    2 interactions and 1 file would be removed; 1 is pinned and stays
    "#);
    assert_eq!(names(folder.path()).len(), 4);
}

#[test]
fn without_yes_nothing_goes_and_the_exit_code_tells_that_there_is_something() {
    let folder = with_dead_files();
    let ran = run(folder.path(), &["prune", "--unused-since", SINCE]);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.ends_with("add `--yes` to remove them\n"), "{}", ran.stdout);
    assert_eq!(names(folder.path()).len(), 4);
}

#[test]
fn with_yes_it_goes_and_what_was_used_or_pinned_stays_whole() {
    let folder = with_dead_files();
    let said = printed(folder.path(), &["prune", "--unused-since", SINCE, "--yes"]);
    assert!(said.ends_with("\n2 interactions and 1 file removed; 1 is pinned and stays\n"), "{said}");
    assert_eq!(names(folder.path()), ["kept.yaml", "looks_up_the_weather.yaml", "streams_a_count.yaml"]);
    assert_eq!(run(folder.path(), &["verify"]).code, 0);
    let again = printed(folder.path(), &["prune", "--unused-since", SINCE]);
    assert_eq!(again, "nothing to remove; 1 is pinned and stays\n");
}

#[test]
fn a_file_can_mark_when_the_run_began() {
    let folder = with_dead_files();
    let marker = folder.path().join("marker");
    let at = UNIX_EPOCH + Duration::from_millis(RUN * 1000 + 700);
    File::create(&marker).unwrap().set_times(FileTimes::new().set_modified(at)).unwrap();
    let by_file = printed(folder.path(), &["prune", "--since-file", "marker", "--dry-run"]);
    let by_time = printed(folder.path(), &["prune", "--unused-since", SINCE, "--dry-run"]);
    assert_eq!(by_file, by_time, "the ledger has whole seconds");
    let ran = run(folder.path(), &["prune", "--since-file", "none"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("could not read the time of none"), "{}", ran.stderr);
}

#[test]
fn what_was_recorded_since_then_stays_though_no_test_here_used_it() {
    let folder = with_dead_files();
    let text = std::fs::read_to_string(folder.path().join("forgotten.yaml")).unwrap();
    let fresh = text.replace("2026-11-21T", "2027-01-16T");
    std::fs::write(folder.path().join("forgotten.yaml"), fresh).unwrap();
    printed(folder.path(), &["prune", "--unused-since", SINCE, "--yes"]);
    assert!(folder.path().join("forgotten.yaml").exists());
}

#[test]
fn where_no_test_ran_nothing_counts_as_unused() {
    let folder = after_a_run();
    let ran = run(folder.path(), &["prune", "--unused-since", "2027-02-01", "--yes"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    insta::assert_snapshot!(ran.stderr, @r#"
    error: the ledger has no use of these cassettes since 2027-02-01T00:00:00Z; the last use was at 2027-01-15T08:00:05Z
    hint: run all tests with the ledger on, and prune then: `touch marker && cargo test --workspace && llm-cassette prune --since-file marker`
    "#);
    std::fs::remove_dir_all(folder.path().join(".llm-cassette")).unwrap();
    assert_eq!(run(folder.path(), &["prune", "--unused-since", SINCE, "--yes"]).code, 2);
    assert_eq!(names(folder.path()).len(), 2);
}

#[test]
fn one_time_is_needed_and_has_to_be_one() {
    let folder = after_a_run();
    for arguments in [
        &["prune", "--yes"][..],
        &["prune", "--unused-since", SINCE, "--since-file", "marker"],
        &["prune", "--unused-since", "yesterday"],
        &["prune", "--unused-since", SINCE, "--yes", "--dry-run"],
    ] {
        assert_eq!(run(folder.path(), arguments).code, 2, "{arguments:?}");
    }
    assert_eq!(names(folder.path()).len(), 2);
}
