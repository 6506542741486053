//! The frame around every request and its answer.
//!
//! ```text
//! request: protocol u8 │ kind u8 │ group u64 │ from u64 │ to u64 │ content
//! answer:  0 │ content    or    code u8 │ text
//! ```
//! `group` stands for region and cluster, `to` for the server that is meant: a request that reached the wrong one is
//! refused, never handled. Limits: a frame is as long as the transport lets it be; content is decoded only after the
//! envelope was accepted.

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::ServerId;
use crate::wal::{LogId, SnapshotMeta, Vote};

const PROTOCOL: u8 = 0;
const HEAD: usize = 26;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Append = 1,
    Vote = 2,
    PreVote = 3,
    TransferLeader = 4,
    Snapshot = 5,
    ReadIndex = 6,
}

/// Who asks whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Envelope {
    pub(crate) kind: Kind,
    pub(crate) group: u64,
    pub(crate) from: ServerId,
    pub(crate) to: ServerId,
}

/// Why a request was not handled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("the request is malformed")]
    Malformed,
    #[error("the request was meant for another server")]
    WrongServer,
    #[error("the request comes from another region or cluster")]
    WrongGroup,
    #[error("the server does not lead")]
    NotLeader,
    #[error("the server has stopped")]
    Stopped,
}

/// Asks for a vote, or whether one would be given.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct VoteAsk {
    pub(crate) vote: Vote,
    pub(crate) last: Option<LogId>,
    pub(crate) transfer: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct VoteAnswer {
    pub(crate) vote: Vote,
    pub(crate) granted: bool,
    pub(crate) last: Option<LogId>,
}

/// Describes a piece of a snapshot; its bytes follow as body.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Piece {
    pub(crate) vote: Vote,
    pub(crate) meta: SnapshotMeta,
    pub(crate) total: u64,
    pub(crate) offset: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum PieceAnswer {
    /// Go on here.
    Next(u64),
    /// Done, or refused for a higher vote.
    Done(Vote),
}

/// Returns the number that stands for a region and a cluster.
pub(crate) fn group_key(region: &str, cluster: &str) -> u64 {
    let (low, high) = (crc32fast::hash(region.as_bytes()), crc32fast::hash(cluster.as_bytes()));
    u64::from(high) << 32 | u64::from(low)
}

/// Encodes a request.
pub(crate) fn encode<T: Serialize>(envelope: Envelope, content: &T) -> Bytes {
    let mut out = head(envelope);
    pack(&mut out, content);
    out.into()
}

/// Encodes a request whose content is followed by plain bytes.
pub(crate) fn encode_with_body<T: Serialize>(envelope: Envelope, content: &T, body: &[u8]) -> Bytes {
    let mut out = head(envelope);
    let mut packed = Vec::new();
    pack(&mut packed, content);
    out.extend_from_slice(&(packed.len() as u32).to_le_bytes());
    out.extend_from_slice(&packed);
    out.extend_from_slice(body);
    out.into()
}

/// Splits a content that [`encode_with_body`] made.
pub(crate) fn split_body<T: DeserializeOwned>(content: &Bytes) -> Result<(T, Bytes), Refusal> {
    let len: [u8; 4] = content.get(..4).and_then(|b| b.try_into().ok()).ok_or(Refusal::Malformed)?;
    let end = 4usize.checked_add(u32::from_le_bytes(len) as usize).ok_or(Refusal::Malformed)?;
    let packed = content.get(4..end).ok_or(Refusal::Malformed)?;
    Ok((decode(packed)?, content.slice(end..)))
}

/// Decodes what MessagePack holds.
pub(crate) fn decode<T: DeserializeOwned>(content: &[u8]) -> Result<T, Refusal> {
    rmp_serde::from_slice(content).map_err(|_| Refusal::Malformed)
}

impl Envelope {
    /// Reads the envelope of a request and returns the content behind it.
    pub(crate) fn open(request: &Bytes) -> Result<(Self, Bytes), Refusal> {
        let word = |at: usize| u64::from_le_bytes(request[at..at + 8].try_into().expect("eight bytes"));
        if request.len() < HEAD || request[0] != PROTOCOL {
            return Err(Refusal::Malformed);
        }
        let kinds =
            [Kind::Append, Kind::Vote, Kind::PreVote, Kind::TransferLeader, Kind::Snapshot, Kind::ReadIndex];
        let kind = kinds.into_iter().find(|kind| *kind as u8 == request[1]).ok_or(Refusal::Malformed)?;
        let envelope = Self { kind, group: word(2), from: ServerId(word(10)), to: ServerId(word(18)) };
        Ok((envelope, request.slice(HEAD..)))
    }
}

/// Encodes an answer.
pub(crate) fn encode_answer<T: Serialize>(answer: Result<T, Refusal>) -> Bytes {
    let mut out = Vec::new();
    match answer {
        Ok(content) => {
            out.push(0);
            pack(&mut out, &content);
        }
        Err(refusal) => out.push(refusal.code()),
    }
    out.into()
}

/// Decodes an answer.
pub(crate) fn decode_answer<T: DeserializeOwned>(answer: &[u8]) -> Result<T, Refusal> {
    match answer.split_first() {
        Some((0, content)) => decode(content),
        Some((code, _)) => Err(Refusal::from_code(*code)),
        None => Err(Refusal::Malformed),
    }
}

impl Refusal {
    fn code(&self) -> u8 {
        match self {
            Self::Malformed => 1,
            Self::WrongServer => 2,
            Self::WrongGroup => 3,
            Self::NotLeader => 4,
            Self::Stopped => 5,
        }
    }

    fn from_code(code: u8) -> Self {
        let all = [Self::WrongServer, Self::WrongGroup, Self::NotLeader, Self::Stopped];
        all.into_iter().find(|refusal| refusal.code() == code).unwrap_or(Self::Malformed)
    }
}

fn head(envelope: Envelope) -> Vec<u8> {
    let mut out = Vec::with_capacity(256);
    out.extend_from_slice(&[PROTOCOL, envelope.kind as u8]);
    out.extend_from_slice(&envelope.group.to_le_bytes());
    out.extend_from_slice(&envelope.from.0.to_le_bytes());
    out.extend_from_slice(&envelope.to.0.to_le_bytes());
    out
}

fn pack<T: Serialize>(out: &mut Vec<u8>, content: &T) {
    rmp_serde::encode::write_named(out, content).expect("our own types can be encoded");
}
