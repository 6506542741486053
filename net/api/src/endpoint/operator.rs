//! `/v1/operator`.

use serde_json::Value;

use crate::call::Query;
use crate::view::{
    AutopilotConfigView, AutopilotHealth, LeadershipTransfer, RaftConfiguration, SchedulerAnswer,
};
use crate::{ApiError, Body, Client, Method, Reply, Request, Response};

const AUTOPILOT: &str = "/v1/operator/autopilot/configuration";
const SNAPSHOT: &str = "/v1/operator/snapshot";
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

    /// Takes a server out of the group, by its id.
    pub async fn remove_peer(&self, id: &str) -> Result<Reply<Value>, ApiError> {
        let query = Query::default().with("id", id);
        self.client.json(Request::new(Method::DELETE, "/v1/operator/raft/peer", query)).await
    }

    /// Hands leadership to the server with this `id` or `address`, as `parameter` says.
    pub async fn transfer_leadership(
        &self,
        parameter: &'static str,
        value: &str,
    ) -> Result<Reply<LeadershipTransfer>, ApiError> {
        let query = Query::default().with(parameter, value);
        let path = "/v1/operator/raft/transfer-leadership";
        self.client.json(Request::put(path, query, Value::Null)).await
    }

    /// Reads how the servers look after their group.
    pub async fn autopilot(&self) -> Result<Reply<AutopilotConfigView>, ApiError> {
        self.client.json(Request::get(AUTOPILOT, Query::default())).await
    }

    /// Changes how the servers look after their group, if nobody changed it since `index`.
    pub async fn set_autopilot(&self, config: Value, index: u64) -> Result<Reply<bool>, ApiError> {
        let query = Query::default().with("cas", index.to_string());
        self.client.json(Request::put(AUTOPILOT, query, config)).await
    }

    /// Reads how the servers are; that one is unhealthy is an answer too.
    pub async fn health(&self) -> Result<Reply<AutopilotHealth>, ApiError> {
        const UNHEALTHY: u16 = 429;
        let request = Request::get("/v1/operator/autopilot/health", Query::default());
        let mut response = self.client.send(request).await?;
        if response.status == UNHEALTHY {
            response.status = 200;
        }
        self.client.decode(response).await
    }

    /// Asks for an archive of the state; `stale` lets any server give its own.
    pub async fn save_snapshot(&self, stale: bool) -> Result<Response, ApiError> {
        let query = Query { stale, ..Query::default() };
        self.client.send(Request::get(SNAPSHOT, query)).await?.checked().await
    }

    /// Has every server replace its state by the one in an archive.
    pub async fn restore_snapshot(&self, archive: Vec<u8>) -> Result<Reply<Value>, ApiError> {
        let body = Body::Bytes(archive);
        let request = Request { body, ..Request::new(Method::PUT, SNAPSHOT, Query::default()) };
        self.client.json(request).await
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
