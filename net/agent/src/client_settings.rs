//! From the configuration of an agent to that of its client.

use std::collections::BTreeMap;
use std::path::Path;

use builtin::MockOptions;
use client::{Config, ConfigErrors, DriverSettings, ExecSettings, RawExecSettings};
use model::{HostVolume, PortRange, Reserved};

use crate::config::{AgentConfig, ConfigError};

/// The client's configuration. Addresses of the API are filled in when the agent is assembled.
pub(crate) fn client_config(config: &AgentConfig, data_dir: &Path) -> Result<Config, ConfigError> {
    let section = &config.client;
    let state_dir = section.state_dir.clone().unwrap_or_else(|| data_dir.join("client"));
    let alloc_dir = section.alloc_dir.clone().unwrap_or_else(|| data_dir.join("alloc"));
    let mut client = Config::new(state_dir, alloc_dir);
    client.name.clone_from(&config.name);
    client.region.clone_from(&config.region);
    client.datacenter.clone_from(&config.datacenter);
    client.class.clone_from(&section.node_class);
    if !section.node_pool.is_empty() {
        client.pool.clone_from(&section.node_pool);
    }
    client.meta.clone_from(&section.meta);
    client.tls_enabled = config.tls.http;
    client.dynamic_ports = dynamic_ports(config)?;
    client.reserved = Reserved {
        cpu_mhz: section.reserved.cpu,
        memory_mb: section.reserved.memory,
        disk_mb: section.reserved.disk,
        ports: reserved_ports(&section.reserved.reserved_ports)?,
        ..Reserved::default()
    };
    client.cpu_total_mhz = (section.cpu_total_compute > 0).then(|| u64::from(section.cpu_total_compute));
    client.memory_total_mb = (section.memory_total_mb > 0).then_some(section.memory_total_mb);
    if !section.network_interface.is_empty() {
        client.network_interface = Some(section.network_interface.clone());
    }
    if !section.cgroup_parent.is_empty() {
        client.cgroup_parent = Some(section.cgroup_parent.clone());
    }
    for (name, volume) in &section.host_volumes {
        if volume.path.is_empty() {
            return Err(ConfigError::Invalid(format!("host_volume {name:?} has no path")));
        }
        let volume = HostVolume { path: volume.path.as_str().into(), read_only: volume.read_only };
        client.host_volumes.insert(name.clone(), volume);
    }
    client.drivers = drivers(config)?;
    Ok(client)
}

fn dynamic_ports(config: &AgentConfig) -> Result<PortRange, ConfigError> {
    let defaults = PortRange::default();
    let or = |given: u16, default: u16| if given == 0 { default } else { given };
    let range = PortRange {
        min: or(config.client.min_dynamic_port, defaults.min),
        max: or(config.client.max_dynamic_port, defaults.max),
    };
    if range.min > range.max {
        return Err(ConfigError::Invalid(format!(
            "client.min_dynamic_port ({}) is above client.max_dynamic_port ({})",
            range.min, range.max
        )));
    }
    Ok(range)
}

/// Ports and ranges such as `22,80,8500-8600`.
fn reserved_ports(text: &str) -> Result<Vec<u16>, ConfigError> {
    let bad = || ConfigError::Invalid(format!("client.reserved.reserved_ports: cannot read {text:?}"));
    let mut ports = Vec::new();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let first: u16 = first.trim().parse().map_err(|_| bad())?;
        let last: u16 = last.trim().parse().map_err(|_| bad())?;
        if first > last {
            return Err(bad());
        }
        ports.extend(first..=last);
    }
    ports.sort_unstable();
    ports.dedup();
    Ok(ports)
}

