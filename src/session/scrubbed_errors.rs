//! Errors of a session quote what it has seen, secrets and all, until they are scrubbed.

use crate::model::error::{Error, ErrorKind};
use crate::redact::Redactor;

impl Error {
    /// The same error with anything secret taken out of its sentences.
    pub(super) fn scrubbed(self, redactor: &Redactor) -> Error {
        // The cause of a failure of the file system is worth more than a look at the path.
        if self.kind() == ErrorKind::Io {
            return self;
        }
        let clean = Error::new(self.kind(), redactor.scrub(self.message())).near(self.line());
        match self.hint() {
            Some(hint) => clean.with_hint(redactor.scrub(hint)),
            None => clean,
        }
    }
}
