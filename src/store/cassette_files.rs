//! Which files are cassettes: those that are called as cassettes are, and begin as they do. How one is read, and which folder is
//! beside it.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crate::format::SIGNATURE;
use crate::model::error::Error;

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
    let mut start = Vec::new();
    File::open(path)?.take((BYTE_ORDER_MARK.len() + SIGNATURE.len()) as u64).read_to_end(&mut start)?;
    Ok(begins_as_cassette(&start))
}

/// Whether a file is a cassette. One that cannot be read is none, as far as a search goes.
#[cfg(feature = "cli")]
pub(crate) fn is_cassette(path: &Path) -> bool {
    is_named_as_cassette(path) && file_begins_as_cassette(path).unwrap_or(false)
}

/// The folder beside cassettes for what is not to be committed: locks, and what was cut off torn files.
pub(super) const SIDE_FOLDER: &str = ".llm-cassette";

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

/// The bytes of a cassette, `None` where there is no file.
pub(crate) fn load(path: &Path) -> Result<Option<Vec<u8>>, Error> {
    match fs::read(path) {
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
