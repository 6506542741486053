//! Networks of a group: labels and numbers of its ports.

use std::collections::{BTreeMap, BTreeSet};

use super::Problems;
use crate::{NetworkAsk, PortAsk, TaskGroup};

/// Checks the networks of a group.
pub(super) fn check(group: &TaskGroup, problems: &mut Problems) {
    let mut inner = Problems::default();
    let mut labels = BTreeSet::new();
    for network in &group.networks {
        ports(network, &mut labels, &mut inner);
        let mode = network.mode.as_str();
        let known = ["", "host", "bridge", "none"].contains(&mode) || mode.starts_with("cni/");
        inner.add_if(!known, || {
            format!("Invalid network mode {mode:?}: host, bridge, none and cni/<name> exist")
        });
        inner.add_if(!network.hostname.is_empty() && mode != "bridge" && !mode.starts_with("cni/"), || {
            "hostname is only supported for network modes bridge and cni/<name>".to_owned()
        });
        inner.add_if(!is_host_name(&network.hostname), || {
            format!("hostname is not a valid DNS name: {:?}", network.hostname)
        });
        let args = network.cni.iter().flat_map(|cni| &cni.args);
        for (key, value) in args.filter(|(key, value)| key.contains(';') || value.contains(';')) {
            inner.add(format!("invalid ';' character in CNI arg \"{key}={value}\""));
        }
    }
    problems.nest("Task group network", &inner);
}

fn ports<'a>(network: &'a NetworkAsk, labels: &mut BTreeSet<&'a str>, problems: &mut Problems) {
    let mut taken: BTreeMap<(&str, i64), &PortAsk> = BTreeMap::new();
    for port in network.reserved_ports.iter().chain(&network.dynamic_ports) {
        problems.add_if(port.label.is_empty(), || "Port label cannot be empty".to_owned());
        problems.add_if(!labels.insert(&port.label), || {
            format!("Port label {} already in use by taskgroup network", port.label)
        });
    }
    for port in &network.reserved_ports {
        problems.add_if(port.value > 65_535, || {
            format!("Port {} ({}) cannot be greater than 65535", port.label, port.value)
        });
        problems.add_if(port.value < 1, || format!("Port {} ({}) must be positive", port.label, port.value));
        let key = (port.host_network.as_str(), port.value);
        match taken.get(&key) {
            Some(other) if !(port.ignore_collision && other.ignore_collision) => {
                problems.add(format!("Static port {} already reserved by {}", port.value, other.label));
            }
            Some(_) => {}
            None => {
                taken.insert(key, port);
            }
        }
        let host = ["", "host"].contains(&network.mode.as_str());
        problems.add_if(port.ignore_collision && !host, || {
            format!("Port {} cannot ignore collisions: only in network mode host can it", port.label)
        });
    }
    for port in network.reserved_ports.iter().chain(&network.dynamic_ports) {
        problems.add_if(port.to < -1, || {
            format!("Port {:?} cannot be mapped to negative value {}", port.label, port.to)
        });
        problems.add_if(port.to > 65_535, || {
            format!("Port {:?} cannot be mapped to a port ({}) greater than 65535", port.label, port.to)
        });
    }
}

/// Whether a text is nothing, a name of DNS, or has an interpolation that is checked where it is resolved.
fn is_host_name(name: &str) -> bool {
    let inner = |char: char| char.is_ascii_alphanumeric() || char == '-';
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.chars().all(inner)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.is_empty() || name.contains("${") || (name.len() <= 253 && name.split('.').all(is_label))
}
