//! Which hierarchies a host mounts, read from `/proc/self/mountinfo`.

use std::fs;
use std::path::{Path, PathBuf};

use super::CgroupError;

/// A v1 controller that limits or counts something for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Controller {
    /// CPU shares.
    Cpu,
    /// CPU time.
    Cpuacct,
    /// Pinned cores.
    Cpuset,
    /// Memory limit and statistics.
    Memory,
    /// Number of processes.
    Pids,
}

impl Controller {
    /// Every controller, in the order in which groups are made.
    pub const ALL: [Self; 5] = [Self::Cpu, Self::Cpuacct, Self::Cpuset, Self::Memory, Self::Pids];

    /// Returns the kernel's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Cpuacct => "cpuacct",
            Self::Cpuset => "cpuset",
            Self::Memory => "memory",
            Self::Pids => "pids",
        }
    }
}

/// How a host mounts its hierarchies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Only v1 controllers.
    V1,
    /// Only the unified hierarchy.
    V2,
    /// v1 controllers, and a unified hierarchy beside them.
    Hybrid,
}

/// The mounted hierarchies of this host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hierarchies {
    pub(super) v1: Vec<(Controller, PathBuf)>,
    pub(super) unified: Option<PathBuf>,
}

impl Hierarchies {
    /// Reads what this host mounts.
    ///
    /// # Errors
    /// [`CgroupError::Unsupported`] when there is no hierarchy at all, or `/proc` cannot be read.
    pub fn detect() -> Result<Self, CgroupError> {
        let path = Path::new("/proc/self/mountinfo");
        let text = fs::read_to_string(path).map_err(|source| CgroupError::io("read", path, source))?;
        Self::from_mountinfo(&text)
            .ok_or_else(|| CgroupError::Unsupported { reason: "no cgroup hierarchy is mounted".to_owned() })
    }

    /// Returns the hierarchies that the text of a `mountinfo` file names; `None` without any.
    #[must_use]
    pub fn from_mountinfo(text: &str) -> Option<Self> {
        let mut found = Self { v1: Vec::new(), unified: None };
        for line in text.lines() {
            let Some((mount, filesystem)) = line.split_once(" - ") else { continue };
            let Some(point) = mount.split(' ').nth(4) else { continue };
            let mut filesystem = filesystem.split(' ');
            let kind = filesystem.next().unwrap_or_default();
            let options = filesystem.nth(1).unwrap_or_default();
            match kind {
                "cgroup2" if found.unified.is_none() => found.unified = Some(PathBuf::from(point)),
                "cgroup" => {
                    for controller in Controller::ALL {
                        let known = found.v1.iter().any(|(seen, _)| *seen == controller);
                        if !known && options.split(',').any(|option| option == controller.name()) {
                            found.v1.push((controller, PathBuf::from(point)));
                        }
                    }
                }
                _ => {}
            }
        }
        found.v1.sort();
        (found.unified.is_some() || !found.v1.is_empty()).then_some(found)
    }

    /// Returns how the hierarchies are mounted.
    #[must_use]
    pub fn mode(&self) -> Mode {
        match (&self.unified, self.v1.is_empty()) {
            (Some(_), true) => Mode::V2,
            (Some(_), false) => Mode::Hybrid,
            (None, _) => Mode::V1,
        }
    }

    /// Returns the directory of a group that somebody else owns: below a v1 controller, or unified for `None`.
    ///
    /// `None` when the host does not mount it; a leading slash in `path` is the root of the hierarchy.
    #[must_use]
    pub fn directory(&self, controller: Option<&str>, path: &str) -> Option<PathBuf> {
        let root = match controller {
            None => self.unified.as_ref()?,
            Some(name) => &self.v1.iter().find(|(known, _)| known.name() == name)?.1,
        };
        Some(root.join(path.trim_start_matches('/')))
    }

