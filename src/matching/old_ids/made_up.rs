//! Which texts are ids that somebody's program made up.

use crate::providers::FIELDS;

/// An id is replaced wherever it stands, so it must not be short enough to stand somewhere by chance.
const SHORTEST: usize = 5;
/// A number may mean anything.
const SHORTEST_NUMBER: usize = 6;
/// What nobody says is an id.
const SHORTEST_UNNAMED: usize = 8;
/// What is as long as this is random, whatever it begins with.
const RANDOM: usize = 16;

/// Whether a field or a header holds an id, by its name.
pub(super) fn names_an_id(name: &str) -> bool {
    if names_a_model(name) {
        return false;
    }
    let plain = name.strip_suffix('s').unwrap_or(name);
    let is_known = |name: &str| FIELDS.answer_ids.contains(&name) || FIELDS.request_ids.contains(&name);
    is_known(name)
        || plain.eq_ignore_ascii_case("id")
        || ["_id", "-id", "Id", "ID", "-Id"].iter().any(|end| plain.ends_with(end))
}

/// Whether a field holds the name of a model, which people chose.
pub(super) fn names_a_model(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower.contains("model") || lower.ends_with("version")
}

/// Whether two values that stand in the same place are two ids of the same thing. `named` says that the place is one for
/// ids.
pub(super) fn are_ids(new: &str, old: &str, named: bool) -> bool {
    let is_one = |id: &str| is_id(id) && (named || is_random(id));
    new != old && is_one(new) && is_one(old) && (named || are_alike(new, old))
}

/// A byte of an id that needs no quotes.
pub(super) fn is_character(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-.~+/=:|@".contains(&byte)
}

fn is_id(id: &str) -> bool {
    let is_number = id.bytes().all(|byte| byte.is_ascii_digit());
    let is_made_up = id.bytes().any(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    id.len() >= if is_number { SHORTEST_NUMBER } else { SHORTEST }
        && is_made_up
        && id.bytes().all(is_character)
        && !is_time(id)
}

/// Whether an id has a word such as no people make: long, or with letters and digits by turns.
fn is_random(id: &str) -> bool {
    let kind = |byte: u8| (byte.is_ascii_digit(), byte.is_ascii_uppercase());
    id.len() >= SHORTEST_UNNAMED
        && id.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| {
            let turns = word.as_bytes().windows(2).filter(|pair| kind(pair[0]) != kind(pair[1])).count();
            turns >= 3 && word.bytes().any(|byte| byte.is_ascii_digit())
        })
}

/// Whether two random texts begin alike, or are so long that they need not: `job_1a…` and `job_2b…`.
fn are_alike(a: &str, b: &str) -> bool {
    let prefix = |id: &str| {
        let end = id.find(|c: char| c.is_ascii_digit() || "_-.:/".contains(c)).unwrap_or(id.len());
        id[..end].to_owned()
    };
    prefix(a) == prefix(b) || (a.len() >= RANDOM && b.len() >= RANDOM)
}

/// Times are handed on too, but a program reckons with them.
fn is_time(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || b"-:.+TZ".contains(&byte))
        && text.bytes().any(|byte| b"-:".contains(&byte))
        && text.len() >= 8
        && text.bytes().filter(u8::is_ascii_digit).count() <= 20
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_ids_end_in_id_in_any_style() {
        for name in ["id", "file_id", "mcp-session-id", "outputFileId", "file_ids", "call_id", "jobID"] {
            assert!(names_an_id(name), "{name}");
        }
        for name in ["grid", "said", "identity", "valid", "void", "model_id", "modelId"] {
            assert!(!names_an_id(name), "{name}");
        }
    }

    #[test]
    fn two_made_up_names_in_a_place_for_ids_are_ids() {
        for (new, old, wanted) in [
            ("call_2bB", "call_1aA", true),
            ("9c1f2a7e-0b5d-4f7a-9a55-1f0d6c1b2e3f", "0a1f2a7e-0b5d-4f7a-9a55-1f0d6c1b2e3f", true),
            ("482131", "391117", true),
            ("A1", "B2", false),
            ("web_search", "code_run", false),
            ("two words1", "two words2", false),
            ("call_2bB", "call_2bB", false),
        ] {
            assert_eq!(are_ids(new, old, true), wanted, "{new}");
        }
    }

    #[test]
    fn elsewhere_two_ids_have_to_look_alike() {
        for (new, old, wanted) in [
            ("job_8x7aa", "job_1x2bb", true),
            ("4711-XYAB", "8823-ABCD", false),
            ("gpt-4o-mini", "gpt-4.1-mini", false),
            ("qwen2.5-72b-instruct", "qwen3-80b-instruct", false),
            ("claude-3-5-sonnet-20241022", "claude-sonnet-4-5-20250929", false),
            ("7f1c9a2e-0b5d-4f7a-9a55-1f0d6c1b2e3f", "0a1f2a7e-4b5d-4f7a-9a55-1f0d6c1b2e3f", true),
            ("EqQBCkYIBBgCKkBq3a", "ErUBCkYICRgCIkDw7b", true),
            ("2026-11-30T01", "2026-11-30T02", false),
            ("1764460001", "1764460002", false),
            ("hello", "world", false),
        ] {
            assert_eq!(are_ids(new, old, false), wanted, "{new}");
        }
    }
}
