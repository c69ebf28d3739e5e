//! Random conversations, of which documents come, go, move and change: each document always says what it said.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, Version};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree as _;

use super::*;
use crate::matching::request_key::normalise;
use crate::matching::user_rules::Rules;
use crate::model::exchange::{Request, Response, ResponseBody};
use crate::model::interaction::Interaction;
use crate::model::json::Json;
use crate::model::labels::Labels;
use crate::redact::{RedactOptions, Redactor};
use crate::store::tape::Tape;

/// A document, and what it says.
#[derive(Debug, Clone)]
struct Said {
    text: String,
    key: Key,
    parsed: Arc<Parsed>,
}

impl Said {
    /// In full.
    fn new(interaction: Interaction) -> Said {
        static REDACTOR: LazyLock<Redactor> =
            LazyLock::new(|| Redactor::new(std::iter::empty(), RedactOptions::default()));
        let redacted = REDACTOR.redact(interaction).unwrap();
        let normal = normalise(&redacted.interaction().request, &Rules::default());
        let text = format::write(&redacted, &normal.key, None).text;
        Said { text, key: normal.key, parsed: Arc::new(Parsed::new(redacted.into_inner(), normal)) }
    }

    fn piece(&self, chooses: bool) -> Piece<'_> {
        let stance = if chooses { Stance::Chooses } else { Stance::Keeps };
        Piece { text: &self.text, key: self.key, parsed: &self.parsed, stance }
    }
}

fn tape(documents: &[Said]) -> Tape {
    let text = documents.iter().map(|document| document.text.as_str()).collect::<String>();
    let bytes = (format::first_line() + &text).into_bytes();
    Tape::new(Path::new("x.yaml"), bytes, Rules::default()).unwrap().0
}

/// Links documents; those for which `chooses` is true choose anew.
fn linked(documents: &[Said], chooses: impl Fn(usize) -> bool) -> Vec<Said> {
    let pieces: Vec<Piece<'_>> =
        documents.iter().enumerate().map(|(at, said)| said.piece(chooses(at))).collect();
    let texts = link(&pieces).unwrap();
    texts
        .into_iter()
        .zip(documents)
        .map(|(text, said)| Said { text: text.into_owned(), ..said.clone() })
        .collect()
}

/// Whether a fresh reading of a file gives what was said.
fn reads_true(documents: &[Said]) -> Result<(), TestCaseError> {
    let tape = tape(documents);
    // From the last to the first, so that every chain is read from its end.
    for (slot, said) in documents.iter().enumerate().rev() {
        let read = tape.get(slot).map_err(|error| TestCaseError::fail(format!("{error}\n{}", said.text)))?;
        prop_assert_eq!(&read.interaction.request, &said.parsed.interaction.request, "{}", said.text);
        prop_assert_eq!(&read.interaction.response, &said.parsed.interaction.response, "{}", said.text);
        prop_assert_eq!(read.normal().key, said.key);
    }
    Ok(())
}

fn extending(documents: &[Said]) -> usize {
    documents.iter().filter(|said| said.text.contains("\n  extends: ")).count()
}

fn interaction(path: &str, take: u64, body: &Json, answer: &Json) -> Interaction {
    Interaction {
        recorded_at: "2026-11-21T02:10:44Z".to_owned(),
        usage_count: 1,
        take,
        provider: None,
        model: None,
        usage: Vec::new(),
        labels: Labels::default(),
        request: Request {
            method: Method::POST,
            url: format!("https://api.example.com{path}"),
            headers: HeaderMap::new(),
            body: Bytes::from(body.compact()),
        },
        response: Response {
            status: StatusCode::OK,
            version: Version::HTTP_11,
            url: None,
            headers: HeaderMap::new(),
            body: ResponseBody { bytes: Bytes::from(answer.compact()), ..ResponseBody::default() },
        },
    }
}

