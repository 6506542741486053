//! Taking over what an earlier agent ran.

use std::collections::BTreeMap;
use std::sync::Arc;

use driver::{RecoverError, TaskHandle};
use executor::chain;
use lifecycle::AllocMachine;
use lifecycle::alloc::Event;
use lifecycle::reattach::{self, Found};
use model::Name;

use super::push::{context, prepare};
use super::run::Engine;
use crate::clock;
use crate::shared::Shared;
use crate::state_db::Recorded;

/// An allocation that was recorded, and what the drivers found of its tasks.
pub(crate) struct Restored {
    recorded: Recorded,
    found: BTreeMap<Name, Found>,
}

/// Asks the drivers for the tasks of recorded allocations.
pub(crate) async fn recover(shared: &Shared, recorded: Vec<Recorded>) -> Vec<Restored> {
    let mut restored = Vec::with_capacity(recorded.len());
    for recorded in recorded {
        let mut found = BTreeMap::new();
        let context = context(shared, &recorded.assignment, &recorded.job);
        for task in context.task_group().into_iter().flat_map(|group| &group.tasks) {
            let name = Name::from(task.name.as_str());
            // A start whose agent was killed before it could record the handle.
            let unrecorded = || shared.drivers.find(&task.driver, &context.task_id(&task.name));
            if let Some(handle) = recorded.handles.get(&name).cloned().or_else(unrecorded) {
                found.insert(name, recover_task(shared, &handle).await);
            }
        }
        restored.push(Restored { recorded, found });
    }
    restored
}

/// Asks a driver for one task.
pub(super) async fn recover_task(shared: &Shared, handle: &TaskHandle) -> Found {
    let lost = |message: String| Found::Lost { message: Name::from(message), rebooted: shared.rebooted };
    let Some(driver) = shared.drivers.get(&handle.driver) else {
        return lost(format!("driver {:?} is not available on this node any more", handle.driver));
    };
    match driver.recover(handle).await {
        Ok(()) => Found::Recovered,
        Err(RecoverError::Lost { reason, .. }) => lost(reason),
        Err(error @ RecoverError::Handle(_)) => lost(chain(&error)),
    }
}

/// The tasks that a driver holds again.
pub(super) fn recovered(found: &BTreeMap<Name, Found>) -> Vec<Name> {
    found.iter().filter(|(_, found)| **found == Found::Recovered).map(|(task, _)| Name::clone(task)).collect()
}

impl Engine {
    /// Goes on with what an earlier agent ran.
    pub(crate) fn restore(&mut self, restored: Vec<Restored>) {
        for Restored { recorded, found } in restored {
            let Recorded { assignment, job, tasks, restarts, .. } = recorded;
            let id = assignment.id;
            let context = context(&self.shared, &assignment, &job);
            let has_dir = context.paths.as_ref().is_some_and(|paths| paths.root.is_dir());
            let running = recovered(&found);
            let prepared = prepare(&self.shared, context, &assignment, Arc::clone(&job));
            let known = reattach::Recorded { tasks, restarts };
            let rules = prepared.rules.clone();
            let (machine, actions) = AllocMachine::restore(clock::now(), rules, known, found);
            let over = machine.is_over();
            self.insert(&assignment, prepared, machine);
            for task in running {
                self.watch(id, &task);
            }
            self.act(id, actions);
            self.shared.show_dir(id, has_dir);
            if let Some(runner) = self.runners.get_mut(&id) {
                runner.ended_at = (over && has_dir).then(clock::now);
                // Its index is learnt again, so that nothing that changed meanwhile is missed.
                runner.modify_index = 0;
            }
            if assignment.desired.is_terminal() {
                if let Some(runner) = self.runners.get_mut(&id) {
                    runner.stop_told = Some(assignment.no_shutdown_delay);
                }
                self.tell(id, Event::Stop { no_shutdown_delay: assignment.no_shutdown_delay });
            }
        }
    }
}
