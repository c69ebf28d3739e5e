//! Cassettes in two versions: revisions of a git repository, the index, the work tree, or any two files or folders.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use bytes::Bytes;

use crate::cli::commands::entries::{self, Cassette};
use crate::cli::commands::files;
use crate::cli::commands::git::Repository;
use crate::cli::commands::git_objects::Objects;
use crate::format::blobs::{BlobName, FOLDER};
use crate::model::error::{Error, ErrorKind};
use crate::model::text::shown_path;
use crate::store::blob_files;
use crate::store::cassette_files::{self, begins_as_cassette, is_lfs_pointer, is_named_as_cassette};

/// A cassette in both versions.
pub(super) struct Pair {
    pub(super) path: PathBuf,
    /// Where it was before, if that is another place.
    pub(super) was: Option<PathBuf>,
    /// What there was and what there is. `None` for a file that is not there in that version, or is no cassette.
    pub(super) versions: Result<(Option<Cassette>, Option<Cassette>), Error>,
}

/// Two versions of files or folders.
pub(super) fn of_files(before: &Path, after: &Path) -> Result<Vec<Pair>, Error> {
    if before.is_dir() != after.is_dir() {
        let message =
            format!("{} and {} are not both files or folders", shown_path(before), shown_path(after));
        return Err(Error::new(ErrorKind::BadSetting, message));
    }
    let read = |path: PathBuf| if path.exists() { entries::read(&path).map(Some) } else { Ok(None) };
    let pair = |path: PathBuf, old: PathBuf, new: PathBuf| Pair {
        path,
        was: None,
        versions: read(old).and_then(|old| Ok((old, read(new)?))),
    };
    if !after.is_dir() {
        return Ok(vec![pair(after.to_owned(), before.to_owned(), after.to_owned())]);
    }
    let mut names: Vec<PathBuf> = Vec::new();
    for folder in [before, after] {
        let found = files::cassettes(&[folder.to_owned()])?;
        names.extend(found.iter().filter_map(|path| Some(path.strip_prefix(folder).ok()?.to_owned())));
    }
    names.sort();
    names.dedup();
    Ok(names.into_iter().map(|name| pair(after.join(&name), before.join(&name), after.join(&name))).collect())
}

/// The name that a file had and the name that it has.
type Names = (Option<String>, Option<String>);

/// What git compares: a commit with the index or with the work tree.
pub(super) struct Revisions {
    repository: Repository,
    /// The commit, or the empty tree where there is none yet.
    base: String,
    staged: bool,
}

impl Revisions {
    /// The last commit, and what is in the work tree or, if `staged`, in the index.
    pub(super) fn since_head(staged: bool) -> Result<Revisions, Error> {
        let repository = Repository::around(Path::new("."))?;
        let base = match commit(&repository, "HEAD")? {
            Some(head) => head,
            None => {
                let empty = repository.printed_here(&["hash-object", "-t", "tree", "--stdin"])?;
                String::from_utf8_lossy(&empty).trim().to_owned()
            }
        };
        Ok(Revisions { repository, base, staged })
    }

    /// The commit at which this branch left another revision, and the work tree: what a pull request would show.
    pub(super) fn since_fork(revision: &str) -> Result<Revisions, Error> {
        let repository = Repository::around(Path::new("."))?;
        let Some(other) = commit(&repository, revision)? else {
            return Err(Error::new(ErrorKind::BadSetting, format!("git does not know the revision {revision:?}")).with_hint(
                "fetch it with `git fetch origin main` and give `--base origin/main`; in GitHub Actions, which fetches only \
                 the newest commit, set `fetch-depth: 0` for `actions/checkout`",
            ));
        };
        let Some(base) = repository.git(&["merge-base", &other, "HEAD"])? else {
            let message = format!("git found no commit that {revision:?} and this branch have in common");
            return Err(Error::new(ErrorKind::BadSetting, message)
                .with_hint("get the rest of the history with `git fetch --unshallow`"));
        };
        Ok(Revisions { repository, base, staged: false })
    }

    /// The commit, in a few digits.
    pub(super) fn base(&self) -> &str {
        self.base.get(..9).unwrap_or(&self.base)
    }

    /// The cassettes that differ, below the paths or the current folder.
    pub(super) fn pairs(&self, paths: &[PathBuf]) -> Result<Vec<Pair>, Error> {
        paths.iter().try_for_each(|path| self.expect(path))?;
        let mut objects = Objects::open(&self.repository)?;
        let mut pairs = Vec::new();
        for (was, is) in self.changed(paths)? {
            let Some(path) = is.as_ref().or(was.as_ref()).map(PathBuf::from) else { continue };
            let versions = self.versions(was.as_deref(), is.as_deref(), &mut objects);
            // What was never a cassette is none of our business.
            if matches!(versions, Ok((None, None))) {
                continue;
            }
            let was = was.filter(|was| is.as_ref().is_some_and(|is| is != was)).map(PathBuf::from);
            pairs.push(Pair { path, was, versions });
        }
        pairs.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(pairs)
    }

    /// A path that neither version has is a slip: git would find no difference there.
    fn expect(&self, path: &Path) -> Result<(), Error> {
        let name = path.to_string_lossy();
        let with = format!("--with-tree={}", self.base);
        if path.exists() || !self.repository.printed_here(&["ls-files", &with, "--", &name])?.is_empty() {
            return Ok(());
        }
        let message = format!("{name} does not exist, neither here nor at {}", self.base());
        Err(Error::new(ErrorKind::MissingFile, message)
            .with_hint("give files or folders of this repository; `git status` shows what changed"))
    }

