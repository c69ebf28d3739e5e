//! A cassette as commands see it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;

use crate::format::blobs::BlobName;
use crate::matching::request_key::Key;
use crate::matching::user_rules::Rules;
use crate::model::error::{Error, ErrorKind};
use crate::model::json::Json;
use crate::model::text::shown_path;
use crate::store::cassette_files;
use crate::store::tape::{Parsed, Tape};

/// A cassette, read.
pub(super) struct Cassette {
    pub(super) path: PathBuf,
    pub(super) entries: Vec<Entry>,
    /// The file ends in a document that was never finished; it is not among the entries.
    pub(super) torn: bool,
}

/// An interaction and where it stands.
pub(super) struct Entry {
    /// The line of the file at which it begins, from 1.
    pub(super) line: usize,
    pub(super) parsed: Arc<Parsed>,
}

impl Entry {
    /// The key of the request as it stands in the file.
    pub(super) fn key(&self) -> Key {
        self.parsed.normal().key
    }

    /// Where it stands and what it is, on one line for people.
    pub(super) fn summary(&self) -> String {
        let interaction = &self.parsed.interaction;
        let model = interaction.model.as_deref().unwrap_or("-");
        let labels = interaction.labels.in_words().map(|labels| format!("  {labels}")).unwrap_or_default();
        format!(
            "  {:>5}  {}  {}  {}  {}{labels}",
            self.line,
            self.key().short(),
            interaction.recorded_at,
            interaction.request.address(),
            model
        )
    }

    /// The same for programs.
    pub(super) fn fields(&self) -> Vec<(String, Json)> {
        let interaction = &self.parsed.interaction;
        let optional = |text: &Option<String>| text.as_deref().map_or(Json::Null, Json::from);
        let usage = interaction.usage.iter().map(|(name, count)| (name.clone(), Json::from(*count)));
        let mut fields = vec![
            ("line".to_owned(), Json::from(self.line as u64)),
            ("key".to_owned(), Json::from(self.key().to_string())),
            ("take".to_owned(), Json::from(interaction.take)),
            ("recorded_at".to_owned(), Json::from(interaction.recorded_at.as_str())),
            ("method".to_owned(), Json::from(interaction.request.method.as_str())),
            ("url".to_owned(), Json::from(interaction.request.url.as_str())),
            ("status".to_owned(), Json::from(u64::from(interaction.response.status.as_u16()))),
            ("provider".to_owned(), optional(&interaction.provider)),
            ("model".to_owned(), optional(&interaction.model)),
            ("usage".to_owned(), Json::Object(usage.collect())),
        ];
        fields.extend(interaction.labels.fields());
        fields
    }
}

/// Reads all of a cassette.
pub(super) fn read(path: &Path) -> Result<Cassette, Error> {
    let bytes = cassette_files::load(path)?
        .ok_or_else(|| Error::new(ErrorKind::MissingFile, format!("{} does not exist", shown_path(path))))?;
    parse(path, bytes)
}

/// The cassette in the bytes of a file.
pub(super) fn parse(path: &Path, bytes: Vec<u8>) -> Result<Cassette, Error> {
    parse_older(path, bytes, HashMap::new())
}

/// The cassette in the bytes that a file once had. `blobs` are those that it referred to and that may be gone.
pub(super) fn parse_older(
    path: &Path,
    bytes: Vec<u8>,
    blobs: HashMap<BlobName, Bytes>,
) -> Result<Cassette, Error> {
    let (tape, torn) = Tape::new(path, bytes, Rules::default())?;
    let tape = tape.with_blobs(blobs);
    let entries = tape
        .all()
        .map(|parsed| parsed.map(|(slot, parsed)| Entry { line: tape.line(slot), parsed }))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Cassette { path: path.to_owned(), entries, torn })
}
