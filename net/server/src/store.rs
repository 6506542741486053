//! The state machine that consensus drives: the working state, its newest snapshot, and what changed.
//!
//! Limits: what nobody has taken yet is kept up to [`MAX_PENDING`] entries; beyond that listeners are told to
//! look at the whole state again instead.

use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwap;
use raft::{Encoded, Frozen, Machine, Reply};
use state::{Applied, Entry, Snapshot, State, codec};
use tokio::sync::{Notify, watch};

/// Entries kept for a listener that is late.
const MAX_PENDING: usize = 65_536;

/// What was applied since the last look.
#[derive(Debug, Default)]
pub(crate) struct News {
    /// Entries in order.
    pub(crate) applied: Vec<Arc<Applied>>,
    /// Whether entries are missing: a state was restored, or too many came at once.
    pub(crate) gap: bool,
}

/// The state of this server, kept by consensus.
#[derive(Debug)]
pub(crate) struct Store {
    working: Mutex<State>,
    newest: ArcSwap<State>,
    news: Mutex<News>,
    arrived: Notify,
    index: watch::Sender<u64>,
}

impl Default for Store {
    fn default() -> Self {
        let state = State::new();
        Self {
            newest: ArcSwap::from_pointee(state.clone()),
            working: Mutex::new(state),
            news: Mutex::default(),
            arrived: Notify::new(),
            index: watch::Sender::new(0),
        }
    }
}

impl Store {
    /// The newest snapshot.
    #[must_use]
    pub(crate) fn snapshot(&self) -> Snapshot {
        self.newest.load_full()
    }

    /// Follows the index of the newest snapshot.
    #[must_use]
    pub(crate) fn watch_index(&self) -> watch::Receiver<u64> {
        self.index.subscribe()
    }

    /// Waits until something was applied and takes it. Meant for one listener.
    pub(crate) async fn news(&self) -> News {
        loop {
            let arrived = self.arrived.notified();
            let news = std::mem::take(&mut *lock(&self.news));
            if news.gap || !news.applied.is_empty() {
                return news;
            }
            arrived.await;
        }
    }

    fn publish(&self, state: State, applied: Option<Arc<Applied>>) {
        let index = state.index;
        self.newest.store(Arc::new(state));
        {
            let mut news = lock(&self.news);
            match applied {
                Some(applied) if news.applied.len() < MAX_PENDING => news.applied.push(applied),
                Some(_) | None => {
                    news.applied.clear();
                    news.gap = true;
                }
            }
        }
        self.arrived.notify_one();
        self.index.send_replace(index);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Machine for Store {
    fn apply(&self, index: u64, command: &Encoded) -> Reply {
        let entry = match command.decoded::<Entry>() {
            Some(entry) => Ok(entry),
            None => codec::decode(&command.bytes).map(Arc::new),
        };
        let mut working = lock(&self.working);
        match entry {
            Ok(entry) => {
                let applied = Arc::new(working.apply(index, &entry));
                // A restore replaced everything: there is no list of what changed.
                let replaced = working.restored == applied.index;
                self.publish(working.clone(), (!replaced).then(|| Arc::clone(&applied)));
                Reply(applied)
            }
            Err(error) => {
                // Written by a version that knows more: the same on every server of this version.
                tracing::error!(index, %error, "an entry of the log cannot be decoded");
                working.advance(index);
                self.newest.store(Arc::new(working.clone()));
                Reply::empty()
            }
        }
    }

    fn applied(&self, index: u64) {
        let mut working = lock(&self.working);
        working.advance(index);
        let state = working.clone();
        let index = state.index;
        self.newest.store(Arc::new(state));
        self.index.send_replace(index);
    }

    fn freeze(&self) -> Box<dyn Frozen> {
        Box::new(FrozenState(self.snapshot()))
    }

    fn restore(&self, from: &mut dyn Read) -> io::Result<()> {
        let state = State::read_snapshot(from).map_err(io::Error::other)?;
        *lock(&self.working) = state.clone();
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
