//! `verify` finds what is wrong, all of it, and says where.

use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::run::{Call, cassette, documents, folder, merged, printed, run};

const HERE: &str = env!("CARGO_MANIFEST_DIR");

/// What is said of the committed cassette after an edit, and the exit code.
fn verified(edit: impl Fn(&str) -> String) -> (String, i32) {
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(Path::new(HERE).join("cassettes/agent/streams_a_count.yaml")).unwrap();
    std::fs::write(folder.path().join("a.yaml"), edit(&text)).unwrap();
    let ran = run(folder.path(), &["verify"]);
    (ran.stdout, ran.code)
}

#[test]
fn the_committed_cassettes_are_as_they_should_be() {
    assert_eq!(printed(Path::new(HERE), &["verify", "cassettes"]), "2 cassettes, 0 problems\n");
}

#[test]
fn a_secret_is_found_and_not_shown() {
    let key = format!("sk-proj-{}", "a1B2c3D4".repeat(5));
    let (said, code) = verified(|text| text.replace("recorded_at:", &format!("# {key}\nrecorded_at:")));
    assert_eq!(code, 1);
    assert!(said.starts_with("a.yaml:4: this looks like a secret"), "{said}");
    assert!(!said.contains(&key));
}

#[test]
fn a_value_that_one_document_sends_as_its_key_is_told_where_another_one_holds_it_in_clear() {
    let ticket = "tid=5f2c9b;exp=1764463600;8kp=1:9f8e7d6c5b4a39281706f5e4d3c2b1a0";
    let document = |key: &str, request: &str, answer: &str| {
        format!(
            "---\nkey: \"{}\"\nrecorded_at: \"2026-11-21T05:13:13Z\"\nusage_count: 1\nrequest:\n  method: POST\n  \
             url: https://h.example.com/a\n{request}response:\n  status: 200\n{answer}...\n",
            key.repeat(64)
        )
    };
    let sends = document("1", &format!("  headers: {{authorization: \"Bearer {ticket}\"}}\n"), "");
    let holds = document("2", "", &format!("  json:\n    ticket: {ticket}\n"));
    let (said, code) = verified(|_| format!("# llm-cassette 1\n{holds}{sends}"));
    assert_eq!(code, 1);
    for line in ["a.yaml:12: this looks like a secret", "a.yaml:21: this looks like a secret"] {
        assert!(said.contains(line), "{line}: {said}");
    }
    assert!(!said.contains("8kp=1"), "{said}");
}

