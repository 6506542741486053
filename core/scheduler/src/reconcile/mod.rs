//! Reconciling what a job wants with what it has: names to place, allocations to stop or update.
//!
//! For service and batch jobs; system jobs are reconciled node by node in [`crate::kind`].

mod canary;
mod delay;
mod deployments;
mod difference;
mod disconnect;
mod excess;
mod followup;
mod group;
mod names;
mod outcome;
mod place;
mod reschedule;
mod scope;
mod taint;

pub(crate) use delay::next_tracker;
pub(crate) use deployments::{Deployments, describe, settle};
pub(crate) use difference::needs_replacement;
pub(crate) use followup::Followups;
pub(crate) use group::reconcile_group;
pub(crate) use outcome::{GroupOutcome, Place, Stop};
pub(crate) use scope::Scope;
pub(crate) use taint::{Taint, lost_after, taint, was_unknown};
