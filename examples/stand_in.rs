//! A server that answers as OpenAI, Anthropic, Gemini and Ollama do, to play with by hand.
//!
//! ```console
//! $ cargo run --example stand_in            # or: -- 127.0.0.1:8080
//! http://127.0.0.1:8080
//! $ curl http://127.0.0.1:8080/v1/chat/completions -H 'x-stand-in: break=2' \
//!     -d '{"model": "gpt-4o-mini", "stream": true, "messages": [{"role": "user", "content": "Name three rivers"}]}'
//! ```
//!
//! The header `x-stand-in` makes it misbehave: `status=429`, `bad-key`, `error-in-200`, `error-event=2`, `break=2`,
//! `reset=2`, `end=2`, `hang-up`, `cut=byte`, `cut=whole`.
#![allow(clippy::print_stdout, reason = "an example talks to the terminal")]

#[path = "../tests/stand_in/mod.rs"]
mod stand_in;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:0".to_owned());
    let provider = stand_in::StandIn::start_at(&address);
    println!("{}", provider.url());
    tokio::signal::ctrl_c().await?;
    println!("{} calls answered", provider.calls());
    provider.stop().await;
    Ok(())
}
