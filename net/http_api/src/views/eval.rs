//! Evaluations.

use model::{DesiredUpdates, Eval, PlanAnnotations};
use serde_json::{Map, Value, json};

use super::{metric, put_unless_empty, time};

/// One evaluation. Empty fields are left out, as the API does.
#[must_use]
pub fn eval(eval: &Eval) -> Value {
    let mut object = Map::new();
    let mut put = |key: &str, value: Value| put_unless_empty(&mut object, key, value);
    put("ID", eval.id.to_string().into());
    put("Namespace", (*eval.job.namespace).into());
    put("Priority", eval.priority.into());
    put("Type", eval.kind.as_str().into());
    put("TriggeredBy", eval.trigger.as_str().into());
    put("JobID", (*eval.job.id).into());
    put("JobModifyIndex", eval.job_modify_index.into());
    put("NodeID", eval.node.text().into());
    put("NodeModifyIndex", eval.node_modify_index.into());
    put("DeploymentID", eval.deployment.text().into());
    put("Status", eval.status.as_str().into());
    put("StatusDescription", (*eval.status_description).into());
    put("WaitUntil", time(eval.wait_until));
    put("NextEval", eval.next.text().into());
    put("PreviousEval", eval.previous.text().into());
    put("BlockedEval", eval.blocked.text().into());
    let failed: Map<String, Value> =
        eval.failed.iter().map(|(group, failure)| (group.to_string(), metric(failure))).collect();
    put("FailedTGAllocs", failed.into());
    let classes: Map<String, Value> =
        eval.class_eligibility.iter().map(|(class, able)| (format!("v1:{class}"), (*able).into())).collect();
    put("ClassEligibility", classes.into());
    put("EscapedComputedClass", eval.escaped.into());
    let queued: Map<String, Value> =
        eval.queued.iter().map(|(group, count)| (group.to_string(), (*count).into())).collect();
    put("QueuedAllocations", queued.into());
    put("PlanAnnotations", eval.annotations.as_ref().map_or(Value::Null, annotations));
    put("SnapshotIndex", eval.snapshot_index.into());
    put("CreateIndex", eval.create_index.into());
    put("ModifyIndex", eval.modify_index.into());
    put("CreateTime", eval.create_time.0.into());
    put("ModifyTime", eval.modify_time.0.into());
    Value::Object(object)
}

/// What is said of an evaluation beside another.
#[must_use]
pub fn eval_stub(eval: &Eval) -> Value {
    json!({
        "BlockedEval": eval.blocked.text(), "CreateIndex": eval.create_index, "CreateTime": eval.create_time.0,
        "DeploymentID": eval.deployment.text(), "ID": eval.id.to_string(), "JobID": &*eval.job.id,
        "ModifyIndex": eval.modify_index, "ModifyTime": eval.modify_time.0, "Namespace": &*eval.job.namespace,
        "NextEval": eval.next.text(), "NodeID": eval.node.text(), "PreviousEval": eval.previous.text(),
        "Priority": eval.priority, "Status": eval.status.as_str(),
        "StatusDescription": &*eval.status_description, "TriggeredBy": eval.trigger.as_str(),
        "Type": eval.kind.as_str(), "WaitUntil": time(eval.wait_until),
    })
}

/// What a plan wants to do, by group.
#[must_use]
pub fn annotations(annotations: &PlanAnnotations) -> Value {
    let groups: Map<String, Value> =
        annotations.groups.iter().map(|(group, updates)| (group.to_string(), desired(updates))).collect();
    json!({ "DesiredTGUpdates": groups, "PreemptedAllocs": null })
}

fn desired(updates: &DesiredUpdates) -> Value {
    json!({
        "Canary": updates.canary, "DestructiveUpdate": updates.destructive_update,
        "Disconnect": updates.disconnect, "Ignore": updates.ignore, "InPlaceUpdate": updates.in_place_update,
        "Migrate": updates.migrate, "Place": updates.place, "Preemptions": updates.preemptions,
        "Reconnect": updates.reconnect, "RescheduleLater": updates.reschedule_later,
        "RescheduleNow": updates.reschedule_now, "Stop": updates.stop,
    })
}
