//! What `llm-cassette report` writes, and what it leaves alone.

use crate::cassettes::{Call, Folder};

fn one() -> Folder {
    let folder = Folder::new();
    folder.cassette("cassettes/rivers.yaml", &[Call::new("Name three rivers.", "Danube, Rhine, Elbe")]);
    folder
}

fn page(folder: &Folder, arguments: &[&str]) -> String {
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
    error: cassettes/rivers.yaml exists and is no report
    hint: give another file, or write over this one with `--force`
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
    assert!(page(&folder, &[]).contains(">torn end</span>"));
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
fn nothing_is_claimed_about_use_as_long_as_nobody_counts_it() {
    assert!(!page(&one(), &[]).contains("unused"));
}

/// Two cassettes with one and the same call, recorded at noon, and what the ledger beside them says, with `KEY` for its key.
fn with_ledger(lines: &str) -> Folder {
    let folder = Folder::new();
    folder.cassette("used.yaml", &[Call::new("Hi", "Hello!")]);
    folder.cassette("idle.yaml", &[Call::new("Hi", "Hello!")]);
    let list = folder.run(&["list", "--json"]);
    let list: serde_json::Value = serde_json::from_slice(&list.stdout).unwrap();
    let key = list[0]["interactions"][0]["key"].as_str().unwrap();
    folder.write(".llm-cassette/ledger.log", &format!("# log 1\n{}", lines.replace("KEY", key)));
    folder
}

fn unused(lines: &str) -> usize {
    page(&with_ledger(lines), &[]).matches(">unused</span>").count()
}

#[test]
fn what_no_test_used_is_marked_where_others_were_used() {
    // In the list, above its calls, at the call.
    assert_eq!(unused("hit\t1795176001\tused.yaml\tKEY\t1\n"), 3);
    assert!(page(&with_ledger("hit\t1795176001\tused.yaml\tKEY\t1\n"), &[]).contains("unused: not used on"));
}

#[test]
fn recording_it_here_is_a_use() {
    let used = "hit\t1795176001\tused.yaml\tKEY\t1\n";
    assert_eq!(unused(&format!("{used}recorded\t1795176000\tidle.yaml\tKEY\t1\t20\t90\n")), 0);
}

#[test]
fn what_was_used_before_it_was_recorded_again_is_unused() {
    let used = "hit\t1795176001\tused.yaml\tKEY\t1\n";
    assert_eq!(unused(&format!("hit\t1795175999\tidle.yaml\tKEY\t1\n{used}")), 3);
}

#[test]
fn a_ledger_that_ends_before_a_recording_was_made_says_nothing_of_it() {
    assert_eq!(unused("hit\t1795175999\tused.yaml\tKEY\t1\n"), 0);
}

#[test]
fn a_ledger_without_any_use_says_nothing() {
    assert_eq!(unused("miss\t1795176001\tused.yaml\topenai\n"), 0);
}

/// A cassette of a model with a price, one of a model without, and one with both.
fn priced() -> Folder {
    let known = || Call::new("Hi", "Hello!");
    let unknown = || {
        let mut call = Call::new("Hi", "Hello!");
        call.model = "some-model-nobody-knows".to_owned();
        call
    };
    let folder = Folder::new();
    folder.cassette("known.yaml", &[known()]);
    folder.cassette("unknown.yaml", &[unknown()]);
    folder.cassette("both.yaml", &[known(), unknown()]);
    folder
}

#[test]
fn cost_is_drawn_and_what_is_not_known_is_said() {
    let page = page(&priced(), &[]);
    // 31 tokens at $0.15 and 12 at $0.60 a million.
    for said in [
        "<dt>cost</dt><dd>$0.000024 +?</dd>",
        "aria-label=\"$0.000012 for recording\"",
        "title=\"$0.000012 for recording\">$0.000012</span>",
        "title=\"$0.000012 for recording, 1 interaction of unknown price\">$0.000012 +?</span>",
        "title=\"1 interaction of unknown price\">unknown</span>",
        "<td data-name=\"Cost\">$0.000012 +?</td>",
        "<td data-name=\"Cost\">unknown</td>",
        "31 in, 12 out, $0.000012",
        "31 in, 12 out, unknown",
        "2 interactions of unknown price, in no sum",
    ] {
        assert!(page.contains(said), "{said}");
    }
    assert!(!page.contains("$0.00<") && !page.contains("$0.00 "), "what is not known is no zero");
}

#[test]
fn prices_are_those_of_a_file_that_an_argument_or_the_environment_names() {
    let folder = priced();
    let each = r#""input_cost_per_token": 1, "output_cost_per_token": 2"#;
    folder.write("prices.json", &format!("{{\"some-model-nobody-knows\": {{{each}}}}}"));
    // 31 tokens at $1 and 12 at $2.
    let told = "31 in, 12 out, $55.00";
    assert!(!page(&folder, &[]).contains(told));
    let by_argument = page(&folder, &["--prices", "prices.json"]);
    assert!(by_argument.contains(told) && by_argument.contains("prices: prices.json"));
    let by_environment =
        folder.command(&["report", "-o", "-"]).env("LLM_CASSETTE_PRICES", "prices.json").output().unwrap();
    assert_eq!(String::from_utf8(by_environment.stdout).unwrap(), by_argument);
}

#[test]
fn prices_that_cannot_be_read_are_an_error_and_no_page() {
    let folder = priced();
    folder.write("prices.json", "[]");
    let output = folder.run(&["report", "--prices", "prices.json"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("prices.json: this is not an object"));
    assert!(!folder.path().join("report.html").exists());
}

#[test]
fn nothing_is_said_of_prices_where_there_is_nothing_to_pay() {
    assert!(!page(&Folder::new(), &[]).contains("prices:"));
}

#[test]
fn a_folder_without_cassettes_is_a_page_that_says_so() {
    assert!(page(&Folder::new(), &[]).contains("There are none."));
}
