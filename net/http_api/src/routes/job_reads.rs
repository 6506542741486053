//! Reading one job: itself, its allocations, evaluations, deployments, versions.

use std::sync::Arc;

use model::{Alloc, Job};
use serde_json::{Value, json};
use state::{Snapshot, Table};

use super::reading::{found, job_key, newest, object};
use crate::cluster::Cluster;
use crate::query::{Parameters, parse_uint, percent_decode};
use crate::{ApiError, Call, Read, Reply, views};

/// `GET /v1/job/:id`
pub(super) async fn job<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let key = job_key(&call);
    object(&call, &[Table::Jobs], |state| {
        let job = found(&call, state.job(&key), state.indexes.of(Table::Jobs), "job not found")?;
        Ok(Read { index: job.modify_index, value: job.to_json() })
    })
    .await
}

/// `GET /v1/job/:id/allocations`: those of the present incarnation of the job, or all.
pub(super) async fn allocations<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let key = job_key(&call);
    let all = call.query.raw.boolean("all")?.unwrap_or(false);
    object(&call, &[Table::Allocs], |state| {
        let created = state.job(&key).map(|job| job.create_index);
        let wanted = |alloc: &Alloc| all || created.is_none_or(|created| alloc.job.create_index == created);
        let allocs: Vec<_> = state.allocs_of_job(&key).filter(|alloc| wanted(alloc)).collect();
        let index = newest(allocs.iter().map(|alloc| alloc.modify_index), state.indexes.of(Table::Allocs));
        let stubs: Vec<Value> = allocs.iter().map(|alloc| views::alloc_stub(alloc, false, true)).collect();
        Ok(Read { index, value: stubs.into() })
    })
    .await
}

/// `GET /v1/job/:id/evaluations`
pub(super) async fn evaluations<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let key = job_key(&call);
    object(&call, &[Table::Evals], |state| {
        let mut evals: Vec<_> = state.evals_of_job(&key).collect();
        evals.sort_by_key(|eval| std::cmp::Reverse((eval.create_index, eval.id)));
        let index = newest(evals.iter().map(|eval| eval.modify_index), state.indexes.of(Table::Evals));
        Ok(Read { index, value: evals.into_iter().map(|eval| views::eval(eval)).collect() })
    })
    .await
}

/// `/v1/job/:id/summary`
pub(super) async fn summary<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let key = job_key(&call);
    object(&call, &[Table::JobSummaries], |state| {
        let table = state.indexes.of(Table::JobSummaries);
        let summary = found(&call, state.job_summary(&key), table, "job not found")?;
        Ok(Read { index: summary.modify_index, value: views::summary(&key, summary) })
    })
    .await
}

/// `GET /v1/job/:id/deployment`: the newest one, or null.
pub(super) async fn deployment<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let key = job_key(&call);
    object(&call, &[Table::Deployments], |state| {
        let latest = state.latest_deployment(&key);
        let index = newest(latest.iter().map(|one| one.modify_index), state.indexes.of(Table::Deployments));
        Ok(Read { index, value: latest.map_or(Value::Null, |one| views::deployment(one)) })
    })
    .await
}

/// `GET /v1/job/:id/deployments`: those of the present incarnation of the job, or all.
pub(super) async fn deployments<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let key = job_key(&call);
    let all = call.query.raw.boolean("all")?.unwrap_or(false);
    object(&call, &[Table::Deployments], |state| {
        let created = state.job(&key).map(|job| job.create_index);
        let mut deployments: Vec<_> = state
            .deployments_of_job(&key)
            .filter(|one| all || created.is_none_or(|created| one.job_create_index == created))
            .collect();
        deployments.sort_by_key(|one| std::cmp::Reverse((one.create_index, one.id)));
        let index =
            newest(deployments.iter().map(|one| one.modify_index), state.indexes.of(Table::Deployments));
        Ok(Read { index, value: deployments.into_iter().map(|one| views::deployment(one)).collect() })
    })
    .await
}

/// `/v1/job/:id/versions`, newest first; with `diffs=true` what each changed.
pub(super) async fn versions<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let key = job_key(&call);
    let with_diffs = call.query.raw.boolean("diffs")?.unwrap_or(false);
    let against = Against::of(&call.query.raw)?;
    object(&call, &[Table::Jobs], |state| {
        let versions: Vec<_> = state.job_versions(&key).rev().collect();
        if versions.is_empty() {
            let index = state.indexes.of(Table::Jobs);
            return Err(ApiError::not_found("job versions not found").with_meta(call.read_meta(index)));
        }
        let index = newest(versions.iter().map(|job| job.modify_index), 0);
        let jobs: Vec<Value> = versions.iter().map(|job| job.to_json()).collect();
        let diffs = if with_diffs { diffs(&versions, against.as_ref())? } else { Value::Null };
        let value = call.with_read_meta(json!({ "Diffs": diffs, "Versions": jobs }), index);
        Ok(Read { index, value })
    })
    .await
}

/// The version that all others are compared with.
enum Against {
    Number(u64),
    Tag(String),
}

impl Against {
    fn of(query: &Parameters) -> Result<Option<Self>, ApiError> {
        if let Some(tag) = query.get("diff_tag").filter(|tag| !tag.is_empty()) {
            return Ok(Some(Self::Tag(tag.to_owned())));
        }
        let Some(text) = query.get("diff_version").filter(|text| !text.is_empty()) else { return Ok(None) };
        parse_uint(text).map(|version| Some(Self::Number(version))).map_err(|error| {
            ApiError::internal(format!(
                "Failed to parse value of \"diff_version\" ({text}) as a uint64: {error}"
            ))
        })
    }
}

/// What each version changed of the one before, newest first, or of one given version.
fn diffs(versions: &[&Arc<Job>], against: Option<&Against>) -> Result<Value, ApiError> {
    let diff = |old: &Job, new: &Job| {
        serde_json::to_value(model::diff::job_diff(Some(old), Some(new), None))
            .map_err(|error| ApiError::internal(error.to_string()))
    };
    let base = match against {
        None => return versions.windows(2).map(|pair| diff(pair[1], pair[0])).collect(),
        Some(Against::Number(version)) => {
            let found = versions.iter().find(|job| job.version == *version);
            found.ok_or_else(|| ApiError::internal(format!("version {version} not found")))?
        }
        Some(Against::Tag(tag)) => {
            let tagged = |job: &Job| job.version_tag.as_ref().is_some_and(|known| known.name == *tag);
            let found = versions.iter().find(|job| tagged(job));
            found.ok_or_else(|| ApiError::internal(format!("tag {tag:?} not found")))?
        }
    };
    versions.iter().map(|job| diff(base, job)).collect()
}

/// `GET /v1/job/:id/submission?version=N`
pub(super) async fn submission<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let key = job_key(&call);
    let version: u64 = call
        .query
        .raw
        .get("version")
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| ApiError::bad_request("Unable to parse job submission version parameter"))?;
    object(&call, &[Table::Jobs], |state: &Snapshot| {
        let table = state.indexes.of(Table::Jobs);
        let submission = found(&call, state.submission(&key, version), table, "job source not found")?;
        let mut submission = submission.as_ref().clone();
        for value in submission.variable_flags.values_mut() {
            unescape(value);
        }
        Ok(Read { index: table, value: submission.to_json() })
    })
    .await
}

/// Undoes the percent escapes that clients send variables with; what has none or broken ones stays.
fn unescape(value: &mut String) {
    if let Some(decoded) = percent_decode(value, true) {
        *value = decoded;
    }
}
