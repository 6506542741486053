//! The state machine of a server: [`State`] behind consensus, and the news for its control loop.
//!
//! Limits: the queue of the control loop is as long as virtual time lets it become.

use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use raft::{Encoded, Frozen, Machine, Reply};
use state::{Applied, Entry, Snapshot, State, codec};

use super::shell::Input;

/// The production state of one server.
#[derive(Debug)]
pub struct ControlPlane {
    newest: Mutex<Snapshot>,
    sender: UnboundedSender<Input>,
    receiver: Mutex<Option<UnboundedReceiver<Input>>>,
    undecoded: Mutex<Option<String>>,
}

impl ControlPlane {
    /// Returns a server without any state.
    pub(crate) fn new() -> Self {
        let (sender, receiver) = unbounded();
        Self {
            newest: Mutex::new(Arc::new(State::new())),
            sender,
            receiver: Mutex::new(Some(receiver)),
            undecoded: Mutex::default(),
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
        let entry = match command.decoded::<Entry>() {
            Some(entry) => Ok(entry),
            None => codec::decode(&command.bytes).map(Arc::new),
        };
        let mut state = (*self.snapshot()).clone();
        match entry {
            Ok(entry) => {
                let applied = Arc::new(state.apply(index, &entry));
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
        Box::new(FrozenState(self.snapshot()))
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
