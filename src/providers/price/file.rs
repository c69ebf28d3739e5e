//! Prices from a file.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::Prices;
use crate::model::error::{Error, ErrorKind};
use crate::model::text::shown_path;

/// Names a table of prices for all cassettes.
pub(crate) const VARIABLE: &str = "LLM_CASSETTE_PRICES";

/// Tables that this process has read. The community's table has megabytes, and a test binary opens many cassettes.
static READ: Mutex<Option<HashMap<PathBuf, Arc<Prices>>>> = Mutex::new(None);

/// The table in a file.
pub(crate) fn load(path: &Path) -> Result<Arc<Prices>, Error> {
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    let tables = read.get_or_insert_default();
    if let Some(prices) = tables.get(path) {
        return Ok(Arc::clone(prices));
    }
    let bytes = fs::read(path).map_err(|error| {
        Error::io("read the prices in", path, error)
            .with_hint(format!("name a file with `{VARIABLE}` or leave it out for the built-in list prices"))
    })?;
    let prices = Prices::parse(&bytes, &shown_path(path)).map_err(|what| {
        Error::new(ErrorKind::BadSetting, format!("{}: {what}", shown_path(path)))
            .with_hint("give a file such as LiteLLM's `model_prices_and_context_window.json`")
    })?;
    let prices = Arc::new(prices);
    tables.insert(path.to_owned(), Arc::clone(&prices));
    Ok(prices)
}
