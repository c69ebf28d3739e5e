//! `format` writes cassettes as the program would, and loses nothing of them.

use std::path::Path;

use crate::run::{Call, Ran, cassette, copied, documents, merged, package, printed, run};

const STREAMED: &str = "cassettes/agent/streams_a_count.yaml";
const TALKED: &str = "cassettes/agent/looks_up_the_weather.yaml";

fn committed(path: &str) -> String {
    std::fs::read_to_string(package().join(path)).unwrap()
}

/// A folder with `a.yaml`.
fn folder(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.yaml"), text).unwrap();
    folder
}

fn text(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("a.yaml")).unwrap()
}

fn ended(ran: &Ran) -> (i32, &str, &str) {
    (ran.code, ran.stdout.as_str(), ran.stderr.as_str())
}

#[test]
fn the_committed_cassettes_are_as_format_writes_them() {
    assert_eq!(printed(package(), &["format", "--check", "cassettes"]), "");
    assert_eq!(printed(copied().path(), &["format"]), "");
}

#[test]
fn check_lists_what_would_change_and_writes_nothing() {
    let edited = committed(STREAMED).replacen("usage_count: 1", "usage_count:   1", 1);
    let folder = folder(&edited);
    std::fs::write(folder.path().join("b.yaml"), committed(STREAMED)).unwrap();
    let why = "a.yaml:5: this is not laid out as the program writes it\n";
    assert_eq!(ended(&run(folder.path(), &["format", "--check"])), (1, "a.yaml\n", why));
    assert_eq!(text(folder.path()), edited);
    assert!(!folder.path().join(".llm-cassette").exists());
    assert_eq!(ended(&run(folder.path(), &["format"])), (0, "a.yaml\n", ""));
    assert_eq!(text(folder.path()), committed(STREAMED));
    assert_eq!(ended(&run(folder.path(), &["format", "--check"])), (0, "", ""));
}

