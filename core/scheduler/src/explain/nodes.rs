//! Every node and one group: the filter that removed the node, or the terms of its score.

use std::sync::Arc;

use model::{Eval, Job, NodeId, NodeScore};
use state::Snapshot;

use crate::cluster::Cluster;
use crate::place::{Placer, Request};

/// What the scheduler says of one node.
#[derive(Debug, Clone, PartialEq)]
pub enum NodeVerdict {
    /// Removed by a filter, for this reason.
    Filtered(String),
    /// Without room in this dimension.
    Exhausted(String),
    /// May be used, with this score.
    Scored(NodeScore),
}

/// What the scheduler says of every candidate node for one group, in the order of node ids.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The nodes.
    pub nodes: Vec<(NodeId, NodeVerdict)>,
    /// Counts over them.
    pub pass: model::PassMetrics,
    /// The node that would be used.
    pub best: Option<NodeId>,
}

/// Explains where one more allocation of a group would go. `penalty` are nodes on which it failed before.
///
/// None when the job has no group of that name.
#[must_use]
pub fn explain(
    snapshot: &Snapshot,
    job: &Arc<Job>,
    eval: &Eval,
    group: &str,
    penalty: &[NodeId],
) -> Option<Explanation> {
    let at = job.task_groups.iter().position(|candidate| candidate.name == group)?;
    let mut placer = Placer::new(snapshot, Cluster::new(snapshot, job), job, eval, 0);
    let request = Request { penalty: penalty.iter().copied().collect(), ..Request::default() };
    let (pass, cluster) = placer.pass(job, at, 0);
    let best = pass.select(cluster, &request, crate::place::Detail::Own);
    let pass_metrics = pass.metrics(cluster);
    let mut nodes = Vec::with_capacity(cluster.len());
    for row in 0..cluster.len() {
        let verdict = pass.explain_row(cluster, row, &request);
        nodes.push((cluster.id(row), verdict));
    }
    let best = best.map(|selection| cluster.id(selection.row));
    Some(Explanation { nodes, pass: pass_metrics, best })
}
