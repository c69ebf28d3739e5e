//! What holds for every format: names, what is there already, errors, secrets, folders, and files that are none.

use serde_json::Value;

use super::{Ask, import, import_again, imported, play};

fn cassette(path: &str, status: u16, answer: &str) -> String {
    format!(
        "interactions:\n- request:\n    body: null\n    headers: {{Authorization: ['Bearer sk-proj-Aa1Bb2Cc3Dd4Ee5Ff6Gg7Hh8Ii9Jj0']}}\n    \
         method: GET\n    uri: https://api.example.com/{path}\n  response:\n    body: {{string: '{answer}'}}\n    headers: \
         {{Content-Type: [text/plain], Date: ['Tue, 23 Sep 2025 20:23:04 GMT']}}\n    status: {{code: {status}, message: x}}\nversion: 1\n"
    )
}

#[test]
fn a_cassette_that_is_there_is_left_alone_unless_it_is_to_be_replaced() {
    let (folder, _) = imported("a.yaml", &cassette("a", 200, "one"));
    let path = folder.path().join("cassettes/a.yaml");
    let before = std::fs::read(&path).unwrap();
    std::fs::write(folder.path().join("a.yaml"), cassette("a", 200, "two")).unwrap();
    let ran = import_again(&folder, &["a.yaml"]);
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(ran.stdout, @r#"
    a.yaml → cassettes/a.yaml: left alone, as it is there already; `--force` replaces it
    imported 0 exchanges of 0 files, already there 1
    "#);
    assert_eq!(std::fs::read(&path).unwrap(), before);
    assert_eq!(import_again(&folder, &["a.yaml", "--dry-run"]).code, 1);
    assert_eq!(import_again(&folder, &["a.yaml", "--force"]).code, 0);
    assert!(std::fs::read_to_string(&path).unwrap().contains("two"));
    // What somebody wrote there that is no cassette goes no more than a cassette.
    std::fs::write(&path, "precious: true\n").unwrap();
    assert_eq!(import_again(&folder, &["a.yaml"]).code, 1);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "precious: true\n");
}