#[test]
fn check_says_why_by_the_kind_of_what_is_otherwise() {
    let talked = committed(TALKED);
    let why = |text: &str| run(folder(text).path(), &["format", "--check"]).stderr;
    let asked = talked.replacen("model: gpt-4o-mini\n", "model: gpt-4o-nano\n", 1);
    insta::assert_snapshot!(why(&asked), @r"
    a.yaml:3: the key is not that of the request, which was edited
    a.yaml:77: this is not laid out as the program writes it
    ");
    let answered = talked.replacen("completion_tokens: 10", "completion_tokens: 11", 1);
    insta::assert_snapshot!(why(&answered), @"a.yaml:4: the checksum is not that of the document, which was edited");
    let spaced = talked.replace("headers: {content-type", "headers: { content-type");
    insta::assert_snapshot!(why(&spaced), @"a.yaml:12: this is not laid out as the program writes it; one more document is like this one");
}

#[test]
fn documents_that_a_merge_wove_into_each_other_are_stored_apart() {
    let (first, both) = documents(&committed(TALKED));
    let other = documents(&committed(STREAMED)).1.remove(0);
    let merged_by_lines = merged(&first, &format!("{first}{}", both[0]), &format!("{first}{other}"));
    let folder = folder(&merged_by_lines);
    let verified = run(folder.path(), &["verify"]);
    assert_eq!(verified.code, 1);
    assert!(
        verified.stdout.starts_with("a.yaml:2: a union merge interleaved documents"),
        "{}",
        verified.stdout
    );
    assert!(
        verified.stdout.contains("hint: run `llm-cassette format a.yaml` to separate them"),
        "{}",
        verified.stdout
    );
    let ran = run(folder.path(), &["format"]);
    assert_eq!(
        ended(&ran),
        (0, "a.yaml\n", "a.yaml: documents that a union merge interleaved are separated\n")
    );
    assert_eq!(text(folder.path()), format!("{first}{}{other}", both[0]));
}

#[test]
fn a_torn_end_is_cut_off_and_kept_aside() {
    let whole = committed(STREAMED);
    let torn = format!("{whole}{}", "--- # POST\nkey: 12\n");
    let folder = folder(&torn);
    let ran = run(folder.path(), &["format"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "a.yaml\n"));
    assert!(ran.stderr.contains("the last document is truncated"), "{}", ran.stderr);
    assert_eq!(text(folder.path()), whole);
    let kept = std::fs::read_to_string(folder.path().join(".llm-cassette/a.yaml.torn")).unwrap();
    assert_eq!(kept, "--- # POST\nkey: 12\n");
}

#[test]
fn what_an_older_version_or_a_hand_wrote_becomes_what_this_one_writes_and_replays_the_same() {
    let events = "data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Oslo\"}}]}\n\n\
                  data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\" it is\"}}]}\n\n\
                  data: [DONE]\n\n";
    let call = Call {
        url: "https://api.openai.com/v1/chat/completions",
        request: r#"{"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Where?"}]}"#,
        status: 200,
        kind: "text/event-stream",
        response: events,
        head: "provider: openai",
    };
    let folder = folder(&cassette(&[call]));
    let shown = printed(folder.path(), &["show", "--full"]);
    assert_eq!(printed(folder.path(), &["format"]), "a.yaml\n");
    let written = text(folder.path());
    assert!(written.contains("  sse:\n    message:\n"), "{written}");
    assert!(written.contains(" lines, "), "{written}");
    let unkeyed = |text: &str| {
        text.lines().filter(|line| !line.contains("0000")).map(str::to_owned).collect::<Vec<_>>()
    };
    let now = printed(folder.path(), &["show", "--full"]);
    assert_eq!(unkeyed(&now).last(), unkeyed(&shown).last());
    assert_eq!(run(folder.path(), &["verify"]).code, 0);
    assert_eq!(printed(folder.path(), &["format", "--check"]), "");
}

#[test]
fn an_edited_request_gets_its_key_and_what_extends_it_goes_on_from_it() {
    let folder = folder(&committed(TALKED).replace("role: user", "role: developer"));
    assert_eq!(run(folder.path(), &["verify"]).code, 1);
    assert_eq!(printed(folder.path(), &["format"]), "a.yaml\n");
    assert_eq!(printed(folder.path(), &["format", "--check"]), "");
    assert_eq!(run(folder.path(), &["verify"]).code, 0);
}

#[test]
fn comments_stay_and_those_without_a_place_are_told() {
    let edited = committed(STREAMED).replacen("--- ", "# about counting\n--- ", 1).replacen(
        "usage_count: 1\n",
        "\"usage_count\": # in two lines\n  1 # behind\n",
        1,
    );
    let folder = folder(&format!("{edited}# the end\n"));
    let ran = run(folder.path(), &["format"]);
    assert_eq!(
        ended(&ran),
        (0, "a.yaml\n", "a.yaml:7: this comment has no place in the new text and is dropped\n")
    );
    let written = text(folder.path());
    for comment in ["# about counting\n--- ", "usage_count: 1 # in two lines\n", "...\n# the end\n"] {
        assert!(written.contains(comment), "{written}");
    }
}

#[test]
fn the_line_that_leads_editors_to_a_schema_stays_where_it_is() {
    let head = "# llm-cassette 1\n# yaml-language-server: $schema=../cassette.schema.json\n";
    let meant = committed(STREAMED).replacen("# llm-cassette 1\n", head, 1);
    let folder = folder(&meant.replacen("usage_count: 1", "usage_count:   1", 1));
    assert_eq!(ended(&run(folder.path(), &["format"])), (0, "a.yaml\n", ""));
    assert_eq!(text(folder.path()), meant);
    assert_eq!(printed(folder.path(), &["format", "--check"]), "");
}

#[test]
fn a_secret_is_taken_out_told_and_never_shown() {
    let key = format!("sk-proj-{}", "a1B2c3D4".repeat(5));
    let folder = folder(&committed(TALKED).replacen("role: user}", &format!("role: user, name: {key}}}"), 1));
    let ran = run(folder.path(), &["format"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "a.yaml\n"));
    assert!(ran.stderr.contains("a.yaml:2: a secret is redacted in the request body"), "{}", ran.stderr);
    assert!(!ran.stderr.contains(&key) && !text(folder.path()).contains(&key));
}

#[test]
fn a_file_that_cannot_be_read_is_left_alone_and_does_not_stop_the_others() {
    let broken = committed(STREAMED).replacen("usage_count: 1", "usage_count: one", 1);
    let folder = folder(&broken);
    std::fs::write(folder.path().join("b.yaml"), committed(STREAMED).replacen("count: 1", "count:  1", 1))
        .unwrap();
    let ran = run(folder.path(), &["format"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, "b.yaml\n"));
    assert!(ran.stderr.contains("a.yaml:5: `usage_count` is not a whole number\nhint: "), "{}", ran.stderr);
    assert_eq!(text(folder.path()), broken);
}

#[test]
fn blobs_stay_with_what_refers_to_them_and_lonely_ones_go() {
    let numbers: Vec<String> = (0..200).map(|number| format!("0.{number}5")).collect();
    let answer = format!(r#"{{"data":[{{"embedding":[{}]}}]}}"#, numbers.join(","));
    let call = Call::json("https://api.openai.com/v1/embeddings", r#"{"input":"a"}"#, &answer);
    let folder = folder(&cassette(&[call]));
    let lonely = folder.path().join("blobs").join("0".repeat(64));
    std::fs::create_dir(folder.path().join("blobs")).unwrap();
    std::fs::write(&lonely, "x").unwrap();
    assert_eq!(printed(folder.path(), &["format"]), "a.yaml\n");
    assert!(text(folder.path()).contains("$blob: "), "{}", text(folder.path()));
    assert!(!lonely.exists());
    assert_eq!(run(folder.path(), &["verify"]).code, 0);
}

#[test]
fn json_tells_programs_what_changed() {
    let folder = folder(&format!("{}--- # POST\nkey: 12\n", committed(STREAMED)));
    insta::assert_snapshot!(run(folder.path(), &["format", "--check", "--json"]).stdout, @r#"
    [
      {
        "file": "a.yaml",
        "written": false,
        "reasons": [],
        "notes": [
          "a.yaml: the last document is truncated; formatting moves it to `.llm-cassette/`"
        ]
      }
    ]
    "#);
}
