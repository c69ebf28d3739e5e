//! What the commands print of the committed cassettes, in whole files. What `stats` and `verify` say as text stands with
//! their own tests.

use crate::run::{copied, printed};

fn prints(name: &str, arguments: &[&str]) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, printed(copied().path(), arguments)));
}

#[test]
fn list_has_a_line_for_each_interaction() {
    prints("list", &["list"]);
}

#[test]
fn list_gives_programs_all_that_it_knows() {
    prints("list_json", &["list", "--json"]);
}

#[test]
fn show_tells_what_was_said() {
    prints("show", &["show", "--width", "80"]);
}

#[test]
fn show_in_full_folds_nothing() {
    prints("show_full", &["show", "--full", "--width", "80"]);
}

#[test]
fn show_gives_programs_the_whole_conversation() {
    prints("show_json", &["show", "--json"]);
}

#[test]
fn stats_gives_programs_every_figure() {
    prints("stats_json", &["stats", "--json"]);
}

#[test]
fn verify_gives_programs_an_empty_list_where_all_is_well() {
    prints("verify_json", &["verify", "--json"]);
}

#[test]
fn textconv_tells_a_stream_as_the_message_it_makes() {
    prints("textconv_of_a_stream", &["textconv", "streams_a_count.yaml"]);
}
