//! `/v1/system`.

use serde_json::Value;

use crate::call::Query;
use crate::{ApiError, Client, Method, Reply, Request};

/// Requests about the servers' housekeeping.
#[derive(Clone, Copy, Debug)]
pub struct SystemApi<'a> {
    client: &'a Client,
}

impl Client {
    /// Returns the requests about the servers' housekeeping.
    #[must_use]
    pub fn system(&self) -> SystemApi<'_> {
        SystemApi { client: self }
    }
}

impl SystemApi<'_> {
    /// Forgets everything that is over.
    pub async fn collect_garbage(&self) -> Result<Reply<Value>, ApiError> {
        self.client.json(Request::new(Method::PUT, "/v1/system/gc", Query::default())).await
    }

    /// Counts the summaries of all jobs anew.
    pub async fn reconcile_summaries(&self) -> Result<Reply<Value>, ApiError> {
        let path = "/v1/system/reconcile/summaries";
        self.client.json(Request::new(Method::PUT, path, Query::default())).await
    }
}
