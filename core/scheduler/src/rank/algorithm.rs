//! Which fit score a cluster, or a pool, uses.

use model::{GroupAsk, NodePool, SchedulerConfig, ScorePart};

use super::{binpack, pack};
use crate::usage::Amounts;

/// Which fit score is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Pack,
    Binpack,
    Spread,
}

impl Algorithm {
    /// The pool's, else the cluster's; an unknown word means `pack`.
    pub(crate) fn of(config: &SchedulerConfig, pool: Option<&NodePool>) -> Self {
        let pool = pool
            .and_then(|pool| pool.scheduler.as_ref())
            .map_or("", |scheduler| scheduler.algorithm.as_str());
        match if pool.is_empty() { config.algorithm.as_str() } else { pool } {
            "binpack" => Self::Binpack,
            "spread" => Self::Spread,
            _ => Self::Pack,
        }
    }

    /// The fit score of a node that would be used so; `devices` is how full what was picked from would be.
    pub(crate) fn score(self, has: Amounts, used: Amounts, ask: &GroupAsk, devices: Option<f64>) -> f64 {
        match self {
            Self::Pack => pack::pack(has, used, ask, devices),
            Self::Binpack => binpack::binpack(has, used),
            Self::Spread => binpack::spread(has, used),
        }
    }

    /// The name of its score.
    pub(crate) const fn part(self) -> ScorePart {
        match self {
            Self::Pack => ScorePart::Pack,
            Self::Binpack | Self::Spread => ScorePart::Binpack,
        }
    }
}
