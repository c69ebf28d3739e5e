//! A stand-in for the providers: a small HTTP/1.1 server that answers as OpenAI, Anthropic, Gemini and Ollama do.
//!
//! What an answer says follows from the request alone; ids, times and fingerprints differ from call to call, as they
//! do with the real ones. A [`Script`] makes it misbehave, a [`Gate`] decides when each chunk leaves. Tests and
//! examples include this file by its path, so it uses nothing of the crate.
#![allow(dead_code, reason = "each test uses a part")]
#![allow(unreachable_pub, reason = "public to whoever includes the file")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "test support: to fail is to say so"
)]

#[macro_use]
mod text;
mod anthropic;
mod ask;
mod context;
mod embeddings;
mod gate;
mod gemini;
mod ollama;
mod openai;
mod responses;
mod script;
mod wire;

#[allow(unused_imports, reason = "each test uses a part")]
pub use self::{
    gate::Gate,
    script::{Cut, Script},
    wire::{Framing, Reply, Seen, event_frame},
};

use self::{ask::Ask, context::Context, script::Plan};
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard},
    thread::JoinHandle,
};
use tokio::sync::{oneshot, watch};

/// A running server. It stops when this is dropped.
pub struct StandIn {
    address: SocketAddr,
    state: Arc<State>,
    running: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
}

impl StandIn {
    /// Starts a server on a free port of this machine.
    pub async fn start() -> StandIn {
        StandIn::start_at("127.0.0.1:0")
    }

    /// Starts a server on the given address, without waiting: for tests that have no runtime of their own.
    pub fn start_at(address: &str) -> StandIn {
        let listener = std::net::TcpListener::bind(address).expect("the address is free");
        listener.set_nonblocking(true).expect("a listener may be non-blocking");
        let address = listener.local_addr().expect("a bound listener has an address");
        let state = Arc::new(State::default());
        let (stop, stopped) = oneshot::channel();
        // A thread and a runtime of its own: a test that blocks its thread, say to wait for a child process that
        // calls the stand-in, would otherwise wait for ever.
        let thread = std::thread::spawn({
            let state = state.clone();
            move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(async {
                    tokio::select! { () = wire::serve(listener, state) => {}, _ = stopped => {} }
                });
            }
        });
        StandIn { address, state, running: Some((stop, thread)) }
    }

    /// The base URL: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many requests have arrived in full.
    pub fn calls(&self) -> usize {
        self.state.lock().seen.len()
    }

    /// Every request that arrived in full, in the order of arrival.
    pub fn requests(&self) -> Vec<Seen> {
        self.state.lock().seen.clone()
    }

    /// Waits until `n` requests have arrived since the start.
    pub async fn arrived(&self, n: usize) {
        self.state.count.subscribe().wait_for(|count| *count >= n).await.expect("the sender is in `self`");
    }

    /// Queues a behaviour. A request takes the first one in the queue that it matches.
    pub fn on(&self, script: Script) {
        self.state.lock().scripts.push(script);
    }

    /// Starts the ids, times and fingerprints of the calls to come from another seed.
    pub fn salt(&self, salt: u64) {
        self.state.lock().salt = salt;
    }

    /// Whether every call gets the same ids, times and fingerprints.
    pub fn stable(&self, on: bool) {
        self.state.lock().stable = on;
    }

    /// Which version of the model answers. Version 1 is the first; another one words its texts differently.
    pub fn answers(&self, version: u32) {
        self.state.lock().rewording = version.saturating_sub(1);
    }

    /// Whether streams carry random filling: an `obfuscation` field from OpenAI, spaces before `}` from Anthropic.
    pub fn obfuscate(&self, on: bool) {
        self.state.lock().obfuscate = on;
    }

    /// Stops the server. Open connections break, new ones are refused.
    pub async fn stop(self) {
        drop(self);
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.running.take() {
            drop(stop);
            // The listener must be closed when this returns. The thread waits for nobody, so this is quick.
            let _ = thread.join();
        }
    }
}

