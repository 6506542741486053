//! `/v1/client`: what the node of an allocation knows. Servers pass these requests on.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::jobs::list;
use crate::call::{LogOrigin, LogQuery, LogStream, Query, segment};
use crate::view::{CheckStatus, FileInfo, HostStats, ResourceUsage};
use crate::{ApiError, Client, Reply, Request, Response};

/// Requests to the node of an allocation.
#[derive(Clone, Copy, Debug)]
pub struct ClientApi<'a> {
    client: &'a Client,
}

impl Client {
    /// Returns the requests to the node of an allocation.
    #[must_use]
    pub fn client(&self) -> ClientApi<'_> {
        ClientApi { client: self }
    }
}

impl ClientApi<'_> {
    /// Reads a log as a stream of frames.
    pub async fn logs(&self, alloc: &str, log: &LogQuery) -> Result<LogStream, ApiError> {
        self.frames(format!("/v1/client/fs/logs/{}", segment(alloc)), log.query()).await
    }

    /// Lists a directory of an allocation.
    pub async fn list_files(&self, alloc: &str, path: &str) -> Result<Reply<Vec<FileInfo>>, ApiError> {
        let query = Query::default().with("path", path);
        list(self.client, format!("/v1/client/fs/ls/{}", segment(alloc)), query).await
    }

    /// Describes a file of an allocation.
    pub async fn stat_file(&self, alloc: &str, path: &str) -> Result<Reply<FileInfo>, ApiError> {
        let query = Query::default().with("path", path);
        self.client.json(Request::get(format!("/v1/client/fs/stat/{}", segment(alloc)), query)).await
    }

    /// Reads a file of an allocation; the body is its bytes.
    pub async fn read_file(&self, alloc: &str, path: &str) -> Result<Response, ApiError> {
        let query = Query::default().with("path", path);
        let request = Request::get(format!("/v1/client/fs/cat/{}", segment(alloc)), query);
        self.client.send(request).await?.checked().await
    }

    /// Reads a file as a stream of frames.
    pub async fn stream_file(
        &self,
        alloc: &str,
        path: &str,
        origin: LogOrigin,
        follow: bool,
    ) -> Result<LogStream, ApiError> {
        let (from, offset) = match origin {
            LogOrigin::Start(offset) => ("start", offset),
            LogOrigin::End(offset) => ("end", offset),
        };
        let query = Query::default()
            .with("path", path)
            .with("origin", from)
            .with("offset", offset.to_string())
            .with("follow", follow.to_string());
        self.frames(format!("/v1/client/fs/stream/{}", segment(alloc)), query).await
    }

    /// Reads what an allocation uses.
    pub async fn alloc_stats(&self, alloc: &str) -> Result<Reply<ResourceUsage>, ApiError> {
        let path = format!("/v1/client/allocation/{}/stats", segment(alloc));
        self.client.json(Request::get(path, Query::default())).await
    }

    /// Reads the results of an allocation's checks.
    pub async fn alloc_checks(
        &self,
        alloc: &str,
    ) -> Result<Reply<Option<BTreeMap<String, CheckStatus>>>, ApiError> {
        let path = format!("/v1/client/allocation/{}/checks", segment(alloc));
        self.client.json(Request::get(path, Query::default())).await
    }

    /// Reads measurements of a node's host.
    pub async fn host_stats(&self, node: &str) -> Result<Reply<HostStats>, ApiError> {
        let query = Query::default().with("node_id", node);
        self.client.json(Request::get("/v1/client/stats", query)).await
    }

    async fn frames(&self, path: String, query: Query) -> Result<LogStream, ApiError> {
        let response = self.client.send(Request::get(path, query)).await?.checked().await?;
        Ok(LogStream::new(response))
    }

    /// Restarts a task; without one all tasks that run, with `all` also those that are over.
    pub async fn restart(
        &self,
        alloc: &str,
        task: Option<&str>,
        all: bool,
    ) -> Result<Reply<Value>, ApiError> {
        let path = format!("/v1/client/allocation/{}/restart", segment(alloc));
        let body = json!({ "TaskName": task.unwrap_or_default(), "AllTasks": all });
        self.client.json(Request::put(path, Query::default(), body)).await
    }

    /// Sends a signal to a task; without one to all of them.
    pub async fn signal(
        &self,
        alloc: &str,
        task: Option<&str>,
        signal: &str,
    ) -> Result<Reply<Value>, ApiError> {
        let path = format!("/v1/client/allocation/{}/signal", segment(alloc));
        let body = json!({ "Task": task.unwrap_or_default(), "Signal": signal });
        self.client.json(Request::put(path, Query::default(), body)).await
    }
}
