//! Networks: the node must offer the mode, and every host network that a port names.

use model::{NetworkAsk, Node, PortAsk, TaskGroup};

use super::target::Target;

/// The network that a group asks for.
#[derive(Debug, Clone)]
pub(crate) struct NetworkCheck(Option<NetworkAsk>);

impl NetworkCheck {
    pub(crate) fn of(group: &TaskGroup) -> Self {
        Self(group.networks.first().cloned())
    }

    /// Whether a port names its network by something that differs between nodes of one class.
    pub(crate) fn is_unique(&self) -> bool {
        let ports = self.0.iter().flat_map(|ask| ask.reserved_ports.iter().chain(&ask.dynamic_ports));
        let mut networks = ports.map(|port| Target::parse(&port.host_network));
        networks.any(|network| !network.is_of_class())
    }

    /// Why the node cannot take it; none when it can.
    pub(crate) fn reason(&self, node: &Node) -> Option<String> {
        let ask = self.0.as_ref()?;
        let mode = if ask.mode.is_empty() { "host" } else { ask.mode.as_str() };
        if mode == "none" {
            return None;
        }
        if !node.resources.networks.iter().any(|network| *network.mode == *mode) {
            return Some("missing network".to_owned());
        }
        ask.reserved_ports.iter().chain(&ask.dynamic_ports).find_map(|port| port_reason(node, port))
    }
}

fn port_reason(node: &Node, port: &PortAsk) -> Option<String> {
    let Some(name) = host_network(node, port) else {
        let (network, label) = (&port.host_network, &port.label);
        return Some(format!("invalid host network {network:?} template for port {label:?}"));
    };
    if name == "default" || node.resources.networks.iter().any(|network| *network.alias == *name) {
        return None;
    }
    Some(format!("missing host network {name:?} for port {:?}", port.label))
}

/// The host network that a port is taken from; none when its template names nothing of the node.
pub(crate) fn host_network(node: &Node, port: &PortAsk) -> Option<String> {
    if port.host_network.is_empty() {
        return Some("default".to_owned());
    }
    Target::parse(&port.host_network).resolve(node).map(|name| name.into_owned())
}
