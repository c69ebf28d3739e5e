//! The lines of a `.gitattributes`.

/// What git shall know of the cassettes in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// The line to write.
    pub(super) text: String,
    /// A path that it speaks of, and what must hold of it, for asking whether somebody else has said so already.
    pub(super) probe: String,
    pub(super) holds: &'static [(&'static str, &'static str)],
}

/// The lines for a folder, given from the top of the repository; the usual folders, wherever they are, if there is none.
pub(super) fn lines(folder: Option<&str>, here: &str) -> Vec<Line> {
    let (pattern, place) = match folder {
        Some(folder) => (escaped(folder.trim_end_matches('/')), folder.trim_end_matches('/').to_owned()),
        None => ("**/cassettes".to_owned(), format!("{here}cassettes")),
    };
    let line = |files: &str, attributes: &str, probe: &str, holds| Line {
        text: format!("{} {attributes}", quoted(&format!("{pattern}/**/{files}"))),
        probe: format!("{place}/{probe}"),
        holds,
    };
    vec![
        // What two branches added to one file is kept from both; the cassette tells it apart when it is read.
        line(
            "*.yaml",
            "text eol=lf merge=union diff=llm-cassette",
            "some.yaml",
            &[("text", "set"), ("eol", "lf"), ("merge", "union"), ("diff", "llm-cassette")],
        ),
        line("blobs/*", "binary", "blobs/some", &[("binary", "set")]),
    ]
}

/// A folder in whose name nothing stands for anything else.
fn escaped(folder: &str) -> String {
    folder.chars().flat_map(|c| ['\\'].into_iter().filter(move |_| "*?[\\".contains(c)).chain([c])).collect()
}

/// Git ends a pattern at a space, unless it stands in quotes.
fn quoted(pattern: &str) -> String {
    if !pattern.contains([' ', '"', '\t']) && !pattern.starts_with(['#', '!']) {
        return pattern.to_owned();
    }
    format!("\"{}\"", pattern.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn a_folder_is_named_so_that_git_understands_it() {
        let texts: Vec<String> =
            lines(Some("my [test] data/"), "").into_iter().map(|line| line.text).collect();
        assert_eq!(
            texts,
            [
                r#""my \\[test] data/**/*.yaml" text eol=lf merge=union diff=llm-cassette"#,
                r#""my \\[test] data/**/blobs/*" binary"#
            ]
        );
    }
}
