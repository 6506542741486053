//! One task as the client gives it to a driver: everything is resolved, nothing is interpolated any more.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// The `config` block of a task.
pub type ConfigMap = serde_json::Map<String, serde_json::Value>;

/// Names one task of one allocation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TaskId {
    /// Id of the allocation.
    pub alloc: String,
    /// Name of the task in its group.
    pub task: String,
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.alloc, self.task)
    }
}

/// A task to start.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskConfig {
    /// Which task it is.
    pub id: TaskId,
    /// The driver's own block.
    pub config: ConfigMap,
    /// The whole environment.
    pub env: BTreeMap<String, String>,
    /// User to run as; `None` leaves it to the driver.
    pub user: Option<String>,
    /// What it may use.
    pub resources: Resources,
    /// Where its files are.
    pub dirs: TaskDirs,
    /// Where its output goes.
    pub logs: LogConfig,
    /// Cgroup below which the driver makes one for the task, relative to the hierarchies; `None` makes none.
    pub cgroup_parent: Option<String>,
}

/// What a task may use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resources {
    /// CPU in MHz.
    pub cpu_mhz: u64,
    /// Cores reserved for this task alone, as a list (`0-2,5`).
    pub cores: Option<String>,
    /// MHz of one core of this node, for hard limits; 0 when it is not known.
    pub core_mhz: u64,
    /// Memory in MiB.
    pub memory_mb: u64,
    /// Memory that it may grow to, in MiB.
    pub memory_max_mb: Option<u64>,
}

/// Directories of a task. They exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskDirs {
    /// Directory of the allocation.
    pub alloc: PathBuf,
    /// Shared by the tasks of the allocation.
    pub shared: PathBuf,
    /// The task's own directory: its working directory unless the driver says otherwise.
    pub task: PathBuf,
    /// `local` in it.
    pub local: PathBuf,
    /// `secrets` in it.
    pub secrets: PathBuf,
}

/// Where output goes: `<dir>/<task>.stdout.<n>` and `<dir>/<task>.stderr.<n>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogConfig {
    /// Whether output is thrown away.
    pub disabled: bool,
    /// Directory of the files.
    pub dir: PathBuf,
    /// Files kept per stream.
    pub max_files: u32,
    /// Size of one file, in MiB.
    pub max_file_size_mb: u32,
}

impl LogConfig {
    /// Returns the size of one file in bytes.
    #[must_use]
    pub fn max_bytes(&self) -> u64 {
        u64::from(self.max_file_size_mb.max(1)) << 20
    }
}
