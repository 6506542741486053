//! Simulated nodes: the real client and protocol with the mock driver, over a few shared endpoints.
//!
//! Limits: nodes start [`AT_ONCE`] at a time, each on a connection of its own; [`PER_ENDPOINT`] of them share a
//! UDP port.

use std::net::SocketAddr;
use std::sync::Arc;

use client::{
    BoxFuture, Client, Config, LinkError, Registered, Registration, ServerLink, ShutdownMode, SimNode,
};
use model::link::AllocPush;
use model::{AllocUpdate, Nanos, Node, NodeEvent, NodeId};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use wire::{Credentials, Endpoint, EndpointConfig, Region};

use crate::error::AgentError;
use crate::server_link::{Link, QuicLink};

/// Nodes that start at a time.
const AT_ONCE: usize = 64;
/// Nodes that share an endpoint.
const PER_ENDPOINT: usize = 1_000;

/// Which nodes to simulate, and where.
#[derive(Debug, Clone)]
pub struct FleetOptions {
    /// Number of the first node; everything about a node follows from its number.
    pub first: u32,
    /// How many there are.
    pub count: u32,
    /// Their region.
    pub region: Region,
    /// Addresses of the servers, `host:port`.
    pub servers: Vec<String>,
}

/// Simulated nodes in this process.
pub struct Fleet {
    nodes: Vec<Member>,
}

struct Member {
    client: Client,
    link: Arc<QuicLink>,
}

/// What the nodes of a fleet have seen so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FleetCounts {
    /// Nodes that are registered now.
    pub registered: u64,
    /// Connections that were made.
    pub dialled: u64,
    /// Nodes that were told of an allocation.
    pub assigned: u64,
}

impl Fleet {
    /// Starts the nodes; they register as soon as a server answers.
    ///
    /// # Errors
    /// No UDP port is free, or the certificate cannot be used.
    pub async fn start(options: FleetOptions, credentials: &Credentials) -> Result<Self, AgentError> {
        Self::start_with(options, credentials, |link| Arc::new(Link(link))).await
    }

    /// Starts nodes that are alive and take nothing: they do not ask for their allocations, so nothing runs.
    ///
    /// # Errors
    /// As [`Fleet::start`].
    pub async fn start_idle(options: FleetOptions, credentials: &Credentials) -> Result<Self, AgentError> {
        Self::start_with(options, credentials, |link| Arc::new(Idle { link: Link(link) })).await
    }

    async fn start_with(
        options: FleetOptions,
        credentials: &Credentials,
        held: impl Fn(Arc<QuicLink>) -> Arc<dyn ServerLink>,
    ) -> Result<Self, AgentError> {
        let mut endpoint = dialler(credentials)?;
        let mut starting = JoinSet::new();
        let mut fleet = Self { nodes: Vec::new() };
        for number in 0..options.count {
            if number > 0 && (number as usize).is_multiple_of(PER_ENDPOINT) {
                endpoint = dialler(credentials)?;
            }
            if starting.len() >= AT_ONCE {
                fleet.take(starting.join_next().await)?;
            }
            let link =
                Arc::new(QuicLink::new(endpoint.clone(), options.region.clone(), options.servers.clone()));
            let config = Config::simulated(SimNode { index: options.first.saturating_add(number) });
            let held = held(Arc::clone(&link));
            starting.spawn(async move {
                let client = Client::start(config, held).await?;
                Ok(Member { client, link })
            });
        }
        while !starting.is_empty() {
            fleet.take(starting.join_next().await)?;
        }
        Ok(fleet)
    }

    fn take(&mut self, started: Option<Started>) -> Result<(), AgentError> {
        if let Some(started) = started {
            let member = started.map_err(|error| AgentError::NotReady(0, error.to_string()))?;
            self.nodes.push(member.map_err(AgentError::Client)?);
        }
        Ok(())
    }

    /// The ids of the nodes.
    pub fn ids(&self) -> impl Iterator<Item = NodeId> {
        self.nodes.iter().map(|member| member.client.node_id())
    }

    /// What the nodes have seen so far.
    #[must_use]
    pub fn counts(&self) -> FleetCounts {
        let mut counts = FleetCounts::default();
        for member in &self.nodes {
            let registered = matches!(*member.client.registration().borrow(), Registration::Registered(_));
            let traffic = member.link.traffic();
            counts.registered += u64::from(registered);
            counts.dialled += traffic.dialled;
            counts.assigned += u64::from(traffic.assigned > 0);
        }
        counts
    }

    /// Cuts every connection; the nodes connect again by themselves.
    pub fn cut(&self) {
        self.nodes.iter().for_each(|member| member.link.hang_up());
    }

    /// Stops every task and node for good.
    pub async fn shutdown(self) {
        let mut stopping = JoinSet::new();
        for member in self.nodes {
            stopping.spawn(async move { member.client.shutdown(ShutdownMode::Leave).await });
        }
        stopping.join_all().await;
    }
}

type Started = Result<Result<Member, client::StartError>, tokio::task::JoinError>;

fn dialler(credentials: &Credentials) -> Result<Endpoint, AgentError> {
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    Endpoint::dial_only(EndpointConfig::new(any), credentials)
        .map_err(|source| AgentError::Endpoint { address: any, source: Box::new(source) })
}

/// The link of a node that never learns of its allocations.
struct Idle {
    link: Link,
}

impl ServerLink for Idle {
    fn register(&self, node: Node) -> BoxFuture<'_, Result<Registered, LinkError>> {
        self.link.register(node)
    }

    fn ping(&self) -> BoxFuture<'_, Result<(), LinkError>> {
        self.link.ping()
    }

    fn update(&self, updates: Vec<AllocUpdate>) -> BoxFuture<'_, Result<(), LinkError>> {
        self.link.update(updates)
    }

    fn events(&self, events: Vec<NodeEvent>) -> BoxFuture<'_, Result<(), LinkError>> {
        self.link.events(events)
    }

    fn leaving(&self, back_in: Nanos) -> BoxFuture<'_, Result<(), LinkError>> {
        self.link.leaving(back_in)
    }

    fn watch(&self) -> mpsc::Receiver<AllocPush> {
        let (pushes, receiver) = mpsc::channel(1);
        // Open for as long as the client listens, and nothing ever comes.
        tokio::spawn(async move { pushes.closed().await });
        receiver
    }
}
