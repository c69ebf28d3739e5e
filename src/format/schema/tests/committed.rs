//! All cassettes of this repository: files, those that snapshots of tests hold, and whole documents in Markdown.

use std::fs;
use std::path::{Path, PathBuf};

use super::validator;
use crate::format::version::{CLOSE, OPEN, SIGNATURE};
use crate::format::yaml;

/// Folders of what is built, fetched or run, and never committed.
const NOT_COMMITTED: [&str; 5] = [".git", ".llm-cassette", "node_modules", "target", ".venv"];

/// The files below a folder that may hold cassettes.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let (path, kind) = entry.map(|entry| (entry.path(), entry.file_type().unwrap())).unwrap();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if kind.is_dir() && !NOT_COMMITTED.contains(&name.as_str()) {
            files(&path, found);
        } else if kind.is_file() && kind_of(&path).is_some() {
            found.push(path);
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    File,
    Snapshot,
    Page,
}

fn kind_of(path: &Path) -> Option<Kind> {
    match path.extension()?.to_str()? {
        "yaml" | "yml" => Some(Kind::File),
        "snap" => Some(Kind::Snapshot),
        "md" => Some(Kind::Page),
        _ => None,
    }
}

/// The cassettes in the text of a file.
fn cassettes(path: &Path, kind: Kind, text: &str) -> Vec<String> {
    let from_signature = || {
        let lines = text.lines().skip_while(|line| !line.starts_with(SIGNATURE)).collect::<Vec<_>>();
        lines.join("\n")
    };
    let all = match kind {
        // In a folder of cassettes there is nothing else, whatever its first line.
        Kind::File if path.iter().any(|folder| folder == "cassettes") => vec![text.to_owned()],
        Kind::File => vec![text.to_owned()].into_iter().filter(|text| text.starts_with(SIGNATURE)).collect(),
        Kind::Snapshot => vec![from_signature()],
        // A page shows single fields, too.
        Kind::Page => {
            let fences = text.split("\n```yaml\n").skip(1).filter_map(|rest| rest.split("\n```").next());
            fences
                .filter(|fence| fence.lines().any(|line| line.starts_with(OPEN)))
                .map(str::to_owned)
                .collect()
        }
    };
    all.into_iter().filter(|text| !text.is_empty()).collect()
}

/// The documents of a cassette, each as its own text.
fn documents(cassette: &str) -> Vec<String> {
    let mut documents: Vec<String> = Vec::new();
    let mut is_open = false;
    for line in cassette.lines() {
        if line.starts_with(OPEN) {
            documents.push(String::new());
            is_open = true;
        } else if line == CLOSE {
            is_open = false;
        } else if let (Some(document), true) = (documents.last_mut(), is_open) {
            document.push_str(line);
            document.push('\n');
        }
    }
    documents
}

#[test]
fn every_cassette_of_this_repository_is_as_the_schema_says() {
    let mut found = Vec::new();
    files(Path::new(env!("CARGO_MANIFEST_DIR")), &mut found);
    let (mut problems, mut counts) = (Vec::new(), [0; 3]);
    for path in found {
        let kind = kind_of(&path).unwrap();
        for cassette in cassettes(&path, kind, &fs::read_to_string(&path).unwrap()) {
            let documents = documents(&cassette);
            if documents.is_empty() {
                problems.push(format!("{}: has no interaction", path.display()));
            }
            for (number, text) in documents.iter().enumerate() {
                // Snapshots leave out what differs from run to run.
                let text =
                    text.replace("\nrecorded_at: (then)\n", "\nrecorded_at: \"2026-11-21T05:13:13Z\"\n");
                counts[kind as usize] += 1;
                let found = match yaml::read(&text) {
                    Ok(tree) => validator().problems(&tree),
                    Err(error) => vec![format!("{error:?}")],
                };
                problems.extend(
                    found.iter().map(|what| format!("{}, document {}: {what}", path.display(), number + 1)),
                );
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    // A search that finds nothing finds nothing wrong.
    assert!(counts.iter().all(|count| *count > 0), "files, snapshots, pages: {counts:?}");
}
