//! The transport as openraft sees it.
//!
//! Limits: every request has a deadline of ours, since openraft sets none; a server that does not answer in time, or
//! refuses, counts as unreachable, so that openraft backs off instead of asking again at once.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use openraft::errors::{ErrorSource, RPCError, ReplicationClosed, StreamingError};
use openraft::network::{RPCOption, RaftNetworkFactory, RaftNetworkV2};
use openraft::raft::{
    AppendEntriesRequest, AppendEntriesResponse, SnapshotResponse, TransferLeaderRequest,
    TransferLeaderResponse, VoteRequest, VoteResponse,
};
use openraft::{AsyncRuntime, OptionalSend, Snapshot};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Types;
use crate::rpc::{Envelope, Kind, Piece, PieceAnswer, VoteAnswer, VoteAsk, decode_answer};
use crate::rpc::{encode, encode_append, encode_with_body};
use crate::snapshot::Stored;
use crate::wal::{LeaderId, Vote};
use crate::{Member, NodeInfo, ServerId, Timing, Transport, Unreachable};

/// Makes clients for other servers.
pub(crate) struct Network<Rt> {
    transport: Arc<dyn Transport>,
    group: u64,
    id: ServerId,
    timing: Timing,
    chunk_bytes: usize,
    runtime: PhantomData<fn() -> Rt>,
}

/// Speaks with one other server.
pub(crate) struct Client<Rt> {
    network: Network<Rt>,
    target: Member,
}

impl<Rt> Clone for Network<Rt> {
    fn clone(&self) -> Self {
        Self { transport: self.transport.clone(), ..*self }
    }
}

impl<Rt: AsyncRuntime> Network<Rt> {
    pub(crate) fn new(
        transport: Arc<dyn Transport>,
        group: u64,
        id: ServerId,
        timing: Timing,
        chunk_bytes: usize,
    ) -> Self {
        Self { transport, group, id, timing, chunk_bytes, runtime: PhantomData }
    }

    pub(crate) fn envelope(&self, kind: Kind, to: ServerId) -> Envelope {
        Envelope { kind, group: self.group, from: self.id, to }
    }

    /// Sends `request` and decodes the answer, within `deadline`.
    pub(crate) async fn call<T: DeserializeOwned>(
        &self,
        target: &Member,
        request: Bytes,
        deadline: Duration,
    ) -> Result<T, Unreachable> {
        let answer = Rt::timeout(deadline, self.transport.call(target, request)).await;
        let answer = answer.map_err(|_| Unreachable::new("no answer in time"))??;
        decode_answer(&answer).map_err(|refusal| Unreachable::new(format!("refused: {refusal}")))
    }
}

impl<Rt: AsyncRuntime> RaftNetworkFactory<Types<Rt>> for Network<Rt> {
    type Network = Client<Rt>;

    async fn new_client(&mut self, target: ServerId, node: &NodeInfo) -> Client<Rt> {
        Client { network: self.clone(), target: Member { id: target, info: node.clone() } }
    }
}

impl<Rt: AsyncRuntime> Client<Rt> {
    async fn ask<Q: Serialize, A: DeserializeOwned>(
        &self,
        kind: Kind,
        question: &Q,
        deadline: Duration,
    ) -> Result<A, RPCError<Types<Rt>>> {
        let request = encode(self.network.envelope(kind, self.target.id), question);
        self.network.call(&self.target, request, deadline).await.map_err(unreachable_rpc)
    }

    async fn ask_vote(
        &self,
        kind: Kind,
        request: VoteRequest<Types<Rt>>,
        option: &RPCOption,
    ) -> Result<VoteResponse<Types<Rt>>, RPCError<Types<Rt>>> {
        let question =
            VoteAsk { vote: request.vote, last: request.last_log_id, transfer: request.leadership_transfer };
        let answer: VoteAnswer = self.ask(kind, &question, option.soft_ttl()).await?;
        Ok(VoteResponse { vote: answer.vote, vote_granted: answer.granted, last_log_id: answer.last })
    }

