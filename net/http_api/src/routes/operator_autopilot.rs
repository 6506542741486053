//! `/v1/operator/autopilot/…`

use http::StatusCode;
use model::{AutopilotConfig, Nanos};
use serde_json::{Map, Value, json};
use state::{Command, Reply as Applied};

use super::job_writes::not_applied;
use crate::authorize::Capability;
use crate::cluster::Cluster;
use crate::query::parse_duration;
use crate::route::{Method, Reach, handler};
use crate::{ApiError, Call, Reply, Route};

const CONFIGURATION: &str = "/v1/operator/autopilot/configuration";

/// The endpoints of the autopilot.
pub(super) fn routes<C: Cluster>() -> Vec<Route<C>> {
    let route = Route::<C>::of_cluster;
    const READ: &[Capability] = &[Capability::OperatorRead];
    const WRITE: &[Capability] = &[Capability::OperatorWrite];
    vec![
        route(Method::Get, CONFIGURATION, READ, Reach::Region, handler(configuration::<C>)),
        route(Method::Put, CONFIGURATION, WRITE, Reach::Leader, handler(configure::<C>)),
        Route::refusing(CONFIGURATION, handler(super::operator::no_such_method::<C>)),
        route(Method::Get, "/v1/operator/autopilot/health", READ, Reach::Leader, handler(health::<C>)),
    ]
}

/// `GET /v1/operator/autopilot/configuration`
async fn configuration<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let config = call.backend.snapshot().autopilot.clone();
    Reply::json(&json!({
        "CleanupDeadServers": config.cleanup_dead_servers,
        "LastContactThreshold": config.last_contact_threshold.to_string(),
        "MaxTrailingLogs": config.max_trailing_logs,
        "MinQuorum": config.min_quorum,
        "ServerStabilizationTime": config.server_stabilization_time.to_string(),
        "EnableRedundancyZones": config.enable_redundancy_zones,
        "DisableUpgradeMigration": config.disable_upgrade_migration,
        "EnableCustomUpgrades": config.enable_custom_upgrades,
        "CreateIndex": config.create_index,
        "ModifyIndex": config.modify_index,
    }))
}

/// `PUT /v1/operator/autopilot/configuration`: what is not given stays as it is.
async fn configure<C: Cluster>(mut call: Call<C>) -> Result<Reply, ApiError> {
    let body = call.take_json().await?;
    let fields =
        body.as_object().ok_or_else(|| ApiError::bad_request("Error parsing autopilot config: no object"))?;
    let mut config = AutopilotConfig::clone(&call.backend.snapshot().autopilot);
    change(&mut config, fields)?;
    let cas = call.query.raw.get("cas").map(str::parse).transpose();
    let cas = cas.map_err(|_| ApiError::bad_request("Error parsing cas value: not a number"))?;
    let command = Command::SetAutopilotConfig { config: Box::new(config), cas };
    let applied = call.backend.propose(command).await?;
    let updated = match applied.reply.as_ref().map_err(not_applied)? {
        Applied::Set(done) => *done,
        Applied::Done | Applied::Each(_) => true,
    };
    Reply::json(&updated)
}

fn change(config: &mut AutopilotConfig, fields: &Map<String, Value>) -> Result<(), ApiError> {
    let bad = |name: &str, wanted: &str| {
        ApiError::bad_request(format!("Error parsing autopilot config: {name} must be {wanted}"))
    };
    for (name, value) in fields {
        let flag = || value.as_bool().ok_or_else(|| bad(name, "true or false"));
        let number = || value.as_u64().ok_or_else(|| bad(name, "a whole number"));
        let span = || {
            let nanos = match value {
                Value::String(text) => parse_duration(text),
                other => other.as_i64(),
            };
            let nanos = nanos.filter(|nanos| *nanos >= 0);
            nanos.map(Nanos).ok_or_else(|| bad(name, "a duration such as 200ms"))
        };
        match name.to_ascii_lowercase().as_str() {
            "cleanupdeadservers" => config.cleanup_dead_servers = flag()?,
            "lastcontactthreshold" => config.last_contact_threshold = span()?,
            "maxtrailinglogs" => config.max_trailing_logs = number()?,
            "minquorum" => config.min_quorum = number()?,
            "serverstabilizationtime" => config.server_stabilization_time = span()?,
            "enableredundancyzones" => config.enable_redundancy_zones = flag()?,
            "disableupgrademigration" => config.disable_upgrade_migration = flag()?,
            "enablecustomupgrades" => config.enable_custom_upgrades = flag()?,
            // Indexes are the servers' own, and unknown fields mean nothing, as everywhere.
            _ => {}
        }
    }
    Ok(())
}

/// `GET /v1/operator/autopilot/health`: 429 while a server is not healthy.
async fn health<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let health = call.backend.health().ok_or_else(ApiError::no_leader)?;
    let infos = call.backend.servers();
    let region = call.backend.region();
    let version = call.backend.agent().version;
    let servers: Vec<Value> = health
        .servers
        .iter()
        .filter_map(|one| {
            let report = &one.report;
            let info = infos.iter().find(|info| info.number == report.id)?;
            let silent = if report.leads { Nanos::ZERO } else { report.silent.unwrap_or(Nanos(-1)) };
            Some(json!({
                "ID": info.id, "Name": format!("{}.{region}", info.name), "Address": info.address,
                "SerfStatus": if one.answers { "alive" } else { "failed" }, "Version": version,
                "Leader": report.leads, "LastContact": silent.to_string(), "LastTerm": report.last.0,
                "LastIndex": report.last.1, "Healthy": one.healthy, "Voter": report.voter,
                "StableSince": one.stable_since.to_string(),
            }))
        })
        .collect();
    let voters: Vec<&str> = infos.iter().filter(|info| info.voter).map(|info| info.id.as_str()).collect();
    let leader = infos.iter().find(|info| info.leader).map_or("", |info| info.id.as_str());
    let body = json!({
        "FailureTolerance": health.failure_tolerance, "Healthy": health.healthy, "Leader": leader,
        "Servers": servers, "Voters": voters,
    });
    let status = if health.healthy { StatusCode::OK } else { StatusCode::TOO_MANY_REQUESTS };
    Ok(Reply::json(&body)?.with_status(status))
}
