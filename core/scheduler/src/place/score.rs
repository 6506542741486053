//! One row: whether it may take an allocation of the group, what would be in use then, and how it scores.

use model::{AllocId, ScorePart, splitmix};

use super::group_pass::{Exclusive, GroupPass};
use super::ranking::{At, Standing};
use super::tally::Verdict;
use crate::assign::{Picked, pick};
use crate::cluster::{Cluster, Numbers};
use crate::fits::{Misfit, amounts_fit};
use crate::rank::{Algorithm, Terms, anti_affinity, stranded};
use crate::usage::Amounts;

/// A row as it would be after a placement.
#[derive(Debug, Clone)]
pub(crate) struct After {
    pub(crate) used: Amounts,
    pub(crate) picked: Picked,
}

/// What was picked on a row, as far as its score depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Picks {
    cpu_mhz: u64,
    devices: DeviceTerms,
}

/// What scores say of the devices that were picked: how well they are liked, and how full their groups are.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct DeviceTerms {
    affinity: Option<f64>,
    fill: Option<f64>,
}

impl DeviceTerms {
    fn of(picked: &Picked) -> Self {
        Self { affinity: picked.affinity.score(), fill: picked.affinity.fill() }
    }
}

/// The score that was computed last: rows that are alike often follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Last(Option<(Plain, Scored)>);

/// What the score of a row without allocations of its job depends on: the plain numbers and the affinity's term.
type Plain = (Numbers, Option<f64>);

/// What the score of a row depends on.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Alike {
    has: Amounts,
    used: Amounts,
    there: u32,
    affinity: Option<f64>,
    devices: DeviceTerms,
}

/// A score without its tie-break.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Scored {
    sum: f64,
    terms: u8,
    stranded: u8,
}

impl GroupPass {
    /// Whether a row may be used, and what it is ranked by then.
    pub(super) fn look(&mut self, cluster: &mut Cluster<'_>, row: usize) -> (Verdict, Option<Standing>) {
        if let filtered @ Verdict::Filtered(_) = self.sifted.verdicts[row] {
            return (filtered, None);
        }
        if let Some(reason) = self.counted.reason(row) {
            return (Verdict::Filtered(self.tally.reason(&reason)), None);
        }
        match self.after(cluster, row, AllocId::NONE) {
            Ok(after) => {
                if let Some(picks) = self.picks.get_mut(row) {
                    let cpu_mhz = self.ask.cpu_with_cores(after.picked.assigned.exclusive.as_deref());
                    *picks = Picks { cpu_mhz, devices: DeviceTerms::of(&after.picked) };
                }
                (Verdict::Open, Some(self.standing(cluster, cluster.at(row), &mut Last::default())))
            }
            Err(reason) => (Verdict::Exhausted(self.tally.reason(&reason)), None),
        }
    }

    /// What an open row is ranked by.
    #[inline(always)]
    pub(super) fn standing(&self, cluster: &Cluster<'_>, at: At, last: &mut Last) -> Standing {
        let affinity = self.sifted.affinity.as_ref().map(|scores| scores[at.row]);
        let alone = self.picks.is_empty() && self.counted.is_alone(at.row);
        let plain = if alone { cluster.plain(at.slot).map(|numbers| (numbers, affinity)) } else { None };
        let scored = match (last.0, plain) {
            (Some((known, scored)), Some(plain)) if known == plain => scored,
            _ => self.score_afresh(cluster, at.row, affinity, plain, last),
        };
        Standing { sum: scored.sum, terms: scored.terms, tie: self.tie_of(cluster, at.slot, scored.stranded) }
    }

    /// Most rows are like the one before them; this is for those that are not.
    #[cold]
    fn score_afresh(
        &self,
        cluster: &Cluster<'_>,
        row: usize,
        affinity: Option<f64>,
        plain: Option<Plain>,
        last: &mut Last,
    ) -> Scored {
        let scored = self.score_row(cluster, row, affinity);
        last.0 = plain.map(|plain| (plain, scored)).or(last.0);
        scored
    }

    fn score_row(&self, cluster: &Cluster<'_>, row: usize, affinity: Option<f64>) -> Scored {
        let picks = self.picks.get(row);
        let cpu_mhz = picks.map_or(self.ask.cpu_mhz, |picks| picks.cpu_mhz);
        let alike = Alike {
            has: cluster.has(row),
            used: cluster.used(row).plus(self.amounts(cpu_mhz)),
            there: self.counted.of_group[row],
            affinity,
            devices: picks.map(|picks| picks.devices).unwrap_or_default(),
        };
        self.score_alike(alike)
    }

    fn score_alike(&self, alike: Alike) -> Scored {
        let (mut sum, mut terms) = (0.0, 0);
        self.each_term(alike, false, |_, value, counts| {
            if counts {
                sum += value;
                terms += 1;
            }
        });
        Scored { sum, terms, stranded: self.stranded(alike.has, alike.used) }
    }

    fn stranded(&self, has: Amounts, used: Amounts) -> u8 {
        if self.algorithm == Algorithm::Pack { stranded(has, used) } else { 0 }
    }

