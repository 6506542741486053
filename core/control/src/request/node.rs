//! Requests about nodes: register, change status, drain, eligibility, purge.

use std::collections::{BTreeMap, BTreeSet};

use model::{
    DrainStrategy, Eval, EvalTrigger, JobKey, Name, Nanos, Node, NodeEvent, NodeId, NodeStatus, Timestamp,
};
use state::{Command, State};

use super::RequestError;
use super::job::eval_of;
use crate::token::EvalIds;

/// How to drain a node.
#[derive(Debug, Clone)]
pub struct DrainNode {
    /// The node.
    pub id: NodeId,
    /// Time allowed and whether system jobs stay; none ends the drain. Times are filled in.
    pub spec: Option<(Nanos, bool)>,
    /// Takes new allocations again after the end of a drain.
    pub mark_eligible: bool,
}

/// The command that registers a node or its changes. It is ready from then on: it would not have connected
/// otherwise.
///
/// # Errors
/// The node is registered with another secret.
pub fn register_node(
    state: &State,
    now: Timestamp,
    ids: &mut EvalIds,
    node: Node,
) -> Result<Command, RequestError> {
    let known = state.node(node.id);
    if known.is_some_and(|known| known.secret != node.secret) {
        return Err(RequestError::NodeSecret(node.id));
    }
    let evals = match known {
        Some(known) if known.status != NodeStatus::Ready => evals_of_return(state, now, ids, &node),
        Some(known) if !offers_more(known, &node) => Vec::new(),
        Some(_) | None => evals_of_system_jobs(state, now, ids, &node),
    };
    Ok(Command::RegisterNode { node: Box::new(node), evals })
}

/// The command that changes the status of a node, with the evaluations that follow.
///
/// Of a disconnected node only the jobs that tolerate disconnection are looked at: the others keep their
/// allocations until the grace is over. A node whose grace is over stays disconnected while an allocation
/// on it may come back later, and is down otherwise.
///
/// # Errors
/// The node is not there.
pub fn set_status(
    state: &State,
    now: Timestamp,
    ids: &mut EvalIds,
    id: NodeId,
    status: NodeStatus,
) -> Result<Command, RequestError> {
    let node = state.node(id).ok_or(RequestError::NodeNotFound(id))?;
    let mut stored = status;
    let evals = match status {
        NodeStatus::Disconnected => evals_where(state, now, ids, node, |tolerates| tolerates),
        NodeStatus::Down => {
            if state.allocs_on_node(id).any(|alloc| !alloc.is_terminal() && tolerates_absence(alloc)) {
                stored = NodeStatus::Disconnected;
                evals_where(state, now, ids, node, |tolerates| !tolerates)
            } else {
                evals_of_node(state, now, ids, node)
            }
        }
        NodeStatus::Ready | NodeStatus::Init => evals_of_return(state, now, ids, node),
    };
    let message = match status {
        NodeStatus::Ready if node.status == NodeStatus::Init => "Node became ready",
        NodeStatus::Ready => "Node reregistered by heartbeat",
        NodeStatus::Disconnected => "Node heartbeat missed",
        NodeStatus::Down => "Node was silent for longer than the heartbeat grace",
        NodeStatus::Init => "Node initializes",
    };
    Ok(Command::SetNodeStatus { id, status: stored, event: Some(event(now, "Cluster", message)), evals })
}

/// The command that changes whether a node takes new allocations.
///
/// # Errors
/// The node is not there.
pub fn set_eligibility(
    state: &State,
    now: Timestamp,
    ids: &mut EvalIds,
    id: NodeId,
    eligible: bool,
) -> Result<Command, RequestError> {
    let node = state.node(id).ok_or(RequestError::NodeNotFound(id))?;
    let message = if eligible {
        "Node marked as eligible for scheduling"
    } else {
        "Node marked as ineligible for scheduling"
    };
    let evals =
        if eligible && !node.eligible { evals_of_system_jobs(state, now, ids, node) } else { Vec::new() };
    Ok(Command::SetNodeEligibility { id, eligible, event: Some(event(now, "Cluster", message)), evals })
}

