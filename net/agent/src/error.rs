//! Why an agent could not start or go on.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::config::ConfigError;

/// Why an agent could not start or go on.
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A port is taken.
    #[error("cannot listen on {address}{}", owner.as_ref().map_or_else(String::new, |owner| format!(": in use by {owner}")))]
    Port {
        /// The address.
        address: String,
        /// The process that has it, if that can be found out.
        owner: Option<String>,
        /// The system's complaint.
        source: std::io::Error,
    },
    /// The endpoint for other agents could not be opened.
    #[error("cannot open the port for other agents on {address}")]
    Endpoint {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: Box<wire::endpoint::BindError>,
    },
    /// Certificates cannot be used.
    #[error("cannot use the certificates: {0}")]
    Certificates(String),
    /// A file of the agent cannot be read or written.
    #[error("cannot use {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The server part could not start.
    #[error("cannot start the server")]
    Server(#[source] server::StartError),
    /// The client part could not start.
    #[error("cannot start the client")]
    Client(#[source] client::StartError),
    /// Consensus stopped: the process has to be started anew.
    #[error("the server stopped: {0}")]
    Fatal(raft::FatalError),
    /// The cluster did not get ready in time.
    #[error("the cluster is not ready after {0} s: {1}")]
    NotReady(u64, String),
}
