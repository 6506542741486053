//! What a dev cluster consists of.

use std::path::PathBuf;

use crate::config::ConfigError;

/// Servers or clients of a dev cluster.
pub const MAX_AGENTS: usize = 32;
/// Simulated nodes of a dev cluster.
pub const MAX_SIM_NODES: usize = 20_000;

/// What a dev cluster consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DevOptions {
    /// Servers.
    pub servers: usize,
    /// Clients that run real tasks.
    pub clients: usize,
    /// Simulated nodes, which run tasks of `mock_driver` only.
    pub sim_nodes: usize,
    /// Port of the first server's HTTP API.
    pub http_port: u16,
    /// Directory that outlives the cluster; a temporary one without.
    pub persist: Option<PathBuf>,
}

impl Default for DevOptions {
    fn default() -> Self {
        Self { servers: 3, clients: 3, sim_nodes: 0, http_port: 4646, persist: None }
    }
}

impl DevOptions {
    /// Checks the numbers.
    ///
    /// # Errors
    /// There would be no server, or too much of something.
    pub fn check(&self) -> Result<(), ConfigError> {
        let invalid = |text: String| Err(ConfigError::Invalid(text));
        if !(1..=MAX_AGENTS).contains(&self.servers) {
            return invalid(format!("a dev cluster has 1 to {MAX_AGENTS} servers, not {}", self.servers));
        }
        if self.clients > MAX_AGENTS {
            return invalid(format!("a dev cluster has at most {MAX_AGENTS} clients, not {}", self.clients));
        }
        if self.sim_nodes > MAX_SIM_NODES {
            return invalid(format!(
                "a dev cluster has at most {MAX_SIM_NODES} simulated nodes, not {}",
                self.sim_nodes
            ));
        }
        Ok(())
    }
}
