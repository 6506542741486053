//! `/v1/jobs`, `/v1/job` and `/v1/validate/job`.

use std::collections::BTreeMap;

use http::Method;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use crate::call::{JobQuery, Query, segment};
use crate::view::{
    AllocStub, DeploymentView, EvalView, JobStub, JobSummary, JobView, PlanResponse, RegisterResponse,
    ValidateResponse,
};
use crate::{ApiError, Client, Reply, Request};

/// Requests about jobs.
#[derive(Clone, Copy, Debug)]
pub struct JobsApi<'a> {
    pub(super) client: &'a Client,
}

/// The text a job was made from, kept beside it.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Submission {
    /// The text.
    pub source: String,
    /// `hcl2` or `json`.
    pub format: String,
    /// Variables given one by one; they travel with percent escapes, as the API wants them.
    #[serde(serialize_with = "escaped")]
    pub variable_flags: BTreeMap<String, String>,
    /// Contents of variable files, joined.
    pub variables: String,
}

fn escaped<S: Serializer>(flags: &BTreeMap<String, String>, to: S) -> Result<S::Ok, S::Error> {
    to.collect_map(flags.iter().map(|(name, value)| (name, segment(value))))
}

/// A job and how to register it.
#[derive(Clone, Debug, Default)]
pub struct RegisterRequest {
    /// The job as the API takes it.
    pub job: Value,
    /// The text it was made from.
    pub submission: Option<Submission>,
    /// Refuses unless the registered job has this index; 0 refuses when there is one.
    pub check_index: Option<u64>,
    /// Keeps the counts of the registered job.
    pub preserve_counts: bool,
    /// Keeps the resources of the registered job.
    pub preserve_resources: bool,
    /// Goes on where a policy only warns.
    pub policy_override: bool,
    /// Priority of the evaluation; `None` takes the job's.
    pub eval_priority: Option<u32>,
}

/// How to stop a job.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StopQuery {
    /// Forgets it at once.
    pub purge: bool,
    /// In all regions.
    pub global: bool,
    /// Skips the shutdown delays.
    pub no_shutdown_delay: bool,
    /// Priority of the evaluation; `None` takes the job's.
    pub eval_priority: Option<u32>,
}

/// What a plan is asked to say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlanOptions {
    /// How the job differs from the registered one.
    pub diff: bool,
    /// Goes on where a policy only warns.
    pub policy_override: bool,
    /// What is said of every node; agents that do not know it say nothing.
    pub explain: bool,
}

impl Client {
    /// Returns the requests about jobs.
    #[must_use]
    pub fn jobs(&self) -> JobsApi<'_> {
        JobsApi { client: self }
    }
}

impl JobsApi<'_> {
    /// Lists jobs.
    pub async fn list(&self, query: Query) -> Result<Reply<Vec<JobStub>>, ApiError> {
        self.list_of("/v1/jobs".to_owned(), query).await
    }

    /// Registers a job.
    pub async fn register(&self, request: &RegisterRequest) -> Result<Reply<RegisterResponse>, ApiError> {
        let mut body = json!({
            "Job": request.job,
            "Submission": request.submission,
            "EnforceIndex": request.check_index.is_some(),
            "JobModifyIndex": request.check_index.unwrap_or(0),
            "PolicyOverride": request.policy_override,
            "PreserveCounts": request.preserve_counts,
            "PreserveResources": request.preserve_resources,
        });
        if let Some(priority) = request.eval_priority {
            body["EvalPriority"] = priority.into();
        }
        self.client.json(Request::put("/v1/jobs", Query::default(), body)).await
    }

    /// Asks what registering a job would do.
    pub async fn plan(&self, job: &Value, options: PlanOptions) -> Result<Reply<PlanResponse>, ApiError> {
        let id = job.get("ID").and_then(Value::as_str).unwrap_or_default();
        let PlanOptions { diff, policy_override, explain } = options;
        let mut body = json!({ "Job": job, "Diff": diff, "PolicyOverride": policy_override });
        if explain {
            body["Explain"] = true.into();
        }
        self.client.json(Request::put(path(id, "/plan"), Query::default(), body)).await
    }

    /// Asks whether a job is valid.
    pub async fn validate(&self, job: &Value) -> Result<Reply<ValidateResponse>, ApiError> {
        let body = json!({ "Job": job });
        self.client.json(Request::put("/v1/validate/job", Query::default(), body)).await
    }

    /// Reads a job.
    pub async fn info(&self, id: &str, query: Query) -> Result<Reply<JobView>, ApiError> {
        self.client.json(Request::get(path(id, ""), query)).await
    }

    /// Reads a job's versions as they come, newest first.
    pub async fn versions(&self, id: &str) -> Result<Reply<Value>, ApiError> {
        self.client.json(Request::get(path(id, "/versions"), Query::default())).await
    }

    /// Reads the text a version was made from.
    pub async fn submission(&self, id: &str, version: u64) -> Result<Reply<Value>, ApiError> {
        let query = Query::default().with("version", version.to_string());
        self.client.json(Request::get(path(id, "/submission"), query)).await
    }

    /// Stops a job.
    pub async fn stop(&self, id: &str, stop: StopQuery) -> Result<Reply<RegisterResponse>, ApiError> {
        let mut query = Query::default();
        for (key, value) in
            [("purge", stop.purge), ("global", stop.global), ("no_shutdown_delay", stop.no_shutdown_delay)]
        {
            if value {
                query = query.with(key, "true");
            }
        }
        if let Some(priority) = stop.eval_priority {
            query = query.with("eval_priority", priority.to_string());
        }
        self.client.json(Request::new(Method::DELETE, path(id, ""), query)).await
    }

    /// Reads how a job's allocations are.
    pub async fn summary(&self, id: &str) -> Result<Reply<JobSummary>, ApiError> {
        self.client.json(Request::get(path(id, "/summary"), Query::default())).await
    }

    /// Lists a job's allocations.
    pub async fn allocations(&self, id: &str, of: JobQuery) -> Result<Reply<Vec<AllocStub>>, ApiError> {
        let query = match of {
            JobQuery::Current => Query::default(),
            JobQuery::All => Query::default().with("all", "true"),
        };
        self.list_of(path(id, "/allocations"), query).await
    }

    /// Lists a job's evaluations.
    pub async fn evaluations(&self, id: &str) -> Result<Reply<Vec<EvalView>>, ApiError> {
        self.list_of(path(id, "/evaluations"), Query::default()).await
    }

    /// Reads a job's newest deployment.
    pub async fn latest_deployment(&self, id: &str) -> Result<Reply<Option<DeploymentView>>, ApiError> {
        self.client.json(Request::get(path(id, "/deployment"), Query::default())).await
    }

    pub(super) async fn list_of<T: serde::de::DeserializeOwned>(
        &self,
        path: String,
        query: Query,
    ) -> Result<Reply<Vec<T>>, ApiError> {
        list(self.client, path, query).await
    }
}

/// Reads a list that may be `null`.
pub(super) async fn list<T: serde::de::DeserializeOwned>(
    client: &Client,
    path: String,
    query: Query,
) -> Result<Reply<Vec<T>>, ApiError> {
    let reply: Reply<Option<Vec<T>>> = client.json(Request::get(path, query)).await?;
    Ok(Reply { value: reply.value.unwrap_or_default(), raw: reply.raw, meta: reply.meta })
}

pub(super) fn path(id: &str, rest: &str) -> String {
    format!("/v1/job/{}{rest}", segment(id))
}
