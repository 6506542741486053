//! Frames: rows of one kind with their number and size.

use std::io::{Read, Write};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{ReadError, WriteError};

/// A frame is written out once it has this many bytes.
pub const FRAME_BYTES: usize = 64 << 10;
/// Largest frame that is read: a frame of [`FRAME_BYTES`] and one row of any size that the log lets through.
pub const MAX_FRAME_BYTES: usize = 16 << 20;
/// The format that this version writes and reads.
pub const SNAPSHOT_FORMAT: u8 = 0;
/// First bytes of every snapshot.
pub(super) const MAGIC: [u8; 8] = *b"NCTLSTAT";

/// What the rows of a frame are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Root = 1,
    Namespaces,
    NodePools,
    Nodes,
    JobVersions,
    Submissions,
    Summaries,
    JobRecords,
    Evals,
    Deployments,
    Passes,
    Allocs,
    Services,
    Pieces,
    End,
}

impl Kind {
    const ALL: [Self; 15] = [
        Self::Root,
        Self::Namespaces,
        Self::NodePools,
        Self::Nodes,
        Self::JobVersions,
        Self::Submissions,
        Self::Summaries,
        Self::JobRecords,
        Self::Evals,
        Self::Deployments,
        Self::Passes,
        Self::Allocs,
        Self::Services,
        Self::Pieces,
        Self::End,
    ];

    /// What people call it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Root => "Cluster",
            Self::Namespaces => "Namespace",
            Self::NodePools => "NodePool",
            Self::Nodes => "Node",
            Self::JobVersions => "JobVersion",
            Self::Submissions => "JobSubmission",
            Self::Summaries => "JobSummary",
            Self::JobRecords => "JobRecord",
            Self::Evals => "Eval",
            Self::Deployments => "Deployment",
            Self::Passes => "PlacementMetrics",
            Self::Allocs => "Alloc",
            Self::Services => "ServiceRegistrations",
            Self::Pieces => "RestorePiece",
            Self::End => "End",
        }
    }

    fn of(byte: u8) -> Result<Self, ReadError> {
        Self::ALL.into_iter().find(|kind| *kind as u8 == byte).ok_or(ReadError::UnknownKind { found: byte })
    }
}

/// Rows of one kind that are not written yet.
pub(super) struct FrameWriter {
    kind: Kind,
    rows: u32,
    bytes: Vec<u8>,
}

impl FrameWriter {
    pub(super) const fn new(kind: Kind) -> Self {
        Self { kind, rows: 0, bytes: Vec::new() }
    }

    /// Adds a document, with named fields.
    pub(super) fn push_named(&mut self, row: &impl Serialize) -> Result<(), WriteError> {
        rmp_serde::encode::write_named(&mut self.bytes, row)?;
        self.rows += 1;
        Ok(())
    }

    /// Adds a compact row.
    pub(super) fn push_compact(&mut self, row: &impl Serialize) -> Result<(), WriteError> {
        rmp_serde::encode::write(&mut self.bytes, row)?;
        self.rows += 1;
        Ok(())
    }

    pub(super) const fn is_full(&self) -> bool {
        self.bytes.len() >= FRAME_BYTES
    }

    /// Writes the rows, if there are any.
    pub(super) fn flush(&mut self, out: &mut dyn Write) -> Result<(), WriteError> {
        if self.rows == 0 {
            return Ok(());
        }
        let too_large = |_| WriteError::FrameTooLarge { bytes: self.bytes.len() };
        let size = u32::try_from(self.bytes.len()).map_err(too_large)?;
        if self.bytes.len() > MAX_FRAME_BYTES {
            return Err(WriteError::FrameTooLarge { bytes: self.bytes.len() });
        }
        out.write_all(&[self.kind as u8])?;
        out.write_all(&self.rows.to_le_bytes())?;
        out.write_all(&size.to_le_bytes())?;
        out.write_all(&self.bytes)?;
        self.rows = 0;
        self.bytes.clear();
        Ok(())
    }
}

/// What stands before the rows of a frame.
pub(super) struct Head {
    pub(super) kind: Kind,
    pub(super) rows: u32,
    /// Size of the rows, in bytes.
    pub(super) bytes: u32,
}

impl Head {
    pub(super) fn read(input: &mut dyn Read) -> Result<Self, ReadError> {
        let mut head = [0; 9];
        input.read_exact(&mut head)?;
        let [kind, rows @ .., a, b, c, d] = head;
        let bytes = u32::from_le_bytes([a, b, c, d]);
        if bytes as usize > MAX_FRAME_BYTES {
            return Err(ReadError::FrameTooLarge { bytes: bytes as usize });
        }
        Ok(Self { kind: Kind::of(kind)?, rows: u32::from_le_bytes(rows), bytes })
    }
}

/// Reads what every written state begins with.
pub(super) fn check_start(input: &mut dyn Read) -> Result<(), ReadError> {
    let mut head = [0; MAGIC.len() + 1];
    input.read_exact(&mut head)?;
    let [magic @ .., format] = head;
    if magic != MAGIC {
        return Err(ReadError::NoSnapshot);
    }
    if format != SNAPSHOT_FORMAT {
        return Err(ReadError::OtherFormat { found: format });
    }
    Ok(())
}

/// A frame that was read.
pub(super) struct Frame {
    pub(super) kind: Kind,
    rows: u32,
    bytes: Vec<u8>,
}

impl Frame {
    /// Reads a frame into the buffer of the one before.
    pub(super) fn read(input: &mut dyn Read, mut bytes: Vec<u8>) -> Result<Self, ReadError> {
        let Head { kind, rows, bytes: size } = Head::read(input)?;
        bytes.resize(size as usize, 0);
        input.read_exact(&mut bytes)?;
        Ok(Self { kind, rows, bytes })
    }

    /// Decodes every row; all bytes must belong to one.
    pub(super) fn each<T: DeserializeOwned>(
        &self,
        mut take: impl FnMut(T) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        let mut rest = self.bytes.as_slice();
        for _ in 0..self.rows {
            take(rmp_serde::from_read(&mut rest)?)?;
        }
        if rest.is_empty() { Ok(()) } else { Err(ReadError::Trailing { bytes: rest.len() }) }
    }

    pub(super) fn into_buffer(self) -> Vec<u8> {
        self.bytes
    }
}
