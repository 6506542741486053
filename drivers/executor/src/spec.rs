//! What the agent wants started: handed to the executor over its standard input, never written to disk.

use sandbox::cgroup::Limits;
use sandbox::isolate::Plan;
use sandbox::spawn::Identity;
use serde::{Deserialize, Serialize};

/// One task to start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaunchSpec {
    /// Absolute path of the program. For an isolated task the name by which it is called.
    pub program: String,
    /// Arguments after the program's name.
    pub args: Vec<String>,
    /// The whole environment of the task; the executor's own is not handed on.
    pub env: Vec<(String, String)>,
    /// Working directory; for an isolated task within its root.
    pub cwd: String,
    /// Who the task runs as; `None` is the user of the agent.
    pub identity: Option<Identity>,
    /// Value for the task's `oom_score_adj`; 0 leaves it alone.
    pub oom_score_adj: i32,
    /// Which cgroups hold the task.
    pub cgroup: CgroupPlan,
    /// Where output goes; `None` discards it.
    pub logs: Option<LogSpec>,
    /// The task's own world; `None` runs it in the host's.
    pub isolation: Option<Isolation>,
}

/// How a task is kept apart from the host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Isolation {
    /// Its root, namespaces and rights.
    pub plan: Plan,
    /// Absolute paths within its root; the first that is there is run.
    pub candidates: Vec<String>,
}

/// How a task is held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CgroupPlan {
    /// By ancestry only.
    None,
    /// By a group of its own, if the host allows one; else by ancestry.
    Own {
        /// Name of the group, below every hierarchy.
        name: String,
        /// Its limits.
        limits: Limits,
        /// Whether the task must not run without the group and its limits.
        required: bool,
    },
    /// In directories that somebody else owns: joined, never limited, killed or removed as a whole.
    Join {
        /// Absolute paths of the directories.
        dirs: Vec<String>,
    },
}

/// Rotating log files of one task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogSpec {
    /// Directory of the files.
    pub dir: String,
    /// Files are `<stdout>.0`, `<stdout>.1` …
    pub stdout: String,
    /// As `stdout`, for errors.
    pub stderr: String,
    /// Number of files kept per stream, at least 1.
    pub max_files: u32,
    /// Size of one file, in bytes, at least 1.
    pub max_bytes: u64,
}
