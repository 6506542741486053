//! Capabilities by name, as job files write them.

use std::fmt;

/// Names in the order of the kernel's numbers.
const NAMES: [&str; 41] = [
    "chown",
    "dac_override",
    "dac_read_search",
    "fowner",
    "fsetid",
    "kill",
    "setgid",
    "setuid",
    "setpcap",
    "linux_immutable",
    "net_bind_service",
    "net_broadcast",
    "net_admin",
    "net_raw",
    "ipc_lock",
    "ipc_owner",
    "sys_module",
    "sys_rawio",
    "sys_chroot",
    "sys_ptrace",
    "sys_pacct",
    "sys_admin",
    "sys_boot",
    "sys_nice",
    "sys_resource",
    "sys_time",
    "sys_tty_config",
    "mknod",
    "lease",
    "audit_write",
    "audit_control",
    "setfcap",
    "mac_override",
    "mac_admin",
    "syslog",
    "wake_alarm",
    "block_suspend",
    "audit_read",
    "perfmon",
    "bpf",
    "checkpoint_restore",
];

/// What a task may have unless the agent says otherwise.
const DEFAULT: [&str; 13] = [
    "audit_write",
    "chown",
    "dac_override",
    "fowner",
    "fsetid",
    "kill",
    "mknod",
    "net_bind_service",
    "setfcap",
    "setgid",
    "setpcap",
    "setuid",
    "sys_chroot",
];

/// A set of capabilities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CapabilitySet(u64);

/// A name that is no capability.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown capability {0:?}")]
pub struct UnknownCapability(pub String);

impl CapabilitySet {
    /// None.
    pub const EMPTY: Self = Self(0);
    /// Every one that this build knows.
    pub const ALL: Self = Self((1 << NAMES.len()) - 1);

    /// What a task may have unless the agent says otherwise: Docker's default without `net_raw`.
    #[must_use]
    pub fn of_tasks() -> Self {
        let number = |name: &&str| NAMES.iter().position(|known| known == name);
        Self(DEFAULT.iter().filter_map(number).fold(0, |set, number| set | 1 << number))
    }

    /// Returns the capabilities of these names: any case, with or without `CAP_`; `all` is every one.
    ///
    /// # Errors
    /// The first name that is no capability.
    pub fn parse(names: &[String]) -> Result<Self, UnknownCapability> {
        let mut set = Self::EMPTY;
        for name in names {
            let lower = name.trim().to_ascii_lowercase();
            let plain = lower.strip_prefix("cap_").unwrap_or(&lower);
            match NAMES.iter().position(|known| *known == plain) {
                Some(number) => set.0 |= 1 << number,
                None if plain == "all" => set = Self::ALL,
                None => return Err(UnknownCapability(name.clone())),
            }
        }
        Ok(set)
    }

    /// Returns what this process holds.
    #[must_use]
    pub fn held() -> Self {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
        Self(line.and_then(|hex| u64::from_str_radix(hex.trim(), 16).ok()).unwrap_or(0) & Self::ALL.0)
    }

    /// Those of either.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Those of both.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Those that `other` does not have.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether the capability of that number is among them.
    #[must_use]
    pub const fn has(self, number: u32) -> bool {
        number < 64 && self.0 >> number & 1 == 1
    }

    /// The kernel's bits.
    pub(super) const fn bits(self) -> u64 {
        self.0
    }
}

impl fmt::Display for CapabilitySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> =
            NAMES.iter().enumerate().filter(|(n, _)| self.0 >> n & 1 == 1).map(|(_, name)| *name).collect();
        f.write_str(&names.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(names: &[&str]) -> Result<CapabilitySet, UnknownCapability> {
        CapabilitySet::parse(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn names_are_read_as_job_files_write_them() {
        let set = parse(&["NET_RAW", "cap_sys_admin", "Chown"]).expect("set");
        assert_eq!(set.to_string(), "chown, net_raw, sys_admin");
        assert!(set.has(21) && !set.has(0x40));
        assert_eq!(parse(&["all"]), Ok(CapabilitySet::ALL));
        assert_eq!(parse(&["net_rwa"]), Err(UnknownCapability("net_rwa".to_owned())));
        assert_eq!(parse(&[]), Ok(CapabilitySet::EMPTY));
    }

    #[test]
    fn the_default_is_the_documented_one() {
        let expected = "chown, dac_override, fowner, fsetid, kill, setgid, setuid, setpcap, net_bind_service, \
                        sys_chroot, mknod, audit_write, setfcap";
        assert_eq!(CapabilitySet::of_tasks().to_string(), expected);
        let raw = parse(&["net_raw"]).expect("set");
        assert!(CapabilitySet::of_tasks().intersection(raw).is_empty());
        assert_eq!(CapabilitySet::of_tasks().union(raw).without(raw), CapabilitySet::of_tasks());
    }
}
