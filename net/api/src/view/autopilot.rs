//! How the servers look after their own group.

use super::{RaftServer, view};

view! {
    /// How the servers look after their group.
    AutopilotConfigView {
        /// Whether dead servers are taken out.
        cleanup_dead_servers: bool,
        /// A server that was not heard of for longer is unhealthy, as Go writes durations.
        last_contact_threshold: String,
        /// A server whose log is further behind is unhealthy, in entries.
        max_trailing_logs: u64,
        /// So many voters are left at least.
        min_quorum: u64,
        /// How long a new server must be healthy before it votes.
        server_stabilization_time: String,
        /// Without effect.
        enable_redundancy_zones: bool,
        /// Without effect.
        disable_upgrade_migration: bool,
        /// Without effect.
        enable_custom_upgrades: bool,
        /// Index that last changed it.
        modify_index: u64,
    }

    /// How the servers are.
    AutopilotHealth {
        /// Whether all are healthy.
        healthy: bool,
        /// How many voters may fail.
        failure_tolerance: u64,
        /// Id of the leader.
        leader: String,
        /// Ids of those that vote.
        voters: Vec<String>,
        /// The servers.
        servers: Vec<ServerHealthView>,
    }

    /// How a server is.
    ServerHealthView {
        /// Id.
        #[serde(rename = "ID")]
        id: String,
        /// Name.
        name: String,
        /// Address.
        address: String,
        /// `alive` or `failed`.
        serf_status: String,
        /// Version.
        version: String,
        /// Whether it leads.
        leader: bool,
        /// Whether it votes.
        voter: bool,
        /// Whether it is healthy.
        healthy: bool,
        /// How long ago it was heard of, as Go writes durations.
        last_contact: String,
        /// Term of its last entry.
        last_term: u64,
        /// Index of its last entry.
        last_index: u64,
        /// Since when its health has not changed.
        stable_since: String,
    }

    /// Who handed leadership to whom.
    LeadershipTransfer {
        /// Who led.
        from: RaftServer,
        /// Who leads.
        to: RaftServer,
        /// Whether it led before.
        noop: bool,
    }
}
