//! Whoever meets a public item in the documentation finds an example there.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;

/// The files below a folder, as `src/…` and their text.
fn sources(folder: &Path, root: &Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, root, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
            found.push((name, std::fs::read_to_string(&path).unwrap()));
        }
    }
}

/// The types and constants that `lib.rs` hands on: the last words of its `pub use` lines.
fn exported(lib: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut before = "";
    for line in lib.lines() {
        if let Some(path) = line.strip_prefix("pub use ").filter(|_| before != "#[doc(hidden)]") {
            let last = path.trim_end_matches(';').rsplit("::").next().unwrap();
            let last = last.trim_matches(['{', '}']).split(", ").map(str::to_owned);
            names.extend(last);
        }
        before = line;
    }
    names
}

/// A word of Rust at the start of a text.
fn word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    &text[..end]
}

/// The public item that a line of code begins, if it is one of `names` or, in an `impl` block of one of them, a method.
fn item<'a>(line: &'a str, inside: Option<&str>) -> Option<(&'a str, bool)> {
    for keyword in ["pub struct ", "pub enum ", "pub const ", "pub trait ", "macro_rules! "] {
        if let Some(rest) = line.strip_prefix(keyword) {
            return Some((word(rest), false));
        }
    }
    inside?;
    let rest = line.strip_prefix("    pub ")?;
    let rest = ["const ", "async "].iter().fold(rest, |rest, word| rest.strip_prefix(word).unwrap_or(rest));
    Some((word(rest.strip_prefix("fn ")?), true))
}

/// The public items of a file, each as its line, its name and the lines that stand right above it.
fn items<'a>(text: &'a str, names: &[String]) -> Vec<(usize, String, Vec<&'a str>)> {
    let lines: Vec<&str> = text.lines().collect();
    let (mut found, mut inside) = (Vec::new(), None);
    for (index, line) in lines.iter().enumerate() {
        if let Some(rest) = line.strip_prefix("impl") {
            let named = rest.trim_start_matches("<'a>").trim_start();
            let own = !named.contains(" for ") && names.iter().any(|name| name == word(named));
            inside = own.then(|| word(named));
        } else if *line == "}" {
            inside = None;
        }
        let Some((name, is_method)) = item(line, inside) else { continue };
        let above = lines[..index].iter().rev().map(|line| line.trim());
        let above: Vec<&str> =
            above.take_while(|line| line.starts_with("///") || line.starts_with("#[")).collect();
        if above.contains(&"#[doc(hidden)]") {
            continue;
        }
        let name = match inside.filter(|_| is_method) {
            Some(of) => format!("{of}::{name}"),
            None if line.starts_with("macro_rules!") => format!("{name}!"),
            None if names.iter().any(|known| known == name) => name.to_owned(),
            None => continue,
        };
        if !name.ends_with('!') || above.contains(&"#[macro_export]") {
            found.push((index + 1, name, above));
        }
    }
    found
}

#[test]
fn every_public_item_has_an_example() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let names = exported(&std::fs::read_to_string(root.join("src/lib.rs")).unwrap());
    let mut files = Vec::new();
    sources(&root.join("src"), root, &mut files);
    files.sort();

    let (mut seen, mut without) = (Vec::new(), Vec::new());
    for (file, text) in &files {
        for (line, name, above) in items(text, &names) {
            if !above.iter().any(|line| line.starts_with("/// ```")) {
                without.push(format!("{file}:{line}: `{name}` has no example"));
            }
            seen.push(name);
        }
    }
    assert_eq!(without.join("\n"), "");

    // That it looked at something: at all that is exported, a macro and a method in each way of writing an `impl`.
    let wanted = names.iter().map(String::as_str).chain(["cassette!", "Builder::ttl", "RequestView::host"]);
    let missing: Vec<&str> = wanted.filter(|name| !seen.iter().any(|seen| seen == name)).collect();
    assert_eq!(missing, [""; 0], "not found among {} items", seen.len());
}

#[test]
fn an_item_without_an_example_is_told_apart_from_one_that_is_hidden_or_private() {
    let text = "/// One.\n///\n/// ```\n/// ```\npub struct One;\nimpl<'a> One<'a> {\n    /// Two.\n    #[must_use]\n    pub fn two() {}\n    \
                #[doc(hidden)]\n    pub fn three() {}\n    pub(crate) fn four() {}\n}\nimpl Other {\n    pub fn five() {}\n}\n";
    let found: Vec<(usize, String, bool)> = items(text, &["One".to_owned()])
        .into_iter()
        .map(|(line, name, above)| (line, name, above.contains(&"/// ```")))
        .collect();
    assert_eq!(found, [(5, "One".to_owned(), true), (9, "One::two".to_owned(), false)]);
}
