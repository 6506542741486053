//! Allocations of one group keep apart: the more of them on a node, the lower it scores.

/// The term for a node with `there` allocations of the group, of `count` wanted; none when there are none.
pub(crate) fn anti_affinity(there: u32, count: u32) -> Option<f64> {
    (there > 0).then(|| -f64::from(there + 1) / f64::from(count.max(1)))
}
