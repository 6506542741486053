//! Bringing a client up: its directories, its identity, what an earlier agent ran, its loops.

use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::Node;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::client::{Client, Loops};
use crate::drivers::Drivers;
use crate::engine::{Engine, INBOX, recover};
use crate::identity::{Identity, IdentityError};
use crate::lock::{Lock, LockError};
use crate::node;
use crate::shared::{Parts, Shared};
use crate::state_db::{StateDb, StateError};
use crate::sweep::{Roots, sweep_leftovers};
use crate::{Config, ServerLink, gc, session};

/// Why a client cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A directory cannot be made.
    #[error("cannot make directory {path}", path = path.display())]
    Directory {
        /// The directory.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// The cgroup of the configuration has a name that is not allowed.
    #[error("bad cgroup_parent")]
    CgroupParent(#[source] sandbox::cgroup::CgroupError),
    /// Another agent uses the state directory.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The identity of the node cannot be read.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The state of the earlier agent cannot be read.
    #[error(transparent)]
    State(#[from] StateError),
    /// The host cannot be fingerprinted.
    #[error("cannot fingerprint this host")]
    Fingerprint(#[from] fingerprint::FingerprintError),
    /// The runtime is shutting down.
    #[error("the runtime is shutting down")]
    Runtime(#[from] tokio::task::JoinError),
}

/// What the disk has of a client.
struct Opened {
    lock: Option<Lock>,
    identity: Identity,
    db: StateDb,
    rebooted: bool,
}

/// Starts a client.
pub(crate) async fn start(config: Config, link: Arc<dyn ServerLink>) -> Result<Client, StartError> {
    let drivers = Drivers::new(&config);
    let (opened, node) = match config.sim {
        Some(sim) => {
            let identity = Identity::simulated(&config.region, sim.index);
            let node = node::sim::node(&config, sim, &identity, drivers.fingerprint().await);
            (Opened { lock: None, identity, db: StateDb::none(), rebooted: false }, node)
        }
        None => open_and_describe(&config, &drivers).await?,
    };
    let recorded = opened.db.read();
    let shared = Arc::new(Shared::new(Parts {
        config,
        drivers,
        db: opened.db,
        link,
        node,
        may_sweep: !opened.identity.fresh,
        rebooted: opened.rebooted,
    }));
    let restored = recover(&shared, recorded).await;
    let (inbox, messages) = mpsc::channel(INBOX);
    let mut engine = Engine::new(Arc::clone(&shared), inbox.clone());
    let mut tasks = JoinSet::new();
    tasks.spawn(shared.db.clone().run());
    engine.restore(restored);
    tasks.spawn(engine.run(messages));
    tasks.spawn(session::run(Arc::clone(&shared), inbox.clone()));
    if !shared.is_simulated() {
        tasks.spawn(node::refresh::run(Arc::clone(&shared)));
        tasks.spawn(gc::run(inbox.clone()));
    }
    Ok(Client::new(shared, inbox, Loops { tasks, _lock: opened.lock }))
}

async fn open_and_describe(config: &Config, drivers: &Drivers) -> Result<(Opened, Node), StartError> {
    if let Some(parent) = &config.cgroup_parent {
        sandbox::cgroup::GroupName::new(parent).map_err(StartError::CgroupParent)?;
    }
    let owned = config.clone();
    let (opened, found) = tokio::task::spawn_blocking(move || {
        let opened = open(&owned)?;
        let found = fingerprint::collect(&node::host::options(&owned))?;
        Ok::<_, StartError>((opened, found))
    })
    .await??;
    let node = node::host::node(config, &opened.identity, &found, drivers.fingerprint().await);
    Ok((opened, node))
}

fn open(config: &Config) -> Result<Opened, StartError> {
    make_dir(&config.state_dir, 0o700)?;
    make_dir(&config.alloc_dir, 0o711)?;
    let lock = Lock::take(&config.state_dir)?;
    if config.sweep_on_start {
        for left in sweep_leftovers(&roots(config)) {
            tracing::warn!(left, "cannot remove what an earlier agent left");
        }
    }
    let identity = Identity::load(&config.state_dir)?;
    let db = StateDb::open(&config.state_dir)?;
    let boot = sandbox::pidfd::boot_id().unwrap_or_default();
    let rebooted = db.swap_boot(&boot).is_some_and(|before| before != boot);
    Ok(Opened { lock: Some(lock), identity, db, rebooted })
}

/// Where a client keeps everything.
pub(crate) fn roots(config: &Config) -> Roots {
    Roots {
        state_dir: config.state_dir.clone(),
        alloc_dir: config.alloc_dir.clone(),
        cgroup_parent: config.cgroup_parent.clone(),
    }
}

fn make_dir(path: &Path, mode: u32) -> Result<(), StartError> {
    let made = std::fs::DirBuilder::new().recursive(true).mode(mode).create(path);
    made.map_err(|source| StartError::Directory { path: path.to_path_buf(), source })
}
