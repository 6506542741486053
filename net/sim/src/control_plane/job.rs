//! The jobs that people register: services, batch and system jobs whose text carries the number of the request.
//!
//! Limits: sizes are such that all services and batch jobs together fit on the nodes with room to spare for every system
//! job on each of them, so that everything must run in the end.

use model::{Job, JobKey, JobKind, Nanos};

/// Most instances of one job.
pub(super) const MAX_COUNT: u64 = 5;
/// Jobs of one person: the last two are a batch and a system job.
pub(super) const JOBS: u64 = 4;
/// CPU of an instance of a service or batch job: eight of them leave room for three system jobs.
const CPU_MHZ: i64 = 490;
/// CPU of an instance of a system job.
const SYSTEM_CPU_MHZ: i64 = 20;

/// Returns the key of job `number` of `owner`.
pub(super) fn key(owner: u64, number: u64) -> JobKey {
    let kind = match number {
        2 => "batch",
        3 => "system",
        _ => "service",
    };
    JobKey::new("default", format!("{kind}-{owner}-{number}"))
}

/// Returns the job as request `request` registers it: so many instances that run `version` of its task.
pub(super) fn job(key: &JobKey, request: u64, count: u64, version: u64) -> Job {
    let mut job = if key.id.starts_with("batch") {
        testkit::batch_job(&key.id)
    } else if key.id.starts_with("system") {
        testkit::system_job(&key.id)
    } else {
        testkit::job(&key.id)
    };
    let system = job.kind().is_system();
    job.name = format!("{} {request}", key.id);
    for group in &mut job.task_groups {
        if !system {
            group.count = i64::try_from(count).expect("a small number");
        }
        if let Some(reschedule) = &mut group.reschedule {
            // What fails is tried again soon and for ever: in the end everything runs.
            reschedule.unlimited = true;
            reschedule.delay = Nanos::from_secs(5);
            reschedule.delay_function = "constant".to_owned();
        }
        if let Some(update) = &mut group.update {
            // A deployment waits out every fault.
            update.progress_deadline = Nanos::from_mins(24 * 60);
        }
        for resources in group.tasks.iter_mut().filter_map(|task| task.resources.as_mut()) {
            resources.cpu = if system { SYSTEM_CPU_MHZ } else { CPU_MHZ };
            // Another size is another task: its instances are replaced.
            resources.memory_mb += i64::try_from(version).expect("a small number");
        }
    }
    job
}

/// Returns whether a job may be forgotten by the garbage collection although nobody stopped it: it ended by itself.
pub(crate) fn ends(key: &JobKey) -> bool {
    key.id.starts_with("batch")
}

/// Returns the number of the request that registered the job as it is.
pub(crate) fn request_of(job: &Job) -> Option<u64> {
    job.name.rsplit(' ').next()?.parse().ok()
}

/// Returns whether instances of the job go on until they are stopped.
pub(super) const fn runs_on(kind: JobKind) -> bool {
    !kind.is_batch()
}
