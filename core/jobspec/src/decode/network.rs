//! `network` of groups and tasks.
//!
//! Limits: numbers of ports are checked by validation.

use model::{CniArgsDraft, DnsDraft, NetworkAskDraft, PortAskDraft};

use super::reader::Reader;

pub(super) fn network(reader: &mut Reader<'_>) -> NetworkAskDraft {
    let ports = reader.labelled("port", port).unwrap_or_default();
    let (reserved, dynamic): (Vec<PortAskDraft>, Vec<PortAskDraft>) =
        ports.into_iter().partition(|port| port.value.is_some_and(|value| value > 0));
    NetworkAskDraft {
        mode: reader.text("mode"),
        device: reader.text("device"),
        cidr: reader.text("cidr"),
        ip: reader.text("ip"),
        hostname: reader.text("hostname"),
        dns: reader.single("dns", dns),
        reserved_ports: (!reserved.is_empty()).then_some(reserved),
        dynamic_ports: (!dynamic.is_empty()).then_some(dynamic),
        mbits: reader.number("mbits"),
        cni: reader.single("cni", |reader| CniArgsDraft { args: reader.string_map_attribute("args") }),
    }
}

fn port(reader: &mut Reader<'_>, label: &str) -> PortAskDraft {
    PortAskDraft {
        label: Some(label.to_owned()),
        value: reader.number("static"),
        to: reader.number("to"),
        host_network: reader.text("host_network"),
        ignore_collision: reader.flag("ignore_collision"),
    }
}

fn dns(reader: &mut Reader<'_>) -> DnsDraft {
    DnsDraft {
        servers: reader.texts("servers"),
        searches: reader.texts("searches"),
        options: reader.texts("options"),
    }
}
