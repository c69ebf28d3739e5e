//! With the feature `tracing`, programs see what a cassette does.
#![allow(clippy::unwrap_used, reason = "in a test, to fail is to say so")]

#[path = "stand_in/mod.rs"]
mod stand_in;
#[path = "suite/support.rs"]
#[allow(dead_code, reason = "the suite uses the rest")]
mod support;

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use llm_cassette::{Mode, Repeats};
use stand_in::{Script, StandIn};
use support::*;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Keeps each event as a line.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>);

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        // Keys and times differ from run to run.
        match field.name() {
            "message" => self.0.insert_str(0, &format!("{value:?}")),
            "key" | "duration_ms" => write!(self.0, " {}", field.name()).unwrap(),
            name => write!(self.0, " {name}={value:?}").unwrap(),
        }
    }
}

impl Subscriber for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "llm_cassette"
    }

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(String::new());
        event.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[tokio::test]
async fn each_call_is_an_event_without_its_words() {
    let lines = Lines::default();
    let guard = tracing::subscriber::set_default(lines.clone());
    let folder = Folder::new();
    let provider = StandIn::start().await;
    record(&folder, &provider.url(), &["a secret plan"]).await;
    let cassette = folder.builder(Mode::Record).repeats(Repeats::Reuse).open().unwrap();
    provider.on(Script::error(500, "not now"));
    for question in ["a failure", "a riddle", "a riddle"] {
        ask(&client(&cassette), &provider.url(), question).await.unwrap().bytes().await.unwrap();
    }
    let cassette = folder.builder(Mode::Replay).tolerate_misses(true).open().unwrap();
    ask(&client(&cassette), &provider.url(), "a secret plan").await.unwrap();
    ask(&client(&cassette), &provider.url(), "another").await.unwrap_err();
    drop(guard);
    let said = lines.0.lock().unwrap().join("\n");
    insta::assert_snapshot!(said, @r#"
    recorded key provider="openai" model="gpt-4o-mini-2024-07-18" input_tokens=18 output_tokens=11 duration_ms
    skipped key provider="openai" model="gpt-4o-mini" duration_ms reason="HTTP 500: server_error: not now"
    recorded key provider="openai" model="gpt-4o-mini-2024-07-18" input_tokens=17 output_tokens=10 duration_ms
    hit key provider="openai" model="gpt-4o-mini-2024-07-18" input_tokens=17 output_tokens=10 duration_ms
    hit key provider="openai" model="gpt-4o-mini-2024-07-18" input_tokens=18 output_tokens=11 duration_ms
    miss key provider="openai" model="gpt-4o-mini" duration_ms
    "#);
}
