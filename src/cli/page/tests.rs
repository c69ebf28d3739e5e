//! What the page says of conversations made up for the purpose.

use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::matching::user_rules::Rules;
use crate::model::json::Json;
use crate::providers::conversation::{Answer, Message, Part, Role, Tool};
use crate::store::tape::Tape;

/// A cassette of calls with these questions, of which each says what it is told.
fn cassette(name: &str, conversations: Vec<Conversation>) -> Cassette {
    let mut text = "# llm-cassette 1\n".to_owned();
    for number in 0..conversations.len() {
        text.push_str(&format!(
            "---\nkey: {number:064}\nrecorded_at: 2026-11-2{number}T00:00:00Z\nusage_count: 1\n\
             usage: {{input_tokens: 1000, output_tokens: 20}}\n\
             request:\n  method: POST\n  url: https://api.openai.com/v1/chat/completions?{number}\n\
             response:\n  status: 200\n...\n"
        ));
    }
    let (tape, torn) = Tape::new(Path::new(name), text.into_bytes(), Rules::default()).unwrap();
    let calls = tape.all().zip(conversations).map(|(parsed, conversation)| {
        let (slot, parsed) = parsed.unwrap();
        Call { conversation, ..Call::of(tape.line(slot), parsed, false, Uses::default()) }
    });
    Cassette { name: name.to_owned(), link: None, content: Content::Calls { calls: calls.collect(), torn } }
}

fn said(role: Role, text: &str) -> Message {
    Message { role, parts: vec![Part::Text(text.to_owned())] }
}

fn answered(messages: Vec<Message>, answer: &str) -> Conversation {
    let answers = vec![Answer { parts: vec![Part::Text(answer.to_owned())], finish_reason: None }];
    Conversation { messages, answers, ..Conversation::default() }
}

fn page(mut cassettes: Vec<Cassette>) -> String {
    page_of(&mut cassettes)
}

fn page_of(cassettes: &mut [Cassette]) -> String {
    let clock = Clock::new("2026-11-21T00:00:00Z".parse().unwrap(), 90);
    render(cassettes, &Context { clock, prices: Prices::builtin() })
}

/// The page of one conversation that says this text wherever it can say any.
fn saying(text: &str) -> String {
    let own = || text.to_owned();
    let parts = || {
        vec![
            Part::Text(own()),
            Part::Reasoning(own()),
            Part::Refusal(own()),
            Part::ToolCall {
                id: Some(own()),
                name: own(),
                arguments: Json::Object(vec![(own(), Json::from(text))]),
            },
            Part::ToolCall { id: None, name: own(), arguments: Json::from(text) },
            Part::ToolResult {
                id: Some(own()),
                name: Some(own()),
                parts: vec![Part::Text(own())],
                is_error: true,
            },
            Part::Media { kind: own(), source: format!("x{text}"), bytes: Some(3) },
            Part::Vectors { count: 2, dimensions: 3 },
            Part::Other(Json::Array(vec![Json::from(text)])),
        ]
    };
    let conversation = Conversation {
        messages: vec![Message { role: Role::Other(own()), parts: parts() }],
        tools: vec![Tool { name: own(), description: Some(own()), definition: Json::from(text) }],
        settings: vec![(own(), Json::from(text))],
        model: Some(own()),
        answers: vec![Answer { parts: parts(), finish_reason: Some(format!("x{text}")) }],
        fingerprint: Some(own()),
        error: Some(own()),
    };
    let mut rendered = cassette(text, vec![conversation]);
    rendered.link = Some(own());
    let unreadable = Cassette { name: own(), link: None, content: Content::Unreadable(own()) };
    page(vec![rendered, unreadable])
}

/// The names of all tags in their order. Values of attributes hold neither `<` nor `>`.
fn tags(page: &str) -> Vec<String> {
    let name = |piece: &str| piece.chars().take_while(|c| c.is_alphanumeric() || *c == '/').collect();
    let body = &page[page.find("<main").unwrap()..page.find("<footer").unwrap()];
    // What Markdown makes of a text is in templates, and has rules and tests of its own.
    let pieces =
        body.split("<template").map(|piece| piece.split_once("</template>").map_or(piece, |(_, rest)| rest));
    pieces.collect::<String>().split('<').map(name).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_text_changes_the_structure_of_the_page(text in "x(\\PC|[<>&\"'/!\\-\\n\u{0}\u{1b}\u{202e}]|</?(script|p|div|details)>|<!--|\\]\\]>){0,12}") {
        prop_assert_eq!(tags(&saying(&text)), tags(&saying("x")));
    }
}

#[test]
fn what_a_turn_repeats_is_folded_into_a_link_to_the_turn_that_said_it() {
    let first = answered(vec![said(Role::User, "Hello")], "Hi");
    let again = vec![said(Role::User, "Hello"), said(Role::Assistant, "Hi"), said(Role::User, "And now?")];
    let cassette = cassette("a.yaml", vec![first, answered(again, "Bye")]);
    let key = cassette.calls()[0].key().short();
    let page = page(vec![cassette]);
    let fold = format!("… 2 earlier messages, as in <a href=\"#a.yaml:{key}\">{key}</a>");
    assert!(page.contains(&fold) && page.contains(&format!("id=\"a.yaml:{key}\"")), "{page}");
    assert_eq!(page.matches(">Hello<").count(), 1);
    assert_eq!(page.matches(">And now?<").count(), 1);
}

#[test]
fn a_cassette_is_unused_once_nothing_of_it_is_used_and_a_call_on_its_own() {
    let conversation = || answered(vec![said(Role::User, "Hello")], "Hi");
    let mut rendered =
        [cassette("a.yaml", vec![conversation(), conversation()]), cassette("b.yaml", vec![conversation()])];
    let marks = |rendered: &mut [Cassette]| page_of(rendered).matches(">unused</span>").count();
    assert_eq!(marks(&mut rendered), 0);
    for (cassette, call) in [(0, 1), (1, 0)] {
        let Content::Calls { calls, .. } = &mut rendered[cassette].content else { unreachable!() };
        calls[call].unused = true;
    }
    // The second call of the first cassette; of the other the call, and the cassette in the list and above its calls.
    assert_eq!(marks(&mut rendered), 1 + 3);
}

#[test]
fn an_answer_says_how_it_ended_only_where_that_is_worth_a_word() {
    let ended = |reason: &str| {
        let mut conversation = answered(Vec::new(), "Hi");
        conversation.answers[0].finish_reason = Some(reason.to_owned());
        page(vec![cassette("a.yaml", vec![conversation])])
    };
    assert!(ended("max_tokens").contains("ended with max_tokens"));
    assert!(!ended("stop").contains("ended with"));
}

#[test]
fn the_page_is_the_same_for_the_same_cassettes() {
    assert_eq!(saying("a <b>"), saying("a <b>"));
}
