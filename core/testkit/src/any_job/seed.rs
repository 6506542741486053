//! Numbers from a seed: splitmix64.
//!
//! Limits: good enough to choose test cases, and for nothing else.

/// A stream of numbers that follows from where it starts.
#[derive(Debug, Clone)]
pub struct Seed(u64);

impl Seed {
    /// The stream that belongs to a number.
    #[must_use]
    pub const fn new(start: u64) -> Self {
        Self(start)
    }

    /// The next number below `bound`; 0 when nothing is.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let bound = u64::try_from(bound).unwrap_or(u64::MAX).max(1);
        usize::try_from((mixed ^ (mixed >> 31)) % bound).unwrap_or(0)
    }

    /// True once in `times`.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of the items.
    ///
    /// # Panics
    /// If there are none.
    pub fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }
}
