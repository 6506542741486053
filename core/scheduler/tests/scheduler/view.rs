//! What was decided, in the form of the recordings.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{Alloc, AllocMetric, Eval, EvalId, Job, Outcome, PassMetrics, Plan};
use serde_json::{Map, Value, json};
use state::State;

use crate::jobs::tracker_json;
use crate::load::text;

pub(crate) fn pass_json(pass: &PassMetrics) -> Value {
    let mut json = json!({
        "NodesEvaluated": pass.nodes_evaluated,
        "NodesFiltered": pass.nodes_filtered,
        "NodesExhausted": pass.nodes_exhausted,
    });
    let mut put = |key: &str, map: &BTreeMap<model::Name, u32>| {
        if !map.is_empty() {
            json[key] = map
                .iter()
                .map(|(name, count)| (name.to_string(), Value::from(*count)))
                .collect::<Map<_, _>>()
                .into();
        }
    };
    put("ClassFiltered", &pass.class_filtered);
    put("ConstraintFiltered", &pass.constraint_filtered);
    put("ClassExhausted", &pass.class_exhausted);
    put("DimensionExhausted", &pass.dimension_exhausted);
    put("NodesAvailable", &pass.nodes_available);
    if pass.nodes_in_pool > 0 {
        json["NodesInPool"] = pass.nodes_in_pool.into();
    }
    json
}

fn metric_json(metric: &AllocMetric) -> Value {
    let mut json = pass_json(&metric.pass);
    if metric.coalesced_failures > 0 {
        json["CoalescedFailures"] = metric.coalesced_failures.into();
    }
    let failures = u64::from(metric.coalesced_failures) + 1;
    let asked = metric.pass.resources_exhausted.iter().map(|(task, ask)| {
        let mut json = json!({});
        for (key, asked) in [("CPU", ask.cpu_mhz), ("MemoryMB", ask.memory_mb)] {
            if asked > 0 {
                json[key] = (asked * failures).into();
            }
        }
        (task.to_string(), json)
    });
    json["ResourcesExhausted"] = asked.collect::<Map<_, _>>().into();
    json
}

/// What was decided, in the form of the recording.
pub(crate) struct View<'a> {
    pub(crate) state: &'a State,
    pub(crate) job: Option<&'a Job>,
    pub(crate) eval: &'a Eval,
    pub(crate) outcome: &'a Outcome,
    pub(crate) now: i64,
}

