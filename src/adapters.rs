//! How HTTP clients get in.

#[cfg(feature = "aws")]
pub(crate) mod aws;
mod body;
mod find_error;
#[cfg(any(feature = "reqwest-0-13", feature = "reqwest-0-12"))]
mod reqwest;
#[cfg(feature = "server")]
pub(crate) mod server;
#[cfg(any(feature = "reqwest-0-13", feature = "reqwest-0-12"))]
mod shallow;
mod told;
// Its services are for requests of `reqwest`.
#[cfg(all(feature = "tower", any(feature = "reqwest-0-13", feature = "reqwest-0-12")))]
mod tower;

#[cfg(feature = "aws")]
pub use aws::AwsHttpClient;
#[cfg(all(feature = "tower", any(feature = "reqwest-0-13", feature = "reqwest-0-12")))]
pub use tower::{BuiltBy, CassetteService};
