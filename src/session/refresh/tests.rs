//! What a refresh makes of a file, by the letters: a capital is a request, the number behind it an answer.

use super::*;
use crate::model::exchange::ResponseBody;
use bytes::Bytes;
use http::{HeaderMap, StatusCode, Version};
use proptest::prelude::*;

fn key(request: char) -> Key {
    Key::parse(format!("{:064x}", u32::from(request.to_ascii_uppercase())).as_bytes()).unwrap()
}

fn response(text: &str) -> Response {
    Response {
        status: StatusCode::OK,
        version: Version::HTTP_11,
        url: None,
        headers: HeaderMap::new(),
        body: ResponseBody { bytes: Bytes::from(text.to_owned()), ..ResponseBody::default() },
    }
}

/// What a call brought: a text and an answer, or nothing new, and then perhaps the place of what was played.
type Answer = Result<(String, Response), Option<usize>>;

fn outcome(answer: &Answer) -> Outcome<'_> {
    match answer {
        Ok((_, response)) => Outcome::Recorded(response),
        Err(Some(place)) => Outcome::Played(*place),
        Err(None) => Outcome::Failed,
    }
}

struct Case {
    file: String,
    plan: (usize, usize, Vec<usize>),
}

/// `old` is a file: documents such as `A1`, and comments such as `#b`. `new` is a run: answers such as `A1`, and calls
/// that failed such as `A!`. A small letter is a document that is kept, and a call that played it.
fn refreshed(old: &str, new: &str, owned: bool) -> Case {
    let mut documents: Vec<(char, String, Response, String)> = Vec::new();
    for word in old.split_whitespace() {
        match documents.last_mut() {
            Some((.., comments)) if word.starts_with('#') => comments.push_str(&format!("{word} ")),
            _ => documents.push((
                word.chars().next().unwrap(),
                format!("{word} "),
                response(word),
                String::new(),
            )),
        }
    }
    let mut takes: HashMap<char, u64> = HashMap::new();
    let old: Vec<Old<'_>> = documents
        .iter()
        .map(|(request, _, response, comments)| {
            let take = takes.entry(request.to_ascii_uppercase()).or_default();
            *take += 1;
            let kept = request.is_lowercase();
            let comments = comments.as_bytes();
            Old { key: key(*request), take: *take, comments, request: None, response, kept }
        })
        .collect();
    // What was recorded anew says so, to be told from the old text with the same answer.
    let calls: Vec<(char, Answer)> = new
        .split_whitespace()
        .map(|word| {
            let request = word.chars().next().unwrap();
            let place = documents.iter().position(|document| document.1.trim() == word);
            let failed = word.ends_with('!') || request.is_lowercase();
            (request, if failed { Err(place) } else { Ok((format!("{word}' "), response(word))) })
        })
        .collect();
    let new: Vec<New<'_>> = calls
        .iter()
        .map(|(request, recorded)| New { key: key(*request), request: None, outcome: outcome(recorded) })
        .collect();
    let plan = plan(&old, &new, |_| owned);
    let text = |part: &Part| match part {
        Part::Old(index) => documents[*index].1.clone(),
        Part::New(index) => calls[*index].1.clone().unwrap().0,
        Part::Comments(index) => documents[*index].3.clone(),
    };
    let file = plan.parts.iter().map(text).collect::<String>().trim_end().to_owned();
    Case { file, plan: (plan.unchanged, plan.removed, plan.left) }
}

