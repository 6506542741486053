//! What the agent's configuration says about the driver.

use std::path::PathBuf;

use executor::link::Program;

/// Configuration of the driver.
#[derive(Clone, Debug)]
pub struct RawExecOptions {
    /// Whether jobs may use it.
    pub enabled: bool,
    /// User ids that tasks may not run as, as ranges: `0,10-20`.
    pub denied_host_uids: String,
    /// Group ids, likewise.
    pub denied_host_gids: String,
    /// Environment variables that no task gets; `*` stands for anything.
    pub denied_envvars: Vec<String>,
    /// The program that is an executor.
    pub executor: Program,
    /// Directory for the executors' state, one directory per task; never inside an allocation.
    pub state_root: PathBuf,
}

impl RawExecOptions {
    /// An enabled driver without restrictions.
    #[must_use]
    pub fn enabled(executor: Program, state_root: PathBuf) -> Self {
        Self {
            enabled: true,
            denied_host_uids: String::new(),
            denied_host_gids: String::new(),
            denied_envvars: Vec::new(),
            executor,
            state_root,
        }
    }
}
