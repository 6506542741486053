//! The best of many keys while single ones change: a change costs a step for every doubling of their number.

use super::Key;

/// Keys in a tree in which every knot names the better one of two places.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tournament {
    keys: Vec<Option<Key>>,
    /// The best place below each knot; knot 1 is the root, and the places follow the knots.
    winners: Vec<u32>,
}

fn better(left: Option<Key>, right: Option<Key>) -> bool {
    match (left, right) {
        (Some(left), Some(right)) => left.beats(&right),
        (Some(_), None) => true,
        (None, _) => false,
    }
}

impl Tournament {
    /// So many places without a key.
    pub(crate) fn new(places: usize) -> Self {
        let mut tournament = Self { keys: vec![None; places], winners: vec![0; 2 * places] };
        tournament.replay();
        tournament
    }

    /// The keys by place; call [`Self::replay`] after changing many at once.
    pub(crate) fn keys_mut(&mut self) -> &mut [Option<Key>] {
        &mut self.keys
    }

    pub(crate) fn keys(&self) -> &[Option<Key>] {
        &self.keys
    }

    /// Compares all keys anew.
    pub(crate) fn replay(&mut self) {
        let places = self.keys.len();
        for place in 0..places {
            self.winners[places + place] = u32::try_from(place).expect("places are fewer than nodes");
        }
        for knot in (1..places).rev() {
            self.play(knot);
        }
    }

    /// Changes the key of one place.
    pub(crate) fn set(&mut self, place: usize, key: Option<Key>) {
        self.keys[place] = key;
        let mut knot = (self.keys.len() + place) / 2;
        while knot > 0 {
            self.play(knot);
            knot /= 2;
        }
    }

    fn play(&mut self, knot: usize) {
        let (left, right) = (self.winners[2 * knot], self.winners[2 * knot + 1]);
        let right_wins = better(self.keys[right as usize], self.keys[left as usize]);
        self.winners[knot] = if right_wins { right } else { left };
    }

    /// The best key; none when no place has one.
    pub(crate) fn best(&self) -> Option<Key> {
        let root = if self.keys.len() > 1 { self.winners[1] } else { 0 };
        self.keys.get(root as usize).copied().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_key_is_at_the_top_after_every_change() {
        for places in 0..40_usize {
            let mut tournament = Tournament::new(places);
            assert_eq!(tournament.best(), None);
            for step in 0..200_u32 {
                let Some(place) = (step as usize * 7_919).checked_rem(places) else { break };
                let score = f64::from(step * 31 % 17);
                let key = (step % 5 != 0).then_some(Key { score, tie: u64::from(step % 3), row: step });
                tournament.set(place, key);
                let known = tournament.keys().iter().copied().flatten();
                assert_eq!(
                    tournament.best(),
                    known.reduce(|best, key| if key.beats(&best) { key } else { best })
                );
            }
        }
    }
}
