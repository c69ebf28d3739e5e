//! What is said on standard error while a program runs.

use super::text::escape_for_terminal;

/// Tells the user what nobody asked about but should know. Test harnesses capture standard error per test, and show it
/// with the failure that it explains.
pub(crate) fn warn(message: &str) {
    #[allow(clippy::print_stderr, reason = "the one place that talks")]
    {
        eprintln!("llm-cassette: {}", escape_for_terminal(message));
    }
}
