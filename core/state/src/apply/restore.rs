//! Replacing the whole state by one that was saved.
//!
//! ```text
//! piece 0 ─▶ piece 1 ─▶ … ─▶ commit: all pieces are read as one snapshot, and become the state
//!    └──── a first piece of another restore, or [`PATIENCE`] without the commit: what is there is dropped ────┘
//! ```
//! It is the log that carries the pieces: every server replaces its state at the same entry, and a server that joins
//! in the middle has the pieces in its own snapshot.
//!
//! Limits: one restore at a time, of at most [`MAX_RESTORE_BYTES`].

use std::io::Read;
use std::sync::Arc;

use model::{Nanos, Timestamp};
use serde::de::{Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};

use super::{ApplyError, Command, Table};
use crate::State;
use crate::store::Indexes;
use crate::txn::Txn;

/// The largest state that can be restored, in bytes.
pub const MAX_RESTORE_BYTES: u64 = 1 << 30;
/// The size of the pieces that a state is cut into, in bytes; an entry of the log has to hold one.
pub const PIECE_BYTES: usize = 512 << 10;
/// How long the pieces of a restore are kept after its first one.
const PATIENCE: Nanos = Nanos::from_mins(10);

/// A piece of a saved state.
#[derive(Clone, PartialEq, Eq)]
pub struct Piece(pub Arc<[u8]>);

impl std::fmt::Debug for Piece {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

impl Serialize for Piece {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Piece {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PieceVisitor;

        impl Visitor<'_> for PieceVisitor {
            type Value = Piece;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("the bytes of a piece")
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Piece, E> {
                Ok(Piece(Arc::from(bytes)))
            }
        }

        deserializer.deserialize_bytes(PieceVisitor)
    }
}

/// A restore whose pieces are being collected.
#[derive(Debug, Clone)]
pub(crate) struct Restoring {
    pub(crate) id: u128,
    pub(crate) since: Timestamp,
    pub(crate) pieces: Vec<Piece>,
}

impl Restoring {
    fn bytes(&self) -> u64 {
        self.pieces.iter().map(|piece| piece.0.len() as u64).sum()
    }
}

/// Reads pieces as one stream.
struct Pieces<'a> {
    rest: std::slice::Iter<'a, Piece>,
    current: &'a [u8],
}

impl Read for Pieces<'_> {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        while self.current.is_empty() {
            match self.rest.next() {
                Some(piece) => self.current = &piece.0,
                None => return Ok(0),
            }
        }
        self.current.read(buf)
    }
}

impl State {
    /// Cuts a state into the commands that restore it, in order; `id` tells this restore from another one.
    ///
    /// # Errors
    /// It is larger than [`MAX_RESTORE_BYTES`], or cannot be written.
    pub fn restore_commands(&self, id: u128) -> Result<Vec<Command>, crate::snapshot_format::WriteError> {
        let mut bytes = Vec::new();
        self.write_snapshot(&mut bytes)?;
        if bytes.len() as u64 > MAX_RESTORE_BYTES {
            return Err(crate::snapshot_format::WriteError::FrameTooLarge { bytes: bytes.len() });
        }
        let mut commands: Vec<Command> = (0..)
            .zip(bytes.chunks(PIECE_BYTES))
            .map(|(number, piece)| Command::RestorePiece { id, number, piece: Piece(Arc::from(piece)) })
            .collect();
        let pieces = u32::try_from(commands.len()).unwrap_or(u32::MAX);
        commands.push(Command::RestoreCommit { id, pieces });
        Ok(commands)
    }

    /// The state without what belongs to the cluster that keeps it: two states with the same records have the same,
    /// whatever the indexes of their logs.
    #[must_use]
    pub fn content_hash(&self) -> u128 {
        let mut bare = self.clone();
        bare.index = 0;
        bare.base = 0;
        bare.restored = 0;
        bare.now = Timestamp::NEVER;
        bare.indexes = Indexes::default();
        bare.restoring = None;
        bare.hash()
    }

    /// Forgets the pieces of a restore that nobody finished.
    pub(super) fn drop_late_restore(&mut self) {
        let late = |restoring: &Arc<Restoring>| self.now.since(restoring.since) > PATIENCE;
        if self.restoring.as_ref().is_some_and(late) {
            self.restoring = None;
        }
    }

    /// Becomes `saved`; what clients saw of indexes stays behind, so that every blocking query is answered.
    fn become_restored(&mut self, saved: Self) {
        let raft_index = self.index.saturating_sub(self.base);
        let index = self.index.max(saved.index.saturating_add(1));
        let now = self.now.max(saved.now);
        *self = saved;
        self.index = index;
        self.base = index.saturating_sub(raft_index);
        self.restored = index;
        self.now = now;
        self.restoring = None;
        for table in Table::ALL {
            self.indexes.set(table, index);
        }
    }
}

impl Txn<'_> {
    /// Keeps a piece; the first one of a restore drops what there is of another one.
    pub(super) fn restore_piece(&mut self, id: u128, number: u32, piece: &Piece) -> Result<(), ApplyError> {
        let now = self.now();
        let there = self.state.restoring.as_deref().filter(|there| there.id == id);
        let mut restoring = match there {
            Some(there) => there.clone(),
            None => Restoring { id, since: now, pieces: Vec::new() },
        };
        let expected = u32::try_from(restoring.pieces.len()).unwrap_or(u32::MAX);
        if number < expected {
            // Sent again because its outcome was unknown.
            return Ok(());
        }
        if number > expected {
            return Err(ApplyError::RestoreIncomplete { found: expected, wanted: number });
        }
        if restoring.bytes() + piece.0.len() as u64 > MAX_RESTORE_BYTES {
            self.state.restoring = None;
            return Err(ApplyError::RestoreTooLarge);
        }
        restoring.pieces.push(piece.clone());
        self.state.restoring = Some(Arc::new(restoring));
        Ok(())
    }

    /// Replaces the state by what the pieces hold; changes nothing but dropping them when that is no state.
    pub(super) fn restore_commit(&mut self, id: u128, pieces: u32) -> Result<(), ApplyError> {
        let restoring = self.state.restoring.take().filter(|there| there.id == id);
        let found = restoring.as_ref().map_or(0, |there| there.pieces.len());
        let found = u32::try_from(found).unwrap_or(u32::MAX);
        let restoring = restoring
            .filter(|_| found == pieces)
            .ok_or(ApplyError::RestoreIncomplete { found, wanted: pieces })?;
        let mut input = Pieces { rest: restoring.pieces.iter(), current: &[] };
        let saved = State::read_snapshot(&mut input)
            .map_err(|error| ApplyError::RestoreDamaged(error.to_string()))?;
        self.state.become_restored(saved);
        Ok(())
    }
}
