//! Requests to append entries: a description, then the entries as the log writes them.
//!
//! Limits: the sender bounds the entries by bytes, the receiver by what the transport accepts; commands share the
//! request's memory instead of being copied.

use bytes::Bytes;
use openraft::AsyncRuntime;
use openraft::raft::AppendEntriesRequest;
use serde::{Deserialize, Serialize};

use super::frame::{Envelope, Refusal, encode_with_body, split_body};
use crate::engine::Types;
use crate::wal::{LogId, Vote, decode_entry, encode_entry};

#[derive(Serialize, Deserialize)]
struct Description {
    vote: Vote,
    previous: Option<LogId>,
    committed: Option<LogId>,
}

/// Encodes a request to append entries.
pub(crate) fn encode_append<Rt: AsyncRuntime>(
    envelope: Envelope,
    request: &AppendEntriesRequest<Types<Rt>>,
) -> std::io::Result<Bytes> {
    let mut body = Vec::new();
    for entry in &request.entries {
        let start = body.len();
        body.extend_from_slice(&[0; 4]);
        encode_entry(&mut body, entry.log_id, &entry.payload)?;
        let len = (body.len() - start - 4) as u32;
        body[start..start + 4].copy_from_slice(&len.to_le_bytes());
    }
    let description =
        Description { vote: request.vote, previous: request.prev_log_id, committed: request.leader_commit };
    Ok(encode_with_body(envelope, &description, &body))
}

/// Decodes a request to append entries.
pub(crate) fn decode_append<Rt: AsyncRuntime>(
    content: &Bytes,
) -> Result<AppendEntriesRequest<Types<Rt>>, Refusal> {
    let (description, mut body): (Description, Bytes) = split_body(content)?;
    let mut entries = Vec::new();
    while !body.is_empty() {
        let len: [u8; 4] = body.get(..4).and_then(|b| b.try_into().ok()).ok_or(Refusal::Malformed)?;
        let end = 4usize.checked_add(u32::from_le_bytes(len) as usize).ok_or(Refusal::Malformed)?;
        if end > body.len() {
            return Err(Refusal::Malformed);
        }
        entries.push(decode_entry(&body.slice(4..end)).map_err(|_| Refusal::Malformed)?);
        body = body.slice(end..);
    }
    Ok(AppendEntriesRequest {
        vote: description.vote,
        prev_log_id: description.previous,
        entries,
        leader_commit: description.committed,
    })
}
