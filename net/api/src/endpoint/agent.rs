//! `/v1/agent`.

use serde_json::Value;

use crate::call::Query;
use crate::view::{JoinAnswer, Members};
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

    /// Has the agent join the clusters of the servers at these addresses.
    pub async fn join(&self, addresses: &[String]) -> Result<Reply<JoinAnswer>, ApiError> {
        let query = addresses.iter().fold(Query::default(), |query, address| query.with("address", address));
        self.client.json(Request::put("/v1/agent/join", query, Value::Null)).await
    }

    /// Has the leader take out a server that has failed, by its name.
    pub async fn force_leave(&self, name: &str) -> Result<Reply<Value>, ApiError> {
        let query = Query::default().with("node", name);
        self.client.json(Request::put("/v1/agent/force-leave", query, Value::Null)).await
    }

    /// Asks whether the agent is well; an agent that is not answers with an error.
    pub async fn health(&self) -> Result<Reply<Value>, ApiError> {
        self.client.json(Request::get("/v1/agent/health", Query::default())).await
    }
}
