//! Which files are cassettes: those that are called as cassettes are, and begin as they do. How one is read, and which folder is
//! beside it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

#[cfg(feature = "cli")]
use crate::format::OPEN;
use crate::format::SIGNATURE;
use crate::model::error::Error;
use crate::store::regular_files;

/// How the files begin that Git LFS leaves where it has not fetched the real ones.
const POINTER: &[u8] = b"version https://git-lfs.github.com/spec/";

/// Bytes a file name may have with room for an ending: most file systems stop at 255.
const MAX_COMPONENT: usize = 120;

/// Names that Windows keeps for devices, whatever their ending.
const RESERVED: [&str; 22] = [
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9",
    "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// Editors may have put this before the first line.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Whether a file is called as cassettes are, in whatever letter case.
pub(crate) fn is_named_as_cassette(path: &Path) -> bool {
    let end = path.extension();
    end.is_some_and(|end| ["yaml", "yml"].iter().any(|name| end.eq_ignore_ascii_case(name)))
}

/// Whether a text begins as cassettes do.
pub(crate) fn begins_as_cassette(text: &[u8]) -> bool {
    text.strip_prefix(BYTE_ORDER_MARK.as_bytes()).unwrap_or(text).starts_with(SIGNATURE.as_bytes())
}

/// Whether a file begins as cassettes do.
pub(super) fn file_begins_as_cassette(path: &Path) -> io::Result<bool> {
    let start = regular_files::read_start(path, BYTE_ORDER_MARK.len() + SIGNATURE.len())?;
    Ok(begins_as_cassette(&start))
}

/// Whether all that is there of a file is what Git LFS puts in its place.
pub(crate) fn is_lfs_pointer(bytes: &[u8]) -> bool {
    bytes.starts_with(POINTER)
}

/// How much of a file is looked at to tell what it is.
#[cfg(feature = "cli")]
const START: usize = 4096;

/// Whether a file is a cassette, or was one before something happened to it: nobody would hear of it otherwise.
#[cfg(feature = "cli")]
pub(crate) fn is_cassette(path: &Path) -> bool {
    if !is_named_as_cassette(path) || path.is_dir() {
        return false;
    }
    match regular_files::read_start(path, START) {
        Ok(start) if !start.is_empty() => {
            begins_as_cassette(&start) || is_lfs_pointer(&start) || resembles_a_cassette(&start)
        }
        // Nothing in it tells, so the company tells that it keeps.
        Ok(_) | Err(_) => path.parent().is_some_and(keeps_cassettes),
    }
}

/// Whether a text that does not begin as cassettes do has the head of a document: its first line is damaged.
#[cfg(feature = "cli")]
fn resembles_a_cassette(start: &[u8]) -> bool {
    let key = |line: &[u8]| Some(line.strip_prefix(b"key: ")?.trim_ascii_end().len() == 64);
    let mut lines = start.split(|byte| *byte == b'\n').skip_while(|line| !line.starts_with(OPEN.as_bytes()));
    lines.next().is_some() && lines.any(|line| key(line) == Some(true))
}

/// Whether a folder is one in which cassettes are kept.
#[cfg(feature = "cli")]
fn keeps_cassettes(folder: &Path) -> bool {
    let is_cassette =
        |path: &Path| is_named_as_cassette(path) && file_begins_as_cassette(path).unwrap_or(false);
    folder.file_name().is_some_and(|name| name == "cassettes")
        || folder.join(SIDE_FOLDER).is_dir()
        || fs::read_dir(folder).is_ok_and(|entries| entries.flatten().any(|entry| is_cassette(&entry.path())))
}

/// The folder beside cassettes for what is not to be committed: locks, and what was cut off torn files.
pub(crate) const SIDE_FOLDER: &str = ".llm-cassette";

/// The side folder of a cassette, which need not exist.
pub(crate) fn side_folder(path: &Path) -> PathBuf {
    // Two ways to one file, by name or through a link, must meet at one lock.
    let real = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let parent = match real.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    parent.join(SIDE_FOLDER)
}

/// A file name that is the same text where that is portable, and otherwise close to it with a hash behind, so that
/// different names stay different files.
pub(crate) fn portable(part: &str) -> String {
    let safe: String = part
        .chars()
        .map(|c| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' })
        .collect();
    let stem = safe.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let portable = safe == part
        && part.len() <= MAX_COMPONENT
        && !part.starts_with('.')
        && !part.ends_with('.')
        && !RESERVED.contains(&stem.as_str());
    if portable {
        return safe;
    }
    let mut end = safe.len().min(MAX_COMPONENT - 9);
    while !safe.is_char_boundary(end) {
        end -= 1;
    }
    // The name of a device stays one up to its first dot.
    let safe = if RESERVED.contains(&stem.as_str()) { safe.replace('.', "-") } else { safe };
    let digest = Sha256::digest(part.as_bytes());
    let hash: String = digest[..4].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{hash}", safe[..end].trim_matches(['.', '-'])).trim_start_matches('-').to_owned()
}

/// The name of a file in a folder, as it is spelt there; that very name where there are several.
pub(crate) fn spelt_in(folder: &Path, name: &str) -> Option<String> {
    let entries = fs::read_dir(folder).ok()?;
    let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let mut alike: Vec<String> = names.filter(|other| other.eq_ignore_ascii_case(name)).collect();
    match alike.iter().any(|other| other == name) {
        true => Some(name.to_owned()),
        false => alike.pop(),
    }
}

/// Where a file is or would be, by one name, however it is called and through whichever links.
pub(crate) fn real_path(path: &Path) -> PathBuf {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    for there in whole.ancestors() {
        if let Ok(real) = fs::canonicalize(there) {
            let rest = whole.strip_prefix(there).unwrap_or(Path::new(""));
            return if rest.as_os_str().is_empty() { real } else { real.join(rest) };
        }
    }
    whole
}

/// The path of a file from the folder of its package on, with `/` between folders; the whole path where there is no package. It
/// is the same whichever folder a program runs in.
pub(crate) fn from_package(path: &Path) -> String {
    let real = real_path(path);
    let package = real.ancestors().skip(1).find(|folder| folder.join("Cargo.toml").is_file());
    let inside = package.and_then(|package| real.strip_prefix(package).ok()).unwrap_or(&real);
    inside.to_string_lossy().replace('\\', "/")
}

/// The bytes of a cassette, `None` where there is no file.
pub(crate) fn load(path: &Path) -> Result<Option<Vec<u8>>, Error> {
    match regular_files::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::io("read", path, error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cassette_is_called_yaml_in_any_letter_case() {
        for name in ["a.yaml", "a.yml", "A.YAML", "a.Yml", "x/y.z.yaml"] {
            assert!(is_named_as_cassette(Path::new(name)), "{name}");
        }
        for name in ["a.yaml.torn", "yaml", ".yaml", "a.json", "a.yamlx"] {
            assert!(!is_named_as_cassette(Path::new(name)), "{name}");
        }
    }

    #[test]
    fn a_cassette_begins_with_its_signature_behind_a_byte_order_mark_or_not() {
        assert!(begins_as_cassette(b"# llm-cassette 1\n"));
        assert!(begins_as_cassette("\u{feff}# llm-cassette 1\r\n".as_bytes()));
        for text in ["", "# llm-cassettes\n", "\n# llm-cassette 1\n", "a: 1\n"] {
            assert!(!begins_as_cassette(text.as_bytes()), "{text:?}");
        }
    }
}
