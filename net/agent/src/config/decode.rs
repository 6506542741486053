//! Which key means which setting.

use model::AutopilotConfig;

use super::section::Section;
use super::{AgentConfig, ClientSection, ConfigError, HostVolumeSection, ServerSection, TlsSection};

const PORT: &str = "a port from 0 to 65535";
const COUNT: &str = "a whole number";

/// Applies the settings of one file to `config`.
pub(super) fn apply(mut root: Section<'_>, config: &mut AgentConfig) -> Result<(), ConfigError> {
    root.text("region", &mut config.region)?;
    root.text("datacenter", &mut config.datacenter)?;
    root.text("name", &mut config.name)?;
    let mut data_dir = String::new();
    root.text("data_dir", &mut data_dir)?;
    if !data_dir.is_empty() {
        config.data_dir = Some(data_dir.into());
    }
    root.text("bind_addr", &mut config.bind_addr)?;
    root.text("log_level", &mut config.log_level)?;
    root.flag("log_json", &mut config.log_json)?;
    root.flag("leave_on_interrupt", &mut config.leave_on_interrupt)?;
    root.flag("leave_on_terminate", &mut config.leave_on_terminate)?;
    root.block("ports", |ports| {
        ports.number("http", PORT, &mut config.ports.http)?;
        ports.number("rpc", PORT, &mut config.ports.rpc)
    })?;
    for (key, addresses) in [("addresses", &mut config.addresses), ("advertise", &mut config.advertise)] {
        root.block(key, |block| {
            for door in ["http", "rpc"] {
                let mut address = addresses.get(door).cloned().unwrap_or_default();
                block.text(door, &mut address)?;
                if !address.is_empty() {
                    addresses.insert(door.to_owned(), address);
                }
            }
            Ok(())
        })?;
    }
    root.block("server", |block| server(block, &mut config.server))?;
    root.block("client", |block| client(block, &mut config.client))?;
    root.block("limits", |limits| {
        limits.number("http_max_conns_per_client", COUNT, &mut config.http_max_conns_per_client)
    })?;
    root.block("autopilot", |block| autopilot(block, &mut config.autopilot))?;
    root.block("tls", |block| tls(block, &mut config.tls))?;
    root.named("plugin", |name, block| {
        let settings =
            block.json("config").unwrap_or_else(|| serde_json::Value::Object(serde_json::Map::new()));
        config.plugins.insert(name.to_owned(), settings);
        Ok(())
    })?;
    root.finish()
}

fn server(block: &mut Section<'_>, server: &mut ServerSection) -> Result<(), ConfigError> {
    block.flag("enabled", &mut server.enabled)?;
    block.number("bootstrap_expect", COUNT, &mut server.bootstrap_expect)?;
    block.number("num_schedulers", COUNT, &mut server.num_schedulers)?;
    block.number("raft_snapshot_threshold", COUNT, &mut server.raft_snapshot_threshold)?;
    block.number("raft_trailing_logs", COUNT, &mut server.raft_trailing_logs)?;
    block.duration("heartbeat_grace", &mut server.heartbeat_grace)?;
    join(block, &mut server.retry_join, Some(&mut server.retry_interval))
}

/// Servers to join: `server_join { retry_join, retry_interval }`, or `retry_join` beside it.
fn join(
    block: &mut Section<'_>,
    addresses: &mut Vec<String>,
    mut interval: Option<&mut model::Nanos>,
) -> Result<(), ConfigError> {
    if let Some(joined) = block.texts("retry_join")? {
        *addresses = joined;
    }
    block.block("server_join", |block| {
        for key in ["retry_join", "start_join"] {
            if let Some(joined) = block.texts(key)? {
                *addresses = joined;
            }
        }
        let mut unused = model::Nanos::ZERO;
        block.duration("retry_interval", interval.as_deref_mut().unwrap_or(&mut unused))
    })
}

fn client(block: &mut Section<'_>, client: &mut ClientSection) -> Result<(), ConfigError> {
    block.flag("enabled", &mut client.enabled)?;
    if let Some(servers) = block.texts("servers")? {
        client.servers.extend(servers);
    }
    join(block, &mut client.servers, None)?;
    block.text("node_class", &mut client.node_class)?;
    block.text("node_pool", &mut client.node_pool)?;
    block.map("meta", &mut client.meta)?;
    block.text("network_interface", &mut client.network_interface)?;
    block.number("cpu_total_compute", COUNT, &mut client.cpu_total_compute)?;
    block.number("memory_total_mb", COUNT, &mut client.memory_total_mb)?;
    block.number("min_dynamic_port", PORT, &mut client.min_dynamic_port)?;
    block.number("max_dynamic_port", PORT, &mut client.max_dynamic_port)?;
    block.text("cgroup_parent", &mut client.cgroup_parent)?;
    block.map("chroot_env", &mut client.chroot_env)?;
    block.map("options", &mut client.options)?;
    for (key, dir) in [("alloc_dir", &mut client.alloc_dir), ("state_dir", &mut client.state_dir)] {
        let mut path = String::new();
        block.text(key, &mut path)?;
        if !path.is_empty() {
            *dir = Some(path.into());
        }
    }
    block.block("reserved", |reserved| {
        reserved.number("cpu", COUNT, &mut client.reserved.cpu)?;
        reserved.number("memory", COUNT, &mut client.reserved.memory)?;
        reserved.number("disk", COUNT, &mut client.reserved.disk)?;
        reserved.text("reserved_ports", &mut client.reserved.reserved_ports)
    })?;
    block.named("host_volume", |name, block| {
        let mut volume = HostVolumeSection::default();
        block.text("path", &mut volume.path)?;
        block.flag("read_only", &mut volume.read_only)?;
        client.host_volumes.insert(name.to_owned(), volume);
        Ok(())
    })
}

fn autopilot(block: &mut Section<'_>, autopilot: &mut AutopilotConfig) -> Result<(), ConfigError> {
    block.flag("cleanup_dead_servers", &mut autopilot.cleanup_dead_servers)?;
    block.duration("last_contact_threshold", &mut autopilot.last_contact_threshold)?;
    block.number("max_trailing_logs", COUNT, &mut autopilot.max_trailing_logs)?;
    block.number("min_quorum", COUNT, &mut autopilot.min_quorum)?;
    block.duration("server_stabilization_time", &mut autopilot.server_stabilization_time)?;
    block.flag("enable_redundancy_zones", &mut autopilot.enable_redundancy_zones)?;
    block.flag("disable_upgrade_migration", &mut autopilot.disable_upgrade_migration)?;
    block.flag("enable_custom_upgrades", &mut autopilot.enable_custom_upgrades)
}

fn tls(block: &mut Section<'_>, tls: &mut TlsSection) -> Result<(), ConfigError> {
    block.flag("http", &mut tls.http)?;
    block.flag("rpc", &mut tls.rpc)?;
    block.text("ca_file", &mut tls.ca_file)?;
    block.text("cert_file", &mut tls.cert_file)?;
    block.text("key_file", &mut tls.key_file)?;
    block.flag("verify_server_hostname", &mut tls.verify_server_hostname)?;
    block.flag("verify_https_client", &mut tls.verify_https_client)
}
