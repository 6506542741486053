//! Which allocations stop when there are more than wanted.

use std::collections::BTreeSet;
use std::sync::Arc;

use model::{Alloc, AllocId, ClientStatus, StopReason};

use super::canary::take;
use super::names::Names;
use super::outcome::{GroupOutcome, Stop};

/// The allocations of a group that could stop.
pub(super) struct Excess<'a> {
    pub(super) untainted: &'a mut Vec<Arc<Alloc>>,
    pub(super) migrate: &'a mut Vec<Arc<Alloc>>,
    pub(super) canaries: &'a BTreeSet<AllocId>,
    /// Canaries run and are not promoted: they are not counted.
    pub(super) canarying: bool,
    pub(super) count: usize,
}

impl Excess<'_> {
    /// Stops what is too much: doubles of promoted canaries, migrating ones, then the highest numbers.
    pub(super) fn stop(self, outcome: &mut GroupOutcome, names: &mut Names) {
        let counted = |alloc: &Alloc| {
            alloc.client != ClientStatus::Unknown && !(self.canarying && self.canaries.contains(&alloc.id))
        };
        let known = self.untainted.iter().filter(|alloc| counted(alloc)).count();
        let Some(mut left) = (known + self.migrate.len()).checked_sub(self.count).filter(|left| *left > 0)
        else {
            return;
        };
        let mut stop = |allocs: Vec<Arc<Alloc>>| {
            outcome.desired.stop += allocs.len() as u64;
            outcome.stops.extend(allocs.into_iter().map(|alloc| Stop::new(alloc, StopReason::NotNeeded)));
        };
        if !self.canarying && !self.canaries.is_empty() {
            let names_of = self
                .untainted
                .iter()
                .filter(|alloc| self.canaries.contains(&alloc.id))
                .map(|alloc| alloc.index);
            let doubled: BTreeSet<u32> = names_of.collect();
            let doubles =
                |alloc: &Alloc| doubled.contains(&alloc.index) && !self.canaries.contains(&alloc.id);
            let taken = take_some(self.untainted, left, doubles);
            left -= taken.len();
            stop(taken);
        }
        if left > 0 && !self.migrate.is_empty() {
            let mut migrating = Names::new(0, self.migrate.iter().map(|alloc| alloc.index));
            let highest = migrating.highest(left);
            let taken = take_some(self.migrate, left, |alloc| highest.contains(&alloc.index));
            left -= taken.len();
            taken.iter().for_each(|alloc| names.release(alloc.index));
            stop(taken);
        }
        let may_go = |alloc: &Alloc| !(self.canarying && self.canaries.contains(&alloc.id));
        let highest = names.highest(left);
        let taken = take_some(self.untainted, left, |alloc| may_go(alloc) && highest.contains(&alloc.index));
        left -= taken.len();
        stop(taken);
        stop(take_some(self.untainted, left, may_go));
    }
}

/// Takes at most so many of the allocations that match, those with the highest numbers first.
fn take_some(
    allocs: &mut Vec<Arc<Alloc>>,
    wanted: usize,
    matches: impl Fn(&Alloc) -> bool,
) -> Vec<Arc<Alloc>> {
    let mut found: Vec<(u32, AllocId)> =
        allocs.iter().filter(|alloc| matches(alloc)).map(|alloc| (alloc.index, alloc.id)).collect();
    found.sort_unstable_by(|left, right| right.cmp(left));
    let chosen: BTreeSet<AllocId> = found.into_iter().take(wanted).map(|entry| entry.1).collect();
    take(allocs, |alloc| chosen.contains(&alloc.id))
}
