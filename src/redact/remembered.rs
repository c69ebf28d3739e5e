//! What was found in the last few texts. A body is looked at when it comes, when it is cleaned, and once more before it is
//! written, and is the same most times; and all answers of a provider have the same headers.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::{HeaderMap, HeaderValue, header};

use super::quick_hash::Quick;

/// So many bodies are remembered.
const FEW: usize = 4;

/// Larger bodies are not kept in memory for this.
const LARGEST: usize = 64 << 10;

/// A body, and what says how it is read.
#[derive(PartialEq, Eq)]
struct Read {
    url: String,
    kind: Option<HeaderValue>,
    body: Vec<u8>,
}

/// What was found in the bodies that somebody looked at last.
pub(super) struct InBodies<T>(Mutex<VecDeque<(Read, Arc<Vec<T>>)>>);

impl<T> Default for InBodies<T> {
    fn default() -> InBodies<T> {
        InBodies(Mutex::default())
    }
}

impl<T> InBodies<T> {
    /// What is found in a body, looked for unless it is known. `look` may use the URL, the content type and the body, and nothing
    /// else that differs from call to call.
    pub(super) fn of(
        &self,
        url: &str,
        headers: &HeaderMap,
        body: &[u8],
        look: impl FnOnce() -> Vec<T>,
    ) -> Arc<Vec<T>> {
        if body.len() > LARGEST {
            return Arc::new(look());
        }
        let kind = headers.get(header::CONTENT_TYPE);
        let is_it = |read: &Read| read.body == body && read.kind.as_ref() == kind && read.url == url;
        if let Some((_, found)) = unpoisoned(&self.0).iter().find(|(read, _)| is_it(read)) {
            return Arc::clone(found);
        }
        let found = Arc::new(look());
        let read = Read { url: url.to_owned(), kind: kind.cloned(), body: body.to_vec() };
        let mut known = unpoisoned(&self.0);
        if known.len() >= FEW {
            known.pop_front();
        }
        known.push_back((read, Arc::clone(&found)));
        found
    }
}

/// So many short texts are remembered.
const MANY: usize = 1024;

/// A longer text is hardly one that comes again.
const SHORT: usize = 64;

/// Short texts in which nothing was found, by how many values were known then.
#[derive(Default)]
pub(super) struct Clean(Mutex<HashMap<Box<[u8]>, usize, Quick>>);

impl Clean {
    /// Whether nothing is found in a text, where so many values are known. `look` has to find the same whenever it is asked.
    pub(super) fn is(&self, text: &[u8], values: usize, look: impl FnOnce() -> bool) -> bool {
        if text.len() > SHORT {
            return look();
        }
        if unpoisoned(&self.0).get(text) == Some(&values) {
            return true;
        }
        let is_clean = look();
        if is_clean {
            let mut known = unpoisoned(&self.0);
            if known.len() >= MANY {
                known.clear();
            }
            known.insert(text.into(), values);
        }
        is_clean
    }
}

/// Nothing is half done when a thread panics: what is remembered then is only less.
fn unpoisoned<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_looked_at_once_as_long_as_it_is_read_in_the_same_way() {
        let (found, mut looks) = (InBodies::default(), 0);
        let (plain, mut json) = (HeaderMap::new(), HeaderMap::new());
        json.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let mut one = |url: &str, headers: &HeaderMap, body: &[u8]| {
            let found = found.of(url, headers, body, || {
                looks += 1;
                vec![looks]
            });
            found[0]
        };
        assert_eq!((one("a", &plain, b"x"), one("a", &plain, b"x")), (1, 1));
        assert_eq!((one("b", &plain, b"x"), one("a", &json, b"x"), one("a", &plain, b"y")), (2, 3, 4));
        assert_eq!((one("a", &plain, b"x"), one("a", &plain, b"z"), one("a", &plain, b"x")), (1, 5, 6));
        let large = vec![0; LARGEST + 1];
        assert_eq!((one("a", &plain, &large), one("a", &plain, &large)), (7, 8));
    }

    #[test]
    fn a_text_is_clean_until_another_value_is_known() {
        let clean = Clean::default();
        assert!(clean.is(b"a", 1, || true) && clean.is(b"a", 1, || false));
        assert!(!clean.is(b"a", 2, || false) && !clean.is(b"b", 1, || false));
        let long = [b'a'; SHORT + 1];
        assert!(clean.is(&long, 1, || true) && !clean.is(&long, 1, || false));
        for number in 0..2 * MANY {
            assert!(clean.is(number.to_string().as_bytes(), 1, || true));
            assert!(clean.0.lock().unwrap().len() <= MANY);
        }
    }
}
