//! Jobs.

use model::{EphemeralDisk, Job, Nanos, Reschedule, Resources, Restart, Task, TaskGroup, Update};

/// A service job in namespace `default` with the one group `web` of one `mock_driver` task; count 1,
/// 500 MHz, 256 MB of memory, 300 MB of disk.
#[must_use]
pub fn job(id: &str) -> Job {
    let mut web = group("web", 1);
    web.update = Some(Update {
        max_parallel: 1,
        health_check: "checks".to_owned(),
        min_healthy_time: Nanos::from_secs(10),
        healthy_deadline: Nanos::from_mins(5),
        progress_deadline: Nanos::from_mins(10),
        ..Update::default()
    });
    web.reschedule = Some(Reschedule {
        delay: Nanos::from_secs(30),
        delay_function: "exponential".to_owned(),
        max_delay: Nanos::from_mins(60),
        unlimited: true,
        ..Reschedule::default()
    });
    of_type("service", id, web)
}

/// A batch job like [`job`], which tries a failed allocation once more.
#[must_use]
pub fn batch_job(id: &str) -> Job {
    let mut web = group("web", 1);
    web.reschedule = Some(Reschedule {
        attempts: 1,
        interval: Nanos::from_mins(24 * 60),
        delay: Nanos::from_secs(5),
        delay_function: "constant".to_owned(),
        ..Reschedule::default()
    });
    of_type("batch", id, web)
}

/// A system job like [`job`].
#[must_use]
pub fn system_job(id: &str) -> Job {
    of_type("system", id, group("web", 1))
}

fn of_type(job_type: &str, id: &str, group: TaskGroup) -> Job {
    Job {
        region: "global".to_owned(),
        namespace: "default".to_owned(),
        id: id.to_owned(),
        name: id.to_owned(),
        job_type: job_type.to_owned(),
        priority: 50,
        datacenters: vec!["*".to_owned()],
        node_pool: "default".to_owned(),
        task_groups: vec![group],
        status: "pending".to_owned(),
        ..Job::default()
    }
}

/// A group of one [`task`] that has the group's name.
#[must_use]
pub fn group(name: &str, count: i64) -> TaskGroup {
    TaskGroup {
        name: name.to_owned(),
        count,
        tasks: vec![task(name)],
        restart: Some(Restart {
            attempts: 2,
            interval: Nanos::from_mins(30),
            delay: Nanos::from_secs(15),
            mode: "fail".to_owned(),
            ..Restart::default()
        }),
        ephemeral_disk: Some(EphemeralDisk { size_mb: 300, ..EphemeralDisk::default() }),
        ..TaskGroup::default()
    }
}

/// A `mock_driver` task that asks 500 MHz and 256 MB.
#[must_use]
pub fn task(name: &str) -> Task {
    Task {
        name: name.to_owned(),
        driver: "mock_driver".to_owned(),
        resources: Some(Resources { cpu: 500, memory_mb: 256, ..Resources::default() }),
        kill_timeout: Nanos::from_secs(5),
        ..Task::default()
    }
}
