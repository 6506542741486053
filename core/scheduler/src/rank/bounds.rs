//! Scores of all places in single precision, good enough to leave out most of them.
//!
//! Each is within [`Bounds::MARGIN`] of the exact score. Places that may not be used are at minus infinity.

use multiversion::multiversion;

/// Places whose largest bound is kept.
const BLOCK: usize = 16;

/// Bounds by place.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bounds {
    of_place: Vec<f32>,
    of_block: Vec<f32>,
}

/// A whole number that is in the same order as the bound it was made of, and turns into it again.
#[inline(always)]
const fn in_order(bits: i32) -> i32 {
    bits ^ ((bits >> 31).cast_unsigned() >> 1).cast_signed()
}

/// The largest bound of a block. Whole numbers may be compared in any order, so that many are at once.
#[inline(always)]
fn largest(block: &[f32]) -> f32 {
    let key = |bound: &f32| in_order(bound.to_bits().cast_signed());
    let largest = block.iter().map(key).fold(key(&f32::NEG_INFINITY), i32::max);
    f32::from_bits(in_order(largest).cast_unsigned())
}

/// The largest bound of every block.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2+fma"))]
fn largest_of_blocks(of_place: &[f32]) -> Vec<f32> {
    let (blocks, rest) = of_place.as_chunks::<BLOCK>();
    let mut of_block: Vec<f32> = blocks.iter().map(|block| largest(block)).collect();
    if !rest.is_empty() {
        of_block.push(largest(rest));
    }
    of_block
}

/// A bit for every place of a block that has at least this bound, by block.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2+fma"))]
fn reaching(of_place: &[f32], least: f32) -> Vec<u16> {
    let (blocks, rest) = of_place.as_chunks::<BLOCK>();
    let mut reaching = Vec::with_capacity(blocks.len() + 1);
    for block in blocks {
        let mut flags = [0_u8; BLOCK];
        for (flag, bound) in flags.iter_mut().zip(block) {
            *flag = u8::from(*bound >= least);
        }
        reaching.push(gathered(flags));
    }
    if !rest.is_empty() {
        let bits = rest.iter().rev().fold(0_u16, |bits, bound| bits << 1 | u16::from(*bound >= least));
        reaching.push(bits);
    }
    reaching
}

/// The lowest bits of sixteen bytes.
#[inline(always)]
fn gathered(flags: [u8; BLOCK]) -> u16 {
    /// Moves the lowest bit of byte `n` to bit `56 + n`.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let both = u128::from_le_bytes(flags);
    #[expect(clippy::cast_possible_truncation, reason = "the halves are taken apart")]
    let (low, high) = (both as u64, (both >> 64) as u64);
    let (low, high) = ((low.wrapping_mul(GATHER) >> 56) as u16, (high.wrapping_mul(GATHER) >> 56) as u16);
    low | high << 8
}

impl Bounds {
    /// How far a bound may be from the exact score: half of the 2⁻¹⁶ within which scores are computed exactly.
    pub(crate) const MARGIN: f32 = 1.0 / 131_072.0;

    pub(crate) fn new(of_place: Vec<f32>) -> Self {
        let of_block = largest_of_blocks(&of_place);
        Self { of_place, of_block }
    }

    /// Changes the score of a place; none closes it.
    pub(crate) fn set(&mut self, place: usize, score: Option<f64>) {
        #[expect(clippy::cast_possible_truncation, reason = "rounding is far below the margin")]
        let bound = score.map_or(f32::NEG_INFINITY, |score| score as f32);
        self.of_place[place] = bound;
        let block = place / BLOCK;
        let places = block * BLOCK..self.of_place.len().min((block + 1) * BLOCK);
        self.of_block[block] = largest(&self.of_place[places]);
    }

    /// A bound that at least `count` open places reach; minus infinity when so many are not open. The blocks tell one
    /// that is good enough, unless they are too few.
    pub(crate) fn reached_by(&self, count: usize) -> f32 {
        let bounds = if self.of_block.len() < count { &self.of_place } else { &self.of_block };
        if count == 0 || bounds.len() < count {
            return f32::NEG_INFINITY;
        }
        let mut bounds = bounds.clone();
        *bounds.select_nth_unstable_by(count - 1, |left, right| right.total_cmp(left)).1
    }

    /// The open places with at least this bound, in their order.
    pub(crate) fn from(&self, least: f32) -> impl Iterator<Item = usize> {
        let reaching = reaching(&self.of_place, least.max(f32::MIN));
        reaching.into_iter().enumerate().flat_map(|(block, mut near)| {
            std::iter::from_fn(move || {
                let next = near.trailing_zeros() as usize;
                near &= near.wrapping_sub(1);
                (next < BLOCK).then_some(block * BLOCK + next)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_places_from_a_bound_on_are_those_that_reach_it() {
        for places in [0_u16, 1, 15, 16, 17, 100] {
            let bounds: Vec<f32> = (0..places)
                .map(
                    |place| if place % 7 == 0 { f32::NEG_INFINITY } else { f32::from(place * 31 % 17) - 8.0 },
                )
                .collect();
            let plain = |least: f32| {
                bounds
                    .iter()
                    .enumerate()
                    .filter(|entry| *entry.1 >= least)
                    .map(|entry| entry.0)
                    .collect::<Vec<_>>()
            };
            let known = Bounds::new(bounds.clone());
            for least in [-9.0, -8.0, -0.5, 0.0, 3.0, 9.0] {
                assert_eq!(known.from(least).collect::<Vec<_>>(), plain(least), "{least} of {places}");
            }
            let largest =
                bounds.chunks(BLOCK).map(|block| block.iter().copied().fold(f32::NEG_INFINITY, f32::max));
            assert_eq!(known.of_block, largest.collect::<Vec<_>>());
        }
    }
}
