//! Where `llm-cassette.toml` is looked for. Each is read once in a process.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::{Configuration, Configurations};
use crate::model::error::{Error, ErrorKind};
use crate::model::text::shown_path;
use crate::providers::price::{self, Prices};
use crate::store::regular_files;

const NAME: &str = "llm-cassette.toml";

/// More bytes than anybody writes by hand.
const LARGEST: usize = 1 << 20;

type Known = Result<Arc<Configurations>, Error>;

/// What was found for folders that were asked about.
static READ: Mutex<Option<HashMap<PathBuf, Known>>> = Mutex::new(None);

/// What the files say that hold for a folder: those in it and above it, up to the root of the workspace or the repository.
pub(crate) fn of(folder: &Path) -> Known {
    let folder = match folder.as_os_str().is_empty() {
        true => Path::new("."),
        false => folder,
    };
    let folder = std::path::absolute(folder).map_err(|error| Error::io("find", folder, error))?;
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    let known = read.get_or_insert_default();
    let found = known.entry(folder).or_insert_with_key(|folder| find(folder).map(Arc::new));
    found.as_ref().map(Arc::clone).map_err(Error::again)
}

/// The prices that the files name.
pub(crate) fn prices(configuration: &Configurations) -> Result<Option<Arc<Prices>>, Error> {
    let Some(path) = configuration.prices() else { return Ok(None) };
    // A file in a repository may be anybody's, and to read a pipe or a device may take for ever.
    match fs::metadata(path) {
        Ok(found) if !found.is_file() => {
            let message = format!("{} is not a file", shown_path(path));
            Err(Error::new(ErrorKind::Io, message).with_hint(format!("name a file with prices in `{NAME}`")))
        }
        _ => price::load(path).map(Some),
    }
}

fn find(folder: &Path) -> Result<Configurations, Error> {
    let mut files = Vec::new();
    for place in places(folder) {
        let file = place.join(NAME);
        if let Some(text) = read(&file)? {
            files.push(Configuration::parse(&text, &file)?);
        }
    }
    files.reverse();
    Ok(Configurations(files))
}

/// The folders in which a file counts, the nearest first. Without a workspace or a repository above, nothing says where a
/// project ends, and what lies further up may be anybody's: then it is the package alone, or the folder itself.
fn places(folder: &Path) -> Vec<&Path> {
    let mut places = Vec::new();
    let mut package = None;
    for place in folder.ancestors() {
        places.push(place);
        let manifest = place.join("Cargo.toml");
        if is_workspace(&manifest) || place.join(".git").exists() {
            return places;
        }
        if package.is_none() && manifest.is_file() {
            package = Some(places.len());
        }
    }
    places.truncate(package.unwrap_or(1));
    places
}

/// Whether a manifest is that of a workspace. What Cargo could not read either is none.
fn is_workspace(manifest: &Path) -> bool {
    let text = fs::read_to_string(manifest).unwrap_or_default();
    toml_span::parse(&text)
        .is_ok_and(|manifest| manifest.as_table().is_some_and(|table| table.contains_key("workspace")))
}

