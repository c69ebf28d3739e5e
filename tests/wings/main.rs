//! The layout of `src/`, held: who may import whom. `ARCHITECTURE.md` has the picture.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod made_up;
mod rules;
mod tokens;
mod tree;

use std::path::Path;

use rules::Violation;
use tree::Tree;

/// From top to bottom: each may import those behind it, and none before it.
const WINGS: [&str; 10] =
    ["cli", "adapters", "api", "session", "store", "format", "matching", "redact", "providers", "model"];

/// Whom a wing may not know although it stands above it: an adapter moves bytes, and the session decides.
const STRANGERS: [(&str, &[&str]); 1] = [("adapters", &["store", "format", "matching", "redact"])];

/// Other crates' HTTP clients, and who may know them.
const CLIENTS: [&str; 4] = ["reqwest", "reqwest012", "reqwest_middleware", "reqwest_middleware04"];
const KNOW_CLIENTS: [&str; 2] = ["src/adapters/", "src/cli/"];

const FILES: [&str; 2] = ["std::fs", "tokio::fs"];
const KNOW_FILES: [&str; 6] = [
    "src/store/",
    "src/cli/",
    "src/api/configuration/files.rs", // settings of a package or a workspace
    "src/format/schema/tests/committed.rs", // the cassettes of this repository, for a test
    "src/model/corpus.rs",            // recorded traffic for tests
    "src/providers/price/file.rs",    // prices that a user has put beside the crate's own
];

/// What a program prints goes through one place, which knows what may be said and to whom.
const PRINTING: [&str; 5] = ["print", "println", "eprint", "eprintln", "dbg"];
const PRINT: [&str; 6] = [
    "src/model/warn.rs",
    // Tests over recorded traffic, whose figures somebody wants to see.
    "src/format/body/compact/recorded.rs",
    "src/providers/transcribe/recorded.rs",
    "src/providers/recorded.rs",
    "src/redact/tests/corpus.rs",
    "src/cli/tests/fuzz.rs",
];

/// What is not yet as the rules want it. Each line is exact: one that is no longer true has to go.
const EXCEPTIONS: &[&str] = &[];

/// The files of `src`, sorted, as `src/…` and their text.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut open, mut found) = (vec![root.join("src")], Vec::new());
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                found.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

fn violations(tree: &Tree) -> Vec<Violation> {
    let mut found = rules::upward(tree, &WINGS);
    found.extend(rules::strangers(tree, &STRANGERS));
    found.extend(rules::outside(tree, &CLIENTS, &KNOW_CLIENTS));
    found.extend(rules::outside(tree, &FILES, &KNOW_FILES));
    found.extend(rules::macros(tree, &PRINTING, &PRINT));
    found.extend(rules::circles(tree));
    found
}

#[test]
fn imports_run_down_the_wings_and_modules_form_no_circle() {
    let sources = sources();
    let tree = Tree::read(sources.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    assert_eq!(tree.unreadable, []);
    let found = violations(&tree);
    let new: String = found
        .iter()
        .filter(|found| !EXCEPTIONS.contains(&found.what.as_str()))
        .map(ToString::to_string)
        .collect();
    let gone: Vec<&&str> =
        EXCEPTIONS.iter().filter(|known| !found.iter().any(|found| found.what == ***known)).collect();
    assert!(new.is_empty(), "against the rules:\n{new}");
    assert!(gone.is_empty(), "no longer so; take it out of `EXCEPTIONS`: {gone:#?}");
}
