//! `rm` takes out what somebody names, and nothing else.

use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::run::{Call, copied, folder, printed, run};

fn text(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap()
}

/// Writes a line into the head of the first document of a cassette.
fn write_by_hand(folder: &Path, name: &str, line: &str) {
    let by_hand =
        text(folder, name).replacen("\nusage_count: 1\n", &format!("\nusage_count: 1\n{line}\n"), 1);
    std::fs::write(folder.join(name), by_hand).unwrap();
}

/// The two-turn conversation of which the first turn is tagged, and a cassette of one interaction.
fn tagged() -> tempfile::TempDir {
    let folder = copied();
    write_by_hand(folder.path(), "looks_up_the_weather.yaml", "tags: [faq]");
    folder
}

#[test]
fn a_dry_run_shows_what_would_go_and_leaves_it_there() {
    let folder = tagged();
    write_by_hand(folder.path(), "streams_a_count.yaml", "tags: [faq]\nmetadata: {ticket: QA-12}");
    let before = text(folder.path(), "looks_up_the_weather.yaml");
    let shown = printed(folder.path(), &["rm", "--only", "tag=faq", "--dry-run"]);
    insta::assert_snapshot!(shown, @r#"
    looks_up_the_weather.yaml (1 of 2)
          2  482e03d1  2026-11-21T05:13:13Z  POST http://127.0.0.1:32905/v1/chat/completions  gpt-4o-mini-2024-07-18  #faq
    streams_a_count.yaml (1 of 1, and the file)
          2  4f4a845d  2026-11-21T09:18:06Z  POST http://127.0.0.1:33545/v1/chat/completions  gpt-4o-mini-2024-07-18  #faq ticket=QA-12
    2 interactions and 1 file would be removed
    "#);
    assert_eq!(text(folder.path(), "looks_up_the_weather.yaml"), before);
    assert!(folder.path().join("streams_a_count.yaml").exists());
}

#[test]
fn a_dry_run_gives_programs_all_that_would_go() {
    let folder = tagged();
    let shown = printed(folder.path(), &["--json", "rm", "--only", "name=streams*", "--dry-run"]);
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert_eq!((&shown["removed"], &shown["cassettes"][0]["file"]), (&false.into(), &true.into()));
    assert_eq!(shown["cassettes"][0]["path"], "streams_a_count.yaml");
    assert_eq!(shown["cassettes"][0]["interactions"][0]["line"], 2);
}

#[test]
fn a_turn_that_goes_leaves_the_later_one_saying_what_it_said() {
    let folder = tagged();
    let told = || -> serde_json::Value {
        let shown = printed(folder.path(), &["show", "--json", "looks_up_the_weather.yaml"]);
        serde_json::from_str(&shown).unwrap()
    };
    let before = told();
    assert!(text(folder.path(), "looks_up_the_weather.yaml").contains("extends:"));
    let said = printed(folder.path(), &["rm", "--only", "tag=faq"]);
    assert!(said.ends_with("1 interaction removed\n"), "{said}");
    let after = told();
    assert_eq!(after[0]["interactions"].as_array().unwrap().len(), 1);
    let (was, is) = (&before[0]["interactions"][1], &after[0]["interactions"][0]);
    assert_eq!((&was["key"], &was["conversation"]), (&is["key"], &is["conversation"]));
    assert!(!text(folder.path(), "looks_up_the_weather.yaml").contains("extends:"));
    assert_eq!(run(folder.path(), &["verify"]).code, 0);
}

#[test]
fn a_cassette_of_which_nothing_is_left_goes_as_well_unless_somebody_wrote_into_it() {
    for (words, stays) in [("", false), ("# Ask Ada before you change this.\n", true)] {
        let folder = copied();
        let file = folder.path().join("streams_a_count.yaml");
        let by_hand = text(folder.path(), "streams_a_count.yaml").replacen("\n", &format!("\n{words}"), 1);
        std::fs::write(&file, by_hand).unwrap();
        printed(folder.path(), &["rm", "--only", "name=streams_a_count"]);
        assert_eq!(file.exists(), stays);
        assert!(folder.path().join("looks_up_the_weather.yaml").exists());
        if stays {
            assert_eq!(text(folder.path(), "streams_a_count.yaml"), format!("# llm-cassette 1\n{words}"));
        }
    }
}

#[test]
fn what_is_pinned_stays_unless_it_is_asked_for() {
    let folder = copied();
    write_by_hand(folder.path(), "streams_a_count.yaml", "pinned: true");
    let before = text(folder.path(), "streams_a_count.yaml");
    let said = printed(folder.path(), &["rm", "streams_a_count.yaml", "--only", "provider=openai"]);
    assert_eq!(said, "nothing to remove; 1 is pinned and stays\n");
    assert_eq!(text(folder.path(), "streams_a_count.yaml"), before);
    printed(folder.path(), &["rm", "streams_a_count.yaml", "--only", "pinned", "--pinned"]);
    assert!(!folder.path().join("streams_a_count.yaml").exists());
}

#[test]
fn a_blob_goes_with_the_last_interaction_that_refers_to_it() {
    let numbers = "[1,2,3]";
    let name: String = Sha256::digest(numbers).iter().map(|byte| format!("{byte:02x}")).collect();
    let body = |model: &str| format!("{{\"model\":\"{model}\"}}");
    let (first, second) = (body("one"), body("two"));
    let url = "https://api.openai.com/v1/embeddings";
    let folder = folder(&[Call::json(url, &first, "{}"), Call::json(url, &second, "{}")]);
    let aside = format!("  json: {{embedding: {{$blob: {name}, kind: 3 numbers}}}}");
    let file = folder.path().join("talk.yaml");
    std::fs::write(&file, text(folder.path(), "talk.yaml").replace("  text: \"{}\"", &aside)).unwrap();
    let blob = folder.path().join("blobs").join(&name);
    std::fs::create_dir(folder.path().join("blobs")).unwrap();
    std::fs::write(&blob, numbers).unwrap();
    let lines = printed(folder.path(), &["list"]);
    let key = |line: usize| lines.lines().nth(line).unwrap().split_whitespace().nth(1).unwrap().to_owned();
    let short = |key: String| format!("key={}", key.trim_end_matches('…'));
    printed(folder.path(), &["rm", "--only", &short(key(1))]);
    assert!(blob.exists() && file.exists(), "the other one refers to it");
    printed(folder.path(), &["rm", "--only", &short(key(2))]);
    assert!(!blob.exists() && !file.exists());
}

#[test]
fn a_cassette_that_cannot_be_read_keeps_anything_from_being_removed() {
    let folder = copied();
    let broken = text(folder.path(), "streams_a_count.yaml").replace("usage_count: 1", "usage_count: one");
    std::fs::write(folder.path().join("z.yaml"), broken).unwrap();
    let ran = run(folder.path(), &["rm", "--only", "name=*"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.contains("z.yaml:"), "{}", ran.stderr);
    assert_eq!(printed(folder.path(), &["list", "looks_up_the_weather.yaml"]).lines().count(), 3);
}

#[test]
fn what_was_not_used_for_long_is_what_the_ledger_says() {
    let folder = copied();
    for name in ["looks_up_the_weather.yaml", "streams_a_count.yaml"] {
        let old = text(folder.path(), name).replace("2026-11-21T", "2001-01-01T");
        std::fs::write(folder.path().join(name), old).unwrap();
    }
    let only = ["rm", "--only", "unused_for=30d", "--dry-run"];
    let nothing = "nothing to remove\n";
    assert_eq!(printed(folder.path(), &only), nothing, "without a ledger nobody knows");
    let key = text(folder.path(), "streams_a_count.yaml");
    let key = key.lines().find_map(|line| line.strip_prefix("key: ")).unwrap().to_owned();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let ledger = |times: &[u64]| {
        let lines = times.iter().map(|at| format!("hit\t{at}\tstreams_a_count.yaml\t{key}\t1\n"));
        let text = format!("# log 1\n{}", lines.collect::<String>());
        std::fs::create_dir_all(folder.path().join(".llm-cassette")).unwrap();
        std::fs::write(folder.path().join(".llm-cassette/ledger.log"), text).unwrap();
    };
    ledger(&[now]);
    assert_eq!(printed(folder.path(), &only), nothing, "the ledger is too young to tell");
    ledger(&[now - 40 * 86_400, now]);
    let shown = printed(folder.path(), &only);
    assert!(shown.starts_with("looks_up_the_weather.yaml (2 of 2, and the file)"), "{shown}");
    assert!(shown.ends_with("\n2 interactions and 1 file would be removed\n"), "{shown}");
}

#[test]
fn without_a_condition_nothing_is_removed() {
    let folder = copied();
    let ran = run(folder.path(), &["rm", "--only", " , "]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    insta::assert_snapshot!(ran.stderr, @r#"
    error: `--only` is empty, which would remove everything
    hint: say what to remove, as in `--only 'tag=faq,older_than=30d'`; `--only 'name=*'` removes everything
    "#);
    assert_eq!(run(folder.path(), &["rm"]).code, 2);
    assert_eq!(run(folder.path(), &["verify"]).code, 0);
}
