//! Deployments.

use model::{
    Deployment, DeploymentGroup, DeploymentId, DeploymentStatus, EvalId, Job, Name, Nanos, Timestamp,
};

/// The id of deployment `number`.
#[must_use]
pub fn deployment_id(number: u64) -> DeploymentId {
    DeploymentId::derive(&[0x6465_706c, u128::from(number)])
}

/// Running deployment `number` of the current version of a job, nothing placed yet.
#[must_use]
pub fn deployment(number: u64, job: &Job) -> Deployment {
    let groups = job.task_groups.iter().map(|group| {
        let state = DeploymentGroup {
            desired_total: u32::try_from(group.count).unwrap_or(0),
            desired_canaries: group
                .update
                .as_ref()
                .map_or(0, |update| u32::try_from(update.canary).unwrap_or(0)),
            progress_deadline: group.update.as_ref().map_or(Nanos::ZERO, |update| update.progress_deadline),
            ..DeploymentGroup::default()
        };
        (Name::from(group.name.as_str()), state)
    });
    Deployment {
        id: deployment_id(number),
        job: job.key(),
        job_version: job.version,
        job_modify_index: job.modify_index,
        job_spec_modify_index: job.job_modify_index,
        job_create_index: job.create_index,
        groups: groups.collect(),
        status: DeploymentStatus::Running,
        description: Name::from("Deployment is running"),
        eval_priority: 50,
        eval: EvalId::NONE,
        create_time: Timestamp::NEVER,
        modify_time: Timestamp::NEVER,
        create_index: 0,
        modify_index: 0,
    }
}