    async fn send_snapshot(
        &self,
        vote: Vote,
        stored: &Stored,
    ) -> Result<SnapshotResponse<Types<Rt>>, StreamingError<Types<Rt>>> {
        let total = stored.file_len();
        let mut offset = 0;
        let mut stuck = 0;
        loop {
            let bytes = stored.read_part(offset, self.network.chunk_bytes).map_err(|error| {
                StreamingError::StorageError(openraft::StorageError::read_snapshot(
                    Some(stored.meta.signature()),
                    openraft::impls::BoxedErrorSource::from_error(&error),
                ))
            })?;
            let piece = Piece { vote, meta: stored.meta.clone(), total, offset };
            let envelope = self.network.envelope(Kind::Snapshot, self.target.id);
            let request = encode_with_body(envelope, &piece, &bytes);
            let answer = self.network.call(&self.target, request, self.network.timing.snapshot).await;
            match answer.map_err(unreachable_stream)? {
                PieceAnswer::Done(vote) => return Ok(SnapshotResponse { vote }),
                PieceAnswer::Next(next) => {
                    // Being sent back a few times is a restart of the receiver; more is no progress.
                    stuck = if next > offset { 0 } else { stuck + 1 };
                    if stuck > 3 || next > total {
                        return Err(unreachable_stream(Unreachable::new("the snapshot makes no progress")));
                    }
                    offset = next;
                }
            }
        }
    }
}

impl<Rt: AsyncRuntime> RaftNetworkV2<Types<Rt>> for Client<Rt> {
    type SnapshotData = Stored;

    async fn append_entries(
        &mut self,
        request: AppendEntriesRequest<Types<Rt>>,
        option: RPCOption,
    ) -> Result<AppendEntriesResponse<Types<Rt>>, RPCError<Types<Rt>>> {
        let envelope = self.network.envelope(Kind::Append, self.target.id);
        // A heartbeat is worth nothing when it is late; entries may wait for a slow disk.
        let deadline =
            if request.entries.is_empty() { option.soft_ttl() } else { self.network.timing.request };
        let request = encode_append(envelope, &request)
            .map_err(|error| unreachable_rpc(Unreachable::new(error.to_string())))?;
        self.network.call(&self.target, request, deadline).await.map_err(unreachable_rpc)
    }

    async fn vote(
        &mut self,
        request: VoteRequest<Types<Rt>>,
        option: RPCOption,
    ) -> Result<VoteResponse<Types<Rt>>, RPCError<Types<Rt>>> {
        self.ask_vote(Kind::Vote, request, &option).await
    }

    async fn pre_vote(
        &mut self,
        request: VoteRequest<Types<Rt>>,
        option: RPCOption,
    ) -> Result<VoteResponse<Types<Rt>>, RPCError<Types<Rt>>> {
        self.ask_vote(Kind::PreVote, request, &option).await
    }

    async fn full_snapshot(
        &mut self,
        vote: Vote,
        snapshot: Snapshot<LeaderId, ServerId, NodeInfo, Stored>,
        cancel: impl Future<Output = ReplicationClosed> + OptionalSend + 'static,
        _option: RPCOption,
    ) -> Result<SnapshotResponse<Types<Rt>>, StreamingError<Types<Rt>>> {
        let stored = snapshot.snapshot;
        match Rt::select2(cancel, self.send_snapshot(vote, &stored)).await {
            openraft::async_runtime::Select2::First(closed) => Err(StreamingError::Closed(closed)),
            openraft::async_runtime::Select2::Second(result) => result,
        }
    }

    async fn transfer_leader(
        &mut self,
        request: TransferLeaderRequest<Types<Rt>>,
        option: RPCOption,
    ) -> Result<TransferLeaderResponse<Types<Rt>>, RPCError<Types<Rt>>> {
        self.ask(Kind::TransferLeader, &request, option.soft_ttl()).await
    }
}

fn unreachable_rpc<Rt: AsyncRuntime>(error: Unreachable) -> RPCError<Types<Rt>> {
    RPCError::Unreachable(openraft::errors::Unreachable::new(&error))
}

fn unreachable_stream<Rt: AsyncRuntime>(error: Unreachable) -> StreamingError<Types<Rt>> {
    StreamingError::Unreachable(openraft::errors::Unreachable::new(&error))
}
