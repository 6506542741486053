//! The jobs that people register: a service whose text carries the number of the request.

use model::{Job, JobKey};

/// Most instances of one job.
pub(super) const MAX_COUNT: u64 = 5;

/// Returns the key of job `number` of `owner`.
pub(super) fn key(owner: u64, number: u64) -> JobKey {
    JobKey::new("default", format!("job-{owner}-{number}"))
}

/// Returns the job as request `request` registers it: so many instances that run `version` of its task.
pub(super) fn job(key: &JobKey, request: u64, count: u64, version: u64) -> Job {
    let mut job = testkit::job(&key.id);
    job.name = format!("{} {request}", key.id);
    if let Some(group) = job.task_groups.first_mut() {
        group.count = i64::try_from(count).expect("a small number");
        if let Some(resources) = group.tasks.first_mut().and_then(|task| task.resources.as_mut()) {
            // Another size is another task: its instances are replaced one after the other.
            resources.memory_mb += i64::try_from(version).expect("a small number");
        }
    }
    job
}

/// Returns the number of the request that registered the job as it is.
pub(crate) fn request_of(job: &Job) -> Option<u64> {
    job.name.rsplit(' ').next()?.parse().ok()
}
