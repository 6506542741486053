//! The first look at all nodes: scores in single precision, straight from the columns, sixteen at a time.
//!
//! The compiler makes the loops into vector code for AVX-512, AVX2 and the baseline; which one runs is found out
//! once per process. The results only leave nodes out: they are within [`Bounds::MARGIN`](super::Bounds::MARGIN)
//! of the exact score for quantities below 2³¹, whichever code computed them.

use model::GroupAsk;
use multiversion::multiversion;
use state::columns::{CHUNK, NodeChunk};

use super::Algorithm;
use super::pack::DISK_WEIGHT;

/// What a scan asks of every node.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scan {
    algorithm: Algorithm,
    ask: [i32; 4],
    /// Weights of the dimensions for `pack`; together 1, or all 0.
    weights: [f32; 4],
    /// What scores are multiplied by: 1 divided by the number of terms of a mean.
    scale: f32,
}

impl Scan {
    /// None when an ask is beyond what the columns can hold.
    pub(crate) fn new(algorithm: Algorithm, ask: &GroupAsk, scale: f32) -> Option<Self> {
        let asked = [ask.cpu_mhz, ask.memory_mb, ask.disk_mb, ask.mbits];
        let mut weights = [1.0, 1.0, DISK_WEIGHT, 1.0];
        for (weight, asked) in weights.iter_mut().zip(asked) {
            *weight = if asked > 0 { *weight } else { 0.0 };
        }
        let sum: f64 = weights.iter().sum();
        #[expect(clippy::cast_possible_truncation, reason = "rounding is far below the margin")]
        let share = |weight: f64| if sum > 0.0 { (weight / sum) as f32 } else { 0.0 };
        let narrow = |quantity: u64| i32::try_from(quantity).ok().filter(|quantity| *quantity < i32::MAX);
        let ask = [narrow(asked[0])?, narrow(asked[1])?, narrow(asked[2])?, narrow(asked[3])?];
        Some(Self { algorithm, ask, weights: weights.map(share), scale })
    }

    /// Scores the rows of a chunk; minus infinity where a row is shut or without room. `open` is 1 where a row may be
    /// used if there is room; `affinity` is added to the score. Returns how many open rows are without room.
    pub(crate) fn chunk(
        &self,
        chunk: &NodeChunk,
        open: &[u8; CHUNK],
        affinity: &[f32; CHUNK],
        bounds: &mut [f32; CHUNK],
    ) -> u32 {
        match self.algorithm {
            Algorithm::Pack => pack(chunk, self.ask, self.weights, bounds),
            Algorithm::Binpack => powers(chunk, self.ask, [20.0 / 18.0, -1.0 / 18.0], bounds),
            Algorithm::Spread => powers(chunk, self.ask, [-2.0 / 18.0, 1.0 / 18.0], bounds),
        }
        settle(chunk, open, affinity, self.ask, self.scale, bounds)
    }
}

/// The vector instructions that scans use on this machine.
#[must_use]
pub fn vector_level() -> &'static str {
    #[cfg(target_arch = "x86_64")]
    {
        let features = [
            is_x86_feature_detected!("avx512f"),
            is_x86_feature_detected!("avx512bw"),
            is_x86_feature_detected!("avx512dq"),
            is_x86_feature_detected!("avx512vl"),
        ];
        if features == [true; 4] {
            return "AVX-512";
        }
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            return "AVX2";
        }
    }
    "baseline"
}

/// The fill of one dimension after placement.
#[inline(always)]
#[expect(clippy::cast_precision_loss, reason = "rounding is far below the margin")]
fn fill(has: i32, used: i32, ask: i32) -> f32 {
    (used.max(0) as f32 + ask as f32) / has.max(1) as f32
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2+fma"))]
fn pack(chunk: &NodeChunk, ask: [i32; 4], weights: [f32; 4], bounds: &mut [f32; CHUNK]) {
    let (has, used) = (&chunk.capacity, &chunk.used);
    if weights[3] > 0.0 {
        for (at, bound) in bounds.iter_mut().enumerate() {
            *bound = weights[3] * fill(has.mbits[at], used.mbits[at], ask[3]);
        }
    } else {
        bounds.fill(0.0);
    }
    for (at, bound) in bounds.iter_mut().enumerate() {
        *bound += weights[0] * fill(has.cpu_mhz[at], used.cpu_mhz[at], ask[0])
            + weights[1] * fill(has.memory_mb[at], used.memory_mb[at], ask[1])
            + weights[2] * fill(has.disk_mb[at], used.disk_mb[at], ask[2]);
    }
}

/// 10 to the power of a number between 0 and 1.
#[inline(always)]
fn power_of_ten(exponent: f32) -> f32 {
    /// Adding it rounds to a whole number, which is then in the lowest bits.
    const ROUND: f32 = 12_582_912.0;
    let exponent = exponent.clamp(0.0, 1.0) * std::f32::consts::LOG2_10;
    let rounded = exponent + ROUND;
    let rest = (exponent - (rounded - ROUND)) * std::f32::consts::LN_2;
    let series = 1.0 / 720.0;
    let series = series * rest + 1.0 / 120.0;
    let series = series * rest + 1.0 / 24.0;
    let series = series * rest + 1.0 / 6.0;
    let series = series * rest + 0.5;
    let series = series * rest + 1.0;
    let series = series * rest + 1.0;
    series * f32::from_bits((rounded.to_bits() << 23).wrapping_add(0x3f80_0000))
}

/// A line through the sum of the powers of the free fractions, held between 0 and 1. Nothing of nothing is 0.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2+fma"))]
fn powers(chunk: &NodeChunk, ask: [i32; 4], line: [f32; 2], bounds: &mut [f32; CHUNK]) {
    let (has, used) = (&chunk.capacity, &chunk.used);
    for (at, bound) in bounds.iter_mut().enumerate() {
        let cpu = power_of_ten(1.0 - fill(has.cpu_mhz[at], used.cpu_mhz[at], ask[0]));
        let memory = power_of_ten(1.0 - fill(has.memory_mb[at], used.memory_mb[at], ask[1]));
        let score = (line[0] + line[1] * (cpu + memory)).clamp(0.0, 1.0);
        let some = (has.cpu_mhz[at] > 0) & (has.memory_mb[at] > 0);
        *bound = if some { score } else { 0.0 };
    }
}

/// Adds affinities, and shuts rows that are not open or without room; returns how many of the open ones are.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2+fma"))]
fn settle(
    chunk: &NodeChunk,
    open: &[u8; CHUNK],
    affinity: &[f32; CHUNK],
    ask: [i32; 4],
    scale: f32,
    bounds: &mut [f32; CHUNK],
) -> u32 {
    let (has, used) = (&chunk.capacity, &chunk.used);
    let mut full = 0;
    for (at, bound) in bounds.iter_mut().enumerate() {
        let free = |has: i32, used: i32| has.wrapping_sub(used.max(0));
        let fits = (free(has.cpu_mhz[at], used.cpu_mhz[at]) >= ask[0])
            & (free(has.memory_mb[at], used.memory_mb[at]) >= ask[1])
            & (free(has.disk_mb[at], used.disk_mb[at]) >= ask[2])
            & (free(has.mbits[at], used.mbits[at]) >= ask[3])
            & ((chunk.max_allocs[at] == 0) | (chunk.allocs[at] < chunk.max_allocs[at]));
        let open = open[at] != 0;
        full += u32::from(open & !fits);
        let score = (*bound + affinity[at]) * scale;
        *bound = if open & fits { score } else { f32::NEG_INFINITY };
    }
    full
}
