//! Which prices a command goes by.

use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;

use crate::api::configuration;
use crate::model::error::Error;
use crate::providers::price::{self, Prices};

/// The argument of commands that speak of money.
#[derive(Debug, clap::Args)]
pub(super) struct Chosen {
    /// A table of prices: the community's `model_prices_and_context_window.json`, or one like it.
    #[arg(long, value_name = "FILE", env = price::VARIABLE)]
    prices: Option<OsString>,
}

impl Chosen {
    /// The table in the file; where none is named, that of the configuration of the current folder, or the built-in one.
    pub(super) fn table(&self) -> Result<Arc<Prices>, Error> {
        match &self.prices {
            Some(path) if !path.is_empty() => price::load(Path::new(path)),
            // An empty variable is one that nobody filled in.
            _ => {
                let configured = configuration::files::of(Path::new("."))?;
                let prices = configuration::files::prices(&configured)?;
                Ok(prices.unwrap_or_else(|| Arc::new(Prices::builtin().clone())))
            }
        }
    }
}
