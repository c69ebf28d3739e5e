//! Work that is ordered, asked about and fetched, each worked out by hand.

use http::Method;

use super::exchanges::{Exchange, one_after_the_other};
use crate::providers::bill::Bill;

const BATCHES: &str = "https://api.openai.com/v1/batches";
const RESPONSES: &str = "https://api.openai.com/v1/responses";
const COUNTS: &str = r#""usage":{"input_tokens":1000,"output_tokens":100}"#;

fn order(url: &str, asked: &str, answer: &str) -> Bill {
    Exchange::post(url, asked, answer).bill()
}

fn get(url: &str, answer: &str) -> Bill {
    let mut fetched = Exchange::post(url, "", answer);
    fetched.method = Method::GET;
    fetched.bill()
}

/// A batch, and the answer that says how far it is.
fn batch(id: &str, status: &str, more: &str) -> String {
    format!(r#"{{"id":"{id}","object":"batch","model":"gpt-x","status":"{status}"{more}}}"#)
}

fn response(status: &str, more: &str) -> String {
    format!(
        r#"{{"id":"resp_1","object":"response","model":"gpt-x","background":true,"status":"{status}","output":[]{more}}}"#
    )
}

#[test]
fn a_batch_is_one_spend_however_often_it_is_fetched() {
    let url = &format!("{BATCHES}/batch_1");
    let counts = &format!(",{COUNTS}");
    let done = &batch("batch_1", "completed", counts);
    assert_eq!(
        one_after_the_other(&[get(url, done), get(url, done), get(url, done)]),
        ["0.001", "again", "again"]
    );
    let other = &batch("batch_2", "completed", counts);
    assert_eq!(one_after_the_other(&[get(url, done), get(url, other)]), ["0.001", "0.001"], "two batches");
    // Some say what it has come to so far.
    for under_way in ["validating", "in_progress", "finalizing", "cancelling"] {
        let halfway = &batch("batch_1", under_way, r#","usage":{"input_tokens":7,"output_tokens":1}"#);
        assert_eq!(one_after_the_other(&[get(url, halfway), get(url, done)]), ["nothing", "0.001"]);
    }
}

#[test]
fn what_was_ordered_is_of_unknown_price_until_somebody_fetches_what_it_came_to() {
    let url = &format!("{BATCHES}/batch_1");
    let asked = r#"{"input_file_id":"file-1","endpoint":"/v1/chat/completions"}"#;
    let ordered = || order(BATCHES, asked, &batch("batch_1", "validating", ""));
    let counts = &format!(",{COUNTS}");
    let polled = || get(url, &batch("batch_1", "in_progress", ""));
    let done = || get(url, &batch("batch_1", "completed", counts));
    assert_eq!(one_after_the_other(&[ordered(), polled()]), ["unknown", "nothing"]);
    assert_eq!(
        one_after_the_other(&[ordered(), polled(), done(), done()]),
        ["again", "nothing", "0.001", "again"]
    );
    let of_another = || get(url, &batch("batch_2", "completed", counts));
    assert_eq!(one_after_the_other(&[ordered(), of_another()]), ["unknown", "0.001"]);
    // A batch that failed says that it came to nothing.
    let failed = get(url, &batch("batch_1", "failed", r#","usage":{"input_tokens":0,"output_tokens":0}"#));
    assert_eq!(one_after_the_other(&[ordered(), failed]), ["again", "0"]);
    // Of no known price is one answer, and not two.
    let unknown = batch("batch_1", "completed", counts).replace("gpt-x", "gpt-of-tomorrow");
    assert_eq!(one_after_the_other(&[ordered(), get(url, &unknown)]), ["again", "unknown"]);
}

#[test]
fn a_list_of_batches_tells_of_no_spend() {
    let one = batch("batch_1", "completed", &format!(",{COUNTS}"));
    let list = format!(r#"{{"object":"list","data":[{one}],"first_id":"batch_1","has_more":false}}"#);
    let fetched = get(&format!("{BATCHES}/batch_1"), &one);
    assert_eq!(
        one_after_the_other(&[get(BATCHES, &list), fetched, get(BATCHES, &list)]),
        ["nothing", "0.001", "nothing"]
    );
}

#[test]
fn an_answer_in_the_background_is_one_spend_however_often_it_is_asked_for() {
    let url = &format!("{RESPONSES}/resp_1");
    let ordered =
        || order(RESPONSES, r#"{"model":"gpt-x","input":"?","background":true}"#, &response("queued", ""));
    let under_way = |status| get(url, &response(status, r#","usage":null"#));
    let done = || get(url, &response("completed", &format!(",{COUNTS}")));
    let all = [ordered(), under_way("queued"), under_way("in_progress"), done(), done()];
    assert_eq!(one_after_the_other(&all), ["again", "nothing", "nothing", "0.002", "again"]);
    let cancelled =
        Exchange::post(&format!("{url}/cancel"), "", &response("cancelled", &format!(",{COUNTS}"))).bill();
    assert_eq!(one_after_the_other(&[ordered(), cancelled, done()]), ["again", "nothing", "0.002"]);
    // Whoever has not ordered it here, has been told elsewhere what it came to.
    assert_eq!(one_after_the_other(&[done(), done()]), ["again", "again"]);
    // The same as events.
    let events = format!(
        "data: {{\"type\":\"response.created\",\"response\":{}}}\n\ndata: {{\"type\":\"response.completed\",\"response\":{}}}\n\n",
        response("queued", ""),
        response("completed", &format!(",{COUNTS}"))
    );
    assert_eq!(one_after_the_other(&[ordered(), get(url, &events), done()]), ["again", "0.002", "again"]);
}

#[test]
fn what_an_answer_in_the_background_searched_is_paid_for_as_the_answer_has_it() {
    let searched = response("completed", &format!(",{COUNTS}"))
        .replace(r#""output":[]"#, r#""output":[{"id":"ws_1","type":"web_search_call","status":"completed"}],"tools":[{"type":"web_search","search_context_size":"high"}]"#)
        .replace("gpt-x", "gpt-s");
    let ordered = response("queued", "").replace("gpt-x", "gpt-s");
    let asked = r#"{"model":"gpt-s","input":"?","background":true,"tools":[{"type":"web_search","search_context_size":"high"}]}"#;
    let all = [order(RESPONSES, asked, &ordered), get(&format!("{RESPONSES}/resp_1"), &searched)];
    assert_eq!(one_after_the_other(&all), ["again", "0.052"]);
}

#[test]
fn two_answers_that_a_server_calls_the_same_are_two_spends() {
    let chat = r#"{"id":"chatcmpl-1","object":"chat.completion","model":"gpt-x","choices":[],"usage":{"prompt_tokens":1000,"completion_tokens":100}}"#;
    let asked =
        || order("https://api.openai.com/v1/chat/completions", r#"{"model":"gpt-x","messages":[]}"#, chat);
    assert_eq!(one_after_the_other(&[asked(), asked()]), ["0.002", "0.002"]);
}
