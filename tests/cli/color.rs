//! Whether there are colours.

use crate::run::{command, copied};

/// What `list` prints to a pipe with these arguments and variables.
fn listed(arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let folder = copied();
    let output =
        command(folder.path()).arg("list").args(arguments).envs(variables.iter().copied()).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn is_colored(arguments: &[&str], variables: &[(&str, &str)]) -> bool {
    listed(arguments, variables).contains("\u{1b}[1m")
}

#[test]
fn a_pipe_gets_colours_only_when_they_are_asked_for() {
    assert!(!is_colored(&[], &[]));
    assert!(is_colored(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(is_colored(&["--color", "always"], &[]));
}

#[test]
fn no_color_wins_over_the_other_variables_and_the_argument_over_all() {
    assert!(!is_colored(&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(is_colored(&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "")]));
    assert!(is_colored(&["--color", "always"], &[("NO_COLOR", "1")]));
    assert!(!is_colored(&["--color", "never"], &[("CLICOLOR_FORCE", "1")]));
}

#[test]
fn colours_change_nothing_but_colours() {
    let mut text = String::new();
    for (number, piece) in listed(&["--color", "always"], &[]).split("\u{1b}[").enumerate() {
        text.push_str(if number == 0 { piece } else { piece.split_once('m').unwrap().1 });
    }
    assert_eq!(text, listed(&[], &[]));
}
