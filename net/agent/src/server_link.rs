//! A client's way to its servers: one connection, on which the client calls and the server asks in the other
//! direction.
//!
//! ```text
//!  no connection ── dial the next server ──▶ connected ── a call fails, or it is closed ──▶ no connection
//! ```
//!
//! Limits: one connection at a time; a call takes at most [`CALL_LIMIT`]; servers are tried in turn, and what
//! they say about further servers replaces the list.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use client::{BoxFuture, LinkError, Registered, ServerLink};
use http_api::Api;
use model::link::{AllocPush, ClientMessage, LINK_VERSION, ServerMessage};
use model::{AllocUpdate, Nanos, Node, NodeEvent};
use server::{CLIENT_FRAME, FromServer, ToServer};
use tokio::sync::mpsc;
use wire::frame::CallError;
use wire::{Client, Connection, Endpoint, Expect, Region, with_causes};

use crate::backend::AgentBackend;

/// How long one call may take.
const CALL_LIMIT: Duration = Duration::from_secs(10);
/// Pushes that may wait to be looked at.
const PUSHES: usize = 64;

/// Why a call to the servers failed.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum CallFailure {
    /// A server refused: trying again is of no use.
    #[error("{0}")]
    Refused(String),
    /// No server answers now.
    #[error("{0}")]
    Unavailable(String),
}

/// A client's way to its servers.
pub(crate) struct QuicLink {
    endpoint: Endpoint,
    region: Region,
    state: Mutex<State>,
    dialling: tokio::sync::Mutex<()>,
    api: OnceLock<Api<AgentBackend>>,
}

/// What went over a link so far.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Traffic {
    /// Connections that were made.
    pub(crate) dialled: u64,
    /// Allocations that the servers told of.
    pub(crate) assigned: u64,
}

struct State {
    servers: Vec<String>,
    next: usize,
    connection: Option<Connection<Client>>,
    traffic: Traffic,
}

impl QuicLink {
    /// A link to the servers at these addresses, `host:port`.
    pub(crate) fn new(endpoint: Endpoint, region: Region, servers: Vec<String>) -> Self {
        let state = Mutex::new(State { servers, next: 0, connection: None, traffic: Traffic::default() });
        Self { endpoint, region, state, dialling: tokio::sync::Mutex::new(()), api: OnceLock::new() }
    }

