//! A call under way that identical ones wait for, so that together they go out once. Whoever waits also reads the body
//! of that call, so that nobody waits for a client who holds it and does not read on.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

/// How long nothing may come before those who wait send the call themselves. A provider may think for a while; a client
/// that does not poll its own request, and one whose runtime stands still, would otherwise be waited for without end.
const PATIENCE: Duration = Duration::from_secs(60);

/// A body that others than its client can read on.
pub(crate) trait PollBody: Send + Sync {
    /// Reads what there is, and keeps it for the client.
    fn drive(&self);
}

/// A call from when it is sent until it is known how it ended.
pub(crate) struct Inflight {
    patience: Duration,
    state: Mutex<State>,
}

struct State {
    completed: bool,
    /// The body, once the head has come and as long as the client has it.
    body: Option<Weak<dyn PollBody>>,
    waiting: Vec<Waker>,
    /// When something last came.
    progress: Instant,
    /// Whether the clock will wake those who wait.
    timed: bool,
}

impl Inflight {
    pub(crate) fn begun() -> Arc<Inflight> {
        Inflight::with_patience(PATIENCE)
    }

    fn with_patience(patience: Duration) -> Arc<Inflight> {
        let state = State {
            completed: false,
            body: None,
            waiting: Vec::new(),
            progress: Instant::now(),
            timed: false,
        };
        Arc::new(Inflight { patience, state: Mutex::new(state) })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The head of the answer is here.
    pub(crate) fn answered(&self, body: Weak<dyn PollBody>) {
        self.state().body = Some(body);
        self.progressed();
    }

    /// More of the answer is here.
    pub(crate) fn progressed(&self) {
        self.state().progress = Instant::now();
        self.wake();
    }

    /// It is known how the call ended.
    pub(crate) fn complete(&self) {
        self.state().completed = true;
        self.wake();
    }

    /// Whether there is nothing to wait for any more.
    pub(super) fn is_over(&self) -> bool {
        let state = self.state();
        state.completed || state.progress.elapsed() >= self.patience
    }

    /// Lets those who wait look again.
    pub(crate) fn wake(&self) {
        let waiting = std::mem::take(&mut self.state().waiting);
        waiting.into_iter().for_each(Waker::wake);
    }

    /// Ends when [`is_over`](Self::is_over).
    pub(crate) fn wait(self: Arc<Self>) -> impl Future<Output = ()> + Send {
        Wait(self)
    }

    fn enlist(&self, waker: &Waker) {
        let mut state = self.state();
        if !state.waiting.iter().any(|known| known.will_wake(waker)) {
            state.waiting.push(waker.clone());
        }
    }

    fn body(&self) -> Option<Arc<dyn PollBody>> {
        self.state().body.as_ref().and_then(Weak::upgrade)
    }

    /// Sees to it that those who wait are woken when patience is at its end; false if that cannot be.
    fn time(self: &Arc<Self>) -> bool {
        let mut state = self.state();
        let due = state.progress + self.patience;
        state.timed =
            state.timed || clock().is_some_and(|clock| clock.send((due, Arc::downgrade(self))).is_ok());
        state.timed
    }
}

impl fmt::Debug for Inflight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inflight").finish_non_exhaustive()
    }
}

struct Wait(Arc<Inflight>);

impl Future for Wait {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        // First of all, so that nothing which comes from here on is missed.
        self.0.enlist(cx.waker());
        if let Some(body) = self.0.body() {
            body.drive();
        }
        if self.0.is_over() || !self.0.time() { Poll::Ready(()) } else { Poll::Pending }
    }
}

type Due = (Instant, Weak<Inflight>);

/// Wakes at set times. The core knows no runtime, and so has no timers but this: one thread, started by the first who
/// waits.
fn clock() -> Option<&'static Sender<Due>> {
    static CLOCK: OnceLock<Option<Sender<Due>>> = OnceLock::new();
    let start = || {
        let (sender, receiver) = mpsc::channel();
        let thread = std::thread::Builder::new().name("llm-cassette-clock".to_owned());
        thread.spawn(move || run_clock(&receiver)).ok().map(|_| sender)
    };
    CLOCK.get_or_init(start).as_ref()
}

fn run_clock(dues: &Receiver<Due>) {
    let mut waiting: Vec<Due> = Vec::new();
    loop {
        let now = Instant::now();
        for (_, flight) in waiting.extract_if(.., |(due, _)| *due <= now) {
            if let Some(flight) = flight.upgrade() {
                flight.state().timed = false;
                flight.wake();
            }
        }
        let next = waiting.iter().map(|(due, _)| due.saturating_duration_since(now)).min();
        match next.map_or_else(|| dues.recv().map_err(From::from), |next| dues.recv_timeout(next)) {
            Ok(due) => waiting.push(due),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn who_waits_goes_on_when_the_call_has_ended() {
        let flight = Inflight::begun();
        let waiting: Vec<_> = (0..3).map(|_| tokio::spawn(Arc::clone(&flight).wait())).collect();
        tokio::task::yield_now().await;
        assert!(waiting.iter().all(|waiting| !waiting.is_finished()));
        flight.complete();
        for waiting in waiting {
            waiting.await.unwrap();
        }
    }

    #[tokio::test]
    async fn nobody_waits_longer_than_patience_for_a_call_that_does_not_move() {
        let inflight = Inflight::with_patience(Duration::from_millis(20));
        Arc::clone(&inflight).wait().await;
        assert!(inflight.is_over() && !inflight.state().completed, "it was patience that ended");
    }

    #[tokio::test]
    async fn who_waits_reads_the_body_to_its_end() {
        struct Body(Arc<Inflight>, AtomicUsize);
        impl PollBody for Body {
            fn drive(&self) {
                match self.1.fetch_add(1, Ordering::Relaxed) {
                    2 => self.0.complete(),
                    _ => self.0.progressed(),
                }
            }
        }
        let flight = Inflight::begun();
        let body = Arc::new(Body(Arc::clone(&flight), AtomicUsize::new(0)));
        let drive: Weak<Body> = Arc::downgrade(&body);
        flight.answered(drive);
        Arc::clone(&flight).wait().await;
        assert_eq!(body.1.load(Ordering::Relaxed), 3);
    }
}
