//! Work on all nodes at once: sequential for few, in chunks on rayon's threads for many.
//!
//! Results come in the order of the nodes, so the number of threads changes nothing but the time.

use rayon::prelude::*;

/// Below this many items the threads would cost more than they save.
const PARALLEL_FROM: usize = 4_096;

/// Calls `f` on every item and returns the results in order.
pub(crate) fn map_nodes<T: Sync, R: Send>(items: &[T], f: impl Fn(&T) -> R + Sync + Send) -> Vec<R> {
    if items.len() < PARALLEL_FROM {
        return items.iter().map(f).collect();
    }
    items.par_iter().with_min_len(PARALLEL_FROM / 4).map(f).collect()
}
