//! Every job has as many instances as it wants, of its present version, running on nodes that are there.

use model::{ClientStatus, Job};
use state::State;

/// Returns the jobs that have more or less than they want.
pub(crate) fn unfinished(state: &State) -> Vec<String> {
    state
        .jobs()
        .filter_map(|job| {
            let wanted = wanted(job);
            let live: Vec<_> = state.allocs_of_job(&job.key()).filter(|alloc| !alloc.is_terminal()).collect();
            let good = live.iter().filter(|alloc| {
                alloc.client == ClientStatus::Running
                    && alloc.job.version == job.version
                    && state.node(alloc.node).is_some_and(|node| node.is_ready())
            });
            let good = good.count();
            (good != wanted || live.len() != wanted).then(|| {
                let key = job.key();
                format!(
                    "job {key} wants {wanted} instances, has {}, of which {good} run version {}",
                    live.len(),
                    job.version
                )
            })
        })
        .collect()
}

fn wanted(job: &Job) -> usize {
    if job.stopped() {
        return 0;
    }
    job.task_groups.iter().map(|group| usize::try_from(group.count).unwrap_or(0)).sum()
}
