//! Large answers are looked at beside their clients. To look for secrets in a file of hundreds of megabytes, to write it and to
//! prove that it replays takes longer than a client should wait for its last chunk.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use super::Recorder;
use crate::model::exchange::Ending;
use crate::session::Session;

/// From so many bytes on, a body that is over is looked at in a thread of its own. Smaller ones are on disk when the client has
/// them.
const LARGE: usize = 4 << 20;

/// What is done beside the run, and has to be over when it ends.
#[derive(Debug, Default)]
pub(in crate::session) struct Beside(Mutex<Vec<JoinHandle<()>>>);

impl Beside {
    fn add(&self, work: JoinHandle<()>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Those that are over need not be waited for.
        all.retain(|work| !work.is_finished());
        all.push(work);
    }

    fn next(&self) -> Option<JoinHandle<()>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }
}

impl Session {
    /// Waits for the large answers that are looked at. Nothing may be locked.
    pub(crate) fn wait_for_large(&self) {
        while let Some(work) = self.beside.next() {
            // What panicked there has told of it, and is not recorded.
            let _ = work.join();
        }
    }
}

impl Recorder {
    /// Whether the client is not to wait for what becomes of this.
    pub(crate) fn is_large(&self) -> bool {
        self.arrived.length() >= LARGE
    }

    /// The response is over, and nothing will follow. What becomes of it is seen by who finishes the run.
    pub(crate) fn end_beside(self, ending: Ending) {
        let session = Arc::clone(&self.pending.session);
        let recorder = Arc::new(Mutex::new(Some(self)));
        let end = {
            let recorder = Arc::clone(&recorder);
            move || {
                let recorder = recorder.lock().unwrap_or_else(PoisonError::into_inner).take();
                if let Some(mut recorder) = recorder {
                    // The session tells of what is not recorded.
                    let _ = recorder.end(&ending);
                }
            }
        };
        // The name says which test asked.
        let name = thread::current().name().unwrap_or("llm-cassette").to_owned();
        match thread::Builder::new().name(name).spawn(end.clone()) {
            Ok(work) => session.beside.add(work),
            // There is no thread to be had.
            Err(_) => end(),
        }
    }
}
