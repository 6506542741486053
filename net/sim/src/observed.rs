//! A machine under observation: everything it applies goes to the oracle as well.
//!
//! Limits: the hash chain is part of its snapshots, so that a restored server goes on with the same chain; a server
//! that was switched off reports nothing any more.

use std::io::{self, Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use raft::{Encoded, Frozen, Machine, Reply};

use crate::Subject;
use crate::random::{digest, mix};
use crate::world::Stage;

/// States are compared at every index that this divides.
const COMPARE: u64 = 32;
const BLANK: u64 = 0;

/// A machine whose every step the oracle sees.
pub(crate) struct Observed<S> {
    subject: S,
    stage: Arc<Stage>,
    server: usize,
    boot: u64,
    chain: AtomicU64,
    index: AtomicU64,
}

impl<S: Subject> Observed<S> {
    pub(crate) fn new(subject: S, stage: Arc<Stage>, server: usize, boot: u64) -> Self {
        let (chain, index) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { subject, stage, server, boot, chain, index }
    }

    /// Returns the machine itself.
    pub(crate) const fn subject(&self) -> &S {
        &self.subject
    }

    /// Returns the last index that was applied.
    pub(crate) fn index(&self) -> u64 {
        self.index.load(Ordering::Relaxed)
    }

    fn observe(&self, index: u64, command: u64) {
        let chain = mix(self.chain.load(Ordering::Relaxed) ^ mix(command.wrapping_add(index)));
        self.chain.store(chain, Ordering::Relaxed);
        let before = self.index.swap(index, Ordering::Relaxed);
        if !self.stage.is_on(self.server, self.boot) {
            return;
        }
        let mut oracle = self.stage.oracle();
        if before != 0 && before + 1 != index {
            oracle.violation(format!("server {} applied {index} after {before}", self.server));
        }
        oracle.applied(self.server, index, command, chain);
        let thorough = index.is_multiple_of(COMPARE);
        for text in self.subject.broken(thorough) {
            oracle.violation(format!("server {} at index {index}: {text}", self.server));
        }
        if thorough {
            oracle.state(self.server, index, self.subject.digest());
        }
        drop(oracle);
        self.stage.trace("apply", &[self.server as u64, index, chain]);
    }
}

/// The hash by which a command is known to the oracle.
pub(crate) fn command_hash(command: &Encoded) -> u64 {
    digest(1, &command.bytes).max(1)
}

impl<S: Subject> Machine for Observed<S> {
    fn apply(&self, index: u64, command: &Encoded) -> Reply {
        let reply = self.subject.apply(index, command);
        self.observe(index, command_hash(command));
        reply
    }

    fn applied(&self, index: u64) {
        self.subject.applied(index);
        self.observe(index, BLANK);
    }

    fn freeze(&self) -> Box<dyn Frozen> {
        Box::new(FrozenObserved {
            chain: self.chain.load(Ordering::Relaxed),
            index: self.index(),
            subject: self.subject.freeze(),
        })
    }

    fn restore(&self, from: &mut dyn Read) -> io::Result<()> {
        let mut words = [0; 16];
        from.read_exact(&mut words)?;
        let word = |bytes: &[u8]| u64::from_le_bytes(bytes.try_into().expect("eight bytes"));
        self.chain.store(word(&words[..8]), Ordering::Relaxed);
        self.index.store(word(&words[8..]), Ordering::Relaxed);
        self.stage.restored();
        self.subject.restore(from)
    }
}

struct FrozenObserved {
    chain: u64,
    index: u64,
    subject: Box<dyn Frozen>,
}

impl Frozen for FrozenObserved {
    fn write(self: Box<Self>, to: &mut dyn Write) -> io::Result<()> {
        to.write_all(&self.chain.to_le_bytes())?;
        to.write_all(&self.index.to_le_bytes())?;
        self.subject.write(to)
    }
}
