//! Proposing commands.
//!
//! Limits: commands are at most [`MAX_COMMAND_BYTES`] long, and at most [`Config::in_flight_bytes`](crate::Config) of
//! them wait for their commit. A fresh leader that no quorum has acknowledged yet is waited for, twice the longest
//! election at most; the commit itself for [`Timing::propose`](crate::Timing).

use std::sync::atomic::Ordering;
use std::time::Duration;

use futures::StreamExt;
use openraft::async_runtime::Instant;
use openraft::errors::{ClientWriteError, ForwardReason, RaftError};
use openraft::{AsyncRuntime, LogId};

use super::node::{Node, fatal, leader_of};
use crate::engine::Types;
use crate::wal::LeaderId;
use crate::{Encoded, MAX_COMMAND_BYTES, ProposeError, Reply};

/// A command that was committed and applied here.
#[derive(Clone, Debug)]
pub struct Committed {
    /// Its index in the log.
    pub index: u64,
    /// What the machine answered.
    pub reply: Reply,
}

/// Whether to try again, or what to report.
pub(super) enum Next {
    Retry,
    Fail(ProposeError),
}

impl<Rt: AsyncRuntime> Node<Rt> {
    pub(super) async fn propose_one(&self, command: Encoded) -> Result<Committed, ProposeError> {
        let _room = self.admit(std::slice::from_ref(&command))?;
        let mut patience = self.patience();
        let deadline = Rt::Instant::now() + self.config.timing.propose;
        loop {
            let written = Rt::timeout_at(deadline, self.raft.client_write(command.clone())).await;
            let next = match written.map_err(|_| ProposeError::Unknown)? {
                Ok(written) => {
                    self.bound_log().await;
                    return Ok(committed(written.log_id, written.data));
                }
                Err(RaftError::Fatal(error)) => Next::Fail(fatal(error).into()),
                Err(RaftError::APIError(error)) => sort(error),
            };
            match next {
                Next::Retry => patience.pause().await?,
                Next::Fail(error) => return Err(error),
            }
        }
    }

    /// Proposes all commands as one batch, in order; they share one sync.
    pub(super) async fn propose_all(
        &self,
        commands: Vec<Encoded>,
    ) -> Result<Vec<Result<Committed, ProposeError>>, ProposeError> {
        let _room = self.admit(&commands)?;
        let mut patience = self.patience();
        let deadline = Rt::Instant::now() + self.config.timing.propose;
        let mut results = Vec::with_capacity(commands.len());
        while results.len() < commands.len() {
            let rest = commands[results.len()..].to_vec();
            let writing = self.raft.client_write_many(rest);
            let mut written = writing.await.map_err(|error| ProposeError::from(fatal(error)))?;
            let mut retry = false;
            while let Ok(Some(one)) = Rt::timeout_at(deadline, written.next()).await {
                let one = one.map_err(|error| ProposeError::from(fatal(error)))?;
                match one.map_err(sort) {
                    Ok(one) => results.push(Ok(committed(one.log_id, one.response))),
                    Err(Next::Fail(error)) => results.push(Err(error)),
                    // Nothing of a batch is taken once one of it was refused.
                    Err(Next::Retry) => {
                        retry = true;
                        break;
                    }
                }
            }
            if !retry {
                results.resize_with(commands.len(), || Err(ProposeError::Unknown));
            } else if let Err(error) = patience.pause().await {
                results.resize_with(commands.len(), || Err(error.clone()));
            }
        }
        self.bound_log().await;
        Ok(results)
    }

    pub(super) fn patience(&self) -> Patience<Rt> {
        let end = Rt::Instant::now() + self.config.timing.election_max * 2;
        Patience { end, pause: Duration::from_millis(1) }
    }

    fn admit(&self, commands: &[Encoded]) -> Result<Room<'_, Rt>, ProposeError> {
        let mut bytes = 0;
        for command in commands {
            let len = command.bytes.len();
            if len > MAX_COMMAND_BYTES {
                return Err(ProposeError::TooLarge { bytes: len, limit: MAX_COMMAND_BYTES });
            }
            // A command costs something even when it is empty.
            bytes += len + 256;
        }
        let before = self.in_flight.fetch_add(bytes, Ordering::Relaxed);
        let room = Room { node: self, bytes };
        if before > 0 && before + bytes > self.config.in_flight_bytes {
            drop(room);
            return Err(ProposeError::Overloaded { in_flight: before });
        }
        Ok(room)
    }
}

/// The room that proposals in flight take.
struct Room<'a, Rt: AsyncRuntime> {
    node: &'a Node<Rt>,
    bytes: usize,
}

impl<Rt: AsyncRuntime> Drop for Room<'_, Rt> {
    fn drop(&mut self) {
        self.node.in_flight.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// How long a leader without a quorum is waited for.
pub(super) struct Patience<Rt: AsyncRuntime> {
    end: Rt::Instant,
    pause: Duration,
}

impl<Rt: AsyncRuntime> Patience<Rt> {
    /// Waits a little, or fails when there was waiting enough.
    pub(super) async fn pause(&mut self) -> Result<(), ProposeError> {
        if Rt::Instant::now() >= self.end {
            return Err(ProposeError::Unavailable);
        }
        Rt::sleep(self.pause).await;
        self.pause = (self.pause * 2).min(Duration::from_millis(20));
        Ok(())
    }
}

fn committed(id: LogId<LeaderId>, reply: Reply) -> Committed {
    Committed { index: id.index, reply }
}

/// Decides what an error of openraft means for the proposer.
pub(super) fn sort<Rt: AsyncRuntime>(error: ClientWriteError<Types<Rt>>) -> Next {
    match error {
        ClientWriteError::ForwardToLeader(forward) => match forward.reason {
            // A leader that hands over leads until the other one does: asked at once again, it would refuse at once.
            ForwardReason::LeaseExpired | ForwardReason::LeadershipTransfer => Next::Retry,
            ForwardReason::NotLeader => Next::Fail(ProposeError::NotLeader { leader: leader_of(forward) }),
        },
        ClientWriteError::LogEntryDiscarded(_) => Next::Fail(ProposeError::Unknown),
        ClientWriteError::ChangeMembershipError(_) | ClientWriteError::PreconditionFailed(_) => {
            unreachable!("commands change no membership and carry no precondition")
        }
    }
}
