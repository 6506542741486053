//! Scores of all places in single precision, good enough to leave out most of them.
//!
//! Each is within [`Bounds::MARGIN`] of the exact score. Places that may not be used are at minus infinity.

use multiversion::multiversion;

/// Places whose largest bound is kept.
const BLOCK: usize = 16;
/// Places that are gone through at once.
const WORD: usize = 8;

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
    let mut largest = in_order(f32::NEG_INFINITY.to_bits().cast_signed());
    for bound in block {
        largest = largest.max(in_order(bound.to_bits().cast_signed()));
    }
    f32::from_bits(in_order(largest).cast_unsigned())
}

// Plain loops: iterators that take closures are not compiled for the vector instructions.

/// The largest bound of every block.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2+fma"))]
fn largest_of_blocks(of_place: &[f32]) -> Vec<f32> {
    let (blocks, rest) = of_place.as_chunks::<BLOCK>();
    let mut of_block = vec![f32::NEG_INFINITY; of_place.len().div_ceil(BLOCK)];
    for (of_block, block) in of_block.iter_mut().zip(blocks) {
        *of_block = largest(block);
    }
    if let Some(last) = of_block.last_mut().filter(|_| !rest.is_empty()) {
        *last = largest(rest);
    }
    of_block
}

/// 1 for every place that has at least this bound, else 0; then zeros up to a whole word.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2+fma"))]
fn reaching(of_place: &[f32], least: f32) -> Vec<u8> {
    let mut reaching = vec![0; of_place.len().next_multiple_of(WORD)];
    for (reaching, bound) in reaching.iter_mut().zip(of_place) {
        *reaching = u8::from(*bound >= least);
    }
    reaching
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
        let words = reaching.len() / WORD;
        let word = move |number: usize| {
            let bytes = reaching[number * WORD..(number + 1) * WORD].try_into();
            u64::from_le_bytes(bytes.expect("words are whole"))
        };
        (0..words).flat_map(move |number| {
            let mut near = word(number);
            std::iter::from_fn(move || {
                let next = near.trailing_zeros() as usize / 8;
                near &= near.wrapping_sub(1);
                (next < WORD).then_some(number * WORD + next)
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