#[test]
fn what_was_replaced_in_answers_is_counted_with_its_places_and_is_no_problem() {
    let call = |answer| Call::json("https://h.example.com/a", r#"{"token":"[REDACTED]"}"#, answer);
    let folder =
        folder(&[call(r#"{"token":"[REDACTED]","list":["by [REDACTED:3f] and [REDACTED]"]}"#), call("{}")]);
    run(folder.path(), &["format", "talk.yaml"]);
    let ran = run(folder.path(), &["verify"]);
    assert!(
        ran.stderr.contains("talk.yaml:2: 3 values are replaced in the answer: `/token`, `/list/0`\n"),
        "{}",
        ran.stderr
    );
    assert_eq!(ran.stderr.matches("replaced").count(), 1, "{}", ran.stderr);
    assert_eq!(ran.code, 0, "{}", ran.stdout);
}

#[test]
fn a_request_that_was_edited_has_another_key() {
    let (said, code) = verified(|text| text.replace("role: user", "role: system"));
    assert_eq!(code, 1);
    assert!(said.starts_with("a.yaml:3: the key is not the one of the request"), "{said}");
}

#[test]
fn a_variable_that_is_not_text_or_stands_twice_is_told_with_its_line() {
    let (said, code) = verified(|text| {
        let variables = "# variable today: noon\n# variable run: \"a\"\n# variables, in general: fine\n# variable run: \"b\"\n";
        text.replacen('\n', &format!("\n{variables}"), 1)
    });
    assert_eq!(code, 1);
    assert!(said.starts_with("a.yaml:2: the value of the variable `today` is not text"), "{said}");
    assert!(said.contains("a.yaml:5: the variable `run` has another value in line 3"), "{said}");
    assert_eq!(said.matches("a.yaml:").count(), 2, "{said}");
}

#[test]
fn each_document_that_cannot_be_read_is_told_and_a_take_that_comes_twice() {
    let (said, code) = verified(|text| {
        let (first, document) = text.split_once('\n').unwrap();
        let broken = document.replace("usage_count: 1", "usage_count: one");
        format!("{first}\n{broken}{document}{document}{broken}")
    });
    assert_eq!(code, 1);
    assert_eq!(said.matches("`usage_count` is not a whole number").count(), 2, "{said}");
    assert_eq!(said.matches("already has take 1 of this request").count(), 1, "{said}");
    assert_eq!(said.matches("a.yaml:").count(), 3, "{said}");
}

#[test]
fn a_torn_end_and_a_lonely_blob_are_told() {
    let (said, code) = verified(|text| text.trim_end().trim_end_matches("...").to_owned());
    assert_eq!(code, 1);
    assert!(said.contains("the last document is truncated"), "{said}");
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.yaml"), "# llm-cassette 1\n").unwrap();
    std::fs::create_dir(folder.path().join("blobs")).unwrap();
    std::fs::write(folder.path().join("blobs").join("0".repeat(64)), "x").unwrap();
    let ran = run(folder.path(), &["verify"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("no cassette refers to this blob"), "{}", ran.stdout);
}

/// A folder with a file for each thing that can be wrong, and some with which nothing is.
fn one_of_each() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    let sealed =
        std::fs::read_to_string(Path::new(HERE).join("cassettes/agent/streams_a_count.yaml")).unwrap();
    let (first, document) = sealed.split_once('\n').unwrap();
    let key = format!("sk-proj-{}", "a1B2c3D4".repeat(5));
    write("conflict.yaml", &format!("{first}\n<<<<<<< HEAD\n{document}=======\n{document}>>>>>>> other\n"));
    write("edited.yaml", &sealed.replace("role: user", "role: system"));
    write("fine_though_its_seal_is_old.yaml", &sealed.replace("usage_count: 1", "usage_count: 2"));
    write("malformed.yaml", &sealed.replace("usage_count: 1", "usage_count: one"));
    write("newer.yaml", &sealed.replace("# llm-cassette 1", "# llm-cassette 9"));
    write("not_a_cassette.txt", "# llm-cassette 9\n");
    write("secret.yaml", &sealed.replace("usage_count: 1", &format!("usage_count: 1 # {key}")));
    write("torn.yaml", &format!("{sealed}--- # POST\n"));
    write("twice.yaml", &format!("{sealed}{document}"));
    write("without_a_key.yaml", &format!("{first}\n---\nrequest: {{}}\n...\n{document}"));
    let (start, both) = documents(
        &std::fs::read_to_string(Path::new(HERE).join("cassettes/agent/looks_up_the_weather.yaml")).unwrap(),
    );
    write(
        "variables.yaml",
        &sealed.replacen('\n', "\n# variable today: \"Friday\"\n# variable today: \"Monday\"\n", 1),
    );
    write("wrongly_merged.yaml", &merged(&start, &format!("{start}{}", both[0]), &sealed));
    let missing = format!("{{data: {{$blob: {}, kind: 64 numbers}}}}", "ab".repeat(32));
    let call = Call::json("https://api.openai.com/v1/embeddings", "{}", "gone");
    write("blob.yaml", &cassette(&[call]).replace("text: \"gone\"", &format!("json: {missing}")));
    std::fs::create_dir(folder.path().join("blobs")).unwrap();
    write(&format!("blobs/{}", "c".repeat(64)), "x");
    std::fs::create_dir(folder.path().join(".llm-cassette")).unwrap();
    write(".llm-cassette/old.yaml.torn", "---");
    folder
}

#[test]
fn everything_that_can_be_wrong_is_said_with_its_line_and_what_to_do() {
    let ran = run(one_of_each().path(), &["verify"]);
    assert_eq!(ran.code, 1);
    let (first, rest) = ran.stderr.split_once('\n').unwrap();
    assert!(first.starts_with("fine_though_its_seal_is_old.yaml:2: this document was edited"), "{first}");
    assert_eq!(rest.lines().count(), 1, "what has a problem has its own cure: {rest}");
    insta::assert_snapshot!(ran.stdout, @r#"
    blob.yaml:14: the blob blobs/abababababababababababababababababababababababababababababababab is missing
      hint: restore it with `git checkout -- blobs/abababababababababababababababababababababababababababababababab`, or `git lfs pull` if Git LFS keeps it, or delete this interaction and run `LLM_CASSETTE_MODE=record cargo test`
    blobs/cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc: no cassette refers to this blob
      hint: delete it with `rm blobs/cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc`, or leave it to the next recording in its folder, which deletes it too
    conflict.yaml:2: git left conflict markers here
      hint: add `cassettes/**/*.yaml text eol=lf merge=union` to `.gitattributes`, and merge again with `git checkout -m -- conflict.yaml`
    edited.yaml:3: the key is not the one of the request, which was edited; it should be bea5e88a2af490549784746b2f41994471cbf05c8e6286deaa8aaa35ff2641dc
      hint: run `llm-cassette format edited.yaml` to update it
    malformed.yaml:5: `usage_count` is not a whole number
      hint: fix that line, or restore the file with `git checkout -- malformed.yaml`
    newer.yaml:1: the file is in format 9, and this version of llm-cassette reads format 1
      hint: run `cargo update -p llm-cassette`, or raise its version in `Cargo.toml`
    secret.yaml:5: this looks like a secret
      hint: revoke it, since git keeps all that was ever committed; then delete the line, or delete the document and run `LLM_CASSETTE_MODE=record cargo test`
    torn.yaml:45: the last document is truncated
      hint: run `llm-cassette format torn.yaml` to move it to `.llm-cassette/`, as the next recording would
    twice.yaml:45: line 2 already has take 1 of this request
      hint: delete one of the two, or run `llm-cassette format twice.yaml` to number them in the order in which they play
    variables.yaml:3: the variable `today` has another value in line 2
      hint: delete one of the lines 2 and 3
    without_a_key.yaml:2: this document has no line `key:` with 64 hexadecimal digits
      hint: fix that line, or restore the file with `git checkout -- without_a_key.yaml`
    wrongly_merged.yaml:2: a union merge interleaved documents; they can be separated, and nothing is missing
      hint: run `llm-cassette format wrongly_merged.yaml` to separate them
    12 cassettes, 12 problems
    "#);
}

#[test]
fn programs_get_the_same_in_fields_of_their_own() {
    let ran = run(one_of_each().path(), &["verify", "--json"]);
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(ran.stdout, @r#"
    [
      {
        "file": "blob.yaml",
        "line": 14,
        "problem": "blob",
        "message": "the blob blobs/abababababababababababababababababababababababababababababababab is missing",
        "hint": "restore it with `git checkout -- blobs/abababababababababababababababababababababababababababababababab`, or `git lfs pull` if Git LFS keeps it, or delete this interaction and run `LLM_CASSETTE_MODE=record cargo test`"
      },
      {
        "file": "blobs/cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc",
        "line": null,
        "problem": "orphan",
        "message": "no cassette refers to this blob",
        "hint": "delete it with `rm blobs/cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc`, or leave it to the next recording in its folder, which deletes it too"
      },
      {
        "file": "conflict.yaml",
        "line": 2,
        "problem": "conflict",
        "message": "git left conflict markers here",
        "hint": "add `cassettes/**/*.yaml text eol=lf merge=union` to `.gitattributes`, and merge again with `git checkout -m -- conflict.yaml`"
      },
      {
        "file": "edited.yaml",
        "line": 3,
        "problem": "key",
        "message": "the key is not the one of the request, which was edited; it should be bea5e88a2af490549784746b2f41994471cbf05c8e6286deaa8aaa35ff2641dc",
        "hint": "run `llm-cassette format edited.yaml` to update it"
      },
      {
        "file": "malformed.yaml",
        "line": 5,
        "problem": "unreadable",
        "message": "`usage_count` is not a whole number",
        "hint": "fix that line, or restore the file with `git checkout -- malformed.yaml`"
      },
      {
        "file": "newer.yaml",
        "line": 1,
        "problem": "newer",
        "message": "the file is in format 9, and this version of llm-cassette reads format 1",
        "hint": "run `cargo update -p llm-cassette`, or raise its version in `Cargo.toml`"
      },
      {
        "file": "secret.yaml",
        "line": 5,
        "problem": "secret",
        "message": "this looks like a secret",
        "hint": "revoke it, since git keeps all that was ever committed; then delete the line, or delete the document and run `LLM_CASSETTE_MODE=record cargo test`"
      },
      {
        "file": "torn.yaml",
        "line": 45,
        "problem": "truncated",
        "message": "the last document is truncated",
        "hint": "run `llm-cassette format torn.yaml` to move it to `.llm-cassette/`, as the next recording would"
      },
      {
        "file": "twice.yaml",
        "line": 45,
        "problem": "take",
        "message": "line 2 already has take 1 of this request",
        "hint": "delete one of the two, or run `llm-cassette format twice.yaml` to number them in the order in which they play"
      },
      {
        "file": "variables.yaml",
        "line": 3,
        "problem": "variable",
        "message": "the variable `today` has another value in line 2",
        "hint": "delete one of the lines 2 and 3"
      },
      {
        "file": "without_a_key.yaml",
        "line": 2,
        "problem": "unreadable",
        "message": "this document has no line `key:` with 64 hexadecimal digits",
        "hint": "fix that line, or restore the file with `git checkout -- without_a_key.yaml`"
      },
      {
        "file": "wrongly_merged.yaml",
        "line": 2,
        "problem": "unmerged",
        "message": "a union merge interleaved documents; they can be separated, and nothing is missing",
        "hint": "run `llm-cassette format wrongly_merged.yaml` to separate them"
      }
    ]
    "#);
}

/// What is said of the variables of a cassette.
fn variables(preamble: &str, behind: &str) -> String {
    let (said, _) = verified(|text| format!("{}{behind}", text.replacen('\n', &format!("\n{preamble}"), 1)));
    said.lines().filter(|line| !line.starts_with("1 cassette")).map(|line| format!("{line}\n")).collect()
}

#[test]
fn a_variable_that_cannot_be_read_is_told_with_the_form_that_can() {
    insta::assert_snapshot!(variables("# variable today: Friday\n", ""), @r#"
    a.yaml:2: the value of the variable `today` is not text in double quotes
      hint: write it as `# variable NAME: "VALUE"`
    "#);
    insta::assert_snapshot!(variables("# Variable today = \"Friday\"\n", ""), @r#"
    a.yaml:2: this comment is not read as a variable
      hint: write it as `# variable NAME: "VALUE"`, with letters, digits, `_`, `-` and `.` in the name
    "#);
}

#[test]
fn a_variable_that_two_branches_made_differently_is_told_once_they_are_merged() {
    let sealed =
        std::fs::read_to_string(Path::new(HERE).join("cassettes/agent/streams_a_count.yaml")).unwrap();
    let with = |value: &str| sealed.replacen('\n', &format!("\n# variable today: \"{value}\"\n"), 1);
    let (said, code) = verified(|text| merged(text, &with("Friday"), &with("Monday")));
    assert_eq!(code, 1);
    insta::assert_snapshot!(said, @r"
    a.yaml:3: the variable `today` has another value in line 2
      hint: delete one of the lines 2 and 3
    1 cassette, 1 problem
    ");
    let (said, code) = verified(|text| merged(text, &with("Friday"), &with("Friday")));
    assert_eq!((said.as_str(), code), ("1 cassette, 0 problems\n", 0));
}

#[test]
fn a_variable_that_stands_where_nobody_reads_it_is_told() {
    insta::assert_snapshot!(variables("", "# variable today: \"Friday\"\n"), @r"
    a.yaml:45: the variable `today` is not read here, behind the first `---`
      hint: move this line up to below line 1, or delete it if `today` stands there already
    ");
}

#[test]
fn a_secret_in_a_blob_is_told_with_the_document_that_refers_to_it() {
    let key = format!("sk-proj-{}", "a1B2c3D4".repeat(5));
    let name: String = Sha256::digest(&key).iter().map(|byte| format!("{byte:02x}")).collect();
    let folder = tempfile::tempdir().unwrap();
    let call = Call::json("https://api.openai.com/v1/files", "{}", "aside");
    let mark = format!("json: {{file: {{$blob: {name}, kind: {} characters}}}}", key.len());
    let text = cassette(&[call]).replace("text: \"aside\"", &mark);
    std::fs::write(folder.path().join("a.yaml"), text).unwrap();
    std::fs::create_dir(folder.path().join("blobs")).unwrap();
    std::fs::write(folder.path().join("blobs").join(name), &key).unwrap();
    let ran = run(folder.path(), &["verify"]);
    assert!(
        ran.stdout.contains("a.yaml:2: there is a secret in the response body\n  hint: revoke it"),
        "{}",
        ran.stdout
    );
    assert!(!ran.stdout.contains(&key));
}

/// The committed cassettes in a folder of their own, one of them edited.
fn edited(edit: impl Fn(&str) -> String) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let text =
        std::fs::read_to_string(Path::new(HERE).join("cassettes/agent/looks_up_the_weather.yaml")).unwrap();
    std::fs::write(folder.path().join("a.yaml"), edit(&text)).unwrap();
    folder
}

#[test]
fn what_a_formatter_laid_out_anew_is_no_problem_and_is_told_before_a_merge_meets_it() {
    let folder =
        edited(|text| text.replace("{content-type: application/json}", "{ content-type: application/json }"));
    let ran = run(folder.path(), &["verify"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "1 cassette, 0 problems\n"));
    insta::assert_snapshot!(ran.stderr, @r"
    a.yaml:2: this document and 1 more were edited by hand or by a formatter: if git merges them with another branch, nobody can tell the two apart
    hint: run `llm-cassette format a.yaml`, which updates the checksum
    ");
    run(folder.path(), &["format"]);
    assert_eq!(printed(folder.path(), &["verify"]), "1 cassette, 0 problems\n");
}

#[test]
fn what_has_one_right_answer_is_fixed() {
    let folder = edited(|text| {
        text.replace("What is the weather in Oslo?", "What is the weather in Rome?")
            + "--- # POST x\nkey: 12\n"
    });
    std::fs::create_dir(folder.path().join("blobs")).unwrap();
    std::fs::write(folder.path().join("blobs").join("0".repeat(64)), "x").unwrap();
    assert_eq!(run(folder.path(), &["verify"]).code, 1);
    let fixed = run(folder.path(), &["verify", "--fix"]);
    assert_eq!((fixed.code, fixed.stdout.as_str()), (0, "1 cassette, 0 problems\n"), "{}", fixed.stderr);
    insta::assert_snapshot!(fixed.stderr, @r"
    a.yaml: written again
    a.yaml: the last document is truncated; formatting moves it to `.llm-cassette/`
    blobs/0000000000000000000000000000000000000000000000000000000000000000: deleted, since no cassette refers to it
    ");
    assert_eq!(printed(folder.path(), &["verify"]), "1 cassette, 0 problems\n");
    assert!(!folder.path().join("blobs").exists());
    let again = run(folder.path(), &["verify", "--fix"]);
    assert_eq!((again.code, again.stderr.as_str()), (0, ""));
}

#[test]
fn a_file_with_a_question_for_people_is_left_to_them() {
    let key = format!("sk-proj-{}", "a1B2c3D4".repeat(5));
    let folder = edited(|text| {
        text.replace("What is the weather in Oslo?", &format!("What is the weather in Oslo? {key}"))
    });
    let before = std::fs::read(folder.path().join("a.yaml")).unwrap();
    let ran = run(folder.path(), &["verify", "--fix"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("this looks like a secret"), "{}", ran.stdout);
    assert_eq!(std::fs::read(folder.path().join("a.yaml")).unwrap(), before);
}
