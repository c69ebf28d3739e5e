//! Servers that asked to be left alone for a while, and until when.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

#[derive(Debug, Default)]
pub(in crate::cli) struct Pauses(Mutex<HashMap<String, Instant>>);

impl Pauses {
    /// Nobody asks the server for so long; a pause that it asked for before and that lasts longer is kept.
    pub(in crate::cli) fn leave_alone(&self, server: &str, time: Duration) {
        let until = Instant::now() + time;
        let mut pauses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let pause = pauses.entry(server.to_owned()).or_insert(until);
        *pause = until.max(*pause);
    }

    /// Waits until the server may be asked; others may have made it longer meanwhile.
    pub(in crate::cli) async fn over(&self, server: &str) {
        loop {
            let until = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(server).copied();
            match until.filter(|until| *until > Instant::now()) {
                Some(until) => sleep_until(until).await,
                None => return,
            }
        }
    }
}

/// Time stands still here and jumps to where somebody waits for, so that nothing depends on the speed of a machine.
#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    /// How long it takes until the server may be asked.
    async fn waited(pauses: &Pauses, server: &str) -> Duration {
        let before = Instant::now();
        pauses.over(server).await;
        before.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_is_asked_when_its_time_is_over_and_others_at_once() {
        let pauses = Pauses::default();
        pauses.leave_alone("https://a.example", MINUTE);
        assert_eq!(waited(&pauses, "https://b.example").await, Duration::ZERO);
        assert_eq!(waited(&pauses, "https://a.example").await, MINUTE);
        assert_eq!(waited(&pauses, "https://a.example").await, Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn the_longest_pause_counts_also_for_who_waits_already() {
        let pauses = Arc::new(Pauses::default());
        pauses.leave_alone("https://a.example", MINUTE);
        let other = Arc::clone(&pauses);
        let waiting = tokio::spawn(async move { waited(&other, "https://a.example").await });
        tokio::task::yield_now().await;
        pauses.leave_alone("https://a.example", 2 * MINUTE);
        pauses.leave_alone("https://a.example", MINUTE / 2);
        assert_eq!(waiting.await.unwrap(), 2 * MINUTE);
    }
}
