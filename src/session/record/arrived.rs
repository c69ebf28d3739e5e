//! What has arrived of a body, in memory once: a body may be large, and so may be what is left of each chunk's buffer.

use std::mem;
use std::time::Duration;

use bytes::Bytes;

/// When a chunk arrived, and how long it is.
pub(super) struct Arrival {
    pub(super) length: usize,
    /// How long after the request was sent.
    after: Duration,
}

impl Arrival {
    pub(super) fn milliseconds(&self) -> u64 {
        u64::try_from(self.after.as_millis()).unwrap_or(u64::MAX)
    }
}

/// The bytes so far, and the chunks in which they came.
#[derive(Default)]
pub(super) struct Arrived {
    chunks: Vec<Arrival>,
    /// All of them, unless something is gathered: one chunk as it came, or what was gathered before somebody asked.
    whole: Bytes,
    gathered: Vec<u8>,
}

impl Arrived {
    pub(super) fn push(&mut self, chunk: &Bytes, after: Duration) {
        match self.chunks.is_empty() {
            true => self.whole = chunk.clone(),
            false => {
                if self.gathered.is_empty() {
                    self.gathered.extend_from_slice(&mem::take(&mut self.whole));
                }
                self.gathered.extend_from_slice(chunk);
            }
        }
        self.chunks.push(Arrival { length: chunk.len(), after });
    }

    pub(super) fn chunks(&self) -> &[Arrival] {
        &self.chunks
    }

    pub(super) fn length(&self) -> usize {
        self.whole.len() + self.gathered.len()
    }

    /// All of it. Should more come, it is copied then, and only then.
    pub(super) fn bytes(&mut self) -> Bytes {
        if !self.gathered.is_empty() {
            self.whole = Bytes::from(mem::take(&mut self.gathered));
        }
        self.whole.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_arrived_is_the_same_bytes_however_often_somebody_asks_meanwhile() {
        let mut arrived = Arrived::default();
        assert_eq!(arrived.bytes(), "");
        let mut all = Vec::new();
        for (chunk, asks) in [("one", true), (" two", false), (" three", true), (" four", true)] {
            arrived.push(&Bytes::from(chunk), Duration::ZERO);
            all.extend_from_slice(chunk.as_bytes());
            assert!(!asks || arrived.bytes() == all);
            assert_eq!(arrived.length(), all.len());
        }
        let lengths: Vec<usize> = arrived.chunks().iter().map(|arrival| arrival.length).collect();
        assert_eq!(lengths, [3, 4, 6, 5]);
    }

    #[test]
    fn one_chunk_is_not_copied_and_several_are_once() {
        let (chunk, mut arrived) = (Bytes::from(vec![7; 100]), Arrived::default());
        arrived.push(&chunk, Duration::ZERO);
        assert_eq!(arrived.bytes().as_ptr(), chunk.as_ptr());
        arrived.push(&chunk, Duration::ZERO);
        assert_eq!(arrived.bytes().as_ptr(), arrived.bytes().as_ptr());
    }
}
