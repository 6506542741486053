//! What the driver needs to know of its agent.

use std::collections::BTreeMap;
use std::path::PathBuf;

use executor::link::Program;

use super::ExecSettings;

/// Parts of the host in a task's root, unless the agent's configuration names others; those that a host does not have
/// are left out.
const CHROOT: [&str; 9] =
    ["/bin", "/etc", "/lib", "/lib32", "/lib64", "/run/resolvconf", "/run/systemd/resolve", "/sbin", "/usr"];

/// Hidden in every task's root: where agents usually have their configuration, with its secrets.
const HIDDEN: [&str; 3] = ["/etc/nomad.d", "/etc/nomad", "/etc/nomadctl.d"];

/// Configuration of the driver.
#[derive(Clone, Debug)]
pub struct ExecOptions {
    /// What `plugin "exec"` says.
    pub settings: ExecSettings,
    /// What of the host is in a task's root: host path to path in the root.
    pub chroot_env: BTreeMap<String, String>,
    /// Absolute paths of the host that no task sees, such as the agent's own directories.
    pub hidden: Vec<PathBuf>,
    /// Users that no task runs as.
    pub denied_users: Vec<String>,
    /// The program that is an executor.
    pub executor: Program,
    /// Directory for the executors' state, one directory per task; never inside an allocation.
    pub state_root: PathBuf,
}

impl ExecOptions {
    /// Options of an agent without a configuration.
    #[must_use]
    pub fn new(executor: Program, state_root: PathBuf) -> Self {
        let same = |path: &str| (path.to_owned(), path.to_owned());
        Self {
            settings: ExecSettings::default(),
            chroot_env: CHROOT.into_iter().map(same).collect(),
            hidden: HIDDEN.into_iter().map(PathBuf::from).chain([state_root.clone()]).collect(),
            denied_users: vec!["root".to_owned()],
            executor,
            state_root,
        }
    }
}
