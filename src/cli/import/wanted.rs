//! What the command says where files say nothing.

use jiff::Timestamp;

use crate::cli::warm::Shape;

/// What the command says where files say nothing.
#[derive(Debug, Clone, Default)]
pub(in crate::cli) struct Wanted {
    /// The server of paths.
    pub(in crate::cli) base: Option<String>,
    /// Whose pairs of question and answer become.
    pub(in crate::cli) shape: Shape,
    pub(in crate::cli) model: Option<String>,
    pub(in crate::cli) now: Timestamp,
}
