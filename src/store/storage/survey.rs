//! What is amiss with the blobs of a folder, for a command that checks cassettes.

use std::fs;
use std::path::{Path, PathBuf};

use super::blob_dir;
use crate::format::blobs::BlobName;
use crate::format::body::externalise;
use crate::format::checksum;
use crate::format::yaml;
use crate::model::error::Error;
use crate::store::blob_files::{self, Unusable};
use crate::store::tape;

/// The blobs that are there for nothing, and those that are not there as they should be.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Survey {
    /// Files to which no cassette refers: what a crash or a deleted cassette left. The next recording removes them.
    pub(crate) orphaned: Vec<PathBuf>,
    pub(crate) unusable: Vec<Reference>,
}

/// A reference to a blob that is missing or damaged.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    pub(crate) cassette: PathBuf,
    /// From 1.
    pub(crate) line: usize,
    pub(crate) why: Unusable,
}

/// Looks at all blobs of the cassettes in `home`; not at those in folders within it. A document that cannot be read is
/// left out: that is what reading it tells.
pub(crate) fn survey(home: &Path) -> Result<Survey, Error> {
    let folder = short(home.join(crate::format::blobs::FOLDER));
    let read = |error| Error::io("read", home, error);
    let orphaned = blob_dir::orphans(&folder).map_err(read)?;
    let mut survey = Survey {
        orphaned: orphaned.iter().map(|name| folder.join(name.as_str())).collect(),
        unusable: Vec::new(),
    };
    for cassette in blob_dir::cassettes(&folder).map_err(read)? {
        let cassette = short(cassette);
        let bytes = fs::read(&cassette).map_err(|error| Error::io("read", &cassette, error))?;
        let own = blob_files::folder_of(&cassette);
        for (line, name) in references(&bytes) {
            if let Err(why) = blob_files::read(&own, &name) {
                survey.unusable.push(Reference { cassette: cassette.clone(), line, why });
            }
        }
    }
    Ok(survey)
}

/// A path as people write it.
fn short(path: PathBuf) -> PathBuf {
    path.strip_prefix(".").map(Path::to_owned).unwrap_or(path)
}

/// What the documents of a cassette refer to, and on which line, each once a document.
fn references(bytes: &[u8]) -> Vec<(usize, BlobName)> {
    let mut found = Vec::new();
    let Ok((bytes, scan, _)) = tape::healed(bytes.to_vec()) else { return found };
    for extent in scan.documents {
        let inner = &bytes[extent.inner.clone()];
        let text = std::str::from_utf8(inner).unwrap_or_default();
        // To parse a document that names nothing is a waste.
        if blob_files::names_in(inner).len() < 2 {
            continue;
        }
        let Ok(tree) = yaml::read(&checksum::without(text)) else { continue };
        let sides = ["request", "response"].into_iter().filter_map(|side| tree.get(side));
        let mut names: Vec<BlobName> = sides.flat_map(externalise::names).collect();
        names.sort();
        names.dedup();
        for name in names {
            let at = extent.inner.start + text.find(name.as_str()).unwrap_or_default();
            found.push((tape::line_of(&bytes, at), name));
        }
    }
    found.sort();
    found
}
