//! The simplest subject: counters by key.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

use raft::{Encoded, Frozen, Machine, Reply};

use crate::random::digest;
use crate::{Plant, Random, Subject};

const KEYS: u64 = 100;
const RECORD: usize = 16;

/// Counts how often each key was named.
#[derive(Debug, Default)]
pub struct Counter {
    counts: Mutex<BTreeMap<u64, u64>>,
}

impl Counter {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, u64>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Machine for Counter {
    fn apply(&self, _index: u64, command: &Encoded) -> Reply {
        let key =
            command.bytes.get(8..16).and_then(|word| word.try_into().ok()).map_or(0, u64::from_le_bytes);
        let mut counts = self.lock();
        let count = counts.entry(key).or_default();
        *count += 1;
        Reply::new(*count)
    }

    fn applied(&self, _index: u64) {}

    fn freeze(&self) -> Box<dyn Frozen> {
        Box::new(FrozenCounter(self.lock().clone()))
    }

    fn restore(&self, from: &mut dyn Read) -> io::Result<()> {
        let mut bytes = Vec::new();
        from.read_to_end(&mut bytes)?;
        let word = |bytes: &[u8]| u64::from_le_bytes(bytes.try_into().expect("eight bytes"));
        *self.lock() = bytes.chunks_exact(RECORD).map(|pair| (word(&pair[..8]), word(&pair[8..]))).collect();
        Ok(())
    }
}

impl Subject for Counter {
    type Ledger = ();

    fn empty(_plant: Plant, _server: usize) -> Self {
        Self::default()
    }

    fn digest(&self) -> u64 {
        self.lock().iter().fold(0, |hash, (key, count)| digest(hash ^ key, &count.to_le_bytes()))
    }

    fn command(random: &mut Random, id: u64) -> Encoded {
        // Mostly small, now and then big enough to fill a log file.
        let padding = if random.chance(1, 50) { random.pick(1_000..40_000) } else { random.pick(0..200) };
        let mut bytes = id.to_le_bytes().to_vec();
        bytes.extend_from_slice(&random.pick(0..KEYS).to_le_bytes());
        bytes.resize(bytes.len() + padding as usize, id as u8);
        Encoded::new(bytes)
    }
}

struct FrozenCounter(BTreeMap<u64, u64>);

impl Frozen for FrozenCounter {
    fn write(self: Box<Self>, to: &mut dyn Write) -> io::Result<()> {
        for (key, count) in self.0 {
            to.write_all(&key.to_le_bytes())?;
            to.write_all(&count.to_le_bytes())?;
        }
        Ok(())
    }
}
