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

    fn finish(mut self) -> u128 {
        self.mix();
        self.word = self.length.to_le_bytes();
        self.mix();
        u128::from(self.lanes[0]) << 64 | u128::from(self.lanes[1])
    }
}

impl Write for HashWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for byte in bytes {
            self.word[self.filled] = *byte;
            self.filled += 1;
            if self.filled == self.word.len() {
                self.mix();
            }
        }
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
