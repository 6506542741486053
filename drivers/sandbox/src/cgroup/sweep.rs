//! Removing what a killed predecessor left below its own prefix.

use std::collections::BTreeSet;
use std::fs;
use std::time::{Duration, Instant};

use super::{CgroupError, Group, GroupName, Hierarchies};

/// What a sweep did.
#[derive(Debug, Default)]
pub struct SweepReport {
    /// Names of the groups that are gone now.
    pub removed: Vec<String>,
    /// Groups that could not be removed, with the reason.
    pub failed: Vec<(String, CgroupError)>,
}

/// Kills and removes each group directly below `owner` that `keep` does not want, and `owner` itself when it is
/// then empty. `deadline` bounds the whole sweep.
///
/// # Errors
/// A name below `owner` that this crate would not have made is left alone and reported in `failed`.
pub fn sweep(
    hierarchies: &Hierarchies,
    owner: &GroupName,
    keep: impl Fn(&str) -> bool,
    deadline: Duration,
) -> SweepReport {
    let start = Instant::now();
    let mut report = SweepReport::default();
    let mut kept = false;
    for child in children(hierarchies, owner) {
        if keep(&child) {
            kept = true;
            continue;
        }
        let left = deadline.saturating_sub(start.elapsed());
        let done = owner
            .child(&child)
            .and_then(|name| Group::open(hierarchies, &name))
            .and_then(|group| group.destroy(left));
        match done {
            Ok(()) => report.removed.push(child),
            Err(error) => report.failed.push((child, error)),
        }
    }
    if !kept && report.failed.is_empty() {
        for root in hierarchies.roots() {
            // A group that another owner shares, or that is gone, stays as it is.
            let _ = fs::remove_dir(root.join(owner.as_str()));
        }
    }
    report
}

fn children(hierarchies: &Hierarchies, owner: &GroupName) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for root in hierarchies.roots() {
        let Ok(entries) = fs::read_dir(root.join(owner.as_str())) else { continue };
        for entry in entries.flatten() {
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                names.insert(entry.file_name().to_string_lossy().into_owned());
            }
        }
    }
    names
}
