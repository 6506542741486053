//! `/v1/operator`.

use crate::call::Query;
use crate::view::RaftConfiguration;
use crate::{ApiError, Client, Reply, Request};

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
}
