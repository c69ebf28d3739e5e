//! Streams that stand open until the client leaves, such as the one in which a server of MCP sends what it has to say. How much
//! of one was recorded is chance, and nothing is missing behind it: in a replay it stays open until the client leaves again.

use http::{Method, StatusCode};

use crate::model::exchange::Cut;
use crate::model::interaction::Interaction;
use crate::providers;

/// Whether a recording is one of such a stream. A completion that the client cut off is none: its protocol has an end, or
/// nobody would have had to send a prompt for it.
pub(crate) fn stands_open(interaction: &Interaction) -> bool {
    let response = &interaction.response;
    interaction.request.method == Method::GET
        && response.body.cut == Cut::ClientAborted
        && response.status.is_success()
        && providers::is_endless(&response.headers, &response.body.bytes)
}

/// Whether it is chance how often a client asks for this. It comes back to a stream that stands open; and to one that a server
/// of MCP has not got, for as long as the program runs (mcp 2.3.0, PyPI, 2026-11-30: a second time after a second).
pub(super) fn is_asked_by_chance(interaction: &Interaction) -> bool {
    let request = &interaction.request;
    let has_none = request.method == Method::GET
        && interaction.response.status == StatusCode::METHOD_NOT_ALLOWED
        && providers::speaks_mcp(&request.headers);
    has_none || stands_open(interaction)
}
