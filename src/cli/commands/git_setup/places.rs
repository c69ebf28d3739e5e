//! The folders of cassettes, as files of different tools name them.

/// Where cassettes are: a folder, given from the top of the repository, or any folder of the usual name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    folder: Option<String>,
    /// A path of a cassette that it speaks of, for asking whether somebody else has said so already.
    pub(super) probe: String,
}

impl Place {
    pub(super) fn folder(folder: &str) -> Place {
        let folder = folder.trim_end_matches('/').to_owned();
        Place { probe: format!("{folder}/some.yaml"), folder: Some(folder) }
    }

    /// Folders named `cassettes`, wherever they are; `here` is from the top of the repository to where we are.
    pub(super) fn usual(here: &str) -> Place {
        Place { folder: None, probe: format!("{here}cassettes/some.yaml") }
    }

    /// As `.gitignore` and whatever follows it would name the cassettes: what begins with a sign does so behind a backslash.
    pub(super) fn ignored(&self) -> String {
        let Some(folder) = &self.folder else { return "**/cassettes/**/*.yaml".to_owned() };
        let guard = if folder.starts_with(['#', '!']) { "\\" } else { "" };
        format!("{guard}{}/**/*.yaml", escaped(folder, "*?[\\"))
    }

    /// As `.editorconfig` would.
    pub(super) fn section(&self) -> String {
        match &self.folder {
            None => "**/cassettes/**/*.yaml".to_owned(),
            Some(folder) => format!("{}/**/*.yaml", escaped(folder, "*?[]{}\\")),
        }
    }

    /// As a pattern that is searched for in the path.
    pub(super) fn searched(&self) -> String {
        match &self.folder {
            None => r"(^|/)cassettes/.*\.yaml$".to_owned(),
            Some(folder) => format!(r"^{}/.*\.yaml$", regex::escape(folder)),
        }
    }
}

/// A folder in whose name nothing stands for anything else.
fn escaped(folder: &str, signs: &str) -> String {
    folder.chars().flat_map(|c| ['\\'].into_iter().filter(move |_| signs.contains(c)).chain([c])).collect()
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn a_folder_is_named_so_that_each_tool_understands_it() {
        let place = Place::folder("#my [test] {data}/");
        assert_eq!(place.ignored(), r"\#my \[test] {data}/**/*.yaml");
        assert_eq!(place.section(), r"#my \[test\] \{data\}/**/*.yaml");
        assert_eq!(place.searched(), r"^\#my \[test\] \{data\}/.*\.yaml$");
        assert_eq!(place.probe, "#my [test] {data}/some.yaml");
    }
}
