//! What filters and affinities say of every candidate, for all groups that ask alike: shared between evaluations.
//!
//! It depends on the nodes and on what [`asks_alike`] compares, and on nothing else: not on what is in use, and not
//! on the plan.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::{AllocId, DeviceAsk, Job, Node, Spread, Task, TaskGroup};

use super::tally::{Tally, Verdict};
use crate::assign::pick;
use crate::feasible::{DistinctProperty, Feasibility, GroupFilter, Target};
use crate::frame::Frame;
use crate::rank::{NodeAffinity, Property, Telling, spread_blocks};
use crate::usage::NodeUse;

/// What filters and affinities say of every candidate.
#[derive(Debug)]
pub(crate) struct Sifted {
    job: Arc<Job>,
    group: usize,
    pub(crate) filter: GroupFilter,
    pub(crate) feasibility: Feasibility,
    /// The verdict of the filters, by row.
    pub(crate) verdicts: Vec<Verdict>,
    /// Counts of them.
    pub(crate) tally: Tally,
    /// 1 by slot where filters let the group in.
    pub(crate) open: Vec<u8>,
    /// The affinity's term by row.
    pub(crate) affinity: Option<Vec<f64>>,
    /// The same by slot; empty without affinities.
    pub(crate) affinity_by_slot: Vec<f32>,
    /// Ports that are free for any allocation, by row; 0 where that takes a closer look. Empty when no ports are
    /// asked for.
    pub(crate) ports: Vec<u32>,
    properties: Vec<Property>,
    pub(crate) sets: Option<Arc<Sets>>,
}

/// Rows by the values of all spreads.
#[derive(Debug)]
pub(crate) struct Sets {
    /// Values and rows of each set.
    pub(crate) sets: Vec<(Vec<u32>, Vec<u32>)>,
    /// Set and place in it of every row.
    pub(crate) of_row: Vec<(u32, u32)>,
}

/// Whether filters, affinities and spreads of two groups are the same.
fn asks_alike(left: (&Job, &TaskGroup), right: (&Job, &TaskGroup)) -> bool {
    let tasks = || left.1.tasks.iter().zip(&right.1.tasks);
    let (jobs, groups) = ((left.0, right.0), (left.1, right.1));
    groups.0.tasks.len() == groups.1.tasks.len()
        && tasks().all(|(left, right)| left.driver == right.driver && left.constraints == right.constraints)
        && tasks().all(|(left, right)| left.affinities == right.affinities && left.secrets == right.secrets)
        && tasks().all(|(left, right)| devices(left) == devices(right))
        && groups.0.constraints == groups.1.constraints
        && groups.0.affinities == groups.1.affinities
        && groups.0.spreads == groups.1.spreads
        && groups.0.networks == groups.1.networks
        && groups.0.volumes == groups.1.volumes
        && jobs.0.constraints == jobs.1.constraints
        && jobs.0.affinities == jobs.1.affinities
        && jobs.0.spreads == jobs.1.spreads
}

fn devices(task: &Task) -> &[DeviceAsk] {
    task.resources.as_ref().map_or(&[], |asked| &asked.devices)
}

impl Sifted {
    /// What is said of a group, new or from an evaluation before. `ruled_out` are classes that an earlier look of
    /// the evaluation ruled out, and `index` is the number of the allocation to place.
    pub(crate) fn of(
        frame: &Arc<Frame>,
        job: &Arc<Job>,
        group: usize,
        ruled_out: Option<&BTreeSet<u64>>,
        index: u32,
    ) -> Arc<Self> {
        let task_group = &job.task_groups[group];
        let once = ruled_out.is_some() || task_group.volumes.values().any(|volume| volume.per_alloc);
        if once {
            return Arc::new(Self::new(frame, job, group, ruled_out, index));
        }
        let is_same = |sifted: &Self| {
            let theirs = (&*sifted.job, &sifted.job.task_groups[sifted.group]);
            (Arc::ptr_eq(&sifted.job, job) && sifted.group == group) || asks_alike(theirs, (job, task_group))
        };
        frame.sifted.get_or_make(is_same, || Self::new(frame, job, group, None, index))
    }

