//! `/v1/operator`.

use serde_json::Value;

use crate::call::Query;
use crate::view::{RaftConfiguration, SchedulerAnswer};
use crate::{ApiError, Client, Reply, Request};

const SCHEDULER: &str = "/v1/operator/scheduler/configuration";

/// Requests of operators.
#[derive(Clone, Copy, Debug)]
pub struct OperatorApi<'a> {
    client: &'a Client,
}

impl Client {
    /// Returns the requests of operators.
    #[must_use]
    pub fn operator(&self) -> OperatorApi<'_> {
        OperatorApi { client: self }
    }
}

impl OperatorApi<'_> {
    /// Reads who votes.
    pub async fn raft_configuration(&self, stale: bool) -> Result<Reply<RaftConfiguration>, ApiError> {
        let query = Query { stale, ..Query::default() };
        self.client.json(Request::get("/v1/operator/raft/configuration", query)).await
    }

    /// Reads how the cluster schedules.
    pub async fn scheduler(&self) -> Result<Reply<SchedulerAnswer>, ApiError> {
        self.client.json(Request::get(SCHEDULER, Query::default())).await
    }

    /// Changes how the cluster schedules; with an index only if nobody changed it since.
    pub async fn set_scheduler(&self, config: Value, check: Option<u64>) -> Result<Reply<Value>, ApiError> {
        let query = match check {
            Some(index) => Query::default().with("cas", index.to_string()),
            None => Query::default(),
        };
        self.client.json(Request::put(SCHEDULER, query, config)).await
    }
}
