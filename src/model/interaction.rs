//! One recorded call: a request, its response, and what the tape notes about them.

use crate::model::exchange::{Request, Response};
use crate::model::labels::Labels;

/// A call as it stands in a cassette.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Interaction {
    /// When the call began: UTC, to the second, as in `2026-11-21T02:10:44Z`.
    pub(crate) recorded_at: String,
    /// How often the run that recorded this used it: more than once where it also played it again.
    pub(crate) usage_count: u64,
    /// Among calls with the same key, the how many-th this was to begin; 1 for the first.
    pub(crate) take: u64,
    /// Who answered, by OpenTelemetry's name; `None` when we could not tell.
    pub(crate) provider: Option<String>,
    /// The model that answered.
    pub(crate) model: Option<String>,
    /// Tokens as the provider reported them, by OpenTelemetry's names.
    pub(crate) usage: Vec<(String, u64)>,
    pub(crate) labels: Labels,
    pub(crate) request: Request,
    pub(crate) response: Response,
}

#[cfg(test)]
impl Interaction {
    /// A first take of which nothing is known but the call.
    pub(crate) fn bare(request: Request, response: Response) -> Interaction {
        Interaction {
            recorded_at: "2026-11-21T02:10:44Z".to_owned(),
            usage_count: 1,
            take: 1,
            provider: None,
            model: None,
            usage: Vec::new(),
            labels: Labels::default(),
            request,
            response,
        }
    }
}
