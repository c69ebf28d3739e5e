//! Who has the name of a file that is not there yet, when several processes choose names at once and names that differ in
//! letter case alone are one on some systems.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::Path;

use super::cassette_files::side_folder;
use super::regular_files::{make_side_folder, open_own};

/// The right to a name, until it is dropped or the process ends. Others that spell the name in the same way share it.
#[derive(Debug)]
pub(crate) struct Claim {
    /// Locked, shared.
    _file: File,
}

/// Claims the name of a file that is not there yet; `None` where another process has claimed one that differs in letter case
/// alone. A claim stands beside the cassettes, and means nothing once its process has ended: the file then says whose it is.
pub(crate) fn claim(path: &Path) -> io::Result<Option<Claim>> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let folder = side_folder(path);
    make_side_folder(&folder)?;
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    // Who claims and who looks whether somebody has are one at a time.
    let turn = open_own(&options, &folder.join("names.lock"))?;
    turn.lock()?;
    let mut file = open_own(&options, &folder.join(format!("{}.name", name.to_ascii_lowercase())))?;
    match file.try_lock() {
        Ok(()) => {
            file.set_len(0)?;
            file.write_all(name.as_bytes())?;
            file.unlock()?;
        }
        Err(TryLockError::WouldBlock) => {
            let mut claimed = String::new();
            file.rewind()?;
            file.read_to_string(&mut claimed)?;
            if claimed != name {
                return Ok(None);
            }
        }
        Err(TryLockError::Error(error)) => return Err(error),
    }
    file.lock_shared()?;
    Ok(Some(Claim { _file: file }))
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;

    use super::*;

    #[test]
    fn a_name_belongs_to_one_spelling_until_all_who_claimed_it_have_ended() {
        let folder = tempfile::tempdir().unwrap();
        let claim = |name: &str| claim(&folder.path().join(name)).unwrap();
        let (first, second) = (claim("Oslo.yaml"), claim("Oslo.yaml"));
        assert!(first.is_some() && second.is_some(), "one spelling is shared");
        assert!(claim("oslo.yaml").is_none());
        drop(first);
        assert!(claim("OSLO.yaml").is_none());
        assert!(claim("rome.yaml").is_some(), "another name");
        drop(second);
        let other = claim("oslo.yaml");
        assert!(other.is_some() && claim("Oslo.yaml").is_none());
    }

    #[test]
    fn of_many_who_claim_at_once_those_with_one_spelling_win() {
        let folder = tempfile::tempdir().unwrap();
        let (begin, end) = (Barrier::new(8), Barrier::new(8));
        let winners: Vec<&str> = std::thread::scope(|scope| {
            let claims = (0..8).map(|number| {
                let spelling = ["Oslo.yaml", "oslo.yaml"][number % 2];
                let (begin, end, path) = (&begin, &end, folder.path().join(spelling));
                scope.spawn(move || {
                    begin.wait();
                    let claim = claim(&path).unwrap();
                    end.wait();
                    claim.map(|_| spelling)
                })
            });
            let claims: Vec<_> = claims.collect();
            claims.into_iter().filter_map(|claim| claim.join().unwrap()).collect()
        });
        assert_eq!(winners.len(), 4, "{winners:?}");
        assert!(winners.iter().all(|winner| *winner == winners[0]), "{winners:?}");
    }
}
