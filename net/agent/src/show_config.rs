//! The configuration as `/v1/agent/self` shows it: the fields that clients read, without secrets.

use serde_json::{Value, json};

use crate::config::AgentConfig;

/// The configuration with the names that clients expect.
pub(crate) fn show(config: &AgentConfig, dev: bool) -> Value {
    let number = concat!(
        env!("CARGO_PKG_VERSION_MAJOR"),
        ".",
        env!("CARGO_PKG_VERSION_MINOR"),
        ".",
        env!("CARGO_PKG_VERSION_PATCH")
    );
    let stage = env!("CARGO_PKG_VERSION_PRE");
    json!({
        "ACL": { "Enabled": false },
        "AdvertiseAddrs": config.advertise,
        "BindAddr": config.bind_address(),
        "Client": {
            "Enabled": config.client.enabled, "Meta": config.client.meta, "NodeClass": config.client.node_class,
            "NodePool": config.client.node_pool, "Servers": config.client.servers,
        },
        "DataDir": config.data_dir,
        "Datacenter": config.datacenter,
        "DevMode": dev,
        "LeaveOnInt": config.leave_on_interrupt,
        "LeaveOnTerm": config.leave_on_terminate,
        "LogJson": config.log_json,
        "LogLevel": config.log_level,
        "NodeName": config.name,
        "Ports": { "HTTP": config.ports.http, "RPC": config.ports.rpc },
        "Region": config.region,
        "Server": {
            "BootstrapExpect": config.server.bootstrap_expect, "Enabled": config.server.enabled,
            "HeartbeatGrace": config.server.heartbeat_grace.0, "NumSchedulers": config.server.num_schedulers,
        },
        "TLSConfig": {
            "CAFile": config.tls.ca_file, "CertFile": config.tls.cert_file, "EnableHTTP": config.tls.http,
            "EnableRPC": config.has_certificates(),
        },
        "UI": { "Enabled": false },
        "Version": { "Version": number, "VersionMetadata": "", "VersionPrerelease": stage },
    })
}
