//! What other servers ask, and what this server asks itself when it leads.

use std::sync::Arc;

use control::request::{self, RequestError};
use control::{CallError, EvalIds, PlanError};
use model::{AutopilotConfig, Nanos};
use raft::{Consensus, Encoded, Member, MembershipError, NodeInfo, ProposeError, ServerId};
use state::{Applied, Command, Entry, codec};
use tokio::sync::{oneshot, watch};
use wire::Connection;
use wire::frame::{Answer, Handler, Refusal};

use crate::clients::Clients;
use crate::protocol::{Introduction, PEER_FRAME, PeerRequest, PeerResponse, RemoteDelivery};
use crate::seed::{now, random};
use crate::shell::{Wish, Wishes};
use crate::store::Store;

/// Longest time that a dequeue waits for an evaluation.
const LONGEST_WAIT: Nanos = Nanos::from_secs(5);

/// Answers requests on this server.
#[derive(Clone)]
pub(crate) struct Local {
    pub(crate) consensus: Consensus,
    pub(crate) store: Arc<Store>,
    pub(crate) wishes: Wishes,
    pub(crate) clients: Arc<Clients>,
    pub(crate) this: Introduction,
    pub(crate) leading: watch::Receiver<bool>,
    /// How a new cluster's servers look after their group.
    pub(crate) seed: Arc<AutopilotConfig>,
}

/// Why a write was not carried out.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum ProposeFailure {
    /// The entry is too large or cannot be encoded.
    #[error("{0}")]
    Encode(String),
    /// Consensus did not take or finish it.
    #[error(transparent)]
    Raft(#[from] ProposeError),
}

impl Local {
    /// Has the region agree on a command.
    pub(crate) async fn propose(&self, command: Command) -> Result<Arc<Applied>, ProposeFailure> {
        let entry = Entry { now: now(), command };
        let bytes = codec::encode(&entry).map_err(|error| ProposeFailure::Encode(error.to_string()))?;
        let committed = self.consensus.propose(Encoded::with_decoded(bytes, Arc::new(entry))).await?;
        committed
            .reply
            .get::<Applied>()
            .ok_or_else(|| ProposeFailure::Encode("the entry could not be decoded".to_owned()))
    }

    /// Answers one request. `local` tells a worker of this server from one of another.
    pub(crate) async fn answer(&self, request: PeerRequest, local: bool) -> PeerResponse {
        match request {
            PeerRequest::Hello(_) => self.hello(),
            PeerRequest::HasNode(node) => PeerResponse::Is(self.clients.connection(node).is_some()),
            PeerRequest::Join(other) => self.join(other).await,
            other if !*self.leading.borrow() => {
                tracing::debug!(?other, "asked as a leader while not leading");
                PeerResponse::NotLeader
            }
            PeerRequest::Dequeue { kinds, wait } => {
                let (answer, result) = oneshot::channel();
                let until = now() + wait.min(LONGEST_WAIT);
                self.wish(Wish::Dequeue { kinds, local, until, answer }).await;
                match result.await {
                    Ok(Ok(delivery)) => PeerResponse::Delivery(delivery.map(|delivery| {
                        Box::new(RemoteDelivery {
                            eval: (*delivery.eval).clone(),
                            token: delivery.token,
                            wait_index: delivery.wait_index,
                        })
                    })),
                    Ok(Err(error)) => refused_call(&error),
                    Err(_) => PeerResponse::NotLeader,
                }
            }
            PeerRequest::Ack { eval, token } => self.plain(|answer| Wish::Ack { eval, token, answer }).await,
            PeerRequest::Nack { eval, token, panic } => {
                self.plain(|answer| Wish::Nack { eval, token, panic, answer }).await
            }
            PeerRequest::Submit { token, outcome } => {
                let (answer, result) = oneshot::channel();
                self.wish(Wish::Submit { token, outcome, answer }).await;
                match result.await {
                    Ok(Ok(result)) => PeerResponse::Plan(result),
                    Ok(Err(PlanError::NotLeader | PlanError::NotCommitted)) | Err(_) => {
                        PeerResponse::NotLeader
                    }
                    Ok(Err(PlanError::QueueFull)) => PeerResponse::Busy,
                    Ok(Err(error)) => PeerResponse::Refused(error.to_string()),
                }
            }
            PeerRequest::Pings(nodes) => {
                self.wish(Wish::Pings(nodes)).await;
                PeerResponse::Done
            }
            PeerRequest::Leaving { node, back_in } => {
                self.wish(Wish::Leaving { node, back_in }).await;
                PeerResponse::Done
            }
            PeerRequest::UpdateAllocs { node, updates } => {
                self.plain(|answer| Wish::Update { node, updates, answer }).await
            }
            PeerRequest::RegisterNode(node) => self.register(*node).await,
            PeerRequest::NodeEvents { node, events } => {
                self.commit(Command::AddNodeEvents { id: node, events }).await
            }
        }
    }

