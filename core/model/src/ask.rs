//! What one allocation of a group asks of its node, all tasks taken together.

use crate::{Exclusive, Lifecycle, Task, TaskGroup};

/// The ask of one allocation in the dimensions that are plain numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct GroupAsk {
    /// CPU in MHz, cores apart.
    pub cpu_mhz: u64,
    /// Cores.
    pub cores: u32,
    /// Memory in MB, secrets included.
    pub memory_mb: u64,
    /// Disk in MB.
    pub disk_mb: u64,
    /// Bandwidth in Mbit/s, of the group and of its tasks together.
    pub mbits: u64,
}

/// When a task runs, which decides what it shares its room with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    PrestartEphemeral,
    PrestartSidecar,
    Main,
    Poststop,
}

fn phase(task: &Task) -> Phase {
    match &task.lifecycle {
        Some(Lifecycle { hook, sidecar }) if hook == "prestart" => {
            if *sidecar {
                Phase::PrestartSidecar
            } else {
                Phase::PrestartEphemeral
            }
        }
        Some(Lifecycle { hook, .. }) if hook == "poststop" => Phase::Poststop,
        Some(_) | None => Phase::Main,
    }
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

impl GroupAsk {
    /// The ask of `group`: the largest of what its prestart, main and poststop tasks need together.
    ///
    /// Prestart sidecars run beside the main tasks and count in both. CPU of tasks with cores is left out
    /// of the maximum, since cores are exclusive.
    #[must_use]
    pub fn of(group: &TaskGroup) -> Self {
        let mut ask = Self {
            disk_mb: group.ephemeral_disk.as_ref().map_or(0, |disk| unsigned(disk.size_mb)),
            mbits: group.networks.first().map_or(0, |network| unsigned(network.mbits)),
            ..Self::default()
        };
        let mut totals = [(0, 0); 3];
        for task in &group.tasks {
            let (cpu, memory, cores) = Self::of_task(task);
            ask.cores += cores;
            let networks = task.resources.iter().flat_map(|resources| &resources.networks);
            ask.mbits += networks.map(|network| unsigned(network.mbits)).sum::<u64>();
            let counted: &[usize] = match phase(task) {
                Phase::PrestartEphemeral => &[0],
                Phase::PrestartSidecar => &[0, 1],
                Phase::Main => &[1],
                Phase::Poststop => &[2],
            };
            for &slot in counted {
                totals[slot].0 += cpu;
                totals[slot].1 += memory;
            }
        }
        ask.cpu_mhz = totals.iter().map(|total| total.0).max().unwrap_or(0);
        ask.memory_mb = totals.iter().map(|total| total.1).max().unwrap_or(0);
        ask
    }

    /// CPU in MHz (0 with cores), memory in MB with secrets, and cores of one task.
    #[must_use]
    pub fn of_task(task: &Task) -> (u64, u64, u32) {
        let Some(resources) = &task.resources else { return (0, 0, 0) };
        let cores = u32::try_from(resources.cores).unwrap_or(0);
        let cpu = if cores > 0 { 0 } else { unsigned(resources.cpu) };
        (cpu, unsigned(resources.memory_mb) + unsigned(resources.secrets_mb), cores)
    }

    /// CPU in MHz with what the assigned cores are worth.
    #[must_use]
    pub fn cpu_with_cores(&self, exclusive: Option<&Exclusive>) -> u64 {
        let cores: u64 = exclusive
            .map_or(0, |exclusive| exclusive.tasks.iter().map(|task| u64::from(task.cpu_shares)).sum());
        self.cpu_mhz + cores
    }
}
