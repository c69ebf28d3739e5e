//! Which files are cassettes: those that are called as cassettes are, and begin as they do.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use crate::format::SIGNATURE;

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
