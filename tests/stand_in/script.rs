//! What a test may ask the stand-in to do other than answer.

use super::{
    Dialect,
    context::Context,
    gate::{Gate, Hold},
    wire::{Framing, Reply, Seen},
};
use std::sync::Arc;

/// How a body is cut into chunks.
#[derive(Clone, Debug, Default)]
pub enum Cut {
    /// As the provider does it: an event or a line each.
    #[default]
    Event,
    /// All in one.
    Whole,
    /// A byte each.
    Byte,
    /// Of these sizes, again and again.
    Sizes(Vec<usize>),
}

impl Cut {
    fn apply(&self, events: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
        let whole = || events.concat();
        match self {
            Cut::Event => events,
            Cut::Whole => vec![whole()],
            Cut::Byte => whole().into_iter().map(|byte| vec![byte]).collect(),
            Cut::Sizes(sizes) => {
                let (whole, mut chunks) = (whole(), Vec::new());
                let mut rest = whole.as_slice();
                for size in sizes.iter().filter(|size| **size > 0).cycle() {
                    let (chunk, after) = rest.split_at(rest.len().min(*size));
                    chunks.push(chunk.to_vec());
                    rest = after;
                    if rest.is_empty() {
                        break;
                    }
                }
                chunks
            }
        }
    }
}

/// How an answer ends.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Ending {
    #[default]
    Whole,
    /// After so many chunks the connection closes, before the body's own end.
    Close(usize),
    /// The same, with RST.
    Reset(usize),
    /// The connection closes without a word.
    Silent,
}

#[derive(Default)]
enum Act {
    #[default]
    Answer,
    Says(String),
    EchoKey,
    EchoRequest,
    Status(u16, Option<String>),
    BadKey,
    ErrorIn200,
    Raw(Reply),
}

/// A behaviour for the next request that matches: `Script::status(429).path("/v1/messages").times(2)`.
pub struct Script {
    when: Box<dyn Fn(&Seen) -> bool + Send>,
    path: Option<String>,
    times: usize,
    act: Arc<Act>,
    error_event: Option<usize>,
    end_after: Option<usize>,
    ending: Ending,
    cut: Cut,
    headers: Vec<(String, String)>,
    framing: Option<Framing>,
    hold: Hold,
}

impl Default for Script {
    fn default() -> Script {
        Script {
            when: Box::new(|_| true),
            path: None,
            times: 1,
            act: Arc::default(),
            error_event: None,
            end_after: None,
            ending: Ending::Whole,
            cut: Cut::Event,
            headers: Vec::new(),
            framing: None,
            hold: Hold::default(),
        }
    }
}

impl Script {
    fn new(act: Act) -> Script {
        Script { act: Arc::new(act), ..Script::default() }
    }

    /// The usual answer, to be changed by the methods below.
    pub fn answer() -> Script {
        Script::default()
    }

    /// The model says this, whatever it was asked.
    pub fn says(text: &str) -> Script {
        Script::new(Act::Says(text.to_owned()))
    }

    /// The model repeats the key the request came with.
    pub fn echo_authorization() -> Script {
        Script::new(Act::EchoKey)
    }

    /// The model repeats the body of the request.
    pub fn echo_request() -> Script {
        Script::new(Act::EchoRequest)
    }

    /// An error status with the body the provider gives it. A 429 has `retry-after: 1`.
    pub fn status(status: u16) -> Script {
        Script::new(Act::Status(status, None))
    }

    /// The same, with a message of the test's own.
    pub fn error(status: u16, message: &str) -> Script {
        Script::new(Act::Status(status, Some(message.to_owned())))
    }

    /// The key is refused, and the message repeats it: OpenAI's wording, without the stars it puts in the middle.
    pub fn bad_key() -> Script {
        Script::new(Act::BadKey)
    }

    /// Status 200 with an error object in the body, as OpenRouter does.
    pub fn error_in_200() -> Script {
        Script::new(Act::ErrorIn200)
    }

    /// A stream that has an error event after `n` events, and then ends in good order.
    pub fn error_event(n: usize) -> Script {
        Script { error_event: Some(n), ..Script::default() }
    }

    /// The connection closes after `n` chunks, before the body's end.
    pub fn break_after(n: usize) -> Script {
        Script { ending: Ending::Close(n), ..Script::default() }
    }

    /// The connection is reset after `n` chunks.
    pub fn reset_after(n: usize) -> Script {
        Script { ending: Ending::Reset(n), ..Script::default() }
    }

    /// The body ends in good order after `n` events: a stream without its terminal event.
    pub fn end_after(n: usize) -> Script {
        Script { end_after: Some(n), ..Script::default() }
    }

    /// The connection closes without an answer.
    pub fn hang_up() -> Script {
        Script { ending: Ending::Silent, ..Script::default() }
    }

    /// Exactly this.
    pub fn raw(reply: Reply) -> Script {
        Script::new(Act::Raw(reply))
    }

    /// The same, but the connection closes after `n` chunks, before the body's end.
    pub fn broken_after(mut self, n: usize) -> Script {
        self.ending = Ending::Close(n);
        self
    }

    /// Only for requests with this path.
    pub fn path(mut self, path: &str) -> Script {
        self.path = Some(path.to_owned());
        self
    }

    /// Only for requests of which this is true.
    pub fn when(mut self, test: impl Fn(&Seen) -> bool + Send + 'static) -> Script {
        self.when = Box::new(test);
        self
    }