    /// What breaks ties between equal scores: stranded room with `pack`, then a hash of node and evaluation.
    pub(crate) fn tie(&self, cluster: &Cluster<'_>, row: usize, used: Amounts) -> u64 {
        self.tie_of(cluster, cluster.at(row).slot, self.stranded(cluster.has(row), used))
    }

    fn tie_of(&self, cluster: &Cluster<'_>, slot: usize, stranded: u8) -> u64 {
        #[expect(clippy::cast_possible_truncation, reason = "both halves of the id are mixed in")]
        let hash = splitmix(cluster.mixed(slot) ^ self.eval.0 as u64 ^ (self.eval.0 >> 64) as u64);
        match self.algorithm {
            Algorithm::Pack => (u64::from(255 - stranded) << 56) | (hash >> 8),
            Algorithm::Binpack | Algorithm::Spread => hash,
        }
    }

    /// What the group asks for where no cores are picked.
    pub(super) fn plain_amounts(&self) -> Amounts {
        self.amounts(self.ask.cpu_mhz)
    }

    fn amounts(&self, cpu_mhz: u64) -> Amounts {
        Amounts::asked(&self.ask, cpu_mhz)
    }

    /// The row after a placement, where nothing has to be picked.
    fn after_plain(&self, cluster: &Cluster<'_>, row: usize) -> Result<After, String> {
        if let Some(misfit) = cluster.broken(row) {
            return Err(misfit.to_string());
        }
        let used = cluster.used(row).plus(self.plain_amounts());
        let max = cluster.frame().max_allocs[row];
        if max > 0 && cluster.allocs(row) >= max {
            return Err(Misfit::MaxAllocs.to_string());
        }
        amounts_fit(cluster.has(row), used).map_err(|misfit| misfit.to_string())?;
        Ok(After { used, picked: Picked::default() })
    }

    /// The row after a placement of the allocation of that id.
    ///
    /// # Errors
    /// The dimension that is short.
    pub(crate) fn after(&self, cluster: &mut Cluster<'_>, row: usize, id: AllocId) -> Result<After, String> {
        if self.exclusive == Exclusive::Nothing {
            return self.after_plain(cluster, row);
        }
        let (node, used) = cluster.node_and_use(row);
        let picked = pick(node, used, self.task_group(), id)?;
        let (max, exclusive) = (node.resources.max_allocs, picked.assigned.exclusive.as_deref());
        if max > 0 && used.allocs >= max {
            return Err(Misfit::MaxAllocs.to_string());
        }
        let kept = |core: &u16| node.reserved.cores.contains(core);
        if exclusive.is_some_and(|exclusive| exclusive.tasks.iter().any(|task| task.cores.iter().any(kept))) {
            return Err(Misfit::Cores.to_string());
        }
        if let Some(misfit) = cluster.broken(row) {
            return Err(misfit.to_string());
        }
        let used = cluster.used(row).plus(self.amounts(self.ask.cpu_with_cores(exclusive)));
        amounts_fit(cluster.has(row), used).map_err(|misfit| misfit.to_string())?;
        Ok(After { used, picked })
    }

    /// The row after a placement, as far as its score depends on it.
    ///
    /// # Errors
    /// The dimension that is short.
    pub(super) fn after_scored(
        &self,
        cluster: &mut Cluster<'_>,
        row: usize,
        id: AllocId,
    ) -> Result<After, String> {
        match self.exclusive {
            Exclusive::Nothing | Exclusive::Ports => self.after_plain(cluster, row),
            Exclusive::Scored => self.after(cluster, row, id),
        }
    }

    /// The terms of a row without spreads.
    pub(crate) fn terms(&self, cluster: &Cluster<'_>, row: usize, after: &After, penalty: bool) -> Terms {
        let alike = Alike {
            has: cluster.has(row),
            used: after.used,
            there: self.counted.of_group[row],
            affinity: self.sifted.affinity.as_ref().map(|scores| scores[row]),
            devices: DeviceTerms::of(&after.picked),
        };
        let mut terms = Terms::default();
        self.each_term(alike, penalty, |part, value, counts| {
            if counts { terms.push(part, value) } else { terms.show(part, value) }
        });
        terms
    }

    /// Tells every term in the documented order, and whether it counts or is only shown.
    fn each_term(&self, alike: Alike, penalty: bool, mut tell: impl FnMut(ScorePart, f64, bool)) {
        let fit = self.algorithm.score(alike.has, alike.used, &self.ask, alike.devices.fill);
        tell(self.algorithm.part(), fit, true);
        if let Some(score) = alike.devices.affinity {
            tell(ScorePart::Devices, score, true);
        }
        let count = u32::try_from(self.task_group().count).unwrap_or(0);
        let apart = anti_affinity(alike.there, count).filter(|_| self.anti_affinity);
        tell(ScorePart::JobAntiAffinity, apart.unwrap_or(0.0), apart.is_some());
        tell(ScorePart::ReschedulePenalty, if penalty { crate::rank::PENALTY } else { 0.0 }, penalty);
        tell(ScorePart::NodeAffinity, alike.affinity.unwrap_or(0.0), alike.affinity.is_some());
    }
}