macro_rules! rows {
    ($($name:ident: $old:literal, asked $new:literal, $owned:ident => $file:literal;)*) => {
        $(#[test] fn $name() { assert_eq!(refreshed($old, $new, $owned).file, $file); })*
    };
}

const OWNED: bool = true;
const SHARED: bool = false;

rows! {
    the_same_answer_leaves_the_old_document: "A1 B1", asked "A1 B1", OWNED => "A1 B1";
    another_answer_stands_where_the_old_one_was: "A1 B1 C1", asked "A1 B2 C1", SHARED => "A1 B2' C1";
    the_order_of_asking_moves_nothing: "A1 B1 C1", asked "C1 B1 A1", OWNED => "A1 B1 C1";
    what_was_not_asked_for_goes_from_a_file_of_one_test: "A1 B1 C1", asked "A1 C1", OWNED => "A1 C1";
    what_was_not_asked_for_stays_in_a_shared_file: "A1 B1 C1", asked "A1 C1", SHARED => "A1 B1 C1";
    an_edited_request_stands_where_it_was: "A1 B1 C1", asked "A1 D1 C1", OWNED => "A1 D1' C1";
    so_does_the_first: "A1 B1 C1", asked "D1 B1 C1", OWNED => "D1' B1 C1";
    and_the_last: "A1 B1 C1", asked "A1 B1 D1", OWNED => "A1 B1 D1'";
    and_all_at_once: "A1 B1 C1", asked "D1 E1 F1", OWNED => "D1' E1' F1'";
    a_new_turn_follows_the_one_before_it: "A1 B1 X1", asked "A1 B1 C1", SHARED => "A1 B1 C1' X1";
    several_new_turns_keep_their_order: "A1 X1", asked "A1 B1 C1", SHARED => "A1 B1' C1' X1";
    new_turns_before_a_known_one_stand_before_it: "X1 A1", asked "B1 C1 A1", SHARED => "X1 B1' C1' A1";
    what_has_nothing_to_follow_stands_at_the_end: "X1 Y1", asked "A1 B1", SHARED => "X1 Y1 A1' B1'";
    a_file_is_made_from_nothing: "", asked "A1 B1", OWNED => "A1' B1'";
    a_failed_call_keeps_its_old_answer: "A1 B1", asked "A! B2", OWNED => "A1 B2'";
    a_second_try_is_the_first_take: "A1 B1", asked "A! A2 B1", OWNED => "A2' B1";
    a_second_try_of_a_new_request_is_recorded_once: "A1", asked "A1 B! B1", OWNED => "A1 B1'";
    takes_are_compared_one_by_one: "A1 A2 A3", asked "A1 A4 A3", OWNED => "A1 A4' A3";
    a_further_take_follows_the_last: "A1 A2 B1", asked "A1 A2 A3 B1", OWNED => "A1 A2 A3' B1";
    a_further_take_stands_behind_the_first_wherever_that_is: "B1 A1 C1", asked "A1 B1 A2", SHARED => "B1 A1 A2' C1";
    a_take_too_many_goes: "A1 A2 B1", asked "A1 B1", OWNED => "A1 B1";
    a_take_that_failed_stays: "A1 A2 B1", asked "A1 A! B1", OWNED => "A1 A2 B1";
    what_follows_a_failed_call_stands_behind_it: "A1 B1 X1", asked "A1 B! C1", SHARED => "A1 B1 C1' X1";
    comments_stay_when_an_answer_changes: "A1 #b B1 #end", asked "A2 B2", OWNED => "A2' #b B2' #end";
    comments_stay_above_an_edited_request: "A1 #b B1 #c C1", asked "A1 D1 C1", OWNED => "A1 #b D1' #c C1";
    comments_stay_above_their_document: "A1 #x X1", asked "A1 B1", SHARED => "A1 B1' #x X1";
    what_is_kept_stays_whether_it_was_played_or_not: "A1 b1 c1 D1", asked "A2 b1", OWNED => "A2' b1 c1";
    a_kept_take_is_none_that_an_answer_replaces: "A1 a2 A3", asked "A4 a2 A5", OWNED => "A4' a2 A5'";
    nor_is_it_the_first_one: "a1 A2", asked "a1 A3", OWNED => "a1 A3'";
    a_further_take_follows_the_kept_one: "a1 B1", asked "a1 A2 B1", OWNED => "a1 A2' B1";
    a_new_turn_follows_what_was_played: "A1 b1 X1", asked "A1 b1 C1", SHARED => "A1 b1 C1' X1";
    comments_outlive_their_document: "A1 #b B1 #c C1", asked "A1 C1", OWNED => "A1 #b #c C1";
}

#[test]
fn what_was_unchanged_removed_and_left_is_counted() {
    assert_eq!(refreshed("A1 B1 C1 D1", "A1 B2", OWNED).plan, (1, 2, vec![]));
    assert_eq!(refreshed("A1 B1 C1 D1", "A1 B2", SHARED).plan, (1, 0, vec![2, 3]));
    assert_eq!(refreshed("A1 B1", "A! B1", OWNED).plan, (1, 0, vec![0]));
}

fn run() -> impl Strategy<Value = String> {
    let word = (prop::sample::select(vec!['A', 'B', 'C', 'D']), prop::sample::select(vec!['1', '2', '!']));
    prop::collection::vec(word, 0..8)
        .prop_map(|words| words.into_iter().map(|(request, answer)| format!("{request}{answer} ")).collect())
}

fn file() -> impl Strategy<Value = String> {
    run().prop_map(|run| run.replace('!', "3"))
}

fn words(text: &str) -> Vec<&str> {
    let mut words: Vec<&str> = text.split_whitespace().collect();
    words.sort_unstable();
    words
}

proptest! {
    #[test]
    fn whatever_was_recorded_is_in_the_file_once(old in file(), new in run(), owned in any::<bool>()) {
        let file = refreshed(&old, &new, owned).file;
        let answers = file.replace('\'', "");
        for answer in words(&new).into_iter().filter(|word| !word.ends_with('!')) {
            let count = |text: &str| words(text).into_iter().filter(|word| *word == answer).count();
            prop_assert!(count(&answers) >= count(&new), "{answer} of {new} in {file}");
            prop_assert!(count(&answers) <= count(&new) + count(&old), "{answer} of {new} in {file}");
        }
    }

    #[test]
    fn refreshing_twice_changes_nothing_more(old in file(), new in file(), owned in any::<bool>()) {
        let once = refreshed(&old, &new, owned).file.replace('\'', "");
        let twice = refreshed(&once, &new, owned).file;
        prop_assert_eq!(once, twice);
    }

    #[test]
    fn a_shared_file_loses_no_request(old in file(), new in run()) {
        let file = refreshed(&old, &new, SHARED).file;
        for request in ['A', 'B', 'C', 'D'] {
            prop_assert!(file.matches(request).count() >= old.matches(request).count(), "{old} + {new} = {file}");
        }
    }

    #[test]
    fn a_file_of_one_test_holds_what_the_test_asked(old in file(), new in file()) {
        // Nothing failed, so nothing else has a reason to stay. An empty run refreshes nothing, and is not planned.
        let file = refreshed(&old, &new, OWNED).file.replace('\'', "");
        prop_assert_eq!(words(&file), words(&new));
    }
}
