//! Connections of clients: registration, signs of life, reports, and the push of allocations.
//!
//! Limits: at most [`MAX_CLIENTS`] connections; a connection is one node's, fixed by registration.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::link::{ClientMessage, LINK_VERSION, MAX_UPDATES, ServerMessage};
use model::{Nanos, NodeId};
use state::{Change, State};
use tokio::sync::Notify;
use wire::Connection;
use wire::frame::{Answer, Handler, Refusal};

use crate::leader_call::Calls;
use crate::protocol::{CLIENT_FRAME, FromServer, PeerRequest, PeerResponse, ToServer};
use crate::push::{Changed, Told};
use crate::store::{News, Store};

/// Clients connected to one server at a time.
pub(crate) const MAX_CLIENTS: usize = 65_536;

/// How often a client looks whether its connection is there; the connection itself sends pings as often.
const PING_EVERY: Nanos = Nanos::from_millis(1_000);

/// Why a connection is closed whose node was purged or collected as garbage.
const FORGOTTEN: &str = "the node was forgotten: register again";

/// Wakes the push of one client, which finds here what it has to look at.
struct Wake {
    arrived: Notify,
    changed: Mutex<Changed>,
}

impl Wake {
    fn changed(&self) -> MutexGuard<'_, Changed> {
        self.changed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A client that is connected to this server.
#[derive(Clone)]
struct Connected {
    connection: Connection<wire::Client>,
    wake: Arc<Wake>,
    /// Signs of life that were counted at the last look.
    heard: u64,
    standing: Standing,
    /// Tells this connection from a later one of the same node.
    number: u64,
}

/// Who is connected to this server.
#[derive(Default)]
pub(crate) struct Clients {
    table: Mutex<Table>,
}

/// Whether a connected client's node is in the state.
#[derive(Debug, Clone, Copy)]
struct Standing {
    /// Whether it was there at the last look.
    known: bool,
    /// Index at which a saved state had been restored when the client registered.
    restored: u64,
}

impl Standing {
    /// Tells whether the node was there once and is no more: it was purged, or is not in a state that was restored since.
    /// A follower that has yet to apply the registration has forgotten nothing.
    const fn is_forgotten(&mut self, there: bool, restored: u64) -> bool {
        let forgotten = !there && (self.known || restored > self.restored);
        self.known |= there;
        forgotten
    }
}

#[derive(Default)]
struct Table {
    by_node: BTreeMap<NodeId, Connected>,
    next_number: u64,
}

impl Clients {
    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The connection of a node, for requests in the other direction.
    pub(crate) fn connection(&self, node: NodeId) -> Option<Connection<wire::Client>> {
        self.table().by_node.get(&node).map(|one| one.connection.clone())
    }

    /// Wakes the pushes of nodes whose allocations changed.
    pub(crate) fn notify(&self, news: &News) {
        let table = self.table();
        if news.gap {
            for one in table.by_node.values() {
                *one.wake.changed() = Changed::Anything;
                one.wake.arrived.notify_one();
            }
            return;
        }
        for change in news.applied.iter().flat_map(|applied| &applied.changes) {
            let (id, node) = match change {
                Change::Alloc { id, node, by_client: false, .. } | Change::AllocRemoved { id, node } => {
                    (id, node)
                }
                _ => continue,
            };
            if let Some(one) = table.by_node.get(node) {
                one.wake.changed().note(*id);
                one.wake.arrived.notify_one();
            }
        }
    }

    /// The nodes from which something came since the last look. Hangs up on those that the state has forgotten: a
    /// client that still lives registers anew.
    pub(crate) fn alive(&self, state: &State) -> Vec<NodeId> {
        let mut alive = Vec::new();
        for (node, one) in &mut self.table().by_node {
            if one.standing.is_forgotten(state.node(*node).is_some(), state.restored) {
                one.connection.close(FORGOTTEN);
                continue;
            }
            let heard = one.connection.signs_of_life();
            if std::mem::replace(&mut one.heard, heard) != heard {
                alive.push(*node);
            }
        }
        alive
    }

    /// Takes a client on; `restored` is when the state was last restored, as its server knows it.
    fn add(
        &self,
        node: NodeId,
        connection: Connection<wire::Client>,
        restored: u64,
    ) -> Option<(Arc<Wake>, u64)> {
        let mut table = self.table();
        if table.by_node.len() >= MAX_CLIENTS && !table.by_node.contains_key(&node) {
            return None;
        }
        table.next_number += 1;
        let number = table.next_number;
        let wake = Arc::new(Wake { arrived: Notify::new(), changed: Mutex::new(Changed::Anything) });
        let one = Connected {
            connection,
            wake: Arc::clone(&wake),
            heard: 0,
            standing: Standing { known: false, restored },
            number,
        };
        table.by_node.insert(node, one);
        Some((wake, number))
    }

