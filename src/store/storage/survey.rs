//! What is amiss with the blobs of a folder, for a command that checks cassettes.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::blob_dir;
use crate::format::blobs::BlobName;
use crate::format::body::externalise;
use crate::format::checksum;
use crate::format::yaml;
use crate::model::error::Error;
use crate::store::blob_files::{self, Unusable};
use crate::store::regular_files;
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
/// left out: that is what reading it tells. Where a file cannot be read, nobody knows which blobs are there for nothing.
pub(crate) fn survey(home: &Path) -> Result<Survey, Error> {
    let folder = short(home.join(crate::format::blobs::FOLDER));
    let read = |error| Error::io("read", home, error);
    let orphaned = blob_dir::orphans(&folder).unwrap_or_default();
    let mut survey = Survey {
        orphaned: orphaned.iter().map(|name| folder.join(name.as_str())).collect(),
        unusable: Vec::new(),
    };
    // Many may refer to one.
    let mut known: HashMap<(PathBuf, BlobName), Option<Unusable>> = HashMap::new();
    for cassette in blob_dir::named_as_cassettes(&folder).map_err(read)? {
        let cassette = short(cassette);
        let Ok(bytes) = regular_files::read(&cassette) else { continue };
        let own = blob_files::folder_of(&cassette);
        for (line, name) in references(&bytes) {
            let place = (own.clone(), name);
            let why = match known.get(&place) {
                Some(why) => why.clone(),
                None => {
                    let why = blob_files::read(&own, &place.1).err();
                    known.insert(place, why.clone());
                    why
                }
            };
            let reference = |why| Reference { cassette: cassette.clone(), line, why };
            survey.unusable.extend(why.map(reference));
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
        let lines = blob_files::lines_of_names(inner);
        // To parse a document that names nothing is a waste.
        if lines.len() < 2 {
            continue;
        }
        let Ok(tree) = yaml::read(&checksum::without(text)) else { continue };
        let sides = ["request", "response"].into_iter().filter_map(|side| tree.get(side));
        let mut names: Vec<BlobName> = sides.flat_map(externalise::names).collect();
        names.sort();
        names.dedup();
        let line = |name: &BlobName| extent.line + 1 + lines.get(name).copied().unwrap_or_default();
        found.extend(names.into_iter().map(|name| (line(&name), name)));
    }
    found.sort();
    found
}
