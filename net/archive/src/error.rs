//! Why an archive cannot be written or read.
//!
//! Limits: texts are for people; code tells cases apart by variant.

use std::io;
use std::path::PathBuf;

/// An archive cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The sink failed.
    #[error("failed to write snapshot: {0}")]
    Io(#[from] io::Error),
    /// The state has no written form.
    #[error("failed to write snapshot: {0}")]
    State(#[from] state::snapshot_format::WriteError),
    /// The description has no written form.
    #[error("failed to write snapshot: {0}")]
    Meta(#[from] serde_json::Error),
}

/// An archive cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file cannot be opened.
    #[error("failed to open snapshot {}: {source}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is not compressed as archives are, or it was cut or damaged.
    #[error("failed to decompress snapshot: {}", words(.0))]
    Decompress(io::Error),
    /// A file is missing, unknown or at the wrong place.
    #[error("failed to read snapshot: {0}")]
    Layout(String),
    /// The description cannot be read.
    #[error("failed to read snapshot: {META} is damaged: {0}", META = crate::META)]
    Meta(#[from] serde_json::Error),
    /// Another version wrote it.
    #[error("snapshot has format {found}, this version reads format {FORMAT}", FORMAT = crate::FORMAT)]
    Format {
        /// What it says.
        found: u32,
    },
    /// A file is not what was written.
    #[error("failed to read snapshot: the checksum of {file} does not match")]
    Checksum {
        /// The file.
        file: String,
    },
    /// It holds more than a cluster could restore.
    #[error("snapshot is larger than {limit} bytes")]
    TooLarge {
        /// The largest state, in bytes.
        limit: u64,
    },
    /// The state in it cannot be read.
    #[error("failed to read snapshot: {file} is damaged: {0}", file = crate::STATE)]
    State(#[from] state::snapshot_format::ReadError),
}

/// Words a failure as people know it from other tools.
fn words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => "unexpected EOF".to_owned(),
        io::ErrorKind::InvalidInput => "gzip: invalid header".to_owned(),
        _ => error.to_string(),
    }
}
