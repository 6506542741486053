//! What a group may use, in the units of the job file.

/// Limits of one task. An absent one is not set.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Limits {
    /// CPU in MHz, used as relative weight between tasks.
    pub cpu_shares: Option<u64>,
    /// CPU time that the task may not exceed.
    pub cpu_quota: Option<CpuQuota>,
    /// Pinned cores, in the kernel's list format (`0-2,5`).
    pub cpuset: Option<String>,
    /// Memory that the task reserves, in bytes; the hard limit unless `memory_max` is given.
    pub memory: Option<u64>,
    /// Hard limit above the reservation, in bytes.
    pub memory_max: Option<u64>,
    /// Number of processes and threads.
    pub pids: Option<u64>,
}

/// CPU time per period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CpuQuota {
    /// CPU time in each period, in microseconds; more than the period for more than one core.
    pub quota_us: u64,
    /// Length of a period, in microseconds.
    pub period_us: u64,
}

impl CpuQuota {
    /// Returns the quota of a task that may use `mhz` where one core has `core_mhz`; at least what the kernel takes.
    #[must_use]
    pub fn of_share(mhz: u64, core_mhz: u64) -> Self {
        const PERIOD_US: u64 = 100_000;
        const LEAST_US: u64 = 1_000;
        let quota_us = (mhz.saturating_mul(PERIOD_US) / core_mhz.max(1)).max(LEAST_US);
        Self { quota_us, period_us: PERIOD_US }
    }
}

impl Limits {
    /// Returns the hard memory limit in bytes.
    #[must_use]
    pub fn memory_hard(&self) -> Option<u64> {
        self.memory_max.or(self.memory)
    }

    /// Returns the memory that is protected or reclaimed to, when it differs from the hard limit.
    #[must_use]
    pub fn memory_soft(&self) -> Option<u64> {
        self.memory_max.and(self.memory)
    }

    /// Returns the value of `cpu.shares` (v1): at least the kernel's minimum of 2.
    #[must_use]
    pub fn v1_shares(&self) -> Option<u64> {
        self.cpu_shares.map(|shares| shares.clamp(2, 262_144))
    }

    /// Returns the value of `cpu.weight` (v2): the kernel's range of shares mapped onto 1 to 10,000.
    #[must_use]
    pub fn v2_weight(&self) -> Option<u64> {
        self.v1_shares().map(|shares| 1 + (shares - 2) * 9_999 / 262_142)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_map_onto_both_kernel_ranges() {
        let of = |cpu| Limits { cpu_shares: Some(cpu), ..Limits::default() };
        let both = |cpu| (of(cpu).v1_shares(), of(cpu).v2_weight());
        assert_eq!(both(0), (Some(2), Some(1)));
        assert_eq!(both(1024), (Some(1024), Some(39)));
        assert_eq!(both(u64::MAX), (Some(262_144), Some(10_000)));
    }

    #[test]
    fn a_share_of_a_core_becomes_a_quota() {
        let quota = |mhz, core| CpuQuota::of_share(mhz, core).quota_us;
        assert_eq!([quota(500, 2_000), quota(3_000, 2_000), quota(1, 4_000)], [25_000, 150_000, 1_000]);
    }

    #[test]
    fn memory_max_is_the_hard_limit_and_memory_the_soft_one() {
        let limits = Limits { memory: Some(10), memory_max: Some(20), ..Limits::default() };
        assert_eq!((limits.memory_hard(), limits.memory_soft()), (Some(20), Some(10)));
        let limits = Limits { memory: Some(10), ..Limits::default() };
        assert_eq!((limits.memory_hard(), limits.memory_soft()), (Some(10), None));
    }
}
