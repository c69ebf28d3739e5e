//! What names were found to say. The names of fields are few and come again with each request, and to take one apart takes
//! longer than to look at its value.

use std::cell::RefCell;
use std::collections::HashMap;

use super::Says;
use crate::redact::quick_hash::Quick;

/// So many names are remembered. A body may have as many as it likes.
const MOST: usize = 4096;

/// A longer one is none that comes again.
const LONGEST: usize = 64;

thread_local! {
    pub(super) static FIELDS: Memo<Says> = Memo::default();
    pub(super) static PARAMETERS: Memo<Says> = Memo::default();
    pub(super) static HEADERS: Memo<Says> = Memo::default();
    pub(super) static VARIABLES: Memo<Says> = Memo::default();
    pub(super) static SECRET_HEADERS: Memo<bool> = Memo::default();
    pub(super) static DESCRIBES: Memo<bool> = Memo::default();
    pub(super) static NEUTRAL: Memo<bool> = Memo::default();
}

/// What each name says.
#[derive(Debug)]
pub(super) struct Memo<T>(RefCell<HashMap<Box<str>, T, Quick>>);

impl<T> Default for Memo<T> {
    fn default() -> Memo<T> {
        Memo(RefCell::default())
    }
}

impl<T: Copy> Memo<T> {
    /// What a name says, which is read when it comes for the first time.
    pub(super) fn of(&self, name: &str, read: impl FnOnce(&str) -> T) -> T {
        if let Some(said) = self.0.borrow().get(name) {
            return *said;
        }
        let said = read(name);
        let mut known = self.0.borrow_mut();
        if name.len() <= LONGEST && known.len() < MOST {
            known.insert(name.into(), said);
        }
        said
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_once_and_long_or_many_ones_are_not_remembered() {
        let memo = Memo::default();
        assert_eq!((memo.of("a", |_| 1), memo.of("a", |_| 2)), (1, 1));
        let long = "a".repeat(LONGEST + 1);
        assert_eq!((memo.of(&long, |_| 1), memo.of(&long, |_| 2)), (1, 2));
        for number in 0..2 * MOST {
            memo.of(&number.to_string(), |_| 1);
        }
        assert_eq!(memo.0.borrow().len(), MOST);
    }
}
