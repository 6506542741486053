//! Scores of all places in single precision, good enough to leave out most of them.
//!
//! Each is within [`Bounds::MARGIN`] of the exact score. Places that may not be used are at minus infinity.

/// Places whose largest bound is kept.
const BLOCK: usize = 16;

/// Bounds by place.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bounds {
    of_place: Vec<f32>,
    of_block: Vec<f32>,
}

fn largest(block: &[f32]) -> f32 {
    block.iter().copied().fold(f32::NEG_INFINITY, f32::max)
}

impl Bounds {
    /// How far a bound may be from the exact score: half of the 2⁻¹⁶ within which scores are computed exactly.
    pub(crate) const MARGIN: f32 = 1.0 / 131_072.0;

    pub(crate) fn new(of_place: Vec<f32>) -> Self {
        let of_block = of_place.chunks(BLOCK).map(largest).collect();
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

    /// A bound that at least `count` open places reach; minus infinity when that cannot be told from the blocks.
    pub(crate) fn reached_by(&self, count: usize) -> f32 {
        if count == 0 || self.of_block.len() < count {
            return f32::NEG_INFINITY;
        }
        let mut blocks = self.of_block.clone();
        *blocks.select_nth_unstable_by(count - 1, |left, right| right.total_cmp(left)).1
    }

    /// The open places with at least this bound, in their order.
    pub(crate) fn from(&self, least: f32) -> impl Iterator<Item = usize> {
        let least = least.max(f32::MIN);
        let blocks = self.of_block.iter().zip(self.of_place.chunks(BLOCK)).enumerate();
        blocks.filter(move |(_, (largest, _))| **largest >= least).flat_map(move |(block, (_, places))| {
            let mut near =
                places.iter().rev().fold(0_u32, |near, bound| near << 1 | u32::from(*bound >= least));
            std::iter::from_fn(move || {
                let next = near.trailing_zeros() as usize;
                near &= near.wrapping_sub(1);
                (next < BLOCK).then_some(block * BLOCK + next)
            })
        })
    }
}