    /// Returns what keeps this process from limiting tasks here; `None` when nothing does.
    ///
    /// Looks only; a host may still refuse a group later, and then says why.
    #[must_use]
    pub fn obstacle(&self) -> Option<String> {
        if let Some(root) = self.roots().into_iter().find(|root| !is_writable(root)) {
            return Some(format!("{} is not writable", root.display()));
        }
        let offered = match &self.unified {
            Some(unified) if self.v1.is_empty() => {
                fs::read_to_string(unified.join("cgroup.controllers")).unwrap_or_default()
            }
            _ => self.v1.iter().map(|(controller, _)| controller.name()).collect::<Vec<_>>().join(" "),
        };
        let missing = ["cpu", "memory", "pids"]
            .into_iter()
            .find(|needed| !offered.split_whitespace().any(|controller| controller == *needed));
        missing.map(|missing| format!("no hierarchy has the {missing} controller"))
    }

    /// Returns the root directories of all hierarchies, each once.
    #[must_use]
    pub fn roots(&self) -> Vec<PathBuf> {
        let mut roots: Vec<PathBuf> = self.v1.iter().map(|(_, root)| root.clone()).collect();
        roots.extend(self.unified.clone());
        roots.sort();
        roots.dedup();
        roots
    }
}

fn is_writable(dir: &Path) -> bool {
    rustix::fs::access(dir, rustix::fs::Access::WRITE_OK).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HYBRID: &str = "\
30 24 0:26 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
31 30 0:27 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct
32 30 0:28 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
33 30 0:29 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd
34 30 0:30 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
";

    #[test]
    fn a_hybrid_host_has_v1_controllers_and_a_unified_mount() {
        let found = Hierarchies::from_mountinfo(HYBRID).expect("hierarchies");
        assert_eq!(found.mode(), Mode::Hybrid);
        let names: Vec<_> = found.v1.iter().map(|(c, p)| format!("{}={}", c.name(), p.display())).collect();
        assert_eq!(
            names,
            [
                "cpu=/sys/fs/cgroup/cpu,cpuacct",
                "cpuacct=/sys/fs/cgroup/cpu,cpuacct",
                "memory=/sys/fs/cgroup/memory"
            ]
        );
        assert_eq!(found.roots().len(), 3);
    }

    #[test]
    fn a_host_without_a_needed_controller_cannot_limit() {
        let dir = tempfile::tempdir().expect("directory");
        let mount = |kind: &str, options: &str| {
            format!("1 2 0:1 / {} rw - {kind} {kind} {options}\n", dir.path().display())
        };
        let obstacle = |text: &str| Hierarchies::from_mountinfo(text).expect("hierarchies").obstacle();
        assert_eq!(obstacle(&mount("cgroup", "rw,cpu,memory,pids")), None);
        let missing = "no hierarchy has the memory controller".to_owned();
        assert_eq!(obstacle(&mount("cgroup", "rw,cpu,pids")), Some(missing));
        let missing = "no hierarchy has the cpu controller".to_owned();
        assert_eq!(obstacle(&mount("cgroup2", "rw")), Some(missing));
        fs::write(dir.path().join("cgroup.controllers"), "cpuset cpu io memory pids\n").expect("file");
        assert_eq!(obstacle(&mount("cgroup2", "rw")), None);
        let gone = obstacle("1 2 0:1 / /no/such rw - cgroup2 cgroup2 rw\n");
        assert_eq!(gone, Some("/no/such is not writable".to_owned()));
    }

    #[test]
    fn pure_v1_and_pure_v2_are_told_apart() {
        let v1: String =
            HYBRID.lines().filter(|l| !l.contains("cgroup2")).map(|l| format!("{l}\n")).collect();
        assert_eq!(Hierarchies::from_mountinfo(&v1).map(|h| h.mode()), Some(Mode::V1));
        let v2 = "31 24 0:27 / /sys/fs/cgroup rw,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";
        assert_eq!(Hierarchies::from_mountinfo(v2).map(|h| h.mode()), Some(Mode::V2));
        assert_eq!(Hierarchies::from_mountinfo("1 2 0:1 / / rw - ext4 /dev/vda rw\n"), None);
    }
}