    fn remove(&self, node: NodeId, number: u64) {
        let mut table = self.table();
        if table.by_node.get(&node).is_some_and(|one| one.number == number) {
            table.by_node.remove(&node);
        }
    }
}

/// What the handler of one client's connection needs.
#[derive(Clone)]
pub(crate) struct ClientDoor {
    pub(crate) clients: Arc<Clients>,
    pub(crate) store: Arc<Store>,
    pub(crate) calls: Calls,
    pub(crate) grace: model::Nanos,
}

/// Serves one client until its connection ends.
pub(crate) async fn serve(connection: Connection<wire::Client>, door: ClientDoor) {
    let session = Arc::new(Session { connection: connection.clone(), door, registered: Mutex::new(None) });
    wire::frame::serve::<ToServer, Session>(connection, CLIENT_FRAME, Arc::clone(&session)).await;
    if let Some(registered) = session.registered() {
        session.door.clients.remove(registered.node, registered.number);
    }
}

#[derive(Clone)]
struct Registered {
    node: NodeId,
    number: u64,
    wake: Arc<Wake>,
}

/// One client's connection. Its node id is fixed by the first registration.
struct Session {
    connection: Connection<wire::Client>,
    door: ClientDoor,
    registered: Mutex<Option<Registered>>,
}

impl Handler<ToServer> for Session {
    async fn handle(
        &self,
        ToServer(message): ToServer,
        answer: &mut Answer<FromServer>,
    ) -> Result<(), Refusal> {
        if message == ClientMessage::Watch {
            return self.watch(answer).await;
        }
        // On the heap: each client has a watch that waits for ever, which should not be as large as the rest.
        let reply = Box::pin(self.reply(message)).await?;
        answer.send(&FromServer(reply)).await.map_err(|error| Refusal::new(500, error.to_string()))
    }
}

impl Session {
    /// Answers what has one answer.
    async fn reply(&self, message: ClientMessage) -> Result<ServerMessage, Refusal> {
        match message {
            ClientMessage::Register { version, node } => self.register(version, *node).await,
            ClientMessage::Watch => Err(Refusal::new(400, "a watch has many answers")),
            // Signs of life are read from the connection; whoever asks learns whether it is registered.
            ClientMessage::Ping => self.node().map(|_| ServerMessage::Pong),
            ClientMessage::Update(updates) => {
                if updates.len() > MAX_UPDATES {
                    return Err(Refusal::new(400, format!("more than {MAX_UPDATES} reports in one message")));
                }
                self.ask(PeerRequest::UpdateAllocs { node: self.node()?, updates }).await
            }
            ClientMessage::Events(events) => {
                self.ask(PeerRequest::NodeEvents { node: self.node()?, events }).await
            }
            ClientMessage::Leaving { back_in } => {
                self.ask(PeerRequest::Leaving { node: self.node()?, back_in }).await
            }
        }
    }

    fn registered(&self) -> Option<Registered> {
        self.registered.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn node(&self) -> Result<NodeId, Refusal> {
        self.registered().map(|one| one.node).ok_or_else(|| Refusal::new(400, "register first"))
    }

    async fn register(&self, version: u16, node: model::Node) -> Result<ServerMessage, Refusal> {
        if version != LINK_VERSION {
            let reason =
                format!("this server speaks version {LINK_VERSION} of the client protocol, not {version}");
            return Ok(ServerMessage::Refused { reason: reason.into() });
        }
        let id = node.id;
        if self.registered().is_some_and(|one| one.node != id) {
            return Err(Refusal::new(400, "this connection belongs to another node"));
        }
        // Before the registration: what is restored after it may have forgotten the node.
        let restored = self.door.store.snapshot().restored;
        match self.door.calls.leader(PeerRequest::RegisterNode(Box::new(node))).await {
            Ok(PeerResponse::Done) => {}
            Ok(PeerResponse::Refused(reason)) => return Ok(ServerMessage::Refused { reason: reason.into() }),
            Ok(other) => return Err(Refusal::new(503, format!("registration failed: {other:?}"))),
            Err(error) => return Err(Refusal::new(503, error)),
        }
        if self.registered().is_none() {
            let added = self.door.clients.add(id, self.connection.clone(), restored);
            let (wake, number) = added.ok_or_else(|| Refusal::new(503, "too many clients"))?;
            *self.registered.lock().unwrap_or_else(PoisonError::into_inner) =
                Some(Registered { node: id, number, wake });
        }
        Ok(ServerMessage::Registered {
            ping_every: PING_EVERY,
            grace: self.door.grace,
            servers: self.door.calls.addresses().into_iter().map(Into::into).collect(),
        })
    }

    async fn ask(&self, request: PeerRequest) -> Result<ServerMessage, Refusal> {
        match self.door.calls.leader(request).await {
            Ok(PeerResponse::Done) => Ok(ServerMessage::Stored),
            Ok(PeerResponse::Refused(reason)) => Err(Refusal::new(400, reason)),
            Ok(other) => Err(Refusal::new(503, format!("{other:?}"))),
            Err(error) => Err(Refusal::new(503, error)),
        }
    }

    /// Pushes the node's allocations until the connection ends.
    async fn watch(&self, answer: &mut Answer<FromServer>) -> Result<(), Refusal> {
        let registered = self.registered().ok_or_else(|| Refusal::new(400, "register first"))?;
        let mut told = Told::default();
        loop {
            let arrived = registered.wake.arrived.notified();
            // In this order: the snapshot holds what was noted.
            let changed = registered.wake.changed().take();
            let push = told.next(&self.door.store.snapshot(), registered.node, &changed);
            if let Some(push) = push {
                let message = FromServer(ServerMessage::Allocs(push));
                answer.send(&message).await.map_err(|error| Refusal::new(500, error.to_string()))?;
            }
            arrived.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_is_forgotten_once_it_was_there_or_another_state_was_restored() {
        let mut purged = Standing { known: false, restored: 0 };
        let looks = [(false, 0, false), (true, 0, false), (true, 0, false), (false, 0, true)];
        for (there, restored, forgotten) in looks {
            assert_eq!(purged.is_forgotten(there, restored), forgotten);
        }
        let mut never_seen = Standing { known: false, restored: 7 };
        assert!(!never_seen.is_forgotten(false, 7));
        assert!(never_seen.is_forgotten(false, 9), "restored before the first look");
    }
}
