//! How the servers look after their own group.

use api::view::{AutopilotConfigView, AutopilotHealth};

use crate::format::Table;

/// Returns the configuration, one setting a line.
#[must_use]
pub fn autopilot_config(config: &AutopilotConfigView) -> String {
    [
        format!("CleanupDeadServers = {}", config.cleanup_dead_servers),
        format!("LastContactThreshold = {}", config.last_contact_threshold),
        format!("MaxTrailingLogs = {}", config.max_trailing_logs),
        format!("MinQuorum = {}", config.min_quorum),
        format!("ServerStabilizationTime = {}", config.server_stabilization_time),
        format!("EnableRedundancyZones = {}", config.enable_redundancy_zones),
        format!("DisableUpgradeMigration = {}", config.disable_upgrade_migration),
        format!("EnableCustomUpgrades = {}", config.enable_custom_upgrades),
    ]
    .join("\n")
}

/// Returns how the servers are: a summary and a table.
#[must_use]
pub fn autopilot_health(health: &AutopilotHealth) -> String {
    let mut table = Table::new(&[
        "ID",
        "Name",
        "Address",
        "SerfStatus",
        "Version",
        "Leader",
        "Voter",
        "Healthy",
        "LastContact",
        "LastTerm",
        "LastIndex",
        "StableSince",
    ]);
    for server in &health.servers {
        table.row([
            server.id.clone(),
            server.name.clone(),
            server.address.clone(),
            server.serf_status.clone(),
            server.version.clone(),
            server.leader.to_string(),
            server.voter.to_string(),
            server.healthy.to_string(),
            server.last_contact.clone(),
            server.last_term.to_string(),
            server.last_index.to_string(),
            server.stable_since.clone(),
        ]);
    }
    format!(
        "Healthy: {}\nFailureTolerance: {}\nLeader: {}\nVoters: \n\t{}\nServers: \n{}",
        health.healthy,
        health.failure_tolerance,
        health.leader,
        health.voters.join("\n\t"),
        table.render()
    )
}
