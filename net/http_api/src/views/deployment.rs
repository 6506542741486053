//! Deployments.

use model::{Deployment, DeploymentGroup};
use serde_json::{Map, Value, json};

use super::{list, time};

/// One deployment.
#[must_use]
pub fn deployment(deployment: &Deployment) -> Value {
    let groups: Map<String, Value> =
        deployment.groups.iter().map(|(name, progress)| (name.to_string(), group(progress))).collect();
    json!({
        "CreateIndex": deployment.create_index, "CreateTime": deployment.create_time.0,
        "EvalPriority": deployment.eval_priority, "ID": deployment.id.to_string(), "IsMultiregion": false,
        "JobCreateIndex": deployment.job_create_index, "JobID": &*deployment.job.id,
        "JobModifyIndex": deployment.job_modify_index,
        "JobSpecModifyIndex": deployment.job_spec_modify_index, "JobVersion": deployment.job_version,
        "ModifyIndex": deployment.modify_index, "ModifyTime": deployment.modify_time.0,
        "Namespace": &*deployment.job.namespace, "Status": deployment.status.as_str(),
        "StatusDescription": &*deployment.description, "TaskGroups": groups,
    })
}

/// What is said of a deployment beside its job.
#[must_use]
pub fn deployment_status(deployment: &Deployment) -> Value {
    let active = deployment.status.is_active();
    json!({
        "AllAutoPromote": active && deployment.groups.values().all(|group| {
            group.auto_promote || group.desired_canaries == 0
        }),
        "ID": deployment.id.to_string(), "IsActive": active, "JobVersion": deployment.job_version,
        "RequiresPromotion": deployment.requires_promotion(), "Status": deployment.status.as_str(),
        "StatusDescription": &*deployment.description,
    })
}

fn group(group: &DeploymentGroup) -> Value {
    json!({
        "AutoPromote": group.auto_promote, "AutoRevert": group.auto_revert,
        "DesiredCanaries": group.desired_canaries, "DesiredTotal": group.desired_total,
        "HealthyAllocs": group.healthy, "PlacedAllocs": group.placed,
        "PlacedCanaries": list(group.placed_canaries.iter().map(|id| id.to_string().into()).collect()),
        "ProgressDeadline": group.progress_deadline.0, "Promoted": group.promoted,
        "RequireProgressBy": time(group.require_progress_by), "UnhealthyAllocs": group.unhealthy,
    })
}
