//! `/v1/node/pools` and `/v1/node/pool`.

use serde_json::Value;

use super::jobs::list;
use crate::call::{Query, segment};
use crate::view::{JobStub, NodePoolView, NodeStub};
use crate::{ApiError, Client, Method, Reply, Request};

/// Requests about node pools.
#[derive(Clone, Copy, Debug)]
pub struct NodePoolsApi<'a> {
    client: &'a Client,
}

impl Client {
    /// Returns the requests about node pools.
    #[must_use]
    pub fn node_pools(&self) -> NodePoolsApi<'_> {
        NodePoolsApi { client: self }
    }
}

impl NodePoolsApi<'_> {
    /// Lists node pools.
    pub async fn list(&self, query: Query) -> Result<Reply<Vec<NodePoolView>>, ApiError> {
        list(self.client, "/v1/node/pools".to_owned(), query).await
    }

    /// Reads a node pool.
    pub async fn info(&self, name: &str) -> Result<Reply<NodePoolView>, ApiError> {
        self.client.json(Request::get(path(name, ""), Query::default())).await
    }

    /// Lists the nodes of a pool.
    pub async fn nodes(&self, name: &str, query: Query) -> Result<Reply<Vec<NodeStub>>, ApiError> {
        list(self.client, path(name, "/nodes"), query).await
    }

    /// Lists the jobs of a pool.
    pub async fn jobs(&self, name: &str, query: Query) -> Result<Reply<Vec<JobStub>>, ApiError> {
        list(self.client, path(name, "/jobs"), query).await
    }

    /// Creates or replaces a node pool.
    pub async fn apply(&self, pool: Value) -> Result<Reply<Value>, ApiError> {
        self.client.json(Request::put("/v1/node/pools", Query::default(), pool)).await
    }

    /// Deletes a node pool.
    pub async fn delete(&self, name: &str) -> Result<Reply<Value>, ApiError> {
        self.client.json(Request::new(Method::DELETE, path(name, ""), Query::default())).await
    }
}

fn path(name: &str, rest: &str) -> String {
    format!("/v1/node/pool/{}{rest}", segment(name))
}
