//! `/v1/services` and `/v1/service`.

use super::jobs::list;
use crate::call::{Query, segment};
use crate::view::{NamespaceServicesView, ServiceView};
use crate::{ApiError, Client, Method, Reply, Request};

/// Requests about services that are registered natively.
#[derive(Clone, Copy, Debug)]
pub struct ServicesApi<'a> {
    client: &'a Client,
}

impl Client {
    /// Returns the requests about services.
    #[must_use]
    pub fn services(&self) -> ServicesApi<'_> {
        ServicesApi { client: self }
    }
}

impl ServicesApi<'_> {
    /// Lists the names of services by namespace.
    pub async fn list(&self, query: Query) -> Result<Reply<Vec<NamespaceServicesView>>, ApiError> {
        list(self.client, "/v1/services".to_owned(), query).await
    }

    /// Lists the registrations of a service.
    pub async fn info(&self, name: &str, query: Query) -> Result<Reply<Vec<ServiceView>>, ApiError> {
        list(self.client, format!("/v1/service/{}", segment(name)), query).await
    }

    /// Deletes one registration of a service.
    pub async fn delete(&self, name: &str, id: &str) -> Result<(), ApiError> {
        let path = format!("/v1/service/{}/{}", segment(name), segment(id));
        self.client.send(Request::new(Method::DELETE, path, Query::default())).await.map(drop)
    }
}
