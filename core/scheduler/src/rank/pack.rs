//! The fit score of `pack`: the weighted mean of the fill after placement, over the dimensions asked for.
//!
//! CPU, memory, bandwidth and devices weigh 1 each, disk a quarter: disk is rarely what runs out first. A node without
//! any of a dimension counts as full in it.

use model::GroupAsk;

use crate::usage::Amounts;

/// What the fill of the disk weighs.
pub(super) const DISK_WEIGHT: f64 = 0.25;

/// The fill of one dimension; 1 when the node has none of it.
fn fill(has: u64, used: u64) -> f64 {
    if has == 0 { 1.0 } else { float(used) / float(has) }
}

#[expect(clippy::cast_precision_loss, reason = "MHz and MB are far below 2^53")]
const fn float(number: u64) -> f64 {
    number as f64
}

/// The weighted mean of the fill: 0 to 1. 0 when nothing is asked for. `devices` is how full the device groups are
/// that were picked from.
pub(crate) fn pack(has: Amounts, used: Amounts, ask: &GroupAsk, devices: Option<f64>) -> f64 {
    let (mut sum, mut weights) = (0.0, 0.0);
    if ask.cpu_mhz > 0 || ask.cores > 0 {
        sum += fill(has.cpu_mhz, used.cpu_mhz);
        weights += 1.0;
    }
    if ask.memory_mb > 0 {
        sum += fill(has.memory_mb, used.memory_mb);
        weights += 1.0;
    }
    if ask.disk_mb > 0 {
        sum += DISK_WEIGHT * fill(has.disk_mb, used.disk_mb);
        weights += DISK_WEIGHT;
    }
    if ask.mbits > 0 {
        sum += fill(has.mbits, used.mbits);
        weights += 1.0;
    }
    if let Some(devices) = devices {
        sum += devices;
        weights += 1.0;
    }
    if weights > 0.0 { sum / weights } else { 0.0 }
}

/// How much would be stranded: the largest free fraction of a dimension beside one that is full. 0 to 255.
pub(crate) fn stranded(has: Amounts, used: Amounts) -> u8 {
    let fills = [
        fill(has.cpu_mhz, used.cpu_mhz),
        fill(has.memory_mb, used.memory_mb),
        fill(has.disk_mb, used.disk_mb),
    ];
    let fullest = fills.iter().copied().fold(0.0, f64::max);
    if fullest < 1.0 {
        return 0;
    }
    let emptiest = fills.iter().copied().fold(1.0, f64::min);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 255")]
    let stranded = ((1.0 - emptiest).clamp(0.0, 1.0) * 255.0) as u8;
    stranded
}
