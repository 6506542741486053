//! `/v1/status`, `/v1/regions` and `/v1/search`.

use serde_json::json;

use super::jobs::list;
use crate::call::Query;
use crate::view::SearchResponse;
use crate::{ApiError, Client, Reply, Request};

/// Requests about the cluster as a whole.
#[derive(Clone, Copy, Debug)]
pub struct StatusApi<'a> {
    client: &'a Client,
}

impl Client {
    /// Returns the requests about the cluster as a whole.
    #[must_use]
    pub fn status(&self) -> StatusApi<'_> {
        StatusApi { client: self }
    }
}

impl StatusApi<'_> {
    /// Reads the leader's address; empty when there is none.
    pub async fn leader(&self, region: Option<&str>) -> Result<Reply<String>, ApiError> {
        let client = self.client.scoped(region, None);
        client.json(Request::get("/v1/status/leader", Query::default())).await
    }

    /// Lists the addresses of the voters.
    pub async fn peers(&self) -> Result<Reply<Vec<String>>, ApiError> {
        list(self.client, "/v1/status/peers".to_owned(), Query::default()).await
    }

    /// Lists the regions that are known.
    pub async fn regions(&self) -> Result<Reply<Vec<String>>, ApiError> {
        list(self.client, "/v1/regions".to_owned(), Query::default()).await
    }

    /// Finds what begins with a text; `context` is a noun such as `jobs`, or `all`.
    pub async fn search(&self, prefix: &str, context: &str) -> Result<Reply<SearchResponse>, ApiError> {
        let body = json!({ "Prefix": prefix, "Context": context });
        self.client.json(Request::put("/v1/search", Query::default(), body)).await
    }
}
