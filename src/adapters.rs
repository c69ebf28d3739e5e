//! How HTTP clients get in.

mod body;
mod find_error;
mod reqwest;
mod shallow;
mod told;
