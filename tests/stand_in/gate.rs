//! Lets a test decide when each part of an answer leaves, without a clock.

use std::sync::Arc;
use tokio::sync::{Semaphore, watch};

/// Lets an answer out step by step. Every chunk is a step; so is what ends the body, be it the mark that ends a chunked
/// one, the closing of the connection, or a break. The head leaves with the first step. A body with `content-length`
/// ends with its last chunk. Several answers may wait at one gate: they share its steps.
#[derive(Clone)]
pub struct Gate {
    steps: Arc<Semaphore>,
    progress: watch::Sender<Progress>,
}

/// What has happened at a gate so far.
#[derive(Default)]
pub struct Progress {
    pub arrived: usize,
    sent: usize,
    finished: usize,
}

impl Gate {
    /// A gate that lets nothing through yet.
    pub fn closed() -> Gate {
        Gate { steps: Arc::new(Semaphore::new(0)), progress: watch::Sender::default() }
    }

    /// Lets `n` more steps happen.
    pub fn release(&self, n: usize) {
        self.steps.add_permits(n);
    }

    /// Lets everything happen from now on.
    pub fn open(&self) {
        self.steps.close();
    }

    /// Waits until `n` requests have arrived at the gate.
    pub async fn arrived(&self, n: usize) {
        self.wait(|progress| progress.arrived >= n).await;
    }

    /// How many chunks have been written to the socket so far.
    pub fn sent_so_far(&self) -> usize {
        self.progress.borrow().sent
    }

    /// Waits until `n` chunks have been written to the socket.
    pub async fn sent(&self, n: usize) {
        self.wait(|progress| progress.sent >= n).await;
    }

    /// Waits until the server is done with `n` answers, all sent or not.
    pub async fn finished(&self, n: usize) {
        self.wait(|progress| progress.finished >= n).await;
    }

    async fn wait(&self, done: impl Fn(&Progress) -> bool) {
        self.progress.subscribe().wait_for(|progress| done(progress)).await.expect("the sender is in `self`");
    }
}

/// The gate of one answer, if it has one.
#[derive(Clone, Default)]
pub struct Hold {
    pub gate: Option<Gate>,
    /// Whether the head leaves at once.
    pub body_only: bool,
}

impl Hold {
    pub fn tell(&self, change: impl FnOnce(&mut Progress)) {
        if let Some(gate) = &self.gate {
            gate.progress.send_modify(change);
        }
    }

    pub fn steps(&self) -> Steps {
        Steps(self.clone())
    }
}

/// Counts what one answer does; when dropped, also when writing failed, the answer is finished.
pub struct Steps(Hold);

impl Steps {
    pub async fn next(&mut self) {
        if let Some(gate) = &self.0.gate
            // A closed semaphore is an open gate.
            && let Ok(permit) = gate.steps.acquire().await
        {
            permit.forget();
        }
    }

    pub fn sent(&mut self) {
        self.0.tell(|progress| progress.sent += 1);
    }
}

impl Drop for Steps {
    fn drop(&mut self) {
        self.0.tell(|progress| progress.finished += 1);
    }
}
