//! `connect` of services: sidecars and their proxies.
//!
//! Limits: parsed, validated and stored; what runs is another question.

use model::{
    ConnectDraft, ConnectExposeDraft, ConnectProxyDraft, ExposePathDraft, MeshGatewayDraft,
    SidecarServiceDraft, SidecarTaskDraft, TransparentProxyDraft, UpstreamDraft,
};

use super::gateway::gateway;
use super::identity::identity;
use super::reader::Reader;
use super::resources::resources;
use super::template::logs;
use super::volume::volume_mount;

pub(super) fn connect(reader: &mut Reader<'_>) -> ConnectDraft {
    ConnectDraft {
        native: reader.flag("native"),
        gateway: reader.single("gateway", gateway),
        sidecar_service: reader.single("sidecar_service", sidecar_service),
        sidecar_task: reader.single("sidecar_task", sidecar_task),
    }
}

fn sidecar_service(reader: &mut Reader<'_>) -> SidecarServiceDraft {
    SidecarServiceDraft {
        tags: reader.texts("tags"),
        port: reader.text("port"),
        proxy: reader.single("proxy", proxy),
        disable_default_tcp_check: reader.flag("disable_default_tcp_check"),
        meta: reader.string_map("meta"),
    }
}

fn sidecar_task(reader: &mut Reader<'_>) -> SidecarTaskDraft {
    SidecarTaskDraft {
        name: reader.text("name"),
        driver: reader.text("driver"),
        user: reader.text("user"),
        config: reader.free_form("config"),
        env: reader.string_map("env"),
        resources: reader.single("resources", resources),
        meta: reader.string_map("meta"),
        kill_timeout: reader.duration("kill_timeout"),
        log_config: reader.single("logs", logs),
        shutdown_delay: reader.duration("shutdown_delay"),
        kill_signal: reader.text("kill_signal"),
        volume_mounts: reader.list("volume_mount", volume_mount),
        identities: reader.list("identity", identity),
    }
}

fn proxy(reader: &mut Reader<'_>) -> ConnectProxyDraft {
    ConnectProxyDraft {
        local_service_address: reader.text("local_service_address"),
        local_service_port: reader.number("local_service_port"),
        expose: reader.single("expose", |reader| ConnectExposeDraft {
            path: None,
            paths: reader.list("path", expose_path),
        }),
        expose_config: None,
        upstreams: reader.list("upstreams", upstream),
        transparent_proxy: reader.single("transparent_proxy", transparent_proxy),
        config: reader.free_form("config"),
    }
}

fn expose_path(reader: &mut Reader<'_>) -> ExposePathDraft {
    ExposePathDraft {
        path: reader.text("path"),
        protocol: reader.text("protocol"),
        local_path_port: reader.number("local_path_port"),
        listener_port: reader.text("listener_port"),
    }
}

fn upstream(reader: &mut Reader<'_>) -> UpstreamDraft {
    UpstreamDraft {
        destination_name: reader.text("destination_name"),
        destination_namespace: reader.text("destination_namespace"),
        destination_peer: reader.text("destination_peer"),
        destination_partition: reader.text("destination_partition"),
        destination_type: reader.text("destination_type"),
        local_bind_port: reader.number("local_bind_port"),
        datacenter: reader.text("datacenter"),
        local_bind_address: reader.text("local_bind_address"),
        local_bind_socket_path: reader.text("local_bind_socket_path"),
        local_bind_socket_mode: reader.text("local_bind_socket_mode"),
        mesh_gateway: reader.single("mesh_gateway", |reader| MeshGatewayDraft { mode: reader.text("mode") }),
        config: reader.free_form("config"),
    }
}

fn transparent_proxy(reader: &mut Reader<'_>) -> TransparentProxyDraft {
    TransparentProxyDraft {
        uid: reader.text("uid"),
        outbound_port: reader.number("outbound_port"),
        exclude_inbound_ports: reader.texts("exclude_inbound_ports"),
        exclude_outbound_ports: reader.numbers("exclude_outbound_ports"),
        exclude_outbound_cidrs: reader.texts("exclude_outbound_cidrs"),
        exclude_uids: reader.texts("exclude_uids"),
        no_dns: reader.flag("no_dns"),
    }
}