#[derive(Default)]
struct State {
    inner: Mutex<Inner>,
    count: watch::Sender<usize>,
}

#[derive(Default)]
struct Inner {
    seen: Vec<Seen>,
    scripts: Vec<Script>,
    salt: u64,
    stable: bool,
    rewording: u32,
    obfuscate: bool,
}

impl State {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A test's own predicate may panic while it holds the lock. That test fails; the server need not.
        self.inner.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Notes a request that has arrived and decides what becomes of it.
    fn plan(&self, seen: &Seen) -> Plan {
        let (script, context) = {
            let mut inner = self.lock();
            inner.seen.push(seen.clone());
            let call = if inner.stable { 0 } else { inner.seen.len() as u64 };
            let seed = inner.salt.wrapping_mul(0x9E37_79B9).wrapping_add(call);
            let context = Context::new(seed, inner.rewording, inner.obfuscate);
            (Script::take(&mut inner.scripts, seen), context)
        };
        let plan = script.plan(seen, context);
        self.count.send_modify(|count| *count += 1);
        plan
    }
}

/// Whose manners to use.
#[derive(Clone, Copy, PartialEq)]
enum Dialect {
    OpenAi,
    Anthropic,
    Gemini,
    Ollama,
}

impl Dialect {
    fn of(path: &str) -> Dialect {
        match path {
            _ if path.ends_with("/messages") => Dialect::Anthropic,
            _ if path.contains("/models/") && path.contains(':') => Dialect::Gemini,
            _ if path.starts_with("/api/") && !path.starts_with("/api/v1/") => Dialect::Ollama,
            _ => Dialect::OpenAi,
        }
    }

    /// An error as this provider words it.
    fn error(self, status: u16, message: Option<&str>, context: &mut Context) -> Reply {
        let reply = match self {
            Dialect::OpenAi => openai::error(status, message, context),
            Dialect::Anthropic => anthropic::error(status, message, context),
            Dialect::Gemini => gemini::error(status, message),
            Dialect::Ollama => ollama::error(status, message),
        };
        if status == 429 { reply.header("retry-after", "1") } else { reply }
    }

    /// What this provider sends in a stream that goes wrong, after its first events or in their place.
    fn error_event(self, seen: &Seen, begun: bool) -> Vec<u8> {
        match self {
            Dialect::OpenAi => openai::error_event(seen.path()),
            Dialect::Anthropic => anthropic::error_event(),
            Dialect::Gemini => gemini::error_event(seen, begun),
            Dialect::Ollama => ollama::error_event(),
        }
    }
}

/// The usual answer to a request. `says` is what the model is to say whatever it was asked.
fn answer(seen: &Seen, says: Option<&str>, context: &mut Context) -> Reply {
    let path = seen.path();
    let body = seen.json();
    let mut ask = Ask::read(&body);
    if let Some(says) = says {
        ask.says = Some(says.to_owned());
    }
    let reading = matches!(seen.method.as_str(), "GET" | "HEAD");
    match (reading, path) {
        (false, _) if path.ends_with("/chat/completions") => openai::chat(&ask, context),
        (false, _) if path.ends_with("/responses") => responses::responses(&body, &ask, context),
        (false, _) if path.ends_with("/embeddings") => embeddings::openai(&body, context),
        (false, _) if path.ends_with("/messages") => anthropic::messages(&ask, context),
        (false, _) if path.ends_with(":generateContent") => gemini::generate(path, &ask, context),
        (false, _) if path.ends_with(":streamGenerateContent") => gemini::stream(seen, &ask, context),
        (false, "/api/chat" | "/api/generate") => ollama::talk(path, &ask, &body, context),
        (false, "/api/embed") => embeddings::ollama(&body, context),
        (true, _) if path.ends_with("/models") => openai::models(context),
        (true, "/api/version") => Reply::json("{\"version\":\"0.12.11\"}").framing(Framing::Length),
        _ => {
            let message =
                format!("Unknown request URL: {} {path}. Please check the URL for typos.", seen.method);
            Dialect::of(path).error(404, Some(&message), context)
        }
    }
}
