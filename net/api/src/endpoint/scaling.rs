//! `/v1/scaling`.

use super::jobs::list;
use crate::call::{Query, segment};
use crate::view::ScalingPolicyView;
use crate::{ApiError, Client, Reply, Request};

/// Requests about scaling policies.
#[derive(Clone, Copy, Debug)]
pub struct ScalingApi<'a> {
    client: &'a Client,
}

impl Client {
    /// Returns the requests about scaling policies.
    #[must_use]
    pub fn scaling(&self) -> ScalingApi<'_> {
        ScalingApi { client: self }
    }
}

impl ScalingApi<'_> {
    /// Lists the policies in force, without their bounds.
    pub async fn list(&self, query: Query) -> Result<Reply<Vec<ScalingPolicyView>>, ApiError> {
        list(self.client, "/v1/scaling/policies".to_owned(), query).await
    }

    /// Reads a policy.
    pub async fn info(&self, id: &str) -> Result<Reply<ScalingPolicyView>, ApiError> {
        let path = format!("/v1/scaling/policy/{}", segment(id));
        self.client.json(Request::get(path, Query::default())).await
    }
}
