//! Commands that record again what a page shows.

use super::html::Html;
use super::{Call, Cassette};
use crate::model::mode::MODE_VARIABLE;
use crate::model::text::shell_word;
use crate::session::selector;

/// The command that sends the request of a call again, and no other; `None` where none does, as what is pinned stays.
pub(super) fn one(call: &Call) -> Option<String> {
    if call.parsed.interaction.labels.pinned {
        return None;
    }
    let only = format!("{}=key={} ", selector::VARIABLE, call.key().short());
    Some(command(&only, call.uses.test.as_deref()))
}

/// The command that records a cassette again: by its test where it is known which one that is.
pub(super) fn all_of(cassette: &Cassette) -> Option<String> {
    let calls = cassette.calls();
    let test = calls.first()?.uses.test.as_deref().filter(|test| {
        calls.iter().all(|call| call.uses.test.as_deref() == Some(test) && !call.uses.by_others)
    });
    if test.is_some() {
        return Some(command("", test));
    }
    let file = cassette.name.rsplit('/').next().unwrap_or_default();
    let name = file.rsplit_once('.').map_or(file, |(name, _)| name);
    // What means something in a selection, and what a terminal would obey: any character is meant by this.
    let plain = |c: char| if c.is_alphanumeric() || "_-. @+~()[]".contains(c) { c } else { '?' };
    let condition = format!("name={}", name.chars().map(plain).collect::<String>());
    Some(command(&format!("{}={} ", selector::VARIABLE, shell_word(&condition)), None))
}

/// `settings` ends in a blank, or is empty.
fn command(settings: &str, test: Option<&str>) -> String {
    let test = test.map(of_test).unwrap_or_default();
    format!("{MODE_VARIABLE}=refresh {settings}cargo test{test}")
}

/// The arguments that run one test, of which the ledger has `package crate::path::of_it`, and ` #2` for a second handle.
fn of_test(id: &str) -> String {
    let id = match id.rsplit_once(" #") {
        Some((id, number)) if number.bytes().all(|byte| byte.is_ascii_digit()) => id,
        _ => id,
    };
    let (place, path) = id.split_once("::").unwrap_or(("", id));
    let words: Vec<&str> = place.split(' ').filter(|word| !word.starts_with('(')).collect();
    let package = match words.as_slice() {
        [package, _] => format!(" -p {}", shell_word(package)),
        _ => String::new(),
    };
    format!("{package} {}", shell_word(path))
}

/// A button that copies a command.
pub(super) fn button(command: &str, html: &mut Html) {
    let attributes = [("type", "button"), ("class", "copy"), ("data-copy", command), ("title", command)];
    html.leaf("button", &attributes, "Copy refresh command");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_is_run_alone_in_its_package() {
        for (id, wanted) in [
            ("rivers rivers::names_rivers", " -p rivers names_rivers"),
            ("shop api (bin)::tests::asks #2", " -p shop tests::asks"),
            ("rivers::names_rivers", " names_rivers"),
            ("x y::two words", " -p x 'two words'"),
            ("x y::a; rm -rf ~", " -p x 'a; rm -rf ~'"),
        ] {
            assert_eq!(of_test(id), wanted, "{id}");
        }
    }
}
