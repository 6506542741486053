//! Launches of periodic jobs, dispatches of parameterized ones, and scaling.
//!
//! A slot of a schedule is launched once: what a leader proposed and did not live to see committed is refused
//! when its successor's launch came first.

use model::{JobKey, Name, Timestamp};

use super::{ApplyError, Change, JobRegistration, RegisteredBy};
use crate::State;
use crate::tables::{KEPT_SCALING_EVENTS, ScalingEvent, parent_of};
use crate::txn::Txn;

impl State {
    /// Whether a child may be registered: its parent is there and runs, and it is not a second one.
    pub(super) fn check_origin(&self, registration: &JobRegistration) -> Result<(), ApplyError> {
        let job = &registration.job;
        let parent = match &registration.by {
            RegisteredBy::Caller => return Ok(()),
            RegisteredBy::Launch { .. } | RegisteredBy::Dispatch => parent_of(&job.key(), job),
        };
        let parent = parent.ok_or_else(|| ApplyError::JobNotFound(job.key()))?;
        if self.job(&parent).is_none_or(|parent| parent.stop) {
            return Err(ApplyError::JobNotFound(parent));
        }
        match &registration.by {
            RegisteredBy::Launch { slot } if self.last_launch(&parent) >= *slot => {
                Err(ApplyError::LaunchedAlready(job.key()))
            }
            RegisteredBy::Dispatch if !job.dispatch_idempotency_token.is_empty() => {
                match self.dispatched_with(&parent, &job.dispatch_idempotency_token) {
                    Some(first) => Err(ApplyError::DispatchedAlready(first.clone())),
                    None => Ok(()),
                }
            }
            RegisteredBy::Caller | RegisteredBy::Launch { .. } | RegisteredBy::Dispatch => Ok(()),
        }
    }
}

impl Txn<'_> {
    /// Remembers that a slot was launched.
    pub(super) fn record_origin(&mut self, registration: &JobRegistration) {
        let RegisteredBy::Launch { slot } = registration.by else { return };
        if let Some(parent) = parent_of(&registration.job.key(), &registration.job) {
            self.state.change_record(&parent, |record| record.last_launch = slot);
        }
    }

    /// Remembers that a slot was left out because the launch before was not over.
    pub(super) fn skip_launch(&mut self, key: &JobKey, slot: Timestamp) {
        if self.state.job(key).is_some() && self.state.last_launch(key) < slot {
            self.state.change_record(key, |record| record.last_launch = slot);
        }
    }

    /// Records a scaling event, and registers the job with its new count if there is one.
    pub(super) fn scale_job(
        &mut self,
        key: &JobKey,
        group: &Name,
        event: &ScalingEvent,
        registration: Option<&JobRegistration>,
    ) -> Result<(), ApplyError> {
        let job = self.state.job(key).ok_or_else(|| ApplyError::JobNotFound(key.clone()))?;
        let mut event = event.clone();
        event.time = self.now();
        event.create_index = self.index();
        event.previous_count = job.group(group).map_or(0, |group| group.count);
        if let Some(registration) = registration {
            self.register_job(registration)?;
        }
        let index = self.index();
        self.state.change_record(key, |record| {
            let events = record.scaling.entry(group.clone()).or_default();
            events.insert(0, event);
            events.truncate(KEPT_SCALING_EVENTS);
            record.scaling_index = index;
        });
        self.changes.push(Change::Job(key.clone()));
        Ok(())
    }
}
