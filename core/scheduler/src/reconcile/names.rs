//! The numbers in the names of a group's allocations: which are taken, which come next.

use std::collections::BTreeSet;

/// Numbers that are taken.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    taken: BTreeSet<u32>,
    count: u32,
}

impl Names {
    pub(super) fn new(count: u32, taken: impl Iterator<Item = u32>) -> Self {
        Self { taken: taken.collect(), count }
    }

    /// Gives a number back.
    pub(super) fn release(&mut self, index: u32) {
        self.taken.remove(&index);
    }

    /// The highest numbers that are taken, which are given back.
    pub(super) fn highest(&mut self, wanted: usize) -> BTreeSet<u32> {
        let highest: BTreeSet<u32> = self.taken.iter().rev().take(wanted).copied().collect();
        for index in &highest {
            self.taken.remove(index);
        }
        highest
    }

    /// The lowest free numbers below the count, then numbers from 0 on although they are taken.
    pub(super) fn next(&mut self, wanted: usize) -> Vec<u32> {
        let free = (0..self.count).filter(|index| !self.taken.contains(index));
        let mut next: Vec<u32> = free.take(wanted).collect();
        let doubled = (0..).take(wanted - next.len());
        self.taken.extend(&next);
        next.extend(doubled);
        next
    }

    /// Numbers for canaries: first those of allocations that will be replaced, then free ones, then beyond.
    pub(super) fn canaries(
        &mut self,
        wanted: usize,
        existing: &BTreeSet<u32>,
        replaced: &BTreeSet<u32>,
    ) -> Vec<u32> {
        let below = replaced.iter().copied().filter(|index| *index < self.count && !existing.contains(index));
        let mut chosen: Vec<u32> = below.take(wanted).collect();
        let free = (0..self.count).filter(|index| !self.taken.contains(index) && !existing.contains(index));
        let free: Vec<u32> =
            free.filter(|index| !chosen.contains(index)).take(wanted - chosen.len()).collect();
        chosen.extend(free);
        let beyond: Vec<u32> =
            (self.count..).filter(|index| !existing.contains(index)).take(wanted - chosen.len()).collect();
        chosen.extend(beyond);
        self.taken.extend(&chosen);
        chosen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_filled_before_numbers_are_doubled() {
        let mut names = Names::new(4, [0, 2, 9].into_iter());
        assert_eq!(names.next(3), [1, 3, 0]);
        assert_eq!(names.highest(2), BTreeSet::from([3, 9]));
    }

    #[test]
    fn canaries_take_the_numbers_of_what_they_replace() {
        let mut names = Names::new(3, [0, 1].into_iter());
        assert_eq!(names.canaries(4, &BTreeSet::from([0]), &BTreeSet::from([0, 1])), [1, 2, 3, 4]);
    }
}
