//! What `llm-cassette report` writes, and what it leaves alone.

use crate::cassettes::{Call, Folder};

pub fn one() -> Folder {
    let folder = Folder::new();
    folder.cassette("cassettes/rivers.yaml", &[Call::new("Name three rivers.", "Danube, Rhine, Elbe")]);
    folder
}

pub fn page(folder: &Folder, arguments: &[&str]) -> String {
    let output = folder.run(&[&["report", "-o", "-"], arguments].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_same_cassettes_give_the_same_bytes_to_a_file_and_to_standard_output() {
    let folder = one();
    let file = std::fs::read_to_string(folder.page()).unwrap();
    assert_eq!(file, page(&folder, &[]));
    assert!(file.contains("Danube"));
}

#[test]
fn it_says_what_it_wrote() {
    let folder = one();
    let told = |arguments: &[&str]| String::from_utf8(folder.run(arguments).stdout).unwrap();
    assert_eq!(told(&["report"]), "report.html: 1 cassette, 1 interaction\n");
    let json: serde_json::Value = serde_json::from_str(&told(&["report", "--json"])).unwrap();
    assert_eq!(json, serde_json::json!({ "path": "report.html", "cassettes": 1, "interactions": 1 }));
}

#[test]
fn a_report_is_written_over_and_nothing_else_is() {
    let folder = one();
    folder.page();
    folder.page();
    let before = std::fs::read_to_string(folder.path().join("cassettes/rivers.yaml")).unwrap();
    let output = folder.run(&["report", "-o", "cassettes/rivers.yaml"]);
    assert_eq!(output.status.code(), Some(2));
    insta::assert_snapshot!(String::from_utf8_lossy(&output.stderr), @r"
    error: cassettes/rivers.yaml exists and is not a report
    hint: give another file, or overwrite this one with `--force`
    ");
    assert_eq!(std::fs::read_to_string(folder.path().join("cassettes/rivers.yaml")).unwrap(), before);
    folder.write("notes.html", "mine");
    assert!(folder.run(&["report", "--force", "-o", "notes.html"]).status.success());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3, "no drafts are left");
}

#[test]
fn a_cassette_that_cannot_be_read_is_shown_as_that_beside_the_others() {
    let folder = one();
    folder.write("cassettes/broken.yaml", "# llm-cassette 1\n---\nkey: <b>\n...\n");
    let output = folder.run(&["report", "-o", "-"]);
    assert_eq!(output.status.code(), Some(1));
    let page = String::from_utf8(output.stdout).unwrap();
    assert!(
        page.contains("Danube") && page.contains("unreadable") && page.contains("cassettes/broken.yaml:2")
    );
    assert!(String::from_utf8_lossy(&output.stderr).contains("cassettes/broken.yaml:2"));
}

#[test]
fn a_torn_end_is_marked() {
    let folder = one();
    let path = folder.path().join("cassettes/rivers.yaml");
    let whole = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{whole}---\nkey: 12")).unwrap();
    assert!(page(&folder, &[]).contains(">truncated</span>"));
}

#[test]
fn what_is_stale_depends_on_the_day_and_the_limit() {
    let folder = one();
    let stale = |arguments: &[&str]| page(&folder, arguments).contains(">stale</span>");
    assert!(!stale(&[]), "recorded the day before");
    assert!(stale(&["--now", "2027-03-01"]));
    assert!(!stale(&["--now", "2027-03-01", "--stale-after", "52w"]));
    assert!(stale(&["--now", "2026-12-01T00:00:00Z", "--stale-after", "9"]));
    let output = folder.run(&["report", "--stale-after", "soon"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("90d"));
}

#[test]
fn a_folder_without_cassettes_is_a_page_that_says_so() {
    assert!(page(&Folder::new(), &[]).contains("There are no cassettes."));
}
