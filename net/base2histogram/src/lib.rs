//! A stand-in for the crate of this name, in whose histograms openraft counts batches and latencies.
//!
//! Purpose: the original computes the tables of 16 scales at its first use, 26 MB that nothing ever reads again: half
//! of what an idle agent has. This one has four buckets for every doubling and no tables.
//! Limits: exactly what openraft calls. Percentiles are right within an eighth of their value.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

use std::fmt;
use std::marker::PhantomData;

/// Buckets of one doubling.
const PARTS: u64 = 4;
/// Buckets for every value of 64 bits: four below 4, then four for each of 62 doublings.
const BUCKETS: usize = 252;

/// Counts of values, by size. `T` is what the original keeps beside the counts: nothing, here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Histogram<T = ()> {
    /// Empty until the first value.
    counts: Vec<u64>,
    beside: PhantomData<T>,
}

impl<T> Default for Histogram<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Histogram<T> {
    /// An empty histogram.
    #[must_use]
    pub const fn new() -> Self {
        Self { counts: Vec::new(), beside: PhantomData }
    }

    /// Counts a value.
    pub fn record(&mut self, value: u64) {
        self.record_n(value, 1);
    }

    /// Counts a value so many times.
    pub fn record_n(&mut self, value: u64, count: u64) {
        if self.counts.is_empty() {
            self.counts = vec![0; BUCKETS];
        }
        let bucket = &mut self.counts[bucket_of(value)];
        *bucket = bucket.saturating_add(count);
    }

    /// Returns the values that parts of all that was counted do not exceed.
    #[must_use]
    pub fn percentile_stats(&self) -> PercentileStats {
        let of = |permille| self.at(permille);
        PercentileStats {
            samples: self.samples(),
            p0_1: of(1),
            p1: of(10),
            p5: of(50),
            p10: of(100),
            p50: of(500),
            p90: of(900),
            p99: of(990),
            p99_9: of(999),
        }
    }

    fn samples(&self) -> u64 {
        self.counts.iter().fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// The value below which so many of a thousand lie; 0 without values.
    fn at(&self, permille: u64) -> u64 {
        let wanted = (u128::from(self.samples()) * u128::from(permille)).div_ceil(1_000);
        let mut seen = 0;
        for (index, count) in self.counts.iter().enumerate() {
            seen += u128::from(*count);
            if *count > 0 && seen >= wanted {
                return middle_of(index);
            }
        }
        0
    }
}

/// The bucket of a value.
fn bucket_of(value: u64) -> usize {
    if value < PARTS {
        return usize::try_from(value).unwrap_or(0);
    }
    let doubling = value.ilog2();
    let part = (value >> (doubling - 2)) & (PARTS - 1);
    // At most 61 * 4 + 4 + 3, which is below BUCKETS.
    usize::try_from(u64::from(doubling - 2) * PARTS + PARTS + part).unwrap_or(0).min(BUCKETS - 1)
}

/// The value in the middle of a bucket.
fn middle_of(index: usize) -> u64 {
    let index = index as u64;
    if index < PARTS {
        return index;
    }
    let (doubling, part) = ((index - PARTS) / PARTS, (index - PARTS) % PARTS);
    let width = 1_u64 << doubling;
    (PARTS + part) * width + (width - 1) / 2
}

/// Percentiles of a histogram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PercentileStats {
    /// Values that were counted.
    pub samples: u64,
    /// One of a thousand is no larger.
    pub p0_1: u64,
    /// One of a hundred.
    pub p1: u64,
    /// 5 of a hundred.
    pub p5: u64,
    /// 10 of a hundred.
    pub p10: u64,
    /// Half.
    pub p50: u64,
    /// 90 of a hundred.
    pub p90: u64,
    /// 99 of a hundred.
    pub p99: u64,
    /// 999 of a thousand.
    pub p99_9: u64,
}

impl fmt::Display for PercentileStats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { samples, p1, p10, p50, p90, p99, p99_9, .. } = self;
        write!(f, "{samples} samples: 1% {p1}, 10% {p10}, 50% {p50}, 90% {p90}, 99% {p99}, 99.9% {p99_9}")
    }
}

/// Histograms one below the other, as a line of percentiles each.
#[derive(Clone, Debug, Default)]
pub struct AsciiChart {
    rows: Vec<(String, PercentileStats)>,
}

impl AsciiChart {
    /// No histogram.
    #[must_use]
    pub const fn new() -> Self {
        Self { rows: Vec::new() }
    }

    /// Adds one. Chains.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "openraft hands a histogram over")]
    pub fn add(mut self, name: &str, histogram: Histogram) -> Self {
        self.rows.push((name.to_owned(), histogram.percentile_stats()));
        self
    }

    /// The form with all there is to say: the only one.
    #[must_use]
    pub const fn detailed(&self) -> &Self {
        self
    }
}

impl fmt::Display for AsciiChart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.rows.iter().try_for_each(|(name, stats)| writeln!(f, "{name}: {stats}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_right_within_an_eighth() {
        let mut histogram = Histogram::<()>::new();
        assert_eq!(histogram.percentile_stats().p50, 0);
        for value in 1..=100_000 {
            histogram.record(value);
        }
        let stats = histogram.percentile_stats();
        assert_eq!(stats.samples, 100_000);
        for (found, right) in [
            (stats.p0_1, 100),
            (stats.p1, 1_000),
            (stats.p50, 50_000),
            (stats.p99, 99_000),
            (stats.p99_9, 99_900),
        ] {
            assert!(found.abs_diff(right) <= right / 8, "{found} instead of {right}");
        }
    }

    #[test]
    fn every_value_has_a_bucket_that_holds_it() {
        let mut last = 0;
        for value in (0..64).flat_map(|bit| [(1_u64 << bit) - 1, 1 << bit, (1 << bit) + 1]).chain([u64::MAX])
        {
            let bucket = bucket_of(value);
            assert!(bucket < BUCKETS, "{value}");
            assert!(
                middle_of(bucket).abs_diff(value) <= value / 8,
                "{value} in a bucket around {}",
                middle_of(bucket)
            );
            last = last.max(bucket);
        }
        assert_eq!(last, BUCKETS - 1);
    }
}
