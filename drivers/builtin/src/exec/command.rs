//! Where a task's `command` is looked for within its root.

use std::collections::BTreeMap;

/// Searched when the task's environment has no `PATH`.
const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// Directories of a `PATH` that are looked at.
const MAX_DIRS: usize = 64;

/// Returns the places, in order: an absolute path as it is; else below `/local`, below `/`, and, for a plain name, in
/// the task's `PATH`. Which of them is there shows only inside.
pub(super) fn candidates(command: &str, env: &BTreeMap<String, String>) -> Vec<String> {
    if command.starts_with('/') {
        return vec![command.to_owned()];
    }
    let mut places = vec![format!("/local/{command}"), format!("/{command}")];
    if !command.contains('/') {
        let path = env.get("PATH").map_or(DEFAULT_PATH, String::as_str);
        let dirs = path.split(':').filter(|dir| dir.starts_with('/')).take(MAX_DIRS);
        places.extend(dirs.map(|dir| format!("{}/{command}", dir.trim_end_matches('/'))));
    }
    places
}
