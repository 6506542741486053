//! `/v1/agent`.

use serde_json::Value;

use crate::call::Query;
use crate::view::Members;
use crate::{ApiError, Client, Reply, Request};

/// Requests about the agent itself.
#[derive(Clone, Copy, Debug)]
pub struct AgentApi<'a> {
    client: &'a Client,
}

impl Client {
    /// Returns the requests about the agent itself.
    #[must_use]
    pub fn agent(&self) -> AgentApi<'_> {
        AgentApi { client: self }
    }
}

impl AgentApi<'_> {
    /// Reads the agent's configuration and measurements.
    pub async fn itself(&self) -> Result<Reply<Value>, ApiError> {
        self.client.json(Request::get("/v1/agent/self", Query::default())).await
    }

    /// Lists the servers that the agent knows.
    pub async fn members(&self) -> Result<Reply<Members>, ApiError> {
        self.client.json(Request::get("/v1/agent/members", Query::default())).await
    }

    /// Asks whether the agent is well; an agent that is not answers with an error.
    pub async fn health(&self) -> Result<Reply<Value>, ApiError> {
        self.client.json(Request::get("/v1/agent/health", Query::default())).await
    }
}