fn object(fields: Vec<(&str, Json)>) -> Json {
    Json::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

fn message(n: u8) -> Json {
    match n % 8 {
        0 => object(vec![("role", "user".into()), ("content", format!("short {n}").into())]),
        // Another id under the same key.
        1 | 2 => object(vec![
            ("role", "tool".into()),
            ("tool_call_id", format!("call_{n}").into()),
            ("content", "It rains. ".repeat(20).into()),
        ]),
        3 => object(vec![("$same", Json::from(u64::from(n)))]),
        4 => object(vec![("role", "user".into()), ("content", object(vec![("$same", "all".into())]))]),
        5 => object(vec![("score", Json::Number("1e5".into())), ("text", "Numbers. ".repeat(30).into())]),
        6 => Json::from(format!("A line of code {n}.\n").repeat(10)),
        _ => object(vec![
            ("role", "user".into()),
            ("content", format!("A long question {n}. ").repeat(10).into()),
        ]),
    }
}

/// One call: which of those before it goes on, how much of what that said is kept, what is said beyond it, the tools.
#[derive(Debug, Clone)]
struct Call {
    base: Index,
    kept: usize,
    beyond: Vec<u8>,
    tools: u8,
    elsewhere: bool,
}

fn any_call() -> impl Strategy<Value = Call> {
    let beyond = prop::collection::vec(0..24_u8, 0..3);
    (any::<Index>(), 0..9_usize, beyond, 0..4_u8, prop::bool::weighted(0.1))
        .prop_map(|(base, kept, beyond, tools, elsewhere)| Call { base, kept, beyond, tools, elsewhere })
}

/// The bodies of a run of calls: conversations that branch, begin anew, and change their tools.
fn bodies(calls: Vec<Call>) -> Vec<(&'static str, Json)> {
    let mut said: Vec<Vec<u8>> = vec![vec![7, 2]];
    let bodies = calls.into_iter().map(|call| {
        let mut messages = said[call.base.index(said.len())].clone();
        messages.truncate(call.kept.max(usize::from(!call.elsewhere)));
        messages.extend(call.beyond);
        said.push(messages.clone());
        let tool = object(vec![
            ("name", format!("tool_{}", call.tools / 3).into()),
            ("description", "What it does, at length. ".repeat(10).into()),
        ]);
        let tools = match call.tools {
            0 => object(vec![("tools", Json::Array(vec![tool.clone(), tool]))]),
            _ => Json::Array(vec![tool.clone(), tool]),
        };
        let messages = Json::Array(messages.into_iter().map(message).collect());
        let body = object(vec![("messages", messages), ("model", "gpt".into()), ("tools", tools)]);
        (if call.elsewhere { "/other" } else { "/chat" }, body)
    });
    bodies.collect()
}

fn any_answer() -> impl Strategy<Value = Json> {
    (0..3_u8, any::<u8>()).prop_map(|(echo, n)| {
        object(vec![("id", Json::from(u64::from(n))), ("tools", format!("echo {echo} ").repeat(200).into())])
    })
}

/// The documents of a file, each in full.
fn any_documents() -> impl Strategy<Value = Vec<Said>> {
    let (calls, answers) =
        (prop::collection::vec(any_call(), 1..10), prop::collection::vec(any_answer(), 10));
    (calls, answers).prop_map(|(calls, answers)| {
        let mut takes: HashMap<Key, u64> = HashMap::new();
        let said = bodies(calls).into_iter().zip(answers).map(|((path, body), answer)| {
            let first = Said::new(interaction(path, 1, &body, &answer));
            let take = takes.entry(first.key).or_default();
            *take += 1;
            Said::new(interaction(path, *take, &body, &answer))
        });
        said.collect()
    })
}

/// Few each time, as each takes its time; `PROPTEST_CASES=5000` looks longer.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|count| count.parse().ok()).unwrap_or(48)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    #[test]
    fn every_document_says_what_it_said_in_full(documents in any_documents()) {
        reads_true(&linked(&documents, |_| true))?;
    }

    #[test]
    fn linking_what_is_linked_changes_nothing(documents in any_documents(), anew in any::<bool>()) {
        let once = linked(&documents, |_| true);
        let twice = linked(&once, |_| anew);
        for (once, twice) in once.iter().zip(&twice) {
            prop_assert_eq!(&once.text, &twice.text);
        }
    }

    #[test]
    fn whatever_goes_the_rest_says_what_it_said(documents in any_documents(), gone in prop::collection::vec(any::<bool>(), 10)) {
        let rest: Vec<Said> = linked(&documents, |_| true)
            .into_iter()
            .zip(gone)
            .filter(|(_, gone)| !gone)
            .map(|(said, _)| said)
            .collect();
        reads_true(&linked(&rest, |_| false))?;
    }

    #[test]
    fn whatever_moves_says_what_it_said(documents in any_documents(), order in prop::collection::vec(any::<u8>(), 10), anew: Index) {
        let mut moved: Vec<(u8, Said)> = order.into_iter().zip(linked(&documents, |_| true)).collect();
        moved.sort_by_key(|(order, _)| *order);
        let moved: Vec<Said> = moved.into_iter().map(|(_, said)| said).collect();
        let anew = anew.index(moved.len());
        let linked = linked(&moved, |at| at == anew);
        reads_true(&linked)?;
        reads_true(&self::linked(&linked, |at| at >= anew))?;
    }

    #[test]
    fn documents_of_two_files_get_along(ours in any_documents(), theirs in any_documents(), turns in prop::collection::vec(any::<bool>(), 20)) {
        // As a merge puts them together: each in its order, some under one key and take.
        let (mut ours, mut theirs) = (linked(&ours, |_| true).into_iter(), linked(&theirs, |_| true).into_iter());
        let mut merged: Vec<Said> =
            turns.into_iter().filter_map(|ours_next| if ours_next { ours.next() } else { theirs.next() }).collect();
        merged.extend(ours.chain(theirs));
        reads_true(&merged)?;
        reads_true(&linked(&merged, |_| false))?;
        reads_true(&linked(&merged, |_| true))?;
    }

    #[test]
    fn what_replaces_a_turn_changes_none_that_extends_it(documents in any_documents(), others in any_documents(), at: Index) {
        let mut documents = linked(&documents, |_| true);
        let at = at.index(documents.len());
        // The same key may stand over a request with other ids, and over another answer.
        documents[at] = Said { key: documents[at].key, ..others[0].clone() };
        documents[at].text = documents[at].text.replace(&others[0].key.to_string(), &documents[at].key.to_string());
        let linked = linked(&documents, |_| false);
        let (tape, stated) = (tape(&linked), documents[at].key);
        for (slot, said) in linked.iter().enumerate() {
            let read = tape.get(slot).unwrap();
            prop_assert_eq!(&read.interaction.request, &said.parsed.interaction.request, "{}", said.text);
            prop_assert_eq!(tape.recorded_key(slot), if slot == at { stated } else { said.key });
        }
    }

    #[test]
    fn no_damage_to_a_reference_makes_reading_panic(documents in any_documents(), at: Index, with in "[$:{} a-z0-9]{0,4}") {
        let mut documents = linked(&documents, |_| true);
        for said in &mut documents {
            let marks: Vec<usize> =
                ["extends:", "$same"].iter().flat_map(|mark| said.text.match_indices(mark)).map(|(at, _)| at).collect();
            if !marks.is_empty() {
                let mark = marks[at.index(marks.len())];
                let place = mark + at.index(20);
                // On the line of the reference: what closes the document is none of it.
                let line = said.text[mark..].find('\n').unwrap_or(0);
                if said.text.is_char_boundary(place) && place <= mark + line {
                    said.text.insert_str(place, &with);
                }
            }
        }
        let tape = tape(&documents);
        (0..tape.len()).for_each(|slot| drop(tape.get(slot)));
    }
}