    /// Sets what answers requests that servers send over the connection.
    pub(crate) fn serve(&self, api: Api<AgentBackend>) {
        // It is set once, when the agent is assembled.
        let _ = self.api.set(api);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What went over it so far.
    pub(crate) fn traffic(&self) -> Traffic {
        self.state().traffic
    }

    /// Asks a server and returns its answer.
    pub(crate) async fn call(&self, message: ClientMessage) -> Result<ServerMessage, CallFailure> {
        let connection = self.connection().await?;
        let message = ToServer(message);
        let call = wire::frame::call(&connection, &message, CLIENT_FRAME);
        match tokio::time::timeout(CALL_LIMIT, call).await {
            Ok(Ok(FromServer(ServerMessage::Registered { ping_every, grace, servers }))) => {
                self.learn(&servers);
                Ok(ServerMessage::Registered { ping_every, grace, servers })
            }
            Ok(Ok(FromServer(ServerMessage::Refused { reason }))) => {
                Err(CallFailure::Refused(reason.to_string()))
            }
            Ok(Ok(FromServer(ServerMessage::Goodbye))) => {
                self.drop_connection(&connection, "the server goes away");
                Err(CallFailure::Unavailable("the server goes away".to_owned()))
            }
            Ok(Ok(FromServer(message))) => Ok(message),
            // The server answered: nothing is wrong with the connection.
            Ok(Err(CallError::Refused(refusal))) => Err(CallFailure::Unavailable(refusal.to_string())),
            Ok(Err(error)) => {
                self.drop_connection(&connection, "a call failed");
                Err(CallFailure::Unavailable(error.to_string()))
            }
            Err(_) => {
                self.drop_connection(&connection, "a call took too long");
                Err(CallFailure::Unavailable(format!("no answer within {CALL_LIMIT:?}")))
            }
        }
    }

    /// Passes the node's allocations on until the connection ends or nobody listens.
    async fn watch(&self, pushes: mpsc::Sender<AllocPush>) -> Result<(), CallFailure> {
        let connection = self.connection().await?;
        let mut answers =
            wire::frame::call_stream(&connection, &ToServer(ClientMessage::Watch), CLIENT_FRAME)
                .await
                .map_err(|error| CallFailure::Unavailable(error.to_string()))?;
        loop {
            let answer = tokio::select! {
                () = pushes.closed() => return Ok(()),
                answer = answers.next() => answer,
            };
            match answer {
                Ok(Some(FromServer(ServerMessage::Allocs(push)))) => {
                    self.state().traffic.assigned += push.allocs.len() as u64;
                    if pushes.send(push).await.is_err() {
                        return Ok(());
                    }
                }
                Ok(Some(FromServer(other))) => tracing::debug!(?other, "unexpected on the push stream"),
                Ok(None) => return Ok(()),
                Err(error) => return Err(CallFailure::Unavailable(error.to_string())),
            }
        }
    }

    /// Ends the connection; the next call dials again.
    pub(crate) fn hang_up(&self) {
        if let Some(connection) = self.state().connection.take() {
            connection.close("the client stops");
        }
    }

    fn learn(&self, servers: &[model::Name]) {
        if !servers.is_empty() {
            self.state().servers = servers.iter().map(|server| server.to_string()).collect();
        }
    }

    fn drop_connection(&self, connection: &Connection<Client>, reason: &str) {
        connection.close(reason);
        let mut state = self.state();
        if state.connection.as_ref().is_some_and(Connection::is_closed) {
            state.connection = None;
        }
    }

    async fn connection(&self) -> Result<Connection<Client>, CallFailure> {
        let _one_at_a_time = self.dialling.lock().await;
        let present = self.state().connection.clone();
        if let Some(connection) = present.filter(|connection| !connection.is_closed()) {
            return Ok(connection);
        }
        let (servers, first) = {
            let mut state = self.state();
            state.next = state.next.wrapping_add(1);
            (state.servers.clone(), state.next)
        };
        let mut problem = "no server is configured".to_owned();
        for at in 0..servers.len() {
            let server = &servers[(first + at) % servers.len()];
            match self.dial(server).await {
                Ok(connection) => {
                    let mut state = self.state();
                    state.connection = Some(connection.clone());
                    state.traffic.dialled += 1;
                    return Ok(connection);
                }
                Err(error) => problem = error,
            }
        }
        Err(CallFailure::Unavailable(problem))
    }

    async fn dial(&self, server: &str) -> Result<Connection<Client>, String> {
        let address = wire::resolve(server).await.map_err(|error| with_causes(&error))?;
        let expect = Expect::server(self.region.clone());
        let connection: Connection<Client> =
            self.endpoint.dial(address, &expect).await.map_err(|error| with_causes(&error))?;
        if let Some(api) = self.api.get() {
            tokio::spawn(http_api::listen::serve_quic(connection.clone(), api.clone()));
        }
        Ok(connection)
    }
}

impl From<CallFailure> for LinkError {
    fn from(failure: CallFailure) -> Self {
        match failure {
            CallFailure::Refused(reason) => Self::Refused(reason),
            CallFailure::Unavailable(reason) => Self::Unavailable(reason),
        }
    }
}

/// The link as a client holds it.
pub(crate) struct Link(pub(crate) Arc<QuicLink>);

impl Link {
    fn tell(&self, message: ClientMessage) -> BoxFuture<'_, Result<(), LinkError>> {
        Box::pin(async move { Ok(self.0.call(message).await.map(|_| ())?) })
    }
}

impl ServerLink for Link {
    fn register(&self, node: Node) -> BoxFuture<'_, Result<Registered, LinkError>> {
        Box::pin(async move {
            let message = ClientMessage::Register { version: LINK_VERSION, node: Box::new(node) };
            match self.0.call(message).await? {
                ServerMessage::Registered { ping_every, grace, .. } => {
                    Ok(Registered { ping_every: ping_every.to_duration(), grace: grace.to_duration() })
                }
                other => Err(LinkError::Unavailable(format!("unexpected answer {other:?}"))),
            }
        })
    }

    fn ping(&self) -> BoxFuture<'_, Result<(), LinkError>> {
        // The connection itself pings; what is left to find out is whether it is there.
        let connected = self.0.state().connection.as_ref().is_some_and(|connection| !connection.is_closed());
        let lost = || LinkError::Unavailable("the connection has ended".to_owned());
        Box::pin(std::future::ready(if connected { Ok(()) } else { Err(lost()) }))
    }

    fn update(&self, updates: Vec<AllocUpdate>) -> BoxFuture<'_, Result<(), LinkError>> {
        self.tell(ClientMessage::Update(updates))
    }

    fn events(&self, events: Vec<NodeEvent>) -> BoxFuture<'_, Result<(), LinkError>> {
        self.tell(ClientMessage::Events(events))
    }

    fn leaving(&self, back_in: Nanos) -> BoxFuture<'_, Result<(), LinkError>> {
        self.tell(ClientMessage::Leaving { back_in })
    }

    fn watch(&self) -> mpsc::Receiver<AllocPush> {
        let (pushes, receiver) = mpsc::channel(PUSHES);
        let link = Arc::clone(&self.0);
        tokio::spawn(async move {
            if let Err(error) = link.watch(pushes).await {
                tracing::debug!(%error, "cannot watch allocations");
            }
        });
        receiver
    }
}
