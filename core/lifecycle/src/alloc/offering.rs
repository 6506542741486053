//! Which services are offered now, which checks run, and what their results mean.

use model::{Name, RunState, ServiceInstance, Timestamp};

use super::Action;
use super::machine::{AllocMachine, Stage};
use crate::offer::{CheckRules, Offer};
use crate::task;

impl AllocMachine {
    /// The services that are offered now.
    pub(super) fn instances(&self) -> Vec<ServiceInstance> {
        self.offered().map(|offer| offer.instance.clone()).collect()
    }

    fn offered(&self) -> impl Iterator<Item = &Offer> {
        let group = self.stage == Stage::Running
            && self.stop_cause().is_none()
            && self.tasks.iter().any(|task| task.state().state == RunState::Running);
        self.rules.offers.iter().filter(move |offer| match &offer.task {
            None => group,
            Some(name) => group && self.task(name).is_some_and(task::TaskMachine::is_serving),
        })
    }

    /// Has exactly the checks of what is offered run.
    pub(super) fn run_checks(&mut self, actions: &mut Vec<Action>) {
        let wanted: Vec<Name> =
            self.offered().flat_map(|offer| &offer.checks).map(|check| check.id.clone()).collect();
        if wanted.len() == self.checks.len() && wanted.iter().all(|id| self.checks.contains_key(id)) {
            return;
        }
        self.checks.retain(|id, _| wanted.contains(id));
        for id in &wanted {
            self.checks.entry(id.clone()).or_default();
        }
        actions.push(Action::RunChecks(wanted));
    }

    /// Whether every check that counts has passed the last time.
    pub(super) fn checks_pass(&self) -> bool {
        let mut counting =
            self.rules.offers.iter().flat_map(|offer| &offer.checks).filter(|check| check.counts);
        counting.all(|check| self.checks.get(&check.id).is_some_and(|track| track.is_passing()))
    }

    /// Notes the result of a check, and restarts tasks when it failed too often.
    pub(super) fn checked(&mut self, now: Timestamp, id: &Name, passing: bool, actions: &mut Vec<Action>) {
        let all = self.rules.offers.iter().flat_map(|offer| &offer.checks);
        let Some(CheckRules { name, restart, .. }) = all.into_iter().find(|check| check.id == *id).cloned()
        else {
            return;
        };
        let tasks = restart.as_ref().map(|rules| rules.tasks.clone()).unwrap_or_default();
        let started = tasks.iter().filter_map(|name| Some(self.task(name)?.state().started_at)).max();
        // A result that comes after the check was ended.
        let Some(track) = self.checks.get_mut(id) else { return };
        if track.note(now, started.unwrap_or(Timestamp::NEVER), restart.as_ref(), passing) {
            let reason = Name::from(format!("healthcheck: check {:?} unhealthy", &*name));
            for task in tasks {
                self.tell_task(now, &task, task::Event::Unhealthy { reason: reason.clone() }, actions);
            }
        }
    }
}
