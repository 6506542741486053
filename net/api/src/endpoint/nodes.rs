//! `/v1/nodes` and `/v1/node`.

use super::jobs::list;
use crate::call::{Query, segment};
use crate::view::{AllocView, NodeStub, NodeView};
use crate::{ApiError, Client, Reply, Request};

/// Requests about nodes.
#[derive(Clone, Copy, Debug)]
pub struct NodesApi<'a> {
    client: &'a Client,
}

impl Client {
    /// Returns the requests about nodes.
    #[must_use]
    pub fn nodes(&self) -> NodesApi<'_> {
        NodesApi { client: self }
    }
}

impl NodesApi<'_> {
    /// Lists nodes.
    pub async fn list(&self, query: Query) -> Result<Reply<Vec<NodeStub>>, ApiError> {
        list(self.client, "/v1/nodes".to_owned(), query).await
    }

    /// Reads a node.
    pub async fn info(&self, id: &str) -> Result<Reply<NodeView>, ApiError> {
        self.client.json(Request::get(format!("/v1/node/{}", segment(id)), Query::default())).await
    }

    /// Lists the allocations of a node.
    pub async fn allocations(&self, id: &str) -> Result<Reply<Vec<AllocView>>, ApiError> {
        list(self.client, format!("/v1/node/{}/allocations", segment(id)), Query::default()).await
    }
}
