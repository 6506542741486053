//! `/v1/job/:id` and what is below it.

use crate::Route;
use crate::authorize::{Capability, Scope};
use crate::cluster::Cluster;
use crate::route::{Filter, Method, Reach, handler};

use super::{job_reads, job_writes};

const READ: &[Capability] = &[Capability::Namespace("read-job")];
const SUBMIT: &[Capability] = &[Capability::Namespace("submit-job"), Capability::Namespace("register-job")];

/// The endpoints of one job.
pub(super) fn routes<C: Cluster>() -> Vec<Route<C>> {
    let mut routes = reads();
    routes.extend(writes());
    routes
}

fn reads<C: Cluster>() -> Vec<Route<C>> {
    vec![
        read("/v1/job/*id", Method::Get, handler(job_reads::job::<C>)),
        read("/v1/job/*id/allocations", Method::Get, handler(job_reads::allocations::<C>)),
        read("/v1/job/*id/evaluations", Method::Get, handler(job_reads::evaluations::<C>)),
        read("/v1/job/*id/summary", Method::Any, handler(job_reads::summary::<C>)),
        read("/v1/job/*id/deployment", Method::Get, handler(job_reads::deployment::<C>)),
        read("/v1/job/*id/deployments", Method::Get, handler(job_reads::deployments::<C>)),
        read("/v1/job/*id/versions", Method::Any, handler(job_reads::versions::<C>)),
        read("/v1/job/*id/submission", Method::Get, handler(job_reads::submission::<C>)),
    ]
}

fn writes<C: Cluster>() -> Vec<Route<C>> {
    const PLAN: &[Capability] = &[Capability::Namespace("submit-job"), Capability::Namespace("plan-job")];
    const STOP: &[Capability] =
        &[Capability::Namespace("submit-job"), Capability::Namespace("deregister-job")];
    const EVALUATE: &[Capability] =
        &[Capability::Namespace("submit-job"), Capability::Namespace("evaluate-job")];
    vec![
        write("/v1/job/*id", Method::Write, SUBMIT, handler(job_writes::update::<C>)),
        write("/v1/job/*id", Method::Delete, STOP, handler(job_writes::stop::<C>)),
        write("/v1/job/*id/plan", Method::Write, PLAN, handler(job_writes::plan::<C>)),
        write("/v1/job/*id/evaluate", Method::Write, EVALUATE, handler(job_writes::evaluate::<C>)),
    ]
}

fn read<C: Cluster>(path: &'static str, method: Method, handler: crate::route::Handler<C>) -> Route<C> {
    Route {
        method,
        path,
        capability: READ,
        scope: Scope::Namespace,
        filter: Filter::None,
        reach: Reach::Region,
        handler,
    }
}

fn write<C: Cluster>(
    path: &'static str,
    method: Method,
    capability: &'static [Capability],
    handler: crate::route::Handler<C>,
) -> Route<C> {
    Route {
        method,
        path,
        capability,
        scope: Scope::Namespace,
        filter: Filter::None,
        reach: Reach::Leader,
        handler,
    }
}
