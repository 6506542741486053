//! Every job has as many instances as it wants, of its present version, running on nodes that are there; a batch job
//! has run all of its instances to their end, and a system job has one on every node.

use std::collections::BTreeSet;

use model::{Alloc, ClientStatus, DesiredStatus, Job};
use state::State;

/// Returns the jobs that have more or less than they want.
pub(crate) fn unfinished(state: &State) -> Vec<String> {
    state.jobs().filter_map(|job| shortage(state, job)).collect()
}

fn shortage(state: &State, job: &Job) -> Option<String> {
    let key = job.key();
    let wanted = wanted(state, job);
    let allocs: Vec<_> = state.allocs_of_job(&key).collect();
    let live = allocs.iter().filter(|alloc| !alloc.is_terminal()).count();
    if job.kind().is_batch() {
        let done: BTreeSet<u32> =
            allocs.iter().filter(|alloc| is_done(alloc)).map(|alloc| alloc.index).collect();
        // Which of the lost instances a smaller job goes on with is open, so their numbers count and not their names.
        return (live > 0 || done.len() < wanted).then(|| {
            let done = done.len();
            format!("batch job {key}: {live} instances are left, {done} of {wanted} have ended well")
        });
    }
    let good = allocs.iter().filter(|alloc| is_good(state, job, alloc)).count();
    (good != wanted || live != wanted).then(|| {
        format!("job {key} wants {wanted} instances, has {live}, of which {good} run version {}", job.version)
    })
}

fn is_done(alloc: &Alloc) -> bool {
    alloc.client == ClientStatus::Complete && alloc.desired == DesiredStatus::Run
}

fn is_good(state: &State, job: &Job, alloc: &Alloc) -> bool {
    !alloc.is_terminal()
        && alloc.client == ClientStatus::Running
        && alloc.job.version == job.version
        && state.node(alloc.node).is_some_and(|node| node.is_ready())
}

fn wanted(state: &State, job: &Job) -> usize {
    if job.stopped() {
        return 0;
    }
    if job.kind().is_system() {
        return state.nodes().filter(|node| node.is_ready() && node.eligible).count();
    }
    job.task_groups.iter().map(|group| usize::try_from(group.count).unwrap_or(0)).sum()
}
