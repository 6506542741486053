//! Finding the other servers: founding a cluster together, or joining one that is there.
//!
//! ```text
//!  nobody known ── all expected servers answered, none founded ──▶ the one with the lowest id founds
//!       │
//!       └── an answer comes from a founded cluster ──▶ ask its leader to take us in ──▶ member
//! ```

use std::collections::BTreeMap;
use std::time::Duration;

use raft::{Consensus, Member, MembershipError, NodeInfo, ServerId};

use crate::leader_call::Calls;
use crate::protocol::{Introduction, PeerRequest, PeerResponse};

/// Time between two looks while the cluster is being founded.
const LOOK: Duration = Duration::from_millis(200);

/// Founds a cluster or joins one; returns when this server is a member.
pub(crate) async fn run(consensus: Consensus, calls: Calls, this: Introduction, addresses: Vec<String>) {
    if !consensus.status().members.is_empty() {
        announce(&consensus, &calls, &this, &addresses).await;
        return;
    }
    if this.expect == 1 && addresses.is_empty() {
        found(&consensus, vec![this]).await;
        return;
    }
    let mut known = BTreeMap::from([(this.id, this.clone())]);
    let mut problems = 0_u32;
    loop {
        if is_member(&consensus, &this) {
            return;
        }
        let mut founded = false;
        for address in addresses.iter().filter(|address| **address != this.address) {
            match calls.peer(address, &PeerRequest::Hello(this.clone())).await {
                Ok(PeerResponse::Hello { this: other, known: members }) => {
                    founded |= other.founded;
                    if other.founded {
                        try_join(&calls, &this, &members).await;
                    } else if other.expect == this.expect {
                        known.insert(other.id, other);
                    } else if this.expect > 0 && other.expect > 0 {
                        tracing::warn!(
                            address,
                            theirs = other.expect,
                            ours = this.expect,
                            "bootstrap_expect differs"
                        );
                    }
                }
                Ok(other) => tracing::warn!(address, ?other, "unexpected answer"),
                Err(error) if problems.is_multiple_of(50) => tracing::warn!(address, error, "cannot join"),
                Err(_) => {}
            }
        }
        problems += 1;
        let first = known.keys().next() == Some(&this.id);
        if !founded && this.expect > 0 && known.len() >= this.expect && first {
            found(&consensus, known.values().take(this.expect).cloned().collect()).await;
        }
        tokio::time::sleep(LOOK).await;
    }
}

fn is_member(consensus: &Consensus, this: &Introduction) -> bool {
    consensus.status().members.iter().any(|one| one.member.id.0 == this.id && one.voter)
}

async fn found(consensus: &Consensus, servers: Vec<Introduction>) {
    let members = servers.into_iter().map(member).collect();
    match consensus.initialize(members).await {
        Ok(()) => tracing::info!("cluster founded"),
        Err(MembershipError::AlreadyInitialized) => {}
        Err(error) => tracing::error!(%error, "the cluster could not be founded"),
    }
}

pub(crate) fn member(server: Introduction) -> Member {
    let info = NodeInfo { name: server.name, address: server.address, http_address: server.http_address };
    Member { id: ServerId(server.id), info }
}

/// Asks the members of a cluster, one after another, until the leader takes this server in.
async fn try_join(calls: &Calls, this: &Introduction, members: &[Introduction]) {
    for member in members {
        match calls.peer(&member.address, &PeerRequest::Join(this.clone())).await {
            Ok(PeerResponse::Done) => return,
            Ok(PeerResponse::Refused(reason)) => tracing::warn!(reason, "the cluster refused this server"),
            Ok(_) | Err(_) => {}
        }
    }
}

/// Tells the cluster this server's addresses after a restart: they may have changed, and the others may have taken this
/// server out while it was away. Tries until the leader has taken note.
async fn announce(consensus: &Consensus, calls: &Calls, this: &Introduction, addresses: &[String]) {
    let mut tries = 0_u32;
    loop {
        match calls.leader(PeerRequest::Join(this.clone())).await {
            Ok(PeerResponse::Done) => return,
            // A server that was taken out hears of no leader: the others have to be asked.
            Ok(_) | Err(_) => {
                let mut others: Vec<String> = calls.addresses();
                others.extend(addresses.iter().cloned());
                others.retain(|other| *other != this.address);
                others.sort_unstable();
                others.dedup();
                for address in others {
                    match at(consensus, calls, this, &address).await {
                        Ok(()) => return,
                        Err(problem) if tries.is_multiple_of(20) => {
                            tracing::debug!(address, problem, "nobody took note of this server yet");
                        }
                        Err(_) => {}
                    }
                }
            }
        }
        tries += 1;
        tokio::time::sleep(LOOK).await;
    }
}

/// Joins the cluster that the server at `address` belongs to.
pub(crate) async fn at(
    consensus: &Consensus,
    calls: &Calls,
    this: &Introduction,
    address: &str,
) -> Result<(), String> {
    let hello = calls.peer(address, &PeerRequest::Hello(this.clone())).await?;
    let PeerResponse::Hello { this: other, known } = hello else {
        return Err("it gave an unexpected answer".to_owned());
    };
    if !other.founded {
        return Err("it belongs to no cluster yet".to_owned());
    }
    let own = consensus.status().members;
    let is_here = own.iter().any(|one| known.iter().any(|known| known.id == one.member.id.0));
    if !own.is_empty() && !is_here {
        return Err("it belongs to another cluster, and two clusters cannot become one".to_owned());
    }
    let mut problem = "its cluster has no leader".to_owned();
    for member in &known {
        match calls.peer(&member.address, &PeerRequest::Join(this.clone())).await {
            Ok(PeerResponse::Done) => return Ok(()),
            Ok(PeerResponse::Refused(reason)) => problem = reason,
            Ok(_) => {}
            Err(error) => problem = error,
        }
    }
    Err(problem)
}
