//! What a group or task asks of the network.

use crate::document;
use crate::document::GoMap;

document! {
    /// A network that a group asks for.
    NetworkAsk / NetworkAskDraft {
        /// Empty or `host`, `bridge`, `none`, `cni/<name>`.
        mode: String = "Mode" val omit,
        /// Device; old job files only.
        device: String = "Device" val omit,
        /// Address range; old job files only.
        cidr: String = "CIDR" val omit,
        /// Address; old job files only.
        ip: String = "IP" val omit,
        /// Host name inside the group's namespace.
        hostname: String = "Hostname" val omit,
        /// Name resolution inside the group's namespace.
        dns: Option<Dns> = "DNS" ptr omit,
        /// Ports with fixed numbers.
        reserved_ports: Vec<PortAsk> = "ReservedPorts" ptr omit,
        /// Ports whose number the scheduler picks.
        dynamic_ports: Vec<PortAsk> = "DynamicPorts" ptr omit,
        /// Bandwidth in Mbit/s; deprecated.
        mbits: i64 = "MBits" ptr omit,
        /// Arguments for CNI plugins.
        cni: Option<CniArgs> = "CNI" ptr omit,
    }
}

document! {
    /// A port that a network asks for.
    PortAsk / PortAskDraft {
        /// Name of the port.
        label: String = "Label" val omit,
        /// Number of a static port; 0 for a dynamic one.
        value: i64 = "Value" val omit,
        /// Port inside the namespace; -1 means the same as outside.
        to: i64 = "To" val omit,
        /// Host network that it is taken from.
        host_network: String = "HostNetwork" val omit,
        /// May collide with other allocations' static ports.
        ignore_collision: bool = "IgnoreCollision" val omit,
    }
}

document! {
    /// Name resolution inside a group's namespace.
    Dns / DnsDraft {
        /// Addresses of resolvers.
        servers: Vec<String> = "Servers" val show,
        /// Search domains.
        searches: Vec<String> = "Searches" val show,
        /// Options of resolv.conf(5).
        options: Vec<String> = "Options" val show,
    }
}

document! {
    /// Arguments for CNI plugins.
    CniArgs / CniArgsDraft {
        /// Passed as `CNI_ARGS`.
        args: GoMap = "Args" val show,
    }
}