    fn new(
        frame: &Arc<Frame>,
        job: &Arc<Job>,
        group: usize,
        ruled_out: Option<&BTreeSet<u64>>,
        index: u32,
    ) -> Self {
        let task_group = &job.task_groups[group];
        let filter = GroupFilter::new(job, task_group).after(ruled_out);
        let feasibility = filter.evaluate(frame.view(), index);
        let affinity = NodeAffinity::of(job, task_group).map(|affinity| affinity.scores(frame.view()));
        let mut sifted = Self {
            job: Arc::clone(job),
            group,
            filter,
            verdicts: Vec::with_capacity(frame.len()),
            tally: Tally::default(),
            open: vec![0; frame.rows.len()],
            affinity_by_slot: affinity.as_ref().map_or_else(Vec::new, |scores| by_slot(frame, scores)),
            affinity,
            ports: Vec::new(),
            properties: properties(frame, job, task_group),
            sets: None,
            feasibility,
        };
        sifted.judge(frame);
        if !task_group.networks.is_empty() {
            sifted.ports = (0..frame.len()).map(|row| sifted.free_ports(frame, row, task_group)).collect();
        }
        if spread_blocks(job, task_group).next().is_some() {
            sifted.sets = Some(Arc::new(sifted.group_by_values(frame, job, task_group)));
        }
        sifted
    }

    fn judge(&mut self, frame: &Frame) {
        for (row, reason) in self.feasibility.reasons.iter().enumerate() {
            let verdict = match reason {
                None => {
                    self.open[frame.slots[row] as usize] = 1;
                    Verdict::Open
                }
                Some(reason) => Verdict::Filtered(self.tally.reason(reason)),
            };
            self.tally.count(verdict, frame.class[row], 1);
            self.verdicts.push(verdict);
        }
    }

    /// How many ports are free on a row on which nothing runs, if the group can have its ports there then.
    fn free_ports(&self, frame: &Frame, row: usize, group: &TaskGroup) -> u32 {
        let node: &Node = &frame.nodes[row];
        let host = &node.resources.host_networks;
        let simple = host.iter().all(|network| network.reserved_ports.is_empty());
        let ports = model::TaskGroup { tasks: Vec::new(), ..group.clone() };
        if self.verdicts[row] != Verdict::Open
            || !simple
            || pick(node, &NodeUse::default(), &ports, AllocId::NONE).is_err()
        {
            return 0;
        }
        let range = node.resources.dynamic_ports;
        let width = u32::from(range.max.saturating_sub(range.min)) + 1;
        width.saturating_sub(u32::try_from(node.reserved.ports.len()).unwrap_or(u32::MAX))
    }

    fn group_by_values(&self, frame: &Frame, job: &Job, group: &TaskGroup) -> Sets {
        let telling =
            |spread: &Spread| Telling::new(spread, self.property(&Target::parse(&spread.attribute)));
        let values: Vec<Telling> = spread_blocks(job, group).map(telling).collect();
        let mut ids: BTreeMap<Vec<u32>, u32> = BTreeMap::new();
        let mut grouped = Sets { sets: Vec::new(), of_row: Vec::with_capacity(frame.len()) };
        for row in 0..frame.len() {
            let values: Vec<u32> = values.iter().map(|telling| telling.value(row)).collect();
            let set = *ids.entry(values).or_insert_with_key(|values| {
                grouped.sets.push((values.clone(), Vec::new()));
                index_of(grouped.sets.len() - 1)
            });
            let rows = &mut grouped.sets[set as usize].1;
            grouped.of_row.push((set, index_of(rows.len())));
            rows.push(index_of(row));
        }
        grouped
    }

    /// A property of the candidates of which nothing is counted; one that the group's rules name.
    pub(crate) fn property(&self, target: &Target) -> Property {
        let known = self.properties.iter().find(|property| property.target() == target);
        known.cloned().expect("properties of all rules were looked up")
    }
}

fn index_of(number: usize) -> u32 {
    u32::try_from(number).expect("a region has fewer than 2^32 nodes")
}

fn by_slot(frame: &Frame, scores: &[f64]) -> Vec<f32> {
    let mut by_slot = vec![0.0; frame.rows.len()];
    for (slot, score) in frame.slots.iter().zip(scores) {
        #[expect(clippy::cast_possible_truncation, reason = "rounding is far below the margin of bounds")]
        let score = *score as f32;
        by_slot[*slot as usize] = score;
    }
    by_slot
}

fn properties(frame: &Frame, job: &Job, group: &TaskGroup) -> Vec<Property> {
    let spreads = spread_blocks(job, group).map(|spread| Target::parse(&spread.attribute));
    let distinct = DistinctProperty::of(job, group).into_iter().map(|rule| rule.target);
    let mut properties: Vec<Property> = Vec::new();
    for target in spreads.chain(distinct) {
        if properties.iter().all(|known| *known.target() != target) {
            properties.push(Property::new(target, frame.view()));
        }
    }
    properties
}
