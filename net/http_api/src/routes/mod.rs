//! The endpoints, one noun a file.
//!
//! Which index (`X-Nomad-Index`) a route answers with:
//!
//! | routes | index |
//! |---|---|
//! | `/v1/jobs`, `/v1/node/pool/:name/jobs` | newest of jobs and summaries |
//! | `/v1/job/:id`, `versions`, `submission` | the job's own modify index; of all jobs when it is not there |
//! | `/v1/job/:id/allocations` | newest of the job's allocations; of all allocations when it has none |
//! | `/v1/job/:id/evaluations` | newest of the job's evaluations; of all evaluations when it has none |
//! | `/v1/job/:id/deployment(s)` | newest of the job's deployments; of all deployments when it has none |
//! | `/v1/job/:id/summary` | the summary's modify index |
//! | `/v1/allocations`, `/v1/evaluations`, `/v1/deployments`, `/v1/nodes` | the table's |
//! | `/v1/allocation/:id`, `/v1/evaluation/:id`, `/v1/deployment/:id`, `/v1/node/:id` | the record's |
//! | `/v1/node/:id/allocations`, `…/allocations` of evaluations and deployments | newest of those allocations |
//! | `/v1/namespaces`, `/v1/node/pools` | the table's |
//! | `/v1/scaling/policies`, `/v1/scaling/policy/:id` | the newest of the policies, or the table's |
//! | `/v1/services`, `/v1/service/:name`, `…/services` of jobs and allocations | the table's |
//! | `…/explain` of jobs, allocations and evaluations, `/v1/whatif` | the state's |
//! | `/v1/jobs/statuses` | the newest modify index on the page |
//! | writes | the index of the write |
//! | `/v1/status/*`, `/v1/regions`, `/v1/agent/*`, `/v1/client/*`, parse, validate | none |
//! | `/v1/operator/raft/*`, `/v1/operator/autopilot/*`, `/v1/operator/snapshot` | none |

mod agent;
mod allocations;
mod client;
mod deployments;
mod evaluations;
mod events;
mod explain;
mod files;
mod job;
mod job_launches;
mod job_reads;
mod job_scale;
mod job_statuses;
mod job_versions;
mod job_writes;
mod jobs;
mod logs;
mod namespaces;
mod node_pools;
mod nodes;
mod operator;
mod operator_autopilot;
mod operator_raft;
mod operator_snapshot;
mod reading;
mod scaling;
mod search;
mod services;
mod status;

pub(crate) use job_writes::{field, job_draft, refused};

use crate::cluster::Cluster;
use crate::{Route, RouteTable};

/// The table of all endpoints.
#[must_use]
pub fn all<C: Cluster>() -> RouteTable<C> {
    let groups: [Vec<Route<C>>; 25] = [
        jobs::routes(),
        job::routes(),
        job_launches::routes(),
        job_scale::routes(),
        job_statuses::routes(),
        job_versions::routes(),
        allocations::routes(),
        client::routes(),
        files::routes(),
        logs::routes(),
        nodes::routes(),
        node_pools::routes(),
        namespaces::routes(),
        evaluations::routes(),
        deployments::routes(),
        explain::routes(),
        search::routes(),
        services::routes(),
        scaling::routes(),
        status::routes(),
        agent::routes(),
        operator::routes(),
        operator_raft::routes(),
        operator_autopilot::routes(),
        operator_snapshot::routes(),
    ];
    RouteTable::new(groups.into_iter().flatten().chain(events::routes()))
}
