//! A hash of everything in a state, to tell whether two servers agree.

use std::io::{self, Write};

use crate::State;

/// Mixes bytes in words of eight; what is left over waits for the next call.
struct HashWriter {
    lanes: [u64; 2],
    word: [u8; 8],
    filled: usize,
    length: u64,
}

impl HashWriter {
    fn mix(&mut self) {
        let word = u64::from_le_bytes(self.word);
        self.lanes[0] = model::splitmix(self.lanes[0] ^ word);
        self.lanes[1] = model::splitmix(self.lanes[1].rotate_left(23) ^ word ^ self.lanes[0]);
        self.word = [0; 8];
        self.filled = 0;
    }

    /// Takes bytes that reach to the end of a word at most.
    fn fill(&mut self, bytes: &[u8]) {
        self.word[self.filled..self.filled + bytes.len()].copy_from_slice(bytes);
        self.filled += bytes.len();
        if self.filled == self.word.len() {
            self.mix();
        }
    }

    fn finish(mut self) -> u128 {
        self.mix();
        self.word = self.length.to_le_bytes();
        self.mix();
        u128::from(self.lanes[0]) << 64 | u128::from(self.lanes[1])
    }
}

impl Write for HashWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let (begun, rest) =
            bytes.split_at(bytes.len().min((self.word.len() - self.filled) % self.word.len()));
        self.fill(begun);
        let mut words = rest.chunks_exact(self.word.len());
        for word in &mut words {
            self.word.copy_from_slice(word);
            self.mix();
        }
        self.fill(words.remainder());
        self.length += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl State {
    /// A hash of every record. Servers that applied the same entries have the same; it is no protection against
    /// forgery. Costs as much as a snapshot.
    #[must_use]
    pub fn hash(&self) -> u128 {
        let mut hash = HashWriter { lanes: [1, 2], word: [0; 8], filled: 0, length: 0 };
        match self.write_snapshot(&mut hash) {
            Ok(()) => hash.finish(),
            // Only a record beyond the frame limit leads here: the same on every server.
            Err(_) => u128::from(self.index),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_depends_on_the_bytes_and_not_on_how_they_are_cut() {
        let bytes: Vec<u8> = (0..=40).collect();
        let hash = |cuts: &[usize], bytes: &[u8]| {
            let mut hash = HashWriter { lanes: [1, 2], word: [0; 8], filled: 0, length: 0 };
            let mut rest = bytes;
            for &cut in cuts {
                let (now, later) = rest.split_at(cut);
                hash.write_all(now).unwrap();
                rest = later;
            }
            hash.write_all(rest).unwrap();
            hash.finish()
        };
        let whole = hash(&[], &bytes);
        for cuts in [[1, 7, 8], [3, 3, 3], [8, 8, 8], [0, 40, 0], [9, 15, 17]] {
            assert_eq!(hash(&cuts, &bytes), whole, "{cuts:?}");
        }
        assert_ne!(hash(&[], &bytes[..40]), whole);
    }
}
