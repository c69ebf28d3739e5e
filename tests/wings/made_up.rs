//! The reader and the rules on crates of a few lines, so that a rule that sees nothing is found out.

use crate::rules::{Violation, circles, macros, outside, strangers, upward};
use crate::tokens::{Token, tokens};
use crate::tree::Tree;

/// A crate with a wing above another one, `top` and `low`, and what the test puts into it.
fn tree(files: &[(&str, &str)]) -> Tree {
    let wings = [
        ("src/lib.rs", "mod top; mod low; pub use top::Thing;"),
        ("src/top.rs", "pub struct Thing;"),
        ("src/low.rs", ""),
    ];
    let others = wings.into_iter().filter(|(name, _)| files.iter().all(|(other, _)| other != name));
    Tree::read(others.chain(files.iter().copied()))
}

/// What is wrong in a crate, with the lines: `src/low/a.rs → top 1,4`.
fn told(found: &[Violation]) -> Vec<String> {
    let line = |violation: &Violation| {
        let lines: Vec<String> = violation.places.iter().map(|place| place.line.to_string()).collect();
        format!("{} {}", violation.what, lines.join(","))
    };
    found.iter().map(line).collect()
}

fn upward_in(text: &str) -> Vec<String> {
    told(&upward(&tree(&[("src/low.rs", "mod a;"), ("src/low/a.rs", text)]), &["top", "low"]))
}

macro_rules! runs_upward {
    ($($name:ident: $text:expr => $lines:expr;)*) => {$(
        #[test]
        fn $name() {
            assert_eq!(upward_in($text), [concat!("src/low/a.rs → top ", $lines)]);
        }
    )*};
}

runs_upward! {
    an_import_of_an_upper_wing_is_found_with_its_line: "\n\nuse crate::top::Thing;" => "3";
    a_name_of_an_upper_wing_in_the_middle_of_code_is_found: "fn f() {\n    crate::top::f();\n}" => "2";
    an_import_that_leaves_its_wing_by_super_is_found: "use super::super::top;" => "1";
    every_branch_of_a_group_is_found: "use crate::{\n    low::b,\n    top::{self, Thing},\n};" => "3";
    an_import_that_is_passed_on_is_found: "pub(crate) use crate::top::Thing as Other;" => "1";
    a_glob_is_found: "use crate::top::*;" => "1";
    an_import_for_tests_alone_is_found: "#[cfg(test)]\nmod tests {\n    use crate::top::Thing;\n}" => "3";
    an_import_within_a_function_is_found: "fn f() {\n    use crate::top;\n    top::f();\n}" => "2,3";
    a_name_of_the_root_is_that_of_the_wing_it_comes_from: "use crate::Thing;" => "1";
    what_a_module_above_imports_is_what_it_imports: "mod b {\n    use super::*;\n    fn f() { Thing::new() }\n}\nuse crate::top::Thing;" => "3,5";
    a_name_in_the_text_of_a_macro_is_found: "macro_rules! m {\n    ($x:expr) => { $crate::top::f($x) };\n}" => "2";
    a_name_behind_a_text_full_of_quotes_is_found:
        "const A: &[&str] = &[r#\"a \" b\"#, \"\\\"\", \"\\\\\"]; const B: char = '\"'; const C: char = '\\'';\nuse crate::top::Thing;" => "2";
    a_name_behind_a_lifetime_is_found: "fn f<'a>(a: &'a str) -> &'a str { a }\nuse crate::top::Thing;" => "2";
    a_raw_name_is_a_name: "use crate::r#top::Thing;" => "1";
}

macro_rules! is_in_order {
    ($($name:ident: $text:expr;)*) => {$(
        #[test]
        fn $name() {
            assert_eq!(upward_in($text), Vec::<String>::new());
        }
    )*};
}