impl View<'_> {
    pub(crate) fn json(&self) -> Value {
        let plan = &self.outcome.plan;
        let mut created: Vec<&Eval> = self.outcome.created.iter().collect();
        created.sort_by_key(|eval| eval.wait_until);
        let followup = |id: EvalId| created.iter().position(|eval| eval.id == id);
        let mut json = json!({"eval": self.eval_json(), "desired_tg_updates": self.desired()});
        let mut put = |key: &str, list: Vec<Value>| {
            if !list.is_empty() {
                json[key] = list.into();
            }
        };
        put("place", self.placements());
        put("stop", self.stops());
        put("preempt", self.preemptions());
        put("update", self.updates(followup));
        put("created_evals", created.iter().map(|eval| self.created(eval)).collect());
        let updates = plan.deployment_updates.iter();
        put("deployment_updates", updates.map(|update| json!({
            "DeploymentID": self.deployment_text(update.id), "Status": update.status.as_str(), "StatusDescription": &*update.description,
        })).collect());
        if let Some(deployment) = &plan.deployment {
            json["deployment"] = self.deployment(deployment);
        }
        json
    }

    /// The id of a deployment; "new" stands for the plan's own.
    fn deployment_text(&self, id: model::DeploymentId) -> String {
        let own = self.outcome.plan.deployment.as_ref().is_some_and(|deployment| deployment.id == id);
        if own { "new".to_owned() } else { id.text().to_string() }
    }

    fn name(&self, group: &str, index: u32) -> String {
        let job = self.job.map_or("", |job| if job.kind().is_system() { &job.name } else { &job.id });
        format!("{job}.{group}[{index}]")
    }

    fn placements(&self) -> Vec<Value> {
        let mut all: Vec<(String, u32, Value)> = Vec::new();
        for run in &self.outcome.plan.placements {
            let job = self.state.job_version(&self.outcome.plan.job, run.job_version).unwrap();
            for placement in &run.placements {
                let mut json = json!({
                    "ClientStatus": "pending",
                    "DesiredStatus": "run",
                    "Name": self.name(&run.group, placement.index),
                    "NodeID": placement.node.text(),
                    "PreviousAllocation": "",
                    "TaskGroup": &*run.group,
                    "in_deployment": !run.deployment.is_none(),
                    "job_version": run.job_version,
                    "metrics": pass_json(&run.pass),
                    "resources": resources(job, &run.group, &placement.assigned),
                });
                if placement.canary {
                    json["DeploymentStatus"] = json!({"Canary": true});
                }
                if let Some(rare) = &placement.rare {
                    json["PreviousAllocation"] = rare.previous.text().into();
                    if let Some(tracker) = &rare.reschedule {
                        json["RescheduleTracker"] = tracker_json(tracker);
                    }
                    if !rare.preempted.is_empty() {
                        let mut ids: Vec<String> = rare.preempted.iter().map(|id| id.text()).collect();
                        ids.sort();
                        json["PreemptedAllocations"] = ids.into();
                    }
                }
                json["score_meta"] = placement
                    .scores
                    .iter()
                    .map(|score| {
                        let parts: Map<String, Value> = score
                            .parts
                            .iter()
                            .map(|(part, value)| (part.as_str().to_owned(), (*value).into()))
                            .collect();
                        json!({"NodeID": score.node.text(), "NormScore": score.score, "Scores": parts})
                    })
                    .collect::<Vec<_>>()
                    .into();
                all.push((run.group.to_string(), placement.index, json));
            }
        }
        all.sort_by(|left, right| {
            (&left.0, left.1, text(&left.2["NodeID"])).cmp(&(&right.0, right.1, text(&right.2["NodeID"])))
        });
        all.into_iter().map(|entry| entry.2).collect()
    }

    fn alloc(&self, id: model::AllocId) -> &Arc<Alloc> {
        self.state.alloc(id).unwrap()
    }

    fn stops(&self) -> Vec<Value> {
        let mut stops: Vec<Value> = Vec::new();
        for stop in self.outcome.plan.stops.iter().filter(|stop| !stop.reschedule_failed) {
            let alloc = self.alloc(stop.id);
            let rescheduled = stop.reason == model::StopReason::None;
            let desired = if rescheduled { "run" } else { stop.desired.as_str() };
            let client = stop.client.unwrap_or(alloc.client).as_str();
            stops.push(json!({
                "ClientStatus": client,
                "DesiredDescription": stop.reason.text(),
                "DesiredStatus": desired,
                "ID": stop.id.text(),
                "Name": alloc.name(),
                "NodeID": alloc.node.text(),
                "after": {
                    "ClientStatus": client,
                    "DesiredDescription": stop.reason.text(),
                    "DesiredStatus": stop.desired.as_str(),
                },
            }));
        }
        stops.sort_by(|left, right| text(&left["ID"]).cmp(text(&right["ID"])));
        stops
    }

    fn preemptions(&self) -> Vec<Value> {
        let placed = self.outcome.plan.placements.iter();
        let placed: BTreeMap<_, _> = placed
            .flat_map(|run| {
                run.placements.iter().map(|placement| (placement.id, self.name(&run.group, placement.index)))
            })
            .collect();
        let mut all: Vec<Value> = self
            .outcome
            .plan
            .preemptions
            .iter()
            .map(|preemption| {
                let alloc = self.alloc(preemption.id);
                json!({
                    "DesiredStatus": "evict",
                    "ID": preemption.id.text(),
                    "JobID": alloc.job.id,
                    "NodeID": alloc.node.text(),
                    "by": placed[&preemption.by],
                })
            })
            .collect();
        all.sort_by(|left, right| text(&left["ID"]).cmp(text(&right["ID"])));
        all
    }

    fn updates(&self, followup: impl Fn(EvalId) -> Option<usize>) -> Vec<Value> {
        let mut all: Vec<Value> = self
            .outcome
            .plan
            .updates
            .iter()
            .map(|update| {
                let alloc = self.alloc(update.id);
                let deployed =
                    if update.job_version.is_some() { update.deployment } else { alloc.deployment };
                let mut json = json!({
                    "ClientStatus": update.client.unwrap_or(alloc.client).as_str(),
                    "DesiredStatus": alloc.desired.as_str(),
                    "ID": update.id.text(),
                    "Name": alloc.name(),
                    "NodeID": alloc.node.text(),
                    "TaskGroup": &*alloc.group,
                    "in_deployment": !deployed.is_none(),
                    "job_version": update.job_version.unwrap_or(alloc.job.version),
                });
                if let Some(index) = followup(update.followup) {
                    json["followup_eval"] = index.into();
                }
                if let Some(tracker) = alloc.reschedule() {
                    json["RescheduleTracker"] = tracker_json(tracker);
                } else {
                    json["RescheduleTracker"] = json!({"Events": []});
                }
                let states = alloc.rare.iter().flat_map(|rare| &rare.states).chain(&update.state);
                let states: Vec<Value> = states
                    .map(|state| json!({"Value": state.status.as_str(), "Time": state.time.to_string()}))
                    .collect();
                if !states.is_empty() {
                    json["AllocStates"] = states.into();
                }
                json
            })
            .collect();
        all.sort_by(|left, right| text(&left["ID"]).cmp(text(&right["ID"])));
        all
    }

    fn created(&self, eval: &Eval) -> Value {
        let mut json = json!({
            "EscapedComputedClass": eval.escaped,
            "JobID": &*eval.job.id,
            "Priority": eval.priority,
            "Status": eval.status.as_str(),
            "StatusDescription": &*eval.status_description,
            "TriggeredBy": eval.trigger.as_str(),
            "Type": eval.kind.as_str(),
        });
        if !eval.wait_until.is_never() {
            json["WaitUntil"] = eval.wait_until.to_string().into();
            json["wait_after_now_ns"] = (eval.wait_until.0 - self.now).into();
        }
        if !eval.node.is_none() {
            json["NodeID"] = eval.node.text().into();
        }
        json
    }

    fn deployment(&self, deployment: &model::Deployment) -> Value {
        let groups: Map<String, Value> = deployment
            .groups
            .iter()
            .map(|(name, group)| {
                (
                    name.to_string(),
                    json!({
                        "AutoPromote": group.auto_promote,
                        "AutoRevert": group.auto_revert,
                        "DesiredCanaries": group.desired_canaries,
                        "DesiredTotal": group.desired_total,
                        "HealthyAllocs": group.healthy,
                        "PlacedAllocs": group.placed,
                        "ProgressDeadline": group.progress_deadline.0,
                        "Promoted": group.promoted,
                        "UnhealthyAllocs": group.unhealthy,
                    }),
                )
            })
            .collect();
        json!({
            "JobVersion": deployment.job_version,
            "Status": deployment.status.as_str(),
            "StatusDescription": &*deployment.description,
            "TaskGroups": groups,
            "is_new": self.state.deployment(deployment.id).is_none(),
        })
    }

    fn eval_json(&self) -> Value {
        let eval = &self.outcome.eval;
        let refused = eval.status == model::EvalStatus::Failed;
        let queued: Map<String, Value> =
            eval.queued.iter().map(|(group, count)| (group.to_string(), (*count).into())).collect();
        let mut json = json!({
            "Status": eval.status.as_str(),
            "has_blocked_eval": !eval.blocked.is_none(),
            "queued_allocations": if refused { Value::Null } else { queued.into() },
        });
        if !eval.status_description.is_empty() {
            json["StatusDescription"] = eval.status_description.to_string().into();
        }
        if !eval.failed.is_empty() {
            let failed = eval.failed.iter().map(|(group, metric)| (group.to_string(), metric_json(metric)));
            json["failed_tg_allocs"] = failed.collect::<Map<_, _>>().into();
        }
        assert_eq!(eval.id, self.eval.id);
        json
    }

    fn desired(&self) -> Value {
        let plan: &Plan = &self.outcome.plan;
        let mut groups = Map::new();
        for (group, desired) in plan.annotations.iter().flat_map(|annotations| &annotations.groups) {
            let counts = [
                ("Ignore", desired.ignore),
                ("Place", desired.place),
                ("Migrate", desired.migrate),
                ("Stop", desired.stop),
                ("InPlaceUpdate", desired.in_place_update),
                ("DestructiveUpdate", desired.destructive_update),
                ("Canary", desired.canary),
                ("Preemptions", desired.preemptions),
                ("Disconnect", desired.disconnect),
                ("Reconnect", desired.reconnect),
                ("RescheduleNow", desired.reschedule_now),
                ("RescheduleLater", desired.reschedule_later),
            ];
            let counts = counts.into_iter().filter(|count| count.1 > 0);
            let counts: Map<String, Value> =
                counts.map(|(key, count)| (key.to_owned(), count.into())).collect();
            groups.insert(group.to_string(), counts.into());
        }
        groups.into()
    }
}

