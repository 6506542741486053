//! One group of one job version over all candidate nodes: filtered once, scored once, then followed row by row.

use std::collections::BTreeSet;
use std::sync::Arc;

use model::{EvalId, GroupAsk, Job, TaskGroup, splitmix};

use super::change::Change;
use super::counted::Counted;
use super::ranking::Ranking;
use super::tally::{Tally, Verdict};
use crate::assign::{Picked, pick};
use crate::cluster::{Cluster, asks_exclusive};
use crate::feasible::{Feasibility, GroupFilter};
use crate::fits::{Misfit, amounts_fit};
use crate::parallel;
use crate::rank::{Algorithm, NodeAffinity, Terms, anti_affinity, stranded};
use crate::usage::Amounts;

/// One group over all candidate nodes.
#[derive(Debug, Clone)]
pub(crate) struct GroupPass {
    job: Arc<Job>,
    /// Place of the group in its job.
    group: usize,
    ask: GroupAsk,
    /// Whether ports, cores or devices have to be picked.
    exclusive: bool,
    algorithm: Algorithm,
    /// Whether allocations of the group keep apart.
    anti_affinity: bool,
    eval: EvalId,
    filter: GroupFilter,
    feasibility: Feasibility,
    /// Number of the allocation that the filters were asked about.
    index: u32,
    affinity: Option<Vec<f64>>,
    counted: Counted,
    verdicts: Vec<Verdict>,
    tally: Tally,
    ranking: Ranking,
    /// How much of the log has been followed.
    followed: usize,
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
}

