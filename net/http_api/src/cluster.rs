//! What the routes of the nouns need of the agent behind them.
//!
//! Purpose: the seam between routes and server beyond the framework's [`Backend`]: proposing commands, knowing
//! the servers, reaching a node, reading files of this agent's own client.
//! Limits: no route logic here.

use std::fs::File;
use std::sync::Arc;

use axum::extract::Request;
use axum::response::Response;
use futures::future::BoxFuture;
use model::{AllocId, EvalId, NodeId, Timestamp};
use serde_json::Value;
use state::watch::WatchKey;
use state::{Applied, Command, Snapshot};

use crate::{ApiError, Backend, Operations};

/// A server of this region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerInfo {
    /// Its name, without the region.
    pub name: String,
    /// Its id in consensus, as people see it.
    pub id: String,
    /// The same as a number.
    pub number: u64,
    /// Address for other agents, `host:port`.
    pub address: String,
    /// Address of its HTTP API, `host:port`.
    pub http_address: String,
    /// Whether it leads.
    pub leader: bool,
    /// Whether it votes.
    pub voter: bool,
    /// Whether it answers.
    pub alive: bool,
}

/// What this agent says of itself.
#[derive(Clone, Debug, PartialEq)]
pub struct AgentInfo {
    /// Its name.
    pub name: String,
    /// Its datacenter.
    pub datacenter: String,
    /// Its configuration, as `/v1/agent/self` shows it.
    pub config: Value,
    /// Its figures, as `/v1/agent/self` shows them.
    pub stats: Value,
    /// Its version.
    pub version: &'static str,
}

/// An entry that was applied, with a state in which it is visible.
#[derive(Clone, Debug)]
pub struct EventBatch {
    /// What it changed.
    pub applied: Arc<Applied>,
    /// A state that has it.
    pub snapshot: Snapshot,
}

/// Everything the routes of the nouns need.
pub trait Cluster: Backend<Snapshot = Snapshot, Topic = WatchKey> + Operations {
    /// Returns the time.
    fn now(&self) -> Timestamp;

    /// Returns a fresh random id.
    fn random_id(&self) -> u128;

    /// Has the region agree on a command; only on the leader.
    fn propose(&self, command: Command) -> BoxFuture<'_, Result<Arc<Applied>, ApiError>>;

    /// Returns the servers of this region.
    fn servers(&self) -> Vec<ServerInfo>;

    /// Returns the regions that are known, sorted.
    fn regions(&self) -> Vec<String>;

    /// Returns what this agent says of itself.
    fn agent(&self) -> AgentInfo;

    /// Has the leader forget what nobody needs, whatever its age.
    fn force_gc(&self) -> BoxFuture<'_, Result<(), ApiError>>;

    /// Passes a request on to a node's client.
    fn to_node(&self, node: NodeId, request: Request) -> BoxFuture<'_, Result<Response, ApiError>>;

    /// Returns this agent's own client, if it is one.
    fn local_client(&self) -> Option<Arc<dyn LocalClient>>;

    /// Waits for entries that were applied after an index and returns them, oldest first.
    fn events_after(&self, index: u64) -> BoxFuture<'_, Vec<EventBatch>>;

    /// Returns a fresh id for an evaluation.
    fn eval_id(&self) -> EvalId {
        EvalId(self.random_id())
    }
}

/// A file in an allocation's directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileInfo {
    /// Name without its directory.
    pub name: String,
    /// Whether it is a directory.
    pub is_dir: bool,
    /// Size in bytes.
    pub size: u64,
    /// Mode as `ls` writes it, such as `-rw-r--r--`.
    pub mode: String,
    /// When it was last changed.
    pub modified: Timestamp,
}

/// The client part of this agent. Calls read the disk and may block for a short time.
pub trait LocalClient: Send + Sync {
    /// Returns the node's id.
    fn node(&self) -> NodeId;

    /// Tells whether an allocation's directory is here.
    fn knows(&self, alloc: AllocId) -> bool;

    /// Tells whether a task has not ended; `None` when there is no such task.
    fn is_running(&self, alloc: AllocId, task: &str) -> Option<bool>;

    /// Lists a directory below the allocation's.
    fn list(&self, alloc: AllocId, path: &str) -> std::io::Result<Vec<FileInfo>>;

    /// Describes a file below the allocation's directory.
    fn stat(&self, alloc: AllocId, path: &str) -> std::io::Result<FileInfo>;

    /// Opens a file below the allocation's directory; never one outside.
    fn open(&self, alloc: AllocId, path: &str) -> std::io::Result<File>;

    /// Returns the host's figures, as `/v1/client/stats` shows them.
    fn host_stats(&self) -> Value;

    /// Returns an allocation's figures, as `/v1/client/allocation/:id/stats` shows them.
    fn alloc_stats(&self, alloc: AllocId) -> BoxFuture<'_, Option<Value>>;

    /// Returns the last results of an allocation's checks, as `/v1/client/allocation/:id/checks` shows them.
    fn checks(&self, alloc: AllocId) -> Value;

    /// Restarts one task, or all.
    fn restart(&self, alloc: AllocId, task: Option<String>) -> BoxFuture<'_, Result<(), String>>;

    /// Sends a signal to one task, or all.
    fn signal(
        &self,
        alloc: AllocId,
        task: Option<String>,
        signal: String,
    ) -> BoxFuture<'_, Result<(), String>>;
}
