//! Who waits for which change. Pure bookkeeping: the shell owns the tasks and wakes them.
//!
//! To wait without missing anything: read the state, [`Watches::register`], look at the state's index once more,
//! then sleep until the ticket fires or the deadline passes, and [`Watches::cancel`] in the latter case. A
//! ticket fires once and is gone.
//!
//! Bounds: [`Watches::new`] sets how many tickets there may be; a ticket has at most [`MAX_KEYS`] keys.

use std::collections::{BTreeMap, BTreeSet};

use model::{AllocId, DeploymentId, EvalId, JobKey, Name, NodeId};

use crate::{Change, Table};

/// Keys of one ticket at most; whoever needs more waits for the table.
pub const MAX_KEYS: usize = 64;

/// What can be waited for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum WatchKey {
    /// Any change of a table.
    Table(Table),
    /// A job, its versions or its status.
    Job(JobKey),
    /// Any job of a namespace whose id begins so.
    JobPrefix {
        /// The namespace.
        namespace: Name,
        /// First characters of the id.
        prefix: Name,
    },
    /// The summary of a job.
    Summary(JobKey),
    /// The allocations of a job.
    JobAllocs(JobKey),
    /// A node.
    Node(NodeId),
    /// The allocations on a node.
    NodeAllocs(NodeId),
    /// An evaluation.
    Eval(EvalId),
    /// An allocation.
    Alloc(AllocId),
    /// A deployment.
    Deployment(DeploymentId),
}

impl From<Table> for WatchKey {
    fn from(table: Table) -> Self {
        Self::Table(table)
    }
}

/// One who waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket(u64);

/// Why nobody more can wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RegisterError {
    /// There are too many tickets.
    #[error("{limit} watches are registered already")]
    Full {
        /// How many there may be.
        limit: usize,
    },
    /// The ticket would have too many keys.
    #[error("a watch has at most {MAX_KEYS} keys")]
    TooManyKeys,
}

/// Who waits for what.
#[derive(Debug, Clone)]
pub struct Watches {
    limit: usize,
    next: u64,
    tickets: BTreeMap<Ticket, Vec<WatchKey>>,
    waiting: BTreeMap<WatchKey, BTreeSet<Ticket>>,
}

impl Watches {
    /// Nobody waits; at most `limit` may.
    #[must_use]
    pub const fn new(limit: usize) -> Self {
        Self { limit, next: 0, tickets: BTreeMap::new(), waiting: BTreeMap::new() }
    }

    /// How many wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.tickets.len()
    }

    /// Whether nobody waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tickets.is_empty()
    }

    /// Waits for a change of any of `keys`.
    ///
    /// # Errors
    /// [`RegisterError`] when a bound is reached; nothing is registered then.
    pub fn register(&mut self, keys: Vec<WatchKey>) -> Result<Ticket, RegisterError> {
        if self.tickets.len() >= self.limit {
            return Err(RegisterError::Full { limit: self.limit });
        }
        if keys.len() > MAX_KEYS {
            return Err(RegisterError::TooManyKeys);
        }
        let ticket = Ticket(self.next);
        self.next += 1;
        for key in &keys {
            self.waiting.entry(key.clone()).or_default().insert(ticket);
        }
        self.tickets.insert(ticket, keys);
        Ok(ticket)
    }

    /// Waits no longer. Does nothing if the ticket fired.
    pub fn cancel(&mut self, ticket: Ticket) {
        for key in self.tickets.remove(&ticket).unwrap_or_default() {
            if let Some(tickets) = self.waiting.get_mut(&key) {
                tickets.remove(&ticket);
                if tickets.is_empty() {
                    self.waiting.remove(&key);
                }
            }
        }
    }

    /// Fires the tickets that wait for any of the changes, in order of registration, and forgets them.
    pub fn notify(&mut self, changes: &[Change]) -> Vec<Ticket> {
        let mut fired = BTreeSet::new();
        for change in changes {
            if self.waiting.is_empty() {
                break;
            }
            each_key(change, |key| {
                let Some(tickets) = self.waiting.remove(&key) else { return };
                fired.extend(tickets);
            });
        }
        for ticket in &fired {
            self.cancel(*ticket);
        }
        fired.into_iter().collect()
    }
}

/// Every key that a change concerns.
fn each_key(change: &Change, mut found: impl FnMut(WatchKey)) {
    match change {
        Change::Table(table) => found(WatchKey::Table(*table)),
        Change::Job(key) | Change::JobRemoved(key) => {
            found(WatchKey::Table(Table::Jobs));
            found(WatchKey::Job(key.clone()));
            let ends = key.id.char_indices().map(|(at, _)| at).chain([key.id.len()]);
            for end in ends {
                let prefix = Name::from(&key.id[..end]);
                found(WatchKey::JobPrefix { namespace: Name::clone(&key.namespace), prefix });
            }
        }
        Change::Summary(key) => {
            found(WatchKey::Table(Table::JobSummaries));
            found(WatchKey::Summary(key.clone()));
        }
        Change::Node(id) | Change::NodeRemoved(id) => {
            found(WatchKey::Table(Table::Nodes));
            found(WatchKey::Node(*id));
        }
        Change::Eval(id) | Change::EvalRemoved(id) => {
            found(WatchKey::Table(Table::Evals));
            found(WatchKey::Eval(*id));
        }
        Change::Alloc { id, node, job, by_client: _ } => {
            found(WatchKey::Table(Table::Allocs));
            found(WatchKey::Alloc(*id));
            found(WatchKey::NodeAllocs(*node));
            found(WatchKey::JobAllocs(job.clone()));
        }
        Change::AllocRemoved { id, node } => {
            found(WatchKey::Table(Table::Allocs));
            found(WatchKey::Alloc(*id));
            found(WatchKey::NodeAllocs(*node));
        }
        Change::Deployment(id) | Change::DeploymentRemoved(id) => {
            found(WatchKey::Table(Table::Deployments));
            found(WatchKey::Deployment(*id));
        }
        Change::Namespace(_) => found(WatchKey::Table(Table::Namespaces)),
        Change::NodePool(_) => found(WatchKey::Table(Table::NodePools)),
        Change::Config => found(WatchKey::Table(Table::Config)),
    }
}
