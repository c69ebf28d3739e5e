//! How HTTP clients get in.

mod body;
mod reqwest;
