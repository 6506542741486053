//! What the engine keeps of one allocation beside its machine.

use std::collections::BTreeMap;
use std::sync::Arc;

use lifecycle::AllocMachine;
use lifecycle::offer::Offer;
use model::{AllocId, Name, Timestamp};
use tokio::sync::oneshot;
use tokio::task::AbortHandle;

use crate::services::CheckSpec;
use crate::task::AllocContext;

/// Resolves when an operation has ended, whether or not it was carried out.
pub(super) type Ended = oneshot::Receiver<()>;

/// One allocation.
pub(super) struct Runner {
    /// Decides.
    pub(super) machine: AllocMachine,
    /// What its tasks are set up from.
    pub(super) context: Arc<AllocContext>,
    /// Its tasks, once something was done for them.
    pub(super) tasks: BTreeMap<Name, TaskSlot>,
    /// The services that its machine offers.
    pub(super) offers: Vec<Offer>,
    /// How their checks are made.
    pub(super) specs: Vec<CheckSpec>,
    /// The checks that run.
    pub(super) checks: BTreeMap<Name, AbortHandle>,
    /// Its last operation.
    pub(super) last: Option<Ended>,
    /// When its machine wants to be woken.
    pub(super) wake: Option<Timestamp>,
    /// The stop that the machine was told of, and whether it leaves delays out.
    pub(super) stop_told: Option<bool>,
    /// Whether it belongs to a deployment.
    pub(super) in_deployment: bool,
    /// The allocation that it replaces.
    pub(super) previous: AllocId,
    /// Whether it waits for that one to end.
    pub(super) waits: bool,
    /// When it ended, while its directory is still there.
    pub(super) ended_at: Option<Timestamp>,
    /// Index at which the servers last changed it.
    pub(super) modify_index: u64,
}

/// One task.
#[derive(Default)]
pub(super) struct TaskSlot {
    /// Its last operation.
    pub(super) last: Option<Ended>,
    /// Counts its starts, so that the end of one is never taken for the end of another.
    pub(super) run: u32,
    /// Waits for its end.
    pub(super) watcher: Option<AbortHandle>,
}

impl Runner {
    /// The operations that everything later must wait for.
    pub(super) fn take_all(&mut self) -> Vec<Ended> {
        let tasks = self.tasks.values_mut().filter_map(|slot| slot.last.take());
        tasks.chain(self.last.take()).collect()
    }

    /// The slot of a task.
    pub(super) fn slot(&mut self, task: &Name) -> &mut TaskSlot {
        self.tasks.entry(Name::clone(task)).or_default()
    }
}
