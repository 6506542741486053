//! Which addresses an agent binds and which it tells others.

use std::net::SocketAddr;

use crate::config::{AgentConfig, ConfigError};

/// Address that a door binds, `host:port`.
pub(crate) fn bind(config: &AgentConfig, door: &str, port: u16) -> Result<SocketAddr, ConfigError> {
    let host = config.addresses.get(door).map_or_else(|| config.bind_address(), String::as_str);
    let text = if host.contains(':') && !host.starts_with('[') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    };
    text.parse().map_err(|_| ConfigError::Invalid(format!("cannot bind {host:?}: it is no IP address")))
}

/// Address that others are told for a door that is bound to `bound`.
pub(crate) fn advertise(config: &AgentConfig, door: &str, bound: SocketAddr) -> Result<String, ConfigError> {
    if let Some(given) = config.advertise.get(door) {
        let has_port = given.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
        return Ok(if has_port { given.clone() } else { format!("{given}:{}", bound.port()) });
    }
    if bound.ip().is_unspecified() {
        return Err(ConfigError::Invalid(format!(
            "the agent listens on every address: say with advertise.{door} which one others should use"
        )));
    }
    Ok(bound.to_string())
}
