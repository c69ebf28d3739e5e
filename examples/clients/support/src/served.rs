//! For clients that take nothing but a base URL: the cassette as a server.

use std::error::Error as StdError;
use std::fmt::Debug;

use llm_cassette::Cassette;

/// Asks a provider through the cassette's server, records that, stops the provider, and asks again: the client must see the
/// very same. `ask` gets the base URL, without a path.
pub async fn records_and_replays<T: PartialEq + Debug>(ask: impl AsyncFn(&str) -> T) {
    crate::records_and_replays(async |cassette, provider| through(cassette, provider, &ask).await).await;
}

/// Asks for what nobody has recorded, and finds our error in that of the client, by its words.
pub async fn a_miss_is_found<E: StdError + 'static>(ask: impl AsyncFn(&str) -> E) {
    crate::a_miss_is_found(async |cassette: &Cassette, provider| through(cassette, provider, &ask).await)
        .await;
}

/// Asks for what nobody has recorded, and gives the error of a client that keeps nothing of our words.
pub async fn a_miss_surfaces<E: StdError + 'static>(ask: impl AsyncFn(&str) -> E) -> E {
    crate::a_miss_surfaces(async |cassette: &Cassette, provider| through(cassette, provider, &ask).await)
        .await
}

async fn through<T>(cassette: &Cassette, provider: &str, ask: &impl AsyncFn(&str) -> T) -> T {
    let server = cassette.serve().expect("a port is free");
    ask(&base(&server, provider)).await
}

/// What stands in the place of the stand-in's URL. A provider's own goes by its name: `server.url_of("openai")`.
fn base(server: &llm_cassette::Server, provider: &str) -> String {
    server.url_of(provider.trim_start_matches("http://"))
}
