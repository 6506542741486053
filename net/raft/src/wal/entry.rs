//! The plain data of the log, and how an entry is written.
//!
//! Layout: term, server, index (`u64` each, little endian), one tag byte, then the command's bytes or the membership
//! as MessagePack with field names. The same layout travels in replication requests.

use std::io;

use bytes::Bytes;

use crate::{Encoded, NodeInfo, ServerId};

pub(crate) type LeaderId = openraft::impls::leader_id_adv::LeaderId<u64, ServerId>;
pub(crate) type LogId = openraft::LogId<LeaderId>;
pub(crate) type Vote = openraft::Vote<LeaderId>;
pub(crate) type Payload = openraft::EntryPayload<Encoded, ServerId, NodeInfo>;
pub(crate) type Entry = openraft::Entry<LeaderId, Payload>;
pub(crate) type StoredMembership = openraft::StoredMembership<LeaderId, ServerId, NodeInfo>;
pub(crate) type SnapshotMeta = openraft::SnapshotMeta<LeaderId, ServerId, NodeInfo>;

const HEAD: usize = 25;
const BLANK: u8 = 0;
const COMMAND: u8 = 1;
const MEMBERSHIP: u8 = 2;

/// Returns how many bytes the entry takes, roughly for memberships.
pub(super) fn size_of(payload: &Payload) -> usize {
    match payload {
        Payload::Blank => HEAD,
        Payload::Normal(command) => HEAD + command.bytes.len(),
        Payload::Membership(membership) => HEAD + 128 * membership.nodes().count(),
    }
}

/// Appends the encoded entry to `out`.
pub(crate) fn encode_entry(out: &mut Vec<u8>, id: LogId, payload: &Payload) -> io::Result<()> {
    out.extend_from_slice(&id.leader_id.term.to_le_bytes());
    out.extend_from_slice(&id.leader_id.node_id.0.to_le_bytes());
    out.extend_from_slice(&id.index.to_le_bytes());
    match payload {
        Payload::Blank => out.push(BLANK),
        Payload::Normal(command) => {
            out.push(COMMAND);
            out.extend_from_slice(&command.bytes);
        }
        Payload::Membership(membership) => {
            out.push(MEMBERSHIP);
            rmp_serde::encode::write_named(out, membership).map_err(io::Error::other)?;
        }
    }
    Ok(())
}

/// Decodes an entry; the command's bytes share `bytes`.
pub(crate) fn decode_entry(bytes: &Bytes) -> io::Result<Entry> {
    let bad = |reason: &str| io::Error::new(io::ErrorKind::InvalidData, format!("bad entry: {reason}"));
    let id = decode_id(bytes).ok_or_else(|| bad("too short"))?;
    let payload = match bytes[HEAD - 1] {
        BLANK => Payload::Blank,
        COMMAND => Payload::Normal(Encoded::new(bytes.slice(HEAD..))),
        MEMBERSHIP => {
            Payload::Membership(rmp_serde::from_slice(&bytes[HEAD..]).map_err(|e| bad(&e.to_string()))?)
        }
        tag => return Err(bad(&format!("unknown kind {tag}"))),
    };
    Ok(Entry { log_id: id, payload })
}

/// Decodes only the id of an entry.
pub(super) fn decode_id(bytes: &[u8]) -> Option<LogId> {
    let word = |at: usize| Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?));
    bytes.get(HEAD - 1)?;
    Some(LogId { leader_id: LeaderId { term: word(0)?, node_id: ServerId(word(8)?) }, index: word(16)? })
}
