//! What GitHub shows beside the lines of a pull request: commands of a workflow, one a line.

use std::path::{Path, PathBuf};

use super::came::Came;
use crate::model::text::plural;

/// GitHub shows no more of one step.
const SHOWN: usize = 10;

/// Whether the run is one of GitHub Actions.
pub(super) fn are_wanted() -> bool {
    std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true")
}

/// A line for each refused request: at its nearest recording, if it has one.
pub(super) fn lines(came: &Came) -> Vec<String> {
    // GitHub knows files by their paths in the repository.
    let root = std::env::var_os("GITHUB_WORKSPACE").map(PathBuf::from);
    let root = root.or_else(|| std::env::current_dir().ok()).unwrap_or_default();
    let refused = came.cassettes.iter().flat_map(|(file, cassette)| {
        cassette.refused.iter().map(move |refused| (file, refused.line, refused.message.as_str()))
    });
    let errors = came
        .cassettes
        .iter()
        .flat_map(|(file, cassette)| cassette.errors.iter().map(move |error| (file, None, error.as_str())));
    let mut all: Vec<String> = refused
        .chain(errors)
        .map(|(file, line, message)| {
            one(file.strip_prefix(&root).unwrap_or(file), line, file.is_file(), message)
        })
        .collect();
    if all.len() > SHOWN {
        let more = plural(all.len() - (SHOWN - 1), "more request");
        all.truncate(SHOWN - 1);
        all.push(format!("::error title=llm-cassette::{more} had no answer; the log of this step has all"));
    }
    all
}

fn one(file: &Path, line: Option<usize>, is_there: bool, message: &str) -> String {
    let mut properties = String::new();
    if is_there {
        // In the repository paths have slashes everywhere.
        let path: Vec<_> = file.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        properties.push_str(&format!("file={},", property(&path.join("/"))));
        if let Some(line) = line {
            properties.push_str(&format!("line={line},"));
        }
    }
    format!("::error {properties}title=llm-cassette::{}", data(message))
}

/// Escaped as workflow commands have it.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_annotation_is_one_line_and_what_would_end_it_early_is_escaped() {
        let path = Path::new("cassettes/a,b:c.yaml");
        assert_eq!(
            one(path, Some(7), true, "100 %, no\r\nanswer: x"),
            "::error file=cassettes/a%2Cb%3Ac.yaml,line=7,title=llm-cassette::100 %25, no%0D%0Aanswer: x"
        );
        assert_eq!(one(path, None, false, "no answer"), "::error title=llm-cassette::no answer");
    }
}