    /// For so many requests. Without this, for one.
    pub fn times(mut self, n: usize) -> Script {
        self.times = n;
        self
    }

    /// For every request from now on.
    pub fn always(self) -> Script {
        self.times(usize::MAX)
    }

    /// With this header, in the place of one of that name.
    pub fn header(mut self, name: &str, value: &str) -> Script {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn chunks(mut self, cut: Cut) -> Script {
        self.cut = cut;
        self
    }

    pub fn framing(mut self, framing: Framing) -> Script {
        self.framing = Some(framing);
        self
    }

    /// Nothing leaves before the gate lets it: see [`Gate`].
    pub fn hold(mut self, gate: &Gate) -> Script {
        self.hold = Hold { gate: Some(gate.clone()), body_only: false };
        self
    }

    /// The same, but status and headers leave at once.
    pub fn hold_body(mut self, gate: &Gate) -> Script {
        self.hold = Hold { gate: Some(gate.clone()), body_only: true };
        self
    }

    /// Reads the header `x-stand-in`: `status=429`, `break=2`, `reset=2`, `end=2`, `error-event=2`, `error-in-200`,
    /// `bad-key`, `hang-up`, `cut=byte` or `cut=whole`; one to change what is answered, and commas between several.
    fn parse(text: &str) -> Script {
        let mut script = Script::default();
        for item in text.split(',') {
            let (name, value) = item.trim().split_once('=').unwrap_or((item.trim(), ""));
            match (name, value.parse::<u16>().map(usize::from)) {
                ("status", Ok(status)) => script.act = Arc::new(Act::Status(status as u16, None)),
                ("break", Ok(n)) => script.ending = Ending::Close(n),
                ("reset", Ok(n)) => script.ending = Ending::Reset(n),
                ("end", Ok(n)) => script.end_after = Some(n),
                ("error-event", Ok(n)) => script.error_event = Some(n),
                ("bad-key", _) => script.act = Arc::new(Act::BadKey),
                ("error-in-200", _) => script.act = Arc::new(Act::ErrorIn200),
                ("hang-up", _) => script.ending = Ending::Silent,
                ("cut", _) if value == "byte" => script.cut = Cut::Byte,
                ("cut", _) if value == "whole" => script.cut = Cut::Whole,
                _ => script.act = Arc::new(Act::Status(400, Some(format!("x-stand-in: what is `{item}`?")))),
            }
        }
        script
    }

    fn matches(&self, seen: &Seen) -> bool {
        self.path.as_deref().is_none_or(|path| path == seen.path()) && (self.when)(seen)
    }

    /// What to do with a request: as its header says, else as the first script in the queue that it matches.
    pub fn take(queue: &mut Vec<Script>, seen: &Seen) -> Script {
        if let Some(text) = seen.header("x-stand-in") {
            return Script::parse(text);
        }
        let Some(found) = queue.iter().position(|script| script.matches(seen)) else {
            return Script::default();
        };
        let script = &mut queue[found];
        if script.times <= 1 {
            return queue.remove(found);
        }
        script.times -= usize::from(script.times < usize::MAX);
        Script {
            act: script.act.clone(),
            cut: script.cut.clone(),
            headers: script.headers.clone(),
            hold: script.hold.clone(),
            when: Box::new(|_| true),
            path: None,
            ..*script
        }
    }

    /// The answer to a request under this script.
    pub fn plan(self, seen: &Seen, mut context: Context) -> Plan {
        let dialect = Dialect::of(seen.path());
        let mut reply = match &*self.act {
            Act::Answer => super::answer(seen, None, &mut context),
            Act::Says(text) => super::answer(seen, Some(text), &mut context),
            Act::EchoKey => {
                let text = format!("The key is {} here.", seen.key().unwrap_or("nowhere"));
                super::answer(seen, Some(&text), &mut context)
            }
            Act::EchoRequest => super::answer(seen, Some(&String::from_utf8_lossy(&seen.body)), &mut context),
            Act::Status(status, message) => dialect.error(*status, message.as_deref(), &mut context),
            Act::BadKey => {
                let key = seen.key().unwrap_or_default();
                let message = format!(
                    "Incorrect API key provided: {key}. You can find your API key at \
                     https://platform.openai.com/account/api-keys."
                );
                let status = if dialect == Dialect::Gemini { 400 } else { 401 };
                dialect.error(status, Some(&message), &mut context)
            }
            Act::ErrorIn200 => Reply::json(
                r#"{"error":{"message":"Provider returned error","code":502,"metadata":{"provider_name":"Stand-in"}}}"#,
            ),
            Act::Raw(reply) => reply.clone(),
        };
        if let Some(n) = self.error_event {
            reply.chunks.truncate(n);
            let begun = !reply.chunks.is_empty();
            reply.chunks.push(dialect.error_event(seen, begun));
        }
        reply.chunks.truncate(self.end_after.unwrap_or(usize::MAX));
        reply.chunks = self.cut.apply(reply.chunks);
        // A chunk of no bytes would end a chunked body.
        reply.chunks.retain(|chunk| !chunk.is_empty());
        for (name, value) in &self.headers {
            reply = reply.header(name, value);
        }
        reply.framing = self.framing.unwrap_or(reply.framing);
        self.hold.tell(|progress| progress.arrived += 1);
        Plan { reply, ending: self.ending, hold: self.hold }
    }
}

/// What the wire is to do with a request.
pub struct Plan {
    pub reply: Reply,
    pub ending: Ending,
    pub hold: Hold,
}
