//! Cores and their speed.

use crate::sources::{Sources, read, read_number};
use crate::{cpu_list, numa};

/// Assumed when no source knows the speed of a core, in MHz.
const GUESS_MHZ: u32 = 1_000;

/// The processors of a host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cpu {
    /// Name of the model; empty when the kernel does not tell.
    pub model: String,
    /// The cores that are online.
    pub cores: Vec<Core>,
}

/// One core, or one of its hardware threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Core {
    /// The kernel's number.
    pub id: u32,
    /// NUMA node.
    pub numa: u32,
    /// Socket.
    pub socket: u32,
    /// Base speed in MHz; 0 if it is not known.
    pub base_mhz: u32,
    /// Highest speed in MHz; 0 if it is not known.
    pub max_mhz: u32,
    /// Speed in MHz where neither is known.
    pub guess_mhz: u32,
}

impl Core {
    /// Returns the speed that counts.
    #[must_use]
    pub fn mhz(&self) -> u32 {
        [self.base_mhz, self.max_mhz, self.guess_mhz].into_iter().find(|mhz| *mhz > 0).unwrap_or(0)
    }
}

impl Cpu {
    /// Reads the processors of the host.
    pub(crate) fn read(sources: &Sources) -> Self {
        let info = read(&sources.proc, "cpuinfo").unwrap_or_default();
        let by_info = speeds(&info);
        let numa = numa::read(sources);
        let mut online = read(&sources.sys, "devices/system/cpu/online").map(|list| cpu_list::parse(&list));
        if online.as_ref().is_none_or(Vec::is_empty) {
            online = Some(by_info.iter().map(|(id, _)| *id).collect());
        }
        let core = |id: u32| {
            let dir = sources.sys.join(format!("devices/system/cpu/cpu{id}"));
            let khz = |file: &str| read_number(&dir, file).map_or(0, |khz| mhz(khz / 1_000));
            let now = by_info.iter().find(|(known, _)| *known == id).map_or(0, |(_, mhz)| *mhz);
            let max_mhz = khz("cpufreq/cpuinfo_max_freq");
            let base = khz("cpufreq/base_frequency");
            // What the kernel says about now is as good as a base speed where nothing scales.
            let base_mhz = if base == 0 && max_mhz == 0 { now } else { base };
            let known = base_mhz > 0 || max_mhz > 0;
            Core {
                id,
                numa: numa::node_of(&numa, id),
                socket: read_number(&dir, "topology/physical_package_id").map_or(0, mhz),
                base_mhz,
                max_mhz,
                guess_mhz: if known { 0 } else { GUESS_MHZ },
            }
        };
        let cores = online.unwrap_or_default().into_iter().map(core).collect();
        Self { model: field(&info, "model name").unwrap_or_default(), cores }
    }

    /// Returns the speed of all cores together, in MHz.
    #[must_use]
    pub fn total_mhz(&self) -> u64 {
        self.cores.iter().map(|core| u64::from(core.mhz())).sum()
    }
}

fn mhz(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn field(info: &str, name: &str) -> Option<String> {
    info.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(key, _)| key.trim() == name)
        .map(|(_, value)| value.trim().to_owned())
}

/// Returns number and present speed of each processor in `cpuinfo`.
fn speeds(info: &str) -> Vec<(u32, u32)> {
    let block = |block: &str| {
        let id = field(block, "processor")?.parse().ok()?;
        let speed = field(block, "cpu MHz").and_then(|mhz| mhz.parse::<f64>().ok()).unwrap_or(0.0);
        Some((id, speed as u32))
    };
    info.split("\n\n").filter_map(block).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn host(files: &[(&str, &str)]) -> (tempfile::TempDir, Sources) {
        let dir = tempfile::tempdir().expect("directory");
        for (name, text) in files {
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().expect("parent")).expect("directory");
            fs::write(path, text).expect("file");
        }
        let at = |name: &str| dir.path().join(name);
        let sources = Sources { proc: at("proc"), sys: at("sys"), etc: at("etc") };
        (dir, sources)
    }

    #[test]
    fn without_scaling_the_present_speed_counts() {
        let info = "processor\t: 0\nmodel name\t: AMD EPYC\ncpu MHz\t\t: 2596.124\n\n\
                    processor\t: 1\nmodel name\t: AMD EPYC\ncpu MHz\t\t: 2596.124\n";
        let (_dir, sources) = host(&[("proc/cpuinfo", info), ("sys/devices/system/cpu/online", "0-1\n")]);
        let cpu = Cpu::read(&sources);
        assert_eq!((cpu.model.as_str(), cpu.cores.len(), cpu.total_mhz()), ("AMD EPYC", 2, 5_192));
        assert_eq!(cpu.cores[1].base_mhz, 2_596);
    }

    #[test]
    fn base_speed_comes_before_the_highest_and_sockets_and_nodes_are_kept() {
        let (_dir, sources) = host(&[
            ("sys/devices/system/cpu/online", "0,2\n"),
            ("sys/devices/system/cpu/cpu0/cpufreq/base_frequency", "2400000\n"),
            ("sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq", "4000000\n"),
            ("sys/devices/system/cpu/cpu2/cpufreq/cpuinfo_max_freq", "3000000\n"),
            ("sys/devices/system/cpu/cpu2/topology/physical_package_id", "1\n"),
            ("sys/devices/system/node/online", "0-1\n"),
            ("sys/devices/system/node/node0/cpulist", "0-1\n"),
            ("sys/devices/system/node/node1/cpulist", "2-3\n"),
        ]);
        let cpu = Cpu::read(&sources);
        let speeds: Vec<_> = cpu.cores.iter().map(|c| (c.id, c.numa, c.socket, c.mhz())).collect();
        assert_eq!(speeds, [(0, 0, 0, 2_400), (2, 1, 1, 3_000)]);
    }

    #[test]
    fn an_unknown_speed_is_a_guess_and_says_so() {
        let (_dir, sources) = host(&[("proc/cpuinfo", "processor\t: 0\nBogoMIPS\t: 50.00\n")]);
        let cpu = Cpu::read(&sources);
        assert_eq!((cpu.cores[0].base_mhz, cpu.cores[0].guess_mhz, cpu.cores[0].mhz()), (0, 1_000, 1_000));
        assert_eq!(cpu.model, "");
    }
}
