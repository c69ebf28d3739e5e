//! Where a page is written, and how files look from there.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Component, Path, PathBuf};

use crate::cli::commands::output::Output;
use crate::cli::commands::whole_files::replace;
use crate::cli::page;
use crate::model::error::{Error, ErrorKind};
use crate::model::text::shown_path;

/// Where a page goes.
pub(super) enum Destination {
    Standard,
    File(PathBuf),
}

impl Destination {
    /// The destination that a path means. A file is written over only if it is a report: a slip of the pen must not cost
    /// anybody a cassette.
    pub(super) fn find(path: &Path, force: bool) -> Result<Destination, Error> {
        if path.as_os_str() == "-" {
            return Ok(Destination::Standard);
        }
        if !force && !may_be_replaced(path).map_err(|error| Error::io("read", path, error))? {
            let message = format!("{} exists and is not a report", shown_path(path));
            return Err(Error::new(ErrorKind::BadSetting, message)
                .with_hint("give another file, or overwrite this one with `--force`"));
        }
        Ok(Destination::File(path.to_owned()))
    }

    /// The folder from which the page's links start.
    pub(super) fn folder(&self) -> PathBuf {
        match self {
            Destination::Standard => PathBuf::new(),
            Destination::File(path) => path.parent().map(Path::to_owned).unwrap_or_default(),
        }
    }

    pub(super) fn write(&self, page: &str, output: &mut Output) -> Result<(), Error> {
        match self {
            Destination::Standard => {
                output.document(page);
                Ok(())
            }
            Destination::File(path) => replace(path, page).map_err(|error| Error::io("write", path, error)),
        }
    }
}

fn may_be_replaced(path: &Path) -> io::Result<bool> {
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
        Ok(found) if found.is_file() => {
            let mut start = Vec::new();
            File::open(path)?.take(page::MARK.len() as u64).read_to_end(&mut start)?;
            Ok(start.is_empty() || start == page::MARK.as_bytes())
        }
        // A pipe or a device takes what it is given.
        Ok(found) => Ok(!found.is_dir()),
    }
}

/// A file as a relative URL, seen from a folder; `None` where there is no relative way, as between two drives.
pub(super) fn link(folder: &Path, file: &Path) -> Option<String> {
    let parts = |path: &Path| -> Option<Vec<String>> {
        let mut parts = Vec::new();
        for component in std::path::absolute(path).ok()?.components() {
            match component {
                Component::ParentDir => {
                    parts.pop();
                }
                Component::CurDir => {}
                other => parts.push(other.as_os_str().to_str()?.to_owned()),
            }
        }
        Some(parts)
    };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let (from, to) = (parts(folder)?, parts(file)?);
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    if common == 0 {
        return None;
    }
    // The leading dots keep a name with a colon from reading as a scheme.
    let mut link = "../".repeat(from.len() - common);
    if link.is_empty() {
        link.push_str("./");
    }
    let names: Vec<String> = to[common..].iter().map(|name| encoded(name)).collect();
    link.push_str(&names.join("/"));
    Some(link)
}

fn encoded(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    name.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_from_the_page_to_the_file() {
        let link = |folder: &str, file: &str| link(Path::new(folder), Path::new(file)).unwrap();
        assert_eq!(link("", "cassettes/a.yaml"), "./cassettes/a.yaml");
        assert_eq!(link("target/pages", "cassettes/a.yaml"), "../../cassettes/a.yaml");
        assert_eq!(link("cassettes", "cassettes/../b.yaml"), "../b.yaml");
        assert_eq!(link("", "javascript:alert(1)#?.yaml"), "./javascript%3Aalert%281%29%23%3F.yaml");
    }
}
