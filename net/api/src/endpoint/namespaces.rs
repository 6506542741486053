//! `/v1/namespaces` and `/v1/namespace`.

use serde_json::Value;

use super::jobs::list;
use crate::call::{Query, segment};
use crate::view::NamespaceView;
use crate::{ApiError, Client, Method, Reply, Request};

/// Requests about namespaces.
#[derive(Clone, Copy, Debug)]
pub struct NamespacesApi<'a> {
    client: &'a Client,
}

impl Client {
    /// Returns the requests about namespaces.
    #[must_use]
    pub fn namespaces(&self) -> NamespacesApi<'_> {
        NamespacesApi { client: self }
    }
}

impl NamespacesApi<'_> {
    /// Lists namespaces.
    pub async fn list(&self, query: Query) -> Result<Reply<Vec<NamespaceView>>, ApiError> {
        list(self.client, "/v1/namespaces".to_owned(), query).await
    }

    /// Reads a namespace.
    pub async fn info(&self, name: &str) -> Result<Reply<NamespaceView>, ApiError> {
        self.client.json(Request::get(path(name), Query::default())).await
    }

    /// Creates or replaces a namespace.
    pub async fn apply(&self, namespace: Value) -> Result<Reply<Value>, ApiError> {
        self.client.json(Request::put("/v1/namespace", Query::default(), namespace)).await
    }

    /// Deletes a namespace.
    pub async fn delete(&self, name: &str) -> Result<Reply<Value>, ApiError> {
        self.client.json(Request::new(Method::DELETE, path(name), Query::default())).await
    }
}

fn path(name: &str) -> String {
    format!("/v1/namespace/{}", segment(name))
}
