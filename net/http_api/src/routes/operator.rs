//! `/v1/operator/scheduler/…`, `/v1/operator/license` and `/v1/system/…`

use model::{SchedulerConfig, SchedulerConfigDraft};
use serde_json::json;
use state::{Command, Reply as Applied, Table};

use super::job_writes::not_applied;
use super::reading::object;
use crate::authorize::{Capability, Scope};
use crate::cluster::Cluster;
use crate::route::{Method, Reach, handler};
use crate::{ApiError, Call, Meta, Read, Reply, Route};

/// The endpoints of operators.
pub(super) fn routes<C: Cluster>() -> Vec<Route<C>> {
    let route = Route::<C>::of_cluster;
    const READ: &[Capability] = &[Capability::OperatorRead];
    const WRITE: &[Capability] = &[Capability::OperatorWrite];
    const ALL: &[Capability] = &[Capability::Management];
    const SCHEDULER: &str = "/v1/operator/scheduler/configuration";
    vec![
        route(Method::Get, SCHEDULER, READ, Reach::Region, handler(scheduler::<C>)),
        route(Method::Write, SCHEDULER, WRITE, Reach::Leader, handler(set_scheduler::<C>)),
        Route {
            scope: Scope::Open,
            ..route(Method::Get, "/v1/operator/license", &[], Reach::Agent, handler(license::<C>))
        },
        route(Method::Put, "/v1/system/gc", ALL, Reach::Leader, handler(gc::<C>)),
        route(Method::Put, "/v1/system/reconcile/summaries", ALL, Reach::Leader, handler(summaries::<C>)),
    ]
}

/// The answer to a method that a route does not know where Nomad says so with 404.
pub(super) async fn no_such_method<C: Cluster>(_: Call<C>) -> Result<Reply, ApiError> {
    Err(ApiError::not_found("Invalid method"))
}

/// `GET /v1/operator/scheduler/configuration`
async fn scheduler<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    object(&call, &[Table::Config], |state| {
        let index = state.indexes.of(Table::Config);
        let contact = call.backend.contact();
        let value = json!({
            "Index": index, "KnownLeader": contact.known_leader, "LastContact": contact.last_contact_ms,
            "NextToken": "", "SchedulerConfig": state.config.to_json(),
        });
        Ok(Read { index: index.max(1), value })
    })
    .await
}

/// `PUT /v1/operator/scheduler/configuration`
async fn set_scheduler<C: Cluster>(mut call: Call<C>) -> Result<Reply, ApiError> {
    let body = call.take_json().await?;
    let draft =
        SchedulerConfigDraft::from_json(&body).map_err(|error| ApiError::bad_request(error.to_string()))?;
    let config = with_defaults(draft.resolve());
    if !["pack", "binpack", "spread"].contains(&config.algorithm.as_str()) {
        return Err(ApiError::bad_request(format!(
            "invalid scheduler algorithm {:?}: pack, binpack and spread exist",
            config.algorithm
        )));
    }
    let cas = call.query.raw.get("cas").map(str::parse).transpose();
    let cas = cas.map_err(|_| ApiError::bad_request("Error parsing cas value: not a number"))?;
    let applied = call.backend.propose(Command::SetSchedulerConfig { config: Box::new(config), cas }).await?;
    let updated = match applied.reply.as_ref().map_err(not_applied)? {
        Applied::Set(done) => *done,
        Applied::Done | Applied::Each(_) => true,
    };
    let body = json!({ "Index": applied.index, "Updated": updated });
    Ok(Reply::json(&body)?.with_meta(Meta::write(applied.index)))
}

fn with_defaults(mut config: SchedulerConfig) -> SchedulerConfig {
    let initial = SchedulerConfig::initial();
    if config.algorithm.is_empty() {
        config.algorithm = initial.algorithm;
    }
    if config.node_limit_for_feasibility_checks == 0 {
        config.node_limit_for_feasibility_checks = initial.node_limit_for_feasibility_checks;
    }
    config
}

/// `GET /v1/operator/license`: there is none to have.
async fn license<C: Cluster>(_: Call<C>) -> Result<Reply, ApiError> {
    Ok(Reply::empty().with_status(http::StatusCode::NO_CONTENT))
}

/// `PUT /v1/system/gc`
async fn gc<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    call.backend.force_gc().await?;
    Ok(Reply::empty())
}

/// `PUT /v1/system/reconcile/summaries`
async fn summaries<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let applied = call.backend.propose(Command::ReconcileSummaries).await?;
    applied.reply.as_ref().map_err(not_applied)?;
    Ok(Reply::empty())
}
