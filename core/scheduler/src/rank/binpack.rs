//! The fit score of `binpack` and `spread`: how full CPU and memory are after placement.
//!
//! Kept in the documented order of operations, so that replays are equal on every host.

use crate::usage::Amounts;

const MAX_FIT: f64 = 18.0;

/// The free fraction of one dimension; none of nothing is free.
fn free_fraction(has: u64, used: u64) -> f64 {
    1.0 - (float(used) / float(has))
}

#[expect(clippy::cast_precision_loss, reason = "MHz and MB are far below 2^53")]
const fn float(number: u64) -> f64 {
    number as f64
}

/// 10^free over CPU and memory.
fn total(has: Amounts, used: Amounts) -> f64 {
    let cpu = libm::pow(10.0, free_fraction(has.cpu_mhz, used.cpu_mhz));
    let memory = libm::pow(10.0, free_fraction(has.memory_mb, used.memory_mb));
    cpu + memory
}

/// Prefers full nodes: 0 to 1.
pub(crate) fn binpack(has: Amounts, used: Amounts) -> f64 {
    clamp(20.0 - total(has, used)) / MAX_FIT
}

/// Prefers empty nodes: 0 to 1.
pub(crate) fn spread(has: Amounts, used: Amounts) -> f64 {
    clamp(total(has, used) - 2.0) / MAX_FIT
}

/// A node without CPU or memory divides nothing by nothing; it scores lowest.
fn clamp(score: f64) -> f64 {
    if score.is_nan() { 0.0 } else { score.clamp(0.0, MAX_FIT) }
}
