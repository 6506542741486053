//! `/v1/deployments` and `/v1/deployment`.

use serde_json::json;

use super::jobs::list;
use crate::call::{Query, segment};
use crate::view::{DeploymentChange, DeploymentView};
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

    /// Promotes the canaries of some groups; of all when none is named.
    pub async fn promote(&self, id: &str, groups: &[String]) -> Result<Reply<DeploymentChange>, ApiError> {
        let body = json!({ "DeploymentID": id, "All": groups.is_empty(), "Groups": groups });
        self.change("promote", id, body).await
    }

    /// Fails a deployment.
    pub async fn fail(&self, id: &str) -> Result<Reply<DeploymentChange>, ApiError> {
        self.change("fail", id, json!({ "DeploymentID": id })).await
    }

    /// Pauses a deployment.
    pub async fn pause(&self, id: &str) -> Result<Reply<DeploymentChange>, ApiError> {
        self.change("pause", id, json!({ "DeploymentID": id, "Pause": true })).await
    }

    /// Lets a paused deployment go on.
    pub async fn resume(&self, id: &str) -> Result<Reply<DeploymentChange>, ApiError> {
        self.change("pause", id, json!({ "DeploymentID": id, "Pause": false })).await
    }

    async fn change(
        &self,
        verb: &str,
        id: &str,
        body: serde_json::Value,
    ) -> Result<Reply<DeploymentChange>, ApiError> {
        let path = format!("/v1/deployment/{verb}/{}", segment(id));
        self.client.json(Request::put(path, Query::default(), body)).await
    }
}