/// The text of a file, `None` where there is none.
fn read(file: &Path) -> Result<Option<String>, Error> {
    let bytes = match regular_files::read(file) {
        Ok(bytes) => bytes,
        // A link that leads nowhere was meant to lead somewhere.
        Err(error) if error.kind() == io::ErrorKind::NotFound && fs::symlink_metadata(file).is_err() => {
            return Ok(None);
        }
        Err(error) => return Err(Error::io("read", file, error)),
    };
    if bytes.len() > LARGEST {
        let message =
            format!("{} has {} bytes, and at most {LARGEST} are read", shown_path(file), bytes.len());
        return Err(Error::new(ErrorKind::BadSetting, message).with_hint("write less into it"));
    }
    String::from_utf8(bytes).map(Some).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        let column = before.rsplit(|byte| *byte == b'\n').next().map_or(0, <[u8]>::len) + 1;
        Error::new(ErrorKind::BadSetting, format!("{}:{line}:{column}: this is not UTF-8", shown_path(file)))
            .with_hint("save the file as UTF-8")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let file = folder.path().join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        folder
    }

    /// The folders in which a file counts for the deepest one, from the root of the project on.
    fn counted(files: &[(&str, &str)], from: &str) -> Vec<String> {
        let project = project(files);
        let from = project.path().join(from);
        let places = places(&from);
        let inside =
            |place: &&Path| place.strip_prefix(project.path()).ok().map(|path| path.display().to_string());
        places.iter().filter_map(inside).collect()
    }

    #[test]
    fn from_the_package_up_to_its_workspace_or_repository_and_no_further() {
        let (workspace, package) = ("[workspace]\nmembers = ['crates/*']\n", "[package]\nname = 'a'\n");
        let inner = ("w/crates/a/Cargo.toml", package);
        assert_eq!(
            counted(&[("w/Cargo.toml", workspace), inner], "w/crates/a"),
            ["w/crates/a", "w/crates", "w"]
        );
        assert_eq!(counted(&[("w/.git/HEAD", ""), inner], "w/crates/a"), ["w/crates/a", "w/crates", "w"]);
        assert_eq!(counted(&[inner], "w/crates/a"), ["w/crates/a"]);
        let own = format!("{package}[workspace]\n");
        assert_eq!(counted(&[("w/Cargo.toml", workspace), ("w/x/Cargo.toml", &own)], "w/x"), ["w/x"]);
        let member = "[package]\nname = 'a'\nworkspace = '..'\n[lints]\nworkspace = true\n";
        assert_eq!(counted(&[("w/Cargo.toml", workspace), ("w/x/Cargo.toml", member)], "w/x"), ["w/x", "w"]);
    }

    #[test]
    fn from_a_folder_of_cassettes_it_is_the_package_around_it() {
        let package = ("p/Cargo.toml", "[package]\nname = 'a'\n");
        let file = ("p/cassettes/agents/a.yaml", "");
        assert_eq!(
            counted(&[package, file], "p/cassettes/agents"),
            ["p/cassettes/agents", "p/cassettes", "p"]
        );
        assert_eq!(counted(&[file], "p/cassettes/agents"), ["p/cassettes/agents"]);
    }

    fn prices_of(file: Configuration) -> Result<Option<Arc<Prices>>, Error> {
        prices(&Configurations(vec![file]))
    }

    #[test]
    fn what_cannot_be_read_is_an_error_and_not_a_default() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(NAME);
        assert_eq!(read(&file).unwrap(), None);
        fs::create_dir(&file).unwrap();
        assert_eq!(read(&file).unwrap_err().kind(), ErrorKind::Io);
        fs::remove_dir(&file).unwrap();
        fs::write(&file, b"a = 1\nb = '\xff'\n").unwrap();
        assert!(read(&file).unwrap_err().message().ends_with(":2:6: this is not UTF-8"));
        #[cfg(unix)]
        {
            fs::remove_file(&file).unwrap();
            std::os::unix::fs::symlink("nowhere", &file).unwrap();
            assert_eq!(read(&file).unwrap_err().kind(), ErrorKind::Io);
            fs::remove_file(&file).unwrap();
            std::os::unix::fs::symlink("/dev/zero", &file).unwrap();
            assert_eq!(read(&file).unwrap_err().kind(), ErrorKind::Io);
            let prices = Configuration::parse("prices = '/dev/zero'", &file).unwrap();
            assert!(prices_of(prices).unwrap_err().message().ends_with("is not a file"));
        }
        fs::remove_file(&file).unwrap();
        fs::write(&file, "#".repeat(LARGEST + 1)).unwrap();
        assert!(read(&file).unwrap_err().message().contains("at most 1048576"));
    }
}