#[test]
fn random_conversations_share_a_lot() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut extending, mut all) = (0, 0);
    for _ in 0..50 {
        let documents = any_documents().new_tree(&mut runner).unwrap().current();
        extending += self::extending(&linked(&documents, |_| true));
        all += documents.len();
    }
    assert!(extending * 3 > all * 2, "{extending} of {all}: the properties above would show little");
}

/// A turn of a conversation in which each adds one message.
fn turn(messages: usize) -> Said {
    let messages =
        (0..messages).map(|n| object(vec![("content", format!("Message {n}. ").repeat(20).into())]));
    let body = object(vec![("messages", Json::Array(messages.collect()))]);
    Said::new(interaction("/chat", 1, &body, &object(vec![])))
}

#[test]
fn a_conversation_of_a_thousand_turns_is_read_from_its_end() {
    let body =
        |n: usize| object(vec![("tools", "A tool. ".repeat(50).into()), ("n", Json::from(n.to_string()))]);
    let documents: Vec<Said> =
        (0..1000).map(|n| Said::new(interaction("/chat", 1, &body(n), &object(vec![])))).collect();
    let linked = linked(&documents, |_| true);
    assert_eq!(extending(&linked), 999);
    // Little stack, to see that there is no recursion.
    let reading =
        std::thread::Builder::new().stack_size(256 * 1024).spawn(move || reads_true(&linked).unwrap());
    reading.unwrap().join().unwrap();
}

