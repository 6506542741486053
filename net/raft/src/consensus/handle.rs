//! The handle that everybody holds.
//!
//! Limits: cheap to clone. Call [`Consensus::shutdown`] before the last handle goes: only that waits until everything is
//! written and the directory is free.

use std::sync::Arc;

use bytes::Bytes;
use openraft::AsyncRuntime;

use super::core::Core;
use super::leadership::LeaderWatch;
use super::membership::Change;
use super::propose::Committed;
use super::read::Barrier;
use super::start;
use super::status::Status;
use crate::disk::Disk;
use crate::{
    Config, Encoded, FatalError, Machine, Member, MembershipError, ProposeError, ReadError, ServerId,
    StartError, Transport,
};

/// One server of the group.
#[derive(Clone)]
pub struct Consensus {
    core: Arc<dyn Core>,
}

impl Consensus {
    /// Starts a server on tokio: opens `disk`, restores `machine` (which must be empty) and takes part in the group.
    ///
    /// # Errors
    /// Fails when the directory is another's, damaged or in use, and when the settings contradict each other.
    pub async fn start(
        config: Config,
        disk: Arc<dyn Disk>,
        machine: Arc<dyn Machine>,
        transport: Arc<dyn Transport>,
    ) -> Result<Self, StartError> {
        Self::start_on::<openraft::TokioRuntime>(config, disk, machine, transport).await
    }

    /// Starts a server on the runtime `Rt`; the simulation's has a virtual clock.
    ///
    /// # Errors
    /// As [`Consensus::start`].
    pub async fn start_on<Rt: AsyncRuntime>(
        config: Config,
        disk: Arc<dyn Disk>,
        machine: Arc<dyn Machine>,
        transport: Arc<dyn Transport>,
    ) -> Result<Self, StartError> {
        let node = start::start::<Rt>(config, disk, machine, transport).await?;
        Ok(Self { core: Arc::new(node) })
    }

    /// Returns this server's id.
    #[must_use]
    pub fn id(&self) -> ServerId {
        self.core.id()
    }

    /// Commits `command`, applies it here and returns its index and the machine's answer.
    ///
    /// # Errors
    /// Only [`ProposeError::Unknown`] and [`ProposeError::Fatal`] leave open whether the command was committed; with
    /// every other error it was not taken.
    pub async fn propose(&self, command: Encoded) -> Result<Committed, ProposeError> {
        self.core.propose(command).await
    }

    /// Commits `commands` in order, sharing one sync, and returns the outcome of each.
    ///
    /// # Errors
    /// Fails as a whole when none was taken for their sizes, or when consensus has stopped.
    pub async fn propose_many(
        &self,
        commands: Vec<Encoded>,
    ) -> Result<Vec<Result<Committed, ProposeError>>, ProposeError> {
        self.core.propose_many(commands).await
    }

    /// Waits until this server has applied everything that was committed before the call, and returns that index.
    ///
    /// # Errors
    /// Fails when no leader or no quorum can be reached.
    pub async fn barrier(&self, barrier: Barrier) -> Result<u64, ReadError> {
        self.core.barrier(barrier).await
    }

    /// Answers a request that another server sent through its [`Transport`].
    pub async fn handle(&self, request: Bytes) -> Bytes {
        self.core.handle(request).await
    }

    /// Founds the group with `members`; called on one of them, which must be new.
    ///
    /// # Errors
    /// Fails with [`MembershipError::AlreadyInitialized`] on a server that has a log.
    pub async fn initialize(&self, members: Vec<Member>) -> Result<(), MembershipError> {
        self.core.initialize(members).await
    }

    /// Adds a server that gets the log but has no vote yet.
    ///
    /// # Errors
    /// Fails when this server does not lead.
    pub async fn add_server(&self, member: Member) -> Result<(), MembershipError> {
        self.core.change(Change::Add(member)).await
    }

    /// Gives a vote to a server that was added and has caught up.
    ///
    /// # Errors
    /// Fails when this server does not lead or the other is too far behind.
    pub async fn promote_server(&self, id: ServerId) -> Result<(), MembershipError> {
        self.core.change(Change::Promote(id)).await
    }

    /// Takes a server out of the group.
    ///
    /// # Errors
    /// Fails when this server does not lead or the group would be empty.
    pub async fn remove_server(&self, id: ServerId) -> Result<(), MembershipError> {
        self.core.change(Change::Remove(id)).await
    }

    /// Corrects the name or the addresses of a server.
    ///
    /// # Errors
    /// Fails when this server does not lead.
    pub async fn update_server(&self, member: Member) -> Result<(), MembershipError> {
        self.core.change(Change::Update(member)).await
    }

    /// Ends a change of the group that an earlier leader left half done, trying until that is done or this server does
    /// not lead `term` any more.
    ///
    /// To be called by every new leader after a barrier: openraft does not do it itself.
    pub async fn finish_change(&self, term: u64) {
        self.core.finish(term).await;
    }

    /// Asks `to` to take over leadership; the watch tells when it did.
    ///
    /// # Errors
    /// Fails when this server does not lead or the other has no vote.
    pub async fn transfer_leadership(&self, to: ServerId) -> Result<(), MembershipError> {
        self.core.transfer(to).await
    }

    /// Asks for a snapshot; returns once that was asked for.
    ///
    /// # Errors
    /// Fails when consensus has stopped.
    pub async fn trigger_snapshot(&self) -> Result<(), FatalError> {
        self.core.snapshot().await
    }

    /// Returns a picture of this server and the group.
    #[must_use]
    pub fn status(&self) -> Status {
        self.core.status()
    }

    /// Returns a watch of who leads; its first change is the present state.
    #[must_use]
    pub fn leadership(&self) -> LeaderWatch {
        self.core.leadership()
    }

    /// Waits until consensus has stopped for good; the process should then exit.
    pub async fn fatal(&self) -> FatalError {
        self.core.fatal().await
    }

    /// Stops, writes what is queued and frees the directory.
    pub async fn shutdown(&self) {
        self.core.shutdown().await;
    }
}
