//! Errors without the stack of a whole test run behind them.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::thread;

use crate::model::error::Error;

/// What a thread needs that makes an error.
const STACK: usize = 256 << 10;

/// Makes a client's error of ours. With `RUST_BACKTRACE=1`, that of `reqwest-middleware` takes a backtrace and prints it behind
/// each miss: a hundred lines of a runtime and a test harness, which bury what the miss says. It cannot be had without one, so
/// it is made where the stack is short: on a thread of its own.
pub(super) fn make<E: Send + 'static>(ours: Error, make: fn(Error) -> E) -> E {
    if Backtrace::capture().status() != BacktraceStatus::Captured {
        return make(ours);
    }
    let spare = ours.again();
    let started = thread::Builder::new().stack_size(STACK).spawn(move || make(ours));
    let made = started.ok().and_then(|thread| thread.join().ok());
    made.unwrap_or_else(|| make(spare))
}
