//! The settings of consensus.
//!
//! Limits: timings are per cluster, not per server: all servers of a group have to agree on them.

use std::time::Duration;

use crate::NodeInfo;

/// Everything that [`Consensus::start`](crate::Consensus::start) needs to know.
#[derive(Clone, Debug)]
pub struct Config {
    /// The region; a data directory of another region is refused.
    pub region: String,
    /// The cluster's name; a data directory of another cluster is refused.
    pub cluster: String,
    /// Name and addresses of this server.
    pub info: NodeInfo,
    /// Heartbeats and elections.
    pub timing: Timing,
    /// The size of a log file, in bytes; it is reserved when the file is made.
    pub segment_bytes: u64,
    /// How many bytes of recent entries are kept in memory for replication.
    pub cache_bytes: usize,
    /// How many bytes of entries one replication request carries; one bigger entry still travels alone.
    pub replication_bytes: usize,
    /// A snapshot is made after this many entries.
    pub snapshot_entries: u64,
    /// A snapshot is made after this many bytes of log as well.
    pub snapshot_bytes: u64,
    /// So many entries behind the snapshot stay in the log, for followers that are a little late.
    pub keep_entries: u64,
    /// How many bytes a piece of a snapshot carries on its way to another server.
    pub chunk_bytes: usize,
    /// How many bytes of proposals may wait for their commit; more are refused as overloaded.
    pub in_flight_bytes: usize,
    /// **Unsafe; only the simulation turns it on, to prove that it would see the damage.** A restarted leader goes
    /// on in its old term without an election.
    pub plant_leader_restore: bool,
}

impl Config {
    /// Returns the settings for servers on their own hosts.
    #[must_use]
    pub fn production(region: &str, cluster: &str, info: NodeInfo) -> Self {
        Self {
            region: region.to_owned(),
            cluster: cluster.to_owned(),
            info,
            timing: Timing::production(),
            segment_bytes: 16 << 20,
            cache_bytes: 16 << 20,
            replication_bytes: 1 << 20,
            snapshot_entries: 10_000,
            snapshot_bytes: 128 << 20,
            keep_entries: 5_000,
            chunk_bytes: 512 << 10,
            in_flight_bytes: 64 << 20,
            plant_leader_restore: false,
        }
    }

    /// Returns the settings for a cluster in one process: shorter timings, smaller files.
    #[must_use]
    pub fn dev(region: &str, cluster: &str, info: NodeInfo) -> Self {
        Self {
            timing: Timing::dev(),
            segment_bytes: 4 << 20,
            cache_bytes: 4 << 20,
            ..Self::production(region, cluster, info)
        }
    }
}

/// How fast the group notices and acts.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// A leader is heard of at least this often.
    pub heartbeat: Duration,
    /// The shortest random wait of an election.
    pub election_min: Duration,
    /// The longest random wait of an election, and the leader's lease.
    pub election_max: Duration,
    /// How long one request to another server may take.
    pub request: Duration,
    /// How long one piece of a snapshot, and installing all of it, may take.
    pub snapshot: Duration,
    /// How long a proposal waits for its commit before its outcome is reported as unknown.
    pub propose: Duration,
}

impl Timing {
    /// Returns timings for a network between hosts: a lost leader is replaced in about a second.
    #[must_use]
    pub fn production() -> Self {
        Self {
            heartbeat: Duration::from_millis(100),
            election_min: Duration::from_millis(300),
            election_max: Duration::from_millis(600),
            request: Duration::from_secs(1),
            snapshot: Duration::from_secs(30),
            propose: Duration::from_secs(10),
        }
    }

    /// Returns timings for servers of one process.
    #[must_use]
    pub fn dev() -> Self {
        Self {
            heartbeat: Duration::from_millis(30),
            election_min: Duration::from_millis(100),
            election_max: Duration::from_millis(200),
            ..Self::production()
        }
    }
}
