//! `/v1/evaluations` and `/v1/evaluation`.

use super::jobs::list;
use crate::call::{Query, segment};
use crate::view::{AllocStub, EvalView};
use crate::{ApiError, Client, Reply, Request};

/// Requests about evaluations.
#[derive(Clone, Copy, Debug)]
pub struct EvalsApi<'a> {
    client: &'a Client,
}

impl Client {
    /// Returns the requests about evaluations.
    #[must_use]
    pub fn evals(&self) -> EvalsApi<'_> {
        EvalsApi { client: self }
    }
}

impl EvalsApi<'_> {
    /// Lists evaluations.
    pub async fn list(&self, query: Query) -> Result<Reply<Vec<EvalView>>, ApiError> {
        list(self.client, "/v1/evaluations".to_owned(), query).await
    }

    /// Reads an evaluation and the others of its chain.
    pub async fn info(&self, id: &str, query: Query) -> Result<Reply<EvalView>, ApiError> {
        let query = query.with("related", "true");
        self.client.json(Request::get(format!("/v1/evaluation/{}", segment(id)), query)).await
    }

    /// Lists the allocations that an evaluation made or changed.
    pub async fn allocations(&self, id: &str) -> Result<Reply<Vec<AllocStub>>, ApiError> {
        list(self.client, format!("/v1/evaluation/{}/allocations", segment(id)), Query::default()).await
    }
}
