//! Reading what every earlier write is part of.
//!
//! Limits: a barrier waits at most a lease for the quorum and as long as a proposal for the entries to be applied here;
//! on a follower it costs one request to the leader.

use openraft::errors::{ForwardReason, LinearizableReadError, RaftError};
use openraft::raft::linearizable_read::Linearizer;
use openraft::{AsyncRuntime, ReadPolicy};

use super::node::{Node, fatal, leader_of};
use crate::engine::Types;
use crate::rpc::{Kind, encode};
use crate::{Member, ProposeError, ReadError};

/// How sure a read has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Barrier {
    /// The leader's lease is enough: right unless clocks run apart by more than the lease.
    Lease,
    /// A quorum confirms the leader: right whatever clocks do.
    Quorum,
}

impl<Rt: AsyncRuntime> Node<Rt> {
    /// Waits until this server has applied everything that was committed before the call, and returns its index.
    pub(super) async fn await_barrier(&self, barrier: Barrier) -> Result<u64, ReadError> {
        let index = match self.linearize(barrier).await {
            Ok(point) => point.read_log_id().index(),
            Err(ReadError::NotLeader { leader: Some(leader) }) if leader.id != self.id => {
                self.ask_leader(&leader, barrier).await?
            }
            Err(error) => return Err(error),
        };
        let wait = self.raft.wait(Some(self.config.timing.propose));
        match wait.applied_index_at_least(Some(index), "read barrier").await {
            Ok(_) => Ok(index),
            Err(openraft::metrics::WaitError::Timeout(..)) => Err(ReadError::Unavailable),
            Err(openraft::metrics::WaitError::ShuttingDown) => Err(self.reason().into()),
        }
    }

    /// Returns the index that a read on any server has to wait for; only the leader can.
    pub(super) async fn read_index(&self, barrier: Barrier) -> Result<u64, ReadError> {
        Ok(self.linearize(barrier).await?.read_log_id().index())
    }

    async fn ask_leader(&self, leader: &Member, barrier: Barrier) -> Result<u64, ReadError> {
        let request = encode(self.network.envelope(Kind::ReadIndex, leader.id), &(barrier == Barrier::Lease));
        let answer = self.network.call(leader, request, self.config.timing.request).await;
        answer.map_err(|error| {
            tracing::debug!(%error, %leader, "cannot ask the leader for a read index");
            ReadError::NotLeader { leader: Some(leader.clone()) }
        })
    }

    async fn linearize(&self, barrier: Barrier) -> Result<Linearizer<Types<Rt>>, ReadError> {
        let mut policy = match barrier {
            Barrier::Lease => ReadPolicy::LeaseRead,
            Barrier::Quorum => ReadPolicy::ReadIndex,
        };
        let mut patience = self.patience();
        loop {
            let error = match self.raft.get_read_linearizer(policy.clone()).await {
                Ok(point) => return Ok(point),
                Err(RaftError::Fatal(error)) => return Err(fatal(error).into()),
                Err(RaftError::APIError(error)) => error,
            };
            match error {
                LinearizableReadError::ForwardToLeader(forward)
                    if forward.reason != ForwardReason::LeaseExpired =>
                {
                    return Err(ReadError::NotLeader { leader: leader_of(forward) });
                }
                LinearizableReadError::QuorumNotEnough(_) if policy == ReadPolicy::ReadIndex => {
                    return Err(ReadError::Unavailable);
                }
                // A lease that has run out is renewed by asking the quorum.
                LinearizableReadError::ForwardToLeader(_) | LinearizableReadError::QuorumNotEnough(_) => {
                    policy = ReadPolicy::ReadIndex;
                }
            }
            patience.pause().await.map_err(|_: ProposeError| ReadError::Unavailable)?;
        }
    }
}
