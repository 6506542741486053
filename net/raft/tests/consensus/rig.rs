//! A group of servers in one process, on real files, with a transport that can be cut.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use raft::{
    Config, Consensus, Encoded, Frozen, Machine, Member, NodeInfo, ProposeError, RealDisk, Reply, ServerId,
    StartError, Transport, Unreachable,
};

/// Keeps every command in order.
#[derive(Clone, Default)]
pub(crate) struct Ledger {
    state: Arc<Mutex<(u64, Vec<Bytes>)>>,
}

impl Ledger {
    pub(crate) fn commands(&self) -> Vec<Bytes> {
        self.state.lock().unwrap().1.clone()
    }

    pub(crate) fn index(&self) -> u64 {
        self.state.lock().unwrap().0
    }
}

impl Machine for Ledger {
    fn apply(&self, index: u64, command: &Encoded) -> Reply {
        let mut state = self.state.lock().unwrap();
        state.0 = index;
        state.1.push(command.bytes.clone());
        Reply::new(state.1.len())
    }

    fn applied(&self, index: u64) {
        self.state.lock().unwrap().0 = index;
    }

    fn freeze(&self) -> Box<dyn Frozen> {
        let state = self.state.lock().unwrap();
        Box::new(FrozenLedger(state.0, state.1.clone()))
    }

    fn restore(&self, from: &mut dyn Read) -> io::Result<()> {
        let mut bytes = Vec::new();
        from.read_to_end(&mut bytes)?;
        let (index, commands): (u64, Vec<Vec<u8>>) =
            rmp_serde::from_slice(&bytes).map_err(io::Error::other)?;
        *self.state.lock().unwrap() = (index, commands.into_iter().map(Bytes::from).collect());
        Ok(())
    }
}

struct FrozenLedger(u64, Vec<Bytes>);

impl Frozen for FrozenLedger {
    fn write(self: Box<Self>, to: &mut dyn Write) -> io::Result<()> {
        let commands: Vec<&[u8]> = self.1.iter().map(AsRef::as_ref).collect();
        to.write_all(&rmp_serde::to_vec(&(self.0, commands)).map_err(io::Error::other)?)
    }
}

/// Delivers requests between the servers that are plugged in.
#[derive(Default)]
pub(crate) struct Switch {
    servers: Mutex<BTreeMap<ServerId, Consensus>>,
}

impl Switch {
    pub(crate) fn plug(&self, server: &Consensus) {
        self.servers.lock().unwrap().insert(server.id(), server.clone());
    }

    pub(crate) fn unplug(&self, id: ServerId) {
        self.servers.lock().unwrap().remove(&id);
    }
}

pub(crate) struct Port {
    switch: Arc<Switch>,
    from: Arc<Mutex<Option<ServerId>>>,
}

impl Transport for Port {
    fn call<'a>(&'a self, target: &'a Member, request: Bytes) -> BoxFuture<'a, Result<Bytes, Unreachable>> {
        async move {
            let server = {
                let servers = self.switch.servers.lock().unwrap();
                let from = *self.from.lock().unwrap();
                let plugged = from.is_none_or(|from| servers.contains_key(&from));
                servers.get(&target.id).filter(|_| plugged).cloned()
            };
            let server = server.ok_or_else(|| Unreachable::new("unplugged"))?;
            // As on a network, the other side goes on when the caller gives up.
            let answer = tokio::spawn(async move { server.handle(request).await });
            answer.await.map_err(|error| Unreachable::new(error.to_string()))
        }
        .boxed()
    }
}

/// One running server.
pub(crate) struct Server {
    pub(crate) raft: Consensus,
    pub(crate) ledger: Ledger,
    pub(crate) disk: Arc<RealDisk>,
    pub(crate) dir: PathBuf,
    pub(crate) info: NodeInfo,
}

impl Server {
    pub(crate) fn member(&self) -> Member {
        Member { id: self.raft.id(), info: self.info.clone() }
    }
}

/// The settings of the tests: fast timings, small files, frequent snapshots.
pub(crate) fn config(name: &str) -> Config {
    let info = NodeInfo {
        name: name.to_owned(),
        address: format!("{name}:4648"),
        http_address: format!("{name}:4646"),
    };
    Config { segment_bytes: 256 << 10, ..Config::dev("global", "test", info) }
}

/// A directory and the servers in it.
pub(crate) struct Rig {
    pub(crate) switch: Arc<Switch>,
    pub(crate) dir: tempfile::TempDir,
}

impl Rig {
    pub(crate) fn new() -> Self {
        Self { switch: Arc::default(), dir: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn port(&self) -> Port {
        Port { switch: self.switch.clone(), from: Arc::default() }
    }

    pub(crate) async fn start(&self, config: Config) -> Server {
        self.try_start(config).await.unwrap()
    }

    pub(crate) async fn try_start(&self, config: Config) -> Result<Server, StartError> {
        let dir = self.dir.path().join(&config.info.name);
        let disk = Arc::new(RealDisk::open(&dir)?);
        let ledger = Ledger::default();
        let port = self.port();
        let from = port.from.clone();
        let info = config.info.clone();
        let raft = Consensus::start(config, disk.clone(), Arc::new(ledger.clone()), Arc::new(port)).await?;
        *from.lock().unwrap() = Some(raft.id());
        self.switch.plug(&raft);
        Ok(Server { raft, ledger, disk, dir, info })
    }

    /// Starts `n` servers that form a group.
    pub(crate) async fn group(&self, n: usize, adjust: impl Fn(&mut Config)) -> Vec<Server> {
        let mut servers = Vec::new();
        for i in 0..n {
            let mut config = config(&format!("s{i}"));
            adjust(&mut config);
            servers.push(self.start(config).await);
        }
        let members = servers.iter().map(Server::member).collect();
        servers[0].raft.initialize(members).await.unwrap();
        servers
    }

    pub(crate) async fn stop(&self, server: Server) -> PathBuf {
        self.switch.unplug(server.raft.id());
        server.raft.shutdown().await;
        server.dir
    }
}

/// Waits until `check` returns something; fails after ten seconds.
pub(crate) async fn eventually<T>(what: &str, mut check: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        if let Some(value) = check() {
            return value;
        }
        assert!(Instant::now() < deadline, "{what} did not happen in 10 s");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// Returns the server that leads, once one does.
pub(crate) async fn leader(servers: &[Server]) -> &Server {
    eventually("an election", || servers.iter().find(|server| server.raft.leadership().current().leading))
        .await
}

/// Commits `command` on whichever server leads, as a client would.
pub(crate) async fn write(servers: &[Server], command: &str) -> u64 {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        assert!(Instant::now() < deadline, "{command} was not written in 10 s");
        let server = leader(servers).await;
        match server.raft.propose(Encoded::new(command.to_owned())).await {
            Ok(committed) => return committed.index,
            Err(ProposeError::NotLeader { .. } | ProposeError::Unavailable) => {}
            Err(error) => panic!("{command}: {error}"),
        }
    }
}

/// Waits until all servers have applied the same.
pub(crate) async fn agree(servers: &[Server]) -> Vec<Bytes> {
    eventually("agreement", || {
        let index = servers[0].ledger.index();
        let commands = servers[0].ledger.commands();
        let same = |server: &Server| server.ledger.index() == index && server.ledger.commands() == commands;
        servers.iter().all(same).then_some(commands)
    })
    .await
}
