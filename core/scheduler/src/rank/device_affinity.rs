//! Device affinities: the share of the weights that the picked devices meet.

/// Sums over the requests of one placement.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct DeviceAffinity {
    /// Sum of the weights that were met.
    pub(crate) met: f64,
    /// Sum of all weights, without signs; 0 when no request has an affinity.
    pub(crate) total: f64,
}

impl DeviceAffinity {
    /// The term; none without affinities.
    pub(crate) fn score(self) -> Option<f64> {
        (self.total != 0.0).then(|| self.met / self.total)
    }
}
