//! `/v1/allocations` and `/v1/allocation`.

use serde_json::json;

use super::jobs::list;
use crate::call::{Query, segment};
use crate::view::{AllocStub, AllocView, RegisterResponse};
use crate::{ApiError, Client, Reply, Request};

/// Requests about allocations.
#[derive(Clone, Copy, Debug)]
pub struct AllocsApi<'a> {
    client: &'a Client,
}

impl Client {
    /// Returns the requests about allocations.
    #[must_use]
    pub fn allocs(&self) -> AllocsApi<'_> {
        AllocsApi { client: self }
    }
}

impl AllocsApi<'_> {
    /// Lists allocations.
    pub async fn list(&self, query: Query) -> Result<Reply<Vec<AllocStub>>, ApiError> {
        list(self.client, "/v1/allocations".to_owned(), query).await
    }

    /// Reads an allocation.
    pub async fn info(&self, id: &str) -> Result<Reply<AllocView>, ApiError> {
        self.client.json(Request::get(format!("/v1/allocation/{}", segment(id)), Query::default())).await
    }

    /// Stops an allocation; another takes its place. Returns the evaluation that sees to it.
    pub async fn stop(&self, id: &str, no_shutdown_delay: bool) -> Result<Reply<RegisterResponse>, ApiError> {
        let mut query = Query::default();
        if no_shutdown_delay {
            query = query.with("no_shutdown_delay", "true");
        }
        let path = format!("/v1/allocation/{}/stop", segment(id));
        self.client.json(Request::put(path, query, json!({}))).await
    }
}
