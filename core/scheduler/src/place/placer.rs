//! The growing plan: what is stopped, what is placed, and one pass for each group that places.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::{
    Alloc, AllocId, AllocMetric, Assigned, Eval, Job, JobKind, Name, NodeId, NodePool, NodeScore,
    PassMetrics, SchedulerConfig,
};
use state::State;

use super::change::{Change, ChangeKind};
use super::group_pass::{GroupPass, PassRules};
use super::preempt::{Evicted, PreemptingSelection};
use super::request::Request;
use super::select::{Detail, Selection};
use super::tally::Verdict;
use crate::claims::Claims;
use crate::cluster::Cluster;
use crate::feasible::Feasibility;
use crate::rank::Algorithm;
use crate::usage::Claim;

/// Placements of an evaluation that name their best nodes and their runners-up.
const DETAILED: usize = 1_000;

/// One allocation that found a node.
#[derive(Debug, Clone)]
pub(crate) struct Placed {
    pub(crate) id: AllocId,
    pub(crate) node: NodeId,
    pub(crate) assigned: Assigned,
    pub(crate) scores: Vec<NodeScore>,
    pub(crate) runners_up: Vec<NodeId>,
    pub(crate) evicted: Vec<AllocId>,
    /// The counts of its selection, when they differ from those of the group's last placement.
    pub(crate) pass: Option<PassMetrics>,
}

/// Why an allocation found no room on the one node that it is for.
#[derive(Debug, Clone)]
pub(crate) enum Missed {
    /// Filters keep it off.
    Filtered,
    /// The node is full.
    Exhausted(Box<AllocMetric>),
}

/// The growing plan.
#[derive(Debug)]
pub(crate) struct Placer<'a> {
    cluster: Cluster<'a>,
    log: Vec<Change>,
    passes: BTreeMap<(u64, usize), GroupPass>,
    /// Version of the counts that the last placement of a group was handed out with.
    reported: BTreeMap<(u64, usize), u64>,
    algorithm: Algorithm,
    preempts: bool,
    /// Whether tasks may go beyond their memory up to `memory_max`.
    oversubscribes: bool,
    evicted: Evicted,
    eval: &'a Eval,
    seed: u64,
    placed: usize,
    spread_weight: f64,
    ruled_out: RuledOut,
    /// About how many allocations the next groups place.
    expected: usize,
}

/// Classes that an earlier look of the same evaluation ruled out, by group.
pub(crate) type RuledOut = BTreeMap<String, BTreeSet<u64>>;

/// Whether jobs of a kind may preempt others.
fn may_preempt(config: &SchedulerConfig, kind: JobKind) -> bool {
    match kind {
        JobKind::Service => config.preemption.service,
        JobKind::Batch => config.preemption.batch,
        JobKind::System => config.preemption.system,
        JobKind::Sysbatch => config.preemption.sysbatch,
    }
}

/// Whether `memory_max` counts: the pool's word, else the cluster's.
fn may_oversubscribe(config: &SchedulerConfig, pool: Option<&NodePool>) -> bool {
    let pool = pool.and_then(|pool| pool.scheduler.as_ref()?.memory_oversubscription);
    pool.unwrap_or(config.memory_oversubscription)
}

impl<'a> Placer<'a> {
    /// A plan that changes nothing yet.
    pub(crate) fn new(
        snapshot: &'a State,
        cluster: Cluster<'a>,
        job: &Job,
        eval: &'a Eval,
        seed: u64,
    ) -> Self {
        let pool = snapshot.node_pool(&job.node_pool).map(AsRef::as_ref);
        Self {
            cluster,
            log: Vec::new(),
            passes: BTreeMap::new(),
            reported: BTreeMap::new(),
            algorithm: Algorithm::of(&snapshot.config, pool),
            preempts: may_preempt(&snapshot.config, job.kind()),
            oversubscribes: may_oversubscribe(&snapshot.config, pool),
            evicted: Evicted::default(),
            eval,
            seed,
            placed: 0,
            spread_weight: 0.0,
            ruled_out: RuledOut::new(),
            expected: 0,
        }
    }

