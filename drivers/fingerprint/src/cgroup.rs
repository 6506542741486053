//! Which control groups hold the tasks.

use std::collections::BTreeMap;

use sandbox::cgroup::{Hierarchies, Mode};

/// Adds `os.cgroups.version`, if the host mounts any. A hybrid host limits by v1.
pub(crate) fn add(attributes: &mut BTreeMap<String, String>) {
    let Ok(hierarchies) = Hierarchies::detect() else { return };
    let version = match hierarchies.mode() {
        Mode::V1 | Mode::Hybrid => "1",
        Mode::V2 => "2",
    };
    attributes.insert("os.cgroups.version".to_owned(), version.to_owned());
}
