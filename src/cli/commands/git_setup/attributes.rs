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

/// The text with a line more. Everything that stands there stays as it is.
pub(super) fn with(text: &str, line: &str) -> String {
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let gap = if text.is_empty() || text.ends_with('\n') { "" } else { end };
    format!("{text}{gap}{line}{end}")
}

/// The text without a line; `None` if it isn't there.
pub(super) fn without(text: &str, line: &str) -> Option<String> {
    let is_it = |one: &&str| one.trim_end_matches(['\n', '\r']) == line;
    let is_there = text.split_inclusive('\n').any(|one| is_it(&one));
    is_there.then(|| text.split_inclusive('\n').filter(|one| !is_it(one)).collect())
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
    use super::{lines, with, without};

    #[test]
    fn lines_of_a_person_stay_as_they_are() {
        assert_eq!(with("*.png binary", "x diff=y"), "*.png binary\nx diff=y\n");
        assert_eq!(with("a\r\nb\r\n", "x"), "a\r\nb\r\nx\r\n");
        assert_eq!(without("a\r\nx\r\nb\r\n", "x").as_deref(), Some("a\r\nb\r\n"));
        assert_eq!(without("x y\n", "x"), None);
    }

    #[test]
    fn what_was_added_is_taken_out_again() {
        for text in ["", "*.png binary\n", "# mine\r\n\r\n"] {
            assert_eq!(without(&with(text, "x diff=y"), "x diff=y").as_deref(), Some(text));
        }
    }

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
