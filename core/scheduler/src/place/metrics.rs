//! The counts of a pass as plans and evaluations keep them.

use model::{Name, PassMetrics};

use super::GroupPass;
use super::tally::{Tally, Verdict};
use crate::cluster::Cluster;

impl GroupPass {
    /// The counts as they are now.
    pub(crate) fn metrics(&self, cluster: &Cluster<'_>) -> PassMetrics {
        self.counts(cluster, self.tally())
    }

    fn counts(&self, cluster: &Cluster<'_>, tally: &Tally) -> PassMetrics {
        let frame = cluster.frame();
        let nodes = u32::try_from(frame.len()).unwrap_or(u32::MAX);
        PassMetrics {
            node_pool: Name::from(self.job().node_pool.as_str()),
            nodes_evaluated: nodes,
            nodes_filtered: tally.filtered(),
            nodes_in_pool: nodes,
            nodes_available: frame.available.clone(),
            class_filtered: tally.class_filtered(&frame.classes),
            constraint_filtered: tally.constraint_filtered(),
            nodes_exhausted: tally.exhausted(),
            class_exhausted: tally.class_exhausted(&frame.classes),
            dimension_exhausted: tally.dimension_exhausted(),
            ..PassMetrics::default()
        }
    }

    /// The counts of one row alone.
    pub(crate) fn metrics_of(&self, cluster: &Cluster<'_>, row: usize) -> PassMetrics {
        let mut alone = Tally::default();
        let verdict = self.verdict(row);
        let reason = match verdict {
            Verdict::Filtered(reason) | Verdict::Exhausted(reason) => alone.reason(self.tally().name(reason)),
            Verdict::Open => 0,
        };
        let verdict = match verdict {
            Verdict::Filtered(_) => Verdict::Filtered(reason),
            Verdict::Exhausted(_) => Verdict::Exhausted(reason),
            Verdict::Open => Verdict::Open,
        };
        alone.count(verdict, cluster.frame().class[row], 1);
        PassMetrics { nodes_evaluated: 1, ..self.counts(cluster, &alone) }
    }
}
