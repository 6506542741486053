//! Stubs and summaries of jobs. Jobs themselves are documents.

use model::{Job, JobKey};
use serde_json::{Map, Value, json};
use state::tables::JobSummary;

/// What lists say of a job.
#[must_use]
pub fn job_stub(job: &Job, job_summary: Option<&JobSummary>, with_meta: bool) -> Value {
    let mut stub = json!({
        "CreateIndex": job.create_index, "Datacenters": &job.datacenters, "ID": &job.id,
        "JobModifyIndex": job.job_modify_index,
        "JobSummary": job_summary.map_or(Value::Null, |counts| summary(&job.key(), counts)),
        "ModifyIndex": job.modify_index, "Multiregion": null, "Name": &job.name, "Namespace": &job.namespace,
        "NodePool": &job.node_pool, "ParameterizedJob": job.is_parameterized(), "ParentID": &job.parent_id,
        "Periodic": job.is_periodic(), "Priority": job.priority, "Status": &job.status,
        "StatusDescription": &job.status_description, "Stop": job.stop, "SubmitTime": job.submit_time,
        "Type": &job.job_type,
    });
    if with_meta && !job.meta.is_empty() {
        stub["Meta"] = json!(&job.meta);
    }
    stub
}

/// How many allocations of a job are in which state.
#[must_use]
pub fn summary(key: &JobKey, summary: &JobSummary) -> Value {
    let group = |counts: &model::GroupSummary| {
        json!({
            "Complete": counts.complete, "Failed": counts.failed, "Lost": counts.lost, "Queued": counts.queued,
            "Running": counts.running, "Starting": counts.starting, "Unknown": counts.unknown,
        })
    };
    let groups: Map<String, Value> =
        summary.groups.iter().map(|(name, counts)| (name.to_string(), group(counts))).collect();
    json!({
        "Children": {
            "Dead": summary.children.dead, "Pending": summary.children.pending,
            "Running": summary.children.running,
        },
        "CreateIndex": summary.create_index, "JobID": &*key.id, "ModifyIndex": summary.modify_index,
        "Namespace": &*key.namespace, "Summary": groups,
    })
}
