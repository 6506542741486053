//! `/v1/jobs/statuses`: what a page of jobs shows of each, in one request; and the actions of a job.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::Arc;

use model::{Job, JobKey};
use serde_json::{Value, json};
use state::{Snapshot, Table};

use super::job_writes::field;
use super::reading::{in_namespace, job_key};
use crate::authorize::{Capability, On, Scope};
use crate::cluster::Cluster;
use crate::route::{Filter, Method, Reach, handler};
use crate::{ApiError, Call, Order, PageKey, Read, Reply, Route, blocking, paginate, views};

/// Most jobs that a request may name.
const MAX_NAMED: usize = 10_000;

/// The endpoints of pages about jobs.
pub(super) fn routes<C: Cluster>() -> Vec<Route<C>> {
    const READ: &[Capability] = &[Capability::Namespace("read-job")];
    vec![
        Route {
            method: Method::GetOrWrite,
            path: "/v1/jobs/statuses",
            capability: READ,
            scope: Scope::Namespace,
            filter: Filter::Entries,
            reach: Reach::Region,
            handler: handler(statuses::<C>),
        },
        Route {
            method: Method::Get,
            path: "/v1/job/*id/actions",
            capability: READ,
            scope: Scope::Namespace,
            filter: Filter::None,
            reach: Reach::Region,
            handler: handler(actions::<C>),
        },
    ]
}

/// Which jobs are wanted.
struct Wanted {
    named: Option<BTreeSet<JobKey>>,
    children: bool,
}

impl Wanted {
    fn of(body: Option<&Value>, children: bool) -> Result<Wanted, ApiError> {
        let Some(body) = body else { return Ok(Wanted { named: None, children }) };
        let jobs = field(body, "Jobs").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        if jobs.is_empty() {
            return Err(ApiError::bad_request("no jobs in request"));
        }
        if jobs.len() > MAX_NAMED {
            let text = format!("{} jobs in one request, at most {MAX_NAMED} are allowed", jobs.len());
            return Err(ApiError::bad_request(text));
        }
        let text =
            |job: &Value, name: &str| field(job, name).and_then(Value::as_str).unwrap_or("").to_owned();
        let key = |job: &Value| match text(job, "Namespace") {
            namespace if namespace.is_empty() => JobKey::new("default", text(job, "ID")),
            namespace => JobKey::new(namespace, text(job, "ID")),
        };
        let in_body = field(body, "IncludeChildren").and_then(Value::as_bool).unwrap_or(false);
        Ok(Wanted { named: Some(jobs.iter().map(key).collect()), children: children || in_body })
    }

    fn has(&self, job: &Job) -> bool {
        let Some(named) = &self.named else { return self.children || job.parent_id.is_empty() };
        let parent = || JobKey::new(job.namespace.as_str(), job.parent_id.as_str());
        named.contains(&job.key()) || self.children && !job.parent_id.is_empty() && named.contains(&parent())
    }
}

/// `GET /v1/jobs/statuses`, `POST` for named jobs; last changed first unless `reverse=true`.
async fn statuses<C: Cluster>(mut call: Call<C>) -> Result<Reply, ApiError> {
    let body = match call.parts.method {
        http::Method::GET => None,
        _ => call.take_optional_json().await?,
    };
    let children = call.query.raw.boolean("include_children")?.unwrap_or(false);
    let wanted = Wanted::of(body.as_ref(), children)?;
    if wanted.named.is_some() && !call.query.namespace_given {
        "*".clone_into(&mut call.query.namespace);
    }
    let order = if call.query.reverse { Order::Rising } else { Order::Falling };
    let tables = [Table::Jobs, Table::Allocs, Table::Deployments];
    let found = blocking(&*call.backend, &call.query, &tables, |state| {
        let jobs = state.jobs().filter(|job| in_namespace(&call, &job.namespace) && wanted.has(job));
        let mut jobs: Vec<Arc<Job>> = jobs.cloned().collect();
        jobs.sort_by_key(|job| (Reverse(job.modify_index), job.key()));
        if order == Order::Rising {
            jobs.reverse();
        }
        let seen = call.authorized.filter(jobs, |job| On::Namespace(&job.namespace));
        let key = |job: &Arc<Job>| PageKey::Modified(job.modify_index);
        // Clients know a refused filter of this list by 500.
        let page = paginate(seen, &call.query, order, key, |job| job.to_json())
            .map_err(|error| ApiError::internal(error.text()))?;
        let shown = page.entries.as_slice().iter().map(|job| job.modify_index);
        let index = shown.max().unwrap_or_else(|| state.indexes.of(Table::Jobs)).max(1);
        let entries = page.entries.map(|job| status(state, &job));
        Ok(Read { index, value: (entries, page.next_token) })
    })
    .await?;
    let (entries, next_token) = found.value;
    Ok(Reply::list(&entries)?.with_meta(call.read_meta(found.index).with_next_token(next_token)))
}

/// What is shown of one job.
fn status(state: &Snapshot, job: &Job) -> Value {
    let key = job.key();
    let allocs: Vec<Value> = state.allocs_of_job(&key).map(|alloc| views::alloc_status(alloc)).collect();
    let children = state.job_children(&key).filter_map(|child| state.job(child));
    let children: Vec<Value> = children.map(|child| child.status.as_str().into()).collect();
    let deployment = state.latest_deployment(&key);
    json!({
        "Allocs": views::list(allocs), "ChildStatuses": views::list(children),
        "Datacenters": &job.datacenters,
        "GroupCountSum": job.task_groups.iter().map(|group| group.count).sum::<i64>(), "ID": &job.id,
        "IsPack": job.meta.contains_key("pack.name"),
        "LatestDeployment": deployment.map_or(Value::Null, |one| views::deployment_status(one)),
        "ModifyIndex": job.modify_index, "Name": &job.name, "Namespace": &job.namespace,
        "NodePool": &job.node_pool, "ParentID": &job.parent_id, "Priority": job.priority,
        "Status": &job.status, "Stop": job.stop, "SubmitTime": job.submit_time, "Type": &job.job_type,
        "Version": job.version,
    })
}

/// `GET /v1/job/:id/actions`
async fn actions<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let state = call.backend.snapshot();
    let job = state.job(&job_key(&call));
    let job = job.ok_or_else(|| ApiError::internal(format!("Unknown job {:?}", call.param("id"))))?;
    let mut actions = Vec::new();
    for group in &job.task_groups {
        for task in &group.tasks {
            actions.extend(task.actions.iter().map(|action| {
                json!({
                    "Args": &action.args, "Command": &action.command, "Name": &action.name,
                    "TaskGroupName": &group.name, "TaskName": &task.name,
                })
            }));
        }
    }
    Reply::json(&actions)
}
