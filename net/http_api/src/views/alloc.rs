//! Allocations: whole, and as lists show them.

use model::{Alloc, AllocTransition, RescheduleTracker};
use serde_json::{Map, Value, json};

use super::alloc_resources::{allocated, legacy};
use super::metric::metric;
use super::task_state::task_states;
use super::{list, put_unless_empty, time};

/// One allocation, with its job unless `without_job`.
#[must_use]
pub fn alloc(alloc: &Alloc, without_job: bool) -> Value {
    let (resources, shared, by_task) = legacy(alloc);
    let mut object = Map::new();
    let always = json!({
        "ID": alloc.id.to_string(), "Namespace": &alloc.job.namespace, "EvalID": alloc.eval.text(),
        "Name": alloc.name(), "NodeID": alloc.node.to_string(), "NodeName": &*alloc.node_name,
        "JobID": &alloc.job.id, "TaskGroup": &*alloc.group, "Resources": resources,
        "SharedResources": shared, "TaskResources": by_task, "AllocatedResources": allocated(alloc),
        "Metrics": metric(&alloc.metrics), "DesiredStatus": alloc.desired.as_str(),
        "ClientStatus": alloc.client.as_str(), "TaskStates": task_states(&alloc.tasks),
        "CreateIndex": alloc.create_index, "ModifyIndex": alloc.modify_index,
        "AllocModifyIndex": alloc.alloc_modify_index, "CreateTime": alloc.create_time.0,
        "ModifyTime": alloc.modify_time.0,
    });
    if let Value::Object(fields) = always {
        object.extend(fields);
    }
    if !without_job {
        object.insert("Job".to_owned(), alloc.job.to_json());
    }
    let rare = alloc.rare.as_deref();
    let mut put = |key: &str, value: Value| put_unless_empty(&mut object, key, value);
    put("DesiredDescription", alloc.reason.text().into());
    put("ClientDescription", (*alloc.client_description).into());
    put("DeploymentID", alloc.deployment.text().into());
    put("DeploymentStatus", health(alloc));
    put("PreviousAllocation", alloc.previous.text().into());
    put("NextAllocation", alloc.next.text().into());
    put("FollowupEvalID", alloc.followup_eval.text().into());
    if let Some(rare) = rare {
        if rare.transition != AllocTransition::default() {
            put("DesiredTransition", transition(rare.transition));
        }
        put("RescheduleTracker", rare.reschedule.as_ref().map_or(Value::Null, tracker));
        put("PreemptedAllocations", list(rare.preempted.iter().map(|id| id.to_string().into()).collect()));
        put("PreemptedByAllocation", rare.preempted_by.text().into());
        put("AllocStates", list(rare.states.iter().map(state_change).collect()));
        if let Some(network) = &rare.network {
            let status = json!({
                "Address": &*network.address, "AddressIPv6": &*network.address_v6, "DNS": null,
                "InterfaceName": &*network.interface,
            });
            put("NetworkStatus", status);
        }
    }
    object.into()
}

/// What lists say of an allocation.
#[must_use]
pub fn alloc_stub(alloc: &Alloc, with_resources: bool, with_task_states: bool) -> Value {
    let rare = alloc.rare.as_deref();
    let mut stub = json!({
        "ID": alloc.id.to_string(), "EvalID": alloc.eval.text(), "Name": alloc.name(),
        "Namespace": &alloc.job.namespace, "NodeID": alloc.node.to_string(), "NodeName": &*alloc.node_name,
        "JobID": &alloc.job.id, "JobType": &alloc.job.job_type, "JobVersion": alloc.job.version,
        "TaskGroup": &*alloc.group, "DesiredStatus": alloc.desired.as_str(),
        "DesiredDescription": alloc.reason.text(), "ClientStatus": alloc.client.as_str(),
        "ClientDescription": &*alloc.client_description, "DesiredTransition": transition(alloc.transition()),
        "TaskStates": if with_task_states { task_states(&alloc.tasks) } else { Value::Null },
        "DeploymentStatus": health(alloc), "FollowupEvalID": alloc.followup_eval.text(),
        "NextAllocation": alloc.next.text(),
        "RescheduleTracker": alloc.reschedule().map_or(Value::Null, tracker),
        "PreemptedAllocations": rare.map_or(Value::Null, |rare| {
            list(rare.preempted.iter().map(|id| id.to_string().into()).collect())
        }),
        "PreemptedByAllocation": rare.map_or_else(String::new, |rare| rare.preempted_by.text()),
        "CreateIndex": alloc.create_index, "ModifyIndex": alloc.modify_index,
        "CreateTime": alloc.create_time.0, "ModifyTime": alloc.modify_time.0,
    });
    if with_resources {
        stub["AllocatedResources"] = allocated(alloc);
    }
    stub
}

fn transition(transition: AllocTransition) -> Value {
    json!({
        "ForceReschedule": transition.force_reschedule, "Migrate": transition.migrate,
        "MigrateDisablePlacement": transition.migrate_disable_placement,
        "NoShutdownDelay": transition.no_shutdown_delay, "Reschedule": transition.reschedule,
    })
}

/// What is said of an allocation beside its job.
#[must_use]
pub fn alloc_status(alloc: &Alloc) -> Value {
    json!({
        "ClientStatus": alloc.client.as_str(),
        "DeploymentStatus": {
            "Canary": alloc.health.is_some_and(|health| health.canary),
            "Healthy": alloc.health.and_then(|health| health.healthy),
        },
        "FollowupEvalID": alloc.followup_eval.text(), "Group": &*alloc.group, "HasPausedTask": false,
        "ID": alloc.id.to_string(), "JobVersion": alloc.job.version, "NodeID": alloc.node.to_string(),
    })
}

fn health(alloc: &Alloc) -> Value {
    alloc.health.map_or(Value::Null, |health| {
        json!({
            "Canary": health.canary, "Healthy": health.healthy, "ModifyIndex": health.modify_index,
            "Timestamp": time(health.time),
        })
    })
}

fn tracker(tracker: &RescheduleTracker) -> Value {
    let event = |event: &model::RescheduleEvent| {
        json!({
            "Delay": event.delay.0, "PrevAllocID": event.previous_alloc.text(),
            "PrevNodeID": event.previous_node.text(), "RescheduleTime": event.time.0,
        })
    };
    json!({
        "Events": tracker.events.iter().map(event).collect::<Vec<_>>(),
        "LastReschedule": if tracker.last_failed { "no placement" } else { "ok" },
    })
}

fn state_change(change: &model::AllocState) -> Value {
    json!({ "Field": "ClientStatus", "Time": change.time.to_string(), "Value": change.status.as_str() })
}
