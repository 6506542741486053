//! Starting: check the directory, read the log, restore the machine, stand for election.
//!
//! Limits: reading blocks, so it runs where the disk may block; a server that was part of a group asks for an election
//! at once, by pre-vote, which cannot depose a healthy leader.

use std::sync::atomic::{AtomicU64, AtomicUsize};
use std::sync::{Arc, Mutex};

use openraft::AsyncRuntime;

use super::node::Node;
use crate::disk::{Disk, run_on};
use crate::engine::{LogStore, Network, Raft, StateMachine, settings};
use crate::rpc::group_key;
use crate::snapshot::{Incoming, Snapshots};
use crate::wal::{Limits, Wal};
use crate::{Config, Identity, Machine, OpenError, StartError, Transport};

/// What a data directory held.
struct Opened {
    identity: Identity,
    wal: Wal,
    writer: futures::channel::oneshot::Receiver<()>,
    snapshots: Snapshots,
}

pub(super) async fn start<Rt: AsyncRuntime>(
    config: Config,
    disk: Arc<dyn Disk>,
    machine: Arc<dyn Machine>,
    transport: Arc<dyn Transport>,
) -> Result<Node<Rt>, StartError> {
    check_name("region", &config.region)?;
    check_name("cluster", &config.cluster)?;
    let settings = settings(&config).map_err(|error| StartError::Config(error.to_string()))?;

    let opening = open(config.clone(), disk.clone(), fresh_incarnation::<Rt>());
    let opened = run_on(&disk, "raft-open", opening).await.map_err(OpenError::io("read", "."))?;
    let Opened { identity, wal, writer, snapshots } = opened?;
    let (wal, snapshots) = (Arc::new(wal), Arc::new(snapshots));
    let id = identity.server_id();
    let group = group_key(&config.region, &config.cluster);
    let network = Network::<Rt>::new(transport, group, id, config.timing, config.chunk_bytes);
    let known = wal.last().is_some() || wal.vote().is_some();

    let raft = Raft::<Rt>::new(
        id,
        Arc::new(settings),
        network.clone(),
        LogStore::new(wal.clone(), config.replication_bytes),
        StateMachine::new(machine, snapshots.clone(), wal.clone()),
    )
    .await
    .map_err(|error| StartError::Restore(error.to_string()))?;
    if known {
        raft.trigger().elect(true).await.map_err(|error| StartError::Restore(error.to_string()))?;
    }
    Ok(Node {
        id,
        config,
        raft,
        network,
        group,
        disk,
        wal,
        incoming: futures::lock::Mutex::new(Incoming::new(snapshots.clone())),
        snapshots,
        in_flight: AtomicUsize::new(0),
        changing: futures::lock::Mutex::new(()),
        heard: Mutex::new(None),
        snapshot_mark: AtomicU64::new(0),
        writer: Mutex::new(Some(writer)),
    })
}

async fn open(config: Config, disk: Arc<dyn Disk>, fresh: u128) -> Result<Opened, OpenError> {
    let identity = Identity::load(disk.as_ref(), &config.region, &config.cluster, fresh).await?;
    let snapshots = Snapshots::open(disk.clone())?;
    let limits = Limits { segment_bytes: config.segment_bytes, cache_bytes: config.cache_bytes };
    let (wal, torn, writer) = Wal::open(disk, identity.incarnation, limits).await?;
    if let Some(torn) = torn {
        tracing::warn!(
            file = torn.file,
            offset = torn.offset,
            "cut off an unfinished write at the end of the log"
        );
    }
    let snapshot = snapshots.newest().and_then(|stored| stored.meta.last_log_id);
    let last = wal.last().max(snapshot).map(|id| id.index);
    let committed = wal.committed().map(|id| id.index);
    if committed > last {
        return Err(OpenError::Lost { last: last.unwrap_or(0), committed: committed.unwrap_or(0) });
    }
    Ok(Opened { identity, wal, writer, snapshots })
}

/// Draws the number that a new directory is told apart by.
fn fresh_incarnation<Rt: AsyncRuntime>() -> u128 {
    use rand::Rng;
    let mut random = Rt::thread_rng();
    u128::from(random.next_u64()) << 64 | u128::from(random.next_u64())
}

fn check_name(what: &str, name: &str) -> Result<(), StartError> {
    if name.is_empty() || name.len() > 128 || name.chars().any(char::is_control) {
        return Err(StartError::Config(format!("the {what} \"{}\" is not a name", name.escape_debug())));
    }
    Ok(())
}
