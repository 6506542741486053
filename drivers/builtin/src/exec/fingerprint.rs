//! Whether `exec` may be used.

use driver::Fingerprint;
use sandbox::cgroup::Hierarchies;

/// Returns the driver's state: it works where tasks can be isolated and limited.
pub(crate) fn fingerprint(name: &str) -> Fingerprint {
    if let Some(missing) = sandbox::isolate::missing() {
        return Fingerprint::undetected(&format!("tasks cannot be isolated: {missing}"));
    }
    let obstacle = match Hierarchies::detect() {
        Ok(hierarchies) => hierarchies.obstacle(),
        Err(error) => Some(error.to_string()),
    };
    match obstacle {
        Some(obstacle) => Fingerprint::undetected(&format!("tasks cannot be limited: {obstacle}")),
        None => Fingerprint::healthy(name),
    }
}