    async fn wish(&self, wish: Wish) {
        if !self.wishes.send(wish).await {
            tracing::debug!("the control loop has ended");
        }
    }

    async fn plain(&self, wish: impl FnOnce(oneshot::Sender<Result<(), CallError>>) -> Wish) -> PeerResponse {
        let (answer, result) = oneshot::channel();
        self.wish(wish(answer)).await;
        match result.await {
            Ok(Ok(())) => PeerResponse::Done,
            Ok(Err(error)) => refused_call(&error),
            Err(_) => PeerResponse::NotLeader,
        }
    }

    async fn commit(&self, command: Command) -> PeerResponse {
        match self.propose(command).await {
            Ok(applied) => match &applied.reply {
                Ok(_) => PeerResponse::Done,
                Err(error) => PeerResponse::Refused(error.to_string()),
            },
            Err(ProposeFailure::Raft(ProposeError::Overloaded { .. })) => PeerResponse::Busy,
            Err(ProposeFailure::Raft(_)) => PeerResponse::NotLeader,
            Err(error @ ProposeFailure::Encode(_)) => PeerResponse::Refused(error.to_string()),
        }
    }

    async fn register(&self, node: model::Node) -> PeerResponse {
        let snapshot = self.store.snapshot();
        let mut ids = EvalIds::new(random());
        match request::register_node(&snapshot, now(), &mut ids, node) {
            Ok(command) => self.commit(command).await,
            Err(error @ RequestError::NodeSecret(_)) => PeerResponse::Refused(error.to_string()),
            Err(error) => PeerResponse::Refused(error.to_string()),
        }
    }

    fn hello(&self) -> PeerResponse {
        let status = self.consensus.status();
        let mut this = self.this.clone();
        this.founded = !status.members.is_empty();
        let known = status.members.into_iter().map(|one| introduce(&one.member)).collect();
        PeerResponse::Hello { this, known }
    }

    /// How the servers look after their group.
    pub(crate) fn autopilot(&self) -> Arc<AutopilotConfig> {
        let config = Arc::clone(&self.store.snapshot().autopilot);
        if config.create_index == 0 { Arc::clone(&self.seed) } else { config }
    }

    /// Takes another server into the cluster, without a vote; the autopilot gives it one, unless no time of probation
    /// is wanted.
    async fn join(&self, other: Introduction) -> PeerResponse {
        if !*self.leading.borrow() {
            return PeerResponse::NotLeader;
        }
        let status = self.consensus.status();
        let id = ServerId(other.id);
        let info = NodeInfo { name: other.name, address: other.address, http_address: other.http_address };
        let member = Member { id, info };
        let known = status.members.iter().find(|one| one.member.id == id);
        let result = match known {
            Some(one) if one.voter && one.member == member => Ok(()),
            Some(one) if one.voter => self.consensus.update_server(member).await,
            Some(one) if one.member == member => self.vote(id).await,
            Some(_) => self.consensus.update_server(member).await,
            None => match self.consensus.add_server(member).await {
                Ok(()) => self.vote(id).await,
                Err(error) => Err(error),
            },
        };
        match result {
            Ok(()) => PeerResponse::Done,
            Err(error) => PeerResponse::Refused(error.to_string()),
        }
    }
}

impl Local {
    async fn vote(&self, id: ServerId) -> Result<(), MembershipError> {
        if self.autopilot().server_stabilization_time > Nanos::ZERO {
            return Ok(());
        }
        self.consensus.promote_server(id).await
    }
}

fn introduce(member: &Member) -> Introduction {
    Introduction {
        id: member.id.0,
        name: member.info.name.clone(),
        address: member.info.address.clone(),
        http_address: member.info.http_address.clone(),
        expect: 0,
        founded: true,
    }
}

fn refused_call(error: &CallError) -> PeerResponse {
    match error {
        CallError::NotLeader | CallError::NotCommitted => PeerResponse::NotLeader,
        CallError::Busy => PeerResponse::Busy,
        CallError::Token(_) | CallError::Request(_) => PeerResponse::Refused(error.to_string()),
    }
}

/// Answers another server's requests until its connection ends.
pub(crate) async fn serve(connection: Connection<wire::Peer>, local: Local) {
    wire::frame::serve::<PeerRequest, Local>(connection, PEER_FRAME, Arc::new(local)).await;
}

impl Handler<PeerRequest> for Local {
    async fn handle(&self, request: PeerRequest, answer: &mut Answer<PeerResponse>) -> Result<(), Refusal> {
        let response = self.answer(request, false).await;
        answer.send(&response).await.map_err(|error| Refusal::new(500, error.to_string()))
    }
}
