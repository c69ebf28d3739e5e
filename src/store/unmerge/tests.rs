//! What real git weaves comes apart again, exactly or not at all.

use std::fmt::Write as _;
use std::process::Command;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use super::*;
use crate::format::checksum::with_checksum;
use crate::format::first_line;

/// Three versions of a file, merged as `merge=union` does it.
fn merged(base: &str, ours: &str, theirs: &str, algorithm: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let output = Command::new("git")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .current_dir(folder.path())
        .args(["merge-file", "--union", "-p", &format!("--diff-algorithm={algorithm}")])
        .args([file("ours", ours), file("base", base), file("theirs", theirs)])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn healed(file: &str) -> Result<String, Unresolvable> {
    let start = file.find("---").unwrap_or(file.len());
    unmerge(file.as_bytes(), start).map(|bytes| String::from_utf8(bytes).unwrap())
}

/// The documents of files, each once.
fn documents(files: &[&str]) -> Vec<String> {
    let mut documents: Vec<String> = files
        .iter()
        .flat_map(|file| file.trim_start_matches(&first_line()).split_inclusive("\n...\n"))
        .map(str::to_owned)
        .collect();
    documents.sort();
    documents.dedup();
    documents
}

/// A document as chat recordings look: much is the same in all of them.
#[derive(Debug, Clone)]
struct Chat {
    key: u8,
    second: u32,
    prompt: Vec<u8>,
    tools: usize,
    answer: Vec<u8>,
    tokens: u32,
}

impl Chat {
    fn text(&self) -> String {
        let mut text = String::new();
        let key = format!("{:02x}", self.key).repeat(32);
        writeln!(text, "--- # POST api.example.com/v1/chat/completions · gpt-4o-mini · {}…", &key[..8])
            .unwrap();
        writeln!(text, "key: {key}").unwrap();
        writeln!(text, "recorded_at: \"2026-11-21T05:13:{:02}Z\"", self.second).unwrap();
        text.push_str("usage_count: 1\nprovider: openai\nmodel: gpt-4o-mini\nusage:\n");
        writeln!(text, "  input_tokens: {}\n  output_tokens: {}", self.tokens, self.answer.len()).unwrap();
        text.push_str("request:\n  method: POST\n  url: https://api.example.com/v1/chat/completions\n");
        text.push_str(
            "  headers: {content-type: application/json}\n  json:\n    model: gpt-4o-mini\n    messages:\n",
        );
        for word in &self.prompt {
            writeln!(text, "      - role: user\n        content: |\n          line {word}").unwrap();
        }
        if self.tools > 0 {
            text.push_str("    tools:\n");
        }
        for tool in 0..self.tools {
            writeln!(text, "      - type: function\n        function:\n          name: tool_{tool}").unwrap();
            text.push_str("          parameters:\n            type: object\n            required: [city]\n");
            text.push_str("            properties: {city: {type: string}}\n");
        }
        writeln!(text, "response:\n  status: 200\n  headers: {{content-type: application/json}}\n  json:")
            .unwrap();
        writeln!(text, "    id: chatcmpl-{}{}", self.key, self.second).unwrap();
        text.push_str("    object: chat.completion\n    choices:\n      - index: 0\n        message:\n");
        text.push_str("          role: assistant\n          content: |\n");
        for word in &self.answer {
            writeln!(
                text,
                "{}",
                ["", "            the river", "            is long", "            - a"]
                    [usize::from(*word % 4)]
            )
            .unwrap();
        }
        text.push_str(
            "          refusal: null\n        logprobs: null\n        finish_reason: stop\n    usage:\n",
        );
        writeln!(
            text,
            "      prompt_tokens: {}\n      completion_tokens: {}",
            self.tokens,
            self.answer.len()
        )
        .unwrap();
        text.push_str("    system_fingerprint: fp_1\n...\n");
        with_checksum(&text)
    }
}

fn any_chat() -> impl Strategy<Value = Chat> {
    (
        0..6u8,
        0..60u32,
        prop::collection::vec(0..5u8, 0..6),
        prop_oneof![4 => 0..3usize, 1 => 20..60usize],
        prop::collection::vec(any::<u8>(), 0..12),
        0..40u32,
    )
        .prop_map(|(key, second, prompt, tools, answer, tokens)| Chat {
            key,
            second,
            prompt,
            tools,
            answer,
            tokens,
        })
}

fn file(chats: &[Chat]) -> String {
    first_line() + &chats.iter().map(Chat::text).collect::<String>()
}

fn chat(key: u8, prompt: &[u8], answer: &[u8]) -> Chat {
    Chat { key, second: key.into(), prompt: prompt.to_vec(), tools: 2, answer: answer.to_vec(), tokens: 31 }
}

/// A file, and two that add documents to it.
fn branches(base: &[Chat], left: &[Chat], right: &[Chat]) -> [String; 3] {
    [file(base), file(&[base, left].concat()), file(&[base, right].concat())]
}

#[test]
fn what_two_branches_added_comes_apart_in_their_order_left_first() {
    let [base, ours, theirs] = branches(
        &[chat(0, &[1], &[1])],
        &[chat(1, &[1, 2], &[1, 2]), chat(2, &[1, 2, 3], &[2])],
        &[chat(3, &[1, 2, 4], &[1, 3]), chat(4, &[4], &[1, 2, 3])],
    );
    let unmerged = merged(&base, &ours, &theirs, "histogram");
    assert_ne!(documents(&[&unmerged]), documents(&[&ours, &theirs]), "this was to be unmerged: {unmerged}");
    let healed = healed(&unmerged).unwrap();
    assert_eq!(documents(&[&healed]), documents(&[&ours, &theirs]));
    for side in [ours, theirs] {
        let mut at = 0;
        for document in side.trim_start_matches(&base).split_inclusive("\n...\n") {
            at += healed[at..].find(document).expect("in order") + document.len();
        }
    }
}

#[test]
fn every_merge_of_what_chats_look_like_comes_apart() {
    let mut runner = TestRunner::deterministic();
    let some = prop::collection::vec(any_chat(), 0..4);
    let mut unmerged = 0;
    for round in 0..60 {
        let mut some = || some.new_tree(&mut runner).unwrap().current();
        let [base, ours, theirs] = branches(&some(), &some(), &some());
        let text = merged(&base, &ours, &theirs, ["myers", "histogram", "patience", "minimal"][round % 4]);
        let healed = healed(&text).unwrap();
        unmerged += usize::from(healed != text);
        assert_eq!(documents(&[&healed]), documents(&[&ours, &theirs]), "{text}");
    }
    assert!(unmerged > 20, "only {unmerged} were unmerged");
}

#[test]
fn three_branches_come_apart_though_nobody_stored_the_first_merge() {
    let base = file(&[chat(0, &[1], &[1])]);
    let side = |key| [base.clone(), chat(key, &[key, 2], &[key, 1]).text()].concat();
    let sides = [side(1), side(2), side(3)];
    let two = merged(&base, &sides[0], &sides[1], "histogram");
    let three = merged(&base, &two, &sides[2], "histogram");
    assert_eq!(documents(&[&healed(&three).unwrap()]), documents(&[&sides[0], &sides[1], &sides[2]]));
}

#[test]
fn what_is_the_same_on_both_sides_is_there_once() {
    let [base, ours, theirs] = branches(
        &[],
        &[chat(1, &[1], &[1]), chat(2, &[1, 2], &[1])],
        &[chat(1, &[1], &[1]), chat(3, &[1, 3], &[2, 1])],
    );
    let healed = healed(&merged(&base, &ours, &theirs, "histogram")).unwrap();
    assert_eq!(healed.matches("\n...\n").count(), 3);
    assert_eq!(documents(&[&healed]), documents(&[&ours, &theirs]));
}

#[test]
fn two_answers_to_one_request_are_both_kept() {
    let (one, other) = (chat(1, &[1], &[1, 2, 3]), Chat { second: 9, ..chat(1, &[1], &[3, 2, 2, 1]) });
    let [base, ours, theirs] = branches(&[chat(0, &[1], &[1])], &[one], &[other]);
    let text = merged(&base, &ours, &theirs, "histogram");
    // One `---` and one `...`: nothing but the two checksums tells.
    assert_eq!(text.matches("\n---").count(), 2);
    assert_eq!(documents(&[&healed(&text).unwrap()]), documents(&[&ours, &theirs]));
}

#[test]
fn windows_line_ends_come_apart_as_well() {
    let [base, ours, theirs] = branches(&[], &[chat(1, &[1], &[1])], &[chat(2, &[2], &[2])]);
    let text = merged(&base, &ours, &theirs, "histogram").replace('\n', "\r\n");
    let healed = healed(&text).unwrap();
    assert_eq!(healed.matches('\n').count(), healed.matches("\r\n").count());
    assert_eq!(documents(&[&healed.replace("\r\n", "\n")]), documents(&[&ours, &theirs]));
}

#[test]
fn comments_between_documents_stay_before_what_they_tell_of() {
    let [one, other] = [chat(1, &[1], &[1]).text(), chat(2, &[2], &[2]).text()];
    let ours = format!("{}# Ann's\n{one}", first_line());
    let theirs = format!("{}# Bob's\n\n{other}", first_line());
    // At the start of a file they are the file's; so let something be before them.
    let zero = chat(0, &[0], &[3]).text();
    let after = |text: &str| text.replacen(&first_line(), &(first_line() + &zero), 1);
    let text = merged(&after(&first_line()), &after(&ours), &after(&theirs), "histogram");
    let healed = healed(&text).unwrap();
    assert!(healed.contains(&format!("# Ann's\n{one}")), "{healed}");
    assert!(healed.contains(&other) && healed.contains("# Bob's\n"), "{healed}");
}

#[test]
fn what_was_edited_in_a_interleaved_place_is_refused_not_guessed() {
    let [base, ours, theirs] =
        branches(&[chat(0, &[3], &[3])], &[chat(1, &[1], &[1])], &[chat(2, &[2], &[2, 1])]);
    let text = merged(&base, &ours, &theirs, "histogram");
    let start = text.find("\n...\n").unwrap() + 5;
    let line = text[start..].find("  input_tokens").unwrap() + start;
    let edited = text[..line].to_owned() + &text[line..].replacen("31", "32", 1);
    let refused = healed(&edited).unwrap_err();
    assert_eq!((refused.at, refused.why), (start, Why::Lost));
}

#[test]
fn without_seals_nothing_is_guessed() {
    let [base, ours, theirs] = branches(&[], &[chat(1, &[1], &[1])], &[chat(2, &[2], &[2])]);
    let text = merged(&base, &ours, &theirs, "histogram");
    let bare: String = text
        .lines()
        .map(|line| line.split(" # 5").next().unwrap().split(" # 6").next().unwrap().to_owned() + "\n")
        .collect();
    assert_eq!(healed(&bare).unwrap_err().why, Why::WithoutChecksum);
}

#[test]
fn a_file_that_takes_too_many_steps_is_given_up() {
    let tools = |key| Chat { tools: 60, ..chat(key, &[key; 20], &[key, 1, 2, 3]) };
    let [base, ours, theirs] = branches(&[], &[tools(1), tools(2)], &[tools(3), tools(4)]);
    let text = merged(&base, &ours, &theirs, "histogram");
    let start = text.find("---").unwrap();
    assert!(unmerge(text.as_bytes(), start).is_ok());
    let given_up = unmerge_within(text.as_bytes(), start, 2_000).unwrap_err();
    assert_eq!(given_up, Unresolvable { at: start, why: Why::Lost });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn whatever_git_makes_of_two_versions_is_told_apart_truly_or_not_at_all(
        base in prop::collection::vec(any_chat(), 0..3),
        left in prop::collection::vec(any_chat(), 0..4),
        right in prop::collection::vec(any_chat(), 0..4),
        keeps in (any::<bool>(), any::<bool>()),
    ) {
        // A side that does not keep the base has edited it: git drops lines then.
        let side = |keeps: bool, added: &[Chat]| file(&if keeps { [&base[..], added].concat() } else { added.to_vec() });
        let (ours, theirs) = (side(keeps.0, &left), side(keeps.1, &right));
        let text = merged(&file(&base), &ours, &theirs, "histogram");
        if let Ok(healed) = healed(&text) && healed != text {
            let known = documents(&[&file(&base), &ours, &theirs]);
            for document in documents(&[&healed]) {
                prop_assert!(known.contains(&document), "nobody wrote this:\n{}", document);
            }
        }
    }

    #[test]
    fn no_lines_make_it_panic(picks in prop::collection::vec(0..9usize, 0..60)) {
        let with_sum = chat(1, &[], &[]).text();
        let bearer = with_sum.lines().nth(2).unwrap();
        let lines = ["--- # a", "...", "key: 1", bearer, "# x", "", "  a", "recorded_at: 1", "recorded_at: 1 # 1 lines, 1 bytes, AAAAAAAA"];
        let text: String = picks.into_iter().flat_map(|pick| [lines[pick], "\n"]).collect();
        let _ = unmerge(text.as_bytes(), 0);
    }
}

#[test]
fn a_checksum_that_says_the_largest_number_is_only_wrong() {
    let largest = usize::MAX;
    let document = format!("key: a\nrecorded_at: \"x\" # 3 lines, {largest} bytes, AAAAAAAA\n");
    assert!(checksum::find(document.as_bytes()).is_some(), "it is a checksum");
    assert!(!shows(format!("---\n{document}...\n").as_bytes(), document.as_bytes()));
}
