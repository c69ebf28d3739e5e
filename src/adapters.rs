//! How HTTP clients get in.

mod body;
mod find_error;
mod reqwest;
mod shallow;
mod told;
#[cfg(feature = "tower")]
mod tower;
#[cfg(feature = "tower")]
pub use tower::{BuiltBy, CassetteService};
