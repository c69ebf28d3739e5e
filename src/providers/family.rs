//! What there is to know of a family of protocols.

use super::recognise::Provider;
use super::usage::Usage;
use crate::model::json::Json;
use http::HeaderMap;

/// A protocol, or several of one maker, in a file of its own.
pub(super) struct Family {
    /// Who is asked, by the path and the headers. Told the body, too, where the path alone is too common.
    pub(super) by_path: fn(&str, &HeaderMap, Option<&Json>) -> Option<Provider>,
    /// Who is asked, whatever the path: protocols are spoken on paths of a proxy's own making.
    pub(super) by_body: fn(&Json) -> Option<Provider>,
    /// The counts of an answer.
    pub(super) usage: fn(&Json) -> Option<Usage>,
    /// Told the name of an event and what it holds: `Some(true)` when it is the last one, `Some(false)` when more must come,
    /// `None` when it is none of the family's.
    pub(super) ends: fn(Option<&str>, &Json) -> Option<bool>,
}
