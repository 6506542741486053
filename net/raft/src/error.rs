//! What can go wrong, one enum per operation.
//!
//! Limits: texts are for people; code tells cases apart by variant.

use std::io;
use std::path::PathBuf;

use crate::Member;

/// A data directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it open.
    #[error("data directory {} is in use by process {pid}", path.display())]
    Locked {
        /// The directory.
        path: PathBuf,
        /// The process that holds it, 0 when it did not say.
        pid: u32,
    },
    /// It was written in a format that this version does not read.
    #[error("data directory has format {found}, this version reads format {expected}")]
    Format {
        /// What the directory says.
        found: u32,
        /// What this version writes.
        expected: u32,
    },
    /// It belongs to another region.
    #[error(
        "data directory belongs to region \"{found}\", this server is configured for region \"{expected}\""
    )]
    Region {
        /// What the directory says.
        found: String,
        /// What the configuration says.
        expected: String,
    },
    /// It belongs to another cluster.
    #[error(
        "data directory belongs to cluster \"{found}\", this server is configured for cluster \"{expected}\""
    )]
    Cluster {
        /// What the directory says.
        found: String,
        /// What the configuration says.
        expected: String,
    },
    /// A file holds something that was never written there.
    #[error("{file} is corrupt at byte {offset}: {reason}")]
    Corrupt {
        /// The file's name.
        file: String,
        /// Where in it, in bytes.
        offset: u64,
        /// What is wrong there.
        reason: String,
    },
    /// The log ends before what it says was committed.
    #[error("the log ends at entry {last} but entry {committed} was committed: entries were lost")]
    Lost {
        /// The last entry that is there.
        last: u64,
        /// The last entry that was known to be committed.
        committed: u64,
    },
    /// The disk failed.
    #[error("cannot {action} {file}")]
    Io {
        /// What was being done.
        action: &'static str,
        /// The file it was done to.
        file: String,
        /// What the disk said.
        source: io::Error,
    },
}

impl OpenError {
    pub(crate) fn io(action: &'static str, file: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let file = file.into();
        move |source| Self::Io { action, file, source }
    }

    pub(crate) fn corrupt(file: impl Into<String>, offset: u64, reason: impl Into<String>) -> Self {
        Self::Corrupt { file: file.into(), offset, reason: reason.into() }
    }
}

/// Consensus cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data directory cannot be used.
    #[error("cannot open the data directory")]
    Open(#[from] OpenError),
    /// The settings contradict each other.
    #[error("invalid settings: {0}")]
    Config(String),
    /// The stored state cannot be restored.
    #[error("cannot restore the state: {0}")]
    Restore(String),
}

/// Consensus has stopped for good; the process should exit and start anew.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FatalError {
    /// It was told to stop.
    #[error("consensus was shut down")]
    Shutdown,
    /// The disk failed: what it holds is unknown from then on.
    #[error("consensus stopped on a storage error: {0}")]
    Storage(String),
    /// It failed in a way that it should not.
    #[error("consensus panicked")]
    Panicked,
}

/// A command was not, or not surely, committed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ProposeError {
    /// Another server leads; the command was not taken and can be sent there.
    #[error("not the leader{}", describe(leader))]
    NotLeader {
        /// The leader, if one is known.
        leader: Option<Member>,
    },
    /// No quorum answers this leader; the command was not taken.
    #[error("no quorum of servers answers")]
    Unavailable,
    /// Too many bytes of proposals are waiting; the command was not taken.
    #[error("too many proposals are waiting ({in_flight} bytes)")]
    Overloaded {
        /// How many bytes are waiting.
        in_flight: usize,
    },
    /// The command is too long; it was not taken.
    #[error("command of {bytes} bytes is longer than {limit} bytes")]
    TooLarge {
        /// Its length in bytes.
        bytes: usize,
        /// The longest that is taken.
        limit: usize,
    },
    /// The command was taken, but whether it was or will be committed is not known.
    #[error("outcome unknown: the command may or may not be committed")]
    Unknown,
    /// Consensus has stopped.
    #[error(transparent)]
    Fatal(#[from] FatalError),
}

/// A read cannot be said to see every earlier write.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ReadError {
    /// Another server leads, and it was not reachable from here.
    #[error("not the leader{}", describe(leader))]
    NotLeader {
        /// The leader, if one is known.
        leader: Option<Member>,
    },
    /// No quorum answers.
    #[error("no quorum of servers answers")]
    Unavailable,
    /// Consensus has stopped.
    #[error(transparent)]
    Fatal(#[from] FatalError),
}

/// The group was not changed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum MembershipError {
    /// Another server leads.
    #[error("not the leader{}", describe(leader))]
    NotLeader {
        /// The leader, if one is known.
        leader: Option<Member>,
    },
    /// This server already has a log, so it cannot found a group.
    #[error("this server already belongs to a group")]
    AlreadyInitialized,
    /// The change is not possible.
    #[error("cannot change the servers: {0}")]
    Refused(String),
    /// Whether the change was or will be committed is not known.
    #[error("outcome unknown: the change of servers may or may not be committed")]
    Unknown,
    /// Consensus has stopped.
    #[error(transparent)]
    Fatal(#[from] FatalError),
}

fn describe(leader: &Option<Member>) -> String {
    leader.as_ref().map_or_else(|| ", and no leader is known".to_owned(), |leader| format!(", {leader} is"))
}
