//! Questions about placements: which job, group and allocation is meant, and what the scheduler says of it.
//!
//! Limits: [`MAX_GROUPS`] groups in one answer unless one is named.

use std::sync::Arc;

use model::{AllocId, Eval, EvalId, EvalTrigger, Job, JobKey, NodeId};
use scheduler::{GroupExplained, Question, explain_group};
use state::Snapshot;

/// Groups that are explained in one answer.
pub const MAX_GROUPS: usize = 16;

/// What is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// One more allocation of a job's groups.
    Job(JobKey),
    /// An allocation, as if it was placed now.
    Alloc(AllocId),
    /// What an evaluation placed or could not place.
    Eval(EvalId),
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExplainError {
    /// The job is not there.
    #[error("job not found")]
    JobNotFound,
    /// The allocation is not there.
    #[error("alloc not found")]
    AllocNotFound,
    /// The evaluation is not there.
    #[error("eval not found")]
    EvalNotFound,
    /// The job has no such group.
    #[error("job {job} has no group {group:?}")]
    GroupNotFound {
        /// The job.
        job: JobKey,
        /// The group.
        group: String,
    },
}

/// The answer.
#[derive(Debug, Clone)]
pub struct Explained {
    /// The version of the job that is meant.
    pub job: Arc<Job>,
    /// The node that the allocation is on; none for other subjects.
    pub runs_on: Option<NodeId>,
    /// The groups.
    pub groups: Vec<GroupAnswer>,
    /// Groups that were left out.
    pub left_out: usize,
}

/// One group.
#[derive(Debug, Clone)]
pub struct GroupAnswer {
    /// Allocations that are wanted; of system jobs on each node.
    pub count: i64,
    /// Allocations that run or are about to.
    pub live: u32,
    /// Allocations that wait for room.
    pub queued: u32,
    /// What the scheduler says.
    pub explained: GroupExplained,
}

/// What is known before the groups are gone through.
struct Asked {
    job: Arc<Job>,
    eval: Eval,
    groups: Vec<String>,
    without: Option<AllocId>,
    index: u32,
    penalty: Vec<NodeId>,
    runs_on: Option<NodeId>,
}

/// Explains a subject; with `group` only that group of it.
///
/// # Errors
/// What is asked about is not there.
pub fn explain(state: &Snapshot, subject: &Subject, group: Option<&str>) -> Result<Explained, ExplainError> {
    let mut asked = look_up(state, subject)?;
    if let Some(group) = group {
        let job = asked.job.key();
        if asked.job.group(group).is_none() {
            return Err(ExplainError::GroupNotFound { job, group: group.to_owned() });
        }
        asked.groups = vec![group.to_owned()];
    }
    let left_out = asked.groups.len().saturating_sub(MAX_GROUPS);
    asked.groups.truncate(MAX_GROUPS);
    let answers = asked.groups.iter().filter_map(|name| answer(state, &asked, name));
    Ok(Explained { groups: answers.collect(), runs_on: asked.runs_on, left_out, job: Arc::clone(&asked.job) })
}

fn answer(state: &Snapshot, asked: &Asked, name: &str) -> Option<GroupAnswer> {
    let question = Question {
        job: &asked.job,
        group: name,
        eval: &asked.eval,
        index: asked.index,
        without: asked.without,
        penalty: &asked.penalty,
    };
    let explained = explain_group(state, &question)?;
    let key = asked.job.key();
    let live = state.allocs_of_job(&key).filter(|alloc| *alloc.group == *name && !alloc.is_terminal());
    let summary = state.job_summary(&key).and_then(|summary| summary.groups.get(name));
    Some(GroupAnswer {
        count: asked.job.group(name).map_or(0, |group| group.count),
        live: u32::try_from(live.count()).unwrap_or(u32::MAX),
        queued: summary.map_or(0, |summary| summary.queued),
        explained,
    })
}

fn look_up(state: &Snapshot, subject: &Subject) -> Result<Asked, ExplainError> {
    let names = |job: &Job| job.task_groups.iter().map(|group| group.name.clone()).collect::<Vec<_>>();
    match subject {
        Subject::Job(key) => {
            let job = state.job(key).ok_or(ExplainError::JobNotFound)?;
            let eval = Eval::new(EvalId::NONE, key.clone(), job.kind(), 50, EvalTrigger::JobRegister);
            Ok(Asked { groups: names(job), eval, ..Asked::of(job) })
        }
        Subject::Eval(id) => {
            let eval = state.eval(*id).ok_or(ExplainError::EvalNotFound)?;
            let job = state.job(&eval.job).ok_or(ExplainError::JobNotFound)?;
            let failed: Vec<String> = eval.failed.keys().map(ToString::to_string).collect();
            let groups = if failed.is_empty() { names(job) } else { failed };
            Ok(Asked { groups, eval: Eval::clone(eval), ..Asked::of(job) })
        }
        Subject::Alloc(id) => {
            let alloc = state.alloc(*id).ok_or(ExplainError::AllocNotFound)?;
            let mut eval =
                Eval::new(alloc.eval, alloc.job_key(), alloc.job.kind(), 50, EvalTrigger::JobRegister);
            if let Some(known) = state.eval(alloc.eval) {
                eval = Eval::clone(known);
            }
            let earlier = alloc.reschedule().map(|tracker| tracker.events.as_slice()).unwrap_or_default();
            Ok(Asked {
                groups: vec![alloc.group.to_string()],
                eval,
                without: Some(*id),
                index: alloc.index,
                penalty: earlier.iter().map(|event| event.previous_node).collect(),
                runs_on: Some(alloc.node),
                ..Asked::of(&alloc.job)
            })
        }
    }
}

impl Asked {
    fn of(job: &Arc<Job>) -> Self {
        Self {
            job: Arc::clone(job),
            eval: Eval::new(EvalId::NONE, job.key(), job.kind(), 50, EvalTrigger::JobRegister),
            groups: Vec::new(),
            without: None,
            index: 0,
            penalty: Vec::new(),
            runs_on: None,
        }
    }
}
