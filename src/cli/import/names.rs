//! What a cassette is called that is made of another tool's file: as that is, without what its tool adds.

use std::path::{Path, PathBuf};

use crate::store::cassette_files::portable;

/// Endings that say what a file is, and not what it is about.
const ENDINGS: [&str; 5] = ["yaml", "yml", "json", "har", "httprr"];

/// The path of the cassette, from the folder on that all are to be in. `inside` is that of the file, from the folder on that
/// was named, or its name alone.
pub(in crate::cli) fn cassette(inside: &Path) -> PathBuf {
    let mut parts: Vec<String> =
        inside.components().filter_map(|part| part.as_os_str().to_str().map(str::to_owned)).collect();
    let file = parts.pop().unwrap_or_default();
    let stem = match file.rsplit_once('.') {
        Some((stem, end))
            if !stem.is_empty() && ENDINGS.iter().any(|known| end.eq_ignore_ascii_case(known)) =>
        {
            stem.to_owned()
        }
        _ => file,
    };
    // Polly calls every file the same, and the folder around it after the recording, with a number behind.
    let stem = match parts.last() {
        Some(folder) if stem == "recording" => {
            let name = without_number(folder).to_owned();
            parts.pop();
            name
        }
        _ => stem,
    };
    let mut path: PathBuf =
        parts.iter().filter(|part| part.as_str() != "..").map(|part| portable(part)).collect();
    path.push(format!("{}.yaml", portable(&stem)));
    path
}

fn without_number(folder: &str) -> &str {
    match folder.rsplit_once('_') {
        Some((name, number))
            if !name.is_empty() && !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) =>
        {
            name
        }
        _ => folder,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cassette_is_called_as_the_file_is() {
        for (file, wanted) in [
            ("test_chat.yaml", "test_chat.yaml"),
            ("TestLLM.test_chat", "TestLLM.test_chat.yaml"),
            ("gpt-4.1.yml", "gpt-4.1.yaml"),
            ("openai/chat.json", "openai/chat.yaml"),
            ("chat.httprr", "chat.yaml"),
            ("my-test_1063497518/recording.har", "my-test.yaml"),
            ("deep/my_test/recording.har", "deep/my_test.yaml"),
            ("recording.har", "recording.yaml"),
            ("../up.yaml", "up.yaml"),
        ] {
            assert_eq!(cassette(Path::new(file)), Path::new(wanted), "{file}");
        }
    }

    #[test]
    fn a_name_that_is_not_portable_stays_another_one_than_its_likes() {
        let (one, other) = (cassette(Path::new("test[a].yaml")), cassette(Path::new("test(a).yaml")));
        assert_ne!(one, other);
        assert!(one.to_str().unwrap().starts_with("test-a"), "{one:?}");
    }
}
