//! How much shorter real streams get. `LLM_CASSETTE_CORPUS` names the folder with them.

use crate::format::allowance::Allowance;
use crate::format::blobs::Blobs;
use crate::format::body::{self, Context};
use crate::format::yaml;
use crate::model::corpus::exchanges;
use crate::model::json::Json;
use crate::model::wire::Framing;
use crate::model::wire::eventstream::{Message, decode};

/// The bodies of complete streams of one framing, by name.
fn streams(framing: &str) -> Vec<(String, Vec<u8>)> {
    let mut found: Vec<(String, Vec<u8>)> = exchanges()
        .iter()
        .filter(|exchange| exchange.text("framing") == framing && !exchange.flag("is_error"))
        .map(|exchange| (exchange.text("id").to_owned(), exchange.bytes("response_body_b64")))
        .collect();
    found.retain(|(_, body)| !body.is_empty());
    found
}

/// The raw events of a body: of frames their payloads.
fn events(bytes: &[u8], framing: Framing) -> Vec<Json> {
    let raw = String::from_utf8_lossy(bytes).replace("\r\n", "\n");
    let lines = |end: &str| raw.trim_end().split(end).map(Json::from).collect();
    let payload = |message: &Message| Json::from(String::from_utf8_lossy(&message.payload).as_ref());
    match framing {
        Framing::Sse => lines("\n\n"),
        Framing::Ndjson => lines("\n"),
        Framing::EventStream => decode(bytes).unwrap_or_default().iter().map(payload).collect(),
    }
}

/// How many streams are compact, of how many, and how many percent of their raw form they take.
fn measured(name: &str, framing: Framing) -> (usize, usize, usize) {
    let (mut compact, mut small, mut large, mut densest) = (0, 0, 0, 0);
    let streams = streams(name);
    for (id, bytes) in &streams {
        let fields = body::write(
            bytes,
            Context { framing: Some(framing), ..Context::default() },
            &mut Blobs::default(),
        );
        let is_compact = fields.iter().any(|(field, main)| field == name && main.as_object().is_some());
        compact += usize::from(is_compact);
        let form = Json::Object(fields);
        let text = yaml::write(&form).len();
        let raw =
            yaml::write(&Json::Object(vec![(name.to_owned(), Json::Array(events(bytes, framing)))])).len();
        if !is_compact || text * 2 > raw {
            println!("  {id}: compact {is_compact}, {text} of {raw} bytes");
        }
        assert!(bytes.len() < Allowance::with_margin(&form).left() / 2, "{id} is nearly too dense");
        densest = densest.max(bytes.len() / form.size().max(1));
        small += text;
        large += raw;
    }
    assert!(!streams.is_empty(), "no {name} among the exchanges");
    let percent = small * 100 / large;
    println!(
        "{name}: {compact} of {} streams are compact; the densest unfolds {densest} times; {small} bytes, {percent} % of one raw event a line ({large})",
        streams.len(),
    );
    (compact, streams.len(), percent)
}

#[test]
#[ignore = "needs recorded traffic, in the folder that LLM_CASSETTE_CORPUS names"]
fn real_streams_are_compact() {
    let (compact, all, percent) = measured("sse", Framing::Sse);
    assert!(compact * 10 >= all * 9, "{compact} of {all}");
    assert!(percent <= 35, "{percent} %");
    for (name, framing) in [("ndjson", Framing::Ndjson), ("eventstream", Framing::EventStream)] {
        let (compact, all, _) = measured(name, framing);
        assert!(compact * 10 >= all * 9, "{compact} of {all}");
    }
}
