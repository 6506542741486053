//! The agent as the routes of operators see it.

use bytes::Bytes;
use control::autopilot::GroupHealth;
use futures::FutureExt;
use futures::future::BoxFuture;
use http_api::{ApiError, Operations};

use crate::backend::AgentBackend;

/// Words a failure as the API does.
fn internal(error: impl std::fmt::Display) -> ApiError {
    ApiError::internal(error.to_string())
}

impl Operations for AgentBackend {
    fn save_state(&self) -> BoxFuture<'_, Result<Bytes, ApiError>> {
        async move { self.server()?.save_state().await.map(Bytes::from).map_err(internal) }.boxed()
    }

    fn restore_state(&self, archive: Bytes) -> BoxFuture<'_, Result<(), ApiError>> {
        async move { self.server()?.restore_state(archive).await.map(|_| ()).map_err(internal) }.boxed()
    }

    fn health(&self) -> Option<GroupHealth> {
        self.server.as_ref()?.health()
    }

    fn remove_server<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<(), ApiError>> {
        async move { self.server()?.remove_server(id).await.map_err(internal) }.boxed()
    }

    fn transfer_leadership<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<(), ApiError>> {
        async move { self.server()?.transfer_leadership(id).await.map_err(internal) }.boxed()
    }

    fn join(&self, addresses: Vec<String>) -> BoxFuture<'_, Result<usize, ApiError>> {
        async move { self.server()?.join(&addresses).await.map_err(internal) }.boxed()
    }

    fn force_leave<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), ApiError>> {
        async move { self.server()?.force_leave(name).await.map_err(internal) }.boxed()
    }
}