is_in_order! {
    a_comment_that_looks_like_an_import_is_none:
        "// use crate::top::Thing;\n/* /* use crate::top; */ use crate::top; */\n//! use crate::top;\n/// crate::top::f()\nfn f() {}";
    a_text_that_looks_like_an_import_is_none: "const A: &str = \"use crate::top::Thing;\"; const B: &str = r#\"\ncrate::top::f()\"#;";
    a_visibility_is_not_an_import: "pub(in crate::top) struct A; pub(crate) struct B;";
    a_name_of_another_crate_is_not_a_wing: "use std::top::Thing; use ::top::Thing as Other; fn f() { ::top::f() }";
    a_method_is_not_a_wing: "fn f(a: A) { a.top::<u8>(); Vec::<u8>::top::<u8>(); }";
    a_lower_module_is_for_everybody: "use super::b; use crate::low::b::C;";
}

#[test]
fn an_upper_wing_may_import_a_lower_one() {
    let tree = tree(&[("src/top.rs", "use crate::low::Thing; pub struct Other;")]);
    assert_eq!(told(&upward(&tree, &["top", "low"])), Vec::<String>::new());
}

#[test]
fn a_module_that_is_no_wing_is_against_the_rules() {
    let tree = tree(&[("src/new.rs", "use crate::low;")]);
    assert_eq!(told(&upward(&tree, &["top", "low"])), ["new is not a wing 1"]);
}

#[test]
fn what_stands_in_the_root_itself_is_above_every_wing() {
    let tree = tree(&[("src/lib.rs", "pub fn f() {}"), ("src/low.rs", "use crate::f;")]);
    assert_eq!(told(&upward(&tree, &["top", "low"])), ["src/low.rs → the root of the crate 1"]);
}

#[test]
fn a_macro_for_other_crates_belongs_to_the_wing_that_has_it() {
    let text = "#[macro_export]\nmacro_rules! m { (a) => { $crate::m!() }; () => {}; }";
    let tree = tree(&[("src/top.rs", text), ("src/low.rs", "fn f() { crate::m!() }")]);
    assert_eq!(told(&upward(&tree, &["top", "low"])), ["src/low.rs → top 1"]);
}

#[test]
fn a_wing_that_may_not_know_a_lower_one_is_found_out() {
    let tree = tree(&[("src/top.rs", "use crate::low::Thing;")]);
    assert_eq!(told(&strangers(&tree, &[("top", &["low"])])), ["src/top.rs → low 1"]);
    assert_eq!(told(&strangers(&tree, &[("low", &["top"])])), Vec::<String>::new());
}

/// The circles of a crate with these modules.
fn circles_in(files: &[(&str, &str)]) -> Vec<String> {
    let files: Vec<(String, &str)> =
        files.iter().map(|(name, text)| (format!("src/{name}.rs"), *text)).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    circles(&tree(&files)).into_iter().map(|found| found.what).collect()
}

#[test]
fn a_circle_is_told_with_each_arrow_and_its_place() {
    let tree = tree(&[("src/low/a.rs", "\nuse super::b::B;"), ("src/low/b.rs", "use super::a::A;")]);
    let told: String = circles(&tree).iter().map(ToString::to_string).collect();
    let places: Vec<&str> = told.lines().skip(2).collect();
    assert_eq!(places, ["  src/low/a.rs:2 a → b", "  src/low/b.rs:1 b → a"]);
}

#[test]
fn modules_that_import_each_other_are_a_circle() {
    let found = circles_in(&[
        ("low/a", "use super::b::B;"),
        ("low/b", "use crate::low::c::C;"),
        ("low/c", "use super::a::A;"),
        ("low/d", "use super::a::A;"),
    ]);
    assert_eq!(found, ["circle in low: a, b, c"]);
}

#[test]
fn a_room_is_a_module_with_all_that_is_inside_it() {
    let found = circles_in(&[
        ("low/a", "mod x;"),
        ("low/b", "mod z;"),
        ("low/a/x/y", "use crate::low::b::B;"),
        ("low/b/z", "use super::super::a::A;"),
    ]);
    assert_eq!(found, ["circle in low: a, b"]);
}

