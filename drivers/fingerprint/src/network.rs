//! Interfaces and the addresses that tasks are reached by.

use std::collections::BTreeMap;
use std::net::IpAddr;

use nix::ifaddrs::getifaddrs;
use nix::net::if_::InterfaceFlags;

use crate::sources::{Sources, read, read_number};

/// Assumed when the kernel does not know the speed of an interface, in Mbit/s.
const DEFAULT_MBITS: u32 = 1_000;

/// Kind of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// IPv4.
    V4,
    /// IPv6.
    V6,
}

/// One address of an interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address {
    /// The address.
    pub ip: IpAddr,
}

/// One interface that is up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    /// Name of the device.
    pub device: String,
    /// Hardware address; empty for loopback.
    pub mac: String,
    /// Speed in Mbit/s.
    pub mbits: u32,
    /// Whether it is the loopback.
    pub loopback: bool,
    /// Whether tasks are reached by it unless they ask for another.
    pub default: bool,
    /// Addresses without link-local ones; IPv4 first.
    pub addresses: Vec<Address>,
}

impl Address {
    /// Returns the kind of address.
    #[must_use]
    pub fn family(&self) -> Family {
        if self.ip.is_ipv4() { Family::V4 } else { Family::V6 }
    }

    /// Returns the address as a network of one.
    #[must_use]
    pub fn cidr(&self) -> String {
        match self.family() {
            Family::V4 => format!("{}/32", self.ip),
            Family::V6 => format!("{}/128", self.ip),
        }
    }
}

/// Reads the interfaces of the host. `wanted` names the default one; otherwise it is the one of the default route, or
/// loopback where there is none.
///
/// # Errors
/// When the system does not list its interfaces.
pub(crate) fn read_interfaces(sources: &Sources, wanted: Option<&str>) -> std::io::Result<Vec<Interface>> {
    let mut found: BTreeMap<String, Interface> = BTreeMap::new();
    for entry in getifaddrs()? {
        if !entry.flags.contains(InterfaceFlags::IFF_UP) {
            continue;
        }
        let loopback = entry.flags.contains(InterfaceFlags::IFF_LOOPBACK);
        let interface = found
            .entry(entry.interface_name.clone())
            .or_insert_with(|| named(sources, &entry.interface_name, loopback));
        let ip = entry.address.and_then(|address| {
            let v4 = address.as_sockaddr_in().map(|v4| IpAddr::V4(v4.ip()));
            v4.or_else(|| address.as_sockaddr_in6().map(|v6| IpAddr::V6(v6.ip())))
        });
        interface.addresses.extend(ip.filter(|ip| !is_link_local(*ip)).map(|ip| Address { ip }));
    }
    let mut interfaces: Vec<Interface> = found.into_values().collect();
    for interface in &mut interfaces {
        // IPv4 sorts before IPv6.
        interface.addresses.sort();
        interface.addresses.dedup();
    }
    let route = read(&sources.proc, "net/route").and_then(|table| default_device(&table));
    choose_default(&mut interfaces, wanted, route.as_deref());
    Ok(interfaces)
}

fn named(sources: &Sources, device: &str, loopback: bool) -> Interface {
    let dir = sources.sys.join("class/net").join(device);
    let mbits =
        read_number(&dir, "speed").and_then(|speed| u32::try_from(speed).ok()).filter(|speed| *speed > 0);
    let mac = read(&dir, "address").filter(|_| !loopback).unwrap_or_default();
    Interface {
        device: device.to_owned(),
        mac,
        mbits: mbits.unwrap_or(DEFAULT_MBITS),
        loopback,
        default: false,
        addresses: Vec::new(),
    }
}

fn choose_default(interfaces: &mut [Interface], wanted: Option<&str>, route: Option<&str>) {
    let position = |test: &dyn Fn(&Interface) -> bool| interfaces.iter().position(test);
    let by_name =
        |name: &str| position(&|interface| interface.device == name && !interface.addresses.is_empty());
    let chosen = match wanted {
        Some(wanted) => by_name(wanted),
        None => route.and_then(by_name).or_else(|| position(&|interface| interface.loopback)),
    };
    if let Some(chosen) = chosen {
        interfaces[chosen].default = true;
    }
}

/// Returns the device of the default route with the lowest metric.
fn default_device(table: &str) -> Option<String> {
    let route = |line: &str| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let is_default = fields.get(1) == Some(&"00000000") && fields.get(7) == Some(&"00000000");
        is_default.then(|| Some((fields.get(6)?.parse::<u64>().ok()?, (*fields.first()?).to_owned())))?
    };
    table.lines().filter_map(route).min().map(|(_, device)| device)
}

fn is_link_local(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROUTES: &str = "\
Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
wlan0\t00000000\t010200C0\t0003\t0\t0\t600\t00000000\t0\t0\t0
eth0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0
eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
";

    #[test]
    fn the_default_route_with_the_lowest_metric_names_the_device() {
        assert_eq!(default_device(ROUTES).as_deref(), Some("eth0"));
        assert_eq!(default_device("Iface\tDestination\n"), None);
    }

    #[test]
    fn loopback_is_the_default_of_a_host_without_a_route() {
        let interface = |device: &str, loopback| Interface {
            device: device.to_owned(),
            mac: String::new(),
            mbits: 1,
            loopback,
            default: false,
            addresses: vec![Address { ip: [127, 0, 0, 1].into() }],
        };
        let chosen = |wanted, route| {
            let mut interfaces = [interface("eth0", false), interface("lo", true)];
            choose_default(&mut interfaces, wanted, route);
            interfaces.iter().find(|interface| interface.default).map(|interface| interface.device.clone())
        };
        assert_eq!(chosen(None, Some("eth0")).as_deref(), Some("eth0"));
        assert_eq!(chosen(None, None).as_deref(), Some("lo"));
        assert_eq!(chosen(Some("lo"), Some("eth0")).as_deref(), Some("lo"));
        assert_eq!(chosen(Some("eth9"), Some("eth0")), None);
    }

    #[test]
    fn this_host_has_a_loopback_with_its_address() {
        let interfaces = read_interfaces(&Sources::default(), Some("lo")).expect("interfaces");
        let lo = interfaces.iter().find(|interface| interface.loopback).expect("loopback");
        assert!(lo.default);
        assert_eq!((lo.mac.as_str(), lo.addresses[0].cidr().as_str()), ("", "127.0.0.1/32"));
        assert_eq!(lo.addresses[0].family(), Family::V4);
    }
}