    /// Says about how many allocations of a group will be placed next.
    pub(crate) fn expect(&mut self, placements: usize) {
        self.expected = placements;
    }

    /// Says which classes the metrics count as known.
    pub(crate) fn know_ruled_out(&mut self, classes: RuledOut) {
        self.ruled_out = classes;
    }

    /// The id of the next allocation. It depends on the snapshot, so that a second try makes new ones.
    pub(crate) fn next_id(&self) -> AllocId {
        let snapshot = u128::from(self.cluster.snapshot().index);
        AllocId::derive(&[self.eval.id.0, (snapshot << 64) | u128::from(self.seed), self.placed as u128])
    }

    /// Takes the room of an allocation that the plan stops.
    pub(crate) fn stop(&mut self, alloc: &Alloc) {
        let row = self.cluster.free(alloc);
        if !alloc.client_terminal() {
            self.record(alloc, row, ChangeKind::Removed);
        }
    }

    /// Gives the room back to an allocation that is not stopped after all.
    pub(crate) fn unstop(&mut self, alloc: &Alloc) {
        self.cluster.unfree(alloc);
        if !alloc.client_terminal() {
            self.record(alloc, self.cluster.row(alloc.node), ChangeKind::Added);
        }
    }

    fn record(&mut self, alloc: &Alloc, row: Option<usize>, kind: ChangeKind) {
        let (node, group) = (alloc.node, alloc.group.clone());
        self.log.push(Change { node, row, group, kind, live: !alloc.is_terminal() });
    }

    /// The pass of a group, following what the plan did so far.
    pub(crate) fn pass(
        &mut self,
        job: &Arc<Job>,
        group: usize,
        index: u32,
    ) -> (&mut GroupPass, &mut Cluster<'a>) {
        let key = (job.version, group);
        let pass = self.passes.entry(key).or_insert_with(|| {
            let rules = PassRules {
                algorithm: self.algorithm,
                eval: self.eval.id,
                earlier_weight: self.spread_weight,
                ruled_out: self.ruled_out.get(&job.task_groups[group].name),
                expected: self.expected,
            };
            let pass = GroupPass::new(&mut self.cluster, job, group, rules, index);
            self.spread_weight = pass.counted().spreads.total_weight();
            pass
        });
        pass.catch_up(&mut self.cluster, &self.log, index);
        (pass, &mut self.cluster)
    }

    /// Places one allocation of a group.
    ///
    /// # Errors
    /// The counts of the selection, when no node can take it.
    pub(crate) fn place(
        &mut self,
        job: &Arc<Job>,
        group: usize,
        request: &mut Request,
    ) -> Result<Placed, Box<AllocMetric>> {
        request.id = self.next_id();
        let detail = if self.placed < DETAILED { Detail::Full } else { Detail::Own };
        let (pass, cluster) = self.pass(job, group, request.index);
        let selected = pass.select(cluster, request, detail);
        let selected = selected.map(|selection| PreemptingSelection { selection, evicted: Vec::new() });
        let selected = selected.or_else(|| self.preempt(job, group, request));
        let Some(chosen) = selected else {
            let (pass, cluster) = self.pass(job, group, request.index);
            let pass = Arc::new(pass.failure(cluster, request.index));
            return Err(Box::new(AllocMetric { pass, scores: Vec::new(), coalesced_failures: 0 }));
        };
        let pass = self.report(job, group, request.index);
        Ok(self.commit(job, group, request, chosen, pass))
    }

    fn preempt(&mut self, job: &Arc<Job>, group: usize, request: &Request) -> Option<PreemptingSelection> {
        if !self.preempts {
            return None;
        }
        let evicted = self.evicted.clone();
        let (pass, cluster) = self.pass(job, group, request.index);
        let rows = 0..cluster.len();
        pass.select_preempting(cluster, request, &evicted, rows)
    }

