//! Decides what the state forgets: terminal evaluations, allocations, deployments, jobs and nodes after a while.
//!
//! Limits: [`BATCH`] things in one command; one pass every [`GcOptions::interval`].

use std::collections::BTreeSet;

use model::{ClientStatus, Eval, JobKey, Nanos, NodeStatus, Timestamp};
use state::apply::GcBatch;
use state::{Command, State};

/// Things in one command; more follow in further ones.
pub const BATCH: usize = 2_048;

/// How long terminal things are kept.
#[derive(Debug, Clone, Copy)]
pub struct GcOptions {
    /// Time between two passes.
    pub interval: Nanos,
    /// Evaluations and their allocations.
    pub evals: Nanos,
    /// Those of batch jobs.
    pub batch_evals: Nanos,
    /// Dead jobs.
    pub jobs: Nanos,
    /// Terminal deployments.
    pub deployments: Nanos,
    /// Nodes that are down.
    pub nodes: Nanos,
}

impl Default for GcOptions {
    fn default() -> Self {
        Self {
            interval: Nanos::from_mins(5),
            evals: Nanos::from_mins(60),
            batch_evals: Nanos::from_mins(24 * 60),
            jobs: Nanos::from_mins(4 * 60),
            deployments: Nanos::from_mins(60),
            nodes: Nanos::from_mins(24 * 60),
        }
    }
}

impl GcOptions {
    /// Keeps nothing that is terminal: what `system gc` asks for.
    #[must_use]
    pub const fn force() -> Self {
        let none = Nanos::ZERO;
        Self { interval: none, evals: none, batch_evals: none, jobs: none, deployments: none, nodes: none }
    }
}

/// The commands that forget what is older than `options` allow; empty when there is nothing to forget.
#[must_use]
pub fn collect(state: &State, now: Timestamp, options: &GcOptions) -> Vec<Command> {
    let mut batch = GcBatch::default();
    let jobs = dead_jobs(state, now, options);
    let mut evals = BTreeSet::new();
    let mut allocs = BTreeSet::new();
    for eval in state.evals().filter(|eval| old_eval(state, eval, now, options, &jobs)) {
        evals.insert(eval.id);
        allocs.extend(state.allocs_of_eval(eval.id).map(|alloc| alloc.id));
    }
    for key in &jobs {
        evals.extend(state.evals_of_job(key).map(|eval| eval.id));
        allocs.extend(state.allocs_of_job(key).map(|alloc| alloc.id));
    }
    batch.evals = evals.into_iter().collect();
    batch.allocs = allocs.into_iter().collect();
    batch.jobs = jobs.into_iter().collect();
    batch.deployments = state
        .deployments()
        .filter(|deployment| !deployment.status.is_active())
        .filter(|deployment| now.since(deployment.modify_time) >= options.deployments)
        .filter(|deployment| state.allocs_of_deployment(deployment.id).all(|alloc| alloc.is_terminal()))
        .map(|deployment| deployment.id)
        .collect();
    batch.nodes = state
        .nodes()
        .filter(|node| node.status == NodeStatus::Down && now.since(node.status_updated_at) >= options.nodes)
        .filter(|node| state.allocs_on_node(node.id).all(|alloc| alloc.is_terminal()))
        .map(|node| node.id)
        .collect();
    split(batch)
}

/// Dead jobs none of whose evaluations and allocations is needed or young.
fn dead_jobs(state: &State, now: Timestamp, options: &GcOptions) -> BTreeSet<JobKey> {
    let old = |time: Timestamp| now.since(time) >= options.jobs;
    state
        .jobs()
        .filter(|job| job.status == "dead" && job.version_tag.is_none())
        // Only batch work ends by itself: a service without an instance waits for its owner, a system job for nodes.
        .filter(|job| job.stopped() || (job.kind().is_batch() && !job.is_parent()))
        .filter(|job| old(Timestamp(job.submit_time.unwrap_or(0))))
        .map(|job| job.key())
        .filter(|key| state.job_children(key).next().is_none())
        .filter(|key| state.evals_of_job(key).all(|eval| eval.status.is_terminal() && old(eval.modify_time)))
        .filter(|key| state.allocs_of_job(key).all(|alloc| alloc.is_terminal() && old(alloc.modify_time)))
        .collect()
}

/// A terminal, old evaluation whose allocations may all be forgotten with it.
fn old_eval(
    state: &State,
    eval: &Eval,
    now: Timestamp,
    options: &GcOptions,
    jobs: &BTreeSet<JobKey>,
) -> bool {
    let keep = if eval.kind.is_batch() { options.batch_evals } else { options.evals };
    if !eval.status.is_terminal() || now.since(eval.modify_time) < keep {
        return false;
    }
    // The scheduler needs to see what a batch job has done already, as long as the job is there.
    let remembers = eval.kind.is_batch()
        && !jobs.contains(&eval.job)
        && state.job(&eval.job).is_some_and(|job| !job.stopped() && job.status != "dead");
    if remembers {
        return false;
    }
    state.allocs_of_eval(eval.id).all(|alloc| {
        let moves = alloc.client == ClientStatus::Failed
            && alloc.next.is_none()
            && !alloc.desired.is_terminal()
            && state.job(&eval.job).is_some_and(|job| !job.stopped());
        alloc.is_terminal() && !moves && now.since(alloc.modify_time) >= keep
    })
}

/// Jobs go with the last of their evaluations, so they come last.
fn split(batch: GcBatch) -> Vec<Command> {
    let mut commands = Vec::new();
    let mut push = |batch: GcBatch| commands.push(Command::Gc(batch));
    for evals in batch.evals.chunks(BATCH) {
        push(GcBatch { evals: evals.to_vec(), ..GcBatch::default() });
    }
    for allocs in batch.allocs.chunks(BATCH) {
        push(GcBatch { allocs: allocs.to_vec(), ..GcBatch::default() });
    }
    for deployments in batch.deployments.chunks(BATCH) {
        push(GcBatch { deployments: deployments.to_vec(), ..GcBatch::default() });
    }
    for nodes in batch.nodes.chunks(BATCH) {
        push(GcBatch { nodes: nodes.to_vec(), ..GcBatch::default() });
    }
    for jobs in batch.jobs.chunks(BATCH) {
        push(GcBatch { jobs: jobs.to_vec(), ..GcBatch::default() });
    }
    commands
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn jobs_that_nobody_stopped_are_forgotten_only_if_they_end_by_themselves() {
        let dead = |mut job: model::Job, stop: bool| {
            job.status = "dead".to_owned();
            job.stop = stop;
            Arc::new(job)
        };
        let jobs = [
            dead(testkit::job("service"), false),
            dead(testkit::job("stopped-service"), true),
            dead(testkit::system_job("system"), false),
            dead(testkit::system_job("stopped-system"), true),
            dead(testkit::batch_job("batch"), false),
        ];
        let state = jobs.into_iter().fold(state::Builder::new(), state::Builder::job).build();
        let collected = collect(&state, Timestamp(i64::MAX), &GcOptions::default());
        let mut forgotten = Vec::new();
        for command in &collected {
            if let Command::Gc(batch) = command {
                forgotten.extend(batch.jobs.iter().map(|key| key.id.to_string()));
            }
        }
        assert_eq!(forgotten, ["batch", "stopped-service", "stopped-system"]);
    }
}
