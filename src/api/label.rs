//! From the label of a cassette to its file. A test has a cassette for each of its labels, and they hold anything: a path, a
//! prompt, nothing at all.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};

use crate::model::error::Error;
use crate::model::hex::hex;
use crate::model::mode::Mode;
use crate::store::cassette_files::{is_named_as_cassette, portable, spelt_in};
use crate::store::claims::{self, Claim};

/// Digits of the hash in the file name of a label.
const HASH: usize = 16;

/// The file name of a label, without its ending: the label itself where that is a file name on every system, and otherwise
/// close to it with a hash of it behind. No two labels have one in common: what looks like a name with a hash gets one of its
/// own, and so does what some systems spell in more than one way.
pub(crate) fn of_label(label: &str) -> String {
    let is_plain = portable(label) == label
        && label.is_ascii()
        && !is_named_as_cassette(Path::new(label))
        && !ends_in_hash(label);
    if is_plain && !label.is_empty() { label.to_owned() } else { hashed(label) }
}

/// A name close to a label with a hash of it behind.
fn hashed(label: &str) -> String {
    let digest = Sha256::digest(label.as_bytes());
    let hash = &hex(&digest)[..HASH];
    let safe: String = label.chars().map(|c| if c.is_alphanumeric() || c == '_' { c } else { '-' }).collect();
    let mut end = safe.len().min(80);
    while !safe.is_char_boundary(end) {
        end -= 1;
    }
    match safe[..end].trim_matches('-') {
        "" => hash.to_owned(),
        stem => format!("{stem}-{hash}"),
    }
}

fn ends_in_hash(label: &str) -> bool {
    let hash = label.len().checked_sub(HASH).and_then(|at| label.get(at..));
    hash.is_some_and(|hash| hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')))
}

/// Who has the name of a label, as it is spelt in small letters.
struct Named {
    first: String,
    /// What keeps other processes from it until there is a file.
    claim: Option<Claim>,
}

/// Which labels the files of this process have, by their paths in small letters.
static NAMED: Mutex<Option<HashMap<String, Named>>> = Mutex::new(None);

/// The file of a label, or another where that one is the file of a label that differs in letter case alone: some systems make
/// no difference. Which label came first, the file that is there says, or else this process remembers; while cassettes are
/// written, other processes are asked too.
pub(crate) fn apart(file: PathBuf, label: &str, mode: Mode) -> Result<PathBuf, Error> {
    let (Some(folder), Some(name)) = (file.parent(), file.file_name().and_then(|name| name.to_str())) else {
        return Ok(file);
    };
    if !label.bytes().any(|byte| byte.is_ascii_alphabetic()) || name != format!("{label}.yaml") {
        return Ok(file);
    }
    let other = folder.join(hashed(label) + ".yaml");
    let mut named = NAMED.lock().unwrap_or_else(PoisonError::into_inner);
    let named = named.get_or_insert_default();
    let place = file.to_string_lossy().to_ascii_lowercase();
    if let Some(there) = spelt_in(folder, name) {
        // As a file it needs no claim.
        let known = named.entry(place).or_insert(Named { first: there, claim: None });
        return Ok(if known.first == name { file } else { other });
    }
    let known = named.get(&place);
    if known.is_some_and(|known| known.first != name) || (known.is_none() && other.is_file()) {
        return Ok(other);
    }
    let claim = match mode {
        Mode::Record | Mode::Refresh if known.is_none_or(|known| known.claim.is_none()) => {
            match claims::claim(&file).map_err(|error| Error::io("write", &file, error))? {
                None => return Ok(other),
                claim => claim,
            }
        }
        _ => None,
    };
    let known = named.entry(place).or_insert_with(|| Named { first: name.to_owned(), claim: None });
    known.claim = claim.or(known.claim.take());
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::name::locate;

    #[test]
    fn a_label_is_one_file_name_on_every_system_and_no_two_share_one() {
        let plain = ["Oslo", "gpt-4o-mini", "case_1", "v1.2", "-"];
        let odd = [
            "",
            ".",
            "..",
            "../x",
            "/etc/passwd",
            "C:\\x",
            "a/b",
            "a\\b",
            "a::b",
            "a:b",
            "a b",
            "x.yaml",
            "x.YML",
            "con",
            "NUL.txt",
            "com1",
            "tail.",
            ".hidden",
            "tab\t",
            "São",
            "Sa\u{303}o",
            "\u{1f600}",
            "deadbeefdeadbeef",
            &of_label("a/b"),
            &"x".repeat(300),
            &"x".repeat(301),
        ];
        for label in plain {
            assert_eq!(of_label(label), label);
        }
        let mut files = std::collections::HashSet::new();
        for label in plain.into_iter().chain(odd) {
            let name = of_label(label);
            assert!(files.insert(name.to_lowercase()), "{label:?} shares {name}");
            let path = locate(Path::new(&format!("rivers::asks::{name}")), None, Some("pkg".into())).unwrap();
            assert_eq!(
                path,
                Path::new("pkg/cassettes/rivers/asks").join(format!("{name}.yaml")),
                "{label:?}"
            );
        }
    }

    fn file_of(folder: &tempfile::TempDir, label: &str, mode: Mode) -> PathBuf {
        apart(folder.path().join(of_label(label) + ".yaml"), label, mode).unwrap()
    }

    #[test]
    fn a_label_that_another_process_is_about_to_record_is_left_to_it() {
        let folder = tempfile::tempdir().unwrap();
        let others = claims::claim(&folder.path().join("Oslo.yaml")).unwrap();
        let file = file_of(&folder, "oslo", Mode::Record);
        assert!(!file.ends_with("oslo.yaml"), "{}", file.display());
        drop(others);
        // It was recorded, and the other was not: whoever comes later finds it.
        let name = file.file_name().unwrap();
        let _there = tempfile::Builder::new().prefix(name).rand_bytes(0).tempfile_in(&folder).unwrap();
        assert_eq!(file_of(&folder, "oslo", Mode::Replay), file);
    }

    #[test]
    fn a_label_that_this_process_is_about_to_record_is_claimed() {
        let folder = tempfile::tempdir().unwrap();
        file_of(&folder, "Oslo", Mode::Replay);
        assert!(!folder.path().join(".llm-cassette").exists(), "a replay writes nothing");
        assert_eq!(file_of(&folder, "Oslo", Mode::Record), folder.path().join("Oslo.yaml"));
        assert!(claims::claim(&folder.path().join("oslo.yaml")).unwrap().is_none());
    }

    #[test]
    fn labels_that_differ_in_letter_case_alone_have_files_that_differ_in_more() {
        let folder = tempfile::tempdir().unwrap();
        let file = |label: &str| file_of(&folder, label, Mode::Replay);
        let (first, second) = (file("Oslo"), file("oslo"));
        assert_eq!(first, folder.path().join("Oslo.yaml"));
        assert!(!second.to_str().unwrap().eq_ignore_ascii_case(first.to_str().unwrap()));
        assert_eq!((file("Oslo"), file("oslo")), (first, second), "they keep them");
    }

    #[test]
    fn the_file_that_is_there_says_which_label_came_first() {
        let folder = tempfile::tempdir().unwrap();
        let there =
            tempfile::Builder::new().prefix("Rome").suffix(".yaml").rand_bytes(0).tempfile_in(&folder);
        let file = |label: &str| file_of(&folder, label, Mode::Replay);
        assert_ne!(file("rome"), folder.path().join("rome.yaml"));
        assert_eq!(file("Rome"), there.unwrap().path());
    }
}
