//! The client part of an agent, as the HTTP API sees it.

use std::fs::File;
use std::io;
use std::sync::Arc;

use client::{Client, FileEntry};
use futures::FutureExt;
use futures::future::BoxFuture;
use http_api::cluster::{FileInfo, LocalClient};
use model::{AllocId, NodeId};
use serde_json::Value;

use crate::show_stats;

/// A client behind the API's trait.
pub(crate) struct ApiClient(pub(crate) Arc<Client>);

impl LocalClient for ApiClient {
    fn node(&self) -> NodeId {
        self.0.node_id()
    }

    fn knows(&self, alloc: AllocId) -> bool {
        self.0.knows(alloc)
    }

    fn is_running(&self, alloc: AllocId, task: &str) -> Option<bool> {
        self.0.is_running(alloc, task)
    }

    fn list(&self, alloc: AllocId, path: &str) -> io::Result<Vec<FileInfo>> {
        Ok(self.0.list(alloc, path)?.into_iter().map(file_info).collect())
    }

    fn stat(&self, alloc: AllocId, path: &str) -> io::Result<FileInfo> {
        self.0.stat(alloc, path).map(file_info)
    }

    fn open(&self, alloc: AllocId, path: &str) -> io::Result<File> {
        self.0.open(alloc, path)
    }

    fn host_stats(&self) -> Value {
        show_stats::host(&self.0.host_stats())
    }

    fn alloc_stats(&self, alloc: AllocId) -> BoxFuture<'_, Option<Value>> {
        async move { self.0.alloc_stats(alloc).await.map(|stats| show_stats::alloc(&stats)) }.boxed()
    }

    fn checks(&self, alloc: AllocId) -> Value {
        show_stats::checks(&self.0.checks(alloc))
    }

    fn restart(&self, alloc: AllocId, task: Option<String>) -> BoxFuture<'_, Result<(), String>> {
        async move { self.0.restart(alloc, task.as_deref()).await.map_err(|error| error.to_string()) }.boxed()
    }

    fn signal(
        &self,
        alloc: AllocId,
        task: Option<String>,
        signal: String,
    ) -> BoxFuture<'_, Result<(), String>> {
        async move { self.0.signal(alloc, task.as_deref(), &signal).await.map_err(|error| error.to_string()) }
            .boxed()
    }
}

fn file_info(file: FileEntry) -> FileInfo {
    FileInfo {
        name: file.name,
        is_dir: file.is_dir,
        size: file.size,
        mode: file.mode,
        modified: file.modified,
    }
}
