//! What is supposed to happen, as commands on the copy.

use model::{EvalId, Job, JobKey, Name, Nanos, NodeId, NodeStatus, SecretId, Timestamp};
use state::{Command, State};

use super::MAX_NODES;
use super::select::{Selector, find_node};
use crate::request::{self, DrainNode, RegisterJob, RequestError, ScaleJob};
use crate::token::EvalIds;

/// What is supposed to happen.
#[derive(Debug, Clone)]
pub enum Hypothesis {
    /// Nodes are drained, without waiting for anything.
    Drain(Selector),
    /// Nodes are lost.
    Lose(Selector),
    /// Nodes are added that are as another one.
    Add {
        /// How many.
        count: u32,
        /// Name or id of the other one.
        like: String,
    },
    /// A job is registered.
    Run(Box<Job>),
    /// The count of a group changes.
    Scale {
        /// The job.
        job: JobKey,
        /// The group; empty for the only one.
        group: String,
        /// The new count.
        count: i64,
    },
}

/// What sets a change off.
#[derive(Debug, Clone)]
pub(super) enum Cause {
    /// A command, as the API would propose it.
    Command(Box<Command>),
    /// A node goes away for good.
    Leaves(NodeId),
}

impl From<Command> for Cause {
    fn from(command: Command) -> Self {
        Self::Command(Box::new(command))
    }
}

/// Ids of evaluations; those of the simulated leader follow from the seed itself.
const fn ids_of(seed: u128) -> EvalIds {
    EvalIds::new(!seed)
}

/// Why a question has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WhatIfError {
    /// No node is selected.
    #[error("no node has all of what is asked for")]
    NoNodes,
    /// A name or id is of no node.
    #[error("no node has the name or id {0:?}")]
    NodeNotFound(String),
    /// An id begins so for several nodes.
    #[error("the ids of several nodes begin with {0:?}")]
    SeveralNodes(String),
    /// Too many nodes, or none, are to be added.
    #[error("{0} nodes cannot be added: between 1 and {MAX_NODES} can")]
    TooManyNodes(u32),
    /// The job has several groups and none is named.
    #[error("job {0} has several groups: name one")]
    NoGroup(JobKey),
    /// The change itself would be refused.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// It does not come to rest within its bounds.
    #[error("what would happen does not come to rest within {0}")]
    Unbounded(&'static str),
}

impl Hypothesis {
    /// What makes it so, in order. `seed` tells ids of different questions apart.
    ///
    /// # Errors
    /// It is about something that is not there, or it would be refused.
    pub(super) fn causes(
        &self,
        state: &State,
        now: Timestamp,
        region: &str,
        seed: u128,
    ) -> Result<Vec<Cause>, WhatIfError> {
        let mut ids = ids_of(seed);
        match self {
            Self::Drain(selector) => {
                let drain = |id| {
                    let request = DrainNode { id, spec: Some((Nanos(-1), false)), mark_eligible: false };
                    request::drain_node(state, now, &mut ids, &request).map(Cause::from)
                };
                Ok(selector.select(state)?.into_iter().map(drain).collect::<Result<_, _>>()?)
            }
            Self::Lose(selector) => Ok(selector.select(state)?.into_iter().map(Cause::Leaves).collect()),
            Self::Add { count, like } => add(state, now, seed, *count, find_node(state, like)?),
            Self::Run(job) => {
                let request = RegisterJob {
                    job: Job::clone(job),
                    submission: None,
                    enforce_index: None,
                    preserve_counts: false,
                    eval_priority: None,
                    management: true,
                    eval: EvalId::derive(&[seed, 1, 0x1f]),
                };
                Ok(vec![request::register_job(state, now, region, request)?.into()])
            }
            Self::Scale { job, group, count } => scale(state, now, seed, job, group, *count),
        }
    }
}

/// The registrations of new nodes. What is unique to a node is not copied but for its addresses.
fn add(
    state: &State,
    now: Timestamp,
    seed: u128,
    count: u32,
    like: NodeId,
) -> Result<Vec<Cause>, WhatIfError> {
    if count == 0 || count > MAX_NODES {
        return Err(WhatIfError::TooManyNodes(count));
    }
    let node = state.node(like).ok_or(RequestError::NodeNotFound(like))?;
    let mut ids = ids_of(seed);
    let mut commands = Vec::new();
    for number in 1..=count {
        let mut copy = model::Node::clone(node);
        copy.id = NodeId::derive(&[seed, u128::from(number), 0xadd]);
        copy.secret = SecretId::NONE;
        copy.name = format!("{}+{number}", node.name).into();
        copy.attributes.retain(|key, _| !key.starts_with("unique."));
        copy.attributes.insert("unique.hostname".into(), Name::clone(&copy.name));
        copy.status = NodeStatus::Ready;
        (copy.eligible, copy.drain) = (true, None);
        copy.events.clear();
        commands.push(request::register_node(state, now, &mut ids, copy)?.into());
    }
    Ok(commands)
}

fn scale(
    state: &State,
    now: Timestamp,
    seed: u128,
    key: &JobKey,
    group: &str,
    count: i64,
) -> Result<Vec<Cause>, WhatIfError> {
    let job = state.job(key).ok_or_else(|| RequestError::JobNotFound(key.clone()))?;
    let group = match (group, job.task_groups.as_slice()) {
        ("", [only]) => only.name.clone(),
        ("", _) => return Err(WhatIfError::NoGroup(key.clone())),
        (named, _) => named.to_owned(),
    };
    let request = ScaleJob {
        key: key.clone(),
        group,
        count: Some(count),
        message: String::new(),
        error: false,
        meta: None,
        enforce_index: None,
        management: true,
        eval: EvalId::derive(&[seed, 2, 0x1f]),
    };
    Ok(vec![request::scale_job(state, now, request)?.into()])
}
