//! Hashes of the many short texts of a body. The usual ones of the standard library took a tenth of what it takes to record a
//! call. A number that is drawn anew in each process goes into them, so that nobody can write texts that have one hash.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::LazyLock;

static SEED: LazyLock<u64> = LazyLock::new(|| RandomState::new().hash_one(0_u8));

/// The golden ratio in 64 bits, as others use it for the same.
const ODD: u64 = 0x9e37_79b9_7f4a_7c15;

/// Makes these hashes.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Quick;

impl BuildHasher for Quick {
    type Hasher = Mixed;

    fn build_hasher(&self) -> Mixed {
        Mixed(*SEED)
    }
}

/// What was mixed so far.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mixed(u64);

impl Mixed {
    /// Both halves of a product depend on all bits of what is mixed in.
    fn mix(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word) * u128::from(ODD);
        self.0 = (product as u64) ^ ((product >> 64) as u64).rotate_left(23);
    }
}

impl Hasher for Mixed {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks();
        words.iter().for_each(|word| self.mix(u64::from_le_bytes(*word)));
        if !rest.is_empty() {
            let mut word = [0; 8];
            word[..rest.len()].copy_from_slice(rest);
            self.mix(u64::from_le_bytes(word));
        }
        self.mix(bytes.len() as u64 ^ 0xa076_1d64_78bd_642f);
    }

    fn write_u8(&mut self, byte: u8) {
        self.mix(u64::from(byte));
    }

    fn write_u32(&mut self, word: u32) {
        self.mix(u64::from(word));
    }

    fn write_u64(&mut self, word: u64) {
        self.mix(word);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
