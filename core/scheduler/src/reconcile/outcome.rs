//! What is to be done with one group.

use std::sync::Arc;

use model::{
    Alloc, AllocState, ClientStatus, DeploymentGroup, DesiredUpdates, EvalId, Job, Name, StopReason,
};

/// An allocation to stop.
#[derive(Debug, Clone)]
pub(crate) struct Stop {
    pub(crate) alloc: Arc<Alloc>,
    pub(crate) reason: StopReason,
    /// Client status to record.
    pub(crate) client: Option<ClientStatus>,
    pub(crate) followup: EvalId,
}

impl Stop {
    pub(crate) const fn new(alloc: Arc<Alloc>, reason: StopReason) -> Self {
        Self { alloc, reason, client: None, followup: EvalId::NONE }
    }

    /// Stops an allocation whose node is gone.
    pub(crate) const fn lost(alloc: Arc<Alloc>) -> Self {
        Self { alloc, reason: StopReason::Lost, client: Some(ClientStatus::Lost), followup: EvalId::NONE }
    }
}

/// An allocation to place.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) index: u32,
    pub(crate) previous: Option<Arc<Alloc>>,
    /// The previous one failed, or its client is away: it is rescheduled.
    pub(crate) reschedule: bool,
    /// The previous one is stopped when this one finds a node.
    pub(crate) stop_previous: bool,
    pub(crate) lost: bool,
    pub(crate) canary: bool,
    /// Version of the job that it runs.
    pub(crate) job: Arc<Job>,
}

/// A change of an allocation that stays.
#[derive(Debug, Clone)]
pub(crate) struct Note {
    pub(crate) alloc: Arc<Alloc>,
    pub(crate) client: Option<ClientStatus>,
    pub(crate) state: Option<AllocState>,
    pub(crate) followup: EvalId,
    pub(crate) reason: StopReason,
}

/// What is to be done with one group.
#[derive(Debug, Clone)]
pub(crate) struct GroupOutcome {
    pub(crate) group: Name,
    pub(crate) stops: Vec<Stop>,
    pub(crate) place: Vec<Place>,
    /// Replaced one by one: stopped when their replacement finds a node.
    pub(crate) destructive: Vec<Arc<Alloc>>,
    pub(crate) in_place: Vec<Arc<Alloc>>,
    pub(crate) notes: Vec<Note>,
    pub(crate) desired: DesiredUpdates,
    /// Nothing is left to do, as far as a deployment is concerned.
    pub(crate) complete: bool,
    /// State of the group in a deployment that is to be created.
    pub(crate) deployment: Option<DeploymentGroup>,
}

impl GroupOutcome {
    pub(crate) fn new(group: Name) -> Self {
        Self {
            group,
            stops: Vec::new(),
            place: Vec::new(),
            destructive: Vec::new(),
            in_place: Vec::new(),
            notes: Vec::new(),
            desired: DesiredUpdates::default(),
            complete: false,
            deployment: None,
        }
    }
}
