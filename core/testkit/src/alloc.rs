//! Allocations.

use std::sync::Arc;

use model::{
    Alloc, AllocId, AllocMetric, Assigned, ClientStatus, DeploymentId, DesiredStatus, EvalId, Job, Name,
    Node, RunState, StopReason, TaskState, Timestamp,
};

/// The id of the allocation with that number of a job.
#[must_use]
pub fn alloc_id(job: &str, number: u64) -> AllocId {
    let job = job.bytes().fold(0, |sum: u128, byte| sum.wrapping_mul(257).wrapping_add(u128::from(byte)));
    AllocId::derive(&[0x61_6c6c_6f63, job, u128::from(number)])
}

/// Allocation `number` of the first group of `job` on `node`: wanted, not started.
#[must_use]
pub fn alloc(job: &Arc<Job>, number: u32, node: &Node) -> Alloc {
    let nothing = || Name::from("");
    Alloc {
        id: alloc_id(&job.id, u64::from(number)),
        eval: EvalId::NONE,
        node: node.id,
        node_name: Name::clone(&node.name),
        job: Arc::clone(job),
        group: job.task_groups.first().map_or_else(nothing, |group| Name::from(group.name.as_str())),
        index: number,
        assigned: Assigned::default(),
        desired: DesiredStatus::Run,
        reason: StopReason::None,
        client: ClientStatus::Pending,
        client_description: nothing(),
        tasks: Arc::default(),
        deployment: DeploymentId::NONE,
        health: None,
        previous: AllocId::NONE,
        next: AllocId::NONE,
        followup_eval: EvalId::NONE,
        metrics: Arc::new(AllocMetric::default()),
        rare: None,
        create_time: Timestamp::NEVER,
        modify_time: Timestamp::NEVER,
        create_index: job.modify_index,
        modify_index: job.modify_index,
        alloc_modify_index: job.modify_index,
    }
}

/// The allocation with its client and all its tasks running since `since`.
#[must_use]
pub fn running(mut alloc: Alloc, since: Timestamp) -> Alloc {
    alloc.client = ClientStatus::Running;
    set_tasks(&mut alloc, |task| {
        task.state = RunState::Running;
        task.started_at = since;
    });
    alloc
}

/// The allocation with all its tasks ended at `at`, failed or not.
#[must_use]
pub fn finished(mut alloc: Alloc, failed: bool, at: Timestamp) -> Alloc {
    alloc.client = if failed { ClientStatus::Failed } else { ClientStatus::Complete };
    set_tasks(&mut alloc, |task| {
        task.state = RunState::Dead;
        task.failed = failed;
        task.started_at = at;
        task.finished_at = at;
    });
    alloc
}

fn set_tasks(alloc: &mut Alloc, change: impl Fn(&mut TaskState)) {
    let names = alloc.task_group().map(|group| group.tasks.iter().map(|task| Name::from(task.name.as_str())));
    let tasks = names.into_iter().flatten().map(|name| {
        let mut task = TaskState::pending();
        change(&mut task);
        (name, task)
    });
    alloc.tasks = Arc::new(tasks.collect());
}
