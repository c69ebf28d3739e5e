//! The table of clients in `docs/clients.md` says what the tests here show, and with which versions.
#![allow(clippy::unwrap_used, reason = "in a test, to fail is to say so")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// What a test shows, by its name, and the column that says so.
const SHOWN: [(&str, &str); 4] = [
    ("unary", "fn an_answer_replays"),
    ("stream", "fn a_stream_replays"),
    ("tools", "fn a_tool_call_and_the_turn_behind_it_replay"),
    ("miss", "fn a_miss_is_found_in_its_error"),
];

/// `crate version` and the cells behind it: yes or no for each thing that can be shown.
type Table = BTreeMap<String, Vec<&'static str>>;

/// Versions by name, as the lock has them; several of one name.
fn locked(root: &Path) -> BTreeMap<String, Vec<String>> {
    let lock = fs::read_to_string(root.join("Cargo.lock")).unwrap();
    let mut versions: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let value = |line: &str| line.split('"').nth(1).unwrap().to_owned();
    let lines: Vec<&str> = lock.lines().collect();
    for pair in lines.windows(2).filter(|pair| pair[0].starts_with("name = ")) {
        versions.entry(value(pair[0])).or_default().push(value(pair[1]));
    }
    versions
}

/// The client that a package tries: the dependency after which its folder is called.
fn client(folder: &str) -> &str {
    match folder {
        "rig" | "rig-on-reqwest-0-12" => "rig-core",
        other => other,
    }
}

fn tried(root: &Path) -> Table {
    let versions = locked(root);
    let mut table = Table::new();
    for entry in fs::read_dir(root).unwrap() {
        let folder = entry.unwrap().path();
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let Ok(manifest) = fs::read_to_string(folder.join("Cargo.toml")) else { continue };
        if name == "support" || !folder.join("tests").is_dir() {
            continue;
        }
        let client = client(&name);
        // Of several locked versions, the one that the package asks for.
        let asked = manifest.lines().find(|line| line.starts_with(&format!("{client} = "))).unwrap();
        let asked = asked.split('"').nth(1).unwrap().trim_start_matches('=');
        let version = versions[client].iter().find(|version| version.starts_with(asked)).unwrap();
        let tests: String = fs::read_dir(folder.join("tests"))
            .unwrap()
            .map(|test| fs::read_to_string(test.unwrap().path()).unwrap())
            .collect();
        let shown = SHOWN.iter().map(|(_, test)| if tests.contains(test) { "yes" } else { "no" });
        table.insert(format!("`{client}` {version}"), shown.collect());
    }
    table
}

#[test]
fn the_table_of_clients_says_what_their_tests_show_and_with_which_versions() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let page = fs::read_to_string(root.join("../../docs/clients.md")).unwrap();
    let heading = "| client | how it gets in | unary | stream | tools | miss found |";
    assert!(page.contains(heading), "the table begins with `{heading}`");
    let mut written = Table::new();
    for line in page.split_once(heading).unwrap().1.lines().skip(2).take_while(|line| line.starts_with('|')) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let shown = cells[2..].iter().map(|cell| if *cell == "yes" { "yes" } else { "no" });
        written.insert(cells[0].to_owned(), shown.collect());
    }
    assert_eq!(
        written,
        tried(root),
        "left: what docs/clients.md says; right: what the tests and the lock say"
    );
}
