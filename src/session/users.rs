//! Who has used what in this process: two tests, two threads or the turns of a loop may have opened one file, and what one handle
//! used is not for another to take out. What happened in other processes is in the ledger.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use super::running_test::RunningTest;
use crate::matching::request_key::Key;
use crate::model::mode::Mode;
use crate::store::cassette_files::real_path;
use crate::store::ledger::Users;

/// The files that were opened in this process.
static FILES: LazyLock<Mutex<HashMap<PathBuf, Arc<Mutex<File>>>>> = LazyLock::new(Mutex::default);

#[derive(Debug, Default)]
struct File {
    /// How many handles of each test there were in each mode.
    opened: HashMap<(Option<String>, Mode), usize>,
    users: HashMap<Key, Users>,
}

/// A handle of a cassette among those that were opened in this process.
#[derive(Debug)]
pub(super) struct User {
    file: Arc<Mutex<File>>,
    /// By this name the ledger knows it. The second handle of a test has another one than the first: what the one asks for in a
    /// loop, the other does not. It is by mode that they are counted, as a run has one.
    pub(super) name: Option<String>,
    /// The same, or what no other handle has.
    seat: String,
}

impl User {
    /// A handle is opened.
    pub(super) fn enter(path: &Path, test: Option<&RunningTest>, mode: Mode) -> User {
        let file = Arc::clone(lock(&FILES).entry(real_path(path)).or_default());
        let id = test.map(|test| test.id.clone());
        let opened =
            *lock(&file).opened.entry((id.clone(), mode)).and_modify(|count| *count += 1).or_insert(1);
        let name = id.map(|id| if opened == 1 { id } else { format!("{id} #{opened}") });
        let seat = name.clone().unwrap_or_else(|| format!("#{opened} in mode {mode}"));
        User { file, name, seat }
    }

    /// This handle asks for something.
    pub(super) fn uses(&self, key: Key) {
        lock(&self.file).users.entry(key).or_default().add(Some(&self.seat));
    }

    /// Whether another handle of this process has asked for something.
    pub(super) fn others_use(&self, key: &Key) -> bool {
        lock(&self.file).users.get(key).is_some_and(|users| users.has_others_than(Some(&self.seat)))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
