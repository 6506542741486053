//! What can be done with a job that is registered: evaluate, scale, dispatch, launch.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::jobs::{JobsApi, path};
use crate::call::Query;
use crate::view::{DeploymentView, DispatchResponse, RegisterResponse, ScaleStatusView};
use crate::{ApiError, JobQuery, Reply, Request};

/// How to dispatch a parameterized job.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DispatchRequest {
    /// Payload; empty is none.
    pub payload: Vec<u8>,
    /// Meta of the child.
    pub meta: BTreeMap<String, String>,
    /// Dispatches with the same token make one child; empty makes no such promise.
    pub idempotency_token: String,
    /// Stands in the child's id.
    pub id_prefix: String,
    /// Priority of the child; `None` takes the job's.
    pub priority: Option<u32>,
}

impl JobsApi<'_> {
    /// Lists a job's deployments, newest first.
    pub async fn deployments(&self, id: &str, of: JobQuery) -> Result<Reply<Vec<DeploymentView>>, ApiError> {
        let query = match of {
            JobQuery::Current => Query::default(),
            JobQuery::All => Query::default().with("all", "true"),
        };
        self.list_of(path(id, "/deployments"), query).await
    }

    /// Has the scheduler look at a job again.
    pub async fn evaluate(
        &self,
        id: &str,
        force_reschedule: bool,
    ) -> Result<Reply<RegisterResponse>, ApiError> {
        let body = json!({ "JobID": id, "EvalOptions": { "ForceReschedule": force_reschedule } });
        self.client.json(Request::put(path(id, "/evaluate"), Query::default(), body)).await
    }

    /// Sets the count of a group.
    pub async fn scale(
        &self,
        id: &str,
        group: &str,
        count: u64,
        check_index: Option<u64>,
    ) -> Result<Reply<RegisterResponse>, ApiError> {
        let mut body = json!({
            "Count": count,
            "Target": { "Job": id, "Group": group },
            "Message": "submitted using the command line",
        });
        if let Some(index) = check_index {
            body["JobModifyIndex"] = index.into();
        }
        self.client.json(Request::put(path(id, "/scale"), Query::default(), body)).await
    }

    /// Reads the counts of a job's groups and what was said about them.
    pub async fn scale_status(&self, id: &str) -> Result<Reply<ScaleStatusView>, ApiError> {
        self.client.json(Request::get(path(id, "/scale"), Query::default())).await
    }

    /// Dispatches a parameterized job.
    pub async fn dispatch(
        &self,
        id: &str,
        request: &DispatchRequest,
    ) -> Result<Reply<DispatchResponse>, ApiError> {
        let mut query = Query::default();
        if !request.idempotency_token.is_empty() {
            query = query.with("idempotency_token", request.idempotency_token.clone());
        }
        let mut body = json!({ "JobID": id, "Meta": request.meta, "IdPrefixTemplate": request.id_prefix });
        if !request.payload.is_empty() {
            body["Payload"] = STANDARD.encode(&request.payload).into();
        }
        if let Some(priority) = request.priority {
            body["Priority"] = priority.into();
        }
        self.client.json(Request::put(path(id, "/dispatch"), query, body)).await
    }

    /// Launches a periodic job now.
    pub async fn force_launch(&self, id: &str) -> Result<Reply<RegisterResponse>, ApiError> {
        self.client.json(Request::put(path(id, "/periodic/force"), Query::default(), json!({}))).await
    }
}
