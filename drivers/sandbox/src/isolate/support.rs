//! What a host lacks for isolation.

use std::path::Path;

use super::capability::CapabilitySet;
use super::mounts;

/// Returns what this process would need to isolate tasks and does not have; `None` when all is there.
#[must_use]
pub fn missing() -> Option<String> {
    if !rustix::process::geteuid().is_root() {
        return Some("the agent does not run as root".to_owned());
    }
    let needed = ["sys_admin", "setuid", "setgid", "setpcap", "chown", "dac_override", "kill", "mknod"];
    let needed = CapabilitySet::parse(&needed.map(str::to_owned)).unwrap_or(CapabilitySet::ALL);
    let absent = needed.without(CapabilitySet::held());
    if !absent.is_empty() {
        return Some(format!("the agent lacks the capabilities {absent}"));
    }
    for namespace in ["mnt", "pid", "ipc"] {
        if !Path::new("/proc/self/ns").join(namespace).exists() {
            return Some(format!("the kernel has no {namespace} namespaces"));
        }
    }
    if !mounts::can_restrict() {
        return Some("the kernel is older than 5.12".to_owned());
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    if !status.contains("\nSeccomp:") {
        return Some("the kernel has no filter of system calls (CONFIG_SECCOMP)".to_owned());
    }
    None
}
