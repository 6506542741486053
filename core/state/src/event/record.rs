//! Events of one entry. The type follows from the command, the topic from what changed.

use std::collections::BTreeSet;
use std::sync::Arc;

use model::{Alloc, Deployment, Eval, Job, Name, Node, NodePool};

use crate::{Applied, Change, Command, State};

/// What an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventTopic {
    /// A job.
    Job,
    /// An evaluation.
    Evaluation,
    /// An allocation.
    Allocation,
    /// A deployment.
    Deployment,
    /// A node.
    Node,
    /// A node pool.
    NodePool,
}

impl EventTopic {
    /// The word in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Job => "Job",
            Self::Evaluation => "Evaluation",
            Self::Allocation => "Allocation",
            Self::Deployment => "Deployment",
            Self::Node => "Node",
            Self::NodePool => "NodePool",
        }
    }
}

/// What made an event: the word in the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct EventType(pub &'static str);

/// One event.
#[derive(Debug, Clone)]
pub struct Event {
    /// What it is about.
    pub topic: EventTopic,
    /// What made it.
    pub event_type: EventType,
    /// Id of what it is about.
    pub key: Name,
    /// Namespace of what it is about; empty where there is none.
    pub namespace: Name,
    /// Other ids that a subscription may name.
    pub filter_keys: Vec<Name>,
    /// Index of the entry.
    pub index: u64,
    /// The record after the entry; the last one before, if it was forgotten.
    pub payload: EventPayload,
}

/// The record that an event shows.
#[derive(Debug, Clone)]
pub enum EventPayload {
    /// A job.
    Job(Arc<Job>),
    /// An evaluation.
    Eval(Arc<Eval>),
    /// An allocation.
    Alloc(Arc<Alloc>),
    /// A deployment.
    Deployment(Arc<Deployment>),
    /// A node.
    Node(Arc<Node>),
    /// A node pool.
    NodePool(Arc<NodePool>),
}

impl EventType {
    /// The type of the events of a command; none if it makes none.
    #[must_use]
    pub const fn of(command: &Command) -> Option<Self> {
        Some(Self(match command {
            Command::RegisterJob(_) | Command::RegisterJobs(_) | Command::ScaleJob { .. } => "JobRegistered",
            Command::DeregisterJob { .. } => "JobDeregistered",
            Command::UpsertEvals(_) => "EvaluationUpdated",
            Command::ApplyPlans(_) => "PlanResult",
            Command::RegisterNode { .. } => "NodeRegistration",
            Command::PurgeNodes { .. } => "NodeDeregistration",
            Command::SetNodeEligibility { .. } => "NodeEligibility",
            Command::SetNodeDrain { .. } => "NodeDrain",
            Command::SetNodeStatus { .. } | Command::AddNodeEvents { .. } => "NodeStreamEvent",
            Command::UpdateAllocs { .. } => "AllocationUpdated",
            Command::SetAllocTransitions { .. } => "AllocationUpdateDesiredStatus",
            Command::SetDeploymentStatus { .. } | Command::SetJobStability { .. } => "DeploymentStatusUpdate",
            Command::PromoteDeployment { .. } => "DeploymentPromotion",
            Command::SetAllocHealth { .. } => "DeploymentAllocHealth",
            Command::UpsertNodePool(_) => "NodePoolUpserted",
            Command::DeleteNodePool(_) => "NodePoolDeleted",
            Command::InitCluster { .. }
            | Command::TagJobVersion { .. }
            | Command::UntagJobVersion { .. }
            | Command::Gc(_)
            | Command::RemoveService { .. }
            | Command::SkipLaunch { .. }
            | Command::UpsertNamespace(_)
            | Command::DeleteNamespace(_)
            | Command::SetSchedulerConfig { .. }
            | Command::SetAutopilotConfig { .. }
            | Command::RestorePiece { .. }
            | Command::RestoreCommit { .. }
            | Command::ReconcileSummaries => return None,
        }))
    }
}

