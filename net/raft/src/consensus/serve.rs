//! Answering other servers.
//!
//! Limits: nothing is decoded before region, cluster and addressee were checked; a snapshot arrives in pieces, one
//! transfer at a time.

use std::sync::PoisonError;

use bytes::Bytes;
use openraft::async_runtime::Instant;
use openraft::raft::{AppendEntriesResponse, TransferLeaderRequest, VoteRequest};
use openraft::{AsyncRuntime, Snapshot};

use super::node::Node;
use super::read::Barrier;
use crate::ReadError;
use crate::engine::Types;
use crate::rpc::{
    Envelope, Kind, Piece, PieceAnswer, Refusal, VoteAnswer, VoteAsk, decode, decode_append, encode_answer,
    split_body,
};
use crate::snapshot::Progress;

/// A vote that counts, or one that only finds out whether it would be given.
enum Round {
    Real,
    Trial,
}

impl<Rt: AsyncRuntime> Node<Rt> {
    pub(super) async fn serve(&self, request: Bytes) -> Bytes {
        let (envelope, content) = match Envelope::open(&request).and_then(|opened| self.check(opened)) {
            Ok(opened) => opened,
            Err(refusal) => return encode_answer::<()>(Err(refusal)),
        };
        match envelope.kind {
            Kind::Append => encode_answer(self.serve_append(&content).await),
            Kind::Vote => encode_answer(self.serve_vote(Round::Real, &content).await),
            Kind::PreVote => encode_answer(self.serve_vote(Round::Trial, &content).await),
            Kind::TransferLeader => encode_answer(self.serve_transfer(&content).await),
            Kind::Snapshot => encode_answer(self.serve_piece(&content).await),
            Kind::ReadIndex => encode_answer(self.serve_read(&content).await),
        }
    }

    fn check(&self, (envelope, content): (Envelope, Bytes)) -> Result<(Envelope, Bytes), Refusal> {
        if envelope.group != self.group {
            return Err(Refusal::WrongGroup);
        }
        // A server that reaches itself under another's address must not take part in its own vote.
        if envelope.to != self.id || envelope.from == self.id {
            return Err(Refusal::WrongServer);
        }
        Ok((envelope, content))
    }

    async fn serve_append(&self, content: &Bytes) -> Result<AppendEntriesResponse<Types<Rt>>, Refusal> {
        let request = decode_append::<Rt>(content)?;
        let grew = !request.entries.is_empty();
        let answer = self.raft.append_entries(request).await.map_err(|_| Refusal::Stopped)?;
        if !matches!(answer, AppendEntriesResponse::HigherVote(_)) {
            *self.heard.lock().unwrap_or_else(PoisonError::into_inner) = Some(Rt::Instant::now());
        }
        if grew {
            self.bound_log().await;
        }
        Ok(answer)
    }

    async fn serve_vote(&self, round: Round, content: &Bytes) -> Result<VoteAnswer, Refusal> {
        let ask: VoteAsk = decode(content)?;
        let mut request = VoteRequest::<Types<Rt>>::new(ask.vote, ask.last);
        request.leadership_transfer = ask.transfer;
        let answer = match round {
            Round::Trial => self.raft.pre_vote(request).await,
            Round::Real => self.raft.vote(request).await,
        };
        let answer = answer.map_err(|_| Refusal::Stopped)?;
        Ok(VoteAnswer { vote: answer.vote, granted: answer.vote_granted, last: answer.last_log_id })
    }

    async fn serve_transfer(
        &self,
        content: &Bytes,
    ) -> Result<openraft::raft::TransferLeaderResponse<Types<Rt>>, Refusal> {
        let request: TransferLeaderRequest<Types<Rt>> = decode(content)?;
        self.raft.handle_transfer_leader(request).await.map_err(|_| Refusal::Stopped)
    }

    async fn serve_piece(&self, content: &Bytes) -> Result<PieceAnswer, Refusal> {
        let (piece, bytes): (Piece, Bytes) = split_body(content)?;
        let Piece { vote, meta, total, offset } = piece;
        let current = self.wal.vote();
        if let Some(current) = current.filter(|current| *current > vote) {
            return Ok(PieceAnswer::Done(current));
        }
        let progress = {
            let mut incoming = self.incoming.lock().await;
            incoming.take(vote, meta.last_log_id, total, offset, &bytes)
        };
        let name = match progress.map_err(|error| self.broken(&error))? {
            Progress::Next(offset) => return Ok(PieceAnswer::Next(offset)),
            Progress::Complete(name) => name,
        };
        let stored = match self.snapshots.accept(name.clone()).await {
            Ok(stored) if stored.meta == meta => stored,
            Ok(_) => return Ok(self.start_over(&name, "it is not the announced one")),
            Err(error) => return Ok(self.start_over(&name, &error.to_string())),
        };
        let snapshot = Snapshot { meta, snapshot: stored };
        let answer = self.raft.install_full_snapshot(vote, snapshot).await.map_err(|_| Refusal::Stopped)?;
        Ok(PieceAnswer::Done(answer.vote))
    }

    async fn serve_read(&self, content: &Bytes) -> Result<u64, Refusal> {
        let barrier = if decode(content)? { Barrier::Lease } else { Barrier::Quorum };
        self.read_index(barrier).await.map_err(|error| match error {
            ReadError::Fatal(_) => Refusal::Stopped,
            ReadError::NotLeader { .. } | ReadError::Unavailable => Refusal::NotLeader,
        })
    }

    fn start_over(&self, name: &str, reason: &str) -> PieceAnswer {
        tracing::warn!(reason, "received a damaged snapshot, asking for it again");
        self.snapshots.discard(name);
        PieceAnswer::Next(0)
    }

    fn broken(&self, error: &std::io::Error) -> Refusal {
        tracing::error!(%error, "cannot store a received snapshot");
        Refusal::Stopped
    }
}
