//! Our error behind the errors of HTTP clients.

use std::error::Error as StdError;

use crate::adapters::told;
use crate::model::error::Error;

impl Error {
    /// Finds our error in whatever a client made of it: in `reqwest_middleware::Error`, in the error of a retry layer
    /// around it, in the `reqwest::Error` of a body that could not be read to its end, in the errors of `rig`, which keeps only
    /// the words of what goes wrong in a stream. What is found by its words is the same error, without its source.
    ///
    /// ```
    /// # async fn example(client: reqwest_middleware::ClientWithMiddleware) {
    /// use llm_cassette::{Error, ErrorKind};
    ///
    /// if let Err(error) = client.get("https://api.openai.com/v1/models").send().await {
    ///     if let Some(miss) = Error::find_in(&error) {
    ///         assert_eq!(miss.kind(), ErrorKind::NoMatch);
    ///     }
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn find_in<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a Error> {
        found_as_itself(error).or_else(|| found_by_its_words(error))
    }
}

fn found_as_itself<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a Error> {
    let mut next = Some(error);
    // A chain that bites its own tail is a bug of somebody else's; it must not hang a test.
    for _ in 0..64 {
        let error = next?;
        if let Some(found) = error.downcast_ref::<Error>().or_else(|| inside_middleware(error)) {
            return Some(found);
        }
        next = error.source();
    }
    None
}

fn found_by_its_words<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a Error> {
    let mut next = Some(error);
    for _ in 0..64 {
        let error = next?;
        if let Some(found) = told::within(error) {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// `reqwest_middleware::Error` is transparent: its `source` is that of the error it holds, which is thus left out of
/// the chain of sources and has to be asked for.
fn inside_middleware<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a Error> {
    #[cfg(feature = "reqwest-0-13")]
    if let Some(reqwest_middleware::Error::Middleware(held)) = error.downcast_ref() {
        return held.chain().find_map(found_as_itself);
    }
    #[cfg(feature = "reqwest-0-12")]
    if let Some(reqwest_middleware04::Error::Middleware(held)) = error.downcast_ref() {
        return held.chain().find_map(found_as_itself);
    }
    let _ = error;
    None
}