/// The command that starts, changes or ends a drain.
///
/// # Errors
/// The node is not there.
pub fn drain_node(
    state: &State,
    now: Timestamp,
    ids: &mut EvalIds,
    request: &DrainNode,
) -> Result<Command, RequestError> {
    let node = state.node(request.id).ok_or(RequestError::NodeNotFound(request.id))?;
    let drain = request.spec.map(|(deadline, ignore_system_jobs)| DrainStrategy {
        deadline,
        ignore_system_jobs,
        force_deadline: if deadline > Nanos::ZERO { now + deadline } else { Timestamp::NEVER },
        started_at: node.drain.as_ref().map_or(now, |drain| drain.started_at),
    });
    let message = match (&drain, &node.drain) {
        (Some(_), None) => "Node drain strategy set",
        (Some(_), Some(_)) => "Node drain strategy updated",
        (None, _) => "Node drain strategy unset",
    };
    let evals = evals_of_node(state, now, ids, node);
    Ok(Command::SetNodeDrain {
        id: request.id,
        drain,
        mark_eligible: request.mark_eligible,
        event: Some(event(now, "Drain", message)),
        evals,
    })
}

/// The command that forgets a node.
///
/// # Errors
/// The node is not there.
pub fn purge_node(
    state: &State,
    now: Timestamp,
    ids: &mut EvalIds,
    id: NodeId,
) -> Result<Command, RequestError> {
    let node = state.node(id).ok_or(RequestError::NodeNotFound(id))?;
    Ok(Command::PurgeNodes { ids: vec![id], evals: evals_of_node(state, now, ids, node) })
}

/// One evaluation for each job with an allocation on the node that its client is not done with.
fn evals_of_node(state: &State, now: Timestamp, ids: &mut EvalIds, node: &Node) -> Vec<Eval> {
    evals_where(state, now, ids, node, |_| true)
}

/// A node that is back may have allocations to reconcile, and is feasible for system jobs again.
fn evals_of_return(state: &State, now: Timestamp, ids: &mut EvalIds, node: &Node) -> Vec<Eval> {
    let mut evals = evals_of_node(state, now, ids, node);
    let known: BTreeSet<JobKey> = evals.iter().map(|eval| eval.job.clone()).collect();
    let more = evals_of_system_jobs(state, now, ids, node);
    evals.extend(more.into_iter().filter(|eval| !known.contains(&eval.job)));
    evals
}

fn evals_where(
    state: &State,
    now: Timestamp,
    ids: &mut EvalIds,
    node: &Node,
    wanted: impl Fn(bool) -> bool,
) -> Vec<Eval> {
    let mut jobs = BTreeMap::new();
    for alloc in state.allocs_on_node(node.id) {
        if !alloc.client_terminal() && wanted(tolerates_absence(alloc)) {
            jobs.entry(alloc.job_key()).or_insert_with(|| alloc.job.clone());
        }
    }
    jobs.into_iter()
        .map(|(key, version)| {
            let job = state.job(&key).unwrap_or(&version);
            about(node, eval_of(now, ids.next_id(), job, EvalTrigger::NodeUpdate))
        })
        .collect()
}

/// System jobs run on every feasible node, so each may want this one.
fn evals_of_system_jobs(state: &State, now: Timestamp, ids: &mut EvalIds, node: &Node) -> Vec<Eval> {
    state
        .jobs()
        .filter(|job| job.kind().is_system() && !job.stopped() && !job.is_parent())
        .map(|job| about(node, eval_of(now, ids.next_id(), job, EvalTrigger::NodeUpdate)))
        .collect()
}

fn about(node: &Node, mut eval: Eval) -> Eval {
    eval.node = node.id;
    eval.node_modify_index = node.modify_index;
    eval
}

fn tolerates_absence(alloc: &model::Alloc) -> bool {
    alloc
        .task_group()
        .and_then(|group| group.disconnect.as_ref()?.lost_after)
        .is_some_and(|lost_after| lost_after > Nanos::ZERO)
}

/// Whether a registration may make room for jobs that found none: anything that constraints can see changed.
fn offers_more(known: &Node, node: &Node) -> bool {
    known.resources != node.resources
        || known.reserved != node.reserved
        || known.attributes != node.attributes
        || known.meta != node.meta
        || known.drivers != node.drivers
        || known.datacenter != node.datacenter
        || known.pool != node.pool
        || known.class != node.class
}

fn event(now: Timestamp, subsystem: &str, message: &str) -> NodeEvent {
    NodeEvent {
        time: now,
        subsystem: Name::from(subsystem),
        message: Name::from(message),
        details: BTreeMap::new(),
        create_index: 0,
    }
}