    /// Files that differ.
    fn changed(&self, paths: &[PathBuf]) -> Result<Vec<Names>, Error> {
        let mut compare = vec!["diff", "--name-status", "-z", "-M"];
        compare.extend(self.staged.then_some("--cached"));
        compare.extend([self.base.as_str(), "--"]);
        let paths: Vec<String> = paths.iter().map(|path| path.to_string_lossy().into_owned()).collect();
        let within: Vec<&str> =
            if paths.is_empty() { vec!["."] } else { paths.iter().map(String::as_str).collect() };
        compare.extend(&within);
        let rendered = self.repository.printed_here(&compare)?;
        let mut fields = names(&rendered);
        let mut changed = Vec::new();
        while let Some(status) = fields.next() {
            let Some(name) = fields.next() else { break };
            changed.push(match status.as_bytes().first() {
                Some(b'A') => (None, Some(name)),
                Some(b'D') => (Some(name), None),
                Some(b'R' | b'C') => (Some(name), fields.next()),
                _ => (Some(name.clone()), Some(name)),
            });
        }
        if !self.staged {
            // What nobody has told git of yet.
            let list = ["ls-files", "--others", "--exclude-standard", "--full-name", "-z", "--"];
            let rendered = self.repository.printed_here(&[list.as_slice(), &within].concat())?;
            changed.extend(names(&rendered).map(|name| (None, Some(name))));
        }
        let is_named =
            |name: &Option<String>| name.as_ref().is_some_and(|name| is_named_as_cassette(Path::new(name)));
        changed.retain(|(was, is)| is_named(was) || is_named(is));
        Ok(changed)
    }

    fn versions(
        &self,
        was: Option<&str>,
        is: Option<&str>,
        objects: &mut Objects,
    ) -> Result<(Option<Cassette>, Option<Cassette>), Error> {
        let before = was.map(|name| self.stored(&self.base, name, objects)).transpose()?.flatten();
        let after = match is {
            Some(name) if self.staged => self.stored("", name, objects)?,
            Some(name) => {
                let path = self.repository.root.join(name);
                match cassette_files::load(&path)? {
                    Some(bytes) if begins_as_cassette(&bytes) || is_lfs_pointer(&bytes) => {
                        Some(entries::parse(&path, bytes)?)
                    }
                    _ => None,
                }
            }
            None => None,
        };
        Ok((before, after))
    }

    /// A cassette as git has it; of the index if there is no name for a revision.
    fn stored(&self, revision: &str, name: &str, objects: &mut Objects) -> Result<Option<Cassette>, Error> {
        let Some(Stored { bytes, blobs }) = self.bytes(revision, name, objects)? else { return Ok(None) };
        // What is wrong with it is told of the version that it is in.
        let version = if revision.is_empty() { "staged".to_owned() } else { format!("at {}", self.base()) };
        let path = self.repository.root.join(format!("{name} ({version})"));
        let read = entries::parse_older(&path, bytes, blobs);
        read.map(Some).map_err(|error| error.with_hint("compare with a revision in which it can be read"))
    }

    fn bytes(&self, revision: &str, name: &str, objects: &mut Objects) -> Result<Option<Stored>, Error> {
        let Some(bytes) = objects
            .get(&format!("{revision}:{name}"))?
            .filter(|bytes| begins_as_cassette(bytes) || is_lfs_pointer(bytes))
        else {
            return Ok(None);
        };
        let folder = name.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
        let mut blobs: HashMap<BlobName, Bytes> = HashMap::new();
        for blob in blob_files::names_in(&bytes) {
            let place = format!("{revision}:{folder}{FOLDER}/{blob}");
            // What git keeps as a pointer of Git LFS is found in the folder, if it is still there.
            if let Some(bytes) = objects.get(&place)?.filter(|bytes| BlobName::of(bytes) == blob) {
                blobs.insert(blob, bytes.into());
            }
        }
        Ok(Some(Stored { bytes, blobs }))
    }

    /// The cassettes that differ, with what the commit has of each.
    pub(super) fn changed_files(&self, paths: &[PathBuf]) -> Result<Vec<ChangedFile>, Error> {
        paths.iter().try_for_each(|path| self.expect(path))?;
        let mut objects = Objects::open(&self.repository)?;
        let mut files = Vec::new();
        for (was, is) in self.changed(paths)? {
            let Some(name) = is.as_ref().or(was.as_ref()) else { continue };
            let file = self.repository.root.join(name);
            let stored =
                was.as_ref().map(|was| self.bytes(&self.base, was, &mut objects)).transpose()?.flatten();
            let is_cassette =
                is.is_some() && cassette_files::load(&file)?.is_some_and(|now| begins_as_cassette(&now));
            if stored.is_some() || is_cassette {
                files.push(ChangedFile { name: name.clone(), file, stored });
            }
        }
        files.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(files)
    }
}

/// A file as git has it, with the blobs that it refers to.
#[derive(Debug, Clone)]
pub(super) struct Stored {
    pub(super) bytes: Vec<u8>,
    pub(super) blobs: HashMap<BlobName, Bytes>,
}

/// A cassette that is not as the commit has it.
#[derive(Debug, Clone)]
pub(super) struct ChangedFile {
    /// From the root of the repository.
    pub(super) name: String,
    pub(super) file: PathBuf,
    /// `None` where the commit has nothing of it.
    pub(super) stored: Option<Stored>,
}

fn commit(repository: &Repository, revision: &str) -> Result<Option<String>, Error> {
    if revision.starts_with('-') {
        return Ok(None);
    }
    repository.git(&["rev-parse", "--verify", "--quiet", &format!("{revision}^{{commit}}")])
}

fn names(output: &[u8]) -> impl Iterator<Item = String> + '_ {
    output
        .split(|byte| *byte == 0)
        .filter(|name| !name.is_empty())
        .map(|name| String::from_utf8_lossy(name).into_owned())
}
