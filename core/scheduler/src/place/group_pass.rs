//! One group of one job version over all candidate nodes: filtered once, scored once, then followed row by row.

use std::collections::BTreeSet;
use std::sync::Arc;

use model::{EvalId, GroupAsk, Job, TaskGroup};

use super::Sifted;
use super::change::Change;
use super::counted::Counted;
use super::ranking::{At, Ranking, Standing};
use super::score::Picks;
use super::tally::{Tally, Verdict};
use crate::cluster::{Cluster, asks_exclusive};
use crate::feasible::Feasibility;
use crate::rank::Algorithm;

/// One group over all candidate nodes.
#[derive(Debug, Clone)]
pub(crate) struct GroupPass {
    pub(super) job: Arc<Job>,
    /// Place of the group in its job.
    pub(super) group: usize,
    pub(super) ask: GroupAsk,
    pub(super) exclusive: Exclusive,
    pub(super) algorithm: Algorithm,
    /// Whether allocations of the group keep apart.
    pub(super) anti_affinity: bool,
    pub(super) eval: EvalId,
    pub(super) sifted: Arc<Sifted>,
    ruled_out: Option<BTreeSet<u64>>,
    /// Number of the allocation that the filters were asked about.
    index: u32,
    pub(super) counted: Counted,
    pub(super) verdicts: Vec<Verdict>,
    /// What was picked on each row, as far as scores depend on it.
    pub(super) picks: Vec<Picks>,
    pub(super) tally: Tally,
    pub(super) ranking: Option<Ranking>,
    /// How much of the log has been followed.
    followed: usize,
    /// About how many allocations are to be placed.
    pub(super) expected: usize,
}

/// What has to be picked beside plain numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exclusive {
    Nothing,
    /// Ports: scores do not depend on which.
    Ports,
    /// Cores or devices: scores depend on which.
    Scored,
}

impl Exclusive {
    fn of(group: &TaskGroup) -> Self {
        let asked = group.tasks.iter().filter_map(|task| task.resources.as_ref());
        if !asks_exclusive(group) {
            Self::Nothing
        } else if asked.into_iter().any(|asked| asked.cores > 0 || !asked.devices.is_empty()) {
            Self::Scored
        } else {
            Self::Ports
        }
    }
}

/// What a pass needs to know beside its nodes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PassRules<'r> {
    pub(crate) algorithm: Algorithm,
    pub(crate) eval: EvalId,
    /// Spread weights of the groups placed before.
    pub(crate) earlier_weight: f64,
    /// Classes that were ruled out when allocations were to be updated where they run.
    pub(crate) ruled_out: Option<&'r BTreeSet<u64>>,
    /// About how many allocations are to be placed: only the time that it takes depends on it.
    pub(crate) expected: usize,
}

impl GroupPass {
    /// Looks at every candidate.
    pub(crate) fn new(
        cluster: &mut Cluster<'_>,
        job: &Arc<Job>,
        group: usize,
        rules: PassRules<'_>,
        index: u32,
    ) -> Self {
        let task_group = &job.task_groups[group];
        let sifted = Sifted::of(cluster.frame(), job, group, rules.ruled_out, index);
        let anti_affinity = rules.algorithm != Algorithm::Pack || !job.kind().is_batch();
        let mut pass = Self {
            ask: GroupAsk::of(task_group),
            exclusive: Exclusive::of(task_group),
            algorithm: rules.algorithm,
            anti_affinity,
            eval: rules.eval,
            index,
            counted: Counted::new(cluster, job, task_group, &sifted, rules.earlier_weight),
            verdicts: Vec::new(),
            picks: Vec::new(),
            tally: Tally::default(),
            ranking: None,
            followed: 0,
            // Where allocations need not keep apart, the best row stays the best one for a while.
            expected: if anti_affinity { rules.expected } else { rules.expected / 16 },
            ruled_out: rules.ruled_out.cloned(),
            sifted,
            job: Arc::clone(job),
            group,
        };
        pass.scan(cluster);
        pass
    }

    pub(crate) fn job(&self) -> &Arc<Job> {
        &self.job
    }

    pub(crate) fn task_group(&self) -> &TaskGroup {
        &self.job.task_groups[self.group]
    }

    pub(crate) const fn tally(&self) -> &Tally {
        &self.tally
    }

    pub(crate) fn feasibility(&self) -> &Feasibility {
        &self.sifted.feasibility
    }

    pub(crate) const fn counted(&self) -> &Counted {
        &self.counted
    }

    pub(crate) const fn ask(&self) -> &GroupAsk {
        &self.ask
    }

    pub(crate) fn verdict(&self, row: usize) -> Verdict {
        self.verdicts[row]
    }

    /// Why filters keep the group off a node, whatever was said of its class.
    pub(crate) fn reason_alone(&self, node: &model::Node, index: u32) -> Option<model::Name> {
        self.sifted.filter.reason_alone(node, index)
    }

    /// Every filter that keeps the group off a node, with what it lacks.
    pub(super) fn all_reasons(&self, node: &model::Node, index: u32) -> Vec<(model::Name, model::Lack)> {
        self.sifted.filter.all_reasons(node, index)
    }

    /// Catches up with the log, and with another number where filters depend on it.
    pub(crate) fn catch_up(&mut self, cluster: &mut Cluster<'_>, log: &[Change], index: u32) {
        for change in &log[self.followed.min(log.len())..] {
            if let Some(row) = self.counted.follow(cluster, change) {
                self.refresh(cluster, row);
                for row in self.counted.sharing(row) {
                    self.refresh(cluster, row);
                }
            }
        }
        self.followed = log.len();
        if self.sifted.filter.per_alloc() && self.index != index {
            self.index = index;
            self.sifted = Sifted::of(cluster.frame(), &self.job, self.group, self.ruled_out.as_ref(), index);
            self.scan(cluster);
        }
    }

    /// Looks at one row again.
    pub(crate) fn refresh(&mut self, cluster: &mut Cluster<'_>, row: usize) {
        let (verdict, standing) = self.look(cluster, row);
        let old = std::mem::replace(&mut self.verdicts[row], verdict);
        if old != verdict {
            let class = cluster.frame().class[row];
            self.tally.count(old, class, -1);
            self.tally.count(verdict, class, 1);
        }
        self.rank(cluster.at(row), standing);
    }

    /// Changes what one row is ranked by; none closes it.
    pub(super) fn rank(&mut self, at: At, standing: Option<Standing>) {
        if let Some(ranking) = &mut self.ranking {
            ranking.set(at, standing);
        }
    }
}
