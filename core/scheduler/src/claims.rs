//! Claims in flight: what other workers of this server placed and the leader has not committed yet.

use std::collections::BTreeMap;

use model::{AllocId, Assigned, GroupAsk, NodeId, Plan};
use state::State;

/// Placements of plans that are on their way.
#[derive(Debug, Clone, Default)]
pub struct Claims {
    by_node: BTreeMap<NodeId, Vec<(AllocId, GroupAsk, Assigned)>>,
}

impl Claims {
    /// Adds the placements of a plan that was made on `snapshot`.
    pub fn add(&mut self, snapshot: &State, plan: &Plan) {
        for run in &plan.placements {
            let job = snapshot.job_version(&plan.job, run.job_version);
            let Some(ask) = job.and_then(|job| job.group(&run.group)).map(GroupAsk::of) else { continue };
            for placement in &run.placements {
                let claims = self.by_node.entry(placement.node).or_default();
                claims.push((placement.id, ask, placement.assigned.clone()));
            }
        }
    }

    /// Takes the placements of a plan away again.
    pub fn remove(&mut self, plan: &Plan) {
        for placement in plan.placements.iter().flat_map(|run| &run.placements) {
            if let Some(claims) = self.by_node.get_mut(&placement.node) {
                claims.retain(|claim| claim.0 != placement.id);
                if claims.is_empty() {
                    self.by_node.remove(&placement.node);
                }
            }
        }
    }

    /// The claims that `snapshot` does not hold yet.
    pub(crate) fn open<'a>(
        &'a self,
        snapshot: &'a State,
    ) -> impl Iterator<Item = (NodeId, &'a (AllocId, GroupAsk, Assigned))> {
        let all = self.by_node.iter().flat_map(|(node, claims)| claims.iter().map(|claim| (*node, claim)));
        all.filter(|(_, claim)| snapshot.alloc(claim.0).is_none())
    }
}