/// What an allocation gets, in the form of the API; dynamic ports without their number.
fn resources(job: &Job, group: &str, assigned: &model::Assigned) -> Value {
    let group = job.group(group).unwrap();
    let mut tasks = Map::new();
    for task in &group.tasks {
        let asked = task.resources.as_ref().unwrap();
        let held = assigned
            .exclusive
            .iter()
            .flat_map(|exclusive| &exclusive.tasks)
            .find(|held| *held.task == *task.name);
        let cores: Vec<u16> = held.map(|held| held.cores.clone()).unwrap_or_default();
        let shares = held.filter(|_| !cores.is_empty()).map_or(asked.cpu, |held| i64::from(held.cpu_shares));
        let mut json = json!({
            "Cpu": {"CpuShares": shares},
            "Memory": {"MemoryMB": asked.memory_mb + asked.secrets_mb},
        });
        if !cores.is_empty() {
            json["Cpu"]["ReservedCores"] = cores.into();
        }
        if let Some(held) = held.filter(|held| !held.devices.is_empty()) {
            json["Devices"] = held
                .devices
                .iter()
                .map(|device| {
                    json!({
                        "Vendor": &*device.vendor,
                        "Type": &*device.device_type,
                        "Name": &*device.name,
                        "DeviceIDs": device.ids.iter().map(|id| id.to_string()).collect::<Vec<_>>(),
                    })
                })
                .collect::<Vec<_>>()
                .into();
        }
        tasks.insert(task.name.clone(), json);
    }
    let disk = group.ephemeral_disk.as_ref().map_or(0, |disk| disk.size_mb);
    let ports: Vec<Value> = assigned
        .ports
        .iter()
        .map(|port| {
            let value = if port.reserved { json!(port.value) } else { json!("dynamic") };
            json!({"Label": &*port.label, "HostIP": &*port.host_ip, "Value": value})
        })
        .collect();
    json!({"Shared": {"DiskMB": disk, "Ports": ports}, "Tasks": tasks})
}
