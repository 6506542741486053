//! Memory.

use crate::sources::{Sources, read};

/// Returns the memory of the host in bytes; 0 when the kernel does not tell.
pub(crate) fn total_bytes(sources: &Sources) -> u64 {
    let text = read(&sources.proc, "meminfo").unwrap_or_default();
    let kib = text
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))
        .and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0).saturating_mul(1_024)
}
