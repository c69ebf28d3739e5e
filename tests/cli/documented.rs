//! The page of commands has every command, and every option that it names is one.

use std::collections::BTreeSet;

use regex::Regex;

use crate::run::{package, printed};

const PAGE: &str = include_str!("../../docs/command-line.md");

/// The names of the commands, as `--help` lists them.
fn commands() -> Vec<String> {
    let help = printed(package(), &["--help"]);
    let (_, list) = help.split_once("Commands:\n").unwrap();
    let (list, _) = list.split_once("\n\n").unwrap();
    let names = list.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names = names.filter_map(|line| line.split_whitespace().next());
    names.filter(|name| *name != "help").map(str::to_owned).collect()
}

#[test]
fn every_command_has_a_row_in_the_table_and_a_section() {
    let commands = commands();
    assert!(commands.len() > 10, "{commands:?}");
    for command in &commands {
        assert!(PAGE.contains(&format!("\n| [`{command}`](#")), "{command} has no row");
        let has_section = PAGE.lines().any(|line| {
            line.strip_prefix("## ").is_some_and(|title| title.split(" and ").any(|name| name == command))
        });
        assert!(has_section, "{command} has no section");
    }
    let row = Regex::new(r"(?m)^\| \[`([a-z-]+)`\]").unwrap();
    let rows: BTreeSet<&str> = row.captures_iter(PAGE).map(|found| found.get(1).unwrap().as_str()).collect();
    assert_eq!(rows, commands.iter().map(String::as_str).collect());
}

#[test]
fn every_option_on_the_page_is_one_of_the_command_of_its_section() {
    let option = Regex::new(r"(?:^|[`\s(])(--[a-z][a-z-]+)").unwrap();
    let mut checked = 0;
    for section in PAGE.split("\n## ").skip(2) {
        let title = section.lines().next().unwrap();
        let help: String =
            title.split(" and ").map(|command| printed(package(), &[command, "--help"])).collect();
        // Other commands in examples have options of their own.
        for line in section.lines().filter(|line| !line.contains("cargo ")) {
            for found in option.captures_iter(line) {
                assert!(help.contains(&found[1]), "{title}: {} in {line:?}", &found[1]);
                checked += 1;
            }
        }
    }
    assert!(checked > 30, "only {checked} options were found");
}
