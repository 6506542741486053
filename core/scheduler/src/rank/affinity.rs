//! Node affinities: the share of the weights whose rule a node meets.

use model::{Affinity, Job, Node, TaskGroup};

use crate::feasible::{Check, Rows};

/// The affinities of a job, a group and its tasks.
#[derive(Debug, Clone)]
pub(crate) struct NodeAffinity {
    rules: Vec<(Check, f64)>,
    /// Whether a rule tells nodes of one class apart.
    unique: bool,
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
        let rules: Vec<(Check, f64)> =
            all.iter().map(|affinity| (Check::of_affinity(affinity), f64::from(affinity.weight))).collect();
        Some(Self { unique: rules.iter().any(|(rule, _)| rule.unique), rules, total })
    }

    /// The terms for all nodes.
    pub(crate) fn scores(&self, rows: Rows<'_>) -> Vec<f64> {
        if self.unique { rows.each(|node| self.score(node)) } else { rows.by_kind(|node| self.score(node)) }
    }

    /// The term for a node: -1 to 1.
    fn score(&self, node: &Node) -> f64 {
        let sum: f64 =
            self.rules.iter().filter(|(rule, _)| rule.matches(node)).map(|(_, weight)| weight).sum();
        if self.total == 0.0 { 0.0 } else { sum / self.total }
    }
}
