//! Asking the leader: this server itself when it leads, another one over `nomad/peer` otherwise.
//!
//! Limits: a call is tried until [`PATIENCE`] is over while nobody leads; it is sent anew only after an answer
//! that says it was not carried out.

use std::sync::Arc;
use std::time::Duration;

use raft::Consensus;
use tokio::time::Instant;
use wire::{Endpoint, Expect, Pool, Region, Target, with_causes};

use crate::peers::Local;
use crate::protocol::{PEER_FRAME, PeerRequest, PeerResponse};

/// How long a call waits for somebody to lead.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long one server may take to answer, beyond what the request itself waits for.
const LIMIT: Duration = Duration::from_secs(15);
/// Time between two tries.
const PAUSE: Duration = Duration::from_millis(50);
/// Connections to other servers.
const MAX_PEERS: usize = 64;

/// How calls reach the leader.
#[derive(Clone)]
pub(crate) struct Calls {
    pub(crate) consensus: Consensus,
    pub(crate) local: Local,
    pool: Arc<Pool<wire::Peer>>,
    region: Region,
}

impl Calls {
    pub(crate) fn new(consensus: Consensus, local: Local, endpoint: Endpoint, region: Region) -> Self {
        Self { consensus, local, pool: Arc::new(Pool::new(endpoint, MAX_PEERS)), region }
    }

    /// Asks the leader.
    pub(crate) async fn leader(&self, request: PeerRequest) -> Result<PeerResponse, String> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let problem = match self.try_leader(&request).await {
                Ok(PeerResponse::NotLeader) => "no leader".to_owned(),
                Ok(response) => return Ok(response),
                Err(problem) => problem,
            };
            if Instant::now() >= deadline {
                return Err(problem);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn try_leader(&self, request: &PeerRequest) -> Result<PeerResponse, String> {
        let leadership = self.consensus.leadership().current();
        if leadership.leading {
            return Ok(self.local.answer(request.clone(), true).await);
        }
        let leader = leadership.leader.ok_or_else(|| "no cluster leader".to_owned())?;
        self.peer(&leader.info.address, request).await
    }

    /// Asks the server at an address.
    pub(crate) async fn peer(&self, address: &str, request: &PeerRequest) -> Result<PeerResponse, String> {
        let addr = wire::resolve(address).await.map_err(|error| with_causes(&error))?;
        let target = Target { addr, expect: Expect::server(self.region.clone()) };
        let connection = self.pool.get(&target).await.map_err(|error| with_causes(&error))?;
        let call = wire::frame::call(&connection, request, PEER_FRAME);
        match tokio::time::timeout(LIMIT, call).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => {
                if connection.is_closed() {
                    self.pool.forget(&target);
                }
                Err(with_causes(&error))
            }
            Err(_) => Err(format!("{address} did not answer within {LIMIT:?}")),
        }
    }

    /// Addresses of all servers of the region.
    pub(crate) fn addresses(&self) -> Vec<String> {
        self.consensus.status().members.into_iter().map(|one| one.member.info.address).collect()
    }
}