    /// Places one allocation of a group on the node that it is for.
    ///
    /// # Errors
    /// [`Missed`] tells a node that filters remove from one without room.
    pub(crate) fn place_on(
        &mut self,
        job: &Arc<Job>,
        group: usize,
        request: &mut Request,
        node: NodeId,
    ) -> Result<Placed, Missed> {
        request.id = self.next_id();
        request.preferred = Some(node);
        let (pass, cluster) = self.pass(job, group, request.index);
        let Some(row) = cluster.row(node) else { return Err(Missed::Filtered) };
        let chosen = match pass.verdict(row) {
            Verdict::Filtered(_) => return Err(Missed::Filtered),
            Verdict::Open => pass
                .select(cluster, request, Detail::Own)
                .map(|selection| PreemptingSelection { selection, evicted: Vec::new() }),
            Verdict::Exhausted(_) if self.preempts => {
                let evicted = self.evicted.clone();
                let (pass, cluster) = self.pass(job, group, request.index);
                pass.select_preempting(cluster, request, &evicted, row..row + 1)
            }
            Verdict::Exhausted(_) => None,
        };
        let (pass, cluster) = self.pass(job, group, request.index);
        let Some(chosen) = chosen else {
            let pass = Arc::new(pass.failure_on(cluster, request.index, row));
            return Err(Missed::Exhausted(Box::new(AllocMetric {
                pass,
                scores: Vec::new(),
                coalesced_failures: 0,
            })));
        };
        let metrics = (self.placed == 0 || !self.reported.contains_key(&(job.version, group))).then(|| {
            let (pass, cluster) = self.pass(job, group, request.index);
            pass.metrics_of(cluster, row)
        });
        self.reported.entry((job.version, group)).or_default();
        Ok(self.commit(job, group, request, chosen, metrics))
    }

    /// The counts of a selection, if they changed and placements still say so much.
    fn report(&mut self, job: &Arc<Job>, group: usize, index: u32) -> Option<PassMetrics> {
        let key = (job.version, group);
        let known = self.reported.get(&key).copied();
        let late = self.placed >= DETAILED;
        let (pass, cluster) = self.pass(job, group, index);
        let version = pass.tally().version;
        if known == Some(version) || (known.is_some() && late) {
            return None;
        }
        let metrics = pass.metrics(cluster);
        self.reported.insert(key, version);
        Some(metrics)
    }

    fn commit(
        &mut self,
        job: &Arc<Job>,
        group: usize,
        request: &Request,
        chosen: PreemptingSelection,
        pass: Option<PassMetrics>,
    ) -> Placed {
        let PreemptingSelection { selection, evicted } = chosen;
        for alloc in &evicted {
            self.cluster.free(alloc);
            self.evicted.add(alloc);
        }
        let Selection { row, after, scores, runners_up } = selection;
        let task_group = &job.task_groups[group];
        let assigned = Assigned { memory_max: self.oversubscribes, ..after.picked.assigned };
        let ask = model::GroupAsk::of(task_group);
        let claim = Claim { id: request.id, ask, group: Some(task_group), assigned: &assigned };
        self.cluster.add(row, &claim);
        debug_assert!(self.cluster.fits(row));
        let node = self.cluster.id(row);
        let name = self.passes.get(&(job.version, group)).map(|pass| pass.counted().group().clone());
        let name = name.unwrap_or_else(|| Name::from(task_group.name.as_str()));
        self.log.push(Change { node, row: Some(row), group: name, kind: ChangeKind::Added, live: true });
        if !evicted.is_empty() {
            let (pass, cluster) = self.pass(job, group, request.index);
            pass.refresh(cluster, row);
        }
        self.placed += 1;
        let evicted = evicted.iter().map(|alloc| alloc.id).collect();
        Placed { id: request.id, node, assigned, scores, runners_up, evicted, pass }
    }

    /// Takes room that other workers claimed.
    pub(crate) fn claim(&mut self, claims: &Claims) {
        for (node, (id, ask, assigned)) in claims.open(self.cluster.snapshot()) {
            if let Some(row) = self.cluster.row(node) {
                self.cluster.add(row, &Claim { id: *id, ask: *ask, group: None, assigned });
            }
        }
    }

    /// What filters say, over all groups that placed.
    pub(crate) fn feasibility(&self) -> impl Iterator<Item = &Feasibility> {
        self.passes.values().map(GroupPass::feasibility)
    }
}
