//! A miss of a request that was sent when the cassette was recorded, and whose answer is not in it for a reason.

use std::path::Path;

use http::Method;
use http::header::{ACCEPT, UPGRADE};

use super::record_hint;
use crate::model::error::Error;
use crate::model::exchange::Request;
use crate::model::text::{escape_line, shown_path};
use crate::model::unrecorded::Cause;
use crate::providers;
use crate::store::ledger::Ended;

/// What the ledger says of the call when it was made. What came nearest is of no use then.
pub(in crate::session) fn as_it_ended(error: &Error, path: &Path, request: &Request, ended: &Ended) -> Error {
    let day = jiff::Timestamp::from_second(ended.at)
        .map(|at| at.strftime("%Y-%m-%d").to_string())
        .unwrap_or_default();
    let message = format!(
        "no recorded response for {}\n  cassette: {}\n  when it was asked while recording, on {day}, it was not recorded: {}",
        request.address(),
        shown_path(path),
        escape_line(&ended.reason),
    );
    let hint = record_hint();
    let hint = match (ended.cause, ended.cause.and_then(Cause::setting)) {
        // To record it again would end in the same.
        (Some(Cause::Upgrade), Some(setting)) => setting,
        (Some(Cause::Refused), _) => format!("when that is no longer so, {hint}"),
        (_, Some(setting)) => format!("{setting}; then, {hint}"),
        (_, None) => hint,
    };
    Error::new(error.kind(), message).with_hint(hint)
}

/// What to try where nobody has noted how the call ended: in a fresh checkout the ledger is not there.
pub(in crate::session) fn as_it_looks(error: Error, live: &Request, record_errors: bool) -> Error {
    let Some((what, cause)) = looks_like(live, record_errors) else { return error };
    let Some(setting) = cause.setting() else { return error };
    let message = format!("{}\n  {what}", error.message());
    let hint = match cause {
        Cause::Upgrade => String::new(),
        _ => error.hint().map(|hint| format!("; then, {hint}")).unwrap_or_default(),
    };
    Error::new(error.kind(), message).near(error.line()).with_hint(format!("{setting}{hint}"))
}

/// Requests whose answers are not recorded, often or always.
fn looks_like(live: &Request, record_errors: bool) -> Option<(&'static str, Cause)> {
    if live.headers.contains_key(UPGRADE) {
        return Some((
            "it asks for another protocol on the same connection, which is never recorded",
            Cause::Upgrade,
        ));
    }
    if record_errors {
        return None;
    }
    let accepts_events = live
        .headers
        .get(ACCEPT)
        .is_some_and(|accept| String::from_utf8_lossy(accept.as_bytes()).contains("text/event-stream"));
    // Of what says that it is of MCP, this answer is recorded.
    let is_mcp = providers::speaks_mcp(&live.headers);
    (live.method == Method::GET && accepts_events && !is_mcp).then_some((
        "a server without such a stream answers HTTP 405, as many of MCP do, and errors are not recorded",
        Cause::Error,
    ))
}