impl Event {
    /// The events of an entry: one for each record that it changed, in order. `before` is the state that it
    /// was applied to, `after` the one that it led to.
    #[must_use]
    pub fn of_entry(before: &State, after: &State, command: &Command, applied: &Applied) -> Vec<Self> {
        let Some(event_type) = EventType::of(command) else { return Vec::new() };
        let mut seen = BTreeSet::new();
        let mut events = Vec::new();
        for change in &applied.changes {
            let Some(event) = Self::of_change(before, after, change, event_type, applied.index) else {
                continue;
            };
            if seen.insert((event.topic, Name::clone(&event.namespace), Name::clone(&event.key))) {
                events.push(event);
            }
        }
        events
    }

    fn of_change(
        before: &State,
        after: &State,
        change: &Change,
        event_type: EventType,
        index: u64,
    ) -> Option<Self> {
        let payload = match change {
            Change::Job(key) => EventPayload::Job(Arc::clone(after.job(key)?)),
            Change::JobRemoved(key) => EventPayload::Job(Arc::clone(before.job(key)?)),
            Change::Eval(id) => EventPayload::Eval(Arc::clone(after.eval(*id)?)),
            Change::Alloc { id, .. } => EventPayload::Alloc(Arc::clone(after.alloc(*id)?)),
            Change::Deployment(id) => EventPayload::Deployment(Arc::clone(after.deployment(*id)?)),
            Change::Node(id) => EventPayload::Node(Arc::clone(after.node(*id)?)),
            Change::NodeRemoved(id) => EventPayload::Node(Arc::clone(before.node(*id)?)),
            Change::NodePool(name) => {
                EventPayload::NodePool(Arc::clone(after.node_pool(name).or_else(|| before.node_pool(name))?))
            }
            Change::Table(_)
            | Change::Summary(_)
            | Change::EvalRemoved(_)
            | Change::AllocRemoved { .. }
            | Change::DeploymentRemoved(_)
            | Change::Namespace(_)
            | Change::Config => return None,
        };
        Some(Self::about(payload, event_type, index))
    }

    fn about(payload: EventPayload, event_type: EventType, index: u64) -> Self {
        let text = |text: String| Name::from(text);
        let none = || Name::from("");
        let deployment = |id: model::DeploymentId| (!id.is_none()).then(|| Name::from(id.to_string()));
        let (topic, key, namespace, filter_keys) = match &payload {
            EventPayload::Job(job) => {
                (EventTopic::Job, Name::from(job.id.as_str()), Name::from(job.namespace.as_str()), Vec::new())
            }
            EventPayload::Eval(eval) => {
                let keys = [Some(Name::clone(&eval.job.id)), deployment(eval.deployment)];
                let namespace = Name::clone(&eval.job.namespace);
                (
                    EventTopic::Evaluation,
                    text(eval.id.to_string()),
                    namespace,
                    keys.into_iter().flatten().collect(),
                )
            }
            EventPayload::Alloc(alloc) => {
                let keys = [Some(Name::from(alloc.job.id.as_str())), deployment(alloc.deployment)];
                let namespace = Name::from(alloc.job.namespace.as_str());
                (
                    EventTopic::Allocation,
                    text(alloc.id.to_string()),
                    namespace,
                    keys.into_iter().flatten().collect(),
                )
            }
            EventPayload::Deployment(deployment) => {
                let job = &deployment.job;
                let key = text(deployment.id.to_string());
                (EventTopic::Deployment, key, Name::clone(&job.namespace), vec![Name::clone(&job.id)])
            }
            EventPayload::Node(node) => (EventTopic::Node, text(node.id.to_string()), none(), Vec::new()),
            EventPayload::NodePool(pool) => {
                (EventTopic::NodePool, Name::from(pool.name.as_str()), none(), Vec::new())
            }
        };
        Self { topic, event_type, key, namespace, filter_keys, index, payload }
    }
}