#[test]
fn modules_inside_a_room_can_be_a_circle_too() {
    let found = circles_in(&[("low/a/x", "use super::y::Y;"), ("low/a/y", "use super::x::X;")]);
    assert_eq!(found, ["circle in low::a: x, y"]);
}

#[test]
fn what_the_module_above_passes_on_is_an_import_of_the_module_that_has_it() {
    let found = circles_in(&[
        ("low", "mod a; mod b; pub use b::B; use a::A as Short;"),
        ("low/a", "use super::B;"),
        ("low/b", "use crate::low::Short;"),
    ]);
    assert_eq!(found, ["circle in low: a, b"]);
}

#[test]
fn what_the_module_above_takes_by_a_glob_is_an_import_of_the_module_that_has_it() {
    let found = circles_in(&[
        ("low", "mod a; mod b; pub use b::*; pub use a::A;"),
        ("low/a", "use super::B; pub struct A;"),
        ("low/b", "fn f() { super::A::new() } pub struct B;"),
    ]);
    assert_eq!(found, ["circle in low: a, b"]);
}

#[test]
fn a_circle_through_tests_is_a_circle() {
    let found = circles_in(&[
        ("low/a", "use super::b::B;"),
        ("low/b", "#[cfg(test)]\nmod tests {\n    use crate::low::a::A;\n}"),
    ]);
    assert_eq!(found, ["circle in low: a, b"]);
}

#[test]
fn a_module_and_those_inside_it_are_one_family() {
    let found = circles_in(&[
        ("low", "mod a; use a::A; pub struct B;"),
        ("low/a", "use super::B; mod inner; use inner::C;"),
        ("low/a/inner", "use crate::low::B; use super::A;"),
    ]);
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn modules_that_go_one_way_are_no_circle() {
    let found = circles_in(&[
        ("low/a", "use super::b::B; use super::c::C;"),
        ("low/b", "use super::c::C;"),
        ("low/c", "// use super::a::A;\nuse std::fmt;"),
    ]);
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn another_crate_is_named_only_where_it_may_be() {
    let tree = tree(&[
        ("src/low/a.rs", "use std::{fmt, fs};\nfn f() { fs::read() }"),
        ("src/low/b.rs", "fn f() { std::fs::read(); std::fsx::read(); }"),
        ("src/low/c.rs", "use std::fs;"),
        ("src/top/d.rs", "use std::fs::File;"),
    ]);
    let found = told(&outside(&tree, &["std::fs"], &["src/top/", "src/low/c.rs"]));
    assert_eq!(found, ["src/low/a.rs → std::fs 1,2", "src/low/b.rs → std::fs 1"]);
}

#[test]
fn a_macro_is_called_only_where_it_may_be() {
    let tree = tree(&[
        ("src/low/a.rs", "fn f() {\n    println!(\"a\");\n    let println = 1 != 2;\n    // println!()\n}"),
        ("src/low/b.rs", "fn f() { println!() }"),
    ]);
    assert_eq!(told(&macros(&tree, &["println"], &["src/low/b.rs"])), ["src/low/a.rs → println! 2"]);
}

#[test]
fn a_module_in_a_place_of_its_own_is_reported_and_not_guessed_at() {
    let tree = tree(&[("src/low/a.rs", "#[path = \"elsewhere.rs\"]\nmod b;")]);
    assert_eq!(tree.unreadable.len(), 1);
}

#[test]
fn numbers_ranges_and_characters_are_read_whole() {
    let words = |text| {
        tokens(text).into_iter().filter_map(|(token, _)| match token {
            Token::Word(word) => Some(word),
            _ => None,
        })
    };
    let text = "a 0x1f 1_000u64 1.5e-3 0..b 1.max(2) b'\\'' '\\u{1f}' 'c' b\"d\" c\"e\" br#\"f\"# 'outer: g";
    assert_eq!(words(text).collect::<Vec<_>>(), ["a", "b", "max", "g"]);
}
