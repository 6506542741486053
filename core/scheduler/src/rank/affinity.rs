//! Node affinities: the share of the weights whose rule a node meets.

use model::{Affinity, Job, Node, TaskGroup};

use crate::feasible::Check;

/// The affinities of a job, a group and its tasks.
#[derive(Debug, Clone)]
pub(crate) struct NodeAffinity {
    rules: Vec<(Check, f64)>,
    total: f64,
}

impl NodeAffinity {
    /// None when nothing has an affinity.
    pub(crate) fn of(job: &Job, group: &TaskGroup) -> Option<Self> {
        let tasks = group.tasks.iter().flat_map(|task| &task.affinities);
        let all: Vec<&Affinity> = job.affinities.iter().chain(&group.affinities).chain(tasks).collect();
        if all.is_empty() {
            return None;
        }
        let total = all.iter().map(|affinity| f64::from(affinity.weight).abs()).sum();
        Some(Self {
            rules: all
                .iter()
                .map(|affinity| (Check::of_affinity(affinity), f64::from(affinity.weight)))
                .collect(),
            total,
        })
    }

    /// The term for a node: -1 to 1.
    pub(crate) fn score(&self, node: &Node) -> f64 {
        let sum: f64 =
            self.rules.iter().filter(|(rule, _)| rule.matches(node)).map(|(_, weight)| weight).sum();
        if self.total == 0.0 { 0.0 } else { sum / self.total }
    }
}
