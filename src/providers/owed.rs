//! Whether a stream that has ended has come to the end that its protocol defines. A stream of a protocol that we do not know
//! ends where its bytes do.

use std::collections::BTreeMap;

use super::protocol::{Progress, says_something};
use super::registry::PROTOCOLS;
use crate::model::json::Json;

/// What the events of a stream say is still to come.
#[derive(Debug, Default)]
pub(super) struct Owed {
    /// What the stream ends with, once an event of its protocol has come.
    last: Option<&'static str>,
    said: bool,
    /// Whether it still has to say why its answer ended.
    owes_reason: bool,
    /// The answers that have begun, by number, and whether each has said why it ended. That is never taken back: some servers
    /// send an answer's number once more behind its end, with counts.
    answers: BTreeMap<u64, bool>,
}

impl Owed {
    /// Takes the next event. Says how far the stream has come, where its protocol marks that in the event itself.
    pub(super) fn event(&mut self, name: Option<&str>, json: &Json) -> Option<Progress> {
        for protocol in PROTOCOLS {
            let progress = (protocol.response.progress)(name, json);
            let reasons = protocol.response.reason_at;
            if let Some(progress) = progress.filter(|_| !reasons.is_empty()) {
                let told = reasons.iter().any(|place| json.at(place).is_some_and(says_something));
                let begins = self.last.is_none() && progress == Progress::Going;
                self.owes_reason = !told && (self.owes_reason || begins);
            }
            let lists = protocol.response.reasons_in.iter();
            let begun = lists.fold(false, |begun, (list, reason)| self.answers(json, list, reason) || begun);
            if begun || progress.is_some() {
                self.last.get_or_insert(protocol.response.last);
                self.said |= progress == Some(Progress::Said);
                return progress;
            }
        }
        None
    }

    /// Notes the answers in a list; false if there are none.
    fn answers(&mut self, json: &Json, list: &str, reason: &str) -> bool {
        let Some(items) = json.get(list).and_then(Json::as_array) else { return false };
        // Others may call a list of texts by the same name.
        if items.iter().any(|item| item.as_object().is_none()) {
            return false;
        }
        for (place, item) in (0..).zip(items) {
            let number = item.get("index").and_then(Json::as_u64).unwrap_or(place);
            *self.answers.entry(number).or_default() |= item.get(reason).is_some_and(says_something);
        }
        true
    }

    /// Whether an answer has begun and not said why it ended.
    pub(super) fn has_open_answers(&self) -> bool {
        self.owes_reason || self.answers.values().any(|ended| !ended)
    }

    /// What a stream that ends here without its last event leaves out.
    pub(super) fn missing(&self) -> Option<String> {
        let last = self.last?;
        if self.owes_reason {
            return Some(format!("its `stop_reason`, or {last}"));
        }
        let open = self.answers.iter().find(|(_, ended)| !**ended);
        match open {
            _ if self.said => None,
            Some((number, _)) if self.answers.len() > 1 => Some(format!("the {last} of answer {number}")),
            None if !self.answers.is_empty() => None,
            _ => Some(last.to_owned()),
        }
    }
}
