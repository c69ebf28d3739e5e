//! Real traffic: `LLM_CASSETTE_CORPUS` names a folder of it, with `*.jsonl` files, an exchange a line.

use crate::model::corpus::exchanges;
use crate::model::wire::framing;
use crate::providers::conversation::{Conversation, Part};

/// Whether an answer can be read by a person: something in it is more than JSON.
fn readable(conversation: &Conversation) -> bool {
    let told = |part: &Part| !matches!(part, Part::Other(_));
    conversation.answers.iter().any(|answer| answer.parts.iter().any(told))
}

/// Requests that say something and are no question to a model: files, settings, other services.
const NOT_ASKED: [&str; 11] = [
    "/files",
    "/assistants",
    "/sessions",
    "/cachedContents",
    "/items",
    "/graphql",
    "/llmobs",
    "/coupons",
    "/records/",
    "/guardrail/",
    ":classifyContent",
];

#[test]
#[ignore = "needs recorded traffic, in the folder that LLM_CASSETTE_CORPUS names"]
fn nearly_every_real_answer_can_be_read() {
    let (mut asked, mut read) = ([0, 0], [0, 0]);
    for exchange in exchanges() {
        let (id, is_error, interaction) =
            (exchange.text("id"), exchange.flag("is_error"), exchange.interaction());
        let conversation = Conversation::of(&interaction);
        let (url, response) = (&interaction.request.url, &interaction.response);
        let is_question =
            !conversation.messages.is_empty() && !NOT_ASKED.iter().any(|part| url.contains(part));
        if is_error || !is_question || response.body.bytes.is_empty() {
            continue;
        }
        let streamed = usize::from(framing(&response.headers, &response.body.bytes).is_some());
        asked[streamed] += 1;
        if readable(&conversation) {
            read[streamed] += 1;
        } else {
            println!("not read: {id} {url} {:.300}", format!("{:?}", conversation.answers));
        }
    }
    println!("readable: {} of {} whole answers, {} of {} streamed", read[0], asked[0], read[1], asked[1]);
    assert!(asked[0] > 0 && read[0] * 100 >= asked[0] * 98, "{} of {} whole answers", read[0], asked[0]);
}

#[test]
#[ignore = "needs recorded traffic, in the folder that LLM_CASSETTE_CORPUS names"]
fn what_real_requests_say_is_told_in_words() {
    let (mut all, mut unread) = (0, 0);
    for exchange in exchanges() {
        let (id, interaction) = (exchange.text("id"), exchange.interaction());
        for message in &Conversation::of(&interaction).messages {
            all += 1;
            if let Some(other) = message.parts.iter().find(|part| matches!(part, Part::Other(_))) {
                unread += 1;
                println!("not read: {id} {} {:.300}", interaction.request.url, format!("{other:?}"));
            }
        }
    }
    println!("messages with something that we have no word for: {unread} of {all}");
    assert!(all > 0 && unread * 100 <= all * 3, "{unread} of {all}");
}