#[tokio::test]
async fn errors_are_imported_only_if_somebody_asks_for_them() {
    let texts = [cassette("a", 404, "gone"), cassette("b", 401, "no"), cassette("c", 429, "later")];
    let files: Vec<(&str, &[u8])> =
        ["a.yaml", "b.yaml", "c.yaml"].into_iter().zip(texts.iter().map(String::as_bytes)).collect();
    let (folder, ran) = import(&files, &[]);
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(ran.stdout, @r#"
    a.yaml: vcrpy, nothing to import
      refused: exchange 1 (GET https://api.example.com/a): HTTP 404
    b.yaml: vcrpy, nothing to import
      refused: exchange 1 (GET https://api.example.com/b): HTTP 401
    c.yaml: vcrpy, nothing to import
      refused: exchange 1 (GET https://api.example.com/c): HTTP 429
    imported 0 exchanges of 0 files, refused 3
    hint: `--errors` imports answers with an error too
    "#);
    assert!(!folder.path().join("cassettes").exists());
    let ran = import_again(&folder, &["a.yaml", "b.yaml", "c.yaml", "--errors"]);
    assert_eq!(ran.code, 0, "{}", ran.stdout);
    let played =
        play(&folder.path().join("cassettes/b.yaml"), &[Ask::get("https://api.example.com/b")]).await;
    assert_eq!(played[0].as_ref().unwrap().status, 401);
}

#[test]
fn a_secret_of_the_last_exchange_is_taken_out_of_the_first() {
    let first = cassette("a", 200, "your key is Zq7-hidden-in-plain-sight");
    let second = cassette("b", 200, "x")
        .replace("Bearer sk-proj-Aa1Bb2Cc3Dd4Ee5Ff6Gg7Hh8Ii9Jj0", "Bearer Zq7-hidden-in-plain-sight");
    let both = format!(
        "{}{}",
        first.strip_suffix("version: 1\n").unwrap(),
        second.strip_prefix("interactions:\n").unwrap()
    );
    let (folder, ran) = imported("both.yaml", &both);
    insta::assert_snapshot!(ran.stdout, @r#"
    both.yaml → cassettes/both.yaml: vcrpy, 2 exchanges
      replaced in 1: what was secret in the answer
    imported 2 exchanges of 1 file
    "#);
    let text = std::fs::read_to_string(folder.path().join("cassettes/both.yaml")).unwrap();
    assert!(!text.contains("hidden-in-plain-sight") && !text.contains("Aa1Bb2Cc3"), "{text}");
}

#[test]
fn a_secret_is_in_no_reason_either() {
    let text = cassette(
        "a?api_key=sk-proj-Aa1Bb2Cc3Dd4Ee5Ff6Gg7Hh8Ii9Jj0",
        404,
        "sk-proj-Aa1Bb2Cc3Dd4Ee5Ff6Gg7Hh8Ii9Jj0",
    );
    let (_, ran) = import(&[("a.yaml", text.as_bytes())], &[]);
    assert!(ran.stdout.contains("HTTP 404") && !ran.stdout.contains("Aa1Bb2"), "{}", ran.stdout);
}

#[test]
fn a_folder_keeps_its_subfolders_and_its_other_files_are_counted() {
    let (a, b) = (cassette("a", 200, "a"), cassette("b", 200, "b"));
    let files: &[(&str, &[u8])] = &[
        ("old/one/test_a.yaml", a.as_bytes()),
        ("old/two/test_a.yaml", b.as_bytes()),
        ("old/__init__.py", b"x = 1"),
        ("old/picture.png", b"\x89PNG"),
        ("old/settings.yaml", b"a: 1\n"),
    ];
    let (folder, _) = import(files, &["--dry-run"]);
    assert!(!folder.path().join("cassettes").exists());
    let ran = import_again(&folder, &["old"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    insta::assert_snapshot!(ran.stdout, @r#"
    old/one/test_a.yaml → cassettes/one/test_a.yaml: vcrpy, 1 exchange
    old/two/test_a.yaml → cassettes/two/test_a.yaml: vcrpy, 1 exchange
    imported 2 exchanges of 2 files, other files 3
    "#);
    // Each alone would have the same name.
    let ran = import_again(&folder, &["old/one/test_a.yaml", "old/two/test_a.yaml"]);
    assert_eq!(ran.code, 2);
    insta::assert_snapshot!(ran.stderr, @r#"
    error: old/two/test_a.yaml and old/one/test_a.yaml would both become cassettes/test_a.yaml
    hint: import them into different folders, or give the folder that both are in: its subfolders are kept
    "#);
}

#[tokio::test]
async fn many_files_can_become_one_cassette() {
    let (a, b) = (cassette("a", 200, "a"), cassette("b", 200, "b"));
    let (folder, _) = import(&[("a.yaml", a.as_bytes()), ("b.yaml", b.as_bytes())], &[]);
    let mut command = crate::run::command(folder.path());
    let ran = command.args(["import", "a.yaml", "b.yaml", "-o", "all.yaml"]).output().unwrap();
    assert!(ran.status.success());
    let asks = ["b", "a"].map(|path| Ask::get(&format!("https://api.example.com/{path}")));
    let played = play(&folder.path().join("all.yaml"), &asks).await;
    assert_eq!(played.iter().map(|answer| answer.as_ref().unwrap().text()).collect::<Vec<_>>(), ["b", "a"]);
}

#[test]
fn a_file_that_is_no_recording_is_named_and_the_others_are_imported() {
    let good = cassette("a", 200, "a");
    let files: &[(&str, &[u8])] = &[
        ("good.yaml", good.as_bytes()),
        ("empty.yaml", b""),
        ("notes.yaml", b"a: 1\n"),
        ("broken.yaml", b"interactions:\n- request: {\n"),
        ("picture.png", b"\x89PNG"),
        ("ours.yaml", b"# llm-cassette 1\n"),
    ];
    let (folder, ran) = import(files, &[]);
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(ran.stdout, @r#"
    good.yaml → cassettes/good.yaml: vcrpy, 1 exchange
    empty.yaml: not read: it is not a recording of a known format
    notes.yaml: not read: it is not a recording of a known format
    broken.yaml: not read: it is not YAML: line 3: did not find expected node content
    picture.png: not read: it is not UTF-8 from byte 0 on
    ours.yaml: not read: it is a cassette of llm-cassette already
    imported 1 exchange of 1 file, not read 5
    "#);
    assert!(folder.path().join("cassettes/good.yaml").exists());
    let ran = import_again(&folder, &["missing.yaml"]);
    assert_eq!(ran.code, 2);
    insta::assert_snapshot!(ran.stderr, @r#"
    error: missing.yaml does not exist
    hint: give recordings, or folders with recordings
    "#);
}

#[test]
fn programs_are_told_the_same_as_json() {
    let text = cassette("a", 200, "a");
    let (_, ran) = import(&[("a.yaml", text.as_bytes())], &["--json", "--tag", "old"]);
    let told: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((&told["imported"], &told["refused"]), (&Value::from(1), &Value::from(0)));
    assert_eq!(told["files"][0]["format"], "vcrpy");
    assert_eq!(told["files"][0]["cassette"], "cassettes/a.yaml");
}
