//! Record the HTTP traffic of LLM providers once, replay it in tests: offline, free, byte for byte.
//!
//! A [`Cassette`] is a middleware for [`reqwest_middleware`](https://docs.rs/reqwest-middleware). The first run records
//! real answers into a YAML file that reads well in a pull request; every other run plays them back.
//!
//! ```
//! use llm_cassette::cassette;
//! use reqwest_middleware::ClientBuilder;
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let cassette = cassette!()?; // cassettes/rivers/names_rivers.yaml, named after the test
//! let client = ClientBuilder::new(reqwest::Client::new())
//!     .with(cassette.clone()) // last in the chain, below retries
//!     .build();
//!
//! let response = client
//!     .post("https://api.openai.com/v1/chat/completions")
//!     .bearer_auth(cassette.api_key("OPENAI_API_KEY")?) // a dummy in replay
//!     .header("content-type", "application/json")
//!     .body(r#"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Name three rivers."}]}"#)
//!     .send()
//!     .await?;
//! assert_eq!(response.status(), 200); // true of every recording, whatever the model says
//! assert!(!response.text().await?.is_empty());
//!
//! println!("{}", cassette.finish()?); // fails if a request had no recording
//! # Ok(())
//! # }
//! ```
//!
//! Run it once with `LLM_CASSETTE_MODE=record cargo test`, commit the cassette, and from then on `cargo test` needs
//! neither a key nor a network. [`Mode`] has the four modes, [`Builder`] everything that can be set, [`Error`] what can
//! go wrong.
//!
//! # Features
//! - `reqwest-0-13` (default): the middleware for `reqwest-middleware` 0.5 and `reqwest` 0.13.
//! - `reqwest-0-12`: the middleware for `reqwest-middleware` 0.4 and `reqwest` 0.12. Both may be on.
//! - `tower`: a cassette as a layer of `tower`, for `async-openai` and services that send requests of `reqwest`.
//! - `aws`: the HTTP client of the AWS SDK, with a cassette in it.
//! - `tracing`: an event for each hit, miss, recorded and skipped call, without bodies and secrets.
//! - `server`: `Cassette::serve`, for clients that take a base URL and no middleware.
//! - `cli`: the command `llm-cassette`, with the server.
// What a terminal would obey gets in through names of files. Tests name their own.
#![cfg_attr(not(test), warn(clippy::disallowed_methods))]
#![cfg_attr(
    not(any(feature = "reqwest-0-13", feature = "reqwest-0-12", feature = "aws", feature = "server")),
    allow(dead_code, unused_imports, reason = "without an adapter nothing leads into the core")
)]

mod adapters;
mod api;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
mod format;
mod matching;
mod model;
mod providers;
mod redact;
mod session;
mod store;

#[cfg(feature = "aws")]
pub use adapters::AwsHttpClient;
#[cfg(feature = "server")]
pub use adapters::server::Server;
#[cfg(all(feature = "tower", any(feature = "reqwest-0-13", feature = "reqwest-0-12")))]
pub use adapters::{BuiltBy, CassetteService};
pub use api::builder::Builder;
pub use api::cassette::Cassette;
#[doc(hidden)]
pub use api::macros::builder_of_test;
pub use api::memory_builder::MemoryBuilder;
pub use model::error::{Error, ErrorKind};
pub use model::mode::{MODE_VARIABLE, Mode};
pub use model::policy::Policy;
pub use model::ttl::Expiry;
pub use model::view::{RequestView, ResponseView};
pub use providers::Usage;
pub use session::budget::Budget;
pub use session::interactions::{Interaction, Outcome};
pub use session::prompt_cache::PromptCache;
pub use session::report::{Report, Skipped};
pub use session::settings::Repeats;

/// Keeps the examples of the README true.
#[cfg(all(doctest, feature = "reqwest-0-13"))]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;

// The pages of `docs/`: there for readers of this documentation and for its tests, and in no build.
#[cfg(any(doc, all(doctest, feature = "reqwest-0-13")))]
#[doc = include_str!("_documentation/links.md")]
#[doc = include_str!("../docs/README.md")]
pub mod _documentation;
