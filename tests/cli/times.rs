//! What the commands make of the line that says when the chunks of a stream came.

use std::fs;
use std::path::Path;

use crate::run::{copied, printed, run};

/// Nine chunks: each has an event.
const OLD: &str = "412 ms + 9 11 0 14 8 3/40";
const NEW: &str = "1090 ms + 8/6000";

/// The committed stream, with these times.
fn stream(times: &str) -> String {
    let text = fs::read_to_string(copied().path().join("streams_a_count.yaml")).unwrap();
    text.replacen("\n  sse:\n", &format!("\n  times: {times}\n  sse:\n"), 1)
}

fn folder(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("count.yaml"), text).unwrap();
    folder
}

fn formatted(folder: &Path) -> String {
    assert_eq!(run(folder, &["format", "count.yaml"]).code, 0);
    fs::read_to_string(folder.join("count.yaml")).unwrap()
}

#[test]
fn other_times_are_no_difference() {
    let folder = folder(&stream(OLD));
    fs::write(folder.path().join("later.yaml"), stream(NEW)).unwrap();
    insta::assert_snapshot!(printed(folder.path(), &["diff", "count.yaml", "later.yaml"]), @"no cassette differs between count.yaml and later.yaml");
    let texts = ["count.yaml", "later.yaml"].map(|file| printed(folder.path(), &["textconv", file]));
    assert_eq!(texts[0], texts[1], "what git compares");
}

#[test]
fn times_hold_up_and_stay_as_they_are() {
    let folder = folder(&stream(OLD));
    let once = formatted(folder.path());
    insta::assert_snapshot!(printed(folder.path(), &["verify", "count.yaml"]), @"1 cassette, 0 problems");
    assert!(once.contains(&format!("\n  times: {OLD}\n")), "{once}");
    assert_eq!(formatted(folder.path()), once);
}

#[test]
fn an_edit_of_the_message_keeps_the_times() {
    let said = "|-\n          1\n          2\n          3\n          4\n          5";
    for edited in ["|-\n          1", "one, two, three, four, five, six, seven", "\"\""] {
        let text = stream(OLD);
        assert!(text.contains(said));
        let folder = folder(&text.replace(said, edited));
        assert_eq!(
            run(folder.path(), &["verify", "count.yaml"]).stdout,
            "1 cassette, 0 problems\n",
            "{edited}"
        );
    }
}

#[test]
fn times_that_a_person_spaced_are_written_as_a_recording_would() {
    let folder = folder(&stream("  412  ms +   9 11 0   14 1/8 3/40"));
    let text = formatted(folder.path());
    assert!(text.contains(&format!("\n  times: {OLD}\n")), "{text}");
}

#[test]
fn times_that_do_not_fit_their_stream_are_told_with_file_and_line() {
    let folder = folder(&stream("412 ms + 9"));
    let ran = run(folder.path(), &["verify", "count.yaml"]);
    insta::assert_snapshot!(format!("{}{}", ran.stdout, ran.stderr), @r#"
    count.yaml:24: the `times` are those of 2 chunks, and the stream has 9; if you edited the body, delete the line `times`
      hint: fix that line, or restore the file with `git checkout -- count.yaml`
    1 cassette, 1 problem
    "#);
    assert_eq!(ran.code, 1);
}

#[test]
fn show_and_stats_say_how_fast_a_stream_came() {
    let folder = folder(&stream(OLD));
    let shown = printed(folder.path(), &["show", "count.yaml"]);
    insta::assert_snapshot!(shown.lines().nth(1).unwrap(), @"openai · gpt-4o-mini-2024-07-18 · 2026-11-21 09:18 · 29 → 5 tokens · first chunk after 412 ms, last after 494 ms");
    let stats = printed(folder.path(), &["stats", "count.yaml"]);
    let model = stats.split("\n\n").find(|table| table.starts_with("Model")).unwrap();
    insta::assert_snapshot!(model, @"
    Model                   entries  uses  hits  misses  input  output  cached        cost  saved  first chunk  tokens/s
    gpt-4o-mini-2024-07-18        1     1     0       0     29       5      0%  $0.0000074  $0.00       412 ms        61
    ");
}
