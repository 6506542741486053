//! `gateway` of services: ingress, terminating, mesh.
//!
//! Limits: parsed, validated and stored; what runs is another question.

use model::document::Any;
use model::{
    GatewayBindAddressDraft, GatewayDraft, GatewayHeadersDraft, GatewayIngressDraft,
    GatewayLinkedServiceDraft, GatewayListenerDraft, GatewayProxyDraft, GatewaySdsDraft, GatewayServiceDraft,
    GatewayTerminatingDraft, GatewayTlsDraft,
};

use super::reader::Reader;

pub(super) fn gateway(reader: &mut Reader<'_>) -> GatewayDraft {
    GatewayDraft {
        proxy: reader.single("proxy", proxy),
        ingress: reader.single("ingress", ingress),
        terminating: reader.single("terminating", |reader| GatewayTerminatingDraft {
            services: reader.list("service", linked_service),
        }),
        mesh: reader.single("mesh", |_| Any(serde_json::Value::Object(serde_json::Map::new()))),
    }
}

fn proxy(reader: &mut Reader<'_>) -> GatewayProxyDraft {
    let addresses = reader.labelled("envoy_gateway_bind_addresses", bind_address);
    GatewayProxyDraft {
        connect_timeout: reader.duration("connect_timeout"),
        bind_tagged_addresses: reader.flag("envoy_gateway_bind_tagged_addresses"),
        bind_addresses: addresses.map(|addresses| {
            addresses.into_iter().map(|address| (address.name.clone().unwrap_or_default(), address)).collect()
        }),
        no_default_bind: reader.flag("envoy_gateway_no_default_bind"),
        dns_discovery_type: reader.text("envoy_dns_discovery_type"),
        config: reader.free_form("config"),
    }
}

fn bind_address(reader: &mut Reader<'_>, name: &str) -> GatewayBindAddressDraft {
    GatewayBindAddressDraft {
        name: Some(name.to_owned()),
        address: reader.text("address"),
        port: reader.number("port"),
    }
}

fn ingress(reader: &mut Reader<'_>) -> GatewayIngressDraft {
    GatewayIngressDraft { tls: reader.single("tls", tls), listeners: reader.list("listener", listener) }
}

fn tls(reader: &mut Reader<'_>) -> GatewayTlsDraft {
    GatewayTlsDraft {
        enabled: reader.flag("enabled"),
        min_version: reader.text("tls_min_version"),
        max_version: reader.text("tls_max_version"),
        cipher_suites: reader.texts("cipher_suites"),
        sds: reader.single("sds", |reader| GatewaySdsDraft {
            cluster_name: reader.text("cluster_name"),
            cert_resource: reader.text("cert_resource"),
        }),
    }
}

fn listener(reader: &mut Reader<'_>) -> GatewayListenerDraft {
    GatewayListenerDraft {
        port: reader.number("port"),
        protocol: reader.text("protocol"),
        services: reader.list("service", service),
    }
}

fn service(reader: &mut Reader<'_>) -> GatewayServiceDraft {
    GatewayServiceDraft {
        name: reader.text("name"),
        hosts: reader.texts("hosts"),
        tls: reader.single("tls", tls),
        request_headers: reader.single("request_headers", headers),
        response_headers: reader.single("response_headers", headers),
        max_connections: reader.number("max_connections"),
        max_pending_requests: reader.number("max_pending_requests"),
        max_concurrent_requests: reader.number("max_concurrent_requests"),
    }
}

fn headers(reader: &mut Reader<'_>) -> GatewayHeadersDraft {
    GatewayHeadersDraft {
        add: reader.string_map("add"),
        set: reader.string_map("set"),
        remove: reader.texts("remove"),
    }
}

fn linked_service(reader: &mut Reader<'_>) -> GatewayLinkedServiceDraft {
    GatewayLinkedServiceDraft {
        name: reader.text("name"),
        ca_file: reader.text("ca_file"),
        cert_file: reader.text("cert_file"),
        key_file: reader.text("key_file"),
        sni: reader.text("sni"),
    }
}
