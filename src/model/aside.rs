//! A recorded body that stays where it is stored and is read in pieces, as it is played: nobody needs hundreds of megabytes in
//! memory for that.

use std::fmt;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;

use crate::model::error::Error;

/// Where the pieces of a body are. What a piece gives is what was there when the body was found to be the recorded one.
pub(crate) trait Pieces: fmt::Debug + Send + Sync {
    /// How many bytes they have together.
    fn length(&self) -> usize;

    /// How many pieces there are.
    fn count(&self) -> usize;

    /// The how many-th of them, from 0.
    ///
    /// # Errors
    /// When it can no longer be read, or is no longer what it was.
    fn piece(&self, number: usize) -> Result<Bytes, Error>;
}

/// A body that is not in memory, until somebody asks for all of it.
#[derive(Debug, Clone)]
pub(crate) struct Aside {
    /// What no two bodies share: the hash of their bytes.
    name: String,
    pieces: Arc<dyn Pieces>,
    whole: Arc<OnceLock<Bytes>>,
}

impl PartialEq for Aside {
    fn eq(&self, other: &Aside) -> bool {
        self.name == other.name
    }
}

impl Aside {
    /// The body with a name, which only that has.
    pub(crate) fn new(name: &str, pieces: impl Pieces + 'static) -> Aside {
        Aside { name: name.to_owned(), pieces: Arc::new(pieces), whole: Arc::default() }
    }

    pub(crate) fn pieces(&self) -> &Arc<dyn Pieces> {
        &self.pieces
    }

    /// All of it, which stays in memory from then on.
    pub(crate) fn whole(&self) -> Result<&Bytes, Error> {
        if let Some(whole) = self.whole.get() {
            return Ok(whole);
        }
        let mut whole = Vec::with_capacity(self.pieces.length());
        for number in 0..self.pieces.count() {
            whole.extend_from_slice(&self.pieces.piece(number)?);
        }
        Ok(self.whole.get_or_init(|| whole.into()))
    }
}
