//! Real exchanges, whose secrets were masked already: hardly an answer may change, none may be refused.

use std::collections::BTreeMap;

use super::*;
use crate::model::corpus::exchanges;

#[test]
#[ignore = "needs recorded traffic, in the folder that LLM_CASSETTE_CORPUS names"]
fn real_answers_stay_as_they_are() {
    let (mut all, mut changed, mut changed_requests, mut refused) =
        (0, BTreeMap::new(), BTreeMap::new(), Vec::new());
    for exchange in exchanges() {
        if exchange.flag("is_error") {
            continue;
        }
        all += 1;
        let (id, live) = (exchange.text("id").to_owned(), exchange.interaction());
        match with_env(&[]).redact(live.clone()) {
            Err(leak) => refused.push((id, leak)),
            Ok(clean) => {
                let clean = clean.interaction();
                if clean.response.body.bytes != live.response.body.bytes {
                    changed.insert(
                        id.clone(),
                        difference(&live.response.body.bytes, &clean.response.body.bytes),
                    );
                }
                if clean.request.body != live.request.body {
                    changed_requests.insert(id, difference(&live.request.body, &clean.request.body));
                }
                let again = with_env(&[]).redact(clean.clone()).unwrap();
                assert_eq!(everything(again.interaction()), everything(clean));
            }
        }
    }
    println!("{all} exchanges, changed answers: {changed:#?}\nchanged requests: {changed_requests:#?}");
    assert_eq!(refused, []);
    assert!(changed.len() * 50 <= all, "{} of {all} answers changed", changed.len());
}

/// The first place at which two texts part.
fn difference(before: &[u8], after: &[u8]) -> String {
    let at = before.iter().zip(after).take_while(|(a, b)| a == b).count();
    let around = |text: &[u8]| {
        String::from_utf8_lossy(&text[at.saturating_sub(60)..text.len().min(at + 40)]).into_owned()
    };
    format!("{} => {}", around(before), around(after))
}