fn drivers(config: &AgentConfig) -> Result<DriverSettings, ConfigError> {
    let mut settings = DriverSettings::default();
    for (name, plugin) in &config.plugins {
        let wrong = |text: String| ConfigError::Invalid(format!("plugin {name:?}: {text}"));
        let block = plugin.as_object().ok_or_else(|| wrong("config is not a block".to_owned()))?;
        let mistakes = |errors: ConfigErrors| wrong(errors.to_string());
        match name.as_str() {
            "exec" => settings.exec = Some(ExecSettings::decode(block).map_err(mistakes)?),
            "java" => settings.java = Some(ExecSettings::decode(block).map_err(mistakes)?),
            "raw_exec" => settings.raw_exec = RawExecSettings::decode(block).map_err(mistakes)?,
            "mock_driver" => {
                let off = block.get("enabled").is_some_and(|on| *on == false || *on == "false");
                settings.mock = (!off).then(MockOptions::default);
            }
            other => {
                return Err(ConfigError::Invalid(format!(
                    "plugin {other:?} does not exist: exec, java, raw_exec and mock_driver do"
                )));
            }
        }
    }
    settings.chroot_env = chroot_env(config)?;
    for (key, value) in &config.client.options {
        match key.as_str() {
            "user.denylist" => settings.denied_users = list(value),
            other => {
                let text = format!("client.options: {other:?} is not known; user.denylist is");
                return Err(ConfigError::Invalid(text));
            }
        }
    }
    Ok(settings)
}

fn list(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// Paths as they are, without slashes at their ends: the documentation writes directories with one.
fn chroot_env(config: &AgentConfig) -> Result<BTreeMap<String, String>, ConfigError> {
    let plain = |path: &String| -> Result<String, ConfigError> {
        let trimmed = path.trim_end_matches('/');
        if trimmed.starts_with('/') {
            return Ok(trimmed.to_owned());
        }
        Err(ConfigError::Invalid(format!("client.chroot_env: {path:?} is not a path below \"/\"")))
    };
    let pairs = config.client.chroot_env.iter();
    pairs.map(|(source, target)| Ok((plain(source)?, plain(target)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(plugins: serde_json::Value, client: &[(&str, &str)]) -> Result<DriverSettings, String> {
        let mut config = AgentConfig::default();
        let serde_json::Value::Object(plugins) = plugins else { panic!("plugins by name") };
        config.plugins = plugins.into_iter().collect();
        for (key, value) in client {
            let map = if key.starts_with('/') || key.starts_with("etc") {
                &mut config.client.chroot_env
            } else {
                &mut config.client.options
            };
            map.insert((*key).to_owned(), (*value).to_owned());
        }
        drivers(&config).map_err(|error| error.to_string())
    }

    #[test]
    fn drivers_are_set_as_configured() {
        let none = check(serde_json::json!({}), &[]).expect("settings");
        assert!(none.exec.is_some() && none.raw_exec.is_none() && none.mock.is_none());
        assert_eq!(none.denied_users, ["root"]);
        let plugins = serde_json::json!({
            "exec": {"default_pid_mode": "host", "allow_caps": ["net_raw"]},
            "raw_exec": {"enabled": true, "denied_host_uids": "0"},
        });
        let client = [("/bin/", "/bin/"), ("/opt/tools", "/tools"), ("user.denylist", "")];
        let given = check(plugins, &client).expect("settings");
        assert_eq!(given.exec.expect("exec").allow_caps.to_string(), "net_raw");
        assert_eq!(given.raw_exec.expect("raw_exec").denied_host_uids, "0");
        assert_eq!(given.chroot_env["/bin"], "/bin");
        assert!(given.denied_users.is_empty());
    }

    #[test]
    fn mistakes_of_drivers_are_named() {
        let error = |plugins, client: &[(&str, &str)]| check(plugins, client).expect_err("a mistake");
        let none = || serde_json::json!({});
        assert_eq!(
            error(serde_json::json!({"exec": {"allow_cap": []}}), &[]),
            "plugin \"exec\": config.allow_cap: unknown key \"allow_cap\", did you mean \"allow_caps\"?"
        );
        assert_eq!(
            error(serde_json::json!({"raw_exec": {"enable": true}}), &[]),
            "plugin \"raw_exec\": config.enable: unknown key \"enable\", did you mean \"enabled\"?"
        );
        assert_eq!(
            error(serde_json::json!({"exce": {}}), &[]),
            "plugin \"exce\" does not exist: exec, java, raw_exec and mock_driver do"
        );
        assert_eq!(error(none(), &[("etc", "/etc")]), "client.chroot_env: \"etc\" is not a path below \"/\"");
        assert_eq!(
            error(none(), &[("user.deny", "x")]),
            "client.options: \"user.deny\" is not known; user.denylist is"
        );
    }
}
