//! `/v1/deployments` and `/v1/deployment`.

use super::jobs::list;
use crate::call::{Query, segment};
use crate::view::DeploymentView;
use crate::{ApiError, Client, Reply, Request};

/// Requests about deployments.
#[derive(Clone, Copy, Debug)]
pub struct DeploymentsApi<'a> {
    client: &'a Client,
}

impl Client {
    /// Returns the requests about deployments.
    #[must_use]
    pub fn deployments(&self) -> DeploymentsApi<'_> {
        DeploymentsApi { client: self }
    }
}

impl DeploymentsApi<'_> {
    /// Lists deployments.
    pub async fn list(&self, query: Query) -> Result<Reply<Vec<DeploymentView>>, ApiError> {
        list(self.client, "/v1/deployments".to_owned(), query).await
    }

    /// Reads a deployment.
    pub async fn info(&self, id: &str, query: Query) -> Result<Reply<DeploymentView>, ApiError> {
        self.client.json(Request::get(format!("/v1/deployment/{}", segment(id)), query)).await
    }
}
