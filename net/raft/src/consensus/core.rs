//! The interface behind [`Consensus`](super::Consensus), with the runtime erased.
//!
//! Limits: one implementation, [`Node`]; every method is a plain delegation to the file of its verb.

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use openraft::AsyncRuntime;

use super::leadership::LeaderWatch;
use super::membership::Change;
use super::node::Node;
use super::propose::Committed;
use super::read::Barrier;
use super::status::Status;
use crate::{Encoded, FatalError, Member, MembershipError, ProposeError, ReadError, ServerId};

pub(super) trait Core: Send + Sync {
    fn id(&self) -> ServerId;
    fn propose(&self, command: Encoded) -> BoxFuture<'_, Result<Committed, ProposeError>>;
    fn propose_many(
        &self,
        commands: Vec<Encoded>,
    ) -> BoxFuture<'_, Result<Vec<Result<Committed, ProposeError>>, ProposeError>>;
    fn barrier(&self, barrier: Barrier) -> BoxFuture<'_, Result<u64, ReadError>>;
    fn handle(&self, request: Bytes) -> BoxFuture<'_, Bytes>;
    fn initialize(&self, members: Vec<Member>) -> BoxFuture<'_, Result<(), MembershipError>>;
    fn change(&self, change: Change) -> BoxFuture<'_, Result<(), MembershipError>>;
    fn finish(&self, term: u64) -> BoxFuture<'_, ()>;
    fn transfer(&self, to: ServerId) -> BoxFuture<'_, Result<(), MembershipError>>;
    fn snapshot(&self) -> BoxFuture<'_, Result<(), FatalError>>;
    fn status(&self) -> Status;
    fn leadership(&self) -> LeaderWatch;
    fn fatal(&self) -> BoxFuture<'_, FatalError>;
    fn shutdown(&self) -> BoxFuture<'_, ()>;
}

impl<Rt: AsyncRuntime> Core for Node<Rt> {
    fn id(&self) -> ServerId {
        self.id
    }

    fn propose(&self, command: Encoded) -> BoxFuture<'_, Result<Committed, ProposeError>> {
        self.propose_one(command).boxed()
    }

    fn propose_many(
        &self,
        commands: Vec<Encoded>,
    ) -> BoxFuture<'_, Result<Vec<Result<Committed, ProposeError>>, ProposeError>> {
        self.propose_all(commands).boxed()
    }

    fn barrier(&self, barrier: Barrier) -> BoxFuture<'_, Result<u64, ReadError>> {
        self.await_barrier(barrier).boxed()
    }

    fn handle(&self, request: Bytes) -> BoxFuture<'_, Bytes> {
        self.serve(request).boxed()
    }

    fn initialize(&self, members: Vec<Member>) -> BoxFuture<'_, Result<(), MembershipError>> {
        self.found(members).boxed()
    }

    fn change(&self, change: Change) -> BoxFuture<'_, Result<(), MembershipError>> {
        self.change_members(change).boxed()
    }

    fn finish(&self, term: u64) -> BoxFuture<'_, ()> {
        self.finish_change(term).boxed()
    }

    fn transfer(&self, to: ServerId) -> BoxFuture<'_, Result<(), MembershipError>> {
        self.transfer_to(to).boxed()
    }

    fn snapshot(&self) -> BoxFuture<'_, Result<(), FatalError>> {
        self.trigger_snapshot().boxed()
    }

    fn status(&self) -> Status {
        self.present_status()
    }

    fn leadership(&self) -> LeaderWatch {
        self.watch_leadership()
    }

    fn fatal(&self) -> BoxFuture<'_, FatalError> {
        self.until_fatal().boxed()
    }

    fn shutdown(&self) -> BoxFuture<'_, ()> {
        self.stop().boxed()
    }
}
