//! How the servers look after their own group.
//!
//! Limits: a record; what it means is decided by the autopilot machine. The three switches of Nomad's paid version
//! are kept as they are set and change nothing.

use serde::{Deserialize, Serialize};

use crate::Nanos;

/// How the servers look after their own group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AutopilotConfig {
    /// Takes servers out that were silent for long.
    pub cleanup_dead_servers: bool,
    /// A server that the leader has not heard of for longer is unhealthy.
    pub last_contact_threshold: Nanos,
    /// A server whose log is further behind is unhealthy, in entries.
    pub max_trailing_logs: u64,
    /// So many voters are left at least, however many are dead.
    pub min_quorum: u64,
    /// A new server must have been healthy for so long before it votes.
    pub server_stabilization_time: Nanos,
    /// Kept, without effect.
    pub enable_redundancy_zones: bool,
    /// Kept, without effect.
    pub disable_upgrade_migration: bool,
    /// Kept, without effect.
    pub enable_custom_upgrades: bool,
    /// Index that created it.
    pub create_index: u64,
    /// Index that last changed it.
    pub modify_index: u64,
}

impl Default for AutopilotConfig {
    fn default() -> Self {
        Self {
            cleanup_dead_servers: true,
            last_contact_threshold: Nanos::from_millis(200),
            max_trailing_logs: 250,
            min_quorum: 0,
            server_stabilization_time: Nanos::from_secs(10),
            enable_redundancy_zones: false,
            disable_upgrade_migration: false,
            enable_custom_upgrades: false,
            create_index: 0,
            modify_index: 0,
        }
    }
}
