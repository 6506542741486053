//! Plans.

use model::{
    AllocId, Assigned, DeploymentId, Eval, Job, Name, NodeId, PassMetrics, Placement, PlacementRun, Plan,
};

use crate::alloc_id;

/// A placement of `id` on a node, without ports or scores.
#[must_use]
pub fn placement(id: AllocId, index: u32, node: NodeId) -> Placement {
    Placement {
        id,
        index,
        node,
        assigned: Assigned::default(),
        canary: false,
        rare: None,
        scores: Vec::new(),
        runners_up: Vec::new(),
    }
}

/// A plan that places allocation `i` of the first group of a job on the `i`-th of `nodes`, counting from 0.
#[must_use]
pub fn plan(eval: &Eval, job: &Job, nodes: &[NodeId]) -> Plan {
    plan_of(eval, job, DeploymentId::NONE, nodes)
}

/// Like [`plan`], for a deployment.
#[must_use]
pub fn plan_of(eval: &Eval, job: &Job, deployment: DeploymentId, nodes: &[NodeId]) -> Plan {
    let placements =
        (0..).zip(nodes).map(|(index, node)| placement(alloc_id(&job.id, u64::from(index)), index, *node));
    let mut plan = Plan::new(eval, eval.modify_index);
    plan.placements = vec![PlacementRun {
        job_version: job.version,
        group: job
            .task_groups
            .first()
            .map_or_else(|| Name::from(""), |group| Name::from(group.name.as_str())),
        deployment,
        pass: PassMetrics::default(),
        placements: placements.collect(),
    }];
    plan
}