#[test]
fn a_turn_extends_the_one_before_it() {
    let documents = linked(&[turn(2), turn(4), turn(3), turn(6)], |_| true);
    let extended: Vec<Option<usize>> = documents
        .iter()
        .map(|said| {
            let key = said.text.split_once("extends: ")?.1.get(..64)?;
            documents.iter().position(|other| other.key.to_string() == key)
        })
        .collect();
    // Of two with as much in common, the later.
    assert_eq!(extended, [None, Some(0), Some(1), Some(1)]);
}

#[test]
fn a_circle_is_an_error() {
    let mut documents = linked(&[turn(2), turn(4)], |_| true);
    let extends = format!("  extends: {}\n  json:", documents[1].key);
    documents[0].text = documents[0].text.replacen("  json:", &extends, 1);
    let error = tape(&documents).get(0).unwrap_err();
    assert!(error.message().contains("extends itself"), "{error}");
}

/// A turn whose second message has an id that the third repeats.
fn called(id: &str, messages: usize) -> Said {
    let call = object(vec![
        ("id", id.into()),
        ("type", "function".into()),
        ("function", "get_weather. ".repeat(20).into()),
    ]);
    let all = vec![
        object(vec![("role", "user".into()), ("content", "How is the weather? ".repeat(20).into())]),
        object(vec![("role", "assistant".into()), ("tool_calls", Json::Array(vec![call]))]),
        object(vec![("role", "tool".into()), ("tool_call_id", id.into()), ("content", "It rains.".into())]),
    ];
    let messages = Json::Array(all.into_iter().take(messages).collect());
    Said::new(interaction("/chat", 1, &object(vec![("messages", messages)]), &object(vec![])))
}

#[test]
fn a_turn_that_was_recorded_anew_under_what_extends_it_is_an_error() {
    let documents = linked(&[called("call_1", 2), called("call_1", 3)], |_| true);
    assert!(documents[1].text.contains("- {$same: 2}"), "{}", documents[1].text);
    // The same key, as ids do not count; but what extends it has the old id.
    let anew = called("call_2", 2);
    assert_eq!(anew.key, documents[0].key);
    let error = tape(&[anew.clone(), documents[1].clone()]).get(1).unwrap_err();
    assert!(error.message().starts_with("x.yaml:"), "{error}");
    assert!(error.message().contains("was re-recorded since"), "{error}");
    // Whoever puts it there by a refresh has the other written again.
    reads_true(&linked(&[anew, documents[1].clone()], |_| false)).unwrap();
}

#[test]
fn comments_in_a_document_that_is_written_again_stay_where_they_can() {
    let mut documents = linked(&[turn(2), turn(4)], |_| true);
    let text = &documents[1].text;
    let text = text.replace("usage_count: 1\n", "usage_count: 1 # once\n# Mind the request:\n");
    let block = "# What it said:\nresponse: # at length\n  # fine\n  status:    200\n  json: {}\n";
    documents[1].text = text.replace("response: {status: 200, json: {}}\n", block);
    let alone = linked(&documents[1..], |_| false);
    reads_true(&alone).unwrap();
    let alone = &alone[0].text;
    assert!(!alone.contains("extends: "));
    for kept in ["1 # once\n# Mind the request:\nrequest:", block] {
        assert!(alone.contains(kept), "{alone}");
    }
}
