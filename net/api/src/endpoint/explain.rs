//! `…/explain` and `/v1/whatif`.

use serde_json::Value;

use crate::call::{Query, segment};
use crate::view::{ExplainView, WhatIfView};
use crate::{ApiError, Client, Reply, Request};

/// Requests about why things are placed, and what would happen.
#[derive(Clone, Copy, Debug)]
pub struct ExplainApi<'a> {
    client: &'a Client,
}

impl Client {
    /// Returns the requests about why things are placed, and what would happen.
    #[must_use]
    pub fn explain(&self) -> ExplainApi<'_> {
        ExplainApi { client: self }
    }
}

impl ExplainApi<'_> {
    /// Explains a job.
    pub async fn job(&self, id: &str, query: Query) -> Result<Reply<ExplainView>, ApiError> {
        self.client.json(Request::get(format!("/v1/job/{}/explain", segment(id)), query)).await
    }

    /// Explains an allocation.
    pub async fn alloc(&self, id: &str, query: Query) -> Result<Reply<ExplainView>, ApiError> {
        self.client.json(Request::get(format!("/v1/allocation/{}/explain", segment(id)), query)).await
    }

    /// Explains an evaluation.
    pub async fn eval(&self, id: &str, query: Query) -> Result<Reply<ExplainView>, ApiError> {
        self.client.json(Request::get(format!("/v1/evaluation/{}/explain", segment(id)), query)).await
    }

    /// Asks what would happen.
    pub async fn what_if(&self, question: Value) -> Result<Reply<WhatIfView>, ApiError> {
        self.client.json(Request::put("/v1/whatif", Query::default(), question)).await
    }
}
