//! Deepgram's transcriptions. The model is asked for in the URL.
//!
//! Where the words stand was read from the types of the client `deepgram-sdk` 7.17.0 of PyPI.

use crate::model::address::Address;
use crate::model::exchange::Request;
use crate::model::json::Json;
use crate::providers::charges::Charges;
use crate::providers::conversation::Answer;
use crate::providers::conversation::content::Parts;
use crate::providers::protocol::{Protocol, Readers, RequestFacts, ResponseFacts};

pub(super) static LISTEN: Protocol = Protocol {
    name: "deepgram",
    request: RequestFacts { model_parameters: &["model"], orders, ..RequestFacts::BLANK },
    response: ResponseFacts {
        times: &["created"],
        ids: &["request_id", "sha256"],
        headers: &["dg-model-name", "dg-request-id"],
        ..ResponseFacts::BLANK
    },
    readers: Readers { answers, ..Readers::BLANK },
    ..Protocol::BLANK
};

/// What a text says is found out by no model that anybody names, at prices that no table has.
fn orders(request: &Request, _: Option<&Json>, charges: &mut Charges) {
    let address = Address::of(&request.url);
    let looks_for = ["summarize", "topics", "intents", "sentiment"];
    charges.unpriced |=
        address.path.ends_with("/v1/read") && looks_for.iter().any(|name| request.url.contains(name));
}

/// What each channel heard, of the readings the first.
fn answers(whole: &Json, parts: Parts) -> Option<Vec<Answer>> {
    let channels = whole.at(&["results", "channels"])?.as_array()?;
    let heard =
        |channel: &Json| Some(Answer::plain(parts(channel.at(&["alternatives", "0", "transcript"])?)));
    channels.iter().map(heard).collect()
}
