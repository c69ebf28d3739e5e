//! What editors and other programs have to know of a document to explain, complete and check it.

#[cfg(test)]
mod tests;

/// A JSON schema of draft 7, which is what editors know best. It says what [`read`](super::read) takes: a test compares
/// the names of fields, and all that other tests write is held to it.
pub(crate) const SCHEMA: &str = include_str!("../../docs/cassette.schema.json");

#[cfg(test)]
pub(crate) use tests::assert_allows;
