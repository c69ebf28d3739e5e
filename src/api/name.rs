//! From the name of a cassette to its file. Names come from people, from test paths and from test parameters, so they
//! hold anything; file names do not.

use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

use crate::model::error::{Error, ErrorKind};
use crate::store::cassette_files::{is_named_as_cassette, portable};

/// The file of a cassette. What ends in `.yaml` or `.yml` is a path and taken as it is, from the package's folder on
/// if it is relative; anything else is a name inside `folder`, where `/` and `::` make folders.
pub(crate) fn locate(
    name: &Path,
    folder: Option<&Path>,
    package: Option<OsString>,
) -> Result<PathBuf, Error> {
    // Cargo and nextest set the variable for every test they run, and run it in the package's folder; without them the
    // current folder is all there is.
    let package = package.map(PathBuf::from).unwrap_or_default();
    if is_named_as_cassette(name) {
        return Ok(package.join(name));
    }
    let mut file = package.join(folder.unwrap_or(Path::new("cassettes")));
    let text = name.to_str().ok_or_else(|| bad_name(name, "is not Unicode"))?;
    if name.is_absolute() || name.components().any(|part| matches!(part, Component::Prefix(_))) {
        return Err(bad_name(name, "is absolute"));
    }
    let parts: Vec<&str> = text.split("::").flat_map(|part| part.split(['/', '\\'])).collect();
    if parts.contains(&"..") {
        return Err(bad_name(name, "leaves the folder of cassettes"));
    }
    let kept: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty() && *part != ".").collect();
    let Some((last, folders)) = kept.split_last() else { return Err(bad_name(name, "is empty")) };
    file.extend(folders.iter().map(|part| portable(part)));
    file.push(portable(last) + ".yaml");
    Ok(file)
}

fn bad_name(name: &Path, why: &str) -> Error {
    let shown: String = name.to_string_lossy().chars().take(80).collect();
    Error::new(ErrorKind::BadName, format!("cassette name {shown:?} {why}"))
        .with_hint("write a name such as `weather` or `agents/weather`; to open a file anywhere else, give a path that ends in `.yaml`")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str) -> String {
        locate(Path::new(name), None, Some("pkg".into())).unwrap().to_string_lossy().replace('\\', "/")
    }

    #[test]
    fn a_name_is_a_file_in_the_folder_of_cassettes() {
        assert_eq!(file("weather"), "pkg/cassettes/weather.yaml");
        assert_eq!(file("agents/weather"), "pkg/cassettes/agents/weather.yaml");
        assert_eq!(file("my_crate::chat::tests::asks"), "pkg/cassettes/my_crate/chat/tests/asks.yaml");
    }

    #[test]
    fn a_path_is_taken_as_it_is() {
        assert_eq!(file("fixtures/x.yaml"), "pkg/fixtures/x.yaml");
        assert_eq!(file("../shared.yml"), "pkg/../shared.yml");
        let absolute = std::env::temp_dir().join("x.yaml");
        assert_eq!(locate(&absolute, None, Some("pkg".into())).unwrap(), absolute);
    }

    #[test]
    fn a_name_never_leaves_the_folder() {
        for name in ["../x", "a/../../x", "..", "a\\..\\x", "/etc/passwd", "", "/", "."] {
            assert_eq!(locate(Path::new(name), None, None).unwrap_err().kind(), ErrorKind::BadName, "{name}");
        }
    }

    #[test]
    fn a_name_that_no_file_system_takes_becomes_one_that_all_do() {
        for name in [
            "what's the weather?",
            "a:b",
            &"x".repeat(300),
            "con",
            "nul.txt",
            "tail.",
            ".hidden",
            "tab\t",
            "\u{1f600}",
        ] {
            let file = file(name);
            let last = file.rsplit('/').next().unwrap();
            assert!(last.len() <= 130 && !last.starts_with('.'), "{last}");
            assert!(last.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c)), "{last}");
        }
    }

    #[test]
    fn a_device_of_windows_is_none_whatever_its_ending() {
        for name in ["nul.txt", "con", "COM1.a.b"] {
            let last = file(name);
            let stem = last.rsplit('/').next().unwrap().split('.').next().unwrap().to_ascii_lowercase();
            assert!(!["nul", "con", "com1"].contains(&stem.as_str()), "{last}");
        }
    }

    #[test]
    fn different_names_are_different_files() {
        let names = ["a?b", "a*b", "a-b", &"x".repeat(300), &"x".repeat(301)];
        let files: std::collections::HashSet<_> = names.iter().map(|name| file(name)).collect();
        assert_eq!(files.len(), names.len());
    }
}
