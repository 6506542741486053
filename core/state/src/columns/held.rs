//! What allocations of one node hold beside plain quantities: ports, cores, devices. Counted, since static
//! ports may be shared when a job asks to ignore collisions.

use model::{Alloc, Name};

/// Ports, cores and devices in use on one node. Lists are sorted by their key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Held {
    /// Ports.
    pub ports: Vec<HeldPort>,
    /// Cores with how many allocations hold them: one, unless the node was over-committed by hand.
    pub cores: Vec<(u16, u32)>,
    /// Devices.
    pub devices: Vec<HeldDevice>,
    /// How many of them all are held by more than one allocation.
    contested: u32,
}

/// A port in use.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct HeldPort {
    /// The port.
    pub port: u16,
    /// Address it is taken on.
    pub host_ip: Name,
    /// How many allocations hold it.
    pub count: u32,
}

/// A device instance in use.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct HeldDevice {
    /// Vendor.
    pub vendor: Name,
    /// Type.
    pub device_type: Name,
    /// Model.
    pub name: Name,
    /// Instance.
    pub id: Name,
    /// How many allocations hold it: one, unless the node was over-committed by hand.
    pub count: u32,
}

impl Held {
    /// Whether nothing is held.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.ports.is_empty() && self.cores.is_empty() && self.devices.is_empty()
    }

    /// Whether anything is held by more than one allocation.
    #[must_use]
    pub const fn is_contested(&self) -> bool {
        self.contested > 0
    }

    /// Whether an allocation holds anything of this kind.
    pub(super) fn concerns(alloc: &Alloc) -> bool {
        !alloc.assigned.ports.is_empty() || alloc.assigned.exclusive.is_some()
    }

    /// Counts what an allocation holds, or takes it away again.
    pub(crate) fn count(&mut self, alloc: &Alloc, holds: bool) {
        for port in &alloc.assigned.ports {
            let at = self
                .ports
                .binary_search_by(|held| (held.port, &held.host_ip).cmp(&(port.value, &port.host_ip)));
            let fresh = || HeldPort { port: port.value, host_ip: Name::clone(&port.host_ip), count: 0 };
            let now = step(&mut self.ports, at, holds, fresh, |held| &mut held.count);
            self.follow(now, holds);
        }
        let Some(exclusive) = &alloc.assigned.exclusive else { return };
        for task in &exclusive.tasks {
            for core in &task.cores {
                let at = self.cores.binary_search_by_key(core, |held| held.0);
                let now = step(&mut self.cores, at, holds, || (*core, 0), |held| &mut held.1);
                self.follow(now, holds);
            }
            for group in &task.devices {
                for id in &group.ids {
                    let at = self.devices.binary_search_by(|held| {
                        (&held.vendor, &held.device_type, &held.name, &held.id).cmp(&(
                            &group.vendor,
                            &group.device_type,
                            &group.name,
                            id,
                        ))
                    });
                    let fresh = || HeldDevice {
                        vendor: Name::clone(&group.vendor),
                        device_type: Name::clone(&group.device_type),
                        name: Name::clone(&group.name),
                        id: Name::clone(id),
                        count: 0,
                    };
                    let now = step(&mut self.devices, at, holds, fresh, |held| &mut held.count);
                    self.follow(now, holds);
                }
            }
        }
    }

    /// Notes how often something is held now.
    const fn follow(&mut self, now: u32, holds: bool) {
        match (now, holds) {
            (2, true) => self.contested += 1,
            (1, false) => self.contested = self.contested.saturating_sub(1),
            _ => {}
        }
    }
}

/// Counts one more or one less of a sorted list's entry, which exists while its count is not 0; returns the count.
fn step<T>(
    list: &mut Vec<T>,
    at: Result<usize, usize>,
    more: bool,
    fresh: impl FnOnce() -> T,
    count: impl Fn(&mut T) -> &mut u32,
) -> u32 {
    match (at, more) {
        (Ok(at), true) => {
            let held = count(&mut list[at]);
            *held += 1;
            *held
        }
        (Err(at), true) => {
            list.insert(at, fresh());
            *count(&mut list[at]) = 1;
            1
        }
        (Ok(at), false) => {
            let held = count(&mut list[at]);
            *held -= 1;
            let left = *held;
            if left == 0 {
                list.remove(at);
            }
            left
        }
        (Err(_), false) => 0,
    }
}
