//! JSON values, one a line.

/// Cuts a body into lines, each with its line feed. Put together again they are the body.
pub(crate) fn split(body: &[u8]) -> Vec<&[u8]> {
    body.split_inclusive(|&byte| byte == b'\n').collect()
}