/// A row as it would be after a placement.
#[derive(Debug, Clone)]
pub(crate) struct After {
    pub(crate) used: Amounts,
    pub(crate) picked: Picked,
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
        let filter = GroupFilter::new(job, task_group).after(rules.ruled_out);
        let affinity = NodeAffinity::of(job, task_group);
        let mut pass = Self {
            ask: GroupAsk::of(task_group),
            exclusive: asks_exclusive(task_group),
            algorithm: rules.algorithm,
            anti_affinity: rules.algorithm != Algorithm::Pack || !job.kind().is_batch(),
            eval: rules.eval,
            feasibility: filter.evaluate(cluster.rows(), index),
            filter,
            index,
            affinity: affinity.map(|affinity| affinity.scores(cluster.rows())),
            counted: Counted::new(cluster, job, task_group, rules.earlier_weight),
            verdicts: Vec::new(),
            tally: Tally::default(),
            ranking: Ranking::new(&[], &crate::rank::Spreads::default()),
            followed: 0,
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

    pub(crate) const fn feasibility(&self) -> &Feasibility {
        &self.feasibility
    }

    pub(crate) const fn counted(&self) -> &Counted {
        &self.counted
    }

    pub(crate) const fn ranking(&self) -> &Ranking {
        &self.ranking
    }

    pub(crate) const fn ask(&self) -> &GroupAsk {
        &self.ask
    }

    pub(crate) fn verdict(&self, row: usize) -> Verdict {
        self.verdicts[row]
    }

    /// Why filters keep the group off a node, whatever was said of its class.
    pub(crate) fn reason_alone(&self, node: &model::Node, index: u32) -> Option<model::Name> {
        self.filter.reason_alone(node, index)
    }

    /// Every filter that keeps the group off a node, with what it lacks.
    pub(super) fn all_reasons(&self, node: &model::Node, index: u32) -> Vec<(model::Name, model::Lack)> {
        self.filter.all_reasons(node, index)
    }

    /// Scores every row anew.
    fn scan(&mut self, cluster: &mut Cluster<'_>) {
        let rows: Vec<usize> = (0..cluster.nodes.len()).collect();
        let version = self.tally.version + 1;
        self.tally = Tally::default();
        self.tally.version = version;
        let found: Vec<Result<Verdict, Closed>> = if self.exclusive {
            rows.iter().map(|&row| self.look(cluster, row)).collect()
        } else {
            let shared: &Cluster<'_> = cluster;
            parallel::map_nodes(&rows, |&row| self.look_plain(shared, row))
        };
        self.verdicts = found.into_iter().map(|found| self.settle(found)).collect();
        for (row, node) in cluster.nodes.iter().enumerate() {
            self.tally.count(self.verdicts[row], &node.class, 1);
        }
        self.ranking = Ranking::new(&self.verdicts, &self.counted.spreads);
    }

    fn settle(&mut self, found: Result<Verdict, Closed>) -> Verdict {
        match found {
            Ok(verdict) => verdict,
            Err(Closed::Filtered(reason)) => Verdict::Filtered(self.tally.reason(&reason)),
            Err(Closed::Exhausted(reason)) => Verdict::Exhausted(self.tally.reason(&reason)),
        }
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
        if self.filter.per_alloc() && self.index != index {
            self.index = index;
            self.feasibility = self.filter.evaluate(cluster.rows(), index);
            self.scan(cluster);
        }
    }

    /// Looks at one row again.
    pub(crate) fn refresh(&mut self, cluster: &mut Cluster<'_>, row: usize) {
        let found = if self.exclusive { self.look(cluster, row) } else { self.look_plain(cluster, row) };
        let verdict = self.settle(found);
        let old = std::mem::replace(&mut self.verdicts[row], verdict);
        if !same_kind(old, verdict) {
            let class = cluster.nodes[row].class.clone();
            self.tally.count(old, &class, -1);
            self.tally.count(verdict, &class, 1);
        }
        self.ranking.set(row, verdict);
    }

    /// Replaces what one row is ranked by, for one selection.
    pub(crate) fn override_row(&mut self, row: usize, verdict: Verdict) {
        self.ranking.set(row, verdict);
    }

    /// Why filters keep the group off a row.
    fn filtered(&self, row: usize) -> Option<Closed> {
        let reason = self.feasibility.reasons[row].as_ref().map(|reason| reason.to_string());
        reason.or_else(|| self.counted.reason(row)).map(Closed::Filtered)
    }

    fn look_plain(&self, cluster: &Cluster<'_>, row: usize) -> Result<Verdict, Closed> {
        if let Some(closed) = self.filtered(row) {
            return Err(closed);
        }
        let after = self.after_plain(cluster, row).map_err(Closed::Exhausted)?;
        Ok(self.open(cluster, row, &after))
    }

    fn look(&self, cluster: &mut Cluster<'_>, row: usize) -> Result<Verdict, Closed> {
        if let Some(closed) = self.filtered(row) {
            return Err(closed);
        }
        let after = self.after(cluster, row, model::AllocId::NONE).map_err(Closed::Exhausted)?;
        Ok(self.open(cluster, row, &after))
    }

    fn open(&self, cluster: &Cluster<'_>, row: usize, after: &After) -> Verdict {
        let terms = self.terms(cluster, row, after, false);
        Verdict::Open { sum: terms.sum, count: terms.count, tie: self.tie(cluster, row, after.used) }
    }

    /// What breaks ties between equal scores: stranded room with `pack`, then a hash of node and evaluation.
    pub(crate) fn tie(&self, cluster: &Cluster<'_>, row: usize, used: Amounts) -> u64 {
        let node = cluster.ids[row].0;
        #[expect(clippy::cast_possible_truncation, reason = "all halves of both ids are mixed in")]
        let hash = splitmix(
            splitmix(node as u64 ^ (node >> 64) as u64) ^ self.eval.0 as u64 ^ (self.eval.0 >> 64) as u64,
        );
        match self.algorithm {
            Algorithm::Pack => (u64::from(255 - stranded(cluster.has[row], used)) << 56) | (hash >> 8),
            Algorithm::Binpack | Algorithm::Spread => hash,
        }
    }

    /// The row after a placement, where nothing has to be picked.
    fn after_plain(&self, cluster: &Cluster<'_>, row: usize) -> Result<After, String> {
        if let Some(misfit) = cluster.broken(row) {
            return Err(misfit.to_string());
        }
        let ask =
            Amounts { cpu_mhz: self.ask.cpu_mhz, memory_mb: self.ask.memory_mb, disk_mb: self.ask.disk_mb };
        let used = cluster.used[row].plus(ask);
        let max = cluster.max_allocs[row];
        if max > 0 && cluster.allocs[row] >= max {
            return Err(Misfit::MaxAllocs.to_string());
        }
        amounts_fit(cluster.has[row], used).map_err(|misfit| misfit.to_string())?;
        Ok(After { used, picked: Picked::default() })
    }

    /// The row after a placement of the allocation of that id.
    ///
    /// # Errors
    /// The dimension that is short.
    pub(crate) fn after(
        &self,
        cluster: &mut Cluster<'_>,
        row: usize,
        id: model::AllocId,
    ) -> Result<After, String> {
        if !self.exclusive {
            return self.after_plain(cluster, row);
        }
        cluster.node_use(row);
        let node = cluster.nodes[row];
        let picked = pick(node, cluster.node_use(row), self.task_group(), id)?;
        let max = node.resources.max_allocs;
        if max > 0 && cluster.allocs[row] >= max {
            return Err(Misfit::MaxAllocs.to_string());
        }
        let kept = |core: &u16| node.reserved.cores.contains(core);
        let exclusive = picked.assigned.exclusive.as_deref();
        if exclusive.is_some_and(|exclusive| exclusive.tasks.iter().any(|task| task.cores.iter().any(kept))) {
            return Err(Misfit::Cores.to_string());
        }
        if let Some(misfit) = cluster.broken(row) {
            return Err(misfit.to_string());
        }
        let cpu_mhz = self.ask.cpu_with_cores(exclusive);
        let ask = Amounts { cpu_mhz, memory_mb: self.ask.memory_mb, disk_mb: self.ask.disk_mb };
        let used = cluster.used[row].plus(ask);
        amounts_fit(cluster.has[row], used).map_err(|misfit| misfit.to_string())?;
        Ok(After { used, picked })
    }

    /// The terms of a row without spreads.
    pub(crate) fn terms(&self, cluster: &Cluster<'_>, row: usize, after: &After, penalty: bool) -> Terms {
        use model::ScorePart;
        let mut terms = Terms::default();
        terms.push(self.algorithm.part(), self.algorithm.score(cluster.has[row], after.used, &self.ask));
        if let Some(score) = after.picked.affinity.score() {
            terms.push(ScorePart::Devices, score);
        }
        let count = u32::try_from(self.task_group().count).unwrap_or(0);
        match anti_affinity(self.counted.of_group[row], count).filter(|_| self.anti_affinity) {
            Some(score) => terms.push(ScorePart::JobAntiAffinity, score),
            None => terms.show(ScorePart::JobAntiAffinity, 0.0),
        }
        if penalty {
            terms.push(ScorePart::ReschedulePenalty, crate::rank::PENALTY);
        } else {
            terms.show(ScorePart::ReschedulePenalty, 0.0);
        }
        match &self.affinity {
            Some(scores) => terms.push(ScorePart::NodeAffinity, scores[row]),
            None => terms.show(ScorePart::NodeAffinity, 0.0),
        }
        terms
    }
}

/// Why a row may not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Closed {
    Filtered(String),
    Exhausted(String),
}

fn same_kind(left: Verdict, right: Verdict) -> bool {
    match (left, right) {
        (Verdict::Open { .. }, Verdict::Open { .. }) => true,
        (Verdict::Filtered(left), Verdict::Filtered(right))
        | (Verdict::Exhausted(left), Verdict::Exhausted(right)) => left == right,
        _ => false,
    }
}
