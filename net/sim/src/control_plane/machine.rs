//! The state machine of a server: [`State`] behind consensus, and the news for its control loop.
//!
//! Limits: the queue of the control loop is as long as virtual time lets it become.

use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use model::Nanos;
use raft::{Encoded, Frozen, Machine, Reply};
use state::{Applied, Entry, Snapshot, State, codec};

use super::shell::Input;
use crate::Plant;

/// One of so many entries is skipped where that is planted.
const SKIPPED: u64 = 50;

/// The production state of one server.
#[derive(Debug)]
pub struct ControlPlane {
    newest: Mutex<Snapshot>,
    sender: UnboundedSender<Input>,
    receiver: Mutex<Option<UnboundedReceiver<Input>>>,
    undecoded: Mutex<Option<String>>,
    plant: Plant,
    /// How far the server's clock is off.
    skew: Nanos,
    /// The state before the last entry.
    before: Mutex<Option<Snapshot>>,
}

impl ControlPlane {
    /// Returns a server without any state.
    pub(crate) fn new(plant: Plant, skew: Nanos) -> Self {
        let (sender, receiver) = unbounded();
        Self {
            newest: Mutex::new(Arc::new(State::new())),
            sender,
            receiver: Mutex::new(Some(receiver)),
            undecoded: Mutex::default(),
            plant,
            skew,
            before: Mutex::default(),
        }
    }

    /// Returns the newest state.
    pub(crate) fn snapshot(&self) -> Snapshot {
        Arc::clone(&lock(&self.newest))
    }

    /// Hands something to the control loop.
    pub(crate) fn tell(&self, input: Input) {
        // The loop has ended with its server; nobody waits then.
        let _ = self.sender.unbounded_send(input);
    }

    /// Returns what the control loop reads; only the first call gets it.
    pub(super) fn inbox(&self) -> Option<UnboundedReceiver<Input>> {
        lock(&self.receiver).take()
    }

    /// Returns why an entry of the log could not be decoded, once.
    pub(super) fn take_undecoded(&self) -> Option<String> {
        lock(&self.undecoded).take()
    }

    fn publish(&self, state: State, applied: Option<Arc<Applied>>) {
        *lock(&self.newest) = Arc::new(state);
        self.tell(Input::News(applied));
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Machine for ControlPlane {
    fn apply(&self, index: u64, command: &Encoded) -> Reply {
        let proposed_here = command.decoded::<Entry>();
        let foreign = proposed_here.is_none();
        let entry = match proposed_here {
            Some(entry) => Ok(entry),
            None => codec::decode(&command.bytes).map(Arc::new),
        };
        let newest = self.snapshot();
        let mut state = (*newest).clone();
        if self.plant == Plant::OldSnapshots {
            *lock(&self.before) = Some(newest);
        }
        match entry {
            Ok(_) if foreign && self.plant == Plant::SkippedEntries && index.is_multiple_of(SKIPPED) => {
                state.advance(index);
                *lock(&self.newest) = Arc::new(state);
                Reply::empty()
            }
            Ok(entry) => {
                let entry = if self.plant == Plant::LocalClock {
                    Arc::new(Entry { now: entry.now + self.skew, ..(*entry).clone() })
                } else {
                    entry
                };
                let mut applied = Arc::new(state.apply(index, &entry));
                if foreign && self.plant == Plant::AppliedTwice {
                    applied = Arc::new(state.apply(index, &entry));
                }
                let replaced = state.restored == applied.index;
                self.publish(state, (!replaced).then(|| Arc::clone(&applied)));
                Reply(applied)
            }
            Err(error) => {
                *lock(&self.undecoded) = Some(format!("entry {index} cannot be decoded: {error}"));
                state.advance(index);
                *lock(&self.newest) = Arc::new(state);
                Reply::empty()
            }
        }
    }

    fn applied(&self, index: u64) {
        let mut state = (*self.snapshot()).clone();
        state.advance(index);
        *lock(&self.newest) = Arc::new(state);
    }

    fn freeze(&self) -> Box<dyn Frozen> {
        let before = lock(&self.before).clone();
        Box::new(FrozenState(before.unwrap_or_else(|| self.snapshot())))
    }

    fn restore(&self, from: &mut dyn Read) -> io::Result<()> {
        let state = State::read_snapshot(from).map_err(io::Error::other)?;
        self.publish(state, None);
        Ok(())
    }
}

struct FrozenState(Snapshot);

impl Frozen for FrozenState {
    fn write(self: Box<Self>, to: &mut dyn Write) -> io::Result<()> {
        self.0.write_snapshot(to).map_err(io::Error::other)
    }
}
