//! What it costs to evict others: lower for few allocations of low priority.

/// The term for evicting allocations of these priorities.
pub(crate) fn preemption_score(priorities: &[u8]) -> f64 {
    let highest = priorities.iter().copied().max().map_or(0.0, f64::from);
    let sum: f64 = priorities.iter().copied().map(f64::from).sum();
    let net = if highest > 0.0 { highest + sum / highest } else { 0.0 };
    1.0 / (1.0 + libm::exp(0.0048 * (net - 2048.0)))
}
