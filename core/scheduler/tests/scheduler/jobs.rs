//! Jobs in the form of the API as documents, and what allocations hold.

use std::sync::Arc;

use model::{
    Assigned, AssignedDevice, AssignedPort, AssignedTask, Exclusive, GroupAsk, Job, JobDraft, Name, Nanos,
    RescheduleEvent, RescheduleTracker, TaskState, TaskStates,
};
use serde_json::{Value, json};

use crate::load::{entries, flag, id, list, name, number, text, time, unsigned};

/// A version of a job; its indexes follow from it.
pub(crate) fn job(json: &Value, version: u64, first_index: u64) -> Job {
    let mut job = JobDraft::from_json(json).unwrap().resolve();
    job.version = version;
    job.create_index = first_index;
    job.modify_index = first_index + 10 * job.version;
    job.job_modify_index = job.modify_index;
    job
}

/// The job with the parts that a variant replaces.
pub(crate) fn changed(job: &Value, variant: &Value) -> Value {
    let mut job = job.clone();
    for (key, value) in entries(variant) {
        let group = &mut job["TaskGroups"][0];
        match key.as_str() {
            "Constraints" | "Affinities" | "Spreads" | "Datacenters" | "NodePool" => job[key] = value.clone(),
            "GroupConstraints" => group["Constraints"] = value.clone(),
            "GroupNetworks" => group["Networks"] = value.clone(),
            "GroupVolumes" => group["Volumes"] = value.clone(),
            "GroupCount" => group["Count"] = value.clone(),
            "TaskDevices" => group["Tasks"][0]["Resources"]["Devices"] = value.clone(),
            "TaskResources" => group["Tasks"][0]["Resources"] = value.clone(),
            "TaskDriver" => group["Tasks"][0]["Driver"] = value.clone(),
            _ => {}
        }
    }
    job
}

/// The job in which the group asks for what an allocation holds: only that is stored of an allocation.
pub(crate) fn sized(job: &Arc<Job>, group: &str, resources: &Value) -> Arc<Job> {
    let mut total = (0, 0);
    for (_, task) in entries(&resources["Tasks"]) {
        let cores = !list(&task["Cpu"]["ReservedCores"]).is_empty();
        total.0 += if cores { 0 } else { unsigned::<u64>(&task["Cpu"]["CpuShares"]) };
        total.1 += unsigned::<u64>(&task["Memory"]["MemoryMB"]);
    }
    let disk = unsigned::<u64>(&resources["Shared"]["DiskMB"]);
    let asked = job.group(group).map(GroupAsk::of).unwrap_or_default();
    if (asked.cpu_mhz, asked.memory_mb, asked.disk_mb) == (total.0, total.1, disk) {
        return Arc::clone(job);
    }
    let mut sized = Job::clone(job);
    let Some(group) = sized.task_groups.iter_mut().find(|candidate| candidate.name == group) else {
        return Arc::clone(job);
    };
    let (cpu, memory) = (i64::try_from(total.0).unwrap(), i64::try_from(total.1).unwrap());
    group.tasks.truncate(1);
    let task = group.tasks.first_mut().and_then(|task| task.resources.as_mut()).unwrap();
    (task.cpu, task.memory_mb, task.secrets_mb) = (cpu, memory, 0);
    group.ephemeral_disk.get_or_insert_default().size_mb = i64::try_from(disk).unwrap();
    Arc::new(sized)
}

/// Ports, cores and devices that an allocation holds.
pub(crate) fn assigned(resources: &Value) -> Assigned {
    let ports = list(&resources["Shared"]["Ports"]).iter().map(|port| AssignedPort {
        label: name(&port["Label"]),
        value: unsigned(&port["Value"]),
        to: unsigned(&port["To"]),
        host_ip: name(&port["HostIP"]),
        host_network: Name::from("default"),
        reserved: true,
    });
    let tasks = entries(&resources["Tasks"]).filter_map(|(task, held)| {
        let cores: Vec<u16> = list(&held["Cpu"]["ReservedCores"]).iter().map(unsigned).collect();
        let devices: Vec<AssignedDevice> = list(&held["Devices"]).iter().map(device).collect();
        let cpu_shares = if cores.is_empty() { 0 } else { unsigned(&held["Cpu"]["CpuShares"]) };
        let task = Name::from(task.as_str());
        (!cores.is_empty() || !devices.is_empty()).then_some(AssignedTask {
            task,
            cores,
            cpu_shares,
            devices,
        })
    });
    let tasks: Vec<AssignedTask> = tasks.collect();
    let exclusive = (!tasks.is_empty()).then(|| Box::new(Exclusive { tasks }));
    Assigned { ports: ports.collect(), exclusive, ..Assigned::default() }
}

fn device(json: &Value) -> AssignedDevice {
    AssignedDevice {
        vendor: name(&json["Vendor"]),
        device_type: name(&json["Type"]),
        name: name(&json["Name"]),
        ids: list(&json["DeviceIDs"]).iter().map(name).collect(),
    }
}

/// What a client reports of tasks.
pub(crate) fn task_states(json: &Value) -> TaskStates {
    let states = entries(json).map(|(task, state)| {
        let state = TaskState {
            state: text(&state["State"]).parse().unwrap(),
            failed: flag(&state["Failed"]),
            started_at: time(&state["StartedAt"]),
            finished_at: time(&state["FinishedAt"]),
            ..TaskState::pending()
        };
        (Name::from(task.as_str()), state)
    });
    states.collect()
}

/// Earlier moves.
pub(crate) fn tracker(json: &Value) -> RescheduleTracker {
    let events = list(&json["Events"]).iter().map(|event| RescheduleEvent {
        time: model::Timestamp(number(&event["RescheduleTime"])),
        previous_alloc: id(&event["PrevAllocID"]),
        previous_node: id(&event["PrevNodeID"]),
        delay: Nanos(number(&event["Delay"])),
    });
    RescheduleTracker {
        events: events.collect(),
        last_failed: text(&json["LastReschedule"]) == "no placement",
    }
}

/// The tracker in the form of the API.
pub(crate) fn tracker_json(tracker: &RescheduleTracker) -> Value {
    let events: Vec<Value> = tracker
        .events
        .iter()
        .map(|event| {
            json!({
                "Delay": event.delay.0,
                "PrevAllocID": event.previous_alloc.text(),
                "PrevNodeID": event.previous_node.text(),
                "RescheduleTime": event.time.0,
            })
        })
        .collect();
    json!({"Events": events, "LastReschedule": if tracker.last_failed { "no placement" } else { "ok" }})
}
