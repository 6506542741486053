//! Devices: the share of the affinities' weights that the picked ones meet, and how full their groups are.

/// Sums over the requests of one placement.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct DeviceAffinity {
    /// Sum of the weights that were met.
    pub(crate) met: f64,
    /// Sum of all weights, without signs; 0 when no request has an affinity.
    pub(crate) total: f64,
    /// Instances of the groups that were picked from, and how many of them are taken then.
    pub(crate) instances: u64,
    pub(crate) taken: u64,
}

impl DeviceAffinity {
    /// How full the groups are that were picked from; none where nothing was.
    #[expect(clippy::cast_precision_loss, reason = "devices of one node")]
    pub(crate) fn fill(self) -> Option<f64> {
        (self.instances > 0).then(|| self.taken as f64 / self.instances as f64)
    }

    /// The term; none without affinities.
    pub(crate) fn score(self) -> Option<f64> {
        (self.total != 0.0).then(|| self.met / self.total)
    }
}
