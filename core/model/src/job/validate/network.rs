//! Networks of a group: labels and numbers of its ports.

use std::collections::{BTreeMap, BTreeSet};

use super::Problems;
use crate::{NetworkAsk, TaskGroup};

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
    }
    problems.nest("Task group network", &inner);
}

fn ports<'a>(network: &'a NetworkAsk, labels: &mut BTreeSet<&'a str>, problems: &mut Problems) {
    let mut taken: BTreeMap<(&str, i64), &str> = BTreeMap::new();
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
        if !port.ignore_collision {
            let other = taken.insert((&port.host_network, port.value), &port.label);
            if let Some(other) = other {
                problems.add(format!("Static port {} already reserved by {other}", port.value));
            }
        }
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
