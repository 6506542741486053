//! A server of one: what it is asked to agree on is applied at once.

use std::sync::{Arc, Mutex};

use axum::extract::Request;
use axum::response::Response;
use bytes::Bytes;
use control::autopilot::{AutopilotMachine, GroupHealth, ServerReport};
use futures::future::BoxFuture;
use http_api::cluster::{AgentInfo, Cluster, EventBatch, LocalClient, ServerInfo};
use http_api::query::Consistency;
use http_api::{ApiError, Backend, Contact, Destination, Operations, Position, Watch};
use model::{NodeId, Timestamp};
use serde_json::json;
use state::watch::WatchKey;
use state::{Applied, Command, Entry, Snapshot, State};
use tokio::sync::watch;

/// When the fake's clock starts, in ns since the epoch.
const START: i64 = 1_795_362_554_000_000_000;

/// A server of one.
pub(super) struct Fake {
    state: watch::Sender<Snapshot>,
    log: Mutex<Vec<EventBatch>>,
    ids: Mutex<u128>,
}

impl Fake {
    pub(super) fn new() -> Fake {
        Fake {
            state: watch::Sender::new(Arc::new(State::default())),
            log: Mutex::new(Vec::new()),
            ids: Mutex::new(0),
        }
    }

    /// Applies a command.
    pub(super) fn apply(&self, command: Command) -> Arc<Applied> {
        let mut state = State::clone(&self.state.borrow());
        let index = state.index + 1;
        let applied = Arc::new(state.apply(index, &Entry { now: self.now(), command }));
        let snapshot = Arc::new(state);
        let batch = EventBatch { applied: Arc::clone(&applied), snapshot: Arc::clone(&snapshot) };
        self.log.lock().unwrap().push(batch);
        self.state.send_replace(snapshot);
        applied
    }
}

impl Watch for Fake {
    type Snapshot = Snapshot;
    type Topic = WatchKey;

    fn snapshot(&self) -> Snapshot {
        self.state.borrow().clone()
    }

    fn changed<'a>(&'a self, seen: &'a Snapshot, topics: &'a [WatchKey]) -> BoxFuture<'a, ()> {
        let mut newest = self.state.subscribe();
        // Whoever waits for one record is woken by every change of another, which is allowed.
        let newest_of = |state: &Snapshot| {
            let index = |topic: &WatchKey| match topic {
                WatchKey::Table(table) => state.indexes.of(*table),
                _ => state.index,
            };
            topics.iter().map(index).max()
        };
        let seen = newest_of(seen);
        Box::pin(async move {
            newest.wait_for(|state| newest_of(state) > seen).await.unwrap();
        })
    }
}

impl Backend for Fake {
    fn region(&self) -> &str {
        "global"
    }

    fn position(&self) -> Position {
        Position::Leader
    }

    fn contact(&self) -> Contact {
        Contact { known_leader: true, last_contact_ms: 0 }
    }

    fn prepare_read(&self, _: Consistency) -> BoxFuture<'_, Result<(), ApiError>> {
        Box::pin(async { Ok(()) })
    }

    fn forward(&self, _: Destination, _: Request) -> BoxFuture<'_, Result<Response, ApiError>> {
        Box::pin(async { Err(ApiError::no_region()) })
    }
}

impl Cluster for Fake {
    fn now(&self) -> Timestamp {
        Timestamp(START + 1_000_000_000 * i64::try_from(self.state.borrow().index).unwrap())
    }

    fn random_id(&self) -> u128 {
        let mut ids = self.ids.lock().unwrap();
        *ids += 1;
        model::EvalId::derive(&[*ids]).0
    }

    fn propose(&self, command: Command) -> BoxFuture<'_, Result<Arc<Applied>, ApiError>> {
        Box::pin(async { Ok(self.apply(command)) })
    }

    fn servers(&self) -> Vec<ServerInfo> {
        vec![ServerInfo {
            name: "golden-1".to_owned(),
            id: "2a3f0a1e-0000-4000-8000-000000000001".to_owned(),
            number: 1,
            address: "127.0.0.1:4647".to_owned(),
            http_address: "127.0.0.1:4646".to_owned(),
            leader: true,
            voter: true,
            alive: true,
        }]
    }

    fn regions(&self) -> Vec<String> {
        vec!["global".to_owned()]
    }

    fn agent(&self) -> AgentInfo {
        AgentInfo {
            name: "golden-1".to_owned(),
            datacenter: "dc1".to_owned(),
            config: json!({ "Region": "global" }),
            stats: json!({ "nomad": { "server": "true" } }),
            version: "0.0.0",
        }
    }

    fn force_gc(&self) -> BoxFuture<'_, Result<(), ApiError>> {
        Box::pin(async { Ok(()) })
    }

    fn to_node(&self, _: NodeId, _: Request) -> BoxFuture<'_, Result<Response, ApiError>> {
        Box::pin(async { Err(ApiError::not_found("No path to node")) })
    }

    fn local_client(&self) -> Option<Arc<dyn LocalClient>> {
        None
    }

    fn events_after(&self, index: u64) -> BoxFuture<'_, Vec<EventBatch>> {
        let mut newest = self.state.subscribe();
        Box::pin(async move {
            newest.wait_for(|state| state.index > index).await.unwrap();
            let log = self.log.lock().unwrap();
            log.iter().filter(|batch| batch.applied.index > index).cloned().collect()
        })
    }
}

impl Operations for Fake {
    fn save_state(&self) -> BoxFuture<'_, Result<Bytes, ApiError>> {
        Box::pin(async { Ok(Bytes::from_static(b"an archive")) })
    }

    fn restore_state(&self, archive: Bytes) -> BoxFuture<'_, Result<(), ApiError>> {
        Box::pin(async move {
            let text = "failed to restore from snapshot: failed to decompress snapshot: unexpected EOF";
            if archive == "an archive" { Ok(()) } else { Err(ApiError::internal(text)) }
        })
    }

    fn health(&self) -> Option<GroupHealth> {
        let report = ServerReport {
            id: 1,
            name: "golden-1".into(),
            voter: true,
            leads: true,
            silent: None,
            trailing: 0,
            last: (2, 261),
        };
        let mut machine = AutopilotMachine::default();
        let action = machine.look(self.now(), &self.snapshot().autopilot, &[report]);
        assert_eq!(action, None);
        Some(machine.health().clone())
    }

    fn remove_server<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<(), ApiError>> {
        Box::pin(async { Ok(()) })
    }

    fn transfer_leadership<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<(), ApiError>> {
        Box::pin(async { Ok(()) })
    }

    fn join(&self, addresses: Vec<String>) -> BoxFuture<'_, Result<usize, ApiError>> {
        Box::pin(async move { Ok(addresses.len()) })
    }

    fn force_leave<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<(), ApiError>> {
        Box::pin(async { Ok(()) })
    }
}
