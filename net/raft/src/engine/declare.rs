//! Which types openraft works with, and its settings.
//!
//! Limits: only the runtime varies; production runs on tokio, the simulation on virtual time.

use std::marker::PhantomData;

use openraft::{AsyncRuntime, RaftTypeConfig, SnapshotPolicy};

use super::StateMachine;
use crate::wal::{Entry, LeaderId, Payload, Vote};
use crate::{Config, Encoded, NodeInfo, Reply, ServerId};

/// openraft on the runtime `Rt`.
pub(crate) struct Types<Rt>(PhantomData<fn() -> Rt>);

pub(crate) type Raft<Rt> = openraft::Raft<Types<Rt>, StateMachine>;

macro_rules! plain {
    ($($bound:ident => $item:item)*) => {
        $(impl<Rt> $bound for Types<Rt> { $item })*
    };
}

// Derives would ask the same of the runtime.
plain! {
    Clone => fn clone(&self) -> Self { *self }
    Default => fn default() -> Self { Self(PhantomData) }
    PartialEq => fn eq(&self, _: &Self) -> bool { true }
    PartialOrd => fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> { Some(self.cmp(other)) }
    Ord => fn cmp(&self, _: &Self) -> std::cmp::Ordering { std::cmp::Ordering::Equal }
}

impl<Rt> Copy for Types<Rt> {}
impl<Rt> Eq for Types<Rt> {}

impl<Rt> std::fmt::Debug for Types<Rt> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Types")
    }
}

impl<Rt: AsyncRuntime> RaftTypeConfig for Types<Rt> {
    type D = Encoded;
    type R = Reply;
    type NodeId = ServerId;
    type Node = NodeInfo;
    type Term = u64;
    type LeaderId = LeaderId;
    type Vote = Vote;
    type Payload = Payload;
    type Entry = Entry;
    type AsyncRuntime = Rt;
    type Responder<T>
        = openraft::impls::OneshotResponder<Self, T>
    where
        T: openraft::OptionalSend + 'static;
    type Batch<T>
        = openraft::impls::InlineBatch<T>
    where
        T: openraft::OptionalSend + 'static;
    type ErrorSource = openraft::impls::BoxedErrorSource;
}

/// Returns openraft's settings for ours.
///
/// # Errors
/// Fails when the timings contradict each other.
pub(crate) fn settings(config: &Config) -> Result<openraft::Config, openraft::ConfigError> {
    let timing = &config.timing;
    let millis = |duration: std::time::Duration| duration.as_millis() as u64;
    let settings = openraft::Config {
        cluster_name: config.cluster.clone(),
        heartbeat_interval: millis(timing.heartbeat),
        election_timeout_min: millis(timing.election_min),
        election_timeout_max: millis(timing.election_max),
        install_snapshot_timeout: millis(timing.snapshot),
        max_payload_entries: 1024,
        snapshot_policy: SnapshotPolicy::LogsSinceLast(config.snapshot_entries),
        max_in_snapshot_log_to_keep: config.keep_entries,
        replication_lag_threshold: config.snapshot_entries + config.keep_entries,
        purge_batch_size: 1,
        api_channel_size: Some(4096),
        enable_pre_vote: Some(true),
        // A restarted leader must be elected anew: it may have replicated entries that it lost itself, and would
        // give their ids to other commands.
        enable_leader_restore: Some(config.plant_leader_restore),
        backoff: "5ms 10ms 20ms 40ms ..1s".to_owned(),
        ..openraft::Config::default()
    };
    settings.validate()
}
