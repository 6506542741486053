//! Readers that wait for a change: only those are woken whose keys changed.
//!
//! Limits: at most [`MAX_WATCHERS`] are known by what they wait for; a further one is woken by every change.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use state::watch::{Ticket, WatchKey, Watches};
use state::{Indexes, Snapshot, Table};
use tokio::sync::oneshot;

use crate::store::{News, Store};

/// Readers that are known by what they wait for.
const MAX_WATCHERS: usize = 65_536;

/// Who waits for which change.
pub(crate) struct Watchers(Mutex<Waiting>);

struct Waiting {
    watches: Watches,
    wakers: BTreeMap<Ticket, oneshot::Sender<()>>,
    /// The tables as of the last call of [`Watchers::notify`].
    told: Indexes,
}

impl Default for Watchers {
    fn default() -> Self {
        let watches = Watches::new(MAX_WATCHERS);
        Self(Mutex::new(Waiting { watches, wakers: BTreeMap::new(), told: Indexes::default() }))
    }
}

impl Watchers {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Completes once one of `keys` is newer than in `seen`; now and then too early, never too late.
    pub(crate) async fn changed(&self, store: &Store, seen: &Snapshot, keys: &[WatchKey]) {
        let Some((entry, woken)) = self.register(keys) else {
            let mut index = store.watch_index();
            // The sender lives as long as the server.
            let _ = index.wait_for(|index| *index > seen.index).await;
            return;
        };
        // What was applied before the registration is not told any more.
        if !is_newer(&store.snapshot(), seen, keys) {
            // Woken, or the server has ended.
            let _ = woken.await;
        }
        drop(entry);
    }

    fn register(&self, keys: &[WatchKey]) -> Option<(Registered<'_>, oneshot::Receiver<()>)> {
        let (waker, woken) = oneshot::channel();
        let mut waiting = self.waiting();
        let ticket = waiting.watches.register(keys.to_vec()).ok()?;
        waiting.wakers.insert(ticket, waker);
        Some((Registered { watchers: self, ticket }, woken))
    }

    /// Wakes who waits for what changed up to `snapshot`.
    pub(crate) fn notify(&self, snapshot: &Snapshot, news: &News) {
        let mut woken = Vec::new();
        {
            let mut waiting = self.waiting();
            let Waiting { watches, wakers, told } = &mut *waiting;
            let before = std::mem::replace(told, snapshot.indexes);
            if news.gap {
                wakers.keys().for_each(|&ticket| watches.cancel(ticket));
                woken.extend(std::mem::take(wakers).into_values());
            }
            // A table's index says for certain that it changed.
            let tables = Table::ALL.into_iter().filter(|&table| told.of(table) != before.of(table));
            let tables: Vec<state::Change> = tables.map(state::Change::Table).collect();
            let changes = news.applied.iter().map(|applied| applied.changes.as_slice());
            for changes in changes.chain([tables.as_slice()]) {
                let fired = watches.notify(changes);
                woken.extend(fired.into_iter().filter_map(|ticket| wakers.remove(&ticket)));
            }
        }
        for waker in woken {
            // Whoever went away in the meantime needs no waking.
            let _ = waker.send(());
        }
    }
}

/// Whether one of `keys` may be newer in `newest` than in `seen`.
fn is_newer(newest: &Snapshot, seen: &Snapshot, keys: &[WatchKey]) -> bool {
    newest.restored != seen.restored
        || keys.iter().any(|key| match key {
            WatchKey::Table(table) => newest.indexes.of(*table) > seen.indexes.of(*table),
            _ => newest.index > seen.index,
        })
}

/// One who waits; forgotten when this is dropped.
struct Registered<'a> {
    watchers: &'a Watchers,
    ticket: Ticket,
}

impl Drop for Registered<'_> {
    fn drop(&mut self) {
        let mut waiting = self.watchers.waiting();
        // Nothing is left of a ticket that fired.
        if waiting.wakers.remove(&self.ticket).is_some() {
            waiting.watches.cancel(self.ticket);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::sync::Arc;

    use futures::FutureExt as _;
    use model::{Eval, EvalId, EvalTrigger, JobKey, JobKind, Timestamp};
    use raft::{Encoded, Machine as _};
    use state::{Command, Entry, codec};

    use super::*;

    /// Stores an evaluation and tells everybody.
    async fn change(store: &Store, watchers: &Watchers, id: u128) {
        apply(store, id);
        let news = store.news().await;
        watchers.notify(&store.snapshot(), &news);
    }

    fn apply(store: &Store, id: u128) {
        let job = JobKey::new("default", "web");
        let eval = Eval::new(EvalId(id), job, JobKind::Service, 50, EvalTrigger::JobRegister);
        let entry = Entry { now: Timestamp(1), command: Command::UpsertEvals(vec![eval]) };
        let bytes = codec::encode(&entry).unwrap();
        store.apply(store.snapshot().index + 1, &Encoded::with_decoded(bytes, Arc::new(entry)));
    }

    #[tokio::test]
    async fn only_who_waits_for_what_changed_is_woken() {
        let (store, watchers) = (Store::default(), Watchers::default());
        let seen = store.snapshot();
        let (one, two, evals, nodes) = (
            [WatchKey::Eval(EvalId(1))],
            [WatchKey::Eval(EvalId(2))],
            [Table::Evals.into()],
            [Table::Nodes.into()],
        );
        let mut one = pin!(watchers.changed(&store, &seen, &one));
        let mut two = pin!(watchers.changed(&store, &seen, &two));
        let mut evals = pin!(watchers.changed(&store, &seen, &evals));
        let mut nodes = pin!(watchers.changed(&store, &seen, &nodes));
        for waiting in [one.as_mut(), two.as_mut(), evals.as_mut(), nodes.as_mut()] {
            assert!(waiting.now_or_never().is_none());
        }
        change(&store, &watchers, 1).await;
        assert!(one.now_or_never().is_some());
        assert!(two.now_or_never().is_none());
        assert!(evals.now_or_never().is_some());
        assert!(nodes.now_or_never().is_none());
    }

    #[tokio::test]
    async fn what_was_applied_before_the_wait_began_ends_it_at_once() {
        let (store, watchers) = (Store::default(), Watchers::default());
        let seen = store.snapshot();
        change(&store, &watchers, 1).await;
        assert!(watchers.changed(&store, &seen, &[Table::Evals.into()]).now_or_never().is_some());
        assert!(watchers.changed(&store, &seen, &[WatchKey::Eval(EvalId(1))]).now_or_never().is_some());
        assert!(watchers.changed(&store, &seen, &[Table::Nodes.into()]).now_or_never().is_none());
    }

    #[tokio::test]
    async fn missing_entries_wake_everybody_and_who_went_away_is_forgotten() {
        let (store, watchers) = (Store::default(), Watchers::default());
        let seen = store.snapshot();
        let nodes = [Table::Nodes.into()];
        assert!(watchers.changed(&store, &seen, &nodes).now_or_never().is_none());
        assert!(watchers.waiting().wakers.is_empty() && watchers.waiting().watches.is_empty());
        let mut waiting = pin!(watchers.changed(&store, &seen, &nodes));
        assert!(waiting.as_mut().now_or_never().is_none());
        watchers.notify(&seen, &News { applied: Vec::new(), gap: true });
        assert!(waiting.now_or_never().is_some());
        assert!(watchers.waiting().wakers.is_empty() && watchers.waiting().watches.is_empty());
    }
}
