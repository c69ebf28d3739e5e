//! The one way in which the bytes of cassettes, blobs and what is beside them get in and out. A cassette may come from a
//! stranger, and git keeps links: one that leads to a device or a pipe would keep a reader waiting for ever, and one in
//! the place of a lock would have us write anywhere. So ordinary files are read, and what the program makes for itself is
//! never written through a link.

use std::fs::{self, File, FileType, OpenOptions};
use std::io::{self, Read as _};
use std::path::Path;

/// More than any cassette has, and less than what would end the process. Some files of the system have no end.
const LARGEST: u64 = 1 << 30;

/// Opens an ordinary file, or what a link leads to if it is one, to be read.
pub(super) fn open(path: &Path) -> io::Result<File> {
    // To open a pipe would wait for somebody who writes, so it is looked at before; and once more, as what stands there
    // may be another one by then.
    ordinary(fs::metadata(path)?.file_type())?;
    let file = File::open(path)?;
    ordinary(file.metadata()?.file_type())?;
    Ok(file)
}

/// The bytes of an ordinary file.
pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    read_all(&open(path)?)
}

/// How many bytes a file has, of which none has more than are read.
pub(super) fn length(file: &File) -> io::Result<u64> {
    let length = file.metadata()?.len();
    if length > LARGEST {
        return Err(io::Error::other(format!("it has {length} bytes, and at most {LARGEST} are read")));
    }
    Ok(length)
}

/// The bytes of a file that has been opened.
pub(super) fn read_all(file: &File) -> io::Result<Vec<u8>> {
    let length = length(file)?;
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
    file.take(LARGEST).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The first bytes of an ordinary file.
pub(super) fn read_start(path: &Path, length: usize) -> io::Result<Vec<u8>> {
    let mut start = Vec::with_capacity(length);
    open(path)?.take(length as u64).read_to_end(&mut start)?;
    Ok(start)
}

/// Opens a file that the program makes for itself: a lock, a log, a draft. It may not be there yet.
pub(super) fn open_own(options: &OpenOptions, path: &Path) -> io::Result<File> {
    match fs::symlink_metadata(path) {
        Ok(found) => ordinary(found.file_type())?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    options.open(path)
}

/// Makes a draft that is to be renamed, with nothing in it. What a crash left in its place goes.
pub(super) fn create_draft(path: &Path) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    OpenOptions::new().write(true).create_new(true).open(path)
}

/// Makes the folder for what the program keeps for itself, which ignores itself.
pub(super) fn make_side_folder(folder: &Path) -> io::Result<()> {
    if folder.is_symlink() {
        return Err(refused("a link, and what is written there could end up anywhere; delete it"));
    }
    let ignore = folder.join(".gitignore");
    if !ignore.exists() {
        fs::create_dir_all(folder)?;
        use io::Write as _;
        open_own(OpenOptions::new().write(true).create(true).truncate(true), &ignore)?.write_all(b"*\n")?;
    }
    Ok(())
}

fn ordinary(kind: FileType) -> io::Result<()> {
    match kind {
        kind if kind.is_file() => Ok(()),
        kind if kind.is_dir() => Err(refused("a folder, where a file should be")),
        kind if kind.is_symlink() => {
            Err(refused("a link, and this file is not written through one; delete it"))
        }
        _ => Err(refused("a device or a pipe; only ordinary files are read")),
    }
}

fn refused(what: &str) -> io::Error {
    io::Error::other(format!("it is {what}"))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;

    #[test]
    fn what_is_no_ordinary_file_is_refused_at_once_be_it_behind_links() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let _listener = UnixListener::bind(at("socket")).unwrap();
        let made = std::process::Command::new("mkfifo").arg(at("pipe")).status().unwrap();
        assert!(made.success());
        symlink("/dev/zero", at("endless")).unwrap();
        symlink("pipe", at("to a pipe")).unwrap();
        symlink("to a pipe", at("to a link")).unwrap();
        for name in ["socket", "pipe", "endless", "to a pipe", "to a link"] {
            let error = read(&at(name)).unwrap_err().to_string();
            assert_eq!(error, "it is a device or a pipe; only ordinary files are read", "{name}");
            assert!(read_start(&at(name), 10).is_err(), "{name}");
        }
        fs::write(at("file"), "bytes").unwrap();
        symlink("file", at("to a file")).unwrap();
        assert_eq!(read(&at("to a file")).unwrap(), b"bytes");
        assert_eq!(read_start(&at("to a file"), 2).unwrap(), b"by");
    }

    #[test]
    fn what_the_program_makes_for_itself_is_never_written_through_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("precious"), "kept").unwrap();
        symlink("precious", at("link")).unwrap();
        let options = &mut OpenOptions::new();
        assert!(open_own(options.write(true).create(true).truncate(true), &at("link")).is_err());
        create_draft(&at("link")).unwrap();
        assert!(!at("link").is_symlink());
        assert_eq!(fs::read(at("precious")).unwrap(), b"kept");
        fs::create_dir(at("elsewhere")).unwrap();
        symlink("elsewhere", at("side")).unwrap();
        assert!(make_side_folder(&at("side")).is_err());
        assert_eq!(fs::read_dir(at("elsewhere")).unwrap().count(), 0);
    }
}
